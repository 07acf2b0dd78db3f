"""What a ticket's templates are given of it: views of its row and of what stands on it."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from offboarding.model import DONE, Sentence, Standing, SubjectKind, TicketKind, TicketWords, say
from offboarding.model.keys import short_finding
from offboarding.report.texts.layout import on_one_line
from offboarding.report.texts.views import (
    DepartedView,
    DepartureChangeView,
    ExposedView,
    LeaverView,
    TicketView,
    TicketViews,
)
from offboarding.report.ticket_steps import common, decisions, shared
from offboarding.report.ticket_things import checklist, exposed_name, named, things
from offboarding.report.wording import COMMAND
from offboarding.rules import rule_of
from offboarding.store.exposed_keys import ExposedKey
from offboarding.store.tickets import TicketItem, TicketRow

MOST_THINGS = 100
"""More are counted, and found by the command."""
MOST_LINES = 50
"""Of a comment; more are counted."""
MOST_EXPOSED = 20
"""Of what else a leaver may know; more are counted, and found by the command."""
_SEEN_AT_ONCE = 25
"""Of a longer list a tracker folds the end, or leaves it out."""
_SHARING = {TicketKind.REVIEW, TicketKind.CONFIRM}
"""Kinds of tickets on which much is to be done alike with many things; elsewhere each says all of it, to be ticked."""


def of_ticket(
    row: TicketRow, items: Sequence[TicketItem], missing: Sequence[str], zone: str, forms_url: str, *, names: bool
) -> TicketViews:
    """What title and body are made of."""
    listed = _seen_first(items)[:MOST_THINGS]
    steps = shared(listed) if row.kind in _SHARING else {}
    return TicketViews(
        ticket=_ticket(row, items, most=MOST_THINGS, missing=missing),
        person=_person(row, items, zone, names=names),
        things=checklist(row.kind, listed, steps),
        shared=tuple(common(steps)),
        decisions=tuple(decisions(listed, forms_url)),
    )


def _seen_first(items: Sequence[TicketItem]) -> Sequence[TicketItem]:
    """In their order, or where only some will be seen, what holds the ticket open before the rest."""
    return items if len(items) <= _SEEN_AT_ONCE else sorted(items, key=lambda each: not each.holds)


def of_exposed(keys: Sequence[ExposedKey]) -> tuple[ExposedView, ...]:
    """What a leaver may know beside what is on the ticket's list."""
    return tuple(
        ExposedView(
            number=number,
            name=exposed_name(each.subject_kind, each.subject_label),
            key=short_finding(each.finding_key),
            severity=each.severity,
            unknown=each.standing != Standing.WORKS,
        )
        for number, each in enumerate(keys[:MOST_EXPOSED], start=1)
    )


def of_comment(
    row: TicketRow,
    items: Sequence[TicketItem] = (),
    changed: Sequence[TicketItem] = (),
    *,
    about: Sequence[TicketItem] = (),
    due: datetime | None = None,
) -> TicketViews:
    """What a comment is made of. `about`: what it lists beside what changed."""
    return TicketViews(
        ticket=_ticket(row, items, about=about, due=due, most=MOST_LINES),
        things=things(about[:MOST_LINES]),
        changed=things(changed[:MOST_LINES]),
        changed_more=max(0, len(changed) - MOST_LINES),
    )


def departures(items: Sequence[TicketItem], zone: str) -> Iterator[DepartureChangeView]:
    """Yield how each person's departure is told now, and how it was."""
    for item in {(each.id_space, each.worker_id): each for each in items}.values():
        now = f"{item.id_space}:{item.worker_id}"
        moved = (item.told_left_at, item.told_basis) != (item.left_at, item.basis)
        before = item.told_left_at if moved and item.left_at else None
        yield DepartureChangeView(
            worker=now,
            renamed_from="" if item.told_worker in (now, None) else item.told_worker or "",
            now=_departed(item.left_at, item.basis, item, zone) if before and item.left_at else None,
            before=_departed(before, item.told_basis, item, zone) if before else None,
        )


