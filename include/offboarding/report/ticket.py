"""The text of a ticket: plain, and readable where nobody renders it. It changes only when something did.

A ticket is read by somebody who has never seen this project: what it's about, why it is theirs, what to type, how to
undo it, and what to do if it's a mistake.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from offboarding.model import (
    DONE,
    Basis,
    FindingState,
    Severity,
    Standing,
    SubjectKind,
    TicketDraft,
    TicketKind,
    TicketPriority,
    TicketWords,
    counted,
    queue_in,
)
from offboarding.model.keys import short_finding
from offboarding.report.ticket_items import checklist
from offboarding.report.ticket_steps import common, decisions, shared
from offboarding.report.ticket_words import alike, flowed, moment, moment_of, named, on_one_line
from offboarding.report.wording import zoned
from offboarding.rules import rule_of
from offboarding.store.tickets import TicketItem, TicketRow

_PRIORITIES = {
    Severity.CRITICAL: TicketPriority.URGENT,
    Severity.HIGH: TicketPriority.HIGH,
    Severity.MEDIUM: TicketPriority.NORMAL,
    Severity.LOW: TicketPriority.LOW,
}
_SHARING = {TicketKind.REVIEW, TicketKind.CONFIRM}
"""Kinds of tickets on which much is to be done alike with many things; elsewhere each says all of it, to be ticked."""
_CLOSES = {
    "revoke": (
        "This ticket closes by itself once each item was seen dead, by a look at the system itself; a key that is"
        " switched off doesn't hold it open. Closed by hand while something works, it's opened again."
    ),
    "rotate": (
        "This ticket closes by itself once no verifier publishes or accepts the key, seen twice, the longest cache"
        " lifetime apart. Closed by hand while the key is trusted, it's opened again."
    ),
    "event": "This ticket closes by a person's verdict, and never by itself. Closed by hand, it's opened again.",
    "review": "This ticket closes by itself once each account was decided or seen dead.",
    "confirm": "This ticket closes by itself once the roster says clearly what became of each.",
    "unverified": "This ticket closes by itself once it can be told again what works.",
}


def draft(
    row: TicketRow, items: Sequence[TicketItem], missing_rights: Sequence[str], zone: str, forms_url: str = ""
) -> TicketDraft:
    """What the ticket should say now. `zone`: the company's, for moments. `forms_url`: where people decide."""
    open_items = [item for item in items if item.state not in DONE]
    due_at = min((item.due_at for item in open_items or items if item.due_at), default=None)
    worst = min((Severity(item.severity) for item in open_items or items), key=lambda s: s.order, default=Severity.HIGH)
    steps = shared(items) if row.kind in _SHARING else {}
    paragraphs = [
        *_opening(row, items, due_at if open_items else None, ZoneInfo(zone)),
        *checklist(row.kind, items, ZoneInfo(zone), steps),
        *common(steps),
        *decisions(items, forms_url),
        *([_rights(missing_rights)] if row.kind == TicketKind.UNVERIFIED and missing_rights else []),
        _closing(row, items),
    ]
    return TicketDraft(
        key=row.ticket_key,
        queue=queue_in(row.tracker, row.queue),
        title=f"{on_one_line(_title(row, items, missing_rights))} [{row.ticket_key}]",
        body=zoned("\n\n".join(paragraphs), zone),
        priority=_priority(row, worst),
        due_at=due_at,
    )


def _priority(row: TicketRow, worst: Severity) -> TicketPriority:
    """By the worst thing on it; a step higher once it's past due."""
    if row.kind == TicketKind.EVENT:
        return TicketPriority.URGENT
    steps = list(TicketPriority)
    own = steps.index(_PRIORITIES[worst])
    return steps[max(own - 1, 0)] if row.past_due_at else steps[own]


def _title(row: TicketRow, items: Sequence[TicketItem], missing_rights: Sequence[str]) -> str:
    if not items:
        return "Nothing left to do"
    first, alone = items[0], _alone(row, items)
    if alone is not None:
        return alone.title.format(
            system=_system(first), key=_key(first), worker=first.worker_id, left=_left(row, items, alone.left)
        )
    match row.kind:
        case TicketKind.EVENT:
            thing = named(first, account=False)
            title = f"Used after departure: {thing[0].lower()}{thing[1:]} of worker {first.worker_id}"
        case TicketKind.ROTATE:
            title = f"Rotate {_key(first)}{_left(row, items)}"
        case TicketKind.REVIEW:
            title = f"Review accounts of {_system(first)} that may be a leaver's, or nobody's"
        case TicketKind.CONFIRM:
            title = f"Confirm departures that roster {first.roster} doesn't tell clearly"
        case TicketKind.UNVERIFIED:
            why = "a right is missing" if missing_rights else "a person has to look"
            title = f"Can't tell what works in {_system(first)}: {why}"
        case _:
            title = f"Revoke what still works of worker {first.worker_id}{_left(row, items)}"
    return title


def _alone(row: TicketRow, items: Sequence[TicketItem]) -> TicketWords | None:
    """What the one rule says whose findings are all that stands here; None where it says nothing of its own."""
    rule = rule_of(items[0].rule) if len({item.rule for item in items}) == 1 else None
    words = rule.alone if rule and rule.ticket == row.kind else None
    gone = any(item.left_at is not None for item in items)
    return None if words and words.while_here and gone else words


