"""Commands typed in this process, and the files that `init` writes."""

import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
import yaml

from offboarding.cli.entry import main

GERMAN = (
    "Personalnummer;Vollständiger Name;E-Mail;Kennung;Standort;Status;Eintrittsdatum;Austrittsdatum\n"
    "17;Jörg Müßig;joerg.muessig@corp.example;jmuessig;Köln;aktiv;04.03.2019;\n"
    "18;Änne Groß;aenne.gross@corp.example;agross;Berlin;ausgeschieden;13.05.2011;13.11.2026\n"
)


BERLIN = ("--zone", "Europe/Berlin")
ZONE_ONLY = "company: {time_zone: Asia/Seoul}\n"


@dataclass(frozen=True, slots=True)
class Typed:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


Type = Callable[..., Typed]


@pytest.fixture(autouse=True)
def own_logs() -> Iterator[None]:
    """A command that shows its logs sends them to this test's error output, which is closed after it."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)


@pytest.fixture
def configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration that says no more than reading commands need."""
    path = tmp_path / "offboarding.yaml"
    path.write_text(ZONE_ONLY, encoding="utf-8")
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    monkeypatch.setenv("COLUMNS", "160")
    return path


@pytest.fixture
def typed(configured: Path, capsys: pytest.CaptureFixture[str]) -> Type:
    """Types a command in; what was printed before it is forgotten."""
    del configured

    def type_in(*words: str) -> Typed:
        capsys.readouterr()
        try:
            code = main(words)
        except SystemExit as ended:
            code = int(str(ended.code))
        said = capsys.readouterr()
        return Typed(code=code, out=said.out, err=said.err)

    return type_in


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, configured: Path) -> Path:
    configured.unlink()
    monkeypatch.setattr("sys.stdin", io.StringIO())
    path = tmp_path / "mine.yaml"
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    return path


def feed(folder: Path, text: str, encoding: str = "utf-8") -> str:
    path = folder / "people.csv"
    path.write_text(text, encoding=encoding)
    return f"csv={path}"


def written(path: Path) -> dict[str, Any]:
    return yaml.safe_load(path.read_text("utf-8"))
