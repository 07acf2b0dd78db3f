"""Departures that HR leaves open, decided by commands."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

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
    (left_at,) = [each["left_at"] for each in deciding("departure", "list", "--format", "jsonl").lines[:1]]
    day = datetime.fromisoformat(left_at).astimezone(ZoneInfo(GOOD["company"]["time_zone"]))
    assert f"{day:%Y-%m-%d %H:%M}" in listed, "gone since a moment, as the page says"

    done = deciding("departure", "deny", left_open, *WHY)

    assert (done.code, "works here, by lee's word, until" in done.out) == (0, True)
    assert "denied by lee" in deciding("departure", "list").out.replace("\n", " ")
    assert deciding("departure", "confirm", left_open, *WHY).code == 0
    assert "confirmed by lee" in deciding("departure", "list").out.replace("\n", " ")


def test_all_of_them_are_those_too_that_ended(deciding: Type, store: Session, left_open: str) -> None:
    assert deciding("departure", "confirm", left_open, *WHY).code == 0
    store.execute(
        "update departure set valid_to = now(), ended_because = 'merged' where departure_id = %s", [left_open[2:]]
    )

    assert left_open not in deciding("departure", "list").out
    table = " ".join(deciding("departure", "list", "--all").out.split())
    assert left_open in table
    assert "confirmed by lee" in table
    assert "merged" in table
    ends = {each["departure"]: each for each in deciding("departure", "list", "--all", "--format", "jsonl").lines}
    assert (ends[left_open]["verdict"], ends[left_open]["ended_because"]) == ("confirm", "merged")
    assert ends[left_open]["ended_at"]
    assert len(ends) == len(deciding("departure", "list", "--format", "jsonl").lines) + 1


def test_one_beside_an_employment_that_ended_is_among_them(deciding: Type, store: Session) -> None:
    store.execute(
        """insert into hidden_departure (person_uid, worker_pk, here_worker_pk, left_at, certain_at, zone, basis, told,
            here_told, joined_by, valid_from, valid_to)
        select person_uid, worker_pk, worker_pk, '2026-11-01+09', '2026-11-01+09', 'Asia/Seoul', 'actual', 'left',
            'active', 'number', now(), now() from worker where worker_id = 'E1042' and id_space = 'hr'"""
    )

    assert deciding("departure", "list", "--format", "jsonl").lines == []
    (line,) = deciding("departure", "list", "--all", "--format", "jsonl").lines
    assert (line["worker_id"], line["basis"], line["ended_because"]) == ("E1042", "hidden", None)
    assert line["ended_at"]


def test_its_lines_are_those_of_the_page(deciding: Type, left_open: str) -> None:
    line = deciding("departure", "list", "--format", "jsonl").lines[0]

    assert set(line) == promised("departure list")
    assert (line["departure"], line["basis"], line["verdict"]) == (left_open, "planned", None)


def test_without_any_it_says_so(deciding: Type) -> None:
    assert deciding("departure", "list").out == "HR leaves no departure open.\n"
    assert deciding("departure", "list", "--all").out == "HR never left a departure open.\n"
    done = deciding("departure", "confirm", "d-1", *WHY)
    assert (done.code, "no departure d-1 that HR leaves open" in done.err) == (1, True)
