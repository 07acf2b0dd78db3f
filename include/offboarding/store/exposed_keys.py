"""What somebody who left may know beside what is on their own ticket: keys and secrets, each on a ticket of its own."""

from dataclasses import dataclass

from offboarding.model import Severity, Standing, SubjectKind, TicketKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block
from offboarding.store.tickets import TicketRow


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposedKey:
    """A key or secret on a ticket of its own that a leaver may know."""

    finding_key: str
    subject_kind: SubjectKind
    subject_label: str
    severity: Severity
    standing: Standing


def of_leaver(session: Session, row: TicketRow) -> list[ExposedKey]:
    """What else the leaver of a ticket may know, what to replace first before the rest; of others' tickets none."""
    if row.kind != TicketKind.REVOKE:
        return []
    with session.cursor(row_factory=record_row(ExposedKey)) as cursor:
        values = {"holder": row.holder, "episode": row.episode}
        return cursor.execute(block("exposure", "exposed_keys"), values).fetchall()
