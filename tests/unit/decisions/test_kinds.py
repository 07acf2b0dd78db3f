"""Which decisions there are, what a form asks for, and what a command takes."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from offboarding import decisions
from offboarding.cli import index
from offboarding.cli.entry import main
from offboarding.config import loading
from offboarding.config.settings import Settings
from offboarding.decisions import forms, kinds

PAGE = (loading.project_folder() / "docs/deciding.md").read_text("utf-8")


@pytest.fixture(scope="module")
def settings() -> Settings:
    return loading.load().settings


@pytest.fixture
def own_kinds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What a test declares is gone after it."""
    kinds.every()
    monkeypatch.setattr(kinds, "_KINDS", dict(kinds.every()))
    kinds.every.cache_clear()
    forms.every.cache_clear()
    yield
    kinds.every.cache_clear()
    forms.every.cache_clear()


NEW = '''
"""Rooms."""

from typing import Annotated

from pydantic import Field

from offboarding.decisions.fields import Reason
from offboarding.decisions.kinds import Decided, DecisionContext, decision


@decision("room burn", example='attic --reason "it is full"')
def burn(
    context: DecisionContext, *, room: Annotated[str, Field(title="Room", description="Which.")], reason: Reason
) -> Decided[str]:
    """Burn a room,
    whole.

    Raises smoke.
    """
    return Decided(made=room, ids={"room": room, "words": len(reason)}, says=[f"{room} burns: {context.author}."])
'''


@pytest.fixture
def burning(own_kinds: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One more file in the room of decisions, with one function."""
    del own_kinds
    (tmp_path / "rooms.py").write_text(NEW, encoding="utf-8")
    monkeypatch.setattr(decisions, "__path__", [*decisions.__path__, str(tmp_path)])
    index.declared.cache_clear()
    yield
    index.declared.cache_clear()
    sys.modules.pop("offboarding.decisions.rooms", None)


@pytest.mark.usefixtures("burning")
def test_a_new_decision_is_one_function() -> None:
    form = forms.every()["room burn"]

    assert (form.says, form.about) == ("Burn a room, whole.", "Burn a room, whole.")
    assert form.schemas() == {
        "room": {"title": "Room", "type": "string", "description": "Which."},
        "reason": forms.every()["verdict"].schemas()["reason"],
    }


@pytest.mark.usefixtures("burning")
def test_its_command_is_made_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert "  room " in capsys.readouterr().out
    assert main(["room", "burn", "--help"]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert "Burn a room, whole. Arguments: ROOM" in told
    assert "Which. [required]" in told
    assert "--reason" in told
    assert 'example: python -m offboarding room burn attic --reason "it is full"' in told
    assert "smoke" not in told
    assert kinds.in_files()["room burn"].fields.model_fields.keys() == {"room", "reason"}
    assert main(["room", "burn", "attic"]) == 2
    assert "--reason" in capsys.readouterr().err


def test_a_field_means_one_thing() -> None:
    """Whichever decision asks for it: a file's column has one name for all of them."""
    meant: dict[str, dict[str, object]] = {}

    for kind in kinds.submitted().values():
        for name in kind.fields.model_fields:
            assert meant.setdefault(name, kind.schema(name)) == kind.schema(name), (kind.name, name)


def test_what_is_read_off_the_files_is_what_they_declare() -> None:
    found = index.declared().values()

    assert {each.decision for each in found if each.decision} == set(kinds.every())
    assert all(each.sentence for each in found)


@pytest.mark.parametrize("name", kinds.submitted())
def test_every_decision_is_on_the_page_with_its_fields(name: str) -> None:
    (row,) = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` |")]

    assert set(kinds.submitted()[name].fields.model_fields) <= set(re.findall(r"`(\w+)`", row.rsplit("|", 2)[1]))


@pytest.mark.parametrize("name", kinds.every())
def test_every_decision_asks_why(name: str) -> None:
    kind = kinds.every()[name]

    assert "reason" in kind.fields.model_fields or name == "link revoke"
    assert "author" not in kind.fields.model_fields
