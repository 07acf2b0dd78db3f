"""A leaver's access key is still active."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import open_credentials


class LeaverAccessKey:
    """An inactive key is dead: `leaver-access-key-inactive` lists it."""

    id: ClassVar[str] = "leaver-access-key"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each access key of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.ACCESS_KEY)


RULE: Rule = LeaverAccessKey()
