"""By whose word people sign on to a system, what that says of somebody, and what lets them in there without it."""

from collections.abc import Iterator, Sequence

from offboarding.model import Account, LeaverCase, LinkDecision, LinkedAccount, Relation, Standing
from offboarding.rules._access_paths import STRONGEST_FIRST, AccessPath, access_paths, account_path


def at_provider(case: LeaverCase, linked: LinkedAccount) -> tuple[LinkedAccount, ...]:
    """Return their accounts at the identity provider by whose word people sign on where this account is."""
    return tuple(
        other
        for other in case.accounts
        if other.source == linked.sign_on and (other.relation, other.decision) == (Relation.IS, LinkDecision.LINKED)
    )


def provider_says(theirs: Sequence[LinkedAccount]) -> Standing | None:
    """Return DEAD where each was seen disabled in this run, WORKS where any works; None of no account at all."""
    return min((account_path(other).standing for other in theirs), key=STRONGEST_FIRST.index, default=None)


def is_local(account: Account, path: AccessPath) -> bool:
    """Return whether a way in asks no provider: a key or token, or a password that the system keeps itself."""
    return path.credential is not None or account.keeps_password


def local_paths(linked: LinkedAccount) -> Iterator[AccessPath]:
    """Yield the ways into an account that ask no provider."""
    return (path for path in access_paths(linked) if is_local(linked.account, path))
