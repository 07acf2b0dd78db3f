"""One finding a system, however many things it is about: how many, and which come first, is evidence, never a key."""

from collections.abc import Iterator, Sequence

from offboarding.model import Effect, Finding, Standing, Step, Subject, SubjectKind, say
from offboarding.rules._rule import Rule

_NAMED = 20


def digest(
    rule: Rule, *, realm: str, source: str, standing_reason: str, evidence: Sequence[str], revoke: Sequence[Step]
) -> Finding:
    """A finding about a whole system, and nobody in particular."""
    return Finding(
        rule=rule.id,
        realm=realm,
        subject=Subject(kind=SubjectKind.SOURCE, native_id=realm, label=source),
        person_uid="",
        episode=0,
        standing=Standing.WORKS,
        standing_reason=standing_reason,
        effect=Effect.UNKNOWN,
        severity=rule.default_severity,
        privileged=False,
        relation=None,
        used_after_departure=None,
        last_used_at=None,
        evidence=tuple(evidence),
        revoke=tuple(revoke),
    )


def first_named(labels: Sequence[str]) -> Iterator[str]:
    """The first of them, and how many more there are."""
    yield from labels[:_NAMED]
    if len(labels) > _NAMED:
        yield say("... and {count} more.", count=len(labels) - _NAMED)
