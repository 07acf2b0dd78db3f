"""The guard: before anything is written outside, is this night like the last that was accepted?

A line (a roster, a source, a rule, a person, critical findings, all together) that goes beyond its limit waits, with
the findings that would be told and the tickets that would be closed on its word; the others go on. Limits on findings
count people and systems, so that one person's findings hold that person's line alone. limits.py holds them, and
docs/guard.md tells why they are what they are.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog

from offboarding.config.settings import Settings
from offboarding.guard.limits import announced_rosters, day_of, trips, vanished
from offboarding.model import Count, LineKind, Measure, Trip
from offboarding.report import held as words
from offboarding.store import alerts, held_closings, held_findings, runs
from offboarding.store import guard as rows
from offboarding.store.connect import Session
from offboarding.store.events import Change, append_events
from offboarding.store.guard import GuardOutcome, Hold, Line
from offboarding.store.guard_look import Looking
from offboarding.store.held_findings import NewlyHeld
from offboarding.store.locks import lock_findings
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.guard")

_MUCH = (Measure.FINDINGS, Measure.ITEMS, Measure.CRITICALS, Measure.TICKETS, Measure.ACCOUNTS)
"""What is only much, and says nothing against what would close."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """What a person lets through."""

    of_run: int
    """What waits since this run or earlier."""
    holds: Sequence[Hold]
    """The lines; none where `everything` waits only for a baseline."""
    everything: bool
    """Baselines too, batch by batch, and not these lines alone."""
    batch: int
    """So many tickets of a first read."""
    reason: str
    author: str

    @property
    def lines(self) -> list[Line]:
        """The lines as the guard knows them."""
        return [hold.line for hold in self.holds]


def hold_closings(
    session: Session, settings: Settings, run: Run, closings: Sequence[Change], release: Release | None = None
) -> list[Change]:
    """What of this evaluation's closings does close: the rest would on a tripped line's word, and waits, or closes with
    the guard's own look, once another finding that judges the same thing is told.

    Needs the evaluation's transaction.
    """
    look = Looking.at(session, run)
    if not closings and not rows.first_reads(look):
        # What changed is counted, through every account and link, only where something hangs on it.
        held_closings.forget_closings(look)
        rows.note_trips(look, [])
        return []
    rows.begin(look)
    free = _free(release)
    found = [each for each in _trips(settings, look, rows.feed_counts(look)) if (each.kind, each.name) not in free]
    doubted = [each for each in rows.still_waiting(look) if each.measure not in _MUCH]
    rows.trip(look, [each for each in (*found, *doubted) if (each.kind, each.name) not in free])
    held_closings.stage_closings(look, closings)
    unseen = list(vanished(settings.guard, held_closings.vanished_counts(look)))
    rows.trip(look, unseen)
    for count in (held_closings.closing_counts, held_closings.closing_total):
        more = [each for each in _trips(settings, look, count(look)) if (each.kind, each.name) not in free]
        rows.trip(look, more)
        found += more
    held = held_closings.hold_closings(look, settings.sign_on)
    if unseen:
        names = sorted({each.name for each in unseen})
        log.warning("not closed before the night's inventory: too much is gone", sources=names, findings=len(held))
    rows.note_trips(look, [each for each in found if each.measure in (Measure.CLOSINGS, Measure.WITHDRAWN)])
    closes = [change for change in closings if change.finding_key not in held]
    deferred = held_closings.defer_closings(look, closes)
    return [change for change in closes if change.finding_key not in deferred]


def guard(
    session: Session, settings: Settings, run: Run, rules: Sequence[str], release: Release | None = None
) -> GuardOutcome:
    """Look before anything is written outside: first reads wait for a person, as does a line beyond its limit."""
    with session.transaction():
        lock_findings(session)
        look = Looking.at(session, run)
        rows.begin(look)
        # A run about some people has seen no system whole: the first night is still to come.
        if look.whole:
            rows.begin_baselines(look, rules=rules, release=settings.policy.baseline == "ticket")
        free = _free(release)
        found, new_tickets = _look(settings, look)
        if release is not None:
            rows.pick(
                look,
                of_run=release.of_run,
                holds=release.holds,
                everything=release.everything,
                batch=release.batch,
            )
        opened = _open(look, release)
        runs.note_step(session, run.run_id, "guard")
        return _write_down(look, found, _waits(look, found, free), list(free), opened, new_tickets)


def _look(settings: Settings, look: Looking) -> tuple[list[Trip], int]:
    """Everything that is beyond its limit, each line counted without what waits already; and how many tickets follow.

    A person who names people decides about them alone: what they hold goes out, whatever else waits, unless they are
    more than policy.max_named.
    """
    rows.stage_candidates(look)
    found = [
        *_over(rows.named_counts(look), settings.policy.max_named),
        *_trips(settings, look, rows.feed_counts(look)),
        *rows.noted_trips(look),
    ]
    rows.cover(look, (*found, *rows.still_waiting(look)))
    day = day_of(look.run.as_of, settings.company.time_zone)
    announced = announced_rosters(settings.guard, [roster.name for roster in settings.rosters], found, day)
    # One person's findings first: what waits on that person's line isn't counted on any other.
    for count in (rows.person_finding_counts, rows.finding_counts):
        more = _trips(settings, look, count(look, announced=announced))
        rows.cover(look, more)
        found += more
    wanted = rows.new_ticket_count(look, announced=announced)
    all_together = Count(kind=LineKind.TOTAL, name="", measure=Measure.TICKETS, value=wanted, base=wanted)
    more = _over([all_together], settings.policy.max_new_tickets)
    rows.cover(look, more)
    return [*found, *more], wanted


def _open(look: Looking, release: Release | None) -> list[Change]:
    opened: list[Change] = []
    if release is not None:
        opened += rows.open_picked(look, author=release.author, reason=release.reason)
        append_events(look.session, opened, run_id=look.run.run_id, actor=release.author)
        rows.end_baselines(look, of_run=release.of_run, author=release.author, reason=release.reason)
        scope = ", ".join(" ".join(hold.line).strip() for hold in release.holds)
        rows.note_release(
            look,
            of_run=release.of_run,
            author=release.author,
            reason=release.reason,
            scope="everything" if release.everything else scope,
            findings=len(opened),
        )
        for hold in release.holds:
            rows.decide_hold(look, hold.hold_id, "released", author=release.author, reason=release.reason)
    through = rows.open_candidates(look)
    doubted = rows.doubt_candidates(look)
    closed = held_closings.close_succeeded(look)
    append_events(look.session, [*through, *doubted, *closed], run_id=look.run.run_id, actor=f"run {look.run.run_id}")
    return [*opened, *through]


def _waits(look: Looking, found: Sequence[Trip], free: set[Line]) -> list[Line]:
    """Return the lines that wait after this run; of one about some people, those on which something of theirs waits."""
    if not look.whole:
        in_use = rows.lines_in_use(look)
        return [line for line in _lines(found) if line[0] == LineKind.NAMED or line in in_use]
    return [line for line in _lines((*found, *rows.still_waiting(look))) if line not in free]


def _write_down(
    look: Looking,
    found: Sequence[Trip],
    waits: Sequence[Line],
    released: Sequence[Line],
    opened: Sequence[Change],
    new_tickets: int,
) -> GuardOutcome:
    made = rows.hold_lines(look, waits, found)
    if look.whole:
        rows.wait_on(look, waits, released)
    joined = held_findings.note_held(look)
    _alert(look, made, joined)
    baseline, over = rows.held(look)
    return GuardOutcome(
        opened=len(opened),
        baseline=baseline,
        over_maximum=over,
        new_tickets=new_tickets,
        closings=held_closings.closings_waiting(look),
        holds=len(waits),
        new_holds=sum(new for _, _, new in made),
    )


def _alert(look: Looking, made: Sequence[tuple[int, Line, bool]], joined: Sequence[NewlyHeld]) -> None:
    """Note alerts of lines that tripped in this run, of what joined others, and of each held use after a departure."""
    new = {hold_id for hold_id, _, tripped in made if tripped}
    more = {each.hold_id: each for each in joined}
    for hold in rows.holds(look.session):
        if hold.hold_id in new:
            alerts.note(
                look.session, words.tripped(hold, more.get(hold.hold_id), look.run.run_id), run_id=look.run.run_id
            )
        elif hold.hold_id in more:
            alerts.note(
                look.session, words.more_held(hold, more[hold.hold_id], look.run.run_id), run_id=look.run.run_id
            )
    for event in held_findings.held_events(look):
        alerts.note(look.session, words.held_event(event, look.run.run_id), run_id=look.run.run_id)


def _trips(settings: Settings, look: Looking, counted: Sequence[Count]) -> list[Trip]:
    day = day_of(look.run.as_of, settings.company.time_zone)
    return list(trips(settings.guard, counted, day, settings.policy.max_inferred.of))


def _over(counted: Sequence[Count], bound: int) -> list[Trip]:
    """Those beyond a bound of the policy's."""
    return [
        Trip(kind=each.kind, name=each.name, measure=each.measure, value=each.value, base=each.base, bound=bound)
        for each in counted
        if each.value > bound
    ]


def _lines(found: Iterable[Trip]) -> list[Line]:
    return list(dict.fromkeys((each.kind, each.name) for each in found))


def _free(release: Release | None) -> set[Line]:
    return set(release.lines) if release else set()
