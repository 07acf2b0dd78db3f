"""The text of a ticket: plain, and readable where nobody renders it. It changes only when something did.

A ticket is read by somebody who has never seen this project: what it's about, why it is theirs, what to type, how to
undo it, and what to do if it's a mistake. The sentences stand in templates (`report/texts/templates`).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from offboarding.model import DONE, Severity, TicketDraft, TicketKind, TicketPriority, queue_in
from offboarding.report.texts.rendering import TicketTexts
from offboarding.report.ticket_views import MOST_EXPOSED, departures, of_comment, of_exposed, of_ticket
from offboarding.store.exposed_keys import ExposedKey
from offboarding.store.tickets import TicketItem, TicketRow

_PRIORITIES = {
    Severity.CRITICAL: TicketPriority.URGENT,
    Severity.HIGH: TicketPriority.HIGH,
    Severity.MEDIUM: TicketPriority.NORMAL,
    Severity.LOW: TicketPriority.LOW,
}


def draft(
    row: TicketRow,
    items: Sequence[TicketItem],
    missing_rights: Sequence[str],
    texts: TicketTexts,
    forms_url: str = "",
    exposed: Sequence[ExposedKey] = (),
) -> TicketDraft:
    """What the ticket should say now. `forms_url`: where people decide; `exposed`: what else its leaver may know."""
    open_items = [item for item in items if item.state not in DONE and not item.beside]
    due_at = min((item.due_at for item in open_items or items if item.due_at), default=None)
    worst = min((Severity(item.severity) for item in open_items or items), key=lambda s: s.order, default=Severity.HIGH)
    views = of_ticket(row, items, missing_rights, texts.zone, forms_url, names=texts.names)
    views = replace(views, exposed=of_exposed(exposed), exposed_more=max(0, len(exposed) - MOST_EXPOSED))
    return TicketDraft(
        key=row.ticket_key,
        queue=queue_in(row.tracker, row.queue),
        title=texts.title(views),
        body=texts.body(views),
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


# --- comments ---------------------------------------------------------------------------------------------------------


def changes(texts: TicketTexts, row: TicketRow, changed: Sequence[TicketItem], *, several: bool = False) -> str:
    """What changed on a ticket that stays open. `several`: over more than one night, so that it's said when."""
    return texts.comment("changed", replace(of_comment(row, changed=changed), several=several))


def closing(
    texts: TicketTexts,
    row: TicketRow,
    items: Sequence[TicketItem],
    changed: Sequence[TicketItem],
    *,
    several: bool = False,
) -> str:
    """Why the ticket closes, and what on it may still be done."""
    # What stands beside others is no thing that could be switched on again.
    listed = [item for item in items if item.state not in DONE and not item.beside]
    return texts.comment("closed", replace(of_comment(row, items, changed, about=listed), several=several))


def reopening(texts: TicketTexts, row: TicketRow, changed: Sequence[TicketItem], *, several: bool = False) -> str:
    """Why a ticket is open again."""
    return texts.comment("reopened", replace(of_comment(row, changed=changed), several=several))


def retold(texts: TicketTexts, row: TicketRow, items: Sequence[TicketItem]) -> str:
    """That HR, or somebody before it, tells a departure otherwise now; a line a person."""
    views = replace(of_comment(row, items), departures=tuple(departures(items, texts.zone)))
    return texts.comment("departure_changed", views)


def closed_too_early(texts: TicketTexts, row: TicketRow, items: Sequence[TicketItem]) -> str:
    """Why a ticket is open again that somebody closed: what still holds it, and since when."""
    return texts.comment("closed_too_early", of_comment(row, items, about=[item for item in items if item.holds]))


def past_due(texts: TicketTexts, row: TicketRow, items: Sequence[TicketItem], due_at: datetime) -> str:
    """What is late on a ticket."""
    holding = [item for item in items if item.holds]
    return texts.comment("past_due", of_comment(row, items, about=holding, due=due_at))


def moved(texts: TicketTexts, row: TicketRow, successor: TicketRow, items: Sequence[TicketItem]) -> str:
    """Where a ticket goes on in another tracker; why it closes, where all that went there was over before it was."""
    if successor.ref is None:
        return closing(texts, row, items, [])
    views = of_comment(row)
    there = f"{successor.tracker}, {successor.ref}"
    ticket = replace(views.ticket, successor=there, successor_url=successor.url or "")
    return texts.comment("moved", replace(views, ticket=ticket))


def verified_again(texts: TicketTexts, row: TicketRow) -> str:
    """That everything on it can be told again."""
    return texts.comment("verified_again", of_comment(row))


def unverified_again(texts: TicketTexts, row: TicketRow) -> str:
    """That it can't be told again."""
    return texts.comment("unverified_again", of_comment(row))
