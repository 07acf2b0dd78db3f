"""The night's report as PDF: WeasyPrint in a process of its own, over a Pango that is fetched and not installed."""

import io
import re
import socket
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader
from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject

from offboarding.report import printed
from offboarding.report.pages import tonight
from offboarding.store.connect import Session
from offboarding_airflow import keeping
from tests.support import filled
from tests.support.shown_pages import HOSTILE, MORNING, ZONE, night, one_night, poisoned, store_template

__all__ = ["night", "one_night", "store_template"]

UNPACKED = Path(__file__).parents[3] / ".cache" / "pango" / "root"
CJK = UNPACKED / "usr/share/fonts/truetype/droid/DroidSansFallbackFull.ttf"
FONTS = "<fontconfig><dir>{fonts}</dir><cachedir>{cache}</cachedir></fontconfig>"
ADDRESS = "https://airflow.corp.example/below"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CJK.exists(), reason="there is no Pango here: scripts/pango.sh says why"),
]


@pytest.fixture(autouse=True)
def pango(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """What was fetched, and its fonts alone."""
    config = tmp_path / "fonts.conf"
    config.write_text(FONTS.format(fonts=UNPACKED / "usr/share", cache=tmp_path), encoding="utf-8")
    libraries = next(UNPACKED.glob("usr/lib/*/libpango-1.0.so.0")).parent
    monkeypatch.setenv("LD_LIBRARY_PATH", str(libraries))
    monkeypatch.setenv("FONTCONFIG_FILE", str(config))
    monkeypatch.setattr(keeping, "page", lambda: ADDRESS)


def report(session: Session) -> PdfReader:
    page = tonight.night_page(session, "night", ZONE, MORNING)
    assert page is not None
    return read(printed.pdf(keeping.html(page, ZONE, MORNING)))


def read(content: bytes) -> PdfReader:
    return PdfReader(io.BytesIO(content), strict=True)


def words(pdf: PdfReader) -> str:
    """What stands in it, without regard to where lines end."""
    return re.sub(r"\s+", "", "".join(page.extract_text() for page in pdf.pages))


def led_to(pdf: PdfReader) -> set[str]:
    notes = [note.get_object() for page in pdf.pages for note in page.get("/Annots", ())]
    return {str(note["/A"]["/URI"]) for note in notes if "/URI" in note.get("/A", {})}


def held(pdf: PdfReader) -> list[DictionaryObject]:
    """Every dictionary in it, wherever it hangs."""
    found: list[DictionaryObject] = []
    waiting: list[Any] = [pdf.trailer]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if isinstance(each, IndirectObject):
            if each.idnum not in seen:
                seen.add(each.idnum)
                waiting.append(each.get_object())
        elif isinstance(each, DictionaryObject):
            found.append(each)
            waiting.extend(dict.values(each))
        elif isinstance(each, ArrayObject):
            waiting.extend(list.__iter__(each))
    return found


def kinds(pdf: PdfReader) -> set[str]:
    """Every kind of action, attachment or script in it."""
    every = held(pdf)
    doing = ("/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/OpenAction", "/AA")
    return {str(each["/S"]) for each in every if each.get("/Type") == "/Action"} | {
        name for each in every for name in doing if name in each
    }


def test_both_files_are_kept_and_told(night: Session, tmp_path: Path) -> None:
    policy = SimpleNamespace(night_report=f"file://{tmp_path}", night_report_pdf=True)
    settings: Any = SimpleNamespace(policy=policy)
    page = tonight.night_page(night, "night", ZONE, MORNING)
    assert page is not None

    places = keeping.kept_files(settings, "night-2026-11-24-run-1", keeping.html(page, ZONE, MORNING))

    assert places == [f"file://{tmp_path}/night-2026-11-24-run-1.{kind}" for kind in ("html", "pdf")]
    assert "run1RED" in words(read((tmp_path / "night-2026-11-24-run-1.pdf").read_bytes()))


def test_it_says_what_the_page_says_and_names_nobody(night: Session) -> None:
    pdf = report(night)
    text = words(pdf)

    assert "Nightof2026-11-24,run1RED" in text
    assert re.sub(r"\s", "", filled.DENIED) in text
    assert "E1042" in text
    assert "Openatitsend" in text
    assert text.count("notknown") >= 12, "each week's numbers"
    assert "Doe" not in text
    assert "@" not in text
    assert pdf.metadata is not None
    assert pdf.metadata.title == "Night of 2026-11-24, run 1 - Offboarding"
    assert f"{ADDRESS}/offboarding/leaver/hr%3AE1042" in led_to(pdf)


def test_korean_and_japanese_are_drawn_by_a_font_that_it_brings(night: Session) -> None:
    poisoned(night, "인사 시스템 人事システム")

    pdf = report(night)

    assert "인사시스템人事システム" in words(pdf)
    fonts: list[Any] = [each for each in held(pdf) if each.get("/Subtype") == "/Type0"]
    named: dict[str, Any] = {str(font["/BaseFont"]): font["/DescendantFonts"][0].get_object() for font in fonts}
    assert any("Droid-Sans-Fallback" in name for name in named), named
    assert all(
        "/FontFile2" in font["/FontDescriptor"] or "/FontFile3" in font["/FontDescriptor"] for font in named.values()
    )


@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_system_tells_is_text_and_nothing_else(night: Session, value: str) -> None:
    poisoned(night, value)

    pdf = report(night)

    assert kinds(pdf) == {"/URI"}
    assert [
        url for url in led_to(pdf) if not url.startswith((f"{ADDRESS}/offboarding/", "https://tracker.example/"))
    ] == []


def test_a_text_without_an_end_is_cut_and_said_so() -> None:
    text = "&lt;" + "k" * 9_999

    told = words(read(printed.pdf(f"<style>/* {text} */</style><body><p>{text}</p>")))

    assert told == "<" + "k" * 999 + "[and9,000lettersmore,intheHTML]"


def test_nothing_is_fetched_of_what_a_page_names(tmp_path: Path) -> None:
    (tmp_path / "mine.css").write_text("p::after { content: 'taken from a file' }", encoding="utf-8")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        there = f"http://127.0.0.1:{server.getsockname()[1]}"
        pdf = read(
            printed.pdf(
                f'<link rel=stylesheet href="file://{tmp_path}/mine.css"><link rel=stylesheet href="mine.css">'
                f'<link rel=attachment href="file://{tmp_path}/mine.css"><img src="{there}/a.png">'
                f'<style>@import url("{there}/b.css")</style><p>It stands.'
            )
        )
        with pytest.raises(BlockingIOError):
            server.accept()

    assert words(pdf) == "Itstands."
    assert pdf.attachments == {}
    assert kinds(pdf) == set()


def test_an_attachment_would_be_seen(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    command = [each if each != "none" else "file" for each in printed._COMMAND]
    page = f'<link rel=attachment href="file://{tmp_path}/mine.txt"><p>It stands.'.encode()

    done = subprocess.run(command, input=page, capture_output=True, check=True)

    assert "/EmbeddedFiles" in kinds(read(done.stdout))


def test_it_is_told_no_password(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "weasyprint.py").write_text(
        "import os\nprint('%PDF-', *sorted(os.environ), flush=True)\n", encoding="utf-8"
    )
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.setenv("AIRFLOW_CONN_CORP_LDAP", "ldap://reader:secret@directory")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")

    told = printed.pdf("<p>").decode().split()[1:]

    assert set(told) - {"LC_CTYPE"} <= set(printed.PASSED_ON)
