"""What rules say."""

import shlex
from dataclasses import dataclass
from datetime import datetime

from offboarding.model.custody import KeyCopy
from offboarding.model.systems import Account
from offboarding.model.words import Effect, Relation, Remedy, Severity, Standing, SubjectKind


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
class AccountAction:
    """What is to be done with an account's own login, or with a credential on it. How, its source's kind says."""

    remedy: Remedy
    kind: str
    """Of the source that holds the account."""
    account: Account
    subject: Subject


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyAction:
    """What is to be done where a copy of a key lies, or is trusted. How, the kind of its source or verifier says."""

    remedy: Remedy
    copy: KeyCopy
    principals: tuple[str, ...] = ()
    """Who loses access, as the system calls them."""


THIS_FINDING = "KEY"
"""Stands for the finding's own short key, which its rule doesn't know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionStep:
    """What a person may decide about it: by a form, where there is no shell."""

    asks: str
    """When it's to be decided so, and what comes of it: "Not theirs? Revoke nothing, and say so"."""
    decision: str
    """As its command is called: "link reject"."""
    fields: tuple[tuple[str, str], ...]
    """Name and value of what is asked, in the order of the command; in capitals what the reader has to know."""

    @property
    def form(self) -> str:
        """Which form it's decided by: "link"."""
        return self.decision.partition(" ")[0]

    @property
    def choice(self) -> str:
        """What is chosen there: "reject"; "" where there is nothing to choose."""
        return self.decision.partition(" ")[2]

    @property
    def command(self) -> str:
        """As it's typed. Whatever a system told is quoted, since a leaver may have chosen it."""
        words = " ".join(shlex.quote(value) for _, value in self.fields)
        return f'python -m offboarding {self.decision} {words} --reason "..." --author "..."'

    @property
    def text(self) -> str:
        """As a step, for whoever has a shell."""
        return f"{self.asks}:\n{self.command}"


Step = str | AccountAction | KeyAction | DecisionStep
"""Something that a person does: in words that are the same for every system, as the system itself has it done, or by
deciding.
"""

WrittenStep = str | DecisionStep
"""The same, once systems have said how it's done."""


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
    """WORKS or UNKNOWN; DEAD only of an event, or for an inactive key that can be switched on again. A worker's or
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
    revoke: tuple[Step, ...]
    """Steps for a person without Airflow: what to do, how to undo it. Also what to do if it isn't theirs."""
    warning: str = ""
    """Where the thing looks like a workload's: why, and what to do first."""
    is_workload: bool = False
    """It looks like one's."""
    holds_ticket: bool = True
    """False: listed on a ticket that exists, and doesn't open or hold one."""
    owners: tuple[str, ...] = ()
    """Who answers for the thing, in its system's words or HR's numbers: tickets are routed by it."""
    attestable: bool = False
    """Nobody can be asked whether the account works: it's told even so."""
    in_place_of: tuple["Finding", ...] = ()
    """What would be found, were it not for somebody else's claim: a claim makes nothing smaller, and nothing later."""
