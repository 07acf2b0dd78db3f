"""A workload's account whose owner left: it needs a new owner, and secrets that the leaver never saw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    Case,
    Control,
    Departure,
    Finding,
    LeaverCase,
    LinkedAccount,
    Relation,
    Severity,
    Standing,
)
from include.offboarding.rules._cases import leavers_accounts
from include.offboarding.rules._controls import SHARED_SECRET
from include.offboarding.rules._findings import finding
from include.offboarding.rules._runbooks import not_theirs, runbook
from include.offboarding.rules._sentences import at
from include.offboarding.rules._ways import Way, open_ways, ways_in, whole


class LeaverOwnedServiceAccount:
    """Open while it works, until somebody active owns it *and* every secret that works is newer than the departure."""

    id: ClassVar[str] = "leaver-owned-service-account"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = SHARED_SECRET

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account that a leaver owns and that lacks a new owner or new secrets."""
        for leaver, linked in leavers_accounts(case, as_of, Relation.OWNS):
            taken = whole(linked)
            wanting = tuple(_wanting(linked, leaver.departure))
            if taken.open and wanting:
                yield _finding(self, leaver, linked, _as_far_as_known(linked, taken, leaver.departure), wanting)


def _wanting(linked: LinkedAccount, departure: Departure) -> Iterator[str]:
    if not linked.active_owner:
        yield "Nobody who works here is known to own it."
    for way in open_ways(linked):
        if way.set_at is None:
            yield f"Not checked when the secret of {way.subject.label} was last changed."
        elif way.set_at <= departure.certain_at:
            yield f"The secret of {way.subject.label} dates from {at(way.set_at)}, when the leaver could know it."


def _as_far_as_known(linked: LinkedAccount, taken: Way, departure: Departure) -> Way:
    """Return the account as UNKNOWN where it has an owner and no secret is known to work and to be old."""
    old = (way.set_at is not None and way.set_at <= departure.certain_at for way in _working(linked))
    if taken.standing is not Standing.WORKS or not linked.active_owner or any(old):
        return taken
    return replace(taken, standing=Standing.UNKNOWN, reason=f"it isn't known that its secrets are new ({taken.reason})")


def _working(linked: LinkedAccount) -> Iterator[Way]:
    return (way for way in ways_in(linked) if way.standing is Standing.WORKS)


def _finding(rule: Rule, case: LeaverCase, linked: LinkedAccount, taken: Way, wanting: tuple[str, ...]) -> Finding:
    made = finding(rule, case, linked, taken, steps=_steps(case, linked))
    return replace(made, evidence=(*made.evidence, *wanting))


def _steps(case: LeaverCase, linked: LinkedAccount) -> tuple[str, ...]:
    book = runbook(linked.source_kind)
    replaced = (step for way in open_ways(linked) for step in book.replace(linked.account, way.subject))
    return (
        "Find a new owner, and write them where the account names its owner: its tag, or its entry's manager.",
        "Don't switch it off: a workload runs with it.",
        *dict.fromkeys(replaced),
        "Undo: while the old secret is still there, the workload can be given it back.",
        not_theirs(linked.source, linked.account, case.worker_id),
    )


RULE: Rule = LeaverOwnedServiceAccount()
