"""What is yet to be said to the tracker, ticket by ticket."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby

from psycopg.rows import scalar_row, tuple_row
from psycopg.types.json import Jsonb

from offboarding.model import Sentence, TicketCall, as_kept, kept
from offboarding.model.sentences import Kept
from offboarding.store.connect import Session
from offboarding.store.record_rows import record_row
from offboarding.store.rows import Run
from offboarding.store.sql import block


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """Something yet to be said to the tracker."""

    outbox_id: int
    op: TicketCall
    event_key: str
    text: str
    """A sentence where it's told in the tracker's language."""
    made_of: Kept | None
    """What the sentence was made of."""
    told_as: str
    """The event as which somebody has tried to tell it; "" where nobody has."""


def say(
    session: Session,
    run: Run,
    key: str,
    *,
    op: TicketCall,
    event_key: str,
    text: str,
    goes_along: bool = False,
    tells: Mapping[str, str] | None = None,
) -> None:
    """Put it into the outbox; the same event twice makes one row. `goes_along`: it's said wherever what stands on the
    ticket goes; all else is planned anew there. `tells`: findings whose change it says, and what the ticket said of
    each before.
    """
    made_of = Jsonb(kept(text)) if isinstance(text, Sentence) else None
    values = {
        "ticket_key": key,
        "op": op,
        "event_key": event_key,
        "text": text,
        "made_of": made_of,
        "run_id": run.run_id,
        "goes_along": goes_along,
        "tells": None if tells is None else Jsonb(dict(tells)),
    }
    session.execute(block("tickets", "insert_outbox"), values)


def unheard(session: Session, key: str) -> dict[str, str]:
    """Findings whose change waits, and nobody has tried to tell: what their ticket said of each before it changed.
    Until the transaction ends nobody tries.
    """
    with session.cursor(row_factory=tuple_row) as cursor:
        return dict(cursor.execute(block("tickets", "unheard"), {"ticket_key": key}).fetchall())


def overtake(session: Session, key: str, op: TicketCall, event_key: str) -> None:
    """What is `unheard` isn't to be said any more, but for this."""
    session.execute(block("tickets", "overtake"), {"ticket_key": key, "op": op, "event_key": event_key})


def is_done(session: Session, key: str, op: TicketCall, event_key: str) -> bool:
    """Whether this has been said of a ticket once, or wasn't needed when it was its turn."""
    values = {"ticket_key": key, "op": op, "event_key": event_key}
    with session.cursor(row_factory=scalar_row) as cursor:
        return bool(cursor.execute(block("tickets", "is_done"), values).fetchone())


def pending(session: Session, key: str) -> list[Pending]:
    """What is yet to be said of a ticket, in order."""
    with session.cursor(row_factory=record_row(Pending)) as cursor:
        found = cursor.execute(block("tickets", "pending"), {"ticket_key": key}).fetchall()
    return [replace(each, text=as_kept(each.text, each.made_of)) if each.made_of else each for each in found]


def together(waiting: Sequence[Pending]) -> list[list[Pending]]:
    """Comments that follow each other are one, unless somebody has tried to tell them before: then as they were."""
    groups = groupby(waiting, lambda each: each.told_as if each.op is TicketCall.COMMENT else each.outbox_id)
    return [list(group) for _, group in groups]


def try_to_tell(session: Session, said: Sequence[Pending]) -> tuple[str, list[Pending]]:
    """From now on none of it is overtaken. Returns the event that it's told as, and what hasn't been by now."""
    first, *more = said
    events = "+".join(each.event_key for each in said)
    told_as = first.told_as or (hashlib.sha256(events.encode()).hexdigest()[:32] if more else first.event_key)
    values = {"told_as": told_as, "outbox_ids": [each.outbox_id for each in said]}
    with session.cursor(row_factory=scalar_row) as cursor:
        left = set(cursor.execute(block("tickets", "try_to_tell"), values).fetchall())
    return told_as, [each for each in said if each.outbox_id in left]


def done(session: Session, said: Sequence[Pending]) -> None:
    """It has been said."""
    session.execute(block("tickets", "done"), {"outbox_ids": [each.outbox_id for each in said]})


def drop_pending(session: Session, key: str) -> None:
    """Whatever was yet to be said of it isn't any more."""
    session.execute(block("tickets", "drop_pending"), {"ticket_key": key})


def go_along(session: Session, old_key: str, new_key: str) -> None:
    """What was yet to be said of what moves on is said where it goes."""
    session.execute(block("tickets", "go_along"), {"old_key": old_key, "new_key": new_key})


def give_back(session: Session, said: Sequence[Pending], trackers: Sequence[str]) -> None:
    """What is said wherever things go, and was to be said on a ticket that was never opened, is said where they came
    from, as long as that is a ticket of one of these trackers.
    """
    values = {"outbox_ids": [each.outbox_id for each in said], "trackers": list(trackers)}
    session.execute(block("tickets", "give_back"), values)


def set_out(session: Session, key: str, digest: str) -> int:
    """A ticket's tracker is told this now. Returns its number: the last one again, where this is what was told last."""
    with session.cursor(row_factory=scalar_row) as cursor:
        found = cursor.execute(block("tickets", "set_out"), {"ticket_key": key, "digest": digest}).fetchone()
    assert found is not None
    return int(str(found))


def unsaid(session: Session, key: str) -> None:
    """What was told last was refused, and so not heard."""
    session.execute(block("tickets", "unsaid"), {"ticket_key": key})


def to_drain(session: Session, tracker: str, persons: Sequence[str] | None, closed_since: datetime) -> list[str]:
    """Keys of a tracker's tickets to see to: with something to say, every open one, and each that was missing when
    another took its place, unless what stands for it was closed before `closed_since`; or some people's alone.
    """
    values = {
        "tracker": tracker,
        "persons": None if persons is None else list(persons),
        "closed_since": closed_since,
    }
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("tickets", "to_drain"), values).fetchall()


def elsewhere(session: Session, trackers: Sequence[str]) -> list[tuple[str, int]]:
    """Other trackers that tickets stand in or are wanted for, and how many, by their names."""
    with session.cursor(row_factory=tuple_row) as cursor:
        found: list[tuple[str, int]] = cursor.execute(
            block("tickets", "elsewhere"), {"trackers": list(trackers)}
        ).fetchall()
    return found


def leaving(session: Session) -> set[str]:
    """Trackers of tickets that have moved to another, and are yet to be closed there."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return set(cursor.execute(block("tickets", "leaving")).fetchall())
