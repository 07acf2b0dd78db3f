"""A departure that waits for somebody's word: one finding about the person, none about what is theirs."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Case,
    Effect,
    Finding,
    HiddenCase,
    LeaverCase,
    Severity,
    Standing,
    Step,
    Subject,
    SubjectKind,
    say,
)
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import ended

RECORD_GONE = say(
    "They stood in an earlier complete read of this roster and not in a later one; it lists leavers, so it's odd."
)
RECORD_GONE_STEPS: tuple[Step, ...] = (
    say("Ask HR why the record is gone."),
    say("They left: HR puts the record back with its last working day. The next run counts the person as a leaver."),
    say("They didn't: HR puts the record back as active. The next run closes this."),
)
"""Of somebody who is no longer listed by a roster that lists everyone."""


def unconfirmed(rule: Rule, case: Case, as_of: datetime, *, why: str, steps: tuple[Step, ...]) -> Iterator[Finding]:
    """Yield that this departure needs a word, once it's over everywhere. `why` says what makes it doubtful.

    The subject bears the person's own id, which outlives every change of HR's number.
    """
    if not isinstance(case, LeaverCase) or case.returned:
        return
    departure = case.departure
    if departure.confirmed or departure.basis is not rule.confirms or departure.certain_at > as_of:
        return
    text = say("{roster} says no more.", roster=departure.roster)
    if departure.told:
        text = say("{roster} says: {told}.", roster=departure.roster, told=departure.told)
    reason = say("nobody has confirmed the departure {ended}", ended=ended(departure))
    evidence = (text, why, say("Nothing of theirs is judged until it's confirmed."))
    yield departure_finding(rule, case, rule.default_severity, reason, evidence, steps)


def departure_finding(
    rule: Rule,
    case: LeaverCase | HiddenCase,
    severity: Severity,
    reason: str,
    evidence: tuple[str, ...],
    steps: tuple[Step, ...],
) -> Finding:
    """A finding about a departure itself."""
    return Finding(
        rule=rule.id,
        realm="",
        subject=Subject(kind=SubjectKind.WORKER, native_id=case.person_uid, label=f"worker {case.worker_id}"),
        person_uid=case.person_uid,
        episode=case.episode,
        standing=Standing.WORKS,
        standing_reason=reason,
        effect=Effect.UNKNOWN,
        severity=severity,
        privileged=False,
        relation=None,
        used_after_departure=None,
        last_used_at=None,
        evidence=evidence,
        revoke=steps,
    )
