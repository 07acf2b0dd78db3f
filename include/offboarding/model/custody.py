"""Keys that several people may hold, who may have held them, and what rules look at: a key and its departed holders.

A *key* is material: a private key, an HMAC key, a password that a team shares. The same material may lie in one system
and be trusted by others; each of these is a *copy*. Who could have carried it along is asked of copies, whether it
still works of those copies whose system verifies with it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from offboarding.model.people import Departure
from offboarding.model.systems import Account, AccountKey, Credential, Gap, Membership, ScopeRead, Trust
from offboarding.model.words import ActionKind, Exportable, Grade, PrincipalKind, Standing, SubjectKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key as one system shows it (a copy): where the material lies, or who verifies with it. Never the material."""

    realm: str
    """The system itself: an AWS account id, a JWKS's issuer, a Vault cluster's id, what a folder of files is called."""
    native_id: str
    """The system's own id of this copy: a KMS key id, a kid, "ARN#version" of a secret, "transit/name:3"."""
    material: str
    """What makes it the same key in every system: "jkt:" and the RFC 7638 SHA-256 thumbprint of its public half; where
    there is none to see (a secret, an HMAC key) "ref:", the realm, "/" and the native id."""
    lasting_id: bool = False
    """Its native id never gets other material: where no public half shows now ("ref:", a disabled KMS key), the
    thumbprint that showed before still holds."""
    kind: SubjectKind
    """SIGNING_KEY or SHARED_SECRET."""
    name: str
    """What stays the same through its versions, and what a register writes: an ARN, an issuer's URL, "transit/name"."""
    label: str
    """For people: "kid 2024-05 of https://login.corp.example", an ARN, an alias."""
    version: str = ""
    algorithm: str = ""
    """The system's own word: RS256, RSA_2048, ssh-ed25519."""
    created_at: datetime | None = None
    """Of this version of the material; None where the system doesn't tell, and never the date of its last edit."""
    carryable: Exportable
    carryable_reason: str
    """Why, as a sentence: "Origin EXTERNAL: the material existed outside KMS."."""
    verifies: bool
    """This system itself accepts or refuses by it, so its standing counts; False where material only lies."""
    standing: Standing
    """WORKS: trusted here (published, accepted, current); DEAD: refused. Where it verifies nothing: if it signs."""
    standing_reason: str
    cache: timedelta = timedelta(0)
    """How long others may go on trusting it after this system stopped publishing it."""
    ssh_fingerprint: str = ""
    """"SHA256:..." of an SSH public key: whose directory account bears the same, holds it."""
    expires_at: datetime | None = None
    """When it says of itself that it ends; a verifier may think otherwise."""
    last_used_at: datetime | None = None
    """Of the key, by whomever; None where the system doesn't tell."""
    owner: str = ""
    """A tag's or the system's own word for who is responsible."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAccess:
    """That somebody in a system may use a key or take it away, by a policy, a grant or a role."""

    realm: str
    """The key's."""
    key: str
    """The native id of the copy, or the name of all its versions."""
    principal_kind: PrincipalKind
    principal_realm: str
    principal: str
    """An ARN or a DN (a label), or an immutable native id."""
    action: str
    """What it lets them do: "secretsmanager:GetSecretValue", "kms:Sign"."""
    carries: bool
    """Whether that takes the material away; False: it only uses it where it lies."""
    standing: Standing
    """WORKS: granted. UNKNOWN: a condition, boundary or organization policy decides that couldn't be evaluated."""
    reason: str
    """By what, as a clause: "policy ReadSecrets, statement AllowAll"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEvent:
    """What an audit trail says that somebody did: with a key, or that they made an account or a credential."""

    realm: str
    """Where it was recorded."""
    event_id: str
    """The trail's own id: it is the evidence."""
    at: datetime
    action: str
    """"secretsmanager:GetSecretValue"."""
    deed: ActionKind
    object_realm: str
    object: str
    """What it was done to: a copy's native id or name (an ARN, a key id), a made account's native id, or what whoever a
    credential was made for is called there.
    """
    object_login: str = ""
    """The login of that account, where it's known by nothing else; "" of everything else."""
    actor_realm: str
    actor: str
    """The actor's immutable native id (an IAM user's), "" for a role's session."""
    actor_label: str
    """The ARN as recorded."""
    actor_keys: tuple[AccountKey, ...] = ()
    """Session name and source identity, as the identity keys that they may be: a mail or a login."""
    failed: bool = False
    """It was tried and refused: proves nothing held."""


