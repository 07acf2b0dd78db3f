"""The record on a page: whether its end is what it was when it was written, its latest events, who looked at whom."""

import json
from dataclasses import dataclass
from typing import cast

from offboarding.model.keys import short_finding
from offboarding.report.pages import Onlooker, checked_place
from offboarding.report.wording import moment, worker
from offboarding.store import events, looks
from offboarding.store.connect import Session
from offboarding.store.events import Head
from offboarding.store.reading.standings import Checked, EventKept, LookView, checked, looks_page, record_page

PAGE = 50
CHECKED = 2_000
"""Events at its end that are held against their hashes as somebody looks; `audit verify` reads all."""
_BY_RUN = "run "


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """An event."""

    seq: int
    when: str
    what: str
    finding: str
    """The short key of the one that it's about; else ""."""
    change: str
    by: str
    """A run; a person where names may be seen."""
    text: str
    """"" where names may not be seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookRow:
    """Who looked at whom or what."""

    when: str
    viewer: str
    worker: str
    """"" for a key."""
    material: str
    named: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    """All that the page shows."""

    named: bool
    head: Head | None
    """None where nothing has happened yet."""
    whole: bool
    says: tuple[str, ...]
    rows: tuple[EventRow, ...]
    next_before: int
    """0 where this is the last page."""
    looks: tuple[LookRow, ...]
    """Nothing where names may not be seen."""


def record(session: Session, onlooker: Onlooker, before: int = 0) -> RecordPage:
    """The latest events, or those before one."""
    head = events.head(session)
    found = record_page(session, before=checked_place(before) or None, most=PAGE + 1)
    seen = checked(session, head, most=CHECKED) if head else None
    look = looks.broken_at(session, most=CHECKED)
    return RecordPage(
        named=onlooker.named,
        head=head,
        whole=(seen is None or seen.broken_at is None) and look is None,
        says=tuple(_says(head, seen, look)) if head and seen else (),
        rows=tuple(_event(each, onlooker) for each in found[:PAGE]),
        next_before=found[PAGE - 1].seq if len(found) > PAGE else 0,
        looks=tuple(_look(each, onlooker) for each in looks_page(session, most=PAGE)) if onlooker.named else (),
    )


def _says(head: Head, seen: Checked, look: int | None) -> list[str]:
    said = [f"{head.seq} events, the last one's hash {head.hash}."]
    if seen.broken_at is not None:
        said.append(f"Broken at event {seen.broken_at}: it, or one before it, was edited or removed.")
    else:
        several = f"Events {seen.first} to {head.seq} are" if seen.first < head.seq else f"Event {head.seq} is"
        said.append(f"{several} as written, by the hashes: checked just now.")
    if seen.printed and seen.broken_at is None:
        said.append(
            f"The report of run {seen.printed.run_id} printed the hash {seen.printed.hash} of event"
            f" {seen.printed.seq}, which still has it."
        )
    if look is not None:
        said.append(f"The looks at people and keys are broken at look {look}.")
    return said


def _event(event: EventKept, onlooker: Onlooker) -> EventRow:
    change = f"{event.from_state} \N{RIGHTWARDS ARROW} {event.to_state}" if event.from_state else event.to_state
    of_us = event.actor.startswith(_BY_RUN)
    return EventRow(
        seq=event.seq,
        when=moment(event.at, onlooker.zone),
        what="finding" if event.finding_key else (event.about or "").replace("_", " ").replace(":", " "),
        finding=short_finding(event.finding_key) if event.finding_key else "",
        change=change,
        by=event.actor if onlooker.named or of_us else "a person, or correlation",
        text=_text(event) if onlooker.named else "",
    )


def _text(event: EventKept) -> str:
    """What a row said, field by field; as it stands where somebody made something else of it.

    The hash of its words tells nobody anything.
    """
    try:
        row: object = json.loads(event.text) if event.about else None
    except ValueError:
        row = None
    if not isinstance(row, dict):
        return event.text
    fields = cast("dict[str, object]", row)
    known = {name: value for name, value in fields.items() if name != "words" and value not in (None, "")}
    return ", ".join(f"{name.replace('_', ' ')}: {value}" for name, value in known.items())


def _look(look: LookView, onlooker: Onlooker) -> LookRow:
    of_worker = bool(look.worker_id)
    return LookRow(
        when=moment(look.at, onlooker.zone),
        viewer=look.viewer,
        worker=worker(look.id_space, look.worker_id) if of_worker else "",
        material="" if of_worker else look.subject,
        named=look.named,
    )
