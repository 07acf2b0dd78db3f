"""Columns that are read as one of a few words hold no other."""

import re
from enum import StrEnum

import pytest

from offboarding.model import (
    CREDENTIAL_KINDS,
    Basis,
    Effect,
    FindingState,
    Relation,
    Severity,
    Standing,
    SubjectKind,
    TicketCall,
    TicketKind,
    TicketStatus,
)
from offboarding.store.connect import Session

COLUMNS: dict[str, tuple[StrEnum, ...] | type[StrEnum]] = {
    "account.standing": Standing,
    "credential.kind": CREDENTIAL_KINDS,
    "credential.standing": Standing,
    "credential.effect": Effect,
    "departure.basis": Basis,
    "finding.subject_kind": SubjectKind,
    "finding.ticket_kind": TicketKind,
    "finding.state": FindingState,
    "finding.severity": Severity,
    "finding.standing": Standing,
    "finding.effect": Effect,
    "finding.relation": Relation,
    "finding.basis": Basis,
    "finding.told_basis": Basis,
    "link.relation": Relation,
    "outbox.op": TicketCall,
    "revocation.subject_kind": SubjectKind,
    "ticket.kind": TicketKind,
    "ticket.state": TicketStatus,
}


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_holds_the_words_that_it_is_read_as(lasting_store: Session, column: str) -> None:
    table, name = column.split(".")
    found = lasting_store.execute(
        "select pg_get_constraintdef(c.oid) from pg_constraint c join pg_attribute a on a.attrelid = c.conrelid"
        " and c.conkey = array[a.attnum] where c.contype = 'c' and c.conrelid = %s::regclass and a.attname = %s",
        (f"offboarding.{table}", name),
    ).fetchall()

    assert [set(re.findall(r"'([^']*)'::text", str(row[0]))) for row in found] == [
        {str(word) for word in COLUMNS[column]}
    ]
