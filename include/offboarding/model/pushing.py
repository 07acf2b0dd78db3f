"""Users that an identity provider tells us of by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

Resource = Mapping[str, object]
"""What is kept of a user, as SCIM writes it (RFC 7643)."""


class NameTakenError(Exception):
    """Somebody of the same roster bears that name already, whatever its case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedUser:
    """A user as it stands now."""

    user_id: UUID
    """Ours, and told to nobody but who pushes."""
    user_name: str
    user_name_key: str
    """As it's compared."""
    external_id: str | None
    worker_id: str
    """By what the columns call it; "" where there is none."""
    active: bool | None
    """None where it was never said."""
    resource: Resource = field(repr=False)
    created_at: datetime
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedRow:
    """A user as a night reads it."""

    user_id: UUID
    user_name: str
    external_id: str | None
    active: bool | None
    resource: Resource = field(repr=False)
    manager: Resource | None = field(repr=False)
    """The record of whom they have for a manager; None where that isn't one of these."""
    former_worker_ids: Sequence[str] = ()
    """Numbers that they bore before, and nobody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PushedState:
    """How a roster's users stand."""

    heard_at: datetime | None
    """When somebody last spoke to us by the roster's token; None: never."""
    users: int
    active: int
    """Those of them who aren't said to be inactive."""
    deleted: int
    """Ever."""
    came: int
    """New since a moment, and still there."""
    went: int
    """Deleted since then."""
    doubled: int
    """Numbers that two or more bear who aren't inactive."""
    restored_at: datetime | None = None
    """When a run noticed that the store had been restored from a backup; None: never."""
    unconfirmed: int = 0
    """Users that the identity provider hasn't asked for or told of since."""
