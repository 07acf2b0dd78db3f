"""What the rooms promise each other: rosters, sources, verifiers, trackers, pagers, queues and notifiers.

A system's package is found by its name, which is the `kind` in the configuration (kinds.py). Each of these holds

- `Settings`, of its file `settings.py`: a pydantic model, a subclass of the base below, with what a user may write for
  it, and `tested`: against what the kind was tested;
- `build`: makes the ready object; nothing is contacted before its first method is called. For a roster
  `build(settings, connection, context)`, for a source or verifier `build(settings, connection, part, context)`, for a
  tracker, pager or queue `build(settings, connection)`, for a notifier `build(settings)`, since Airflow's own hooks
  take the connection. A source's, verifier's or queue's connection is None where it needs none.

Where it takes a connection, it also holds

- `destinations(settings, connection)`: each host that the connection leads to, as `Destination`s; `wiring` refuses what
  the entry's `hosts` and `clear_text` don't allow, before anything is sent.

It may hold

- `propose(where, connection, asker)`: the settings of a first configuration, as a `Proposal`, from a look at the system
  itself. `where` is what the user named, an address or a connection id; `connection` its fields, None for an address.
  A kind without it begins with name, kind and connection alone.

A source or verifier may hold a file `remedy.py` with

- `REMEDIES`: how what the rules ask for is done in that system, and undone (`AccountRemedies`; `KeyRemedies` where it
  tells keys). What isn't in it is said in words. Whatever a system told is quoted, since a leaver may have chosen it:
  in a shell by `shlex.quote`. The reader has never seen Airflow, and works in a shell;
- `EXAMPLES`: subjects by which the command `remedies` shows them (`RemedyExamples`), if more than an account or a key.

A source may hold a file `revoke.py`, the only one that may write into its system, with

- `step(thing)`: what shuts a thing so that it can be opened again, a clause ("set inactive"); None for what can't be;
- `build(settings, connection, reader, part)`: the `Revoker`, by a connection of its own. `reader` is the one that the
  source is read by: what it logs in by is never shut.

A roster may hold a file `endpoint.py`, where its system pushes users to, with

- `build(rosters, now)`: an ASGI app, served at `/offboarding-` and the kind. `rosters()` gives what the configuration
  says now (`pushing.Pushing`). Whom it lets in the app says itself: Airflow asks nobody who they are before.

A package whose system Airflow has no connection form for may hold a file `connection.py` with

- `FORM`: the form (`form.ConnectionForm`); the type of connection is then called `offboarding_` and the kind;
- `greet(connection)`: asks the system as little as shows that it can be read, for the form's *Test*. Returns a sentence
  on what answered, or raises one of our errors.

Heavy clients (boto3, ldap3) are imported inside functions: reading the configuration needs none of them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from fnmatch import fnmatchcase
from typing import Protocol, runtime_checkable

from offboarding.interfaces.connections import ConnectionFields
from offboarding.interfaces.proposing import Chooser, Proposal
from offboarding.interfaces.pushing import PushedBy
from offboarding.interfaces.revoking import Revoker
from offboarding.interfaces.settings import (
    Against,
    HowTested,
    NotifierSettings,
    PagerSettings,
    QueueSettings,
    RosterSettings,
    Some,
    SourceSettings,
    Strict,
    Tells,
    TrackerSettings,
    VerifierSettings,
    Words,
)
from offboarding.interfaces.telling import Found, Notifier, Pager, Pagers, Tracker, Trackers
from offboarding.model import (
    AccountAction,
    AccountRef,
    Fact,
    IdentityKey,
    KeyAction,
    LeftOut,
    Problem,
    Remedy,
    RequestCounts,
    RosterSummary,
    StatedPeople,
    SubjectKind,
    Worker,
)

__all__ = [
    "AccountRemedies",
    "Against",
    "Chooser",
    "ConnectionFields",
    "Found",
    "HowTested",
    "KeyRemedies",
    "KeySource",
    "MessageQueue",
    "Notifier",
    "NotifierSettings",
    "Pager",
    "PagerSettings",
    "Pagers",
    "Proposal",
    "QueueSettings",
    "QueuedMessage",
    "ReadContext",
    "Reader",
    "RemedyExamples",
    "Revoker",
    "Roster",
    "RosterSettings",
    "Some",
    "Source",
    "SourceSettings",
    "Strict",
    "Tells",
    "Tracker",
    "TrackerSettings",
    "Trackers",
    "Trail",
    "VerifierSettings",
    "Words",
]


StatedBy = Callable[[str, date], StatedPeople | None]
"""By a realm, the list that counts on a day; None where nobody has said anything yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadContext:
    """What a reader is told from outside."""

    as_of: datetime
    """The night's own moment; a file's age is measured from it."""
    default_zone: str
    """The company's IANA zone."""
    mail_domains: tuple[str, ...] = ()
    """The company's own domains, aliases included; a feed without any of them is another company's."""
    service_patterns: tuple[str, ...] = ()
    """Logins that are workloads' (`svc-*`)."""
    privileged_names: tuple[str, ...] = ()
    """Groups and policies that make an account privileged, as shell patterns."""
    pushed: PushedBy | None = None
    """By a roster's name, what was pushed to us for it; None where there is no store."""
    stated: StatedBy | None = None
    """By a realm and a day, who gets in there by a person's word; None where there is no store."""

    def is_workload(self, *logins: str) -> bool:
        """Whether one of them is a workload's."""
        return any(fnmatchcase(login.lower(), each.lower()) for login in logins for each in self.service_patterns)


