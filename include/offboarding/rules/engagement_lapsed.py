"""A contract's planned end has passed, and nobody said whether the person left."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Basis, Case, Finding, RuleWords, Severity, TicketKind, say
from offboarding.rules._closings import word_given
from offboarding.rules._controls import REVIEW
from offboarding.rules._rule import Rule
from offboarding.rules._unconfirmed import unconfirmed

_WHY = say("A contract's end is a plan, and plans get extended.")
_STEPS = (
    say("Ask the manager or HR whether the engagement ended."),
    say("It ended: HR enters it as done (status and last working day). The next run counts the person as a leaver."),
    say("It was extended: HR enters the new end. The next run closes this."),
)


class EngagementLapsed(Rule):
    """One a person; nothing of theirs is judged by a plan."""

    id = "engagement-lapsed"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.CONFIRM
    confirms = Basis.PLANNED
    words = RuleWords(
        what=(
            "A contract's planned end has passed, and nobody said whether the person left. One a person, about the "
            "person alone."
        ),
        why="Ends of contracts are plans, and plans get extended: revoking by them stops people at work.",
        closes="HR says that it ended (then the person counts as a leaver), or enters a new end.",
        runbook="Ask the manager or HR; the answer goes into the roster.",
        explained="HR says that it ended (then they count as a leaver), or enters a new end.",
    )
    ends = (word_given,)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a planned end has passed without a word."""
        return unconfirmed(self, case, as_of, why=_WHY, steps=_STEPS)


RULE = EngagementLapsed()
