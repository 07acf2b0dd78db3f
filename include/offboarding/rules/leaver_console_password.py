"""A leaver still has a password for a cloud's console."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._closings import CREDENTIAL
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import open_credentials
from offboarding.rules._rule import Rule


class LeaverConsolePassword(Rule):
    """Concerns passwords that are a credential of their own, beside others, on an account."""

    id = "leaver-console-password"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what="A password for a cloud's console on a leaver's account.",
        why="It works from any browser, and closing the directory account doesn't touch it.",
        closes="A live read has seen that there is none.",
        runbook="Take it away. Undo: a new password. An open console session may live up to 12 hours more.",
    )
    ends = CREDENTIAL

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each console password of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.CONSOLE_PASSWORD)


RULE = LeaverConsolePassword()
