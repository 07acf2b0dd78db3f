"""What the store knows of people, accounts, groups, keys and trails, as few records as say it all."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """A run: when it began by the clock on the wall, and the moment that it's about."""

    started_at: datetime
    as_of: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody with one worker record, whose number is the worker id."""

    uid: UUID
    worker_id: str
    left_at: datetime | None = None
    counts: bool = True
    """The departure is confirmed, certain by now, and they didn't come back."""
    once: UUID | None = None
    """A uid that they were known under before: links of old may still bear it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """An account."""

    realm: str
    native_id: str
    label: str
    standing: str
    gone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Owned:
    """A link, from when until when."""

    account: Login
    uid: UUID
    decision: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A person's word that an account isn't somebody's."""

    account: Login
    uid: UUID
    revoked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """Who was in a group of the directory."""

    group: str
    account: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """That a role lets somebody take it on."""

    native_id: str
    label: str
    principal: str
    standing: str
    gone_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A key as one system shows it."""

    material: str
    realm: str
    source: str
    source_kind: str
    kind: str
    native_id: str
    name: str
    verifies: bool
    created_at: datetime | None
    first_seen_at: datetime
    not_seen_at: datetime | None
    gone_at: datetime | None
    left_out: bool
    """Settings leave it out of the last read."""
    ssh_fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Who may do what with a key."""

    realm: str
    source_kind: str
    key: str
    kind: str
    principal_realm: str
    principal: str
    action: str
    carries: bool
    standing: str
    reason: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an entry of the register says that its key lies."""

    entry: str
    reader: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Custodian:
    """Who an entry of the register says may hold its key."""

    entry: str
    kind: str
    space: str
    holder: str
    team: str
    since: datetime | None
    until: datetime | None
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnKey:
    """An SSH key on an account."""

    account: Login
    fingerprint: str
    created_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An event of a trail, what it was done to, and a login that its session bore ("" for none)."""

    event_id: str
    at: datetime
    action: str
    deed: str
    objects: tuple[str, ...]
    actor: str
    session: str
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """How the last read of keys went."""

    realm: str
    source_kind: str
    kind: str
    begins: str
    """How the names begin of what it covers."""
    fresh: bool
    access: bool
    """Who has access was read, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """All of it."""

    as_of: datetime
    nights: tuple[Night, ...]
    people: tuple[Person, ...]
    logins: tuple[Login, ...] = ()
    owned: tuple[Owned, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    members: tuple[Member, ...] = ()
    roles: tuple[Role, ...] = ()
    copies: tuple[Copy, ...] = ()
    granted: tuple[Granted, ...] = ()
    places: tuple[Place, ...] = ()
    custodians: tuple[Custodian, ...] = ()
    own_keys: tuple[OwnKey, ...] = ()
    events: tuple[Recorded, ...] = ()
    scopes: tuple[Scope, ...] = ()
