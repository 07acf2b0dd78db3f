"""Departures that people tell before HR does. A notice outranks the feed until the feed confirms it."""

from dataclasses import asdict, dataclass
from datetime import datetime

from psycopg.rows import class_row

from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """That somebody leaves, or has left, by a person's word."""

    notice_id: str
    """Such as n-4f2a91."""
    person_uid: str
    id_space: str
    worker_id: str
    left_at: datetime
    """Their last moment."""
    zone: str
    """In which its day is told."""
    reason: str
    author: str
    made_at: datetime
    warn_at: datetime
    """From then on every report says that HR's feed doesn't confirm it."""
    confirmed_at: datetime | None
    """Since when HR's feed says so itself."""
    ended_at: datetime | None
    ended_by: str | None
    """A person, or the roster by which they work here again."""
    ended_for: str | None

    @property
    def stands(self) -> bool:
        """Whether it outranks the feed."""
        return self.confirmed_at is None and self.ended_at is None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewNotice:
    """A notice to be written down."""

    notice_id: str
    person_uid: str
    left_at: datetime
    zone: str
    reason: str
    author: str
    max_days: int
    """How long it may stand before reports warn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeThen:
    """A notice that stood when a run ended, and that HR's feed hadn't confirmed."""

    notice_id: str
    person_uid: str
    id_space: str
    worker_id: str
    left_at: datetime
    late: bool
    """It has stood for longer than the policy likes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SamePersonThen:
    """A record that turned out in a run to be somebody's who was known already."""

    record: str
    """id_space:worker_id, as it came."""
    known_as: str
    """The person, by the worker id that people know them by now."""
    evidence: str


def lock_notices(session: Session) -> None:
    """One hand on notices at a time; held to the end of the transaction."""
    session.execute(block("notices", "lock"))


def add(session: Session, new: NewNotice) -> bool:
    """Write it down. False where there is one of this id already."""
    return bool(recorded.write(session, "notice", "notices", "insert_notice", asdict(new), actor=new.author))


def notices(session: Session) -> list[Notice]:
    """All of them, newest first, those that ended too."""
    return _notices(session, None, None)


def notices_about(session: Session, person_uid: str) -> list[Notice]:
    """Those about one person, newest first."""
    return _notices(session, None, person_uid)


def notice(session: Session, notice_id: str) -> Notice | None:
    """By its id."""
    found = _notices(session, notice_id, None)
    return found[0] if found else None


def end(session: Session, notice_id: str, *, reason: str, author: str) -> None:
    """A person takes it back."""
    values = {"notice_id": notice_id, "reason": reason, "author": author}
    recorded.write(session, "notice", "notices", "end_notice", values, actor=author)


def notices_then(session: Session, run_id: int) -> list[NoticeThen]:
    """Those that stood when a run ended, the earliest last moment first."""
    with session.cursor(row_factory=class_row(NoticeThen)) as cursor:
        return cursor.execute(block("notices", "notices_then"), {"run_id": run_id}).fetchall()


def same_people_then(session: Session, run_id: int) -> list[SamePersonThen]:
    """Records that a run put to a known person: a changed number, a second employment, a contract become permanent."""
    with session.cursor(row_factory=class_row(SamePersonThen)) as cursor:
        return cursor.execute(block("notices", "same_people_then"), {"run_id": run_id}).fetchall()


def _notices(session: Session, notice_id: str | None, person_uid: str | None) -> list[Notice]:
    with session.cursor(row_factory=class_row(Notice)) as cursor:
        values = {"notice_id": notice_id, "person_uid": person_uid}
        return cursor.execute(block("notices", "notices"), values).fetchall()
