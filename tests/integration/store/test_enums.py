"""What a column takes is what its enum holds."""

import re
from enum import StrEnum

import pytest

from offboarding.model import (
    FindingState,
    HoldStatus,
    LineKind,
    LinkVerdict,
    ReadPhase,
    ReadStatus,
    Relation,
    RunKind,
    Severity,
    SubmissionOutcome,
    TicketCall,
    TicketKind,
    TicketStatus,
)
from offboarding.store.connect import Session

COLUMNS: list[tuple[str, str, type[StrEnum]]] = [
    ("run", "kind", RunKind),
    ("source_read", "status", ReadStatus),
    ("source_read", "phase", ReadPhase),
    ("finding", "state", FindingState),
    ("finding", "severity", Severity),
    ("ticket", "kind", TicketKind),
    ("ticket", "state", TicketStatus),
    ("outbox", "op", TicketCall),
    ("guard_hold", "kind", LineKind),
    ("guard_hold", "status", HoldStatus),
    ("link", "relation", Relation),
    ("link_decision", "verdict", LinkVerdict),
    ("submission", "outcome", SubmissionOutcome),
]


@pytest.mark.parametrize(("table", "column", "enum"), COLUMNS)
def test_a_column_takes_the_words_of_its_enum(store: Session, table: str, column: str, enum: type[StrEnum]) -> None:
    checks = store.execute(
        "select pg_get_constraintdef(c.oid) from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid"
        " where c.contype = 'c' and c.conrelid = %s::regclass and a.attname = %s and c.conkey = array[a.attnum]",
        (table, column),
    ).fetchall()

    assert {word for (check,) in checks for word in re.findall(r"'(\w*)'", str(check))} == set(enum)
