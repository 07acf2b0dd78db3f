"""Who leaves soon, listed."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_jsonl import promised
from tests.support import filled

NIGHT = filled.AS_OF.astimezone(ZoneInfo("Asia/Seoul"))


def leaves(store: Session, days: int = 3) -> None:
    last = NIGHT.date() + timedelta(days=days)
    store.execute("update employment set status = 'active', last_working_on = %s, end_on = null", [last])
    store.execute("delete from departure")


def test_they_are_listed_with_what_they_hold(deciding: Type, store: Session) -> None:
    leaves(store)

    done = deciding("upcoming")

    assert done.code == 0
    assert "hr:E1042" in done.out
    assert "HR's day (roster hr)" in done.out.replace("\n", " ")
    assert all(set(line) == promised("upcoming") for line in deciding("upcoming", "--format", "jsonl").lines)


def test_where_nobody_leaves_it_says_so(deciding: Type) -> None:
    said = deciding("upcoming", "--days", "3").out
    assert said == f"Nobody leaves within 3 days of {NIGHT:%Y-%m-%d %H:%M} KST, by what HR and notices say.\n"


@pytest.mark.parametrize("days", [0, 1, 13, 14, 15])
def test_it_and_the_nights_report_tell_the_same_whenever_it_is_typed(deciding: Type, store: Session, days: int) -> None:
    """The night is long past, or the store's clock ahead of it."""
    leaves(store, days)
    store.execute("update run set finished_at = now() where finished_at is null")
    store.execute("update employment set zone = null")

    listed = deciding("upcoming", "--format", "jsonl").lines
    report = " ".join(deciding("report").out.split())

    told = [int(number) for number in re.findall(r"(\d+) (?:person leaves|people leave) within 14 days", report)]
    assert told == ([len(listed)] if listed else [])


def test_another_moment_may_be_named(deciding: Type, store: Session) -> None:
    leaves(store, 20)
    assert deciding("upcoming", "--format", "jsonl").lines == []

    later = (NIGHT + timedelta(days=10)).isoformat()
    assert deciding("upcoming", "--as-of", later, "--format", "jsonl").lines
    told = deciding("upcoming", "--as-of", later).out
    assert told.startswith(f"Who leaves within 14 days of {NIGHT + timedelta(days=10):%Y-%m-%d %H:%M} KST:\n")
    assert deciding("upcoming", "--as-of", "2026-11-25").code == 1
