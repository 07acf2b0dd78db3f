"""What people read, read off the store: a night, findings, links, runs, and all that is known of one of them."""

from offboarding.store.reading.finding_views import (
    Explanation,
    FindingView,
    explanation,
    finding_counts,
    finding_keys,
    findings,
    sources_of_findings,
    whole_key,
)
from offboarding.store.reading.link_views import LinkView, links, source_names
from offboarding.store.reading.night_states import NightState, night_state
from offboarding.store.reading.nights import Night, night, own
from offboarding.store.reading.run_views import RunView, last_night, runs
from offboarding.store.reading.workers import PersonView, person, person_of, worker_called

__all__ = [
    "Explanation",
    "FindingView",
    "LinkView",
    "Night",
    "NightState",
    "PersonView",
    "RunView",
    "explanation",
    "finding_counts",
    "finding_keys",
    "findings",
    "last_night",
    "links",
    "night",
    "night_state",
    "own",
    "person",
    "person_of",
    "runs",
    "source_names",
    "sources_of_findings",
    "whole_key",
    "worker_called",
]
