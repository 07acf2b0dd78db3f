"""Somebody used a leaver's account or credential after the departure: an event, whatever works now."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from offboarding.model import (
    AccountCase,
    Basis,
    Case,
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
from offboarding.rules._access_paths import AccessPath, access_paths
from offboarding.rules._cases import leavers_accounts
from offboarding.rules._closings import NOT_A_LEAVERS
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._deciding import VERDICT
from offboarding.rules._findings import closing_steps, finding, to_do
from offboarding.rules._rivals import claimants, without_rivals
from offboarding.rules._rule import Rule
from offboarding.rules._use import used_after


def _used_before(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """They left later than was told, and after it was used."""
    del as_of
    # A notice's moment may be the truer one: then a person says what it was.
    if silent.basis == Basis.NOTICE or not silent.departure_moved or not silent.departure_day:
        return None
    certain_at, used_at = silent.departure_certain_at, silent.last_used_at
    before = certain_at is not None and used_at is not None and certain_at >= used_at
    return Resolved(resolution=Resolution.USED_BEFORE, moment=silent.departure_day) if before else None


class UsedAfterDeparture(Rule):
    """Critical where HR or a person said that they left, high where that is only inferred.

    A stamp that may move without a logon, or the departure's own day, never makes one: that is told in the evidence of
    what still works. A colleague's claim on the account doesn't unmake one: both are named. The standing is the thing's
    own, DEAD included, and being contained makes it no smaller. Only a person's verdict closes it.
    """

    id = "used-after-departure"
    default_severity = Severity.CRITICAL
    controls = LEAVER_ACCESS
    ticket = TicketKind.EVENT
    words = RuleWords(
        what=(
            "A leaver's own login or credential was used after the departure. It's an event: it stays whatever works "
            "now. A disputed account's, too, where the leaver's own evidence would link it by itself: then all who "
            "may hold it are named."
        ),
        why="It is the incident itself, or a job that nobody knew ran with it. Both need a person.",
        graded=(
            " where HR or a person said that they left; high where that is inferred. Being contained makes it no "
            "smaller."
        ),
        closes=(
            "A person gave a verdict with a reason (`verdict`), HR moved the departure past the use, or there is none "
            "any more; never because what was used was shut."
        ),
        runbook=(
            "Keep the traces first (they may expire), ask the former team whether a job of theirs runs with it, "
            "shut what is still open, then say what it was."
        ),
    )
    ends = (*NOT_A_LEAVERS, _used_before)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each own login and each credential of a leaver's that was used when they were gone for certain."""
        named = tuple(claimants(case.suspects)) if isinstance(case, AccountCase) else ()
        for leaver, linked in leavers_accounts(without_rivals(case, as_of) or case, as_of, Relation.IS):
            for path in access_paths(linked):
                if used_after(path, leaver.departure):
                    found = _event(self, leaver, linked, path)
                    yield replace(found, evidence=(*named, *found.evidence)) if named else found


def _event(rule: Rule, case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> Finding:
    certain = case.departure.basis in (Basis.ACTUAL, Basis.NOTICE)
    severity = rule.default_severity if certain else Severity.HIGH
    return replace(finding(rule, case, linked, path, steps=_steps(case, linked, path)), severity=severity)


def _steps(case: LeaverCase, linked: LinkedAccount, path: AccessPath) -> tuple[Step, ...]:
    return (
        *to_do(Remedy.KEEP_TRACES, linked, path),
        say("Ask the leaver's former team whether a job of theirs runs with it."),
        *(closing_steps(case, linked, path) if path.open else ()),
        VERDICT,
    )


RULE = UsedAfterDeparture()
