"""The words that the nouns are told with."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Coverage(StrEnum):
    """Whom a roster lists: everyone with leavers' dates, only who works here, or only leavers."""

    FULL = "full"
    ACTIVE = "active"
    LEAVERS = "leavers"


class Basis(StrEnum):
    """By whose word somebody left: HR's, a person's before HR, a contract's end date, or absence from a feed.

    AWAY: they haven't left; by HR's status and the policy they are to have no access meanwhile.
    """

    ACTUAL = "actual"
    NOTICE = "notice"
    PLANNED = "planned"
    INFERRED = "inferred"
    AWAY = "away"


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


class Joined(StrEnum):
    """By what two employments are one person's."""

    RECORD = "record"
    """One worker's record holds both."""
    NUMBER = "number"
    """Both records bear, or bore, the same number."""
    MAIL_AND_LOGIN = "mail and login"


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


DONE = (FindingState.RESOLVED, FindingState.EXCEPTED)
"""States in which nothing is to be done about a finding, for now or for good."""


class TicketKind(StrEnum):
    """What sort of ticket tells of a finding: its rule says which."""

    REVOKE = "revoke"
    """What a person has, to be shut: one a person, queue and episode."""
    ROTATE = "rotate"
    """A key that several may hold: one a key."""
    EVENT = "event"
    """Something that happened, whatever works now: only a person's verdict closes it."""
    REVIEW = "review"
    """Whose something is, to be decided: one a system."""
    CONFIRM = "confirm"
    """Whether somebody left, to be said: one a roster."""
    UNVERIFIED = "unverified"
    """What couldn't be told for some nights, whatever its rule: one a system."""


class Language(StrEnum):
    """In which tickets are told, by its code (ISO 639-1)."""

    EN = "en"
    KO = "ko"
    JA = "ja"


class SubmissionOutcome(StrEnum):
    """What came of a run of a form."""

    BEGUN = "begun"
    REFUSED = "refused"
    DECIDED = "decided"


class LinkVerdict(StrEnum):
    """A person's word on whose an account is."""

    CONFIRM = "confirm"
    REJECT = "reject"


class DepartureVerdict(StrEnum):
    """A person's word on a departure that HR leaves open."""

    CONFIRM = "confirm"
    DENY = "deny"


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
    SIGNING_KEY = "signing_key"
    SHARED_SECRET = "shared_secret"


CREDENTIAL_KINDS = (
    SubjectKind.ACCESS_KEY,
    SubjectKind.CONSOLE_PASSWORD,
    SubjectKind.SSH_KEY,
    SubjectKind.CERTIFICATE,
    SubjectKind.SERVICE_CREDENTIAL,
)
"""The subject kinds that are credentials on an account."""


KEY_KINDS = (SubjectKind.SIGNING_KEY, SubjectKind.SHARED_SECRET)
"""The subject kinds that are keys which several people may hold."""


class Remedy(StrEnum):
    """What is to be done: the first five with an account or what is on it, the others with one copy of a key."""

    DISABLE = "disable"
    """Shut it, so that it can be opened again where that is possible."""
    SIGN_OUT = "sign_out"
    """End the sessions that an account left open which is shut already."""
    REMOVE = "remove"
    """Take away for good what is shut already."""
    REPLACE = "replace"
    """Give a workload a new secret in place of this one."""
    KEEP_TRACES = "keep_traces"
    """Keep the records of what was done with it, before anything is changed."""
    ISSUE = "issue"
    """Make a new key beside this one, where it lies."""
    WITHDRAW = "withdraw"
    """Let this system trust the key no more."""
    CUT_ACCESS = "cut_access"
    """Take the key from principals who may use it where it lies."""


class Exportable(StrEnum):
    """Whether somebody could take the material along: then cutting access isn't enough, and it must be rotated."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Grade(StrEnum):
    """How sure it is that somebody held a key, best first in `order`; never collapsed into yes and no."""

    PROVED = "proved"
    REGISTERED = "registered"
    COULD = "could"
    INFERRED = "inferred"

    @property
    def order(self) -> int:
        """0 for the best."""
        return list(Grade).index(self)


class ActionKind(StrEnum):
    """What an audit event says was done; the first four prove that the material was in somebody's hands."""

    READ = "read"
    EXPORTED = "exported"
    IMPORTED = "imported"
    CREATED = "created"
    USED = "used"
    """Signed or verified with it where it lies, or changed who may."""
    MADE = "made"
    """Made an account or a credential."""


class PrincipalKind(StrEnum):
    """What a policy names."""

    ACCOUNT = "account"
    GROUP = "group"
    ROLE = "role"


class IdentityKeyKind(StrEnum):
    """What an identity key is; equal normalised keys of a worker and an account are evidence."""

    DIRECTORY_ID = "directory_id"
    NUMBER = "number"
    MAIL = "mail"
    LOGIN = "login"
    SSH_KEY = "ssh_key"
    NAME = "name"


class IdentityKeyOrigin(StrEnum):
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


def counted(number: int, noun: str, plural: str = "") -> str:
    """A number and its noun: "1 finding", "2 findings". Whatever is counted to a person is told by this."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def first_few(names: Sequence[object], most: int) -> str:
    """The first of them, divided by commas, and how many more there are: "a, b and 3 more"."""
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(map(str, names[:most])) + more
