"""HR says that somebody left, and that they work here: nothing of theirs is judged until somebody says which it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    Case,
    Control,
    Effect,
    Finding,
    HiddenCase,
    HiddenDeparture,
    Joined,
    Severity,
    Standing,
    Subject,
    SubjectKind,
)
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._sentences import ended

_JOINED = {
    Joined.RECORD: "Both stand under one number.",
    Joined.NUMBER: "They are one person by a number that both records bear, or bore.",
    Joined.MAIL_AND_LOGIN: "They are taken for one person by the same present mail and login, and by nothing else.",
}


class DepartureHidden:
    """One a person; high where a further record of the same roster does it, which is how a leaver would be hidden."""

    id: ClassVar[str] = "departure-hidden"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that an employment goes on beside one that has ended."""
        if not isinstance(case, HiddenCase):
            return
        over = [each for each in case.departures if each.departure.certain_at <= as_of]
        if over:
            yield self._finding(case, over)

    def _finding(self, case: HiddenCase, over: list[HiddenDeparture]) -> Finding:
        return Finding(
            rule=self.id,
            realm="",
            subject=Subject(kind=SubjectKind.WORKER, native_id=case.person_uid, label=f"worker {case.worker_id}"),
            person_uid=case.person_uid,
            episode=case.episode,
            standing=Standing.WORKS,
            standing_reason=f"nobody has said whether the departure {ended(over[0].departure)} is one",
            effect=Effect.UNKNOWN,
            severity=Severity.HIGH if any(map(_is_further, over)) else self.default_severity,
            privileged=False,
            relation=None,
            used_after_departure=None,
            last_used_at=None,
            evidence=(*dict.fromkeys(text for each in over for text in _told(each)), "Nothing of theirs is judged."),
            revoke=_steps(over[0]),
        )


def _is_further(hidden: HiddenDeparture) -> bool:
    return hidden.joined_by is not Joined.RECORD and hidden.here_roster == hidden.departure.roster


def _told(hidden: HiddenDeparture) -> Iterator[str]:
    yield f"{hidden.departure.roster} says of worker {hidden.worker}: {hidden.departure.told}."
    yield f"{hidden.here_roster} says of worker {hidden.here_worker}: {hidden.here_told}."
    yield _JOINED[hidden.joined_by]


def _steps(hidden: HiddenDeparture) -> tuple[str, ...]:
    worker = hidden.worker
    return (
        f"Ask HR, not the person: did worker {worker} leave, and who entered {hidden.here_worker}, and when?",
        (
            "They left: have HR take out the other record, and say so. The next run counts them as a leaver:\n"
            f'python -m include.offboarding departure confirm {worker} --reason "..." --author "..."'
        ),
        (
            "They work here (several employments, a number that was changed): say so, and it isn't asked again:\n"
            f'python -m include.offboarding departure deny {worker} --reason "..." --author "..."'
        ),
        "Two people who share mail and login: have HR give each their own; they are told apart from then on.",
    )


RULE: Rule = DepartureHidden()
