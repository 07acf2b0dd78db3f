"""Somebody left, came back, and an account of the former employment still works beside the present one."""

from collections.abc import Iterator
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
    TicketKind,
    TicketWords,
    say,
)
from offboarding.rules._access_paths import AccessPath, open_paths, whole
from offboarding.rules._cases import departed_accounts
from offboarding.rules._closings import account_gone, all_dead, anothers, rejected, revoked, unlinked
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._findings import closing_steps, finding
from offboarding.rules._rule import Rule


def _not_back(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """They left again, or had never left."""
    del as_of
    if silent.gone:
        return Resolved(resolution=Resolution.LEFT_AGAIN)
    return None if silent.returned else Resolved(resolution=Resolution.WITHDRAWN, reason=silent.ended)


def _own_now(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """It bears something of the present employment."""
    del as_of
    own = silent.account_fresh and silent.linked_to_present
    return Resolved(resolution=Resolution.OWN_NOW) if own else None


class RehireOldAccount(Rule):
    """One finding an account, whatever it's entered by; high where it's privileged.

    The account of the present employment is theirs by right, and never meant.
    """

    id = "rehire-old-account"
    default_severity = Severity.MEDIUM
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    words = RuleWords(
        what=(
            "Somebody left and came back, and an account of the former employment is open beside the present one. One"
            " finding an account, whatever it's entered by."
        ),
        why="Nobody thinks of it: the person works here, so the account looks right.",
        graded="; high where it's privileged",
        closes=(
            "Every way into it has been seen dead, or it bears the present employment's number, mail or login and so "
            "is their own."
        ),
        runbook=(
            "The steps of each way in that is open. A use since the old departure says nothing: they work here now."
        ),
        explained="Every way into it is seen dead, or it bears the present employment's number, mail or login.",
    )
    ends = (rejected, anothers, revoked, _not_back, account_gone, all_dead, _own_now, unlinked)
    alone = TicketWords(title="Revoke old accounts of worker {worker}{left}", left="works here again")

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account of somebody who came back that isn't their present one, and is open."""
        if not isinstance(case, LeaverCase) or not case.returned:
            return
        for linked in departed_accounts(case, as_of, Relation.IS):
            taken = whole(linked)
            # Whoever gave a list knows of whom it names that they work here again.
            if not linked.own_now and taken.open and not linked.account.attested_at:
                yield _finding(self, case, linked, taken)


def _finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: AccessPath) -> Finding:
    made = finding(
        rule,
        case,
        linked,
        taken,
        steps=closing_steps(case, linked, *open_paths(linked)),
        severity=Severity.HIGH if linked.account.privileged is True else None,
    )
    back = say(
        "Worker {worker} works here again, and it bears nothing of the present employment.", worker=case.worker_id
    )
    # They work here now, so a use since the old departure says nothing.
    return replace(made, evidence=(*made.evidence, back), used_after_departure=None)


RULE = RehireOldAccount()
