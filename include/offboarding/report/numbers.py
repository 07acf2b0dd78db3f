"""What a night is in numbers, for dashboards and alarms: counts, seconds and names of the configuration; nobody's data.

Each is said whole by its name, since not every system of metrics keeps labels.
"""

from collections import Counter
from collections.abc import Iterator, Mapping

from offboarding.model import FindingState, ReadStatus, RunKind, Severity
from offboarding.report.red import reasons
from offboarding.runs.troubles import troubles
from offboarding.store.reading import Night

NUMBERS: Mapping[str, str] = {
    "findings.open.SEVERITY": "Open findings of this severity: critical, high, medium, low.",
    "findings.unverified": "Findings of which nobody can tell whether they still work.",
    "findings.waiting": "Findings that wait for a person: a first read, or what the guard holds.",
    "findings.overdue": "Open findings past their due time.",
    "findings.oldest_seconds": "Since when the oldest open finding has stood.",
    "tickets.open": "Tickets open in the tracker.",
    "tickets.untold": "Changes that the tracker hasn't been told of.",
    "alerts.untold": "Alerts of the last two days that a notifier couldn't tell.",
    "record.events": "How many events the record holds: never fewer than before.",
    "night.ended_at": "When the night ended, as Unix seconds.",
    "night.seconds": "How long it took.",
    "night.red_reasons": "Why it was red: how many reasons; 0 is green.",
    "reads.incomplete": "Rosters, and parts of sources, that weren't read whole.",
    "reads.seconds.NAME": "How long this roster or source was read, all of its parts together.",
}
"""What each is called -> what it says. A word in capitals stands for several."""


def numbers(night: Night, read_seconds: Mapping[str, float], *, events: int) -> Iterator[tuple[str, float]]:
    """Yield each by its name; those of `night` and `reads` only of a whole night that has ended.

    `events`: how many the record holds.
    """
    standing = [finding for finding in night.findings if finding.state == FindingState.OPEN]
    worst = Counter(finding.severity for finding in standing)
    for severity in Severity:
        yield f"findings.open.{severity}", worst[severity]
    yield "findings.unverified", len(night.unverified)
    yield "findings.waiting", night.waiting
    as_of = night.run.as_of
    yield "findings.overdue", sum(finding.due_at is not None and finding.due_at < as_of for finding in standing)
    since = min((finding.first_seen_at for finding in standing), default=as_of)
    yield "findings.oldest_seconds", max(0, (as_of - since).total_seconds())
    yield "tickets.open", night.tickets.open
    yield "tickets.untold", night.tickets.undelivered
    yield "alerts.untold", night.tickets.unheard
    yield "record.events", events
    if night.run.kind != RunKind.NIGHTLY or night.run.finished_at is None:
        return
    yield "night.ended_at", night.run.finished_at.timestamp()
    yield "night.seconds", (night.run.finished_at - night.run.started_at).total_seconds()
    yield "night.red_reasons", len(reasons(troubles(night)))
    yield "reads.incomplete", sum(read.status != ReadStatus.COMPLETE for read in (*night.rosters, *night.parts))
    for name, seconds in read_seconds.items():
        yield f"reads.seconds.{name}", seconds
