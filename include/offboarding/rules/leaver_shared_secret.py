"""A secret that a leaver shared with others is still the one in use."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import SHARED_SECRET
from include.offboarding.rules._held_keys import still_trusted


class LeaverSharedSecret:
    """One a version of the secret and departed holder. A version made after the departure doesn't concern them."""

    id: ClassVar[str] = "leaver-shared-secret"
    default_severity: ClassVar[Severity] = Severity.CRITICAL
    controls: ClassVar[tuple[Control, ...]] = SHARED_SECRET

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of a secret that is in use, or of which that can't be told."""
        yield from still_trusted(self.id, case, SubjectKind.SHARED_SECRET, as_of)


RULE: Rule = LeaverSharedSecret()
