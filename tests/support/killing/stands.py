"""What stands after a task has ended: in the store, and in the tracker as a person reads it; and what differs.

Reads are dated by the real clock, so moments and the numbers of runs and tickets are left out of what is compared.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import LiteralString

from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from tests.systems.roundup.tracker import RoundupPeople

_VOLATILE = re.compile(r"\d{4}-\d\d-\d\d|\d\d:\d\d(:\d\d)?|\b(run|hold) ?\d+")
_BEARS = re.compile(r"\[(offb-[0-9a-f]{12})\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A finding."""

    state: str
    reopened: int
    ticket: str | None
    told: str
    """What its ticket says of it."""
    recorded: str | None
    """The state that the audit chain last tells of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """A ticket in the tracker."""

    status: str
    priority: str
    body: str
    comments: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stands:
    """All of it."""

    findings: Mapping[str, Found]
    rules: Mapping[str, str]
    tickets: Mapping[str, tuple[Ticket, ...]]
    """By key; more than one is one too many."""
    kept: Mapping[str, str]
    """The store's own word: a ticket's state, by key."""
    untold: int
    """In the outbox."""
    alerts: Mapping[str, int]
    """How often each was written down, by its subject."""
    unfinished: int
    """Runs."""
    broken_at: int | None


@dataclass(frozen=True, slots=True)
class Differs:
    """What is otherwise than it should be, as sentences."""

    duplicates: tuple[str, ...]
    lost: tuple[str, ...]
    broken: tuple[str, ...]
    """Neither: the audit chain, or more than was approved."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """All of them."""
        return (*self.duplicates, *self.lost, *self.broken)


def stands(session: Session, people: RoundupPeople, texts: Path) -> Stands:
    """Look at both. `texts`: where the tracker keeps what was said."""
    rows = session.execute(_FINDINGS).fetchall()
    told = session.execute("select ticket_key, state from ticket").fetchall()
    return Stands(
        findings={
            str(key): Found(
                state=str(state),
                reopened=int(str(reopened)),
                ticket=str(ticket) if ticket else None,
                told=str(said),
                recorded=str(recorded) if recorded else None,
            )
            for key, _, state, reopened, ticket, said, recorded in rows
        },
        rules={str(row[0]): str(row[1]) for row in rows},
        tickets=_tickets(people, texts),
        kept={str(key): str(state) for key, state in told},
        untold=_number(session, "select count(*) from outbox where done_at is null"),
        alerts=Counter(_plain(str(told)) for (told,) in session.execute("select subject from alert").fetchall()),
        unfinished=_number(session, "select count(*) from run where finished_at is null"),
        broken_at=broken_at(session),
    )


def differs(expected: Stands, now: Stands) -> Differs:
    """What was told twice, what isn't told or isn't known, and what else is wrong."""
    return Differs(
        tuple(_duplicates(expected, now)),
        tuple(_lost(expected, now)),
        tuple(_broken(expected, now)),
    )


def _duplicates(expected: Stands, now: Stands) -> Iterator[str]:
    for key, tickets in now.tickets.items():
        wanted = expected.tickets.get(key, ())
        if len(tickets) > max(len(wanted), 1):
            yield f"{key}: {len(tickets)} tickets"
        if not wanted:
            yield f"{key}: a ticket that nobody asked for"
        else:
            yield from (f"{key}: said again: {text[:60]!r}" for text in _more(tickets[0].comments, wanted[0].comments))
    yield from (f"alert {told!r}: written down again" for told in _more(now.alerts, expected.alerts))


def _lost(expected: Stands, now: Stands) -> Iterator[str]:
    for key, wanted in expected.findings.items():
        found = now.findings.get(key)
        if found is None:
            yield f"finding {key[:8]} ({expected.rules[key]}): gone"
        elif found != wanted:
            yield f"finding {key[:8]} ({expected.rules[key]}): {found}, not {wanted}"
    for key, tickets in expected.tickets.items():
        if key not in now.tickets:
            yield f"{key}: no ticket"
        else:
            yield from (f"{key}: {text}" for text in _untold(tickets[0], now.tickets[key][0]))
    if now.untold > expected.untold:
        yield f"{now.untold} lines are yet to be told"
    yield from (f"alert {told!r}: never written down" for told in _more(expected.alerts, now.alerts))


def _untold(wanted: Ticket, now: Ticket) -> Iterator[str]:
    for name in ("status", "priority", "body"):
        if getattr(now, name) != getattr(wanted, name):
            yield f"{name} is {getattr(now, name)!r}, not {getattr(wanted, name)!r}"
    yield from (f"not said: {text[:60]!r}" for text in _more(wanted.comments, now.comments))


def _broken(expected: Stands, now: Stands) -> Iterator[str]:
    if now.broken_at is not None:
        yield f"the audit chain is broken at {now.broken_at}"
    yield from (f"finding {key[:8]}: nobody should have found it" for key in now.findings.keys() - expected.findings)
    if now.kept != expected.kept:
        yield f"the store's tickets: {sorted(set(now.kept.items()) ^ set(expected.kept.items()))}"
    if now.unfinished > expected.unfinished:
        yield f"{now.unfinished} runs have no end"


def _more(texts: Iterable[str] | Mapping[str, int], than: Iterable[str] | Mapping[str, int]) -> Iterator[str]:
    return (Counter(texts) - Counter(than)).elements()


def _plain(text: str) -> str:
    return _VOLATILE.sub("~", text)


def _tickets(people: RoundupPeople, texts: Path) -> dict[str, tuple[Ticket, ...]]:
    """Every ticket that nobody deleted, by the key in its title."""
    asked = {"@fields": "title,status,priority,messages", "@verbose": "2", "@page_size": "1000"}
    listed = people.analyst.get("issue", params=asked).raise_for_status().json()["data"]["collection"]
    by_key: dict[str, tuple[Ticket, ...]] = {}
    for each in sorted(listed, key=lambda issue: int(issue["id"])):
        body, *comments = (_text(texts, number) for number in sorted(int(said["id"]) for said in each["messages"]))
        ticket = Ticket(
            status=each["status"]["name"], priority=each["priority"]["name"], body=body, comments=tuple(comments)
        )
        key = _BEARS.findall(each["title"])[-1]
        by_key[key] = (*by_key.get(key, ()), ticket)
    return by_key


def _text(texts: Path, message: int) -> str:
    """Roundup keeps a message in a file, a thousand in a folder; to ask for each would take longer than all else."""
    text = (texts / str(message // 1000) / f"msg{message}").read_text(encoding="utf-8")
    return _plain(text)


def _number(session: Session, query: LiteralString) -> int:
    found = session.execute(query).fetchone()
    assert found is not None
    return int(str(found[0]))


_FINDINGS = """
select f.finding_key, f.rule, f.state, f.reopened, f.ticket_key, f.told, (
    select e.to_state from finding_event e where e.finding_key = f.finding_key order by e.seq desc limit 1)
from finding f
"""
