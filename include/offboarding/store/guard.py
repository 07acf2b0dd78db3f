"""The guard's rows: what is counted on each line, what waits on it, and how each line stood when it was last accepted.

Its decisions are made in guard/holds.py; everything here needs an open transaction and lock_findings.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from psycopg.rows import class_row, scalar_row
from psycopg.types.json import Jsonb

from offboarding.model import Count, HoldStatus, LineKind, Trip
from offboarding.store import recorded, temporary
from offboarding.store.connect import Session
from offboarding.store.events import Change
from offboarding.store.guard_look import Looking
from offboarding.store.record_rows import record_row
from offboarding.store.sql import block

Line = tuple[str, str]
"""Kind and name: ("roster", "hr")."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardOutcome:
    """What the guard let through, and what waits."""

    opened: int
    baseline: int
    """Wait for the release of a baseline."""
    over_maximum: int
    """Wait on a line that is beyond its limit."""
    new_tickets: int
    """How many people and systems need new tickets, without what waits and what is critical."""
    closings: int = 0
    """Wait to be closed on their tickets."""
    holds: int = 0
    """Lines that wait."""
    new_holds: int = 0
    """Of these, lines that tripped in this very run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A line that waits for a person, or waited."""

    hold_id: int
    kind: LineKind
    name: str
    """As people know it; of a person id_space:worker_id."""
    key: str
    """As the store knows it."""
    opened_run: int
    last_run: int
    opened_at: datetime
    numbers: list[dict[str, object]]
    """Each {measure, value, base, bound}."""
    findings: int
    closings: int
    status: HoldStatus
    decided_at: datetime | None
    decided_by: str
    decided_for: str
    is_new: bool
    """The run that was asked about is the one that fails for it."""

    @property
    def line(self) -> Line:
        """It, as the guard knows it."""
        return self.kind, self.key


@dataclass(frozen=True, slots=True, kw_only=True)
class _HoldReason:
    baseline: int
    over_maximum: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _HoldMade:
    hold_id: int
    new: bool


def begin(look: Looking) -> None:
    """Empty tables for this look, and what first reads are compared with from now on."""
    temporary.forget(look.session, "guard")
    # A run about some people has seen no system whole.
    if look.whole:
        look.do("count_linked")
        look.do("accept_first")
    look.do("make_fresh")
    look.do("make_resting")
    look.do("stage_lines")


def first_reads(look: Looking) -> bool:
    """Whether this look has seen any roster or source whole for the first time."""
    return look.whole and bool(look.number("first_reads"))


def feed_counts(look: Looking) -> list[Count]:
    """What rosters and sources changed since they were last accepted; of a run about some people, rosters alone."""
    return look.counts("roster_counts", *(("source_counts", "person_counts") if look.whole else ()))


def still_waiting(look: Looking) -> list[Trip]:
    """Return why lines wait that this run can't count again, as the run counted that tripped them."""
    with look.session.cursor(row_factory=class_row(Trip)) as cursor:
        return cursor.execute(block("guard", "still_waiting"), look.values()).fetchall()


def trip(look: Looking, trips: Sequence[Trip]) -> None:
    """Let the lines of these wait."""
    for each in trips:
        look.do("trip", kind=each.kind, name=each.name, critical=each.critical)


def cover(look: Looking, trips: Sequence[Trip]) -> None:
    """Let the lines of these wait, and count nothing on them any more."""
    trip(look, trips)
    look.do("cover")


def wait_on(look: Looking, lines: Sequence[Line], released: Sequence[Line]) -> None:
    """These wait after this run, and no others: their holds end, and they are compared with this run from now on.

    `released`: lines that a person let through in this run.
    """
    look.session.execute("truncate tripped")
    for kind, name in lines:
        look.do("trip", kind=kind, name=name, critical=None)
    look.write("guard_hold", "end_holds")
    look.do("accept_lines", released=_named(released))


def stage_candidates(look: Looking) -> None:
    """What would be told, to be counted."""
    look.do("make_candidate")
    look.do("make_opened")


def named_counts(look: Looking) -> list[Count]:
    """How many people somebody named at once."""
    return look.counts("named_count")


def person_finding_counts(look: Looking, *, announced: Sequence[str]) -> list[Count]:
    """Count each person's new findings, critical ones apart. `announced`: rosters whose leavers were announced."""
    return look.counts("person_finding_counts", announced=announced)


def finding_counts(look: Looking, *, announced: Sequence[str]) -> list[Count]:
    """Count people and systems with new findings by source and by rule, and with critical ones in all."""
    return look.counts("finding_counts", announced=announced)


def new_ticket_count(look: Looking, *, announced: Sequence[str]) -> int:
    """Count people and systems that need new tickets, but for announced leavers and critical findings."""
    return look.number("new_ticket_count", announced=announced)


def open_candidates(look: Looking) -> list[Change]:
    """What nothing holds is told from now on."""
    return look.changes("open_candidates")


def doubt_candidates(look: Looking) -> list[Change]:
    """Findings that nothing holds and that can't be told to work any more are unverified from now on."""
    return look.changes("doubt_candidates")


def note_trips(look: Looking, trips: Sequence[Trip]) -> None:
    """For the guard that comes after the evaluation."""
    look.do("note_trips", trips=Jsonb([asdict(trip) for trip in trips]))


