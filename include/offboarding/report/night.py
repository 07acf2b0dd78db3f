"""The night on one screen, for a log: worker ids, native ids, short keys and counts; no names, mails or labels.

Its order is that of a person who reads it in the morning: is it red and why, what is an incident, what is new, what
stands, what couldn't be checked, and only then how much was read.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from offboarding.model import (
    KEY_KINDS,
    FindingState,
    HoldStatus,
    Severity,
    SubjectKind,
    TicketKind,
    counted,
)
from offboarding.model.keys import short_finding
from offboarding.report import custody, departures, held, refused
from offboarding.report.coverage import MOST_LINES, gaps, read, unchecked
from offboarding.report.red import reasons
from offboarding.report.waivers import waived
from offboarding.report.wording import (
    COMMAND,
    NO_NIGHT,
    ROOM,
    WIDTH,
    first_of,
    fitted,
    joined,
    labelled,
    moment,
    night_of,
    thing_by_ids,
    ticket,
    ticket_number,
    whole_days,
    worker,
    zoned,
)
from offboarding.runs.troubles import troubles
from offboarding.store.reading import Night
from offboarding.store.reading.nights import NightFinding

SHOWN_LINES = 24
"""So many of ours Airflow's page shows at once beside its own, in a window of 1,360 by 900."""


def render(night: Night, zone: str, *, folded: bool = True) -> str:
    """The screen. `zone`: the company's. `folded`: long lists in groups, as Airflow's log shows them; else in full."""
    lines = [
        *_title(night, zone),
        *_found(night),
        *waived(night, zone),
        *departures.told(night),
        *unchecked(night),
        *refused.told(night, zone),
        *read(night, zone),
        *custody.keys(night, zone),
        *_worst(night),
        *_more(night),
    ]
    # Airflow's page opens a log at its end.
    is_long = folded and len(fitted(lines)) > SHOWN_LINES
    for title, details in _details(night):
        lines += [f"::group::{title}", *details, "::endgroup::"] if folded else ["", title, *details]
    if is_long:
        lines.append(lines[0])
    return joined(fitted(zoned(line, zone) for line in lines))


def _title(night: Night, zone: str) -> Iterator[str]:
    run, red = night.run, reasons(troubles(night))
    what = NO_NIGHT[run.kind] if run.kind in NO_NIGHT else f"night of {night_of(run.as_of, zone)}"
    title = f"{what[:1].upper()}{what[1:]} (as of {moment(run.as_of, zone)}), run {run.run_id}"
    if not red:
        yield f"{title}   GREEN"
    elif len(red) == 1 and len(line := f"{title}   RED: {red[0]}") <= WIDTH:
        yield line
    else:
        yield f"{title}   RED, for {counted(len(red), 'reason')}"
        yield from labelled("RED", first_of(red, MOST_LINES))


# --- what was found ---------------------------------------------------------------------------------------------------


def _found(night: Night) -> Iterator[str]:
    standing = [finding for finding in night.findings if finding.state == FindingState.OPEN]
    yield from _urgent(night, standing)
    yield from labelled("New", [_new(night, standing)])
    yield from labelled("Open", [_counts(standing) + _oldest(night, standing) + _unverified(night)])
    yield from labelled("Resolved", [_resolved(night)])
    yield from labelled("Waiting", _waiting(night))


def _new(night: Night, standing: Sequence[NightFinding]) -> str:
    """What opened now; and what else the night brought, so that none of its findings and tickets looks like none."""
    new = [finding for finding in standing if finding.opened]
    waiting = sum(finding.begun and finding.state == FindingState.HELD for finding in night.findings)
    waits = f"; {counted(waiting, 'new one waits', 'new ones wait')}" if waiting else ""
    refs = {(finding.named_tracker, finding.ref) for finding in new}
    earlier = _refs((tracker, ref) for tracker, ref in night.tickets.opened if (tracker, ref) not in refs)
    return _counts(new) + _ticket_refs(new) + _again(new) + waits + (f"; {earlier} for earlier ones" if earlier else "")


