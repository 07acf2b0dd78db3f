"""Why it's theirs and what it does, a sentence each, in the order a person asks."""

from collections.abc import Iterator

from include.offboarding.model import Account, Effect, LeaverCase, LinkedAccount, Standing
from include.offboarding.rules._sentences import left
from include.offboarding.rules._use import use_told
from include.offboarding.rules._ways import Way


def of_leaver(case: LeaverCase, linked: LinkedAccount, way: Way) -> tuple[str, ...]:
    """Return whose it is and why, since when they're gone, whether it works, its last use, and what it may do."""
    return (
        *linked.evidence,
        *_one_of_several(case, linked),
        left(case.worker_id, case.departure),
        works(way),
        use_told(way, case.departure),
        *powers(linked.account, way),
    )


def works(way: Way) -> str:
    """Return whether it works, and how that is known."""
    if way.standing is Standing.WORKS:
        return f"It works: {way.reason}."
    if way.standing is Standing.UNKNOWN:
        return f"Not checked whether it works: {way.reason}."
    known = "can be switched on again" in way.reason
    again = ", and it can be switched on again" if way.can_reactivate and not known else ""
    return f"It's dead: {way.reason}{again}."


def powers(account: Account, way: Way) -> Iterator[str]:
    """Yield what is known of what it may do; an unknown privilege is told, never taken for none."""
    if account.privileged:
        yield f"It's privileged: {account.privileged_by}." if account.privileged_by else "It's privileged."
    if account.privileged is None:
        yield "Not checked whether it's privileged."
    if way.effect is Effect.CONTAINED:
        yield "Everything is denied to it unconditionally: it's contained, and it still works."


def _one_of_several(case: LeaverCase, linked: LinkedAccount) -> Iterator[str]:
    theirs = [other for other in case.accounts if (other.source, other.relation) == (linked.source, linked.relation)]
    if len(theirs) > 1:
        yield f"It's one of {len(theirs)} accounts that this person has in {linked.source}."
