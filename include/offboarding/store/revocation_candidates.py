"""A finding whose thing might be revoked, with all that is known for and against it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from offboarding.model import Basis, FindingState, Relation, Revocable, Severity, Standing, TicketKind
from offboarding.model.keys import digest_of, finding_key


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSpace:
    """In which id space and login realm a source names people; None: none is declared."""

    source: str
    id_space: str | None
    login_realm: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySpaces:
    """What the configuration says of how systems name people."""

    sources: Sequence[SourceSpace]
    mail_domains: Sequence[str]


ANY_SPACE = IdentitySpaces(sources=(), mail_domains=())


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A finding whose thing might be shut, with all that speaks against it."""

    finding_key: str
    match_key: str
    rule: str
    severity: Severity
    state: FindingState
    standing: Standing
    ticket_kind: TicketKind
    holds_ticket: bool
    """False: it's listed beside what is to be shut."""
    relation: Relation | None
    reopened: int
    episode: int
    person_uid: str | None
    id_space: str
    worker_id: str
    source: str
    part: str
    source_kind: str
    thing: Revocable
    names: list[str]
    """All that it and its account are called."""
    credentials: list[str]
    """Native ids of all that is known on its account: a connection may log in by one."""
    is_workload: bool
    """It, or something else on its account, looks like a workload's."""
    is_reader: bool
    """This checker logs in by it."""
    gone: bool
    used_at: datetime | None
    """When anything on the account was last used; None where nothing of it is known."""
    use_unknown: bool
    """Of some of it no use is known."""
    linked: bool
    """It's theirs, for certain, and by what it says today."""
    rival: bool
    """It may be somebody else's."""
    identifies: list[str]
    """What of its account is that of somebody else who works here, and whose: "number of hr:1043"."""
    basis: Basis | None
    left_at: datetime | None
    returned: bool
    confirmed: bool
    certain_at: datetime | None
    same_departure: bool
    taken_back: bool | None
    """A person took the notice back, or said that they didn't leave."""
    by_word: bool
    """A person confirmed the departure."""
    departure_by: list[str]
    """Who gave the notice by which they left, or confirmed the departure."""
    link_by: list[str]
    """Who decided that the account is theirs: confirmed it, rejected another person, revoked what said otherwise."""
    hr_lists: bool
    """A roster lists them with an employment that it does not report as ended."""
    held: bool
    """The guard holds what it rests on."""
    excepted: bool
    ticketed: bool
    ticket_key: str | None
    seen_at: datetime | None
    """When a complete read of it began; None where none stands."""
    account_seen_at: datetime | None
    """When one of its account began, which tells what that is called and whose it is."""
    settled: bool
    """It was shut and undone, or that is being done."""

    @property
    def fits_its_key(self) -> bool:
        """Whether it still says what its key was made of."""
        thing, person = self.thing, self.person_uid or ""
        ids = (thing.account_native_id, thing.native_id)
        return finding_key(self.rule, thing.realm, thing.kind.value, *ids, person, self.episode) == self.match_key

    @property
    def authority(self) -> str:
        """A digest of whose it is, when and on whose authority that person left, and who decided that it is theirs."""
        moment = self.left_at.astimezone(UTC).isoformat() if self.left_at else None
        whose = (self.id_space, self.worker_id, self.link_by)
        return digest_of(repr((*whose, self.basis, moment, self.departure_by, self.hr_lists)))
