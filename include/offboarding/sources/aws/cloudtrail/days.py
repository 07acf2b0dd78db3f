"""The first and the last of a day's events that say the same: a service reads its secret a thousand times an hour."""

from collections.abc import Iterable, Iterator
from datetime import date

from offboarding.model import AuditEvent

_About = tuple[str, str, str, str, str, str, bool, date]


def first_and_last(events: Iterable[AuditEvent]) -> Iterator[AuditEvent]:
    """Yield, of each day (UTC), the first and last of the same actor, action and object; in the order of times."""
    kept: dict[_About, tuple[AuditEvent, AuditEvent]] = {}
    for event in events:
        first, last = kept.get(_about(event), (event, event))
        order = (event.at, event.event_id)
        if order < (first.at, first.event_id):
            first = event
        if order > (last.at, last.event_id):
            last = event
        kept[_about(event)] = (first, last)
    chosen = {(event.event_id, event.object): event for pair in kept.values() for event in pair}
    yield from sorted(chosen.values(), key=lambda event: (event.at, event.event_id, event.object))


def _about(event: AuditEvent) -> _About:
    who = (event.actor_realm, event.actor, event.actor_label)
    # A source identity may differ where the session is called the same.
    also = ",".join(key.value for key in event.actor_keys)
    return (*who, also, event.action, event.object, event.failed, event.at.date())
