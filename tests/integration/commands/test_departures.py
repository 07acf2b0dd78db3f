"""Departures that HR leaves open, decided by commands."""

from pathlib import Path

import pytest
import yaml

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_jsonl import promised
from tests.unit.test_config import GOOD

WHY = ("--reason", "asked their manager", "--author", "lee")


@pytest.fixture(autouse=True)
def whole_file(configured: Path) -> None:
    whole = {name: value for name, value in GOOD.items() if name != "store"}
    configured.write_text(yaml.safe_dump(whole), encoding="utf-8")


@pytest.fixture
def left_open(deciding: Type, store: Session) -> str:
    """A departure that only a planned end tells."""
    store.execute("update departure set basis = 'planned', confirmed = false where valid_to is null")
    (row, *_) = store.execute("select departure_id from departure where valid_to is null order by left_at").fetchall()
    return f"d-{row[0]}"


def test_they_are_listed_with_what_was_said(deciding: Type, left_open: str) -> None:
    listed = deciding("departure", "list").out
    assert left_open in listed
    assert "to be confirmed" in listed

    done = deciding("departure", "deny", left_open, *WHY)

    assert (done.code, "works here, by lee's word, until" in done.out) == (0, True)
    assert "denied by lee" in deciding("departure", "list").out.replace("\n", " ")
    assert deciding("departure", "confirm", left_open, *WHY).code == 0
    assert "confirmed by lee" in deciding("departure", "list").out.replace("\n", " ")


def test_its_lines_are_those_of_the_page(deciding: Type, left_open: str) -> None:
    line = deciding("departure", "list", "--format", "jsonl").lines[0]

    assert set(line) == promised("departure list")
    assert (line["departure"], line["basis"], line["verdict"]) == (left_open, "planned", None)


def test_without_any_it_says_so(deciding: Type) -> None:
    assert deciding("departure", "list").out == "HR leaves no departure open.\n"
    done = deciding("departure", "confirm", "d-1", *WHY)
    assert (done.code, "no departure d-1 that HR leaves open" in done.err) == (1, True)
