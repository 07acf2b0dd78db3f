"""What closes a finding that its rule says no more: each a function of what is known now, of a thing or of a person.

A rule lists those that end its findings; the first that says something is why. What says nothing leaves it as it is:
absence alone closes nothing.
"""

from datetime import datetime

from offboarding.model import Basis, FindingState, Relation, Resolution, Resolved, Silent, SilentThing, Standing

# --- by somebody's word -----------------------------------------------------------------------------------------------


def rejected(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """A person said that it isn't theirs."""
    del as_of
    if silent.person_uid and silent.rejected_by is not None:
        return Resolved(resolution=Resolution.REJECTED, author=silent.rejected_by)
    return None


def anothers(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """A person said whose it is, and it's somebody else."""
    del as_of
    if silent.person_uid and silent.relation == Relation.IS and silent.anothers_by and silent.anothers_worker:
        return Resolved(resolution=Resolution.ANOTHERS, author=silent.anothers_by, worker=silent.anothers_worker)
    return None


def revoked(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It was theirs by a person's word alone, and that was taken back."""
    del as_of
    if silent.person_uid and silent.revoked_by is not None:
        return Resolved(resolution=Resolution.REVOKED, author=silent.revoked_by)
    return None


def confirmed(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """A person said whose the account is."""
    del as_of
    return Resolved(resolution=Resolution.CONFIRMED) if silent.account_fresh and silent.decided else None


# --- by what became of the departure ----------------------------------------------------------------------------------


def not_gone(silent: Silent, as_of: datetime) -> Resolved | None:
    """They haven't left, or are back."""
    del as_of
    if not silent.person_uid or silent.gone:
        return None
    if silent.same_as is not None:
        return Resolved(resolution=Resolution.SAME_PERSON, worker=silent.same_as)
    if isinstance(silent, SilentThing) and silent.basis == Basis.AWAY:
        return Resolved(resolution=Resolution.ACCESS_BACK, reason=silent.ended)
    back = Resolution.CAME_BACK if silent.returned else Resolution.WITHDRAWN
    return Resolved(resolution=back, reason=silent.ended)


def word_given(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """HR, or a person, says clearly what became of somebody whose departure was to be confirmed."""
    del as_of
    if silent.same_as is not None:
        return Resolved(resolution=Resolution.SAME_PERSON, worker=silent.same_as)
    if not silent.gone:
        return Resolved(resolution=Resolution.WORKS_HERE, reason=silent.ended)
    if not silent.departure_confirmed:
        return Resolved(resolution=Resolution.TOLD_OTHERWISE)
    if silent.confirmed_by is None:
        return Resolved(resolution=Resolution.DEPARTURE_CONFIRMED)
    return Resolved(resolution=Resolution.SAID_TO_HAVE_LEFT, author=silent.confirmed_by)


def moved_away(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """They left at another time than was told, so that it has nothing to do with their leaving."""
    del as_of
    if silent.gone and silent.departure_moved and silent.account_fresh and silent.departure_day:
        return Resolved(resolution=Resolution.MOVED_AWAY, moment=silent.departure_day)
    return None


# --- by what a complete read saw --------------------------------------------------------------------------------------


def account_gone(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The system was asked for this very account, and has it no more; or a list that is newer than the departure."""
    del as_of
    if not (silent.account_gone and silent.account_direct):
        return None
    if silent.listed_at is None:
        return Resolved(resolution=Resolution.ACCOUNT_GONE)
    if silent.departure_certain_at and silent.listed_at < silent.departure_certain_at:
        return None
    return Resolved(resolution=Resolution.OFF_LIST, moment=f"{silent.listed_at:%Y-%m-%d %H:%M}")


def credential_gone(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The account has it no more."""
    del as_of
    gone = silent.has_credential and silent.credential_fresh and silent.credential_gone
    return Resolved(resolution=Resolution.SEEN_GONE) if gone else None


def credential_dead(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It's there, and nobody gets in by it."""
    del as_of
    dead = silent.has_credential and silent.credential_fresh and silent.credential_standing == Standing.DEAD
    return Resolved(resolution=Resolution.SEEN_DEAD, reason=silent.credential_reason or "") if dead else None


def login_dead(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The account is there, and its own login is dead."""
    del as_of
    dead = silent.account_fresh and not silent.account_gone and silent.account_standing == Standing.DEAD
    return Resolved(resolution=Resolution.SEEN_DEAD, reason=silent.account_reason or "") if dead else None


def all_dead(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The account is there, and every way into it is dead."""
    return None if silent.credentials_alive else login_dead(silent, as_of)


# --- by whom it is linked to ------------------------------------------------------------------------------------------


def certain(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It's theirs, so that other rules judge it."""
    del as_of
    return Resolved(resolution=Resolution.CERTAIN) if silent.account_fresh and silent.linked_as_theirs else None


def reviewed_elsewhere(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Another finding asks whose it is."""
    del as_of
    asked = silent.account_fresh and silent.reviewed_elsewhere
    return Resolved(resolution=Resolution.REVIEWED_ELSEWHERE) if asked else None


def unlinked(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Nobody was ever told of it, and it's linked to them no more."""
    del as_of
    untold = (
        silent.state in {FindingState.HELD, FindingState.UNVERIFIED} and silent.unplaced and not silent.has_credential
    )
    seen = silent.account_fresh or silent.credential_fresh
    return Resolved(resolution=Resolution.UNLINKED) if untold and seen and not silent.linked else None


NOT_A_LEAVERS = (rejected, anothers, revoked, not_gone)
"""It is no leaver's: what ends whatever is found of one."""

CREDENTIAL = (*NOT_A_LEAVERS, account_gone, credential_gone, credential_dead, unlinked)
"""What ends a finding about a credential of a leaver's."""

REVIEWED = (confirmed, certain, reviewed_elsewhere, unlinked)
"""What ends a question whose an account is."""

UNCLAIMED = (*NOT_A_LEAVERS, account_gone, all_dead, *REVIEWED)
"""What ends one about an account that nobody holds for certain."""
