"""A leaver's API key, certificate or SSH key is inactive, and can be switched on again: it should be deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import inactive_credentials


class LeaverCredentialInactive:
    """What `leaver-access-key-inactive` is to access keys, for whatever else has such a switch."""

    id: ClassVar[str] = "leaver-credential-inactive"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each credential of a leaver's, access keys apart, that is off and can be switched on."""
        return inactive_credentials(
            self, case, as_of, SubjectKind.SERVICE_CREDENTIAL, SubjectKind.CERTIFICATE, SubjectKind.SSH_KEY
        )


RULE: Rule = LeaverCredentialInactive()
