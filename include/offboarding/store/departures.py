"""The people that a departure run is about."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from psycopg.rows import class_row, scalar_row, tuple_row

from offboarding.model import ABOUT_SOME, AccountRef, FindingState, IdentityKey, IdentityKeyKind, Severity, Standing
from offboarding.store import run_ends
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import Run
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class DepartureFinding:
    """How a finding of these people stands."""

    finding_key: str
    rule: str
    severity: Severity
    state: FindingState
    standing: Standing
    id_space: str
    worker_id: str
    ticket: str | None
    """As its tracker calls it, behind the tracker's name where there are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonAsked:
    """Whether somebody whom the run is about has left."""

    id_space: str
    worker_id: str
    left_on: date | None
    standing: str
    """left, is away, leaves later, waits for confirmation, came back or works here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonCalled:
    """A person, by the worker id that people know them by."""

    person_uid: str
    id_space: str
    worker_id: str

    def __str__(self) -> str:
        return f"{self.id_space}:{self.worker_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _KeyRow:
    kind: str
    value: str
    loose: str
    space: str
    origin: str
    name: str
    raw: str


def persons_called(session: Session, kind: IdentityKeyKind, value: str, space: str | None) -> list[PersonCalled]:
    """Everyone whom a normalised key stands for; `space` None: in any."""
    with session.cursor(row_factory=class_row(PersonCalled)) as cursor:
        values = {"kind": kind.value, "value": value, "space": space}
        return cursor.execute(block("departures", "persons_called"), values).fetchall()


def space_of_roster(session: Session, name: str) -> str | None:
    """The id space that a roster's name stands for, where it's no other's; else None."""
    with session.cursor(row_factory=scalar_row) as cursor:
        row = cursor.execute(block("departures", "space_of_roster"), {"roster": name}).fetchone()
    return None if row is None else str(row)


def note_persons(session: Session, run_id: int, persons: Sequence[PersonCalled], *, named: bool = True) -> None:
    """Write down whom the run is about: by a person's word, or because the run found them itself."""
    for person in persons:
        values = {"run_id": run_id, "person_uid": person.person_uid, "named": named}
        session.execute(block("departures", "note_person"), values)


def compare_anew(session: Session, run_id: int) -> None:
    """Believe no row of what was read of the run's people: what is told of them next is compared with each, where a
    digest would have ticked it off though somebody wrote there since.
    """
    with run_ends.followed(session, run_ends.read_ahead(session), actor=f"run {run_id}"):
        session.execute(block("departures", "compare_anew"), {"run_id": run_id})


def persons_of_run(session: Session, run_id: int) -> list[str]:
    """The uids of the people that the run is about."""
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("departures", "persons_of_run"), {"run_id": run_id}).fetchall()
    return [str(uid) for uid in rows]


def persons_asked(session: Session, run: Run) -> list[str] | None:
    """Whom a run is about alone; None for a night, which is about everyone."""
    return persons_of_run(session, run.run_id) if run.kind in ABOUT_SOME else None


def all_left(session: Session, persons: Sequence[PersonCalled]) -> bool:
    """Whether these are people who have left for certain, all of them, by more than a notice; False for nobody."""
    uids = [person.person_uid for person in persons]
    with session.cursor(row_factory=scalar_row) as cursor:
        left = cursor.execute(block("departures", "who_left"), {"persons": uids}).fetchall()
    return bool(uids) and set(uids) == set(map(str, left))


def people_of_run(session: Session, run_id: int) -> list[PersonAsked]:
    """Whom the run is about, and whether they have left by its moment."""
    with session.cursor(row_factory=class_row(PersonAsked)) as cursor:
        return cursor.execute(block("departures", "people_of_run"), {"run_id": run_id}).fetchall()


def undelivered_of_run(session: Session, run_id: int) -> Mapping[str, int]:
    """How much each tracker has yet to be told of these people's tickets."""
    with session.cursor(row_factory=tuple_row) as cursor:
        found: list[tuple[str, int]] = cursor.execute(
            block("departures", "undelivered_of_run"), {"run_id": run_id}
        ).fetchall()
    return dict(found)


def keys_of_run(session: Session, run_id: int) -> list[IdentityKey]:
    """What these people are looked for by, in normal form."""
    with session.cursor(row_factory=class_row(_KeyRow)) as cursor:
        rows = cursor.execute(block("departures", "keys_of_run"), {"run_id": run_id}).fetchall()
    return [
        IdentityKey(
            kind=IdentityKeyKind(row.kind),
            value=row.value,
            loose=row.loose,
            space=row.space,
            origin=row.origin,
            name=row.name,
            raw=row.raw,
        )
        for row in rows
    ]


def findings_of_run(session: Session, run_id: int) -> list[DepartureFinding]:
    """How these people's findings stand, worst first."""
    with session.cursor(row_factory=record_row(DepartureFinding)) as cursor:
        return cursor.execute(block("departures", "findings_of_run"), {"run_id": run_id}).fetchall()


def accounts_of_run(session: Session, run_id: int, realm: str) -> list[AccountRef]:
    """Accounts of a system that are these people's, or may be."""
    with session.cursor(row_factory=class_row(AccountRef)) as cursor:
        values = {"run_id": run_id, "realm": realm}
        return cursor.execute(block("departures", "accounts_of_run"), values).fetchall()