KeyFact = Key | KeyAccess | AuditEvent
"""What tells of keys."""

Fact = Account | Credential | Membership | Trust | KeyFact | ScopeRead | Gap
"""What a source or a verifier yields."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCopy:
    """A copy in a case, with what the store knows of it."""

    key: Key
    source: str
    """The source's or verifier's name in the configuration."""
    source_kind: str
    """Of that source or verifier: it knows how steps are done there."""
    first_seen_at: datetime
    last_seen_at: datetime
    """When the last read began that showed it."""
    untrusted_since: datetime | None
    """When the first read began that no longer showed it, or showed it dead; None while it's trusted."""
    confirmed_at: datetime | None
    """When the last complete read of this system began; later than `untrusted_since` it has been seen dead twice."""
    fresh: bool
    """Told by a complete read of this run; else UNKNOWN is all that can be said."""

    @property
    def dead(self) -> bool:
        """Seen dead twice, the longest cache lifetime apart; where it doesn't verify, seen dead once."""
        if self.untrusted_since is None or self.confirmed_at is None:
            return False
        if not self.key.verifies:
            return True
        return self.confirmed_at > self.untrusted_since and self.confirmed_at - self.untrusted_since >= self.key.cache


@dataclass(frozen=True, slots=True, kw_only=True)
class CustodyEvidence:
    """One reason to think that somebody held a key."""

    grade: Grade
    text: str
    """For people, a sentence: "Registered custodian from 2023-02-01 until 2025-01-31 (custody.yaml)."."""
    at: datetime | None = None
    """When it was so: an event's moment, or the last day that a membership or a custody stood; None: still."""
    event_id: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Access:
    """A way in which a leaver's own principal may still use a key, or take it away, today."""

    principal: str
    action: str
    carries: bool
    standing: Standing
    reason: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Somebody who left and may have held the key."""

    person_uid: str
    id_space: str
    worker_id: str
    name: str
    """For tickets, never for logs."""
    episode: int
    departure: Departure
    roster: str
    held: tuple[CustodyEvidence, ...] = ()
    """Best grade first."""
    newer: bool
    """The material is newer than the departure, by its own creation date or since a complete read after the departure
    didn't show it yet."""
    uses: tuple[CustodyEvidence, ...] = ()
    """Audit events of theirs with this key after the departure, the latest first."""
    access: tuple[Access, ...] = ()
    """What still lets them use it."""

    @property
    def grade(self) -> Grade | None:
        """The best; None where they only have access."""
        return min((each.grade for each in self.held), key=lambda grade: grade.order, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registered:
    """What the custody register says of a key."""

    name: str
    carryable: Exportable
    carryable_reason: str
    signs_for: str
    owner: str
    queue: str
    threshold: int
    """How many holders must be gone together before it's lost to them (shares of a key); 1: each alone."""
    custodians: int
    """How many entries, past and present."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attested:
    """A person's word that something is dead which nobody can be asked about; asked again when it ends."""

    author: str
    reason: str
    at: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCase:
    """A key, whether anything still trusts it, and the departed who may have held it. What rules look at."""

    material: str
    kind: SubjectKind
    label: str
    """The register's name, else a copy's label."""
    copies: tuple[KeyCopy, ...]
    """Gone ones too; none of what the register alone knows."""
    holders: tuple[Holder, ...]
    """Departed ones alone, in the order of their uids."""
    registered: Registered | None
    attested: Attested | None
    other_holders: int
    """How many people at work are known to hold it."""
    successors: tuple[KeyCopy, ...] = ()
    """Copies of other keys that a verifier of this one began to publish after any of the holders' departures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UncustodiedCase:
    """A system's trusted keys of which nobody is known to be a custodian: NOT CHECKED."""

    realm: str
    source: str
    source_kind: str
    keys: tuple[KeyCopy, ...]
    """Trusted, in the order of their native ids."""
