"""A leaver's password or API key for one service of a cloud still works."""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Case, Finding, RuleWords, Severity, SubjectKind, TicketKind
from offboarding.rules._closings import CREDENTIAL
from offboarding.rules._controls import LEAVER_ACCESS
from offboarding.rules._credentials import open_credentials
from offboarding.rules._rule import Rule


class LeaverServiceCredential(Rule):
    """Concerns passwords and long-lived API keys by which one service of a cloud lets people in.

    An inactive one is dead: `leaver-credential-inactive` lists it.
    """

    id = "leaver-service-credential"
    default_severity = Severity.HIGH
    controls = LEAVER_ACCESS
    ticket = TicketKind.REVOKE
    while_away = True
    words = RuleWords(
        what="A leaver's password or long-lived API key for one service of a cloud, such as its Git or a database.",
        why="It's no access key, so whoever looks at access keys alone misses it. Some never end.",
        closes=(
            "A live read has seen it inactive, expired or gone. An inactive one is listed by "
            "`leaver-credential-inactive`."
        ),
        runbook="Switch it off; undone by switching it on. When it ends by itself is in the finding.",
    )
    ends = CREDENTIAL

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each credential for one service of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.SERVICE_CREDENTIAL)


RULE = LeaverServiceCredential()