def _urgent(night: Night, standing: Sequence[NightFinding]) -> Iterator[str]:
    """Keys that open everything first, then what was used: both can't wait for the list."""
    keys = [finding for finding in standing if finding.comes_first and finding.severity == Severity.CRITICAL]
    yield from _block(night, f"{counted(len(keys), 'holder')} of a signing key gone, and it's still trusted", keys)
    events = _events(standing)
    yield from _block(night, f"{len(events)} used after departure", events)


def _events(findings: Sequence[NightFinding]) -> list[NightFinding]:
    return [
        finding
        for finding in findings
        if finding.ticket_kind == TicketKind.EVENT and finding.state == FindingState.OPEN
    ]


def _block(night: Night, title: str, findings: Sequence[NightFinding]) -> list[str]:
    if not findings:
        return []
    worst = min((Severity(finding.severity) for finding in findings), key=lambda severity: severity.order)
    lines = [title, *(line for finding in findings[:MOST_LINES] for line in _urgent_lines(night, finding))]
    if len(findings) > MOST_LINES:
        rules = " and ".join(dict.fromkeys(finding.rule for finding in findings))
        lines.append(f"and {len(findings) - MOST_LINES} more: {COMMAND} findings --rule {rules}")
    return labelled(worst.upper(), lines)


def _urgent_lines(night: Night, finding: NightFinding) -> list[str]:
    """A finding with whose it is and how long after the departure, and where and what."""
    return _lines(finding, _who(night, finding), _what(finding))


def _judged_lines(night: Night, finding: NightFinding) -> list[str]:
    """A finding with how bad it is and by which rule, and whose, where and what."""
    unverified = ["unverified"] if finding.state == FindingState.UNVERIFIED else []
    judged = [finding.severity, *unverified, finding.rule]
    return _lines(finding, judged, [*_who(night, finding), *_what(finding)])


