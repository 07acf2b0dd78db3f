"""An account was a leaver's until shortly before the departure, or after it, and isn't now. Nobody decided that."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    Case,
    Control,
    Finding,
    LeaverCase,
    LinkDecision,
    MovedLink,
    Severity,
    SubjectKind,
)
from include.offboarding.rules._cases import leaver
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._evidence import of_thing
from include.offboarding.rules._findings import deciding_steps, finding_on
from include.offboarding.rules._sentences import at
from include.offboarding.rules._ways import Way, whole

_NOW = {
    LinkDecision.LINKED: "Now it's linked otherwise: to somebody else, or to an owner as a workload's.",
    LinkDecision.DISPUTED: "Now several people may hold it.",
    LinkDecision.PROBABLE: "Now it's only probably somebody's.",
    LinkDecision.CANDIDATE: "Now too little is left to say whose it is.",
    LinkDecision.ORPHAN: "Now nobody claims it.",
}


class LinkMoved:
    """High where it's privileged. A root user's address is changed on purpose, and never meant."""

    id: ClassVar[str] = "link-moved"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account whose link moved and that is open, or of which that can't be told."""
        gone = leaver(case, as_of)
        for moved in gone.moved if gone else ():
            taken = whole(moved)
            if gone and taken.open and moved.account.kind is SubjectKind.ACCOUNT:
                yield _finding(self, gone, moved, taken)


def _finding(rule: Rule, case: LeaverCase, moved: MovedLink, taken: Way) -> Finding:
    when = "after" if moved.linked_until > case.departure.left_at else "before"
    until = f"It was theirs until {at(moved.linked_until)}, {when} the departure"
    return finding_on(
        rule,
        case,
        moved.account,
        taken,
        relation=None,
        evidence=(
            f"{until}: {'; '.join(moved.evidence) or 'no evidence left'}.",
            _NOW[moved.decision],
            *of_thing(case, moved.account, taken),
        ),
        steps=deciding_steps(
            moved,
            case.worker_id,
            f"Find out who changed what it was linked by, and why: ask HR and the owners of {moved.source}.",
        ),
        severity=Severity.HIGH if moved.account.privileged is True else None,
    )


RULE: Rule = LinkMoved()
