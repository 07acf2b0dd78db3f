"""What people decided, held against the record: a row counts as its last event says, and not at all without one.

Whoever writes such a row writes its event in the same transaction (`note`). Runs look before they go by any
(putting_right.py). docs/decisions/0089-a-decision-is-what-its-event-says.md tells what that withstands.
"""

import json
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from psycopg.rows import class_row, scalar_row

from offboarding.model.keys import short_finding
from offboarding.store.events import ChainedEvent, Change, Saying, append_sayings
from offboarding.store.locks import lock_findings
from offboarding.store.session import Session
from offboarding.store.sql import block, statements

GONE = "set aside"
"""What the record says of a row that counts for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A table whose rows hold decisions."""

    word: str
    """What people call one."""
    key: tuple[str, ...]
    words: tuple[str, ...] = ()
    """Columns of free text, of which the record holds a digest alone."""
    nullable: tuple[str, ...] = ()
    """Columns that are null where the record says ""."""
    undecided: Mapping[str, str | None] | None = None
    """What makes a row one on which nobody decided, where the row is more than the decision; None: it goes."""


KINDS = {
    "link_decision": Kind(word="decision", key=("decision_id",), words=("reason",)),
    "notice": Kind(word="notice", key=("notice_id",), words=("reason", "ended_for")),
    "departure_word": Kind(word="word on a departure", key=("word_id",), words=("reason",)),
    "verdict": Kind(word="verdict on finding", key=("finding_key",), words=("reason",)),
    "exception": Kind(
        word="exception or acknowledgement",
        key=("exception_id",),
        words=("reason", "ended_for"),
        nullable=(*("finding", "space", "worker", "source", "part", "roster", "account", "rule", "queue", "covers"),),
    ),
    "excepted_account": Kind(word="excepted account", key=("excepted_account_id",)),
    "exception_decision": Kind(word="decision on an exception", key=("exception_decision_id",), words=("reason",)),
    "attestation": Kind(word="attestation", key=("attestation_id",), words=("reason",)),
    "people_list": Kind(word="list of people", key=("people_list_id",), words=("reason", "people")),
    "release": Kind(word="release", key=("release_id",), words=("reason",)),
    "baseline": Kind(word="baseline", key=("kind", "name"), words=("released_for",)),
    "guard_hold": Kind(
        word="hold",
        key=("hold_id",),
        words=("decided_for",),
        undecided={"status": "ended", "decided_at": None, "decided_by": None, "decided_for": None},
    ),
    "roster_read": Kind(
        word="accepted read",
        key=("read_id",),
        words=("accepted_for",),
        undecided={"status": "partial", "accepted_at": None, "accepted_by": None, "accepted_for": None},
    ),
    "withdrawal": Kind(word="withdrawal of run", key=("run_id",), words=("reason",)),
    "revocation": Kind(word="revocation", key=("revocation_id",), words=("reason", "ended_for")),
    "trial": Kind(word="mark of a store on trial", key=("only_one",)),
}
"""By table. What a row says stands in queries/recorded.sql."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A row that isn't as the record says."""

    about: str
    what: str
    """A sentence without a subject."""
    found: str | None
    """What the row says, as JSON; None where it is gone."""
    recorded: str | None
    """What it ought to say; None: nothing, there should be no such decision."""

    def __str__(self) -> str:
        table, _, key = self.about.partition(":")
        return f"{KINDS[table].word} {short_finding(key) if table == 'verdict' else key} {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherSeverity:
    """A finding whose severity differs from its last event about it."""

    finding_key: str
    found: str
    recorded: str

    def __str__(self) -> str:
        return (
            f"finding {short_finding(self.finding_key)} is of severity {self.found}, and its last event says"
            f" {self.recorded}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMoments:
    """A finding that was first seen, or closed, at another moment or otherwise than its events say."""

    finding_key: str
    seen_at: datetime
    """As its events say; so are the others. None: it isn't resolved."""
    resolved_at: datetime | None
    resolution: str | None

    def __str__(self) -> str:
        return f"finding {short_finding(self.finding_key)} was first seen, or closed, otherwise than its events say"


def note(session: Session, table: str, keys: Sequence[object], *, actor: str) -> None:
    """Write down what these rows say from now on. Needs the transaction that wrote them."""
    if not keys:
        return
    lock_findings(session)
    rows = said(session, [f"{table}:{key}" for key in keys])
    sayings = [Saying(about=about, act="written", text=text) for about, text in rows.items()]
    append_sayings(session, sayings, run_id=None, actor=actor)


def write(
    session: Session, table: str, file: str, name: str, /, values: Mapping[str, object], *, actor: str
) -> list[object]:
    """Do one block that changes such rows and returns their keys, and write down what they say now. Returns those."""
    keys: list[object] = []
    with session.transaction():
        for statement in statements(file, name):
            with session.cursor(row_factory=scalar_row) as cursor:
                keys += cursor.execute(statement, values).fetchall()
        note(session, table, keys, actor=actor)
    return keys


@contextmanager
def followed(session: Session, *, actor: str) -> Generator[None]:
    """Whatever is changed of such rows within, wherever they stand, is written down. Needs a transaction."""
    lock_findings(session)
    before = said(session, None)
    yield
    after = said(session, None)
    gone = [Saying(about=about, act=GONE, text=text) for about, text in before.items() if about not in after]
    written = [
        Saying(about=about, act="written", text=text) for about, text in after.items() if before.get(about) != text
    ]
    append_sayings(session, [*gone, *written], run_id=None, actor=actor)


def troubles(session: Session) -> list[Trouble]:
    """Rows that aren't as the record says."""
    stands = said(session, None)
    with session.cursor(row_factory=class_row(_RecordedRow)) as cursor:
        rows = cursor.execute(block("recorded", "recorded")).fetchall()
    recorded = {about: list(events) for about, events in groupby(rows, key=lambda row: str(row.about))}
    found = (_trouble(about, stands.get(about), recorded.get(about, [])) for about in sorted({*stands, *recorded}))
    return [trouble for trouble in found if trouble is not None]


def states_changed(session: Session) -> list[Change]:
    """Findings that stand otherwise than their last event says: each from its state to that one."""
    with session.cursor(row_factory=class_row(Change)) as cursor:
        return cursor.execute(block("recorded", "states")).fetchall()


def severities_changed(session: Session) -> list[OtherSeverity]:
    """Return the findings whose severity differs from their last event about it."""
    with session.cursor(row_factory=class_row(OtherSeverity)) as cursor:
        return cursor.execute(block("recorded", "severities")).fetchall()


def moments_changed(session: Session) -> list[OtherMoments]:
    """Return the findings that were first seen, or closed, otherwise than their events say."""
    with session.cursor(row_factory=class_row(OtherMoments)) as cursor:
        return cursor.execute(block("recorded", "moments_changed")).fetchall()


def said(session: Session, about: Sequence[str] | None) -> dict[str, str]:
    """What these rows say now, or all of them, as JSON."""
    if about is None:
        # Each task of a night asks it, and to plan it takes four fifths of its time; the plan is the same for any size.
        asked = session.execute(block("recorded", "decided"), prepare=True)
    else:
        asked = session.execute(block("recorded", "decided_of_these"), {"about": list(about)})
    return {str(name): str(text) for name, text in asked.fetchall()}


def fields(text: str) -> dict[str, object]:
    """Of a row's JSON."""
    read: dict[str, object] = json.loads(text)
    return read


@dataclass(frozen=True, slots=True, kw_only=True)
class _RecordedRow(ChainedEvent):
    named: str | None
    """By which hash the event behind it knows it; None for the last of all."""

    @property
    def is_whole(self) -> bool:
        return self.holds() and self.named in (None, self.hash)


def _trouble(about: str, stands: str | None, events: Sequence[_RecordedRow]) -> Trouble | None:
    if not events:
        return Trouble(about=about, what="has no event in the record", found=stands, recorded=None)
    last = events[0]
    if last.is_whole:
        recorded = _content(last)
        if _agree(stands, recorded):
            return None
        differs = "says something else than its event" if stands else "is gone, and has an event"
        what = differs if recorded else "stands again, and was set aside"
        return Trouble(about=about, what=f"{what} ({last.seq})", found=stands, recorded=recorded)
    # Its hash vouches for the row where only the event was edited.
    if stands is not None and last.holds(text=stands):
        recorded = stands
    else:
        recorded = next((_content(event) for event in events[1:] if event.is_whole), None)
    return Trouble(about=about, what=f"has an event that was edited ({last.seq})", found=stands, recorded=recorded)


def _content(event: ChainedEvent) -> str | None:
    return None if event.to_state == GONE else event.text


def _agree(stands: str | None, recorded: str | None) -> bool:
    if stands is None or recorded is None:
        return stands == recorded
    row, said = fields(stands), fields(recorded)
    # A column that the table has since isn't in the event.
    return all(name in row and row[name] == value for name, value in said.items())
