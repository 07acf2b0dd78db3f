"""An account that is probably a leaver's: too little for a link, too much to keep silent about."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, LinkDecision, RuleWords, Severity, TicketKind
from offboarding.rules._closings import UNCLAIMED
from offboarding.rules._controls import REVIEW
from offboarding.rules._rule import Rule
from offboarding.rules._unclaimed import unclaimed


class ProbableAccount(Rule):
    """High where it's privileged or was made after the departure; then it looks like a back door."""

    id = "probable-account"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.REVIEW
    words = RuleWords(
        what=(
            "An account that is probably a leaver's: too little for a link, and nobody active near it. It's open, or "
            "that can't be told."
        ),
        why="No miss may be silent. One that was made after the departure looks like a back door.",
        graded="; high where it's privileged or was made after the departure",
        closes=(
            "A person decided whose it is (`link confirm` or `link reject`), or every way into it has been seen dead."
        ),
        runbook=(
            "Ask its creator, its system's owner and the leaver's manager; decide; it can be shut before that where "
            "nobody would miss it."
        ),
    )
    ends = UNCLAIMED

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield the account where any way into it is open, or can't be told."""
        return unclaimed(self, case, as_of, LinkDecision.PROBABLE)


RULE = ProbableAccount()
