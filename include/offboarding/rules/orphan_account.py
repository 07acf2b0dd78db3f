"""A source's working accounts that nobody claims, as one digest."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    Case,
    Control,
    Effect,
    Finding,
    OrphanCase,
    Severity,
    Standing,
    Subject,
    SubjectKind,
)
from include.offboarding.rules._controls import REVIEW

_NAMED = 20


class OrphanAccount:
    """One a source, however many they are: how many, and which come first, is evidence and never a key."""

    id: ClassVar[str] = "orphan-account"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a source has such accounts, where it has any."""
        del as_of
        if isinstance(case, OrphanCase) and case.accounts:
            yield _digest(self, case)


def _digest(rule: Rule, case: OrphanCase) -> Finding:
    return Finding(
        rule=rule.id,
        realm=case.realm,
        subject=Subject(kind=SubjectKind.SOURCE, native_id=case.realm, label=case.source),
        person_uid="",
        episode=0,
        standing=Standing.WORKS,
        standing_reason="the last complete inventory says that they work",
        effect=Effect.UNKNOWN,
        severity=rule.default_severity,
        privileged=False,
        relation=None,
        used_after_departure=None,
        last_used_at=None,
        evidence=(_count(case), *_names(case)),
        revoke=_steps(case),
    )


def _count(case: OrphanCase) -> str:
    number = len(case.accounts)
    start = "1 working account is" if number == 1 else f"{number} working accounts are"
    return f"{start} claimed by nobody, {case.recently_used} of them used within 30 days."


def _names(case: OrphanCase) -> Iterator[str]:
    for account in case.accounts[:_NAMED]:
        yield f"{account.label} ({account.native_id})"
    if len(case.accounts) > _NAMED:
        yield f"... and {len(case.accounts) - _NAMED} more."


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
