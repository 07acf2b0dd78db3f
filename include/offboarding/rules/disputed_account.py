"""An account that a leaver and somebody else may both hold: a person must say whose it is."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, LinkDecision, RuleWords, Severity, TicketKind
from offboarding.rules._closings import UNCLAIMED
from offboarding.rules._controls import REVIEW
from offboarding.rules._rule import Rule
from offboarding.rules._unclaimed import unclaimed


class DisputedAccount(Rule):
    """Concerns disputes with a leaver among them; high where it's privileged or was made after the departure."""

    id = "disputed-account"
    default_severity = Severity.MEDIUM
    controls = REVIEW
    ticket = TicketKind.REVIEW
    words = RuleWords(
        what="An account that a leaver and somebody else may both hold. Disputes without a leaver make no finding.",
        why="The evidence may have been edited by the one who left, so an active claimant doesn't clear it.",
        graded=(
            "; high where it's privileged or was made after the departure. Where the leaver's own evidence would link"
            " it by itself, it has the severity and the due time of what would be found were it theirs alone, as "
            "policy has them: a claim makes nothing smaller, and nothing later"
        ),
        closes=(
            "A person decided whose it is (`link confirm` or `link reject`), or every way into it has been seen dead."
        ),
        runbook=(
            "As `probable-account`; every claimant's evidence is in the finding, under worker ids. The finding names "
            "the likeliest leaver."
        ),
    )
    ends = UNCLAIMED

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield the account where any way into it is open, or can't be told."""
        return unclaimed(self, case, as_of, LinkDecision.DISPUTED)


RULE = DisputedAccount()