def noted_trips(look: Looking) -> list[Trip]:
    """What this run's evaluation found."""
    with look.session.cursor(row_factory=class_row(Trip)) as cursor:
        return cursor.execute(block("guard", "noted_trips"), look.values()).fetchall()


def begin_baselines(look: Looking, *, rules: Sequence[str], release: bool) -> None:
    """First reads; `release`: by the policy's word they needn't wait."""
    for step in ("begin_roster_baselines", "begin_source_baselines", "begin_rule_baselines"):
        look.write("baseline", step, rules=list(rules))
    if release:
        look.write("baseline", "release_baselines", author="policy", reason="policy.baseline: ticket")


def lines_in_use(look: Looking) -> list[Line]:
    """Return the lines on which something of this run waits, and that have no hold yet."""
    rows = look.session.execute(block("guard", "lines_in_use"), look.values()).fetchall()
    return [(str(kind), str(name)) for kind, name in rows]


def hold_lines(look: Looking, lines: Sequence[Line], trips: Sequence[Trip]) -> list[tuple[int, Line, bool]]:
    """Write down what waits: each hold's id, its line, and whether it tripped in this run."""
    made: list[tuple[int, Line, bool]] = []
    for kind, name in lines:
        numbers = [
            {"measure": each.measure, "value": each.value, "base": each.base, "bound": each.bound}
            for each in trips
            if (each.kind, each.name) == (kind, name)
        ]
        values = look.values(kind=kind, name=name, numbers=Jsonb(numbers))
        with look.session.cursor(row_factory=class_row(_HoldMade)) as cursor:
            row = cursor.execute(block("guard", "hold_line"), values).fetchone()
        assert row is not None
        if row.new:
            recorded.note(look.session, "guard_hold", [row.hold_id], actor=f"run {look.run.run_id}")
        made.append((row.hold_id, (kind, name), row.new))
    return made


def held(look: Looking) -> tuple[int, int]:
    """How many findings wait: for a baseline's release, and on lines."""
    with look.session.cursor(row_factory=class_row(_HoldReason)) as cursor:
        found = cursor.execute(block("guard", "held_counts")).fetchone()
    assert found is not None
    return found.baseline, found.over_maximum


def holds(session: Session, *, every: bool = False, run_id: int | None = None) -> list[Hold]:
    """Lines that wait for a person; `every`: those decided or ended ones, too. `run_id`: that stood in that run."""
    with session.cursor(row_factory=record_row(Hold)) as cursor:
        return cursor.execute(block("guard", "waiting_holds"), {"all": every, "run_id": run_id}).fetchall()


def pick(look: Looking, *, of_run: int, holds: Sequence[Hold], everything: bool, batch: int) -> None:
    """What a person lets through: these lines; with `everything` also what waits on none since a run or earlier, of
    first reads a batch.
    """
    lines, ids = _named([hold.line for hold in holds]), [hold.hold_id for hold in holds]
    look.do("pick_batch", of_run=of_run, lines=lines, holds=ids, everything=everything, batch=batch)


def open_picked(look: Looking, *, author: str, reason: str) -> list[Change]:
    """What a person let through is told from now on."""
    return look.changes("open_picked", text=f"released by {author}: {reason}")


def end_baselines(look: Looking, *, of_run: int, author: str, reason: str) -> None:
    """First reads of which nothing waits any more are released."""
    look.write("baseline", "end_baselines", actor=author, of_run=of_run, author=author, reason=reason)


def decide_hold(
    look: Looking, hold_id: int, status: Literal["released", "rejected"], *, author: str, reason: str
) -> None:
    """What a person said of a line that waits."""
    row = {"hold_id": hold_id, "status": status, "author": author, "reason": reason}
    look.write("guard_hold", "decide_hold", actor=author, **row)


def note_release(look: Looking, *, of_run: int, author: str, reason: str, scope: str, findings: int) -> None:
    """Write down who let how much through."""
    row = {"author": author, "reason": reason, "scope": scope, "findings": findings}
    look.write("release", "note_release", actor=author, run_id=of_run, **row)


def rejected(look: Looking, hold_ids: Sequence[int], text: str) -> list[Change]:
    """What waits on these, unchanged, with what is to be written down of it."""
    return look.changes("rejected_findings", hold_ids=list(hold_ids), text=text)


def waiting(session: Session, run_id: int) -> int:
    """How much waits since this run or earlier, and on no line."""
    with session.cursor(row_factory=scalar_row) as cursor:
        return cursor.execute(block("guard", "waiting_count"), {"run_id": run_id}).fetchone() or 0


def waits_to_close(session: Session, ticket_key: str) -> bool:
    """Whether something on this ticket would close, and the guard holds it: the ticket stays as it is."""
    found = session.execute(block("guard", "ticket_waits"), {"ticket_key": ticket_key}).fetchone()
    return bool(found and found[0])


def waits_to_join(session: Session, ticket_key: str) -> bool:
    """Return whether a finding that belongs on this person's ticket waits behind a limit."""
    found = session.execute(block("guard", "ticket_awaits"), {"ticket_key": ticket_key}).fetchone()
    return bool(found and found[0])


def in_doubt(session: Session, ticket_key: str) -> bool:
    """Whether it rests on a roster that waits for a person, or that was refused: what it says isn't told anew."""
    found = session.execute(block("guard", "ticket_in_doubt"), {"ticket_key": ticket_key}).fetchone()
    return bool(found and found[0])


def _named(lines: Sequence[Line]) -> list[str]:
    return [f"{kind}:{name}" for kind, name in lines]
