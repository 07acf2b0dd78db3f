"""Somebody vanished from a feed that lists everyone, leavers too: it should have said that they left."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Basis, Case, Finding, RuleWords, Severity, TicketKind
from offboarding.rules._closings import word_given
from offboarding.rules._controls import REVIEW
from offboarding.rules._rule import Rule
from offboarding.rules._unconfirmed import RECORD_GONE, RECORD_GONE_STEPS, unconfirmed


class DepartureInferred(Rule):
    """One a person, where the roster's coverage is full. To vanish from a feed of active people counts by itself."""

    id = "departure-inferred"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.CONFIRM
    confirms = Basis.INFERRED
    words = RuleWords(
        what=(
            "Somebody stood in an earlier complete read of a roster that lists everyone, and not in a later one. One "
            "a person, about the person alone. To vanish from a roster of active people is how that feed tells a "
            "departure, and counts by itself."
        ),
        why="Feeds drop leavers without a word; they drop people by mistake, too.",
        closes="HR puts the record back, as gone (then the person counts as a leaver) or as active.",
        runbook="Ask HR why the record is gone.",
        explained="HR puts the record back, as gone (then they count as a leaver) or as active.",
    )
    ends = (word_given,)

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that somebody vanished, and nobody confirmed that they left."""
        return unconfirmed(self, case, as_of, why=RECORD_GONE, steps=RECORD_GONE_STEPS)


RULE = DepartureInferred()
