"""What rules look at: somebody who left and what is theirs, or an account that nobody holds for certain."""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model.custody import Attested, KeyCase, UncustodiedCase
from offboarding.model.people import Departure
from offboarding.model.systems import Account, Credential, Trust
from offboarding.model.words import Joined, LinkDecision, Relation


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
    owners: tuple[str, ...] = ()
    """Who answers for the account: what it says of an owner, and the worker ids of owners who work here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedLink:
    """An account that was theirs, or that they owned, until shortly before the departure or later, and isn't now;
    nobody decided that.
    """

    account: Account
    source: str
    source_kind: str
    relation: Relation = Relation.IS
    """IS, or OWNS."""
    linked_from: datetime
    linked_until: datetime
    evidence: tuple[str, ...]
    """Why it was theirs."""
    decision: LinkDecision
    """How the account stands now; ORPHAN where nobody claims it."""
    credentials: tuple[CredentialView, ...]
    observed_at: datetime
    fresh: bool
    owners: tuple[str, ...] = ()
    """Who answers for the account: what it says of an owner, and the worker ids of owners who work here."""


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
    links_alone: bool = False
    """What speaks for them would be a link, were it not for what speaks for somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldLink:
    """That an account stays somebody's, though it says otherwise of itself, until a person or HR explains it."""

    since: datetime
    """When it was first seen to say otherwise."""
    claims: tuple[Suspect, ...]
    """Whose it would be by what it says now, highest score first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedAccount:
    """An account in a person's case, and why it's theirs."""

    account: Account
    source: str
    """The source's name in the configuration, for people."""
    source_kind: str
    """It knows how steps are done there."""
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
    held: HeldLink | None = None
    owners: tuple[str, ...] = ()
    """Who answers for the account: what it says of an owner, and the worker ids of owners who work here."""
    sign_on: str = ""
    """The source by which people sign on to this one, by the configuration; "" where it names none."""
    attested: Attested | None = None
    """The last word that it was taken away, of an account that is attested."""


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
    """Works here again: what they had before is all that concerns them."""
    accounts: tuple[LinkedAccount, ...]
    roster: str
    keys_elsewhere: tuple[KeyElsewhere, ...] = ()
    moved: tuple[MovedLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountCase:
    """An account that nobody holds for certain, and who might: disputed or probable; linked where the link is held."""

    account: Account
    source: str
    source_kind: str
    decision: LinkDecision
    suspects: tuple[Suspect, ...]
    """Highest score first; of a held link its holder, then whose it would be."""
    credentials: tuple[CredentialView, ...]
    observed_at: datetime
    fresh: bool
    episode: int
    """Of whom the rules name."""
    held_since: datetime | None = None
    in_bulk: bool = False
    """Made when its system was loaded or migrated: how old it really is can't be told."""
    owners: tuple[str, ...] = ()
    """Who answers for the account: what it says of an owner, and the worker ids of owners who work here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedOwner:
    """Whom an account that nobody claims names as its manager or owner, by the label of an account there."""

    said: str
    """That label."""
    is_entry: bool
    """There is or was such an account."""
    worker_id: str | None
    """Whose it is, for certain; None where that is nobody."""
    departure: Departure | None
    """None: works here, or is nobody known."""

    @property
    def left(self) -> bool:
        """For certain."""
        return self.departure is not None and self.departure.confirmed


@dataclass(frozen=True, slots=True, kw_only=True)
class Orphan:
    """A working account that nobody claims."""

    native_id: str
    label: str
    owners: tuple[str, ...] = ()
    """What it says of an owner, though that is nobody whom we know: "tag owner says zz"."""
    named: tuple[NamedOwner, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OrphanCase:
    """A source's working accounts that nobody claims."""

    realm: str
    source: str
    source_kind: str
    accounts: tuple[Orphan, ...]
    """In the order of their native ids."""
    recently_used: int
    """How many of them were used within 30 days."""
    attested: bool = False
    """They stand on a list that somebody gave: whether any works can't be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenDeparture:
    """Somebody has left by one record, and works here by another that was there before."""

    worker: str
    """Whose record ended, such as "hr:1042"."""
    departure: Departure
    here_worker: str
    """Whose goes on."""
    here_roster: str
    here_told: str
    """HR's own words for it: "active since 2015-01-01"."""
    joined_by: Joined


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenCase:
    """Somebody who counts as working here, though HR says that they left."""

    person_uid: str
    worker_id: str
    episode: int
    departures: tuple[HiddenDeparture, ...]
    """The last first; at least one."""


Case = LeaverCase | AccountCase | OrphanCase | HiddenCase | KeyCase | UncustodiedCase
"""What a rule looks at."""
