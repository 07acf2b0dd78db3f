"""What is called exactly so: people, accounts, what is on them, and keys."""

from dataclasses import dataclass
from typing import TypeVar

from psycopg.rows import scalar_row

from offboarding.model import LinkDecision, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.reading.workers import WorkerFound, workers_called
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_Row = TypeVar("_Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingFound:
    """An account, or something on one, and one person whose it is or may be."""

    source: str
    realm: str
    native_id: str
    """The account's."""
    label: str
    thing: str
    """What is on it, by its own id; "" for the account itself."""
    kind: SubjectKind
    gone: bool
    decision: LinkDecision | None
    person_uid: str
    """ "" where it's nobody's, as the next two."""
    id_space: str
    worker_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """All that is called so."""

    people: tuple[WorkerFound, ...]
    things: tuple[ThingFound, ...]
    materials: tuple[str, ...]


def search(session: Session, word: str, *, folded: str, named: bool, most: int) -> Found:
    """By ids; `named`: by logins, mails and labels too. `folded`: the word as identity keys are compared."""
    values: dict[str, object] = {"word": word, "folded": folded, "named": named, "most": most}
    with session.transaction():
        people = workers_called(session, word)
        if named:
            people += _rows(session, WorkerFound, "people_by_key", values)
        things = [
            *_rows(session, ThingFound, "accounts_found", values),
            *_rows(session, ThingFound, "credentials_found", values),
        ]
        materials = materials_called(session, word, most=most)
    return Found(people=tuple(dict.fromkeys(people)), things=tuple(things), materials=materials)


def materials_called(session: Session, word: str, *, most: int) -> tuple[str, ...]:
    """Keys that several may hold, by ids: their material, the register's, and a system's own."""
    with session.cursor(row_factory=scalar_row) as cursor:
        rows = cursor.execute(block("search", "keys_found"), {"word": word, "most": most})
        return tuple(str(each) for each in rows)


def _rows(session: Session, record: type[_Row], name: str, values: dict[str, object]) -> list[_Row]:
    with session.cursor(row_factory=record_row(record)) as cursor:
        return cursor.execute(block("search", name), values).fetchall()
