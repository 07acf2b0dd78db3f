"""The nouns. Frozen, and free of every other module of ours.

Times are aware and in UTC; days are calendar days in the worker's own zone.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class EmploymentStatus(StrEnum):
    """What HR's status word means; `leave` (of absence) is not leaving."""

    ACTIVE = "active"
    LEAVE = "leave"
    LEFT = "left"
    FUTURE = "future"


class Coverage(StrEnum):
    """Whom a roster lists: everyone with leavers' dates, only who works here, or only leavers."""

    FULL = "full"
    ACTIVE = "active"
    LEAVERS = "leavers"


class Basis(StrEnum):
    """By whose word somebody left: HR's, a person's before HR, a contract's end date, or absence from a feed."""

    ACTUAL = "actual"
    NOTICE = "notice"
    PLANNED = "planned"
    INFERRED = "inferred"


class Standing(StrEnum):
    """Whether a thing can be used to get in. UNKNOWN is shown as *not checked*, never as yes or no."""

    WORKS = "works"
    DEAD = "dead"
    UNKNOWN = "unknown"


class Effect(StrEnum):
    """What an otherwise working thing can still do; `contained`: everything is denied to it, unconditionally."""

    FULL = "full"
    CONTAINED = "contained"
    UNKNOWN = "unknown"


class Relation(StrEnum):
    """What an account is to a person."""

    IS = "is"
    OWNS = "owns"
    CREATED = "created"


class LinkDecision(StrEnum):
    """What correlation concludes about an account and a person; a person's own decision is evidence of its own."""

    LINKED = "linked"
    DISPUTED = "disputed"
    PROBABLE = "probable"
    CANDIDATE = "candidate"
    ORPHAN = "orphan"


class FindingState(StrEnum):
    """Where a finding stands."""

    UNVERIFIED = "unverified"
    HELD = "held"
    OPEN = "open"
    EXCEPTED = "excepted"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """How bad, worst first in `order`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"

    @property
    def order(self) -> int:
        """0 for the worst."""
        return list(Severity).index(self)


class SubjectKind(StrEnum):
    """What a finding is about: the thing itself. `source` is a whole realm (the digest of its orphans)."""

    WORKER = "worker"
    ACCOUNT = "account"
    ACCESS_KEY = "access_key"
    CONSOLE_PASSWORD = "console_password"
    SSH_KEY = "ssh_key"
    CERTIFICATE = "certificate"
    SERVICE_CREDENTIAL = "service_credential"
    ROLE = "role"
    ROOT_ACCOUNT = "root_account"
    SOURCE = "source"


CREDENTIAL_KINDS = (
    SubjectKind.ACCESS_KEY,
    SubjectKind.CONSOLE_PASSWORD,
    SubjectKind.SSH_KEY,
    SubjectKind.CERTIFICATE,
    SubjectKind.SERVICE_CREDENTIAL,
)
"""The subject kinds that are credentials on an account."""


class KeyKind(StrEnum):
    """What an identity key is; equal normalised keys of a worker and an account are evidence."""

    DIRECTORY_ID = "directory_id"
    NUMBER = "number"
    MAIL = "mail"
    LOGIN = "login"
    SSH_KEY = "ssh_key"
    NAME = "name"


class KeyOrigin(StrEnum):
    """Where an account's key was read; it decides what the key is worth."""

    ATTRIBUTE = "attribute"
    TAG = "tag"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A control that a finding answers, such as NIST SP 800-53 PS-4."""

    framework: str
    """Such as "NIST SP 800-53"."""
    id: str
    """Such as "PS-4"."""

    def __str__(self) -> str:
        return f"{self.framework} {self.id}"


# --- rosters: who works here --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """One employment of a worker, as HR tells it."""

    status: EmploymentStatus
    start_on: date | None
    """First day; None where HR gives none."""
    last_working_on: date | None
    """Last day with access; before `end_on` during garden leave."""
    end_on: date | None
    """Termination date, or a contract's planned end."""
    zone: str | None
    """IANA name of the zone the worker's days are in; None where unknown: the company's is taken, cautiously."""
    type: str
    """HR's own word (employee, contractor), "" where it gives none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScopedValue:
    """A login or directory id that HR gives, for one source or for none in particular."""

    value: str
    """As HR writes it."""
    source: str | None
    """A source's name in the configuration; None: no system in particular."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A roster's record of a worker. A worker with several employments may come in several of these, one read long."""

    worker_id: str
    """HR's number as HR writes it, stripped."""
    previous_worker_ids: tuple[str, ...] = ()
    name: str = ""
    mail: str = ""
    """Present work mail; "" where HR has none or blanked it."""
    former_mails: tuple[str, ...] = ()
    logins: tuple[ScopedValue, ...] = ()
    directory_ids: tuple[ScopedValue, ...] = ()
    manager: str = ""
    """The manager's worker id in the same id space."""
    location: str = ""
    """HR's own word for where the worker works."""
    employments: tuple[Employment, ...]
    """At least one."""
    record: str
    """Where it stands in the feed, for people: "hr_20261124.csv row 214"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in a feed or read that a person must mend; it makes the read partial."""

    record: str
    """Such as "hr_20261124.csv row 214, column \"Last day\""; "" where the whole read is meant."""
    text: str
    """What is wrong, with the offending value."""
    fix: str
    """What to do."""

    def __str__(self) -> str:
        return f"{self.record}: {self.text}. {self.fix}" if self.record else f"{self.text}. {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterSummary:
    """What a roster says of its own read, once it has been read to its end."""

    origin: str
    """What was read, for people: a file's name, or "query over hr_db"."""
    proved: bool
    """A trailer, manifest or the server's own count said that this is all; else the end is presumed."""
    dated_at: datetime | None
    """When the feed was made (a file's modification time); None where it has no date of its own."""
    rows: int
    """Records met, bad ones included."""
    digest: str = ""
    """SHA-256 of what was read, so that the same delivered again shows; "" where the system gives no bytes."""


