"""Accounts, credentials and keys: staged by COPY, merged in one transaction under the realm's lock."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from include.offboarding.errors import FatalError
from include.offboarding.model import (
    KEY_KINDS,
    Account,
    AccountRef,
    Credential,
    Gap,
    IdentityKey,
    Key,
    KeyAccess,
    Membership,
    RequestCounts,
    ScopeRead,
    Trust,
)
from include.offboarding.store.connect import Session
from include.offboarding.store.key_reads import KEY_COLUMNS, KeyCounts, KeyRead, StagedEvent, StagedKeyFact
from include.offboarding.store.locks import lock_realm
from include.offboarding.store.rows import ReadBegun, RealmRow, SourceOutcome
from include.offboarding.store.sql import block, statements
from include.offboarding.store.staging import Stage

_COLUMNS = {
    "s_account": (
        *("native_id", "label", "login", "display_name", "owner_labels", "created_at", "created_by", "standing"),
        *(
            "standing_reason",
            "has_own_login",
            "password_set_at",
            "service_like",
            "privileged",
            "privileged_by",
            "last_used_at",
        ),
        *("last_used_exact", "account_kind", "product"),
    ),
    "s_account_key": ("native_id", "kind", "value", "loose", "origin", "name", "raw"),
    "s_credential": (
        *("account_native_id", "kind", "native_id", "label", "standing", "standing_reason", "can_reactivate"),
        *(
            "effect",
            "fingerprint",
            "created_at",
            "last_used_at",
            "last_used_service",
            "last_used_region",
            "expires_at",
            "sessions_until",
        ),
    ),
    "s_scope": ("scope", "kind", "error"),
    "s_membership": ("group_native_id", "group_label", "account_native_id"),
    "s_group": ("scope", "group_native_id"),
    "s_trust": (
        *("native_id", "label", "principal_realm", "principal", "standing", "standing_reason", "privileged"),
        "privileged_by",
    ),
}

_COUNTED = ("accounts", "credentials", "keys", "events")


@dataclass(frozen=True, slots=True, kw_only=True)
class StagedAccount:
    """An account on the way into the store, with normalised keys."""

    account: Account
    keys: tuple[IdentityKey, ...]


StagedFact = StagedAccount | Credential | Membership | Trust | StagedKeyFact | ScopeRead | Gap
"""What a source's read yields, with keys normalised."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counts:
    accounts: int
    credentials: int
    scopes: int
    failed_scopes: int


