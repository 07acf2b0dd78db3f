"""What happened to one person's access: their findings' changes, what was told of it, what people decided."""

from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from offboarding.model import FindingState, Resolution, Standing, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeView:
    """A change of a finding's state."""

    at: datetime
    run_id: int | None
    actor: str
    from_state: FindingState | None
    to_state: FindingState
    text: str
    resolution: Resolution | None
    finding_key: str
    rule: str
    source: str
    realm: str
    subject_kind: SubjectKind
    subject_native_id: str
    subject_label: str
    account_label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldView:
    """Something that a tracker has heard."""

    at: datetime
    op: str
    """open, comment, close or reopen."""
    tracker: str
    ref: str | None
    url: str | None
    named_tracker: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WordView:
    """Something that a person decided."""

    kind: str
    """link, notice, departure, verdict or revocation."""
    at: datetime
    said: str
    """confirm or reject, the last day, confirm or deny, nothing, or how far it came."""
    source: str
    thing: str
    """What it is about: an account's native id, the notice, the basis, a finding's key."""
    author: str | None
    reason: str | None
    ended_at: datetime | None
    ended_by: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialSeen:
    """Something on an account that lets somebody in, as last seen."""

    realm: str
    account_native_id: str
    kind: SubjectKind
    native_id: str
    label: str
    standing: Standing
    standing_reason: str
    last_used_at: datetime | None
    observed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SameKey:
    """Something that an account bears and HR tells of the person."""

    realm: str
    account_native_id: str
    kind: str
    name: str
    """Where it stands on the account: an attribute, a tag."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeline:
    """All of it, the latest first; of each no more than was asked for."""

    changes: tuple[ChangeView, ...]
    told: tuple[ToldView, ...]
    words: tuple[WordView, ...]
    credentials: tuple[CredentialSeen, ...]
    same: tuple[SameKey, ...]


def timeline(session: Session, person_uid: str, *, most: int) -> Timeline:
    """Of one person. `most`: of each sort."""
    with session.transaction():
        return Timeline(
            changes=tuple(_rows(session, ChangeView, "changes", person_uid, most)),
            told=tuple(_rows(session, ToldView, "told", person_uid, most)),
            words=tuple(_rows(session, WordView, "words", person_uid, most)),
            credentials=tuple(_rows(session, CredentialSeen, "credentials_told", person_uid, most)),
            same=tuple(_rows(session, SameKey, "same_keys", person_uid, most)),
        )


def _rows(session: Session, record: type[_Row], name: str, person_uid: str, most: int) -> list[_Row]:
    with session.cursor(row_factory=record_row(record)) as cursor:
        return cursor.execute(block("timelines", name), {"person_uid": person_uid, "most": most}).fetchall()
