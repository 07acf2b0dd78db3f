"""Accounts, credentials and keys: staged by COPY, merged in one transaction under the realm's lock."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Literal

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from offboarding.model import (
    KEY_KINDS,
    Account,
    AccountRef,
    AuditEvent,
    Credential,
    Gap,
    Key,
    KeyAccess,
    Membership,
    ReadPhase,
    ReadStatus,
    RequestCounts,
    ScopeRead,
    Trust,
)
from offboarding.model.errors import FatalError, RetriableError
from offboarding.store import run_ends, runs, temporary
from offboarding.store.account_stage import ACCOUNT_COLUMNS, AccountStage
from offboarding.store.columns import LISTS
from offboarding.store.connect import Session
from offboarding.store.key_reads import KEY_COLUMNS, KeyCounts, KeyRead, StagedEvent, StagedKeyFact
from offboarding.store.locks import lock_realm
from offboarding.store.new_accounts import NewAccounts
from offboarding.store.rows import ReadBegun, RealmRow, SourceOutcome
from offboarding.store.sql import block, statements
from offboarding.store.staged_account import AccountKeys
from offboarding.store.staging import Stage

_COLUMNS = {
    "s_scope": ("scope", "kind", "error"),
    "s_left_out": ("scope", "id"),
    "s_membership": ("group_native_id", "group_label", "account_native_id"),
    "s_group": ("scope", "group_native_id"),
    "s_trust": LISTS["trust"],
}

_trust_values: "attrgetter[tuple[object, ...]]" = attrgetter(*LISTS["trust"])
_OF_KNOWN = (
    *("merge_accounts", "find_retold", "merge_account_keys", "merge_credentials", "place_uses", "keep_uses"),
    *("mark_left_out", "leave_out_accounts", "gone_accounts", "leave_out_credentials", "gone_credentials"),
    "set_digests",
)
_BESIDE = ("merge_trusts", "gone_trusts", "end_memberships", "begin_memberships", "merge_scopes")
_PLACE = "in:"
"""How scopes begin that are places (sources.sql)."""
_COUNTED = ("accounts", "credentials", "keys", "events")


StagedBeside = Membership | Trust | StagedKeyFact | ScopeRead | Gap
"""What is told beside accounts and their credentials."""
StagedFact = Account | Credential | StagedBeside
"""What a source's read yields, with actors' keys normalised; accounts' keys are made where one isn't known."""


def _as_staged(fact: StagedBeside | AuditEvent) -> StagedBeside:
    assert not isinstance(fact, AuditEvent), "an event's actor has keys yet to be made"
    return fact


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    scopes: int
    failed_scopes: int


@dataclass(slots=True, kw_only=True)
class SourceRead:
    """A read of one part of a source under way. `begin`, then `stage`, then `merge` or `fail`."""

    session: Session
    source: str
    kind: str
    part: str
    phase: ReadPhase
    run_id: int
    read_id: int
    observed_at: datetime
    tells: str
    keys: KeyRead
    _accounts: int = 0
    _credentials: int = 0
    _gaps: list[Gap] = field(default_factory=list)
    _realm: str = ""
    _attested_at: datetime | None = None
    _new: NewAccounts | None = None

    @classmethod
    def begin(
        cls,
        session: Session,
        *,
        source: str,
        kind: str,
        part: str,
        phase: ReadPhase,
        run_id: int,
        tells: Literal["accounts", "keys", "events"] = "accounts",
    ) -> "SourceRead":
        """Write down that it began; a retry takes the same row again."""
        values = {"run_id": run_id, "source": source, "part": part, "phase": phase, "kind": kind, "tells": tells}
        run_ends.reopen(session, run_id)
        with session.cursor(row_factory=class_row(ReadBegun)) as cursor:
            begun = cursor.execute(block("sources", "begin_source_read"), values).fetchone()
        assert begun is not None
        return cls(
            session=session,
            source=source,
            kind=kind,
            part=part,
            phase=phase,
            run_id=run_id,
            read_id=begun.read_id,
            observed_at=begun.observed_at,
            tells=tells,
            keys=KeyRead(session=session, kind=kind),
        )

    def stage(
        self,
        facts: Iterable[StagedFact | AuditEvent],
        keys: AccountKeys | None = None,
        kept: Callable[[StagedBeside | AuditEvent], StagedBeside] = _as_staged,
    ) -> None:
        """Copy every fact into temporary tables, in constant memory, but for accounts that stand here already.

        `keys` makes an account's keys; a reader that tells no accounts needs none. `kept` makes of whatever is neither
        an account nor a credential what is kept of it.

        Raises FatalError for keys of several realms.
        """
        self.session.execute(block("sources", "forget_merge"))
        temporary.emptied(self.session, "sources", "stage_tables")
        stage = Stage(self.session, {**_COLUMNS, **ACCOUNT_COLUMNS, **KEY_COLUMNS}, encoded=True)
        held = AccountStage(
            session=self.session,
            stage=stage,
            keys=keys,
            exact=self.phase == ReadPhase.DETAIL,
            of_realm=self._is_of,
            observed_at=self.observed_at,
        )
        for fact in held.others(facts):
            self._add(stage, kept(fact))
        held.finish()
        stage.finish()
        self._new = held.new
        self._accounts, self._credentials = held.accounts, held.credentials
        self.keys.finish()
        self._realm = self._realm or next((gap.realm for gap in self._gaps if gap.realm), "")
        self.session.execute(block("sources", "stage_statistics"))

    def merge(self, requests: RequestCounts) -> SourceOutcome:
        """Merge what was staged; only scopes read to their end show anything gone."""
        with self.session.transaction():
            counts = self._counts()
            if self._realm:
                lock_realm(self.session, self._realm)
                self._write()
            outcome = self._finish(counts, self.keys.counts(), requests, "")
        self._close()
        return outcome

    def fail(self, error: str, requests: RequestCounts) -> SourceOutcome:
        """Write down that it couldn't be read; what is known stays, marked stale."""
        self._close()
        self._accounts = self._credentials = 0
        none = _Counts(scopes=0, failed_scopes=0)
        return self._finish(none, KeyCounts(keys=0, events=0, failed_scopes=0), requests, error)

    def _write(self) -> None:
        values = {
            "realm": self._realm,
            "kind": self.kind,
            "source": self.source,
            "part": self.part,
            "observed_at": self.observed_at,
            "read_id": self.read_id,
            "exact": self.phase == ReadPhase.DETAIL,
        }
        if self.tells == "accounts":
            self.session.execute(block("sources", "upsert_realm"), values)
        else:
            self.session.execute(block("keys", "know_realm"), values)
        self.keys.merge(values)
        # A whole read that began later has told all of this already; a live look is compared account by account.
        if self.tells != "accounts" or (self.phase == ReadPhase.COLLECT and self._is("newer_realm_read", values)):
            return
        steps = [*(() if self._placed(values) else self._held_steps(values)), *_BESIDE]
        for step in steps:
            for statement in statements("sources", step):
                self.session.execute(statement, values)

    def _placed(self, values: Mapping[str, object]) -> bool:
        """Whether the accounts were put straight into place: still nothing is known, and each was told once."""
        new = self._new
        if new is None:
            return False
        fits = new.realm == self._realm and not new.several_realms
        if fits and not self._is("knows_accounts", values) and not self._is("newer_looks", values) and new.placed():
            return True
        # Another run was quicker, or an account was told twice: it's merged, as any other read is.
        new.give_back()
        self.session.execute(block("sources", "stage_statistics"))
        return False

    def _close(self) -> None:
        if self._new:
            self._new.close()

    def _held_steps(self, values: Mapping[str, object]) -> Iterator[str]:
        """What there is to do about accounts and credentials: little where nothing of the realm is known yet."""
        # Asked under the realm's lock: whatever the read found when it began, another may have written since.
        known = self._is("knows_accounts", values)
        if known:
            self._check_ticks(values)
            yield "leave_out_places"
        yield "fold_twice"
        if self._is("newer_looks", values):
            yield "drop_stale"
        yield from ("find_here", "insert_accounts", "insert_uses", "insert_credentials")
        if known:
            yield from _OF_KNOWN

    def _check_ticks(self, values: Mapping[str, object]) -> None:
        find = "find_unseen" if self._is("tells_realm", values) else "find_unseen_of_some"
        for statement in statements("sources", find):
            self.session.execute(statement, values)
        if self._is("ticked_by_mistake", values):
            raise RetriableError(
                f"{self.source} {self.part}".rstrip() + ": another run has written accounts of this system that it had"
                " looked at earlier. Read it again."
            )

    def _is(self, question: str, values: Mapping[str, object]) -> bool:
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return bool(cursor.execute(block("sources", question), values).fetchone())

    def _counts(self) -> _Counts:
        with self.session.cursor(row_factory=class_row(_Counts)) as cursor:
            counts = cursor.execute(block("sources", "staged_counts")).fetchone()
        assert counts is not None
        return counts

    def _finish(self, counts: _Counts, keys: KeyCounts, requests: RequestCounts, error: str) -> SourceOutcome:
        run_ends.reopen(self.session, self.run_id)
        red = any(gap.red for gap in self._gaps) or counts.failed_scopes + keys.failed_scopes > 0
        outcome = SourceOutcome(
            source=self.source,
            part=self.part,
            realm=self._realm,
            phase=self.phase,
            status=ReadStatus.FAILED if error else ReadStatus.PARTIAL if red else ReadStatus.COMPLETE,
            accounts=self._accounts,
            credentials=self._credentials,
            keys=keys.keys,
            events=keys.events,
            requests={
                "inventory": requests.inventory,
                "detail": requests.detail,
                "overhead": requests.overhead,
            },
            # What is missing in several places, once.
            gaps=tuple(dict.fromkeys((gap.text, gap.red) for gap in self._gaps)),
            error=error,
        )
        self.session.execute(
            block("sources", "finish_source_read"),
            {
                "read_id": self.read_id,
                "realm": self._realm or None,
                "status": outcome.status,
                "counts": Jsonb({name: getattr(outcome, name) for name in _COUNTED}),
                "requests": Jsonb(dict(outcome.requests)),
                "gaps": Jsonb([{"text": text, "red": red} for text, red in outcome.gaps]),
                "error": error,
                "attested_at": self._attested_at,
            },
        )
        if not error:
            runs.expect_judging(self.session, self.run_id)
        return outcome

    def _add(self, stage: Stage, fact: StagedBeside) -> None:
        if isinstance(fact, Gap):
            self._gaps.append(fact)
        elif isinstance(fact, Key | KeyAccess | StagedEvent):
            left_out = list(self.keys.add(stage, fact))
            self._gaps.extend(left_out)
            if not left_out:
                self._is_of(fact.event.realm if isinstance(fact, StagedEvent) else fact.realm)
        else:
            self._is_of(fact.realm)
            self._add_beside(stage, fact)

    def _add_beside(self, stage: Stage, fact: Membership | Trust | ScopeRead) -> None:
        if isinstance(fact, ScopeRead):
            self._add_scope(stage, fact)
        elif isinstance(fact, Membership):
            stage.add("s_membership", (fact.group_native_id, fact.group_label, fact.account_native_id))
        else:
            stage.add("s_trust", _trust_values(fact))

    def _add_scope(self, stage: Stage, read: ScopeRead) -> None:
        self.keys.add_scope(stage, read)
        self._attested_at = read.attested_at
        for kind in read.kinds:
            if kind not in KEY_KINDS:
                stage.add("s_scope", (read.scope, kind.value, read.error))
        for place in read.places:
            for kind in read.kinds:
                stage.add("s_scope", (f"{_PLACE}{place}", kind.value, ""))
        for left_out in read.left_out:
            stage.add("s_left_out", (read.scope, left_out))
        for group in read.groups or ():
            stage.add("s_group", (read.scope, group))
        if read.error:
            self._gaps.append(Gap(realm=read.realm, text=read.error, red=True))

    def _is_of(self, realm: str) -> None:
        if realm == self._realm:
            return
        if self.tells != "accounts" and self._realm:
            raise FatalError(
                f"{self.source} {self.part}".rstrip() + f": it told of {self._realm} and of {realm} in one read, and a"
                f" part is one system. That is a defect of the reader {self.kind}: it must name each as a part"
            )
        self._realm = realm


