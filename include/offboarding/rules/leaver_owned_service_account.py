"""A workload's account whose owner left: it needs a new owner, and secrets that the leaver never saw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    Case,
    Departure,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Remedy,
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
from offboarding.rules._closings import NOT_A_LEAVERS, account_gone, all_dead, certain, unlinked
from offboarding.rules._controls import SHARED_SECRET
from offboarding.rules._deciding import not_theirs
from offboarding.rules._findings import finding, to_do
from offboarding.rules._rule import Rule
from offboarding.rules._secrets import as_far_as_known, known_secrets


def _owned_anew(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """Nothing is wanting any more: a new owner, and new secrets."""
    del as_of
    anew = silent.account_fresh and silent.owned_by_them
    return Resolved(resolution=Resolution.OWNED_ANEW) if anew else None


def _their_own(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """By a person's word it's no workload's that they own, but theirs, and judged as such."""
    return certain(silent, as_of) if silent.decided else None


class LeaverOwnedServiceAccount(Rule):
    """Open while it works, until somebody active owns it *and* every secret that works is newer than the departure."""

    id = "leaver-owned-service-account"
    default_severity = Severity.HIGH
    controls = SHARED_SECRET
    ticket = TicketKind.REVOKE
    words = RuleWords(
        what="A workload's account whose owner left, while it works.",
        why=(
            "The owner could know its secret, and nobody answers for it any more. Switching it off would stop the "
            "workload."
        ),
        closes=(
            "Somebody active owns it **and** every secret that works is newer than the departure; or all of it has "
            "been seen dead. A secret whose age isn't known is not taken for new. Or a person says that it's their own "
            "(`link confirm`): then it's judged as a leaver's."
        ),
        runbook=(
            "Write a new owner where the account names its owner; make a new secret beside the old one, move the "
            "workload, then switch the old one off."
        ),
        explained=(
            "Somebody active owns it and every secret that works is newer than the departure; or all of it is seen "
            "dead."
        ),
    )
    ends = (*NOT_A_LEAVERS, account_gone, all_dead, _their_own, _owned_anew, unlinked)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account that a leaver owns and that lacks a new owner or new secrets."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.OWNS):
            taken = whole(linked)
            wanting = tuple(_wanting(linked, leaver.departure))
            if taken.open and wanting:
                yield _finding(self, leaver, linked, _as_far_as_known(linked, taken, leaver.departure), wanting)


def _wanting(linked: LinkedAccount, departure: Departure) -> Iterator[str]:
    if not linked.active_owner:
        yield say("Nobody who works here is known to own it.")
    yield from known_secrets(linked, departure.certain_at, say("the leaver"))


def _as_far_as_known(linked: LinkedAccount, taken: AccessPath, departure: Departure) -> AccessPath:
    """Return the account as UNKNOWN where it has an owner and no secret is known to work and to be old."""
    return as_far_as_known(linked, taken, departure.certain_at) if linked.active_owner else taken


def _finding(
    rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: AccessPath, wanting: tuple[str, ...]
) -> Finding:
    made = finding(rule, case, linked, taken, steps=_steps(case, linked))
    return replace(made, evidence=(*made.evidence, *wanting))


def _steps(case: LeaverCase, linked: LinkedAccount) -> tuple[Step, ...]:
    return (
        say("Find a new owner, and write them where the account names its owner: its tag, or its entry's manager."),
        say("Don't switch it off: a workload may run with it."),
        *to_do(Remedy.REPLACE, linked, *open_paths(linked)),
        say("Undo: while the old secret is still there, the workload can be given it back."),
        not_theirs(linked.source, linked.account, case.worker_id),
    )


RULE = LeaverOwnedServiceAccount()
