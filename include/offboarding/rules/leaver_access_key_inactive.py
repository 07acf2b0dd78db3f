"""A leaver's access key is inactive, and whoever may can switch it on again: it should be deleted."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import INACTIVE, inactive_credentials
from offboarding.rules._rule import Rule


class LeaverAccessKeyInactive(Rule):
    """A standing finding about something DEAD. It's listed, and neither opens a ticket nor holds one open."""

    id = "leaver-access-key-inactive"
    default_severity = Severity.LOW
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    words = RuleWords(
        what="An access key of a leaver's that is inactive, and can be switched on again.",
        why="Whoever may edit the user can switch it on, and the leaver still has the secret.",
        closes=(
            "It's deleted. It's listed on a ticket that exists, and neither opens one nor holds it open. A key that "
            "was inactive when last read, and wasn't read this time, can't be told here, and under "
            "`leaver-access-key` too."
        ),
        runbook="Delete it. It can't be undone: whoever needs a key gets a new one.",
        explained="The key is deleted. It's listed, and holds no ticket open.",
    )
    ends = INACTIVE

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each access key of a leaver's that is off and can be switched on."""
        return inactive_credentials(self, case, as_of, SubjectKind.ACCESS_KEY)


RULE = LeaverAccessKeyInactive()