# --- sources: what exists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountKey:
    """An identity key that an account bears, as the system writes it."""

    kind: KeyKind
    value: str
    origin: KeyOrigin
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
    """Which one it is, where a kind of source reads several (openldap, ad, 389ds, freeipa): it decides what a ticket
    says is to be typed. "" where the kind of source says it."""
    kind: SubjectKind = SubjectKind.ACCOUNT
    """ROOT_ACCOUNT for a cloud account's root, whose native id is the cloud account's."""
    has_own_login: bool = True
    """Whether `standing` is a login of the account itself (a directory's password). False for an IAM user, whose ways
    in are its credentials alone: it has no finding of its own."""
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
    """The user's ARN, or its immutable id where the system stored that (the user was deleted: dead for good)."""
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
    """"" for the whole realm, else one account's native id."""
    kinds: tuple[SubjectKind, ...]
    """ACCOUNT, ROLE (the trusts of the realm's roles) and credential kinds covered."""
    groups: tuple[str, ...] | None = None
    """Native ids of the groups whose memberships were read to their end; None where none were looked at."""
    error: str = ""
    """"" when complete; else the sentence that says what couldn't be read and which right is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """Something that this system holds and this read couldn't or doesn't look at: *not checked*."""

    realm: str
    text: str
    """What, and what to do: "AWS 333333333333: AssumeRole denied. Grant sts:AssumeRole on OffboardingAudit"."""
    red: bool
    """A gap makes the run red; a limit of what is inventoried at all (federated access) is only said."""


Fact = Account | Credential | Membership | Trust | ScopeRead | Gap
"""What a source yields."""


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

    kind: KeyKind
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


# --- cases and findings -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Departure:
    """That somebody left."""

    left_at: datetime
    """End of the last working day in the worker's zone, in UTC."""
    certain_at: datetime
    """From when on it's over wherever the worker may be; later than `left_at` where the zone is unknown."""
    left_on: date | None
    """The last working day itself; None where HR gave no day (then `left_at` is when HR first said "left")."""
    zone: str
    """The zone that the day was taken in."""
    basis: Basis
    confirmed: bool
    """Counts as having left; False: planned end, or vanished from a full roster: to be confirmed by a person."""
    roster: str
    """Whose word it is."""
    told: str
    """HR's own words, for people: "status Terminated, last working day 2026-11-13"."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialView:
    """A credential in a case, with what the store knows of it."""

    credential: Credential
    observed_at: datetime
    """When the read began that saw it."""
    fresh: bool
    """Seen by a complete live read of this run; else UNKNOWN is all that can be said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustView:
    """A role that an account's user may take on, with what the store knows of it."""

    trust: Trust
    source: str
    """Of the role."""
    observed_at: datetime
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyElsewhere:
    """A leaver's SSH key that is accepted on an account that isn't theirs: a shared one, or somebody else's."""

    account: Account
    source: str
    source_kind: str
    key: CredentialView
    active_holder: bool
    """Somebody who works here holds the account: it stays, the key must go."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLink:
    """An account that was theirs until shortly before the departure, or later, and isn't now; nobody decided that."""

    account: Account
    source: str
    source_kind: str
    linked_from: datetime
    linked_until: datetime
    evidence: tuple[str, ...]
    """Why it was theirs."""
    decision: LinkDecision
    """How the account stands now; ORPHAN where nobody claims it."""
    credentials: tuple[CredentialView, ...]
    observed_at: datetime
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAccount:
    """An account in a person's case, and why it's theirs."""

    account: Account
    source: str
    """The source's name in the configuration, for people."""
    source_kind: str
    """ldap, aws_iam: decides runbooks."""
    relation: Relation
    decision: LinkDecision
    score: int
    """Whole hundredths."""
    evidence: tuple[str, ...]
    """Sentences a person can read."""
    credentials: tuple[CredentialView, ...]
    observed_at: datetime
    fresh: bool
    own_now: bool = False
    """For somebody who came back: bears the present employment's number, mail or login, or was made in it."""
    active_owner: bool = False
    """Somebody who works here owns it too, or it is theirs."""
    trusts: tuple[TrustView, ...] = ()
    """Roles that this user may take on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaverCase:
    """Somebody who left (or came back) and what is theirs. What rules look at."""

    person_uid: str
    id_space: str
    worker_id: str
    """The worker id that people know them by."""
    name: str
    """For tickets, never for logs."""
    episode: int
    departure: Departure
    returned: bool
    """Works here again: only `rehire-old-account` concerns them."""
    accounts: tuple[LinkedAccount, ...]
    roster: str
    keys_elsewhere: tuple[KeyElsewhere, ...] = ()
    moved: tuple[MovedLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """Somebody an unclaimed account may belong to."""

    person_uid: str
    id_space: str
    worker_id: str
    departure: Departure | None
    """None: works here."""
    score: int
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCase:
    """An account that nobody holds for certain, and who might: disputed or probable."""

    account: Account
    source: str
    source_kind: str
    decision: LinkDecision
    suspects: tuple[Suspect, ...]
    """Highest score first."""
    credentials: tuple[CredentialView, ...]
    observed_at: datetime
    fresh: bool
    episode: int
    """The first suspect's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCase:
    """A source's working accounts that nobody claims."""

    realm: str
    source: str
    source_kind: str
    accounts: tuple[AccountRef, ...]
    """In the order of their native ids."""
    recently_used: int
    """How many of them were used within 30 days."""


