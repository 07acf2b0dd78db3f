"""Trusted keys of which nobody knows who may hold them, as one digest a system: not checked, and never clean."""

from collections.abc import Iterator
from datetime import datetime
from typing import ClassVar

from include.offboarding.interfaces import Rule
from include.offboarding.model import (
    Case,
    Control,
    Effect,
    Finding,
    Severity,
    Standing,
    Subject,
    SubjectKind,
    UncustodiedCase,
)
from include.offboarding.rules._controls import REVIEW

_NAMED = 20


class UncustodiedSigningKey:
    """One a system, however many they are."""

    id: ClassVar[str] = "uncustodied-signing-key"
    default_severity: ClassVar[Severity] = Severity.LOW
    controls: ClassVar[tuple[Control, ...]] = REVIEW

    def evaluate(self, case: Case, as_of: datetime) -> Iterator[Finding]:
        """Yield that a system trusts such keys, where it does."""
        del as_of
        if isinstance(case, UncustodiedCase) and case.keys:
            yield _digest(self, case)


def _digest(rule: Rule, case: UncustodiedCase) -> Finding:
    return Finding(
        rule=rule.id,
        realm=case.realm,
        subject=Subject(kind=SubjectKind.SOURCE, native_id=case.realm, label=case.source),
        person_uid="",
        episode=0,
        standing=Standing.WORKS,
        standing_reason="the last complete read says that they are trusted",
        effect=Effect.UNKNOWN,
        severity=rule.default_severity,
        privileged=False,
        relation=None,
        used_after_departure=None,
        last_used_at=None,
        evidence=(_count(case), *_names(case)),
        revoke=_STEPS,
    )


def _count(case: UncustodiedCase) -> str:
    number = len(case.keys)
    start = "1 key is trusted of which" if number == 1 else f"{number} keys are trusted of which"
    return f"{start} nobody is known to be a custodian: whether a leaver holds them is NOT CHECKED."


def _names(case: UncustodiedCase) -> Iterator[str]:
    for copy in case.keys[:_NAMED]:
        yield copy.key.label
    if len(case.keys) > _NAMED:
        yield f"... and {len(case.keys) - _NAMED} more."


_STEPS = (
    (
        "See who may hold them, as far as groups, policies and audit trails tell:\n"
        "python -m include.offboarding custody suggest"
    ),
    "Paste what is right into include/custody.yaml, put it right where it isn't, and let it be reviewed.",
    "Those who left meanwhile belong there too, with the day until which they held it.",
)

RULE: Rule = UncustodiedSigningKey()
