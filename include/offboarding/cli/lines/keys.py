"""Keys that several people may hold, and who may."""

from typing import Annotated

from pydantic import Field

from offboarding.cli.lines.line import At, By, Inner, JsonLine, OrNull
from offboarding.model import Exportable, Grade, Standing, SubjectKind
from offboarding.store.reading.key_views import KeyView


def _verifiable(key: KeyView) -> bool:
    return bool(key.verifying)


def _carryable(key: KeyView) -> Exportable:
    return key.carryable[0]


def _carryable_reason(key: KeyView) -> str:
    return key.carryable[1]


def _attested_until(key: KeyView) -> object:
    return key.attested.until if key.attested else None


class KeyEntry(Inner):
    """What the register says of a key."""

    name: str
    """Its name there."""
    custodians: int
    """How many lines, past and present; 0: NOT CHECKED."""
    signs_for: str
    """What it's good for."""
    owner: str
    """Who answers for it."""
    threshold: int
    """How many holders it takes together."""


class KeyShown(Inner):
    """A key as one system shows it."""

    source: str
    """The source's or verifier's name."""
    realm: Annotated[str, By("key.realm")]
    """The system itself."""
    native_id: Annotated[str, By("key.native_id")]
    """Its own id of the copy."""
    label: Annotated[str, By("key.label")]
    """What people call it."""
    version: Annotated[OrNull, By("key.version")]
    """Null where it has none."""
    algorithm: Annotated[OrNull, By("key.algorithm")]
    """The system's own word; null where it doesn't tell."""
    verifies: Annotated[bool, By("key.verifies")]
    """Whether that system itself accepts or refuses by it."""
    standing: Annotated[Standing, By("key.standing")]
    """As it was last told there."""
    standing_reason: Annotated[str, By("key.standing_reason")]
    """By what."""
    created_at: Annotated[At | None, By("key.created_at")]
    """When this material was made; null where it isn't told."""
    expires_at: Annotated[At | None, By("key.expires_at")]
    """When it says of itself that it ends."""
    first_seen_at: At
    """When the first read began that showed it."""
    last_seen_at: At
    """When the last one began that did."""
    untrusted_since: At | None
    """When the first one began that no longer did, or showed it refused."""


class KeyLine(JsonLine):
    """Keys that several people may hold: registered ones by name, then the others by label."""

    material: str
    """What makes it the same key in every system: `jkt:` and a thumbprint (RFC 7638), or `ref:` and where it lies;
    `reg:` and the register's name of what nothing shows.
    """
    kind: SubjectKind
    """`signing_key` or `shared_secret`."""
    label: str
    """Its name in the register, else what a system calls it."""
    standing: Standing
    """`works` (something trusts it), `dead` (all that could be asked refuse it, seen twice) or `unknown`."""
    verifiable: Annotated[bool, By(_verifiable)]
    """Whether anything can be asked at all; false: a person attests."""
    carryable: Annotated[Exportable, By(_carryable)]
    """`yes`, `no` or `unknown`."""
    carryable_reason: Annotated[str, By(_carryable_reason)]
    """Why."""
    # Called otherwise here, since a model has a `register` of its own.
    registered: Annotated[KeyEntry | None, Field(serialization_alias="register")]
    """What the register says: `name`, `custodians` (how many, past ones too), `signs_for`, `owner`, `threshold`; null
    where it doesn't have the key: NOT CHECKED.
    """
    attested_until: Annotated[At | None, By(_attested_until)]
    """Until when a person's word counts that it's dead; null where nobody gave one."""
    copies: list[KeyShown]
    """The key as each system shows it: an array, empty where none does."""


class HolderReason(Inner):
    """A reason to think that somebody held a key."""

    grade: Grade
    """As above."""
    text: str
    """A sentence."""
    at: At | None
    """When it was so, or until when; null: still."""
    event_id: OrNull
    """Of an audit event, its own id; else null."""
    action: OrNull
    """What was done or may be; else null."""


class HolderLine(JsonLine):
    """A line for each person who may have held the key, the surest first. `custody --worker` gives the same lines, one
    for each key that the person may have held.
    """

    material: str
    """The key's."""
    label: str
    """The key's."""
    standing: Standing
    """The key's."""
    id_space: str
    """Where the worker id means this person."""
    worker_id: str
    """The worker id that people know the person by."""
    left_at: Annotated[At | None, By("gone_at")]
    """When they left; null: they worked here at the moment that was asked for."""
    grade: Grade
    """The best of `held`: `proved`, `registered`, `could` or `inferred`."""
    held: list[HolderReason]
    """Why, best first: an array."""
