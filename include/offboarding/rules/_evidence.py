"""Why it's theirs and what it does, a sentence each, in the order a person asks."""

from collections.abc import Iterator

from offboarding.model import Account, Effect, LeaverCase, LinkedAccount, Standing, Trust
from offboarding.rules._rivals import claimants
from offboarding.rules._sentences import at, left
from offboarding.rules._use import use_told
from offboarding.rules._ways import Way


def of_leaver(case: LeaverCase, linked: LinkedAccount, way: Way) -> tuple[str, ...]:
    """Return whose it is and why, since when they're gone, whether it works, its last use, and what it may do."""
    return (
        *linked.evidence,
        *_held(case, linked),
        *_one_of_several(case, linked),
        *of_thing(case, linked.account, way),
    )


def of_thing(case: LeaverCase, account: Account, way: Way) -> tuple[str, ...]:
    """Return the same but for whose it is: of what isn't, or isn't any more, an account of theirs."""
    return (
        left(case.worker_id, case.departure),
        works(way),
        *ends(way),
        use_told(way, case.departure),
        *powers(account, way),
    )


def ends(way: Way) -> Iterator[str]:
    """Yield when it ends by itself, and how long what was made with it may live on."""
    known = way.credential
    if known and known.expires_at:
        yield f"It expires on {at(known.expires_at)}."
    if known and known.sessions_until:
        yield f"Sessions made with it may live until {at(known.sessions_until)}."


def works(way: Way) -> str:
    """Return whether it works, and how that is known."""
    if way.standing is Standing.WORKS:
        return f"It works: {way.reason}."
    if way.standing is Standing.UNKNOWN:
        return f"Not checked whether it works: {way.reason}."
    known = "can be switched on again" in way.reason
    again = ", and it can be switched on again" if way.can_reactivate and not known else ""
    return f"It's dead: {way.reason}{again}."


def powers(holder: Account | Trust, way: Way) -> Iterator[str]:
    """Yield what is known of what it may do; an unknown privilege is told, never taken for none."""
    if holder.privileged:
        yield f"It's privileged: {holder.privileged_by}." if holder.privileged_by else "It's privileged."
    if holder.privileged is None:
        yield "Not checked whether it's privileged."
    if way.effect is Effect.CONTAINED:
        yield "Everything is denied to it unconditionally: it's contained, and it still works."


def _held(case: LeaverCase, linked: LinkedAccount) -> Iterator[str]:
    if linked.held:
        yield f"That is by what it said of itself before {at(linked.held.since)}; by what it says now it isn't theirs."
        yield from claimants(linked.held.claims)
        yield f"It stays worker {case.worker_id}'s until a person decides whose it is."


def _one_of_several(case: LeaverCase, linked: LinkedAccount) -> Iterator[str]:
    theirs = [
        other
        for other in case.accounts
        if (other.source, other.relation, other.account.kind) == (linked.source, linked.relation, linked.account.kind)
    ]
    if len(theirs) > 1:
        yield f"It's one of {len(theirs)} accounts that this person has in {linked.source}."
