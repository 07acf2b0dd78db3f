"""What the guard holds, listed and refused by command."""

from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_jsonl import promised

WHY = ("--reason", "another company's file", "--author", "lee")


def trips(store: Session) -> None:
    store.execute(
        "insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status) values"
        """ ('roster', 'hr', 1, 1, '[{"measure": "actual", "value": 60, "base": 412, "bound": 20}]', 2, 0, 'waiting')"""
    )


def test_a_line_is_listed_refused_and_stays_on_record(deciding: Type, store: Session) -> None:
    trips(store)

    (waits,) = deciding("holds", "--format", "jsonl").lines
    listed = deciding("holds").out.replace("\n", " ")
    done = deciding("reject", "1", *WHY)
    (kept,) = deciding("holds", "--all", "--format", "jsonl").lines

    assert set(waits) == promised("holds")
    assert (waits["hold_id"], waits["kind"], waits["name"], waits["status"]) == (1, "roster", "hr", "waiting")
    assert waits["numbers"] == [{"base": 412, "bound": 20, "value": 60, "measure": "actual"}]
    assert "60 new leavers by HR's word" in listed
    assert done.code == 0, done.err
    assert done.out == (
        "Hold 1 (roster hr) is rejected: 2 findings stay untold.\n"
        "The next night compares with what was accepted before, and asks anew where that is so again:"
        " python -m offboarding holds\n"
    )
    assert (kept["status"], kept["decided_by"], kept["decided_for"]) == ("rejected", "lee", "another company's file")
    assert deciding("holds").out == "The guard holds nothing.\n"
