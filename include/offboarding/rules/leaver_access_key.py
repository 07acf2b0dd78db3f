"""A leaver's access key is still active."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._closings import CREDENTIAL
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import open_credentials
from offboarding.rules._rule import Rule


class LeaverAccessKey(Rule):
    """An inactive key is dead: `leaver-access-key-inactive` lists it."""

    id = "leaver-access-key"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what="An access key on a leaver's account that is active, or of which that can't be told.",
        why="Keys are copied to laptops, scripts and build systems; they need no MFA, and no console login.",
        closes=(
            "A live read has seen it inactive or gone. Sessions made with it may outlive it by up to 36 hours; their "
            "latest end is told."
        ),
        runbook=(
            "Switch it off; undone by switching it on. Where a service used it after the departure, a job may "
            "run with it: the ticket warns, and the job is moved first."
        ),
    )
    ends = CREDENTIAL

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each access key of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.ACCESS_KEY)


RULE = LeaverAccessKey()
