"""A leaver still has a password for a cloud's console."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import LEAVER_ACCESS
from include.offboarding.rules._credentials import open_credentials


class LeaverConsolePassword:
    """Concerns passwords that are a credential of their own, beside others, on an account."""

    id: ClassVar[str] = "leaver-console-password"
    default_severity: ClassVar[Severity] = Severity.HIGH
    controls: ClassVar[tuple[Control, ...]] = LEAVER_ACCESS

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each console password of a leaver's that works, or of which that can't be told."""
        return open_credentials(self, case, as_of, SubjectKind.CONSOLE_PASSWORD)


RULE: Rule = LeaverConsolePassword()
