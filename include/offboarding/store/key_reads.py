"""Keys, access to them, and events on their way into the store: staged beside accounts, merged in the same transaction.

What can't be kept (a NUL, a name of absurd length) is left out, and the read says so: it was no whole look then, and
nothing of that kind may look gone by it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from operator import attrgetter

from psycopg.rows import class_row, scalar_row

from offboarding.model import KEY_KINDS, AuditEvent, Gap, IdentityKey, Key, KeyAccess, ScopeRead, Standing, SubjectKind
from offboarding.store.columns import LISTS
from offboarding.store.connect import Session
from offboarding.store.sql import block, statements
from offboarding.store.staging import Stage

KEY_COLUMNS = {
    "s_key": LISTS["key"],
    "s_key_access": LISTS["key_access"],
    "s_event": LISTS["event"],
    "s_event_key": ("event_id", "kind", "value", "loose", "origin", "name", "raw"),
    "s_key_scope": ("scope", "kind", "access", "error"),
}
"""Temporary tables of a read, with their columns in the order of staged rows."""

_key_values: "attrgetter[tuple[object, ...]]" = attrgetter(*LISTS["key"])
_access_values: "attrgetter[tuple[object, ...]]" = attrgetter(*LISTS["key_access"])
_event_values: "attrgetter[tuple[object, ...]]" = attrgetter(*LISTS["event"])

LONGEST_ID = 1_000
"""Bytes: what an index takes (2,704 bytes a row) of several of them together."""
LONGEST_TEXT = 20_000
_IDS = frozenset(
    {"realm", "native_id", "name", "key", "principal_realm", "principal", "action", "event_id", "object_realm"}
    | {"object", "actor_realm", "actor", "ssh_fingerprint"}
)
_MATERIAL = 2_400
_ROW = 2_500


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedEvent:
    """An event on the way into the store, with its actor's keys in normal form."""

    event: AuditEvent
    keys: tuple[IdentityKey, ...]


StagedKeyFact = Key | KeyAccess | StagedEvent
"""What tells of keys, with identity keys normalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCounts:
    """What was staged."""

    keys: int
    events: int
    failed_scopes: int


@dataclass(slots=True, kw_only=True)
class KeyRead:
    """The keys of one read."""

    session: Session
    kind: str
    """Of reader, as the configuration calls it."""
    _spoiled: set[SubjectKind] = field(default_factory=set[SubjectKind])
    _is_begun: bool = False
    """Something was staged: of most reads nothing is, and then there is nothing to merge."""

    def add(self, stage: Stage, fact: StagedKeyFact) -> Iterator[Gap]:
        """Stage one; yield a red gap instead where it can't be kept."""
        record = fact.event if isinstance(fact, StagedEvent) else fact
        defect = _defect(record)
        if defect:
            self._spoiled |= {record.kind} if isinstance(record, Key) else set(KEY_KINDS)
            yield Gap(realm=_plain(record.realm), text=self._left_out(record, defect), red=True)
        elif isinstance(fact, Key):
            self._begin()
            stage.add("s_key", _key_values(fact))
        elif isinstance(fact, KeyAccess):
            if fact.standing is not Standing.DEAD:
                self._begin()
                stage.add("s_key_access", _access_values(fact))
        else:
            self._begin()
            _add_event(stage, fact)

    def add_scope(self, stage: Stage, scope: ScopeRead) -> None:
        """Stage what of keys was read to its end."""
        for kind in scope.kinds:
            if kind in KEY_KINDS:
                spoiled = f"{self.kind}: keys were left out" if kind in self._spoiled else ""
                self._begin()
                stage.add("s_key_scope", (scope.scope, kind.value, scope.access, scope.error or spoiled))

    def finish(self) -> None:
        """Make ready for the merge."""
        if not self._is_begun:
            return
        self.session.execute(block("keys", "drop_double_accesses"))
        for statement in statements("keys", "index_keys"):
            self.session.execute(statement)

    def counts(self) -> KeyCounts:
        """What was staged."""
        if not self._is_begun:
            return KeyCounts(keys=0, events=0, failed_scopes=0)
        with self.session.cursor(row_factory=class_row(KeyCounts)) as cursor:
            counts = cursor.execute(block("keys", "staged_key_counts")).fetchone()
        assert counts is not None
        return counts

    def merge(self, values: Mapping[str, object]) -> None:
        """Write what changed. Needs lock_realm, and the realm's row; `values` as SourceRead's steps have them."""
        if not self._is_begun:
            return
        with self.session.cursor(row_factory=scalar_row) as cursor:
            overtaken = bool(cursor.execute(block("keys", "newer_key_read"), values).fetchone())
        steps = [
            "recall_materials",
            "know_materials",
            "merge_copies",
            "leave_out_copies",
            "gone_copies",
            "end_standings",
            "begin_standings",
        ]
        steps += ["end_accesses", "begin_accesses", "merge_key_scopes"]
        for step in [*([] if overtaken else steps), "merge_events"]:
            for statement in statements("keys", step):
                self.session.execute(statement, values)

    def _begin(self) -> None:
        """Make room for what is staged, the first time."""
        if self._is_begun:
            return
        self._is_begun = True
        for step in ("unstage_keys", "stage_keys"):
            for statement in statements("keys", step):
                self.session.execute(statement)

    def _left_out(self, record: Key | KeyAccess | AuditEvent, defect: str) -> str:
        what = {Key: "a key", KeyAccess: "an access to a key", AuditEvent: "an event"}[type(record)]
        return f"{self.kind}: {what} was left out: its {defect}. That is a defect of the reader {self.kind}: mend it."


def _defect(record: Key | KeyAccess | AuditEvent) -> str:
    """What of it can't be kept: the field's name and why, without its value; "" where all can."""
    row = 0
    for each in fields(record):
        value: object = getattr(record, each.name)
        if not isinstance(value, str):
            continue
        longest = _MATERIAL if each.name == "material" else LONGEST_ID if each.name in _IDS else LONGEST_TEXT
        unkept = _unkept(value, longest)
        if unkept:
            return f"{each.name} {unkept}"
        row += len(value.encode()) if each.name in _IDS else 0
    if row > _ROW:
        return f"names are {row} bytes long together, more than {_ROW}"
    if not record.realm:
        return "realm is empty"
    if isinstance(record, Key) and not record.material.startswith(("jkt:", "ref:")):
        return 'material begins with neither "jkt:" nor "ref:"'
    return ""


def _unkept(value: str, longest: int) -> str:
    if "\x00" in value:
        return "holds a NUL"
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        return "is no Unicode text"
    return f"is {size} bytes long, more than {longest}" if size > longest else ""


def _plain(text: str) -> str:
    return text.encode(errors="replace").decode().replace("\x00", "?")[:LONGEST_ID]


def _add_event(stage: Stage, staged: StagedEvent) -> None:
    e = staged.event
    stage.add("s_event", _event_values(e))
    for key in staged.keys:
        # What somebody called a session is theirs to choose: what can't be kept of it proves nobody.
        if not any(_unkept(text, LONGEST_ID) for text in (key.value, key.loose, key.name, key.raw)):
            row = (e.event_id, key.kind.value, key.value, key.loose, key.origin, key.name, key.raw)
            stage.add("s_event_key", row)
