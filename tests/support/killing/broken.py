"""Code that is broken on purpose: a check that calls it sound checks nothing."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from datetime import datetime
from enum import Enum
from unittest import mock

from offboarding.model import TicketRef
from offboarding.store import outbox, rechecks
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.outbox import Pending
from offboarding.trackers.roundup import RoundupTracker


class Fault(Enum):
    """What is broken."""

    OPENS_UNASKED = "a ticket is opened without a search for one that stands"
    SAYS_TWICE = "a comment bears no mark of what it says"
    MARKS_FIRST = "what is to be said counts as said before it is"
    LEAVES_TO_FIRST = "whom a run was begun about is left to it, whatever became of it"


def _marks_first() -> AbstractContextManager[object]:
    real = outbox.try_to_tell

    def try_to_tell(session: Session, said: Sequence[Pending]) -> tuple[str, list[Pending]]:
        tried = real(session, said)
        outbox.done(session, said)
        return tried

    return mock.patch.object(outbox, "try_to_tell", try_to_tell)


def _opens_unasked() -> AbstractContextManager[object]:
    real = RoundupTracker.find

    def find(self: RoundupTracker, key: str) -> TicketRef | None:
        # As many requests as ever: they are counted.
        real(self, key)

    return mock.patch.object(RoundupTracker, "find", find)


def _says_twice() -> AbstractContextManager[object]:
    real = RoundupTracker.comment

    def comment(self: RoundupTracker, ref: TicketRef, event_key: str, text: str) -> None:
        real(self, ref, f"{event_key} {uuid.uuid4()}", text)

    return mock.patch.object(RoundupTracker, "comment", comment)


def _leaves_to_first() -> AbstractContextManager[object]:
    real = rechecks.due

    def due(session: Session, *, as_of: datetime, zone: str, pre_start_days: int) -> list[PersonCalled]:
        query = "select person_uid::text from run_person join run using (run_id) where kind = 'departure'"
        noted = {uid for (uid,) in session.execute(query)}
        found = real(session, as_of=as_of, zone=zone, pre_start_days=pre_start_days)
        return [person for person in found if person.person_uid not in noted]

    return mock.patch.object(rechecks, "due", due)


BROKEN: Mapping[Fault | None, Callable[[], AbstractContextManager[object]]] = {
    None: nullcontext,
    Fault.OPENS_UNASKED: _opens_unasked,
    Fault.SAYS_TWICE: _says_twice,
    Fault.MARKS_FIRST: _marks_first,
    Fault.LEAVES_TO_FIRST: _leaves_to_first,
}
