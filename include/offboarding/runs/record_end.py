"""Where the record ends, for whoever keeps it outside the store."""

import structlog

from offboarding.store import events, putting_right
from offboarding.store.connect import Session
from offboarding.store.events import Head

log = structlog.get_logger("offboarding.record")


def record_end(session: Session) -> Head | None:
    """Return the last event's number and hash; None where nothing has happened yet."""
    return events.head(session)


def hold_to_end(session: Session, run_id: int, kept: Head) -> None:
    """Compare the record with where it ended once. What is gone makes this run red."""
    for trouble in putting_right.hold_to_head(session, run_id, kept):
        log.error(trouble, run=run_id)


def as_kept(seq: int, hash: str) -> Head:  # noqa: A002 - as the record calls it
    """Return an end as it was kept."""
    return Head(seq=seq, hash=hash)
