"""Keys, who was granted which by a group, and who is registered, of the people of `company`."""

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from records.company import DIRECTORY, guid, worker_id

NOW = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
SYSTEM = "111111111111"
NIGHTS = 400
"""How many nights the memberships' beginnings and ends are spread over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of it."""

    keys: int
    leavers: int
    memberships: int

    @property
    def workers(self) -> int:
        """Every fifth has left."""
        return self.leavers * 5

    @property
    def groups(self) -> int:
        """Of fifty memberships each."""
        return self.memberships // 50


COLUMNS = {
    "run": ("kind", "caller", "as_of", "reads_since", "started_at"),
    "roster": ("name", "id_space", "coverage", "configured"),
    "realm": ("realm", "kind", "source", "part"),
    "person": ("person_uid", "id_space", "worker_id", "first_seen_at"),
    "worker": (
        *("roster", "id_space", "worker_id", "person_uid", "name", "manager", "location", "in_complete_read"),
        *("first_told_at", "observed_at"),
    ),
    "signing_key": ("material", "kind", "first_seen_at"),
    "key_access": (
        *("realm", "source_kind", "key", "principal_kind", "principal_realm", "principal", "action", "carries"),
        *("standing", "reason", "valid_from"),
    ),
    "membership": ("realm", "group_native_id", "group_label", "account_native_id", "valid_from", "valid_to"),
    "registered_key": (
        *("name", "kind", "carryable", "carryable_reason", "signs_for", "owner", "queue", "threshold", "valid_from"),
    ),
    "registered_place": ("name", "reader", "place", "valid_from"),
    "custodian": ("name", "kind", "space", "holder", "team", "valid_from"),
    "event": (
        *("realm", "event_id", "at", "action", "deed", "object_realm", "object", "actor_realm", "actor"),
        *("actor_label", "failed", "observed_at"),
    ),
    "event_key": ("realm", "event_id", "kind", "value", "loose", "origin", "name", "raw"),
    "bare_leaver": ("worker", "left_at"),
}
Rows = Iterator[tuple[str, Sequence[object]]]
FIRST = NOW - timedelta(days=NIGHTS)


def systems() -> Rows:
    """What is there before anybody is."""
    yield "roster", ("hr", "hr", "full", True)
    yield "realm", (DIRECTORY, "ldap", "corp-ldap", "")
    yield "realm", (SYSTEM, "aws_secrets", "secrets", "")
    for night in range(NIGHTS):
        at = FIRST + timedelta(days=night)
        yield "run", ("nightly", f"night {night}", at, at, at)


def people(size: Size) -> Rows:
    """Who works here, and who left within the last 300 days."""
    for n in range(size.workers):
        uid = uuid.uuid5(uuid.NAMESPACE_OID, str(n))
        yield "person", (uid, "hr", worker_id(n), FIRST)
        yield "worker", ("hr", "hr", worker_id(n), uid, f"Person {n}", "", "", True, FIRST, FIRST)
        if n % 5 == 0:
            yield "bare_leaver", (worker_id(n), NOW - timedelta(days=n % 300, hours=1))


def trail(size: Size) -> Rows:
    """A read of each key by twenty people: of every other by the account that acted, else by the session's login."""
    for n in range(size.keys * 20):
        who, at = (n * 17) % size.workers, NOW - timedelta(minutes=n % 400_000)
        actor = guid(who) if n % 2 else ""
        row = (SYSTEM, f"e{n}", at, "GetSecretValue", "read", SYSTEM, f"ref:{SYSTEM}/s{n % size.keys}", DIRECTORY)
        yield "event", (*row, actor, f"p{who}", False, NOW)
        if not actor:
            login = f"p{who}"
            yield "event_key", (SYSTEM, f"e{n}", "login", login, "", "attribute", "session", login)


def memberships(size: Size) -> Rows:
    """Who was in which group; every third stretch has ended."""
    for n in range(size.memberships):
        group, who = f"g{n % size.groups}", (n % size.groups * 7 + n // size.groups * 101) % size.workers
        begun = FIRST + timedelta(days=(n + n // size.groups * 37) % NIGHTS)
        ended = None if n % 3 else min(begun + timedelta(days=1 + n % 90), NOW)
        yield "membership", (DIRECTORY, group, f"cn={group},dc=corp", guid(who), begun, ended)


def keys(size: Size) -> Rows:
    """Keys, whom they're granted to, and who is registered."""
    for n in range(size.keys):
        key, granted, registered = f"ref:{SYSTEM}/s{n}", f"g{n % size.groups}", f"g{(n * 13 + 1) % size.groups}"
        worker = worker_id((n * 31) % size.workers)
        yield "signing_key", (key, "shared_secret", FIRST)
        action = "secretsmanager:GetSecretValue"
        row = (SYSTEM, "aws_secrets", key, "group", DIRECTORY, granted, action, True, "works", "policy Readers", FIRST)
        yield "key_access", row
        yield "registered_key", (f"k{n}", "shared_secret", "yes", "", "", "", "", 1, FIRST)
        yield "registered_place", (f"k{n}", "secrets", key, FIRST)
        yield "custodian", (f"k{n}", "worker", "hr", worker, "", FIRST)
        yield "custodian", (f"k{n}", "group", "corp-ldap", registered, "", FIRST)
