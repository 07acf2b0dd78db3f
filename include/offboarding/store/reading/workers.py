"""All that is known of one person."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg.rows import class_row, scalar_row

from offboarding.config.spelling import nearest
from offboarding.model.errors import FatalError, NamedError
from offboarding.model.naming import space_and_number
from offboarding.store.connect import Session
from offboarding.store.departures import space_of_roster
from offboarding.store.reading.link_views import LinkView, links
from offboarding.store.runs import usable_rosters
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerFound:
    """A person, by the worker id that people know them by."""

    person_uid: str
    id_space: str
    worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRecord:
    """What one roster tells of a person."""

    roster: str
    id_space: str
    worker_id: str
    name: str
    manager: str
    location: str
    missing_since: datetime | None
    """The first read that no longer lists them."""
    vanished_at: datetime | None
    """Taken to have left, for they are no longer listed."""
    superseded: bool
    """HR gives this number as another record's previous one."""
    shown: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmploymentView:
    """An employment, as HR tells it."""

    roster: str
    worker_id: str
    status: str
    start_on: date | None
    last_working_on: date | None
    end_on: date | None
    zone: str | None
    type: str
    told_left_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityKeyView:
    """A number, mail or login that rosters give, as they write it."""

    kind: str
    value: str
    space: str
    origin: str
    told_still: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureView:
    """How a departure stood from one moment to another."""

    episode: int
    returned: bool
    left_at: datetime
    left_on: date | None
    zone: str
    basis: str
    confirmed: bool
    roster: str
    told: str
    valid_from: datetime
    valid_to: datetime | None
    """None: it stands."""
    ended_because: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonView:
    """All that is known of one person, their findings aside."""

    found: WorkerFound
    records: tuple[WorkerRecord, ...]
    employments: tuple[EmploymentView, ...]
    keys: tuple[IdentityKeyView, ...]
    departures: tuple[DepartureView, ...]
    links: tuple[LinkView, ...]


def worker_called(session: Session, word: str) -> WorkerFound:
    """The person whose worker id this is or was: `id`, or `id_space:id`; the space's only roster may stand for it.

    Raises FatalError where nobody's is, with the nearest, where no roster was read, or where several id spaces have
    one.
    """
    number, found = space_and_number(word)[1], workers_called(session, word)
    if not found and not usable_rosters(session):
        raise FatalError("no roster has been read yet, so nobody is known: run `python -m offboarding nightly`")
    if not found:
        # Nobody is listed by an id's beginning: it's only for whoever mistyped one.
        near = nearest(number, _alike(session, number), known_as="An id is given whole. Some that begin alike")
        # Somebody may have typed a mail.
        raise NamedError(f"there is no worker {word}.{near}", logged=f"there is no such worker.{near}")
    if len(found) > 1:
        several = ", ".join(f"{worker.id_space}:{worker.worker_id}" for worker in found)
        raise FatalError(f"worker {word} may be several people. Say which: {several}")
    return found[0]


def workers_called(session: Session, word: str) -> list[WorkerFound]:
    """Everybody whose worker id this is or was, as `worker_called` takes it; up to five."""
    space, number = space_and_number(word)
    found = _called(session, None, word.strip()) or ([] if space is None else _called(session, space, number))
    if not found and space and (meant := space_of_roster(session, space)) is not None:
        found = _called(session, meant, number)
    return found


def person(session: Session, word: str) -> PersonView:
    """All that is known of one person. Raises FatalError as `worker_called`."""
    with session.transaction():
        return person_of(session, worker_called(session, word))


def person_of(session: Session, found: WorkerFound) -> PersonView:
    """The same of somebody who was found."""
    with session.transaction():
        values = {"person_uid": found.person_uid}
        with session.cursor(row_factory=class_row(WorkerRecord)) as cursor:
            records = cursor.execute(block("reading", "worker_records"), values).fetchall()
        with session.cursor(row_factory=class_row(EmploymentView)) as cursor:
            employments = cursor.execute(block("reading", "employments"), values).fetchall()
        with session.cursor(row_factory=class_row(IdentityKeyView)) as cursor:
            keys = cursor.execute(block("reading", "identity_keys"), values).fetchall()
        return PersonView(
            found=found,
            records=tuple(records),
            employments=tuple(employments),
            keys=tuple(keys),
            departures=tuple(departures(session, found.person_uid)),
            links=tuple(links(session, person_uid=found.person_uid)),
        )


def departures(session: Session, person_uid: str) -> list[DepartureView]:
    """How a person's departures stood, newest first."""
    with session.cursor(row_factory=class_row(DepartureView)) as cursor:
        return cursor.execute(block("reading", "departures"), {"person_uid": person_uid}).fetchall()


def _called(session: Session, id_space: str | None, worker_id: str) -> list[WorkerFound]:
    with session.cursor(row_factory=class_row(WorkerFound)) as cursor:
        values = {"id_space": id_space, "worker_id": worker_id}
        return cursor.execute(block("reading", "workers_called"), values).fetchall()


def _alike(session: Session, worker_id: str) -> list[str]:
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("reading", "worker_ids_like"), {"worker_id": worker_id}).fetchall()
    return [str(row) for row in rows]