Case = LeaverCase | AccountCase | OrphanCase
"""What a rule looks at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The thing that a finding is about."""

    kind: SubjectKind
    native_id: str
    label: str
    account_native_id: str = ""
    """The account it's on; "" for a worker or a source."""
    account_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a rule says about a case: things that work or can't be told (see `standing` for the two exceptions)."""

    rule: str
    realm: str
    """"" for a worker's finding."""
    subject: Subject
    person_uid: str
    """"" where nobody is concerned (a source's orphans)."""
    episode: int
    standing: Standing
    """WORKS or UNKNOWN; DEAD only where `event`, or for an inactive key that can be switched on again. A worker's or
    source's finding WORKS: it stands as described."""
    standing_reason: str
    effect: Effect
    severity: Severity
    """Before policy has its say."""
    privileged: bool
    relation: Relation | None
    used_after_departure: bool | None
    """None: can't be told."""
    last_used_at: datetime | None
    evidence: tuple[str, ...]
    """Why it's theirs and why it still works, a sentence each."""
    revoke: tuple[str, ...]
    """Steps for a person without Airflow: what to type, how to undo it. Also what to do if it isn't theirs."""
    warning: str = ""
    """Where the thing looks like a workload's."""
    holds_ticket: bool = True
    """False: listed on a ticket that exists, and doesn't open or hold one."""
    event: bool = False
    """Something that happened, whatever works now: only a person's verdict closes it."""


# --- tickets ------------------------------------------------------------------------------------------------------


class TicketState(StrEnum):
    """How a ticket stands in its own system."""

    OPEN = "open"
    CLOSED = "closed"
    MISSING = "missing"


class TicketPriority(StrEnum):
    """Translated by each tracker into its own words."""

    URGENT = "urgent"
    HIGH = "high"
    NORMAL = "normal"
    LOW = "low"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRef:
    """A ticket in a tracker."""

    ref: str
    """The tracker's own id, such as "231"."""
    url: str
    """Where a person reads it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketDraft:
    """What a ticket should say. Plain text; the title ends in the key, so that a search finds it at once."""

    key: str
    """Such as "offb-3fa9c1d2e4b7"."""
    queue: str
    """The tracker's own queue, list or project; "" for its default."""
    title: str
    body: str
    priority: TicketPriority
    due_at: datetime | None
