"""Somebody vanished from a feed that lists everyone, leavers too: it should have said that they left."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Basis, Case, Control, Finding, Severity
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._unconfirmed import unconfirmed

_WHY = "They stood in an earlier complete read of this roster and not in a later one; it lists leavers, so it's odd."
_STEPS = (
    "Ask HR why the record is gone.",
    "They left: HR puts the record back with its last working day. The next run counts the person as a leaver.",
    "They didn't: HR puts the record back as active. The next run closes this.",
)


class DepartureInferred:
    """One a person, where the roster's coverage is full. To vanish from a feed of active people counts by itself."""

    id: ClassVar[str] = "departure-inferred"
    default_severity: ClassVar[Severity] = Severity.MEDIUM
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that somebody vanished, and nobody confirmed that they left."""
        return unconfirmed(self, case, as_of, Basis.INFERRED, why=_WHY, steps=_STEPS)


RULE: Rule = DepartureInferred()
