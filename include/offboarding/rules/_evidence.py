"""Why it's theirs and what it does, a sentence each, in the order a person asks."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from offboarding.model import (
    Account,
    Effect,
    LeaverCase,
    LinkedAccount,
    Relation,
    Sentence,
    Standing,
    Trust,
    say,
)
from offboarding.rules._access_paths import AccessPath
from offboarding.rules._rivals import claimants
from offboarding.rules._sentences import at, left, said
from offboarding.rules._sign_on import at_provider, is_local, provider_says
from offboarding.rules._use import use_reported


def of_leaver(case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> tuple[str, ...]:
    """Return whose it is and why, since when they're gone, whether it works, its last use, and what it may do."""
    return (*whose(case, linked), *of_thing(case, linked.account, path, *_shut_elsewhere(case, linked, path)))


def whose(case: LeaverCase, linked: LinkedAccount) -> tuple[str, ...]:
    """Return whose an account is, and why."""
    return (*linked.evidence, *_held(case, linked), *_one_of_several(case, linked))


def of_thing(case: LeaverCase, account: Account, path: AccessPath, *shut_elsewhere: str) -> tuple[str, ...]:
    """Return the same but for whose it is: of what isn't, or isn't any more, an account of theirs."""
    return (
        left(case.worker_id, case.departure),
        works(path),
        *shut_elsewhere,
        *ends(path),
        use_reported(path, case.departure),
        *powers(account, path),
    )


def ends(path: AccessPath) -> Iterator[str]:
    """Yield when it ends by itself, and how long what was made with it may live on."""
    known = path.credential
    if known and known.expires_at:
        yield say("It expires on {moment}.", moment=at(known.expires_at))
    if known and known.sessions_until:
        yield say("Sessions made with it may live until {moment}.", moment=at(known.sessions_until))


def works(path: AccessPath) -> Sentence:
    """Return whether it works, and how that is known."""
    if path.standing is Standing.WORKS:
        return _it_works(path.reason)
    if path.standing is Standing.UNKNOWN:
        return _not_checked(path.reason)
    if path.can_reactivate:
        return say("It's dead: {reason}, and it can be switched on again.", reason=said(path.reason))
    return say("It's dead: {reason}.", reason=said(path.reason))


def not_dead_yet(seen: Sentence, until: datetime) -> Sentence:
    """Return why it can't be told of something that was shut, as long as what was let in before may go on."""
    return say("{seen}; what was let in before may still work until {moment}", seen=seen, moment=at(until))


def told_anew(evidence: Sequence[str], reason: Sentence, before: str) -> tuple[str, ...]:
    """Return evidence in which the sentence whether it works says that it can't be told, and why. `before`: the
    standing's reason as it was.
    """
    stale, unchecked = {str(_it_works(before)), str(_not_checked(before))}, _not_checked(reason)
    if not any(str(text) in stale for text in evidence):
        return (*evidence, unchecked)
    return tuple(unchecked if str(text) in stale else text for text in evidence)


def _it_works(reason: str) -> Sentence:
    return say("It works: {reason}.", reason=said(reason))


def _not_checked(reason: str) -> Sentence:
    return say("Not checked whether it works: {reason}.", reason=said(reason))


def powers(holder: Account | Trust, path: AccessPath) -> Iterator[str]:
    """Yield what is known of what it may do; an unknown privilege is told, never taken for none."""
    if holder.privileged:
        by = holder.privileged_by
        yield say("It's privileged: {by}.", by=by) if by else say("It's privileged.")
    if holder.privileged is None:
        yield say("Not checked whether it's privileged.")
    if path.effect is Effect.CONTAINED:
        yield say("Everything is denied to it unconditionally: it's contained, and it still works.")


def _held(case: LeaverCase, linked: LinkedAccount) -> Iterator[str]:
    if linked.held:
        yield say(
            "That is by what was said before {moment}; by what is said now it isn't theirs.",
            moment=at(linked.held.since),
        )
        yield from claimants(linked.held.claims)
        yield say("It stays worker {worker}'s until a person decides whose it is.", worker=case.worker_id)


def _one_of_several(case: LeaverCase, linked: LinkedAccount) -> Iterator[str]:
    theirs = [
        other
        for other in case.accounts
        if (other.source, other.relation, other.account.kind) == (linked.source, linked.relation, linked.account.kind)
    ]
    if len(theirs) > 1:
        yield say(
            "It's one of {count} accounts that this person has in {source}.", count=len(theirs), source=linked.source
        )


def disabled(case: LeaverCase, linked: LinkedAccount) -> Iterator[tuple[str, str, str]]:
    """Yield of each account of theirs at the identity provider its source, since when it's disabled ("" where that
    isn't told) and why; nothing unless each was seen so in this run.
    """
    theirs = at_provider(case, linked)
    if provider_says(theirs) is Standing.DEAD:
        for other in theirs:
            since = other.account.disabled_at
            yield other.source, at(since) if since else "", said(other.account.standing_reason)


def _shut_elsewhere(case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> Iterator[str]:
    """Yield that the identity provider says disabled, and that this works all the same.

    Of nobody who works here, and of no login that goes by the provider's own word.
    """
    theirs = not case.returned and linked.relation is Relation.IS
    if not theirs or path.standing is not Standing.WORKS or not is_local(linked.account, path):
        return
    for provider, since, reason in disabled(case, linked):
        if since:
            yield say(
                "{provider} says disabled since {moment} ({reason}), and people sign on here by it: this still works"
                " all the same.",
                provider=provider,
                moment=since,
                reason=reason,
            )
        else:
            yield say(
                "{provider} says disabled ({reason}), and people sign on here by it: this still works all the same.",
                provider=provider,
                reason=reason,
            )
