"""The text of a ticket: plain, and readable where nobody renders it. It changes only when something did.

A ticket is read by somebody who has never seen this project: what it's about, why it is theirs, what to type, how to
undo it, and what to do if it's a mistake.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from include.offboarding.keys import short_finding
from include.offboarding.model import Severity, TicketDraft, TicketPriority
from include.offboarding.report.ticket_words import named, noun
from include.offboarding.store.tickets import TicketItem, TicketRow

MOST_ITEMS = 100
"""More are counted, and found by the command."""

_PRIORITIES = {
    Severity.CRITICAL: TicketPriority.URGENT,
    Severity.HIGH: TicketPriority.HIGH,
    Severity.MEDIUM: TicketPriority.NORMAL,
    Severity.LOW: TicketPriority.LOW,
}
_INDENT = " " * 7


def draft(row: TicketRow, items: Sequence[TicketItem], missing_rights: Sequence[str], zone: str) -> TicketDraft:
    """What the ticket should say now. `zone`: the company's, for moments."""
    open_items = [item for item in items if item.state != "resolved"] or list(items)
    due_at = min((item.due_at for item in open_items if item.due_at), default=None)
    worst = min((Severity(item.severity) for item in open_items), key=lambda s: s.order, default=Severity.HIGH)
    priority = TicketPriority.URGENT if row.kind == "event" else _PRIORITIES[worst]
    paragraphs = [
        *_opening(row, items, due_at, ZoneInfo(zone)),
        "\n\n".join(_checklist(items, ZoneInfo(zone))),
        *([_rights(missing_rights)] if row.kind == "unverified" else []),
        _closing(row, items),
    ]
    return TicketDraft(
        key=row.ticket_key,
        queue=row.queue,
        title=f"{_title(row, items)} [{row.ticket_key}]",
        body="\n\n".join(paragraph for paragraph in paragraphs if paragraph),
        priority=priority,
        due_at=due_at,
    )


def _title(row: TicketRow, items: Sequence[TicketItem]) -> str:
    first = items[0] if items else None
    if first is None:
        return "Nothing left to do"
    if row.kind == "event":
        return f"Used after departure: {noun(first).lower()} {first.subject_label} of worker {first.worker_id}"
    if row.kind == "review":
        return f"Review accounts of {first.source} that may be a leaver's, or nobody's"
    if row.kind == "confirm":
        return f"Confirm departures that roster {first.roster} doesn't tell clearly"
    if row.kind == "unverified":
        return f"Can't tell what works in {first.source}: a right is missing"
    left = f" (left {first.left_on.isoformat()})" if first.left_on else ""
    return f"Revoke what still works of worker {first.worker_id}{left}"


def _opening(row: TicketRow, items: Sequence[TicketItem], due_at: datetime | None, zone: ZoneInfo) -> Iterator[str]:
    first = items[0] if items else None
    if first is None:
        return
    works = sum(item.state != "resolved" and item.standing == "works" for item in items)
    due = f" Due by {_moment(due_at, zone)}." if due_at else ""
    if row.kind in {"revoke", "event"}:
        yield _departure(first)
        things = "1 thing of theirs still works" if works == 1 else f"{works} things of theirs still work"
        yield f"{_used(first) if row.kind == 'event' else things + '.'}{due}"
    elif row.kind == "review":
        yield (
            "Nobody can be sure whose these accounts are. Each needs a person's decision, and is no proof of anything"
            f" against anyone.{due}"
        )
    elif row.kind == "confirm":
        yield f"The roster doesn't say clearly whether these people left. Nothing of theirs is on a ticket.{due}"
    else:
        yield "These may still work, and nothing could be concluded, several nights running."


def _departure(item: TicketItem) -> str:
    who = item.name or f"Worker {item.worker_id}"
    day = f"{item.left_on:%A} {item.left_on.day} {item.left_on:%B %Y} ({item.zone})" if item.left_on else None
    when = f"'s last working day was {day}" if day else " has left"
    told = f": {item.told}" if item.told else ""
    return f"{who}{when}, says roster {item.roster}{told}."


def _used(item: TicketItem) -> str:
    return f"It was used after that: {item.standing_reason}. Find out by whom, and tell your incident response."


def _checklist(items: Sequence[TicketItem], zone: ZoneInfo) -> Iterator[str]:
    for number, item in enumerate(items[:MOST_ITEMS], start=1):
        yield "\n".join(_item(number, item, zone))
    if len(items) > MOST_ITEMS:
        yield f"And {len(items) - MOST_ITEMS} more: python -m include.offboarding findings --state all"


def _item(number: int, item: TicketItem, zone: ZoneInfo) -> Iterator[str]:
    done = item.state == "resolved"
    where = f", {item.source}" if item.source else ""
    yield f"[{'x' if done else ' '}] {number:<2} {named(item)}{where} ({_tag(item)})"
    if done:
        at = _moment(item.resolved_at, zone) if item.resolved_at else "an earlier night"
        yield f"{_INDENT}Done: {item.resolution}, on {at}."
        return
    for sentence in (*item.evidence, item.warning):
        if sentence:
            yield f"{_INDENT}{sentence}"
    for step in item.revoke:
        yield from (f"{_INDENT}  {line}" for line in step.splitlines())


def _tag(item: TicketItem) -> str:
    return f"{item.severity}, {short_finding(item.finding_key)}"


def _rights(missing: Sequence[str]) -> str:
    return "\n".join(["What is missing:", *(f"- {text}" for text in missing)]) if missing else ""


def _closing(row: TicketRow, items: Sequence[TicketItem]) -> str:
    key = short_finding(items[0].finding_key) if items else ""
    more = f"More: python -m include.offboarding explain {key}"
    if row.kind == "event":
        return (
            "This ticket closes by a person's verdict, never by itself:\n"
            f'  python -m include.offboarding verdict {key} --reason "..."\n{more}'
        )
    if row.kind == "revoke":
        return (
            "This ticket closes by itself when each item that holds it has been seen dead. Closing it by hand while"
            f" something works reopens it.\n{more}"
        )
    return f"This ticket closes by itself when nothing on it is open any more.\n{more}"


def _moment(at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y %H:%M %Z}"
