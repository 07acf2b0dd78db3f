"""Rows of a key's case, and what they become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from include.offboarding.model import (
    Access,
    Basis,
    Carryable,
    Departure,
    Grade,
    Held,
    Holder,
    Key,
    KeyCopy,
    Registered,
    Standing,
    SubjectKind,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyRow:
    """A copy of a key; `own` is False for one of another key, which a verifier of this one began to publish since."""

    key_pk: int
    material: str
    key_kind: str
    realm: str
    native_id: str
    copy_material: str
    kind: str
    name: str
    label: str
    version: str
    algorithm: str
    created_at: datetime | None
    carryable: str
    carryable_reason: str
    verifies: bool
    standing: str
    standing_reason: str
    cache: timedelta
    ssh_fingerprint: str
    expires_at: datetime | None
    last_used_at: datetime | None
    owner: str
    source: str
    source_kind: str
    first_seen_at: datetime
    last_seen_at: datetime
    untrusted_since: datetime | None
    confirmed_at: datetime | None
    fresh: bool
    own: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HolderRow:
    """Somebody who left and may hold the key."""

    key_pk: int
    newer: bool
    person_uid: str
    id_space: str
    worker_id: str
    name: str
    episode: int
    left_at: datetime
    certain_at: datetime
    left_on: date | None
    zone: str
    basis: str
    confirmed: bool
    roster: str
    told: str

    def holder(self, held: Sequence[Held], uses: Sequence[Held], access: Sequence[Access]) -> Holder:
        """The holder, with the reasons to think so."""
        return Holder(
            person_uid=self.person_uid,
            id_space=self.id_space,
            worker_id=self.worker_id,
            name=self.name,
            episode=self.episode,
            departure=Departure(
                left_at=self.left_at,
                certain_at=self.certain_at,
                left_on=self.left_on,
                zone=self.zone,
                basis=Basis(self.basis),
                confirmed=self.confirmed,
                roster=self.roster,
                told=self.told,
            ),
            roster=self.roster,
            held=tuple(held),
            newer=self.newer,
            uses=tuple(uses),
            access=tuple(access),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """A reason, or a use."""

    key_pk: int
    person_uid: str
    grade: str
    text: str
    at: datetime | None
    event_id: str
    action: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessRow:
    """A way to use it today."""

    key_pk: int
    person_uid: str
    principal: str
    action: str
    carries: bool
    standing: str
    reason: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidRow:
    """What the register says, None throughout where it says nothing; and how many at work hold it."""

    key_pk: int
    material: str
    kind: str
    name: str | None
    carryable: str
    carryable_reason: str
    signs_for: str
    owner: str
    queue: str
    threshold: int
    custodians: int
    other_holders: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestedRow:
    """A person's word."""

    key_pk: int
    author: str
    reason: str
    at: datetime
    until: datetime


def key_copy(row: CopyRow) -> KeyCopy:
    """The copy of a row; what is gone is DEAD to whoever looks at it."""
    return KeyCopy(
        key=Key(
            realm=row.realm,
            native_id=row.native_id,
            material=row.copy_material,
            kind=SubjectKind(row.kind),
            name=row.name,
            label=row.label,
            version=row.version,
            algorithm=row.algorithm,
            created_at=row.created_at,
            carryable=Carryable(row.carryable),
            carryable_reason=row.carryable_reason,
            verifies=row.verifies,
            standing=Standing(row.standing),
            standing_reason=row.standing_reason,
            cache=row.cache,
            ssh_fingerprint=row.ssh_fingerprint,
            expires_at=row.expires_at,
            last_used_at=row.last_used_at,
            owner=row.owner,
        ),
        source=row.source,
        source_kind=row.source_kind,
        first_seen_at=row.first_seen_at,
        last_seen_at=row.last_seen_at,
        untrusted_since=row.untrusted_since,
        confirmed_at=row.confirmed_at,
        fresh=row.fresh,
    )


def held(row: HeldRow) -> Held:
    """A reason."""
    return Held(grade=Grade(row.grade), text=row.text, at=row.at, event_id=row.event_id, action=row.action)


def access(row: AccessRow) -> Access:
    """A way."""
    return Access(
        principal=row.principal,
        action=row.action,
        carries=row.carries,
        standing=Standing(row.standing),
        reason=row.reason,
        fresh=row.fresh,
    )


def registered(row: SaidRow) -> Registered | None:
    """What the register says; None where it says nothing."""
    if row.name is None:
        return None
    return Registered(
        name=row.name,
        carryable=Carryable(row.carryable),
        carryable_reason=row.carryable_reason,
        signs_for=row.signs_for,
        owner=row.owner,
        queue=row.queue,
        threshold=row.threshold,
        custodians=row.custodians,
    )
