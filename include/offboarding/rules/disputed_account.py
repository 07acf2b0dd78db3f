"""An account that a leaver and somebody else may both hold: a person must say whose it is."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, LinkDecision, Severity
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._unclaimed import unclaimed


class DisputedAccount:
    """Concerns disputes with a leaver among them; high where it's privileged or was made after the departure."""

    id: ClassVar[str] = "disputed-account"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield the account where any way into it is open, or can't be told."""
        return unclaimed(self, case, as_of, LinkDecision.DISPUTED)


RULE: Rule = DisputedAccount()
