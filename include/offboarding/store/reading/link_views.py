"""Whose each account is, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from psycopg.rows import scalar_row

from offboarding.model import LinkDecision, Relation, Standing
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkView:
    """An account and one person that it's linked to; nobody, for an orphan."""

    source: str
    realm: str
    account_native_id: str
    account_label: str
    decision: LinkDecision
    id_space: str | None
    worker_id: str | None
    relation: Relation | None
    score: int | None
    """Whole hundredths."""
    evidence: list[str]
    standing: Standing
    """Of the account, as last seen."""
    valid_from: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A person that one account may belong to."""

    id_space: str
    worker_id: str
    person_uid: str
    relation: Relation
    decision: LinkDecision
    score: int
    evidence: list[str]
    valid_from: datetime
    left_at: datetime | None
    """None: works here."""
    confirmed: bool
    """Whether that departure is certain."""


def links(
    session: Session,
    *,
    source: str | None = None,
    decisions: Sequence[str] | None = None,
    person_uid: str | None = None,
) -> list[LinkView]:
    """Links that are so, by source and label; None leaves something open. Dead accounts are among them."""
    decided = None if decisions is None else list(decisions)
    values = {"source": source, "decisions": decided, "person_uid": person_uid}
    with session.cursor(row_factory=record_row(LinkView)) as cursor:
        return cursor.execute(block("reading", "links"), values).fetchall()


def claims(session: Session, realm: str, native_id: str) -> list[Claim]:
    """Everybody that an account may belong to, best first."""
    with session.cursor(row_factory=record_row(Claim)) as cursor:
        return cursor.execute(block("reading", "claims"), {"realm": realm, "native_id": native_id}).fetchall()


def source_names(session: Session) -> list[str]:
    """What sources are called today."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(name) for name in cursor.execute(block("reading", "sources")).fetchall()]