def _lines(finding: NightFinding, first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Its short key and its ticket come first: whatever else a page cuts off, these are shown."""
    ref = f"  {ticket(finding.ref, finding.named_tracker):11}" if finding.tracker else ""
    named = f"{short_finding(finding.finding_key)}{ref}  "
    whole = f"{named}{', '.join([*first, *second])}"
    return [whole] if len(whole) <= ROOM or not second else [f"{named}{', '.join(first)}", f"  {', '.join(second)}"]


def _who(night: Night, finding: NightFinding) -> list[str]:
    parts = [f"worker {worker(finding.id_space, finding.worker_id)}"] if finding.worker_id else []
    if finding.ticket_kind == TicketKind.EVENT and finding.left_at and finding.last_used_at:
        parts.append(f"used {counted(whole_days(finding.left_at, finding.last_used_at), 'day')} after")
    elif finding.left_at:
        parts.append(f"gone {counted(whole_days(finding.left_at, night.run.as_of), 'day')}")
    return parts


def _what(finding: NightFinding) -> list[str]:
    kind = SubjectKind(finding.subject_kind)
    parts = thing_by_ids(kind, finding.source, finding.realm, finding.subject_native_id)
    if finding.privileged and kind not in KEY_KINDS:
        parts.append("privileged")
    return parts


def _counts(findings: Sequence[NightFinding]) -> str:
    if not findings:
        return "0 findings"
    persons = [finding.person_uid for finding in findings if finding.person_uid]
    of_nobody, number = len(findings) - len(persons), counted(len(findings), "finding")
    people = f"on {counted(len(set(persons)), 'person', 'people')}"
    if not persons:
        return f"{number}, nobody's"
    return f"{number}: {len(persons)} {people}, {of_nobody} nobody's" if of_nobody else f"{number} {people}"


def _ticket_refs(findings: Sequence[NightFinding]) -> str:
    tickets = _refs((finding.named_tracker, finding.ref) for finding in findings if finding.ref)
    return f", {tickets}" if tickets else ""


def _refs(of: Iterable[tuple[str, str]]) -> str:
    """Such as "tickets #9 #10", of trackers' names and refs."""
    refs = sorted(set(of), key=lambda each: (each[0], len(each[1]), each[1]))
    if not refs:
        return ""
    shown = [ticket_number(ref, tracker) for tracker, ref in refs[:MOST_LINES]]
    more = f" and {len(refs) - MOST_LINES} more" if len(refs) > MOST_LINES else ""
    return f"{'ticket' if len(refs) == 1 else 'tickets'} {' '.join(shown)}{more}"


def _again(findings: Sequence[NightFinding]) -> str:
    again = sum(finding.reopened for finding in findings)
    return f", {again} of them closed before and working again" if again else ""


def _oldest(night: Night, findings: Sequence[NightFinding]) -> str:
    gone = [(finding.left_at, finding) for finding in findings if finding.left_at]
    late = sum(finding.due_at is not None and finding.due_at < night.run.as_of for finding in findings)
    text = f", {late} past due" if late else ""
    if gone:
        left_at, oldest = min(gone, key=lambda pair: (pair[0], pair[1].finding_key))
        days = counted(whole_days(left_at, night.run.as_of), "day")
        text += f", the longest gone {days} ({short_finding(oldest.finding_key)})"
    return text


def _unverified(night: Night) -> str:
    """They aren't open: nobody knows whether they work."""
    count = len(night.unverified)
    return f"; {count} more unverified" if count else ""


def _resolved(night: Night) -> str:
    if not night.resolutions:
        return "0 findings"
    why = Counter(closed.resolution.brief if closed.resolution else "otherwise" for closed in night.resolutions)
    text = ", ".join(f"{number} {reason}" for reason, number in why.most_common())
    return f"{counted(len(night.resolutions), 'finding')}: {text}"


def _waiting(night: Night) -> Iterator[str]:
    run_id = night.run.run_id
    if not night.waiting:
        yield "0 findings"
    yield from held.findings(night.held)
    if night.waiting:
        yield f"look at them: {COMMAND} findings --state held"
        yield f'let them through: {COMMAND} release {run_id} --reason "..."'
    if any(hold.status == HoldStatus.WAITING for hold in night.held.holds):
        yield f'or refuse them: {COMMAND} reject HOLD --reason "..."'
    for roster in night.rosters:
        if roster.waiting:
            yield f"{held.gone(roster)}:"
            yield f'{COMMAND} accept-read {run_id} {roster.name} --reason "..."'


# --- where to go on ---------------------------------------------------------------------------------------------------


def _worst(night: Night) -> list[str]:
    standing = [
        finding
        for finding in night.findings
        if finding.state != FindingState.HELD and finding.ticket_kind != TicketKind.EVENT
    ]
    used = len(_events(night.findings))
    aside = [f"besides the {used} used after departure, above:"] if used and standing else []
    lines = [line for finding in standing[:MOST_LINES] for line in _judged_lines(night, finding)]
    return labelled("Worst", [*aside, *lines])


def _more(night: Night) -> Iterator[str]:
    first = next((short_finding(finding.finding_key) for finding in night.findings), None)
    yield from labelled("More", [f"{COMMAND} explain {first}" if first else f"{COMMAND} findings --state all"])
    urls = list(dict.fromkeys(finding.url for finding in night.findings if finding.url))
    if night.record:
        changes = f"{counted(night.record.seq, 'change')} of state, the last one's hash"
        yield from labelled("Record", [changes, night.record.hash])
    trackers = sorted({finding.tracker for finding in night.findings if finding.tracker})
    if trackers:
        where = [f"the worst one: {urls[0]}"] if urls else []
        open_ones = f"{counted(night.tickets.open, 'ticket')} open in {', '.join(trackers)}"
        yield from labelled("Tickets", [open_ones, *where])


def _details(night: Night) -> Iterator[tuple[str, list[str]]]:
    new = [
        finding
        for finding in night.findings
        if finding.opened or (finding.begun and finding.state == FindingState.HELD)
    ]
    if new:
        yield "Every new finding", [line for finding in new for line in _judged_lines(night, finding)]
    unread = gaps(night)
    if len(unread) > MOST_LINES:
        yield "Everything that could not be checked", unread
