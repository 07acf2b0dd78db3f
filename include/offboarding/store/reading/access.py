"""What one person gets in by: accounts with how sure it is whose they are, and what is on them."""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model import LinkDecision, Relation, Standing, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountHeld:
    """An account that is or may be theirs, or that they answer for or made."""

    source: str
    source_kind: str
    realm: str
    native_id: str
    kind: SubjectKind
    privileged: bool | None
    """None where that couldn't be told."""
    relation: Relation
    decision: LinkDecision
    score: int
    """Whole hundredths."""
    valid_from: datetime
    last_used_at: datetime | None
    standing: Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialHeld:
    """Something on one of these accounts that lets somebody in."""

    source: str
    realm: str
    account_native_id: str
    kind: SubjectKind
    native_id: str
    last_used_at: datetime | None
    standing: Standing


def accounts_of(session: Session, person_uid: str, *, since: datetime) -> list[AccountHeld]:
    """A row each and relation; of one that is gone, too. `since`: what wasn't read whole from then on is unknown."""
    with session.cursor(row_factory=record_row(AccountHeld)) as cursor:
        return cursor.execute(block("access", "accounts_of"), {"person_uid": person_uid, "since": since}).fetchall()


def credentials_of(session: Session, person_uid: str, *, since: datetime) -> list[CredentialHeld]:
    """On these accounts, a row each; what is gone is dead."""
    with session.cursor(row_factory=record_row(CredentialHeld)) as cursor:
        return cursor.execute(block("access", "credentials_of"), {"person_uid": person_uid, "since": since}).fetchall()
