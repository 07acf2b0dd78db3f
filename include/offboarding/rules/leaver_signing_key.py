"""A signing key that a leaver may have carried along is still trusted."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, SubjectKind
from include.offboarding.rules._controls import HELD_KEY
from include.offboarding.rules._held_keys import still_trusted


class LeaverSigningKey:
    """One a key and departed holder, whatever accounts of theirs are closed; it doesn't concern material that can't
    leave its system (`leaver-key-access`), nor a key that no verifier can be asked about (`signing-key-unverifiable`).
    """

    id: ClassVar[str] = "leaver-signing-key"
    default_severity: ClassVar[Severity] = Severity.CRITICAL
    controls: ClassVar[tuple[Control, ...]] = HELD_KEY

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield each departed holder of a key that is trusted, or of which that can't be told."""
        yield from still_trusted(self.id, case, SubjectKind.SIGNING_KEY, as_of)


RULE: Rule = LeaverSigningKey()
