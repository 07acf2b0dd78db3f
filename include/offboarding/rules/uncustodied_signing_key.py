"""Trusted keys of which nobody knows who may hold them, as one digest a system: not checked, and never clean."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, Severity, UncustodiedCase
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._digests import digest, first_named


class UncustodiedSigningKey:
    """One a system, however many they are."""

    id: ClassVar[str] = "uncustodied-signing-key"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a system trusts such keys, where it does."""
        del as_of
        if isinstance(case, UncustodiedCase) and case.keys:
            yield digest(
                self,
                realm=case.realm,
                source=case.source,
                standing_reason="the last complete read says that they are trusted",
                evidence=(_count(case), *first_named([copy.key.label for copy in case.keys])),
                revoke=_STEPS,
            )


def _count(case: UncustodiedCase) -> str:
    number = len(case.keys)
    start = "1 key is trusted of which" if number == 1 else f"{number} keys are trusted of which"
    return f"{start} nobody is known to be a custodian: whether a leaver holds them is NOT CHECKED."


_STEPS = (
    (
        "See who may hold them, as far as groups, policies and audit trails tell:\n"
        "python -m include.offboarding custody suggest"
    ),
    "Paste what is right into include/custody.yaml, put it right where it isn't, and let it be reviewed.",
    "Those who left meanwhile belong there too, with the day until which they held it.",
)

RULE: Rule = UncustodiedSigningKey()
