"""What waits for a person, in words: which line, with which numbers, and what to do. No names, mails or labels."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from offboarding.model import Alert, HoldStatus, LineKind, Measure, Severity, counted
from offboarding.model.keys import short_finding
from offboarding.report.wording import COMMAND, whole_days, worker
from offboarding.store.guard import Hold
from offboarding.store.held_findings import HeldEvent, NewlyHeld
from offboarding.store.reading.night_states import Waiting
from offboarding.store.reading.reads import RosterView
from offboarding.store.reading.waiting import WaitingFinding

_MEASURES = {
    Measure.ACTUAL: ("new leaver by HR's word", "new leavers by HR's word"),
    Measure.PLANNED: ("new leaver by a contract's end", "new leavers by a contract's end"),
    Measure.INFERRED: ("worker no longer listed", "workers no longer listed"),
    Measure.WITHDRAWN: ("departure taken back", "departures taken back"),
    Measure.WORKERS: ("worker fewer", "workers fewer"),
    Measure.OBJECTS: ("account or key fewer", "accounts or keys fewer"),
    Measure.UNLINKED: ("person with accounts no longer linked", "people with accounts no longer linked"),
    Measure.ACCOUNTS: ("account newly linked", "accounts newly linked"),
    Measure.FINDINGS: ("person or system with new findings", "people or systems with new findings"),
    Measure.ITEMS: ("new finding", "new findings"),
    Measure.CRITICALS: ("new critical", "new criticals"),
    Measure.CLOSINGS: ("person or system whose findings would close", "people or systems whose findings would close"),
    Measure.NAMED: ("person named at once", "people named at once"),
    Measure.TICKETS: ("person or system with new tickets", "people or systems with new tickets"),
}

_LINES = {
    LineKind.TOTAL: "all together",
    LineKind.NAMED: "people whom a person named",
    LineKind.CRITICAL: "critical findings",
}
_UNCOUNTED = (
    Measure.TICKETS,
    Measure.ACCOUNTS,
    Measure.NAMED,
    Measure.FINDINGS,
    Measure.ITEMS,
    Measure.CRITICALS,
)
"""Of these the population is that of accounts, or none: "4 new findings of 30" would be misread."""
_LOOK = f"All of it: `{COMMAND} findings --state held`. One: `{COMMAND} explain f-...`. The lines: `{COMMAND} holds`."


def line(hold: Hold) -> str:
    """Which line: "roster hr", "all together"."""
    return _LINES.get(hold.kind) or f"{hold.kind} {hold.name}"


def sentence(hold: Hold) -> str:
    """Return the line with its numbers: "roster hr: 60 new leavers by HR's word, 20 at most go through in a day"."""
    return f"{line(hold)}: {'; '.join(_numbers(hold))}"


def holding(hold: Hold) -> str:
    """How much waits on it."""
    parts = [counted(hold.findings, "finding")] if hold.findings or not hold.closings else []
    closing = [f"{counted(hold.closings, 'finding')} that would close"] if hold.closings else []
    return " and ".join([*parts, *closing])


def joining(joined: NewlyHeld) -> str:
    """Return how much began to wait: "3 findings of 2 people (1 critical, 2 high)"."""
    severe = ", ".join(f"{joined.severities[each]} {each}" for each in Severity if joined.severities.get(each))
    return f"{counted(joined.findings, 'finding')} of {counted(joined.people, 'person', 'people')} ({severe})"


def unanswered(hold: Hold, joined: NewlyHeld) -> str:
    """Return what began to wait on a line that already waited, and how that is answered."""
    return (
        f"{joining(joined)} joined what the guard holds on {line(hold)} since run {hold.opened_run}, and no one has"
        f" answered: {COMMAND} release {hold.last_run} --hold {hold.hold_id}, or reject {hold.hold_id}"
    )


def findings(waits: Waiting) -> Iterator[str]:
    """Yield which findings wait, a line for each that they wait on."""
    if waits.baseline:
        yield f"{counted(waits.baseline, 'finding')} of a first read (policy.baseline: hold)"
    for hold in waits.holds:
        decided = "" if hold.status == HoldStatus.WAITING else f"; {hold.status} since"
        yield f"hold {hold.hold_id}, {sentence(hold)}: {holding(hold)}{decided}"
    if waits.over_maximum and not waits.holds:
        yield f"{counted(waits.over_maximum, 'finding')} on lines that were refused, or of what wasn't read"


def gone(roster: RosterView) -> str:
    """Who is no longer listed, and waits."""
    workers = counted(roster.waiting, "worker")
    return f"{workers} gone from {roster.name} beyond policy.max_inferred, taken to work here until somebody says"


def began(hold: Hold, joined: NewlyHeld | None) -> str:
    """Return a line that tripped with its numbers, and how many findings of leavers began to wait on it."""
    return f"{sentence(hold)}; {joining(joined)} wait" if joined else sentence(hold)


def tripped(hold: Hold, joined: NewlyHeld | None, run_id: int) -> Alert:
    """Return the alert of the run in which a line trips."""
    return Alert(
        key=f"hold:{hold.hold_id}",
        subject=f"Offboarding: the guard holds {line(hold)}",
        body="\n".join(
            [
                f"Run {run_id}: {began(hold, joined)}.",
                f"{holding(hold)} wait. Nothing of it goes to the tracker until a person says so.",
                f"Look: {COMMAND} findings --state held",
                f'It is so: {COMMAND} release {hold.last_run} --hold {hold.hold_id} --reason "..."',
                f'It is not: {COMMAND} reject {hold.hold_id} --reason "..."',
                "Or answer the run of offboarding_release that waits in Airflow.",
            ]
        ),
    )


def more_held(hold: Hold, joined: NewlyHeld, run_id: int) -> Alert:
    """Return the alert of findings of leavers that joined a line that already waits."""
    return Alert(
        key=f"hold:{hold.hold_id}:{run_id}",
        subject=f"Offboarding: the guard still holds {line(hold)}, and more waits there",
        body="\n".join(
            [
                f"Run {run_id}: {unanswered(hold, joined)}.",
                f"Look: {COMMAND} findings --state held",
                "Or answer the run of offboarding_release that waits in Airflow.",
            ]
        ),
    )


def held_event(event: HeldEvent, run_id: int) -> Alert:
    """A use after a departure is told at once even where that departure is in doubt."""
    days = ""
    if event.left_at and event.last_used_at:
        days = f", {counted(whole_days(event.left_at, event.last_used_at), 'day')} after the departure"
    key = short_finding(event.finding_key)
    doubted = event.line_kind == LineKind.ROSTER
    why = f"what rests on roster {event.roster}" if doubted else "too much that is new at once"
    state = "the departure is in doubt" if doubted else "held"
    return Alert(
        key=f"held-event:{event.finding_key}",
        subject=f"Offboarding: used after the departure, and {state} ({key})",
        body="\n".join(
            [
                f"Run {run_id}: {key}, worker {worker(event.id_space, event.worker_id)}, {event.source}: used{days}.",
                f"There is no ticket, since the guard holds {why}.",
                f"Look: {COMMAND} explain {key}",
            ]
        ),
    )


def asked(waits: Waiting) -> str:
    """What a person is asked, in a line."""
    lines = [line(hold) for hold in waits.holds]
    if waits.baseline:
        lines.append("a first read")
    return f"Let through what waits? {', '.join(lines) or counted(waits.over_maximum, 'finding')}"


def details(waits: Waiting, waiting: Sequence[WaitingFinding]) -> str:
    """Line by line with its numbers, whom it is about and by which findings, and what an answer does; as Markdown."""
    lines = list[str]()
    for hold in waits.holds:
        lines.append(f"- hold {hold.hold_id}: {sentence(hold)}. Waiting: {holding(hold)}")
        lines += _people([each for each in waiting if each.hold_id == hold.hold_id])
    if waits.baseline:
        lines.append(f"- {counted(waits.baseline, 'finding')} of a first read; they go out in batches, the worst first")
    elif waits.over_maximum and not waits.holds:
        lines.append(f"- {counted(waits.over_maximum, 'finding')}")
    lines += _people([each for each in waiting if each.hold_id is None])
    reject = "Reject: nothing of it is told, and the next night asks anew. " if waits.holds else ""
    nobody = "Without an answer nothing is decided, and the next night asks anew."
    return "\n".join([*lines, "", f"Approve evaluates afresh, and tells the tracker. {reject}{nobody}", "", _LOOK])


def _people(waiting: Sequence[WaitingFinding]) -> Iterator[str]:
    """Who, and which findings: the worst first, by ids alone."""
    for closes, some in groupby(waiting, lambda each: each.closes):
        found = list(some)
        theirs: dict[str, list[str]] = {}
        for each in found:
            whose = f"worker {worker(each.id_space or '', each.worker_id)}" if each.worker_id else "nobody's"
            theirs.setdefault(whose, []).append(f"{short_finding(each.finding_key)} {each.rule} ({each.severity})")
        would = "would close: " if closes else ""
        yield from (f"    - {whose}: {would}{', '.join(what)}" for whose, what in theirs.items())
        if more := found[0].total - len(found):
            yield f"    - and {counted(more, 'finding')} more"


def _numbers(hold: Hold) -> Iterator[str]:
    for each in hold.numbers:
        value, base, bound = (int(str(each[name])) for name in ("value", "base", "bound"))
        one, more = _MEASURES[Measure(str(each["measure"]))]
        of = f" of {base:,}" if each["measure"] not in _UNCOUNTED and base else ""
        yield f"{counted(value, one, more)}{of}, {bound:,} at most go through in a day"