class Roster(Protocol):
    """Who works here."""

    problems: Sequence[Problem]
    """What was wrong, known once `read` has ended; any problem makes the read partial."""
    left_out: LeftOut
    """What was wrong with single values; the read is complete for everybody else. Known once `read` has ended."""
    summary: RosterSummary | None
    """Known once `read` has ended."""

    def read(self) -> Iterator[Worker]:
        """Yield every record that can be read, in constant memory.

        Raises IncompleteReadError where no record can be trusted (a missing column, an undecodable file), and
        RetriableError or FatalError where the system can't be asked. A bad row is a Problem, and the rest goes on.
        """
        ...


@runtime_checkable
class Source(Protocol):
    """What exists."""

    @property
    def requests(self) -> RequestCounts:
        """What has been asked so far; a plain attribute will do."""
        ...

    def collect(self) -> Iterator[Fact]:
        """Yield the cheapest complete inventory. A ScopeRead follows the facts it covers. Raises as Roster.read."""
        ...

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield the accounts of some people alone, each followed by its own ScopeRead (kind ACCOUNT).

        `keys` are theirs, normalised; `known` are accounts that are theirs already. What neither finds stays as it was.
        A realm-wide ScopeRead without kinds comes first, and tells the realm even where nobody is found. An account too
        many does no harm; accounts that may be out of sight are a red Gap or an error.
        """
        ...

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield everything about these accounts, live, each followed by its own ScopeRead (scope: its native id).

        An account that the system says is not there yields its ScopeRead alone: that is what shows it gone.
        """
        ...


@runtime_checkable
class KeySource(Protocol):
    """Keys that several people may hold: where they lie, who has access, who still trusts them (also a verifier)."""

    @property
    def requests(self) -> RequestCounts:
        """What has been asked so far."""
        ...

    def collect(self) -> Iterator[Fact]:
        """Yield every key and every access, live. A ScopeRead for the whole realm follows, of the key kinds it covers,
        with an error where not all could be read; one for each place that was looked in where settings may name others
        or fewer. Raises as Roster.read.
        """
        ...


@runtime_checkable
class Trail(Protocol):
    """What an audit trail recorded."""

    @property
    def requests(self) -> RequestCounts:
        """What has been asked so far."""
        ...

    def events(self, since: datetime | None) -> Iterator[Fact]:
        """Yield every event that concerns keys, accounts or credentials, from `since` on (None: as far back as it goes;
        the same event again does no harm). A ScopeRead without kinds follows once it was read to its end; its horizon,
        where it doesn't reach back to `since`, is a Gap that isn't red. Raises as Roster.read.
        """
        ...


Reader = Source | KeySource | Trail
"""What is read in a night. What can be asked of it shows which it is; before there is one, its settings' `tells` do."""


AccountRemedies = Mapping[Remedy, Callable[[AccountAction], Sequence[str]]]
"""Steps in the order they're done, a step a text of one or more lines, commands in lines of their own. For each remedy
that concerns accounts and that the system has a way of its own for.
"""

KeyRemedies = Mapping[Remedy, Callable[[KeyAction], Sequence[str]]]
"""The same, for remedies that concern keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemedyExamples:
    """Subjects by which the command `remedies` shows a kind's `REMEDIES`."""

    things: Sequence[SubjectKind] = (SubjectKind.ACCOUNT,)
    products: Sequence[str] = ("",)
    """Products of the account; "" if the kind reports none."""
    reached_by: str = ""
    """The address of the system, for an account with a product."""
    names: Sequence[str] = ("KEY",)
    """Names of keys, for a kind that reports keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QueuedMessage:
    """A message as it came; its body may hold anything."""

    message_id: str
    handle: str
    """By which this delivery is deleted."""
    body: str = field(repr=False)


class MessageQueue(Protocol):
    """Where departures are told by message. Errors are RetriableError or FatalError."""

    def receive(self, *, wait_seconds: int = 20) -> list[QueuedMessage]:
        """What waits; unseen by others for a while, and there again after it unless it's deleted."""
        ...

    def delete(self, handles: Sequence[str]) -> None:
        """Take these out."""
        ...

    def set_aside(self, message: QueuedMessage, reason: str) -> None:
        """Keep it elsewhere, with why, and take it out."""
        ...

    def waiting(self) -> int:
        """How many messages wait that nobody has in hand. Takes nothing; asks for the one for what is set aside too."""
        ...
