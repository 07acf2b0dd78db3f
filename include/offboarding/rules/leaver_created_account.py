"""An account that a leaver made shortly before the departure, or after it, and that nobody who works here holds."""

from collections.abc import Iterator
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
    Step,
    TicketKind,
    say,
)
from offboarding.rules._access_paths import AccessPath, open_paths, whole
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS, REVIEWED, account_gone, all_dead, moved_away
from offboarding.rules._controls import REVIEW
from offboarding.rules._deciding import somebodys
from offboarding.rules._evidence import of_thing
from offboarding.rules._findings import finding_on, shut
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import at


def _held_here(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """They made it still, and somebody who works here holds it."""
    del as_of
    held = silent.account_fresh and silent.made_by_them
    return Resolved(resolution=Resolution.HELD_HERE) if held else None


class LeaverCreatedAccount(Rule):
    """High where it's privileged or was made after the departure; then it looks like a back door."""

    id = "leaver-created-account"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.REVIEW
    words = RuleWords(
        what=(
            "An account that a leaver's account made in the last days before the departure "
            "(`policy.created_window_days`), or after it, and that nobody who works here holds or owns. A directory "
            "says who made it, by a name that may stand in another system that is read; of a cloud its "
            "audit trail does, also of an older user to whom a leaver gave a key, a password or a certificate in that "
            "time: whoever made it has seen it."
        ),
        why="Whoever plans to come back makes a door first; and what was made in good faith has lost its owner.",
        graded="; high where it's privileged or was made after the departure",
        closes=(
            "Somebody who works here holds or owns it, or every way into it has been seen dead. That it isn't the "
            "leaver's own is no answer: they made it."
        ),
        runbook=(
            "Ask what it's for; write down whose it is, or `link confirm` somebody who works here; shut it where it's"
            " nobody's."
        ),
        explained="Somebody who works here holds or owns it, or every way into it is seen dead.",
    )
    ends = (*NOT_A_LEAVERS, moved_away, account_gone, all_dead, _held_here, *REVIEWED)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account that a leaver made lately, that is open, and that nobody active holds or owns."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.CREATED):
            taken = whole(linked)
            if taken.open and not linked.active_owner:
                yield _finding(self, leaver, linked, taken)


def _finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: AccessPath) -> Finding:
    account = linked.account
    after = account.created_at is not None and account.created_at > case.departure.certain_at
    return finding_on(
        rule,
        case,
        linked,
        taken,
        relation=linked.relation,
        evidence=(
            *_made(linked, after=after),
            *of_thing(case, account, taken),
            say("Nobody who works here is known to hold it."),
        ),
        steps=_steps(case, linked),
        severity=Severity.HIGH if after or account.privileged is True else None,
    )


def _made(linked: LinkedAccount, *, after: bool) -> Iterator[str]:
    account = linked.account
    late = say(", after the departure: it may be a back door") if after else ""
    if account.created_by:
        on = say(" on {moment}", moment=at(account.created_at)) if account.created_at else ""
        yield say(
            "It was made{on} by an account of theirs ({created_by}){late}.",
            on=on,
            created_by=account.created_by,
            late=late,
        )
        return
    # The system itself doesn't say who made it; an audit trail did.
    for recorded in linked.evidence:
        yield say("They {recorded}.", recorded=recorded)
    if late:
        yield (
            say("It was made on {moment}{late}.", moment=at(account.created_at), late=late)
            if account.created_at
            else say("It was made{late}.", late=late)
        )


def _steps(case: LeaverCase, linked: LinkedAccount) -> tuple[Step, ...]:
    return (
        say(
            "Find out what it's for: ask the former team of worker {worker} and the owners of {source}.",
            worker=case.worker_id,
            source=linked.source,
        ),
        somebodys(linked.source, linked.account),
        say("Nobody's? Then shut it:"),
        *shut(linked, *open_paths(linked)),
    )


RULE = LeaverCreatedAccount()
