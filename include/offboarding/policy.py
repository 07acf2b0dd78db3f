"""What the company decides about a finding: how bad, how soon, and who is told."""

from include.offboarding.model import (
    KEY_KINDS,
    AccountCase,
    Case,
    Departure,
    Finding,
    HiddenCase,
    KeyCase,
    LeaverCase,
    Severity,
    UncustodiedCase,
)
from include.offboarding.remedies import written_out
from include.offboarding.settings import Settings
from include.offboarding.store.findings import RoutedFinding

CONFIRM_RULES = frozenset({"engagement-lapsed", "departure-inferred", "departure-hidden"})
REVIEW_RULES = frozenset(
    {
        *("probable-account", "disputed-account", "orphan-account", "link-moved", "leaver-created-account"),
        "uncustodied-signing-key",
    }
)


REGISTER = "custody.yaml"
"""Where a key comes from that nothing shows."""


def routed(
    settings: Settings, finding: Finding, case: Case, part_of_realm: dict[str, tuple[str, str]]
) -> RoutedFinding:
    """A finding as the company takes it. `part_of_realm`: realm -> (source's name, part)."""
    departure = _departure(finding, case)
    source, part = _reader(finding, case, part_of_realm)
    kind = ticket_kind(finding)
    return RoutedFinding(
        finding=finding,
        source=source,
        roster=departure.roster if departure else "",
        left_at=departure.left_at if departure else None,
        basis=departure.basis.value if departure else None,
        severity=_severity(settings, finding).value,
        ticket_kind=kind,
        queue=_registered_queue(case) or _queue(settings, kind, source, part),
        due_hours=_due_hours(settings, finding, kind),
        revoke=written_out(finding.revoke),
    )


def ticket_kind(finding: Finding) -> str:
    """What sort of ticket tells of it: a person's revocations, a key's rotation, an event, a review, or a departure to
    confirm.
    """
    if finding.event:
        return "event"
    if finding.rule in CONFIRM_RULES:
        return "confirm"
    if finding.rule in REVIEW_RULES:
        return "review"
    return "rotate" if finding.subject.kind in KEY_KINDS else "revoke"


def _severity(settings: Settings, finding: Finding) -> Severity:
    own = settings.policy.severities.get(finding.rule, finding.severity)
    others = (_severity(settings, each) for each in finding.in_place_of)
    return min((own, *others), key=lambda severity: severity.order)


def _reader(finding: Finding, case: Case, part_of_realm: dict[str, tuple[str, str]]) -> tuple[str, str]:
    """The source's or verifier's name and part; a key's is that where it's trusted, or else where it lies."""
    if isinstance(case, UncustodiedCase):
        return case.source, case.realm
    if isinstance(case, KeyCase) and not case.copies:
        return REGISTER, ""
    if isinstance(case, KeyCase):
        best = min(case.copies, key=lambda copy: (copy.untrusted_since is not None, not copy.key.verifies))
        return best.source, best.key.realm
    return part_of_realm.get(finding.realm, ("", ""))


def _registered_queue(case: Case) -> str:
    return case.registered.queue if isinstance(case, KeyCase) and case.registered else ""


def _queue(settings: Settings, kind: str, source: str, part: str) -> str:
    policy = settings.policy
    if kind == "confirm":
        return policy.review_queue or policy.queue
    # A key that a reader once told may outlive that reader's entry in the configuration.
    known = any(reader.name == source for reader in settings.readers)
    own = settings.source(source).part_queue(part) if known else None
    if kind == "review":
        return policy.review_queue or own or policy.queue
    return own or policy.queue


def _due_hours(settings: Settings, finding: Finding, kind: str) -> float:
    others = (_due_hours(settings, each, ticket_kind(each)) for each in finding.in_place_of)
    return min((_own_due_hours(settings, finding, kind), *others))


def _own_due_hours(settings: Settings, finding: Finding, kind: str) -> float:
    due = settings.policy.due_hours
    if kind == "event":
        return due.used_after_departure
    if kind in {"confirm", "review"}:
        return due.review
    return due.privileged if finding.privileged or kind == "rotate" else due.other


def _departure(finding: Finding, case: Case) -> Departure | None:
    if isinstance(case, LeaverCase):
        return case.departure
    if isinstance(case, HiddenCase):
        return case.departures[0].departure
    if isinstance(case, AccountCase):
        named = (s.departure for s in case.suspects if s.person_uid == finding.person_uid)
        return next(named, None)
    if isinstance(case, KeyCase):
        held = (holder.departure for holder in case.holders if holder.person_uid == finding.person_uid)
        return next(held, None)
    return None
