"""Cases of keys for the rules: each key with its copies and departed holders, streamed in constant memory."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import attrgetter
from typing import TypeVar

from psycopg.rows import class_row, scalar_row

from include.offboarding.model import Access, Attested, Held, KeyCase, SubjectKind, UncustodiedCase
from include.offboarding.store.cases import Looked
from include.offboarding.store.connect import Session
from include.offboarding.store.custody import drop_tables, join_custody, run_steps
from include.offboarding.store.key_case_rows import (
    AccessRow,
    AttestedRow,
    CopyRow,
    HeldRow,
    HolderRow,
    SaidRow,
    access,
    held,
    key_copy,
    registered,
)
from include.offboarding.store.sql import block

_KEYS_AT_ONCE = 200
_STEPS = ("make_custody_key", "make_company_reach", "make_company_holder")
_TABLES = ("custody_key", "company_reach", "company_holder", "peopled", "known_key")

_Row = TypeVar("_Row", bound="CopyRow | HolderRow | HeldRow | AccessRow | SaidRow | AttestedRow")


def key_cases(session: Session, looked: Looked) -> Iterator[KeyCase | UncustodiedCase]:
    """Yield every key that somebody who left may have held or may still use, then each system's keys that nobody is
    known to hold. Of some people alone: the keys that they hold. Needs an open transaction.
    """
    if not _knows_keys(session):
        return
    prepare(session, looked)
    yield from held_keys(session, looked)
    if looked.persons is None:
        yield from _uncustodied(session, looked)


def _knows_keys(session: Session) -> bool:
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("key_cases", "knows_keys")).fetchone())


def prepare(session: Session, looked: Looked) -> None:
    """Make the temporary tables that the cases are read from."""
    join_custody(session, looked.values)
    drop_tables(session, _TABLES)
    run_steps(session, "key_cases", _STEPS, looked.values)


def held_keys(session: Session, looked: Looked) -> Iterator[KeyCase]:
    """Yield the cases of keys with departed holders. Needs `prepare`."""
    with session.cursor("custody_keys", row_factory=scalar_row) as cursor:
        cursor.itersize = _KEYS_AT_ONCE
        cursor.execute(block("key_cases", "custody_keys"))
        while keys := [int(str(key)) for key in islice(cursor, _KEYS_AT_ONCE)]:
            yield from _Batch.read(session, looked, keys).cases()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """Some keys, and what is known of them."""

    copies: dict[int, list[CopyRow]]
    holders: dict[int, list[HolderRow]]
    held: dict[int, list[HeldRow]]
    uses: dict[int, list[HeldRow]]
    accesses: dict[int, list[AccessRow]]
    said: dict[int, list[SaidRow]]
    attested: dict[int, list[AttestedRow]]

    @classmethod
    def read(cls, session: Session, looked: Looked, keys: Sequence[int]) -> "_Batch":
        values = {"keys": list(keys), "since": looked.since}
        return cls(
            copies=_by_key(session, "copies", CopyRow, values),
            holders=_by_key(session, "holders", HolderRow, values),
            held=_by_key(session, "held", HeldRow, values),
            uses=_by_key(session, "uses", HeldRow, values),
            accesses=_by_key(session, "accesses", AccessRow, values),
            said=_by_key(session, "said", SaidRow, values),
            attested=_by_key(session, "attested", AttestedRow, values),
        )

    def cases(self) -> Iterator[KeyCase]:
        for key_pk in self.said:
            yield self._case(key_pk)

    def _case(self, key_pk: int) -> KeyCase:
        rows, said = self.copies[key_pk], self.said[key_pk][0]
        own = [row for row in rows if row.own]
        reasons = _by_person(self.held[key_pk], held)
        uses = _by_person(self.uses[key_pk], held)
        ways = _by_person(self.accesses[key_pk], access)
        attested = next(iter(self.attested[key_pk]), None)
        return KeyCase(
            material=said.material,
            kind=SubjectKind(said.kind),
            label=said.name or _label(own),
            copies=tuple(key_copy(row) for row in own),
            holders=tuple(
                row.holder(reasons.get(row.person_uid, ()), uses.get(row.person_uid, ()), ways.get(row.person_uid, ()))
                for row in self.holders[key_pk]
            ),
            registered=registered(said),
            attested=attested
            and Attested(author=attested.author, reason=attested.reason, at=attested.at, until=attested.until),
            other_holders=said.other_holders,
            successors=tuple(key_copy(row) for row in rows if not row.own),
        )


def _uncustodied(session: Session, looked: Looked) -> Iterator[UncustodiedCase]:
    run_steps(session, "key_cases", ("make_peopled", "make_known_key"), looked.values)
    with session.cursor("uncustodied", row_factory=class_row(CopyRow)) as cursor:
        cursor.execute(block("key_cases", "uncustodied"), {"since": looked.since})
        for _, rows in groupby(cursor, key=attrgetter("realm")):
            copies = list(rows)
            yield UncustodiedCase(
                realm=copies[0].realm,
                source=copies[0].source,
                source_kind=copies[0].source_kind,
                keys=tuple(key_copy(row) for row in copies),
            )


def _label(own: Sequence[CopyRow]) -> str:
    """What people know it by: where it's trusted, else where it lies. What nothing shows, the register names."""
    best = min(own, key=lambda row: (row.untrusted_since is not None, not row.verifies, row.realm, row.native_id))
    return best.label


def _by_key(session: Session, name: str, kind: type[_Row], values: Mapping[str, object]) -> dict[int, list[_Row]]:
    found: defaultdict[int, list[_Row]] = defaultdict(list)
    with session.cursor(row_factory=class_row(kind)) as cursor:
        for row in cursor.execute(block("key_cases", name), values):
            found[row.key_pk].append(row)
    return found


_Told = TypeVar("_Told", Held, Access)
_Of = TypeVar("_Of", HeldRow, AccessRow)


def _by_person(rows: Sequence[_Of], made: Callable[[_Of], _Told]) -> dict[str, tuple[_Told, ...]]:
    return {
        person_uid: tuple(made(row) for row in group)
        for person_uid, group in groupby(rows, key=lambda row: row.person_uid)
    }
