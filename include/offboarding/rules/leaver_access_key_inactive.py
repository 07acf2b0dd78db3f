"""A leaver's access key is inactive, and whoever may can switch it on again: it should be deleted."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import inactive_credentials


class LeaverAccessKeyInactive:
    """A standing finding about something DEAD. It's listed, and neither opens a ticket nor holds one open."""

    id: ClassVar[str] = "leaver-access-key-inactive"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each access key of a leaver's that is off and can be switched on."""
        return inactive_credentials(self, case, as_of, SubjectKind.ACCESS_KEY)


RULE: Rule = LeaverAccessKeyInactive()
