"""What the oracle is given, and what it answers: plain values, one complete read of everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from offboarding.model import Account, Basis, Coverage, Credential, LinkDecision, Relation, Worker

WorkerKey = tuple[str, str]
"""(roster, worker id as HR writes it)."""
Person = frozenset[WorkerKey]
"""One human: every worker record that is theirs."""
AccountId = tuple[str, str]
"""(realm, native id)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """An earlier complete read of a roster."""

    observed_at: datetime
    workers: tuple[Worker, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RosterRead:
    """The present read of a roster, complete, and earlier ones, oldest first."""

    name: str
    id_space: str = "default"
    login_realm: str | None = None
    coverage: Coverage = Coverage.FULL
    workers: tuple[Worker, ...]
    observed_at: datetime | None = None
    """None: the company's as_of."""
    earlier: tuple[Snapshot, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceRead:
    """The present read of a source, complete."""

    name: str
    kind: str = "ldap"
    realm: str
    id_space: str | None = None
    login_realm: str | None = None
    number_format: str = "{worker_id}"
    accounts: tuple[Account, ...]
    credentials: tuple[Credential, ...] = ()


class Verb(StrEnum):
    """What a person said about an account and a worker."""

    CONFIRM = "confirm"
    REJECT = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """A person's decision; of several about one account and person the last counts."""

    realm: str
    native_id: str
    id_space: str
    worker_id: str
    verb: Verb


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A notice: a person's word, before HR's, that a worker is gone from a moment on."""

    id_space: str
    worker_id: str
    left_at: datetime
    zone: str = "Asia/Seoul"


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What a person said of an end that HR leaves open; of several about the same end the last counts."""

    id_space: str
    worker_id: str
    basis: Basis
    left_at: datetime
    confirms: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """The table, in hundredths."""

    directory_id: int = 100
    number: int = 90
    number_tag: int = 80
    number_loose: int = 55
    mail: int = 80
    login: int = 85
    login_linked: int = 80
    login_pattern: int = 80
    login_guess: int = 60
    login_elsewhere: int = 50
    ssh_key: int = 60
    owner: int = 80
    late: int = 55
    """The most that mail and login give together on an account made after the departure."""
    linked: int = 80
    ahead: int = 30
    probable: int = 50
    candidate: int = 40
    common_accounts: int = 10
    """A value that more accounts of one realm bear weighs nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A whole night's reading. Mail domains are the company's own; an alias maps a domain to one of these."""

    as_of: datetime
    default_zone: str = "Asia/Seoul"
    mail_domains: tuple[str, ...] = ("corp.example",)
    mail_aliases: Mapping[str, str] = field(default_factory=dict[str, str])
    login_patterns: tuple[str, ...] = ()
    rosters: tuple[RosterRead, ...]
    sources: tuple[SourceRead, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    notices: tuple[Told, ...] = ()
    words: tuple[Word, ...] = ()
    scores: Scores = field(default_factory=Scores)
    before: "Company | None" = None
    """The night before, with the same accounts; None: nothing was ever linked before."""
    also_said: tuple[tuple[AccountId, Account], ...] = ()
    """What accounts say of themselves that is looked at beside what they are taken to say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """That a person left, by whose word, and whether that counts."""

    left_at: datetime
    certain_at: datetime
    basis: Basis
    confirmed: bool
    left_on: date | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What an account is to a person."""

    person: Person
    relation: Relation
    decision: LinkDecision
    score: int
    because: tuple[str, ...] = field(default=(), compare=False)
    """For whoever has to understand a difference; takes no part in comparing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountVerdict:
    """What is concluded about an account. Rows that weigh less than a candidate aren't told."""

    decision: LinkDecision
    rows: frozenset[Row]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Everything that the oracle concludes."""

    persons: frozenset[Person]
    possibly_one: frozenset[frozenset[Person]]
    """Pairs."""
    departures: Mapping[Person, Leaving | None]
    """None: not a leaver at as_of."""
    returned: frozenset[Person]
    accounts: Mapping[AccountId, AccountVerdict]

    def person(self, roster: str, worker_id: str) -> Person:
        """The person who has this worker record; StopIteration where there is none."""
        return next(person for person in self.persons if (roster, worker_id) in person)
