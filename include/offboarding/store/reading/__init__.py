"""What people read, read off the store: a night, findings, links, runs, and all that is known of one of them."""

from offboarding.store.reading.nights import Night, night
from offboarding.store.reading.told_findings import (
    Explanation,
    FindingTold,
    explanation,
    finding_counts,
    findings,
    whole_key,
)
from offboarding.store.reading.told_links import LinkTold, links, source_names
from offboarding.store.reading.told_runs import RunView, last_night, runs
from offboarding.store.reading.workers import PersonTold, person, worker_called

__all__ = [
    "Explanation",
    "FindingTold",
    "LinkTold",
    "Night",
    "PersonTold",
    "RunView",
    "explanation",
    "finding_counts",
    "findings",
    "last_night",
    "links",
    "night",
    "person",
    "runs",
    "source_names",
    "whole_key",
    "worker_called",
]