def _key(item: TicketItem) -> str:
    noun = "shared secret" if item.subject_kind == SubjectKind.SHARED_SECRET else "signing key"
    return f"{noun} {item.subject_label}"


def _left(row: TicketRow, items: Sequence[TicketItem], more: str = "") -> str:
    """Who left, of a key that several held, and when, of a person; `more` is what their rule says besides."""
    if row.kind == TicketKind.ROTATE:
        holders = sorted({item.worker_id for item in items if item.worker_id and item.state not in DONE})
        who = f"worker {holders[0]}" if len(holders) == 1 else counted(len(holders), "person", "people")
        return f" ({who} left)" if holders else ""
    first = items[0]
    if first.told is None:
        return " (departure withdrawn)"
    words = [f"left {first.left_on.isoformat()}"] if first.left_on else []
    words += [more] if more else []
    return f" ({', '.join(words)})" if words else ""


def _system(item: TicketItem) -> str:
    """A source's name; for AWS the account's number too, since each has its own ticket."""
    return f"{item.source} {item.realm}" if item.realm.isdigit() else item.source


def _opening(row: TicketRow, items: Sequence[TicketItem], due_at: datetime | None, zone: ZoneInfo) -> Iterator[str]:
    due = f" Due by {moment(due_at, zone)}." if due_at else ""
    if row.kind in {TicketKind.REVOKE, TicketKind.EVENT} and items:
        yield flowed(_departure(items[0], zone))
        what = _used(items[0], zone) if row.kind == TicketKind.EVENT else _still_work(items)
        yield flowed(f"{what}{due}")
    elif row.kind == TicketKind.ROTATE and items:
        yield flowed(f"{_key_stands(row, items)}{due}")
    elif row.kind == TicketKind.REVIEW:
        yield flowed(
            "Nobody can be sure whose these accounts are. Each needs a person's decision; none of this is proof of"
            f" anything against anyone.{due}"
        )
    elif row.kind == TicketKind.CONFIRM:
        yield flowed(
            "The roster doesn't say clearly whether these people left. Until it does, nothing of theirs is put on a"
            f" ticket to be revoked.{due}"
        )
    elif row.kind == TicketKind.UNVERIFIED:
        yield flowed("These may still work: several nights running it couldn't be told.")


def _departure(item: TicketItem, zone: ZoneInfo) -> str:
    who = on_one_line(item.name or "") or f"Worker {item.worker_id}"
    if item.told is None:
        return f"{who} counts as working here: the departure that roster {item.roster} had told was withdrawn."
    if item.basis == Basis.NOTICE and item.left_at:
        left = moment_of(item, item.left_at, zone)
        return f"{who} has left, on {left}, by {item.told}: a person said so before roster {item.roster} did."
    if item.basis == Basis.INFERRED:
        return f"{who} counts as having left: {item.told}, says roster {item.roster}."
    if item.left_on is None:
        return f"{who} has left, says roster {item.roster}: {item.told}."
    day = f"{item.left_on:%A} {item.left_on.day} {item.left_on:%B %Y}"
    over = ""
    if item.left_at and item.zone and not alike(item.left_at, ZoneInfo(item.zone), zone):
        over = f", over on {moment(item.left_at, zone)}"
    return f"{who}'s last working day was {day} ({item.zone}{over}), says roster {item.roster}: {item.told}."


def _used(item: TicketItem, zone: ZoneInfo) -> str:
    if item.state == FindingState.RESOLVED:
        return "It was used after that, and somebody said what it was."
    on = f" on {moment(item.last_used_at, zone)}" if item.last_used_at else ""
    return f"It was used after that{on}. Find out by whom, and tell your incident response."


def _still_work(items: Sequence[TicketItem]) -> str:
    works = sum(item.holds and item.standing == Standing.WORKS for item in items)
    untold = sum(item.holds and item.standing == Standing.UNKNOWN for item in items)
    if not works and not untold:
        return "Nothing is left to do here."
    what = counted(works, "thing of theirs still works", "things of theirs still work")
    return f"{what}; of {untold} more it can't be told." if untold else f"{what}."


def _key_stands(row: TicketRow, items: Sequence[TicketItem]) -> str:
    """What a key's ticket says before its holders: closing accounts doesn't end what a key can do."""
    open_items = [item for item in items if item.holds]
    if not open_items:
        return "Nothing is left to do here."
    alone = _alone(row, open_items)
    if alone and alone.opening:
        return alone.opening
    now = "is still trusted" if any(item.standing == Standing.WORKS for item in open_items) else "may still be trusted"
    return (
        f"People who left may have carried this key along, and it {now}. Closing their accounts changes nothing about"
        " that: whoever has the key needs no account."
    )


def _rights(missing: Sequence[str]) -> str:
    return "\n".join(("What is missing:", *(flowed(f"- {text}", hang=2) for text in missing)))


def _closing(row: TicketRow, items: Sequence[TicketItem]) -> str:
    more = f"\nMore: python -m offboarding explain {short_finding(items[0].finding_key)}" if items else ""
    return f"{flowed(_CLOSES[row.kind])}{more}"
