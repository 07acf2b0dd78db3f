"""Keys that several people may hold: whether anything trusts them, and what the register and people say of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from psycopg.rows import class_row, scalar_row

from offboarding.config.spelling import nearest
from offboarding.model import Attested, Exportable, KeyCopy, Registered, Standing, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.store import recorded
from offboarding.store.connect import Session
from offboarding.store.key_case_rows import CopyRow
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyView:
    """A key, as the last reads and the register have it."""

    material: str
    kind: SubjectKind
    label: str
    """The register's name, else a copy's label."""
    copies: tuple[KeyCopy, ...]
    """Those that verify first, gone ones last; none for an entry of the register that nothing shows."""
    registered: Registered | None
    attested: Attested | None
    """The last word, ended or not."""
    place: str = ""
    """Where the register says that it lies, of an entry that nothing shows; "" of all others."""

    @property
    def lies(self) -> str:
        """What it's recognised by: its material, or where it should lie."""
        return self.place or self.material

    @property
    def verifying(self) -> tuple[KeyCopy, ...]:
        """Copies of which the system itself accepts or refuses."""
        return tuple(copy for copy in self.copies if copy.key.verifies)

    @property
    def standing(self) -> Standing:
        """WORKS where anything trusts it, DEAD where everything that could be asked refuses it, seen twice."""
        standings = {_standing(copy) for copy in self.verifying}
        return next((standing for standing in _WORST_FIRST if standing in standings), Standing.UNKNOWN)

    @property
    def may_be_used(self) -> bool:
        """Unless everything that could be asked refuses it."""
        return not self.verifying or self.standing is not Standing.DEAD

    @property
    def carryable(self) -> tuple[Exportable, str]:
        """Whether the material can be taken along, and by whose word. The register knows more than a system that can't
        tell, and less than one that says yes.
        """
        reasons = {copy.key.carryable: copy.key.carryable_reason for copy in reversed(self.copies)}
        said = self.registered
        if Exportable.YES in reasons:
            return Exportable.YES, reasons[Exportable.YES]
        if said and said.carryable is Exportable.YES:
            return Exportable.YES, said.carryable_reason or "the register says so"
        if Exportable.NO in reasons:
            return Exportable.NO, reasons[Exportable.NO]
        if said and said.carryable is Exportable.NO:
            return Exportable.NO, said.carryable_reason or "the register says so"
        return Exportable.UNKNOWN, reasons.get(Exportable.UNKNOWN, "nothing shows where it lies")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestable:
    """What a person's word may be about: a key, or an account, of which nobody else can be asked."""

    material: str
    """The key's; an account's stands for it in the same place."""
    label: str
    """The register's name, else a copy's label; an account's native id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysThen:
    """How many keys of a kind were trusted when a run ended."""

    kind: str
    trusted: int
    with_custodians: int
    """Of these: the register names a custodian, past or present."""
    unchecked: int
    """Of these: nobody is known to hold them, by the register, a policy or a trail."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationThen:
    """A person's word that ended, or ends soon."""

    name: str
    """The register's name, else the material."""
    until: datetime


_WORST_FIRST = (Standing.WORKS, Standing.UNKNOWN, Standing.DEAD)


@dataclass(frozen=True, slots=True, kw_only=True)
class _EntryRow:
    kind: SubjectKind
    material: str | None
    registered: Registered
    place: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _AttestationRow:
    material: str
    attested: Attested


@dataclass(frozen=True, slots=True, kw_only=True)
class _OnceRegisteredRow:
    material: str
    kind: SubjectKind


def keys(session: Session, material: str | None = None) -> list[KeyView]:
    """Every key that was ever seen or stands in the register: registered ones by name, then the others by label.

    `material`: this one alone.
    """
    one = {"material": material}
    with session.transaction():
        with session.cursor(row_factory=record_row(CopyRow)) as cursor:
            copies = cursor.execute(block("key_views", "copies_told"), one).fetchall()
        with session.cursor(row_factory=record_row(_EntryRow)) as cursor:
            entries = cursor.execute(block("key_views", "entries_told"), one).fetchall()
        with session.cursor(row_factory=record_row(_AttestationRow)) as cursor:
            rows = cursor.execute(block("key_views", "attestations_told"), one).fetchall()
        with session.cursor(row_factory=record_row(_OnceRegisteredRow)) as cursor:
            once = cursor.execute(block("key_views", "once_registered"), one).fetchall()
    words = {row.material: row.attested for row in rows}
    # An entry that nothing shows is a key by itself (custody.sql): findings and people's words are about that one.
    by_material = {entry.material or f"reg:{entry.registered.name}": entry for entry in entries}
    seen = {material: list(rows) for material, rows in groupby(copies, key=lambda row: row.material)}
    found = [
        _key(material, seen.get(material, []), by_material.get(material), words.get(material))
        for material in dict.fromkeys((*seen, *by_material))
    ]
    found += [_once_registered(row, words.get(row.material)) for row in once]
    return sorted(found, key=lambda key: (key.registered is None, key.label, key.material))


