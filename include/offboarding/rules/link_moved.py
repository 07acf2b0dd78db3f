"""An account says otherwise of itself than when somebody's link to it stood, or was a leaver's and isn't now. Nobody
decided that.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    AccountCase,
    Case,
    Control,
    Finding,
    LeaverCase,
    LinkDecision,
    MovedLink,
    Relation,
    Severity,
    SubjectKind,
    Suspect,
)
from include.offboarding.rules._cases import leaver
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._deciding import not_theirs, theirs
from include.offboarding.rules._evidence import of_thing, powers, works
from include.offboarding.rules._findings import deciding_steps, eased, finding_on
from include.offboarding.rules._rivals import claimants
from include.offboarding.rules._secrets import as_far_as_known, known_secrets
from include.offboarding.rules._sentences import at
from include.offboarding.rules._use import used_after
from include.offboarding.rules._ways import Way, whole

_NOW = {
    LinkDecision.LINKED: "Now it's linked otherwise: to somebody else, or to an owner as a workload's.",
    LinkDecision.DISPUTED: "Now several people may hold it.",
    LinkDecision.PROBABLE: "Now it's only probably somebody's.",
    LinkDecision.CANDIDATE: "Now too little is left to say whose it is.",
    LinkDecision.ORPHAN: "Now nobody claims it.",
}


class LinkMoved:
    """High where the holder keeps it, at work or not, or where it's privileged. A root user's address is changed on
    purpose, and never meant.
    """

    id: ClassVar[str] = "link-moved"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each account whose link moved and that is open, or of which that can't be told."""
        gone = leaver(case, as_of)
        for moved in gone.moved if gone else ():
            taken = _taken(moved)
            if gone and taken and taken.open and moved.account.kind is SubjectKind.ACCOUNT:
                yield _finding(self, gone, moved, taken)
        if isinstance(case, AccountCase) and case.held_since and whole(case).open:
            yield _held(self, case, case.held_since, whole(case))


def _taken(moved: MovedLink) -> Way | None:
    """Return the account as one; None for what they owned where each secret is newer than that."""
    taken = whole(moved)
    if moved.relation is Relation.IS:
        return taken
    known = any(known_secrets(moved, moved.linked_until, "they"))
    return as_far_as_known(moved, taken, moved.linked_until) if known else None


def _finding(rule: Rule, case: LeaverCase, moved: MovedLink, taken: Way) -> Finding:
    when = "after" if moved.linked_until > case.departure.left_at else "before"
    whose = "They owned it" if moved.relation is Relation.OWNS else "It was theirs"
    until = f"{whose} until {at(moved.linked_until)}, {when} the departure"
    return finding_on(
        rule,
        case,
        moved.account,
        taken,
        relation=moved.relation if moved.relation is Relation.OWNS else None,
        evidence=(
            f"{until}: {'; '.join(moved.evidence) or 'no evidence left'}.",
            _NOW[moved.decision],
            *(known_secrets(moved, moved.linked_until, "they") if moved.relation is Relation.OWNS else ()),
            *of_thing(case, moved.account, taken),
        ),
        steps=deciding_steps(
            moved,
            case.worker_id,
            f"Find out who changed what it was linked by, and why: ask HR and the owners of {moved.source}.",
        ),
        severity=Severity.HIGH if moved.account.privileged is True else None,
    )


def _held(rule: Rule, case: AccountCase, since: datetime, taken: Way) -> Finding:
    holder, *others = case.suspects
    return Finding(
        rule=rule.id,
        realm=case.account.realm,
        subject=taken.subject,
        person_uid=holder.person_uid,
        episode=case.episode,
        standing=taken.standing,
        standing_reason=taken.reason,
        effect=taken.effect,
        severity=eased(Severity.HIGH, taken.effect),
        privileged=case.account.privileged is True,
        relation=None,
        used_after_departure=used_after(taken, holder.departure) if holder.departure else None,
        last_used_at=taken.last_used_at,
        evidence=tuple(_held_by_what(case, since, holder, tuple(others), taken)),
        revoke=_held_steps(case, holder, others),
    )


def _held_by_what(
    case: AccountCase, since: datetime, holder: Suspect, others: tuple[Suspect, ...], taken: Way
) -> Iterator[str]:
    yield f"What it says of itself changed; first seen {at(since)}. By what it said before:"
    yield from claimants((holder,))
    yield "By what it says now:" if others else "By what it says now it's nobody's."
    yield from claimants(others)
    yield f"It stays worker {holder.worker_id}'s until a person decides whose it is, or HR says what explains it."
    yield works(taken)
    yield from powers(case.account, taken)


def _held_steps(case: AccountCase, holder: Suspect, others: list[Suspect]) -> tuple[str, ...]:
    return (
        f"Find out who changed it, and why: ask worker {holder.worker_id}'s manager and the owners of {case.source}.",
        f"Worker {holder.worker_id}'s? {theirs(case.source, case.account, holder.worker_id)}",
        *(f"Worker {each.worker_id}'s? {theirs(case.source, case.account, each.worker_id)}" for each in others),
        not_theirs(case.source, case.account, holder.worker_id),
    )


RULE: Rule = LinkMoved()
