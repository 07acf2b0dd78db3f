"""Cases of keys for the rules: each key with its copies and departed holders, streamed in constant memory."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Protocol, TypeVar

from psycopg.rows import scalar_row

from offboarding.model import Holder, KeyCase, KeyCopy, UncustodiedCase
from offboarding.store import temporary
from offboarding.store.cases import Looked
from offboarding.store.connect import Session
from offboarding.store.custody import join_custody
from offboarding.store.key_case_rows import AccessRow, AttestedRow, CopyRow, HeldRow, HolderRow, SaidRow
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

_KEYS_AT_ONCE = 200

_Row = TypeVar("_Row", bound="CopyRow | HolderRow | HeldRow | AccessRow | SaidRow | AttestedRow")
_What_co = TypeVar("_What_co", covariant=True)


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
    temporary.forget(session, "key_cases")
    temporary.make(session, "key_cases", looked.values, "custody_key", "company_holder")


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
        own = [row.copy for row in rows if row.own]
        attested = next(iter(self.attested[key_pk]), None)
        return KeyCase(
            material=said.material,
            kind=said.kind,
            label=said.registered.name if said.registered else _label(own),
            copies=tuple(own),
            holders=tuple(self._holders(key_pk)),
            registered=said.registered,
            attested=attested.attested if attested else None,
            other_holders=said.other_holders,
            successors=tuple(row.copy for row in rows if not row.own),
        )

    def _holders(self, key_pk: int) -> Iterator[Holder]:
        held, uses = _by_person(self.held[key_pk]), _by_person(self.uses[key_pk])
        access = _by_person(self.accesses[key_pk])
        for row in self.holders[key_pk]:
            uid = row.holder.person_uid
            yield replace(row.holder, held=held.get(uid, ()), uses=uses.get(uid, ()), access=access.get(uid, ()))


def _uncustodied(session: Session, looked: Looked) -> Iterator[UncustodiedCase]:
    temporary.make(session, "key_cases", looked.values, "known_key")
    with session.cursor("uncustodied", row_factory=record_row(CopyRow)) as cursor:
        cursor.execute(block("key_cases", "uncustodied"), {"since": looked.since})
        for realm, rows in groupby(cursor, key=lambda row: row.copy.key.realm):
            copies = tuple(row.copy for row in rows)
            yield UncustodiedCase(realm=realm, source=copies[0].source, source_kind=copies[0].source_kind, keys=copies)


def _label(own: Sequence[KeyCopy]) -> str:
    """What people know it by: where it's trusted, else where it lies. What nothing shows, the register names."""

    def order(copy: KeyCopy) -> tuple[bool, bool, str, str]:
        return copy.untrusted_since is not None, not copy.key.verifies, copy.key.realm, copy.key.native_id

    return min(own, key=order).key.label


def _by_key(session: Session, name: str, kind: type[_Row], values: Mapping[str, object]) -> dict[int, list[_Row]]:
    found: defaultdict[int, list[_Row]] = defaultdict(list)
    with session.cursor(row_factory=record_row(kind)) as cursor:
        for row in cursor.execute(block("key_cases", name), values):
            found[row.key_pk].append(row)
    return found


class _HolderRecord(Protocol[_What_co]):
    @property
    def person_uid(self) -> str: ...
    @property
    def told(self) -> _What_co: ...


def _by_person(rows: Sequence[_HolderRecord[_What_co]]) -> dict[str, tuple[_What_co, ...]]:
    grouped = groupby(rows, key=lambda row: row.person_uid)
    return {person_uid: tuple(row.told for row in group) for person_uid, group in grouped}
