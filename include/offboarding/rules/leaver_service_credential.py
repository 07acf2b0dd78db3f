"""A leaver's password or API key for one service of a cloud still works."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import open_credentials


class LeaverServiceCredential:
    """Concerns Git and Keyspaces passwords, and long-lived API keys (Bedrock, CloudWatch Logs).

    An inactive one is dead: `leaver-credential-inactive` lists it.
    """

    id: ClassVar[str] = "leaver-service-credential"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each credential for one service of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.SERVICE_CREDENTIAL)


RULE: Rule = LeaverServiceCredential()
