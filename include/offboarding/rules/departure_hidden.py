"""HR says that somebody left, and that they work here: nothing of theirs is judged until somebody says which it is."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import (
    Basis,
    Case,
    DecisionStep,
    Finding,
    HiddenCase,
    HiddenDeparture,
    Joined,
    Resolution,
    Resolved,
    RuleWords,
    Severity,
    SilentThing,
    Step,
    TicketKind,
    say,
)
from offboarding.rules._controls import REVIEW
from offboarding.rules._rule import Rule
from offboarding.rules._sentences import ended
from offboarding.rules._unconfirmed import RECORD_GONE, RECORD_GONE_STEPS, departure_finding

_JOINED = {
    Joined.RECORD: say("Both stand under one number."),
    Joined.NUMBER: say("They are one person by a number that both records bear, or bore."),
    Joined.MAIL_AND_LOGIN: say(
        "They are taken for one person by the same present mail and login, and by nothing else."
    ),
}


def _settled(silent: SilentThing, as_of: datetime) -> Resolved | None:
    """HR, or a person, says clearly whether they left."""
    del as_of
    if silent.same_as is not None:
        return Resolved(resolution=Resolution.SAME_PERSON, worker=silent.same_as)
    if silent.gone:
        return Resolved(resolution=Resolution.LEFT_AFTER_ALL)
    if silent.denied_by is not None:
        return Resolved(resolution=Resolution.SAID_TO_WORK_HERE, author=silent.denied_by)
    return Resolved(resolution=Resolution.ONE_RECORD)


class DepartureHidden(Rule):
    """One a person; high where a further record of the same roster does it, which is how a leaver would be hidden."""

    id = "departure-hidden"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.CONFIRM
    words = RuleWords(
        what=(
            "HR says that somebody left, and that they work here: one employment has ended while another goes on that"
            " began before that end. By one record or by two, in one roster or in several: two records are one person"
            " by a number (a previous one counts once its own record is gone or listed as left, and if the other record"
            " came with it), or by the same present mail and login. One a person, about the person alone. An employment"
            " that begins on the last day or later is a next contract or a rehire, and no contradiction; so is one "
            "that began about when somebody vanished from a feed. A record of somebody at work that is no longer "
            "listed, because HR names its number as another one's previous number or put another in its place in the"
            " same read, is nobody's departure. A record that HR lists as left is one, even where the other names its"
            " number: such a row would hide a leaver as well as any other. Somebody who is away (suspended, say) and"
            " whose record is no longer listed may have left, too. An employment whose end a person denied "
            "continues until the denial expires."
        ),
        why=(
            "Who works here is no leaver, so a second row beside a leaver's hides all of theirs. It's a feed's "
            "mistake, or somebody's doing; or a person has several employments, and one of them ended."
        ),
        graded=", and high where a further record of the same roster does it",
        closes=(
            "A person says which it is (`departure confirm`: they left, and the next run counts them as a leaver; "
            "`departure deny`: they work here, which counts for good, about that end), or HR no longer says both."
        ),
        runbook="Ask HR whether they left, and who entered the other record and when.",
        explained="A person says whether they left (departure confirm, departure deny), or HR no longer says both.",
    )
    ends = (_settled,)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that an employment goes on beside one that has ended."""
        if not isinstance(case, HiddenCase):
            return
        over = [each for each in case.departures if each.departure.certain_at <= as_of]
        if over:
            yield self._finding(case, over)

    def _finding(self, case: HiddenCase, over: list[HiddenDeparture]) -> Finding:
        severity = Severity.HIGH if any(map(_is_further, over)) else self.default_severity
        reason = say("nobody has said whether the departure {ended} is one", ended=ended(over[0].departure))
        evidence = (
            *dict.fromkeys(text for each in over for text in _said(each)),
            say("As long as nobody says, they count as no leaver."),
        )
        return departure_finding(self, case, severity, reason, evidence, _steps(over[0]))


def _is_further(hidden: HiddenDeparture) -> bool:
    return hidden.joined_by is not Joined.RECORD and hidden.here_roster == hidden.departure.roster


def _said(hidden: HiddenDeparture) -> Iterator[str]:
    yield say(
        "{roster} says of worker {worker}: {told}.",
        roster=hidden.departure.roster,
        worker=hidden.worker,
        told=hidden.departure.told,
    )
    yield say(
        "{here_roster} says of worker {here}: {here_told}.",
        here_roster=hidden.here_roster,
        here=hidden.here_worker,
        here_told=hidden.here_told,
    )
    yield RECORD_GONE if _is_gone_while_away(hidden) else _JOINED[hidden.joined_by]


def _is_gone_while_away(hidden: HiddenDeparture) -> bool:
    """One record that no feed lists any more: nothing of it goes on but what lets them in nowhere."""
    return hidden.joined_by is Joined.RECORD and hidden.departure.basis is Basis.INFERRED


def _steps(hidden: HiddenDeparture) -> tuple[Step, ...]:
    worker = hidden.worker
    if _is_gone_while_away(hidden):
        return RECORD_GONE_STEPS
    return (
        say(
            "Ask HR, not the person: did worker {worker} leave, and who entered {here}, and when?",
            worker=worker,
            here=hidden.here_worker,
        ),
        DecisionStep(
            asks=say("They left: have HR take out the other record, and say so. The next run counts them as a leaver"),
            decision="departure confirm",
            fields=(("departure", worker),),
        ),
        DecisionStep(
            asks=say(
                "They work here (several employments, a number that was changed): say so, and it isn't asked again"
            ),
            decision="departure deny",
            fields=(("departure", worker),),
        ),
        say("Two people who share mail and login: have HR give each their own; they are told apart from then on."),
    )


RULE = DepartureHidden()
