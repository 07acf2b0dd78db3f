"""Keys written by hand, and systems that tell them, read into a real store."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, LiteralString

from offboarding.identity.keys import KeyRules, actor_keys
from offboarding.model import (
    ActionKind,
    AuditEvent,
    Exportable,
    Fact,
    Key,
    KeyAccess,
    PrincipalKind,
    ReadPhase,
    RequestCounts,
    RunKind,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.store import runs
from offboarding.store.connect import Session
from offboarding.store.key_reads import StagedEvent
from offboarding.store.rows import SourceOutcome
from offboarding.store.sources import SourceRead
from tests.support.night import rows_of
from tests.support.small_company import NIGHT

ISSUER = "https://login.corp.example"
RULES = KeyRules.of(("corp.example",), {}, (), ())
HALF_A_DAY = timedelta(hours=12)


def signing_key(native_id: str = "kid-1", *, realm: str = ISSUER, material: str = "", **other: Any) -> Key:
    """Published by a login service, carried away by whoever had it, unless `other` says otherwise."""
    told: dict[str, Any] = {
        "kind": SubjectKind.SIGNING_KEY,
        "name": realm,
        "label": f"kid {native_id} of {realm}",
        "algorithm": "RS256",
        "carryable": Exportable.UNKNOWN,
        "carryable_reason": "A JWKS shows the public half only.",
        "verifies": True,
        "standing": Standing.WORKS,
        "standing_reason": "published",
    }
    return Key(realm=realm, native_id=native_id, material=material or f"jkt:{native_id}", **{**told, **other})


def secret(native_id: str = "arn:secret#1", *, realm: str = "111111111111", **other: Any) -> Key:
    """A secret's current version, which anyone who may read it can carry along."""
    told: dict[str, Any] = {
        "kind": SubjectKind.SHARED_SECRET,
        "name": native_id.partition("#")[0],
        "label": native_id,
        "carryable": Exportable.YES,
        "carryable_reason": "It is read as it is.",
        "verifies": True,
        "standing": Standing.WORKS,
        "standing_reason": "AWSCURRENT",
    }
    return Key(realm=realm, native_id=native_id, material=f"ref:{realm}/{native_id}", **{**told, **other})


def access(
    key: Key,
    principal: str,
    *,
    kind: PrincipalKind = PrincipalKind.ACCOUNT,
    principal_realm: str = "",
    carries: bool = True,
    standing: Standing = Standing.WORKS,
    action: str = "secretsmanager:GetSecretValue",
    reason: str = "policy ReadSecrets",
) -> KeyAccess:
    """By the key's name."""
    return KeyAccess(
        realm=key.realm,
        key=key.name,
        principal_kind=kind,
        principal_realm=principal_realm or key.realm,
        principal=principal,
        action=action,
        carries=carries,
        standing=standing,
        reason=reason,
    )


def event(
    key: Key, event_id: str = "e1", *, at: datetime, deed: ActionKind = ActionKind.READ, **other: Any
) -> AuditEvent:
    """What a trail recorded of a key."""
    told: dict[str, Any] = {
        "realm": key.realm,
        "action": "secretsmanager:GetSecretValue",
        "object_realm": key.realm,
        "object": key.name,
        "actor_realm": key.realm,
        "actor": "",
        "actor_label": "arn:aws:sts::111111111111:assumed-role/Reader/session",
    }
    return AuditEvent(event_id=event_id, at=at, deed=deed, **{**told, **other})


def whole(realm: str, *kinds: SubjectKind, error: str = "") -> ScopeRead:
    return ScopeRead(realm=realm, scope="", kinds=kinds or (SubjectKind.SIGNING_KEY,), error=error)


@dataclass(frozen=True, slots=True)
class KeyReader:
    """A reader of keys through its reads, a night each, each dated by hand where the test says so."""

    session: Session
    name: str = "login"
    kind: str = "jwks"
    part: str = ""
    tells: Literal["keys", "events"] = "keys"
    nights: Iterator[int] = field(default_factory=itertools.count)

    def begun(self, at: datetime | None = None) -> SourceRead:
        caller = f"{self.name} {self.part} {next(self.nights)}"
        run = runs.open_run(self.session, kind=RunKind.NIGHTLY, caller=caller, as_of=NIGHT)
        read = SourceRead.begin(
            self.session,
            source=self.name,
            kind=self.kind,
            part=self.part,
            phase=ReadPhase.COLLECT,
            run_id=run.run_id,
            tells=self.tells,
        )
        if at is not None:
            read.observed_at = at
        return read

    def merged(self, read: SourceRead, *facts: Fact) -> SourceOutcome:
        read.stage(
            StagedEvent(event=fact, keys=tuple(actor_keys(fact, "{worker_id}", RULES)))
            if isinstance(fact, AuditEvent)
            else fact
            for fact in facts
        )
        return read.merge(RequestCounts(inventory=1))

    def read(self, *facts: Fact, at: datetime | None = None) -> SourceOutcome:
        return self.merged(self.begun(at), *facts)

    def ask(self, query: LiteralString) -> list[tuple[Any, ...]]:
        return rows_of(self.session, query)


def hours(number: float) -> datetime:
    """So many hours into a week of reads."""
    return datetime(2026, 11, 1, tzinfo=UTC) + timedelta(hours=number)
