"""A source's working accounts that nobody claims, as one digest."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import Case, Control, Finding, OrphanCase, Severity
from include.offboarding.rules._controls import REVIEW
from include.offboarding.rules._digests import digest, first_named


class OrphanAccount:
    """One a source, however many they are."""

    id: ClassVar[str] = "orphan-account"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a source has such accounts, where it has any."""
        del as_of
        if isinstance(case, OrphanCase) and case.accounts:
            yield digest(
                self,
                realm=case.realm,
                source=case.source,
                standing_reason="the last complete inventory says that they work",
                evidence=(_count(case), *first_named([f"{each.label} ({each.native_id})" for each in case.accounts])),
                revoke=_steps(case),
            )


def _count(case: OrphanCase) -> str:
    number = len(case.accounts)
    start = "1 working account is" if number == 1 else f"{number} working accounts are"
    return f"{start} claimed by nobody, {case.recently_used} of them used within 30 days."


def _steps(case: OrphanCase) -> tuple[str, ...]:
    return (
        f"Ask the owners of {case.source} what each account is for; begin with those in use.",
        (
            "Somebody's: give it their employee number or mail, or say so:\n"
            f'python -m include.offboarding link confirm {case.source} ACCOUNT WORKER --reason "..." --author "..."'
        ),
        "A workload's: write down an owner (the tag owner, or the entry's manager), and declare its pattern.",
        "Nobody's: switch it off, and don't delete it; switching it on again undoes it.",
    )


RULE: Rule = OrphanAccount()