def _departed(at: datetime, basis: str | None, item: TicketItem, zone: str) -> DepartedView:
    own = item.zone or zone
    return DepartedView(
        basis=basis or "",
        left_at=at,
        left_on=(at - timedelta(microseconds=1)).astimezone(ZoneInfo(own)).date(),
        zone=own,
        elsewhere=not _alike(at, own, zone),
    )


def _alike(at: datetime, own: str, zone: str) -> bool:
    """Whether clocks show the same in both at that moment."""
    return at.astimezone(ZoneInfo(own)).utcoffset() == at.astimezone(ZoneInfo(zone)).utcoffset()


def _ticket(
    row: TicketRow,
    items: Sequence[TicketItem],
    *,
    most: int,
    missing: Sequence[str] = (),
    about: Sequence[TicketItem] | None = None,
    due: datetime | None = None,
) -> TicketView:
    open_items = [item for item in items if item.state not in DONE]
    holding = [item for item in items if item.holds]
    alone, opens = _alone(row, items), _alone(row, holding)
    return TicketView(
        key=row.ticket_key,
        kind=row.kind,
        system=_system(items[0]) if items else "",
        roster=items[0].roster if items else "",
        thing=_thing(row, items[0]) if items else "",
        holders=tuple(sorted({item.worker_id for item in open_items if item.worker_id})),
        own_title=alone.title if alone else "",
        own_left=alone.left if alone else "",
        own_opening=opens.opening if opens else "",
        own_closing=opens.closing if opens else "",
        due=due or min((item.due_at for item in open_items if item.due_at), default=None),
        working=sum(item.standing == Standing.WORKS for item in holding),
        untold=sum(item.standing == Standing.UNKNOWN for item in holding),
        holding=len(holding),
        attested=any(item.attestable for item in open_items),
        more=max(0, len(items if about is None else about) - most),
        missing=tuple(missing),
        explain=f"{COMMAND} explain {short_finding(items[0].finding_key)}" if items else "",
        list_all=f"{COMMAND} findings --state all",
        exposure=f"{COMMAND} exposure {items[0].id_space}:{items[0].worker_id}" if items and items[0].worker_id else "",
    )


def _person(row: TicketRow, items: Sequence[TicketItem], zone: str, *, names: bool) -> LeaverView | None:
    if not items or row.kind not in {TicketKind.REVOKE, TicketKind.EVENT}:
        return None
    first = items[0]
    own = first.zone or zone
    return LeaverView(
        name=on_one_line(first.name or "") if names else "",
        worker=first.worker_id or "",
        roster=first.roster,
        told=first.told or "",
        basis=first.basis or "",
        circumstance=first.circumstance,
        withdrawn=first.told is None,
        left_on=first.left_on,
        left_at=first.left_at,
        zone=own,
        elsewhere=bool(first.left_at and not _alike(first.left_at, own, zone)),
    )


def _alone(row: TicketRow, items: Sequence[TicketItem]) -> TicketWords | None:
    """What the one rule says whose findings are all that stands here; None where it says nothing of its own."""
    rule = rule_of(items[0].rule) if items and len({item.rule for item in items}) == 1 else None
    words = rule.alone if rule and rule.ticket == row.kind else None
    gone = any(item.left_at is not None for item in items)
    return None if words and words.while_here and gone else words


def _thing(row: TicketRow, item: TicketItem) -> Sentence:
    if row.kind == TicketKind.EVENT:
        return named(item, account=False)
    secret = item.subject_kind == SubjectKind.SHARED_SECRET
    return say("shared secret {label}" if secret else "signing key {label}", label=on_one_line(item.subject_label))


def _system(item: TicketItem) -> str:
    """A source's name; for AWS the account's number too, since each has its own ticket."""
    return f"{item.source} {item.realm}" if item.realm.isdigit() else item.source
