"""Who leaves soon, listed."""

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_jsonl import promised


def leaves(store: Session) -> None:
    store.execute("update employment set status = 'active', last_working_on = current_date + 3, end_on = null")
    store.execute("delete from departure")


def test_they_are_listed_with_what_they_hold(deciding: Type, store: Session) -> None:
    leaves(store)

    done = deciding("upcoming")

    assert done.code == 0
    assert "hr:E1042" in done.out
    assert "HR's day (roster hr)" in done.out.replace("\n", " ")
    assert all(set(line) == promised("upcoming") for line in deciding("upcoming", "--format", "jsonl").lines)


def test_where_nobody_leaves_it_says_so(deciding: Type) -> None:
    assert deciding("upcoming", "--days", "3").out == "Nobody leaves within 3 days, by what HR and notices say.\n"
