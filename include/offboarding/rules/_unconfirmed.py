"""A departure that waits for somebody's word: one finding about the person, none about what is theirs."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Effect, Finding, LeaverCase, Standing, Subject, SubjectKind
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import ended


def unconfirmed(rule: Rule, case: Case, as_of: datetime, *, why: str, steps: tuple[str, ...]) -> Iterator[Finding]:
    """Yield that this departure needs a word, once it's over everywhere. `why` says what makes it doubtful.

    The subject bears the person's own id, which outlives every change of HR's number.
    """
    if not isinstance(case, LeaverCase) or case.returned:
        return
    departure = case.departure
    if departure.confirmed or departure.basis is not rule.confirms or departure.certain_at > as_of:
        return
    text = f"{departure.roster} says: {departure.told}." if departure.told else f"{departure.roster} says no more."
    yield Finding(
        rule=rule.id,
        realm="",
        subject=Subject(kind=SubjectKind.WORKER, native_id=case.person_uid, label=f"worker {case.worker_id}"),
        person_uid=case.person_uid,
        episode=case.episode,
        standing=Standing.WORKS,
        standing_reason=f"nobody has confirmed the departure {ended(departure)}",
        effect=Effect.UNKNOWN,
        severity=rule.default_severity,
        privileged=False,
        relation=None,
        used_after_departure=None,
        last_used_at=None,
        evidence=(text, why, "Nothing of theirs is judged until it's confirmed."),
        revoke=steps,
    )
