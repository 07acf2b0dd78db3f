"""A contract's planned end has passed, and nobody said whether the person left."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Basis, Case, Control, Finding, Severity
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._unconfirmed import unconfirmed

_WHY = "A contract's end is a plan, and plans get extended."
_STEPS = (
    "Ask the manager or HR whether the engagement ended.",
    "It ended: HR enters it as done (status and last working day). The next run counts the person as a leaver.",
    "It was extended: HR enters the new end. The next run closes this.",
)


class EngagementLapsed:
    """One a person; nothing of theirs is judged by a plan."""

    id: ClassVar[str] = "engagement-lapsed"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a planned end has passed without a word."""
        return unconfirmed(self, case, as_of, Basis.PLANNED, why=_WHY, steps=_STEPS)


RULE: Rule = EngagementLapsed()