def key_called(session: Session, word: str) -> KeyView:
    """The key of this name in the register, material, id or label; or the one that a finding is about.

    Raises FatalError where there is none, with the nearest, or where several are called so.
    """
    every, named = keys(session), word.strip()
    found = _called(every, named)
    if len(found) == 1:
        return found[0]
    if found:
        several = ", ".join(key.material for key in found)
        raise FatalError(f"several keys are called {named}. Say which: {several}")
    names = [key.registered.name for key in every if key.registered]
    known = names or [key.label for key in every]
    raise FatalError(f"there is no key {named}.{nearest(named, known)} See: python -m offboarding custody")


def is_called(session: Session, word: str) -> bool:
    """Whether any key is called this."""
    return bool(_called(keys(session), word.strip()))


def _called(every: Sequence[KeyView], named: str) -> Sequence[KeyView]:
    """The key of this name in the register, else those with this material, id or label."""
    registered = [key for key in every if key.registered and key.registered.name == named]
    return registered or [key for key in every if named in _names(key)]


def material_of_finding(session: Session, finding_key: str) -> str | None:
    """The material that a finding is about; None where it's about something else."""
    with session.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(block("key_views", "subject_of_finding"), {"finding_key": finding_key}).fetchone()
    return None if found is None else str(found)


def listed_of_finding(session: Session, finding_key: str) -> Attestable | None:
    """The account that a finding asks to be taken away where no system can be asked; None where it's about another."""
    with session.cursor(row_factory=class_row(Attestable)) as cursor:
        return cursor.execute(block("key_views", "listed_of_finding"), {"finding_key": finding_key}).fetchone()


def unasked(key: KeyView) -> Attestable:
    """A key, where nobody else can be asked about it. Raises FatalError where a verifier can."""
    asked = sorted({copy.source for copy in key.verifying})
    if asked:
        raise FatalError(
            f"{key.label} is a key that {' and '.join(asked)} can be asked about: it closes when nothing there shows it"
            " any more, seen twice. Nobody's word counts for that."
        )
    return Attestable(material=key.material, label=key.label)


def attest(session: Session, about: Attestable, *, reason: str, author: str, until: datetime) -> None:
    """Write down a person's word that it's dead."""
    values = {"material": about.material, "reason": reason, "author": author, "until": until}
    recorded.write(session, "attestation", "key_views", "insert_attestation", values, actor=author)


def keys_then(session: Session, run_id: int) -> list[KeysThen]:
    """How many keys were trusted when a run ended, and of how many a custodian was known."""
    with session.cursor(row_factory=class_row(KeysThen)) as cursor:
        return cursor.execute(block("key_views", "keys_then"), {"run_id": run_id}).fetchall()


def entries_unseen_then(session: Session, run_id: int) -> list[str]:
    """Names of the register's entries that nothing had shown by then."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return [str(name) for name in cursor.execute(block("key_views", "entries_unseen_then"), {"run_id": run_id})]


def attestations_then(session: Session, run_id: int, *, days: int) -> list[AttestationThen]:
    """People's words that had ended within a month, or were to end within so many days."""
    with session.cursor(row_factory=class_row(AttestationThen)) as cursor:
        values = {"run_id": run_id, "days": days}
        return cursor.execute(block("key_views", "attestations_then"), values).fetchall()


def _standing(copy: KeyCopy) -> Standing:
    if copy.dead:
        return Standing.DEAD
    return copy.key.standing if copy.fresh and copy.untrusted_since is None else Standing.UNKNOWN


def _names(key: KeyView) -> set[str]:
    own = {name for copy in key.copies for name in (copy.key.native_id, copy.key.name, copy.key.label)}
    return {key.material, key.lies, key.lies.removeprefix("jkt:"), *own}


def _key(material: str, rows: Sequence[CopyRow], entry: _EntryRow | None, word: Attested | None) -> KeyView:
    copies = tuple(row.copy for row in rows)
    return KeyView(
        material=material,
        kind=rows[0].key_kind if rows else entry.kind if entry else SubjectKind.SIGNING_KEY,
        label=entry.registered.name if entry else copies[0].key.label,
        copies=copies,
        registered=entry.registered if entry else None,
        attested=word,
        place="" if entry is None or entry.material else entry.place or "",
    )


def _once_registered(row: _OnceRegisteredRow, word: Attested | None) -> KeyView:
    label = row.material.removeprefix("reg:")
    return KeyView(material=row.material, kind=row.kind, label=label, copies=(), registered=None, attested=word)