def realm_of_part(session: Session, run_id: int, source: str, part: str) -> tuple[str, str] | None:
    """The realm that a part turned out to be in this run, and the status of that read; None where it wasn't read."""
    row = session.execute(
        block("sources", "realm_of_part"), {"run_id": run_id, "source": source, "part": part}
    ).fetchone()
    return (str(row[0] or ""), str(row[1])) if row else None


def read_until(session: Session, source: str, part: str) -> datetime | None:
    """When the last complete read of this part began; None where there was none."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("sources", "read_until"), {"source": source, "part": part}).fetchone()


def realms(session: Session) -> list[RealmRow]:
    """Every system ever read, under the name it has today."""
    with session.cursor(row_factory=class_row(RealmRow)) as cursor:
        return cursor.execute(block("sources", "realms")).fetchall()


def realm_called(session: Session, source: str, part: str) -> str | None:
    """The system that a source's part was when last read; None before the first read."""
    return next((row.realm for row in realms(session) if (row.source, row.part) == (source, part)), None)


def accounts_to_detail(
    session: Session, realm: str, *, moved_days: int, persons: Sequence[str] | None
) -> list[AccountRef]:
    """Accounts to ask about live: leavers', returners', disputed and probable ones, and those with open findings.

    And those that were a leaver's until so many days before the departure, or after it. `persons`: of these people
    alone; None: of everyone.
    """
    values = {"realm": realm, "moved_days": moved_days, "persons": None if persons is None else list(persons)}
    with session.cursor(row_factory=class_row(AccountRef)) as cursor:
        return cursor.execute(block("sources", "accounts_to_detail"), values).fetchall()
