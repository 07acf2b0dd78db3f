"""What exists: accounts, credentials, and what of them has been read."""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model.words import Effect, IdentityKeyKind, IdentityKeyOrigin, Standing, SubjectKind

OWN_ID = "id"
"""What an id of an account's own is called among its keys; an id of any other name is another account's elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """An identity key that an account bears, as the system writes it."""

    kind: IdentityKeyKind
    value: str
    origin: IdentityKeyOrigin
    """ATTRIBUTE, TAG (weaker: people edit tags) or OWNER (names an owner, not the person behind the login)."""
    name: str
    """The attribute's or tag's own name, for evidence: "employeeNumber", "tag email"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A login in one system, as one read saw it."""

    realm: str
    """The system itself (an AWS account id, a directory's own id), never our name for it."""
    native_id: str
    """The system's own immutable id (IAM UserId, entryUUID)."""
    label: str
    """What people call it (a DN, an ARN); changes with a rename."""
    login: str
    """The login name; "" where it has none."""
    display_name: str = ""
    keys: tuple[AccountKey, ...] = ()
    """Every identity key it bears; the login itself is among them, and each SSH key's fingerprint."""
    owner_labels: tuple[str, ...] = ()
    """Labels (DNs) of accounts named as manager or owner here; they count where the account is service-like."""
    created_at: datetime | None = None
    """None where the system doesn't tell."""
    created_by: str = ""
    """The creator's label, "" where the system doesn't tell."""
    standing: Standing
    """Whether this login works (a directory: the password login; IAM: whether the user has any way in)."""
    standing_reason: str
    """Why, for people and by which call: "pwdAccountLockedTime 000001010000Z under cn=default (pwdLockout TRUE)"."""
    product: str = ""
    """Which one it is, where a kind of source reads several (openldap, with or without locks, ad, 389ds, freeipa): it
    decides what a ticket says is to be typed. "" where the kind of source says it."""
    reached_by: str = ""
    """How the system's administrators reach it, in the words of its kind: "ldaps://dc1.corp.example". "" where every
    tool knows."""
    is_reader: bool = False
    """The connection that read it logs in by it: it's this checker's own."""
    kind: SubjectKind = SubjectKind.ACCOUNT
    """ROOT_ACCOUNT for a cloud account's root, whose native id is the cloud account's."""
    has_own_login: bool = True
    """Whether `standing` is a login of the account itself (a directory's password). False for an IAM user, whose ways
    in are its credentials alone: it has no finding of its own; and for what is attested, of which nothing is known."""
    keeps_password: bool = False
    """The system itself checks by what the own login goes, and asks nobody else. False where somebody may come in by
    another system's word alone, and where that isn't told."""
    disabled_at: datetime | None = None
    """When it was shut, as the system says; None where it isn't, or the system doesn't tell."""
    sessions_valid_from: datetime | None = None
    """Sessions and refresh tokens of it that are older have been revoked; None where the system doesn't tell, or where
    there's nothing to revoke. Where it does, `last_used_at` is of sign-ins that succeeded, whoever's or whatever's."""
    attested_at: datetime | None = None
    """Of when the list is on which it stands; nobody can ask the system itself. None where one is asked."""
    password_set_at: datetime | None = None
    """When the own login's password was last set (pwdChangedTime); None where the system doesn't tell."""
    service_like: bool = False
    """A workload's account by declared pattern, tag, or for want of a person's object class."""
    privileged: bool | None = None
    """None: could not be told."""
    privileged_by: str = ""
    """The policy or group that makes it so."""
    last_used_at: datetime | None = None
    last_used_exact: bool = True
    """False where the system's stamp may lag or move without a logon: never critical alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A key, password or certificate on an account, as one read saw it."""

    realm: str
    account_native_id: str
    kind: SubjectKind
    """One of CREDENTIAL_KINDS."""
    native_id: str
    """Access key id; the user's native id for a console password; "SHA256:..." fingerprint or SSHPublicKeyId."""
    label: str
    """For people, with nothing secret: "AKIA...7Q3A", "ssh-ed25519 SHA256:... (comment)"."""
    standing: Standing
    standing_reason: str
    can_reactivate: bool = False
    """Dead, and can be switched on again (an inactive access key)."""
    effect: Effect = Effect.FULL
    fingerprint: str = ""
    """SSH: "SHA256:...", where the system tells the public key."""
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    last_used_service: str = ""
    last_used_region: str = ""
    expires_at: datetime | None = None
    """When it ends by itself; None where it doesn't, or the system doesn't tell."""
    sessions_until: datetime | None = None
    """Until when sessions made with it may live on after its own end; None where there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """That an account is in a group that guards keys, as one read saw it; of other groups nothing is kept."""

    realm: str
    group_native_id: str
    group_label: str
    account_native_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """That a role lets a user take it on: a way in beside the user's own credentials, also from another realm."""

    realm: str
    """The role's own."""
    native_id: str
    """The role's immutable id."""
    label: str
    """Its ARN."""
    principal_realm: str
    """The trusted user's."""
    principal: str
    """The user's ARN, or its immutable id where the system stored that (the user was deleted: dead for good). In small
    letters where the system compares it so; names of users differ in more than letters' case.
    """
    standing: Standing
    """UNKNOWN where a condition decides that couldn't be evaluated."""
    standing_reason: str
    privileged: bool | None = None
    privileged_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopeRead:
    """Completeness: "everything of these kinds in this scope has been yielded". It comes after the facts it covers.

    What wasn't covered never looks gone. A scope that couldn't be read comes with an error instead.
    """

    realm: str
    scope: str
    """"" for the whole realm, else one account's native id; of ROLE how the native ids of those begin that it covers,
    of SIGNING_KEY and SHARED_SECRET how their names do, whatever is missing of the others.
    """
    kinds: tuple[SubjectKind, ...]
    """ACCOUNT, ROLE (the trusts of the realm's roles) and credential kinds covered; SIGNING_KEY or SHARED_SECRET covers
    the scope's keys of that kind and who has access to them."""
    groups: tuple[str, ...] | None = None
    """Native ids of the groups whose memberships were read to their end, within this scope: an account's own ScopeRead
    tells of that account's alone. None where none were looked at.
    """
    access: bool = True
    """Of keys: who has access to them was read, too; False where settings leave that out."""
    left_out: tuple[str, ...] = ()
    """What settings leave out of it: names of keys, native ids of accounts, or how these begin, or those of what is on
    them, up to the first slash and with it. What of these isn't told isn't gone: nobody looked.
    """
    places: tuple[str, ...] = ()
    """Where it looked, where settings name each place and nobody knows in which an account was: whoever was told while
    another was named isn't gone.
    """
    error: str = ""
    """"" when complete; else the sentence that says what couldn't be read and which right is missing."""
    attested_at: datetime | None = None
    """Of when the list is that says so, where a person's word is all there is; None where the system was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that this system holds and this read couldn't or doesn't look at: *not checked*."""

    realm: str
    text: str
    """What, and what to do: "AWS 333333333333: AssumeRole denied. Grant sts:AssumeRole on OffboardingAudit"."""
    red: bool
    """A gap makes the run red; a limit of what is inventoried at all (federated access) is only said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRef:
    """An account to look at again, live."""

    realm: str
    native_id: str
    label: str
    login: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityKey:
    """A key in its normal form, as it is compared and kept; equal keys of a worker and an account are evidence."""

    kind: IdentityKeyKind
    value: str
    """"" where only the loose form may be compared (a number that isn't in the declared form)."""
    loose: str
    space: str
    """Of workers' keys: an id space, a login realm, `source:NAME`, or "" for none in particular."""
    origin: str
    """current, former; of accounts' keys attribute, tag, owner, pattern, usual."""
    name: str
    """The attribute's or tag's own name, for evidence."""
    raw: str
    """As the system writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCounts:
    """Requests that a source made, told apart, for the run's record and the budget."""

    inventory: int = 0
    """Calls that read something for the first time."""
    detail: int = 0
    """Calls about leavers' accounts."""
    overhead: int = 0
    """Polls, retries, AssumeRole and the like."""
