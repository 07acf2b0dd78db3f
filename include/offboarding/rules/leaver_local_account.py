"""A leaver's account lets them in by a password, key or token of its own; their identity provider says disabled."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    Case,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Standing,
    Step,
    TicketKind,
    say,
)
from offboarding.rules._access_paths import STRONGEST_FIRST, WORST_FIRST, AccessPath, account_path
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._evidence import disabled, powers, whose, works
from offboarding.rules._findings import finding_on
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import left, listed, said
from offboarding.rules._sign_on import at_provider, local_paths, provider_says


def works_at_provider(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The provider says disabled no more: an account of theirs was seen working there."""
    del as_of
    return Resolved(resolution=Resolution.WORKS_AT_PROVIDER) if silent.provider_works else None


def none_at_provider(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """No account of theirs is left at a provider that could say disabled, or none is named any more."""
    del as_of
    left_none = silent.account_fresh and silent.provider_has_none
    return Resolved(resolution=Resolution.NONE_AT_PROVIDER) if left_none else None


def nothing_local(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """The account is there, and nothing lets in there without the provider's word."""
    del as_of
    password = silent.keeps_password and silent.account_standing != Standing.DEAD
    seen = silent.account_fresh and not silent.account_gone
    shut = seen and not password and not silent.credentials_alive
    return Resolved(resolution=Resolution.NOTHING_LOCAL) if shut else None


class LeaverLocalAccount(Rule):
    """Why it's open: what works there has a finding of its own, which holds the ticket and says how it's shut."""

    id = "leaver-local-account"
    default_severity = Severity.MEDIUM
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    named = "Local account {label}"
    words = RuleWords(
        what=(
            "An account of a leaver's that lets them in by a password, key or token of its own, in a system to which "
            "people sign on by an identity provider (`sign_on`) that says *disabled*. One an account, with all that "
            "works there."
        ),
        why="Everybody believes that this door was shut with the provider's account, and nobody looks.",
        graded=", high where it's privileged",
        closes=(
            "Each of these was seen dead, or the account gone; or the identity provider says disabled no more: an "
            "account of theirs was seen working there, or none is left, or the configuration names no provider. It's "
            "listed on a ticket that exists, and neither opens one nor holds it open: what works there has findings of "
            "its own. While the provider or the account can't be read it's *not checked*; as such it never begins."
        ),
        runbook=(
            "Shut each of them by its own item. Then see whether the system can be set to let people in by the "
            "identity provider alone, and why the departure didn't reach it."
        ),
        explained="All of it is seen dead, or the identity provider says disabled no more. It holds no ticket open.",
    )
    ends = (*NOT_A_LEAVERS, account_gone, works_at_provider, none_at_provider, nothing_local, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of a leaver's with a way in of its own, where their provider may say disabled."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.IS):
            provider = provider_says(at_provider(leaver, linked))
            paths = tuple(path for path in local_paths(linked) if path.open)
            if paths and provider in (Standing.DEAD, Standing.UNKNOWN):
                yield _found(self, leaver, linked, _together(leaver, linked, paths))


def _together(case: LeaverCase, linked: LinkedAccount, paths: Sequence[AccessPath]) -> AccessPath:
    """The ways in as one: it works where one does and the provider says disabled."""
    unread = [other for other in map(account_path, at_provider(case, linked)) if other.standing is Standing.UNKNOWN]
    standing = min((path.standing for path in paths), key=STRONGEST_FIRST.index)
    reason = listed([say("{label}: {reason}", label=_way(path), reason=said(path.reason)) for path in paths])
    if standing is Standing.WORKS:
        reason = say("without {provider}, by {ways}", provider=linked.sign_on, ways=_ways(paths, Standing.WORKS))
    if unread:
        standing = Standing.UNKNOWN
        reason = say(
            "whether {provider} says disabled can't be told: {reason}",
            provider=linked.sign_on,
            reason=said(unread[0].reason),
        )
    return replace(
        account_path(linked),
        standing=standing,
        reason=reason,
        effect=min((path.effect for path in paths), key=WORST_FIRST.index),
        last_used_at=max((path.last_used_at for path in paths if path.last_used_at), default=None),
        parts=tuple(paths),
    )


def _found(rule: Rule, case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> Finding:
    found = finding_on(
        rule,
        case,
        linked,
        path,
        relation=linked.relation,
        evidence=tuple(_evidence(case, linked, path)),
        steps=_steps(linked),
        severity=Severity.HIGH if linked.account.privileged else None,
    )
    # What to do with a workload first is said with what it runs by.
    return replace(found, warning="", holds_ticket=False)


def _evidence(case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> Iterator[str]:
    yield from whose(case, linked)
    yield left(case.worker_id, case.departure)
    yield works(path)
    for provider, since, reason in disabled(case, linked):
        if since:
            yield say(
                "{provider} says disabled since {moment} ({reason}).", provider=provider, moment=since, reason=reason
            )
        else:
            yield say("{provider} says disabled ({reason}).", provider=provider, reason=reason)
    sure, unsure = (_ways(path.parts, standing) for standing in (Standing.WORKS, Standing.UNKNOWN))
    if sure and path.standing is Standing.UNKNOWN:
        yield say("These let in here without {provider}: {ways}.", provider=linked.sign_on, ways=sure)
    if unsure:
        yield say("Not checked whether these let in without {provider}: {ways}.", provider=linked.sign_on, ways=unsure)
    yield from powers(linked.account, path)


def _steps(linked: LinkedAccount) -> tuple[Step, ...]:
    return (
        say(
            "Shut each of them by its own item, here or on another ticket of theirs: nothing more is to be shut for"
            " this one."
        ),
        say(
            "See whether {source} can be set to let people in by {provider} alone. If it can't, ask whoever runs it why"
            " the departure didn't reach it.",
            source=linked.source,
            provider=linked.sign_on,
        ),
    )


def _ways(paths: Sequence[AccessPath], standing: Standing) -> str:
    return listed([_way(path) for path in paths if path.standing is standing])


def _way(path: AccessPath) -> str:
    if path.credential is None:
        return say("its own password")
    label, native_id = path.subject.label, path.subject.native_id
    if native_id in (label, path.subject.account_native_id):
        return label
    return say("{label} ({id})", label=label, id=native_id)


RULE = LeaverLocalAccount()
