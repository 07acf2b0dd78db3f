"""Findings that stand and that no rule says any more, with what is known now: by it their rules say whether they close.

Everything here was seen, said or decided; what it comes to is the rules' to say.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from offboarding.model.resolutions import ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _Silent:
    finding_key: str
    rule: str
    state: str
    person_uid: str | None
    """None where nobody is concerned."""
    gone: bool
    """They have left, as far as is known now, or are away, and don't work here again."""
    away: bool
    """They haven't left, and are to have no access for now."""
    returned: bool
    """They left and work here again."""
    ended_told: str
    """What HR, or a person, said as the last departure of theirs was taken back; "" where nothing is known."""
    ended_said: Mapping[str, str] | None = None
    """The same, as it's kept since it's told in each language."""
    same_as: str | None
    """Who the person turned out to be: "hr:1042"."""
    rejected_by: str | None
    """Who said that it isn't theirs."""

    @property
    def ended(self) -> str:
        """How the last departure of theirs was taken back, or told otherwise; "" where nothing is known."""
        return ended(self.ended_said) if self.ended_said else self.ended_told


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentThing(_Silent):
    """About a person, a system, an account, or something on one. What isn't there is False or None."""

    source: str
    """Our name for the system; "" where it isn't about one."""
    shut_at: datetime | None
    """When it ended: as the system says, else when the first read began that saw it so; None where nothing was seen."""
    seen_at: datetime | None
    """When the last complete read of this run began that would have seen it; None where there was none."""

    subject_kind: str
    relation: str | None
    basis: str | None
    """Of the departure, as the finding had it; and when that was."""
    left_at: datetime | None
    last_used_at: datetime | None
    unplaced: bool
    """It stands on no ticket, and began in an earlier run."""

    departure_confirmed: bool
    """Of the departure that stands now, gone or returned."""
    departure_certain_at: datetime | None
    departure_moved: bool
    """It stands at another moment than the finding had; or none stands."""
    departure_day: str | None
    confirmed_by: str | None
    """Who said that they left, of the departure that stands now."""
    denied_by: str | None
    """Who said that they didn't, of the one that the finding is about, while they worked here by another record."""

    revoked_by: str | None
    """Who took back the word by which alone the account was what the finding says; None where that stands."""
    anothers_by: str | None
    """Who said last that the account is somebody else's, and whose: "hr:1042"."""
    anothers_worker: str | None
    decided_by: str | None
    """Who said of anybody whether it's theirs."""
    decided: bool
    """Somebody said whose it is."""

    accounts_read: bool
    """This run has read the system's accounts whole; its keys; its roles."""
    keys_read: bool
    roles_read: bool
    account_fresh: bool
    """A complete live read of this run saw the account, or would have seen it."""
    account_direct: bool
    """It asked for this very account."""
    account_gone: bool
    account_standing: str | None
    account_reason: str | None
    keeps_password: bool
    """Its own login asks for a password that the system keeps itself."""
    provider_works: bool
    """By whose word people sign on there: this run saw an account of theirs working at that identity provider."""
    provider_has_none: bool
    """It has read that whole, and no account of theirs is there; or the configuration names none."""
    listed_at: datetime | None
    """Of when the list is by which that is known; None where the system was asked."""
    attested_by: str | None
    """Who said last that the account was taken away, no list being newer; why, and until when that counts."""
    attested_reason: str | None
    attested_until: datetime | None
    credentials_alive: bool
    """Some credential on it isn't dead."""
    has_credential: bool
    """The finding is about a credential that is, or was, on the account."""
    credential_fresh: bool
    credential_gone: bool
    credential_standing: str | None
    credential_reason: str | None
    can_reactivate: bool
    key_disowned: bool
    """Of each account of theirs that bears the same key a person said that it isn't theirs."""

    linked: bool
    """The account is linked to them; linked as theirs; as theirs, and it says nothing else of itself."""
    linked_as_theirs: bool
    linked_undoubted: bool
    linked_in_doubt: bool
    """It says otherwise of itself than when their link to it stood."""
    linked_to_present: bool
    """As theirs in their present employment."""
    linked_or_disputed: bool
    made_by_them: bool
    owned_by_them: bool
    role_open: bool | None
    """Whether the role lets any user of theirs in; None where it names none."""
    role_rejected_by: str | None
    reviewed_elsewhere: bool
    """Another finding of this run asks whose the account is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SilentKey(_Silent):
    """About a key that several people may hold."""

    registered_alone: bool
    """Its identity is its entry in the register."""
    in_register: bool
    """The register's entry means this material."""
    dead: bool
    """Each verifier has seen it trusted no more, twice, its cache apart; False where there is none."""
    verifiers: int
    cache: timedelta | None
    """The longest of theirs."""
    seen_at: datetime | None
    """When the last complete read of any copy began."""
    nowhere: bool
    """No copy is trusted or lies anywhere any more."""
    fresh: bool
    """A complete read of this run saw each copy that lies anywhere."""
    system_can_leave: bool
    """Some system says that the material can be carried away; that it can't."""
    system_cannot_leave: bool
    register_carryable: str | None
    """What the register says of that: yes, no or unknown."""
    holder: bool
    """The person is among those who may hold it."""
    newer: bool
    """It was made after they had left."""
    holders: int
    """How many who left may hold it, it being no newer than their departures."""
    has_access: bool
    """They may use it where it lies."""
    attested_by: str | None
    """Whose word on it was the last, why, and until when it counts."""
    attested_reason: str | None
    attested_until: datetime | None


Silent = SilentThing | SilentKey
"""What a rule says of whether it closes."""
