"""Where the record ends, for whoever keeps it outside the store."""

import structlog

from offboarding.store import events, putting_right
from offboarding.store.connect import Session
from offboarding.store.events import Head

log = structlog.get_logger("offboarding.record")


def record_end(session: Session) -> Head | None:
    """Return the last event's number and hash; None where nothing has happened yet."""
    return events.head(session)


def is_held(session: Session, kept: Head) -> bool:
    """Return whether the record still holds the event with which it ended once."""
    return events.hash_of(session, kept.seq) == kept.hash


def hold_to_end(session: Session, run_id: int, kept: Head) -> bool:
    """Compare the record with where it ended once. What is gone makes this run red, and False is returned."""
    found = putting_right.hold_to_head(session, run_id, kept)
    for trouble in found:
        log.error(trouble, run=run_id)
    return not found


def hold_to_pushes(session: Session, run_id: int, kept: int) -> None:
    """Compare the number of changes that were pushed with the number kept. Fewer make this run red."""
    for trouble in putting_right.hold_to_pushes(session, kept, run_id):
        log.error(trouble, run=run_id)


def as_kept(seq: int, hash: str) -> Head:  # noqa: A002 - as the record calls it
    """Return an end as it was kept."""
    return Head(seq=seq, hash=hash)