@dataclass(slots=True, kw_only=True)
class SourceRead:
    """A read of one part of a source under way. `begin`, then `stage`, then `merge` or `fail`."""

    session: Session
    source: str
    kind: str
    part: str
    phase: str
    run_id: int
    read_id: int
    observed_at: datetime
    tells: str
    keys: KeyRead
    _gaps: list[Gap] = field(default_factory=list)
    _realm: str = ""

    @classmethod
    def begin(
        cls,
        session: Session,
        *,
        source: str,
        kind: str,
        part: str,
        phase: str,
        run_id: int,
        tells: Literal["accounts", "keys", "events"] = "accounts",
    ) -> "SourceRead":
        """Write down that it began; a retry takes the same row again."""
        values = {"run_id": run_id, "source": source, "part": part, "phase": phase, "kind": kind, "tells": tells}
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

    def stage(self, facts: Iterable[StagedFact]) -> None:
        """Copy every fact into temporary tables, in constant memory. Raises FatalError for keys of several realms."""
        self.session.execute(
            "drop table if exists s_account, s_account_key, s_credential, s_scope, s_membership, s_group, s_trust"
        )
        self.session.execute(block("sources", "stage_tables"))
        self.keys.begin()
        stage = Stage(self.session, {**_COLUMNS, **KEY_COLUMNS})
        for fact in facts:
            self._add(stage, fact)
        stage.finish()
        self.keys.finish()
        self._realm = self._realm or next((gap.realm for gap in self._gaps if gap.realm), "")
        self.session.execute(block("sources", "stage_index"))

    def merge(self, requests: RequestCounts) -> SourceOutcome:
        """Merge what was staged; only scopes read to their end show anything gone."""
        with self.session.transaction():
            counts = self._counts()
            if self._realm:
                lock_realm(self.session, self._realm)
                self._write()
            return self._finish(counts, self.keys.counts(), requests, "")

    def fail(self, error: str, requests: RequestCounts) -> SourceOutcome:
        """Write down that it couldn't be read; what is known stays, marked stale."""
        none = _Counts(accounts=0, credentials=0, scopes=0, failed_scopes=0)
        return self._finish(none, KeyCounts(keys=0, events=0, failed_scopes=0), requests, error)

    def _write(self) -> None:
        values = {
            "realm": self._realm,
            "kind": self.kind,
            "source": self.source,
            "part": self.part,
            "observed_at": self.observed_at,
            "read_id": self.read_id,
            "exact": self.phase == "detail",
        }
        if self.tells == "accounts":
            self.session.execute(block("sources", "upsert_realm"), values)
        else:
            self.session.execute(block("keys", "know_realm"), values)
        self.keys.merge(values)
        if self.tells != "accounts" or (self.phase == "collect" and self._newer()):
            return
        steps = ["drop_stale", "merge_accounts", "merge_account_keys", "close_account_keys", "merge_credentials"]
        steps += ["gone_accounts", "gone_credentials", "merge_trusts", "gone_trusts"]
        for step in [*steps, "end_memberships", "begin_memberships", "merge_scopes"]:
            for statement in statements("sources", step):
                self.session.execute(statement, values)

    def _newer(self) -> bool:
        values = {"realm": self._realm, "observed_at": self.observed_at}
        with self.session.cursor(row_factory=scalar_row) as cursor:
            return bool(cursor.execute(block("sources", "newer_realm_read"), values).fetchone())

    def _counts(self) -> _Counts:
        with self.session.cursor(row_factory=class_row(_Counts)) as cursor:
            counts = cursor.execute(block("sources", "staged_counts")).fetchone()
        assert counts is not None
        return counts

    def _finish(self, counts: _Counts, keys: KeyCounts, requests: RequestCounts, error: str) -> SourceOutcome:
        red = any(gap.red for gap in self._gaps) or counts.failed_scopes + keys.failed_scopes > 0
        outcome = SourceOutcome(
            source=self.source,
            part=self.part,
            realm=self._realm,
            phase=self.phase,
            status="failed" if error else "partial" if red else "complete",
            accounts=counts.accounts,
            credentials=counts.credentials,
            keys=keys.keys,
            events=keys.events,
            requests={
                "inventory": requests.inventory,
                "detail": requests.detail,
                "overhead": requests.overhead,
            },
            gaps=tuple((gap.text, gap.red) for gap in self._gaps),
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
            },
        )
        return outcome

    def _add(self, stage: Stage, fact: StagedFact) -> None:
        if isinstance(fact, Gap):
            self._gaps.append(fact)
        elif isinstance(fact, Key | KeyAccess | StagedEvent):
            left_out = list(self.keys.add(stage, fact))
            self._gaps.extend(left_out)
            if not left_out:
                self._is_of(fact.event.realm if isinstance(fact, StagedEvent) else fact.realm)
        else:
            self._is_of(fact.account.realm if isinstance(fact, StagedAccount) else fact.realm)
            self._add_held(stage, fact)

    def _add_held(self, stage: Stage, fact: StagedAccount | Credential | Membership | Trust | ScopeRead) -> None:
        if isinstance(fact, StagedAccount):
            _add_account(stage, fact)
        elif isinstance(fact, Credential):
            _add_credential(stage, fact)
        elif isinstance(fact, ScopeRead):
            self._add_scope(stage, fact)
        elif isinstance(fact, Membership):
            stage.add("s_membership", (fact.group_native_id, fact.group_label, fact.account_native_id))
        else:
            _add_trust(stage, fact)

    def _add_scope(self, stage: Stage, read: ScopeRead) -> None:
        self.keys.add_scope(stage, read)
        for kind in read.kinds:
            if kind not in KEY_KINDS:
                stage.add("s_scope", (read.scope, kind.value, read.error))
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


def _add_account(stage: Stage, staged: StagedAccount) -> None:
    a = staged.account
    row: Sequence[object] = (
        *(a.native_id, a.label, a.login, a.display_name, list(a.owner_labels) or None, a.created_at, a.created_by),
        *(
            a.standing.value,
            a.standing_reason,
            a.has_own_login,
            a.password_set_at,
            a.service_like,
            a.privileged,
            a.privileged_by,
        ),
        *(a.last_used_at, a.last_used_exact, a.kind.value, a.product),
    )
    stage.add("s_account", row)
    for key in staged.keys:
        stage.add("s_account_key", (a.native_id, key.kind.value, key.value, key.loose, key.origin, key.name, key.raw))


def _add_credential(stage: Stage, c: Credential) -> None:
    stage.add(
        "s_credential",
        (
            *(c.account_native_id, c.kind.value, c.native_id, c.label, c.standing.value, c.standing_reason),
            *(c.can_reactivate, c.effect.value, c.fingerprint, c.created_at, c.last_used_at),
            *(c.last_used_service, c.last_used_region, c.expires_at, c.sessions_until),
        ),
    )


def _add_trust(stage: Stage, t: Trust) -> None:
    stage.add(
        "s_trust",
        (
            *(t.native_id, t.label, t.principal_realm, t.principal, t.standing.value, t.standing_reason),
            *(t.privileged, t.privileged_by),
        ),
    )
