"""What the company decides about a finding: how bad, how soon, and who is told."""

from include.offboarding.model import AccountCase, Case, Departure, Finding, LeaverCase, Severity
from include.offboarding.settings import Settings
from include.offboarding.store.findings import RoutedFinding

CONFIRM_RULES = frozenset({"engagement-lapsed", "departure-inferred"})
REVIEW_RULES = frozenset(
    {"probable-account", "disputed-account", "orphan-account", "link-moved", "leaver-created-account"}
)


def routed(
    settings: Settings, finding: Finding, case: Case, part_of_realm: dict[str, tuple[str, str]]
) -> RoutedFinding:
    """A finding as the company takes it. `part_of_realm`: realm -> (source's name, part)."""
    departure = _departure(finding, case)
    source, part = part_of_realm.get(finding.realm, ("", ""))
    kind = ticket_kind(finding)
    return RoutedFinding(
        finding=finding,
        source=source,
        roster=departure.roster if departure else "",
        left_at=departure.left_at if departure else None,
        basis=departure.basis.value if departure else None,
        severity=_severity(settings, finding).value,
        ticket_kind=kind,
        queue=_queue(settings, kind, source, part),
        due_hours=_due_hours(settings, finding, kind),
    )


def ticket_kind(finding: Finding) -> str:
    """What sort of ticket tells of it: a person's revocations, an event, a review, or a departure to confirm."""
    if finding.event:
        return "event"
    if finding.rule in CONFIRM_RULES:
        return "confirm"
    return "review" if finding.rule in REVIEW_RULES else "revoke"


def _severity(settings: Settings, finding: Finding) -> Severity:
    return settings.policy.severities.get(finding.rule, finding.severity)


def _queue(settings: Settings, kind: str, source: str, part: str) -> str:
    policy = settings.policy
    if kind == "confirm":
        return policy.review_queue or policy.queue
    own = settings.source(source).part_queue(part) if source else None
    if kind == "review":
        return policy.review_queue or own or policy.queue
    return own or policy.queue


def _due_hours(settings: Settings, finding: Finding, kind: str) -> float:
    due = settings.policy.due_hours
    if kind == "event":
        return due.used_after_departure
    if kind in {"confirm", "review"}:
        return due.review
    return due.privileged if finding.privileged else due.other


def _departure(finding: Finding, case: Case) -> Departure | None:
    if isinstance(case, LeaverCase):
        return case.departure
    if isinstance(case, AccountCase):
        named = (s.departure for s in case.suspects if s.person_uid == finding.person_uid)
        return next(named, None)
    return None
