"""What the company decides about a finding: how bad, how soon, and who is told."""

from offboarding.config.policy import Route
from offboarding.config.settings import Settings
from offboarding.identity.folding import fits_pattern
from offboarding.model import (
    AccountCase,
    Case,
    Departure,
    Finding,
    HiddenCase,
    KeyCase,
    LeaverCase,
    RoutingFacts,
    Severity,
    TicketKind,
    UncustodiedCase,
)
from offboarding.rules import Rule, rule_of
from offboarding.store.findings import RoutedFinding
from offboarding.store.reading import FindingView
from offboarding.store.tickets import TicketItem
from offboarding.tickets.remedies import written

REGISTER = "custody.yaml"
"""Where a key comes from that nothing shows."""


def route_of(settings: Settings, about: RoutingFacts) -> Route | None:
    """The first route that fits; None where none does."""
    return next((route for route in settings.policy.routes if not misfit(route, about)), None)


def misfit(route: Route, about: RoutingFacts) -> str:
    """What of a route says otherwise, such as "severity is high"; "" where it fits."""
    fields = (
        ("rule", route.rules, about.rule),
        ("severity", route.severities, about.severity),
        ("kind of ticket", route.tickets, about.ticket),
        ("source", route.sources, about.source),
        ("part", route.parts, about.part),
        ("roster", route.rosters, about.roster),
        ("time zone", route.zones, about.zone),
    )
    for name, wanted, own in fields:
        if wanted and own not in wanted:
            return f"its {name} is {own or 'none'}"
    patterned = (
        ("account", route.accounts, (about.account,)),
        # What nobody told is no place: not even * fits it.
        ("location", route.locations, (about.location,) if about.location else ()),
        ("owner", route.owners, about.owners),
    )
    for name, patterns, owns in patterned:
        if patterns and not any(fits_pattern(each, owns) for each in patterns):
            return f"its {name} is {' and '.join(filter(None, owns)) or 'none'}"
    if route.privileged is not None and route.privileged is not about.privileged:
        return f"its account is {'' if about.privileged else 'not '}privileged"
    return ""


def facts_of(found: TicketItem | FindingView) -> RoutingFacts:
    """What routes go by, of a finding that stands in the store."""
    return RoutingFacts(
        rule=found.rule,
        severity=Severity(found.severity),
        ticket=TicketKind(found.ticket_kind),
        source=found.source,
        part=found.part,
        account=found.account_label or found.subject_label,
        roster=found.roster,
        zone=found.worked_in,
        location=found.location,
        owners=found.owners,
        privileged=found.privileged,
    )


def assignee_of(settings: Settings, item: TicketItem) -> str:
    """Whose a new ticket is that begins with this; "" for nobody's."""
    route = route_of(settings, facts_of(item))
    return route.assignee if route else ""


def routed(
    settings: Settings, finding: Finding, case: Case, part_of_realm: dict[str, tuple[str, str]]
) -> RoutedFinding:
    """A finding as the company takes it. `part_of_realm`: realm -> (source's name, part)."""
    departure = _departure(finding, case)
    source, part = _reader(finding, case, part_of_realm)
    rule, severity = _rule(finding), _severity(settings, finding)
    about = RoutingFacts(
        rule=finding.rule,
        severity=severity,
        ticket=rule.ticket,
        source=source,
        part=part,
        account=finding.subject.account_label or finding.subject.label,
        roster=departure.roster if departure else "",
        zone=departure.zone if departure else "",
        location=departure.location if departure else "",
        owners=finding.owners,
        privileged=finding.privileged,
    )
    return RoutedFinding(
        finding=finding,
        source=source,
        roster=departure.roster if departure else "",
        left_at=departure.left_at if departure else None,
        basis=departure.basis.value if departure else None,
        severity=severity.value,
        ticket_kind=rule.ticket,
        comes_first=rule.comes_first,
        of_keys=rule.of_keys,
        attestable=rule.attestable or finding.attestable,
        worked_in=about.zone,
        location=about.location,
        part=part,
        queue=queue_of(settings, about, registered=_registered_queue(case)),
        due_hours=_due_hours(settings, finding),
        revoke=written(finding.revoke),
    )


def _rule(finding: Finding) -> Rule:
    rule = rule_of(finding.rule)
    assert rule is not None, f"{finding.rule} is a rule's own word for itself"
    return rule


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


def queue_of(settings: Settings, about: RoutingFacts, *, registered: str) -> str:
    """By the first route that names a queue, else what its source or the policy says. `registered`: a key's own."""
    if registered:
        return registered
    route, policy = route_of(settings, about), settings.policy
    if route and route.queue:
        return route.queue
    if about.ticket is TicketKind.CONFIRM:
        return policy.review_queue or policy.queue
    # A key that a reader once told may outlive that reader's entry in the configuration.
    known = any(reader.name == about.source for reader in settings.readers)
    own = settings.source(about.source).part_queue(about.part) if known else None
    if about.ticket is TicketKind.REVIEW:
        return policy.review_queue or own or policy.queue
    return own or policy.queue


def _due_hours(settings: Settings, finding: Finding) -> float:
    return min((_own_due_hours(settings, finding), *(_due_hours(settings, each) for each in finding.in_place_of)))


def _own_due_hours(settings: Settings, finding: Finding) -> float:
    due, kind = settings.policy.due_hours, _rule(finding).ticket
    if kind is TicketKind.EVENT:
        return due.used_after_departure
    if kind in (TicketKind.CONFIRM, TicketKind.REVIEW):
        return due.review
    return due.privileged if finding.privileged or kind is TicketKind.ROTATE else due.other


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
