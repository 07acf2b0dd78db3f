"""Departures that people tell, typed in."""

import re
from pathlib import Path

import pytest
import yaml

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_jsonl import promised
from tests.unit.test_config import GOOD

WHY = ("--reason", "dismissed, told by legal", "--author", "analyst")


@pytest.fixture(autouse=True)
def whole_file(configured: Path) -> None:
    """Whoever is meant is found by the company's own ways of writing mails and logins."""
    whole = {name: value for name, value in GOOD.items() if name != "store"}
    configured.write_text(yaml.safe_dump(whole), encoding="utf-8")


@pytest.fixture
def noticed(deciding: Type) -> str:
    """A notice's id."""
    done = deciding("notice", "add", "hr:E1043", "--last", "2026-11-25T15:00 Asia/Seoul", *WHY)
    assert done.code == 0, done.err
    found = re.search(r"n-[0-9a-f]{6}", done.out)
    assert found
    return found[0]


def test_it_is_told_what_happens_now_and_how_to_take_it_back(deciding: Type) -> None:
    done = deciding("notice", "add", "hr:E1043", "--last", "now", *WHY)

    assert re.search(r"Notice n-[0-9a-f]{6}: worker hr:E1043 is gone from \d{4}-\d\d-\d\d \d\d:\d\d KST on", done.out)
    assert '{"notices": ["n-' in done.out
    assert "notice withdraw n-" in done.out


def test_it_is_listed_until_it_is_withdrawn(deciding: Type, noticed: str) -> None:
    assert noticed in deciding("notice", "list").out

    done = deciding("notice", "withdraw", noticed, "--reason", "the other one", "--author", "lee")

    assert (done.code, "HR's feed alone counts" in done.out) == (0, True)
    assert noticed not in deciding("notice", "list").out
    assert "by lee: the other one" in deciding("notice", "list", "--all").out.replace("\n", " ")


def test_its_lines_are_those_of_the_page(deciding: Type, noticed: str) -> None:
    (line,) = deciding("notice", "list", "--format", "jsonl").lines

    assert set(line) == promised("notice list")
    assert (line["notice"], line["worker_id"], line["left_at"]) == (noticed, "E1043", "2026-11-25T06:00:00+00:00")


@pytest.mark.parametrize(
    ("words", "code", "why"),
    [
        (("notice", "add", "hr:E1043", "--last", "2026-11-25T15:00", *WHY), 1, "names no zone"),
        (("notice", "add", "nobody", "--last", "now", *WHY), 1, "nobody's worker id, mail or login"),
        (("notice", "add", "hr:E1043", *WHY), 2, "--last"),
        (("notice", "add", "hr:E1043", "--last", "now"), 2, "--reason"),
        (("notice", "withdraw", "n-000000", *WHY), 1, "There is no notice n-000000"),
    ],
)
def test_what_is_wrong_is_refused_in_a_sentence(
    deciding: Type, store: Session, words: tuple[str, ...], code: int, why: str
) -> None:
    done = deciding(*words)

    assert done.code == code
    assert why in done.err
    assert store.execute("select count(*) from notice").fetchone() == (0,)
