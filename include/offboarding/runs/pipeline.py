"""One function a task: what a night does, whoever runs it.

Each takes an open session on the store and ready objects; `wiring` makes both. Every function may be called again with
the same run, and leaves the same rows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import datetime

import structlog

from offboarding.config.settings import Settings
from offboarding.guard import holds
from offboarding.identity.folding import normal
from offboarding.interfaces import Notifier, Pagers, Reader, Source, SourceSettings, Trackers, Trail
from offboarding.model import Fact, ReadPhase, ReadStatus, RunKind
from offboarding.model.errors import FatalError
from offboarding.report import late, night, numbers
from offboarding.report.red import reasons
from offboarding.rules import all_rules
from offboarding.runs import alerting, departure, evaluation, messages, opening, recheck
from offboarding.runs.ingest import bounds, reads
from offboarding.runs.ingest.details import read_details
from offboarding.runs.troubles import troubles
from offboarding.store import departures, events, looks, putting_right, reading, runs, sources, withdrawals
from offboarding.store.connect import Session
from offboarding.store.correlation import linking
from offboarding.store.guard import GuardOutcome
from offboarding.store.locks import lock_correlation
from offboarding.store.reading import exposure
from offboarding.store.reading import reads as reads_of
from offboarding.store.reading.holder_views import HolderQuery
from offboarding.store.rows import Run, SourceOutcome
from offboarding.tickets import desks, paging

log = structlog.get_logger("offboarding.pipeline")

open_run = opening.open_run
"""Begin a night, or find the one that was begun."""

open_departure = opening.open_departure
"""Begin the check of some people."""

open_verify = opening.open_verify
"""Begin a look at what is open."""

open_due = opening.open_due
"""Begin the departure of those whose last day has ended."""

refuse_earlier = withdrawals.refuse_earlier
"""Refuse a moment that lies far back."""

find_run = opening.find_run
"""The run of this id, for the tasks after the first."""

find_parts = opening.find_parts
"""What is to be read today."""

longest_read = bounds.longest_read
"""How long a read may take."""

read_roster = reads.read_roster
"""Read who works here."""

find_people = departure.find_people
"""Whom a departure's run is about."""

report_departure = departure.report
"""Say what of these people's still works."""

ticket = desks.ticket
"""Tell the trackers."""

page = paging.page
"""Call who can't wait for a ticket to be read."""

tell_now = alerting.tell_now
"""Tell people this, past the store."""

parts_to_verify = recheck.parts
"""What tells of open findings."""

reread = recheck.reread
"""Look again at what is open."""

report_verify = recheck.report
"""Say what came of what is open."""

note_messages = messages.note
"""Write down what came by message."""

take_messages = messages.take
"""Whom the messages name that a run was begun by."""

ask_queue = messages.ask
"""Whether departures by message can be heard."""


def collect(
    session: Session, settings: Settings, run: Run, source_settings: SourceSettings, part: str, source: Reader
) -> SourceOutcome:
    """Read what exists in one part of a source or verifier; of a departure, these people's accounts alone.

    Keys are few, and read whole each time; an audit trail is read from where it was read to before.
    """
    opening.refuse_unexpected(session, run, source_settings, part)

    def found() -> Iterator[Fact]:
        if isinstance(source, Trail):
            return source.events(sources.read_until(session, source_settings.name, part))
        if isinstance(source, Source) and run.kind == RunKind.DEPARTURE:
            return departure.accounts_of_these(session, settings, run, source_settings.name, part, source)
        return source.collect()

    return reads.read_source(
        session, settings, run, source_settings, part, ReadPhase.COLLECT, source, lambda within: within.passed(found())
    )


def correlate(session: Session, settings: Settings, run: Run) -> linking.CorrelationOutcome:
    """Decide who left, and whose each account is."""
    if not runs.usable_rosters(session):
        raise FatalError("No roster could be read, now or ever: nobody can be said to have left. Mend a roster first.")
    opening.hold_against_record(session, run)
    opening.note_unlisted(session, settings, run)
    opening.note_unasked(session, settings, run)
    with session.transaction():
        # No other run may correlate between reading the latest moment and storing this run's.
        lock_correlation(session)
        given = evaluation.correlation_settings(session, settings, run)
        # A departure links only its people's accounts, so the share of all that are linked is counted by nights.
        outcome = linking.correlate(session, given, counted=run.kind != RunKind.DEPARTURE)
        edited = putting_right.note_edited(session, run.run_id, outcome.edited)
        runs.note_correlated(session, run.run_id, asdict(outcome))
        if run.kind == RunKind.NIGHTLY:
            runs.note_retired(session, run.run_id)
    for trouble in edited:
        log.error(trouble, run=run.run_id)
    log.info("correlated", **_fields(outcome))
    return outcome


def detail(
    session: Session, settings: Settings, run: Run, source_settings: SourceSettings, part: str, source: Reader
) -> SourceOutcome | None:
    """Ask a source, live, about leavers' accounts alone. None where it tells of no accounts, or couldn't be read in
    this run to begin with.
    """
    if not isinstance(source, Source):
        return None
    found = sources.realm_of_part(session, run.run_id, source_settings.name, part)
    if found is None or found[1] == ReadStatus.FAILED or not found[0]:
        return None
    accounts = sources.accounts_to_detail(
        session, found[0], moved_days=settings.policy.moved_days, persons=departures.persons_asked(session, run)
    )
    return reads.read_source(
        session,
        settings,
        run,
        source_settings,
        part,
        ReadPhase.DETAIL,
        source,
        lambda within: read_details(within, source.detail, accounts),
    )


def evaluate(
    session: Session, settings: Settings, run: Run, release: holds.Release | None = None
) -> evaluation.Evaluation:
    """Let the rules look at every case, and write down what begins, stands, is reopened or may be closed.

    What would close on the word of a line that the guard holds stays as it is.
    """
    if runs.run(session, run.run_id).correlated_at is None:
        raise FatalError(f"run {run.run_id} has not been correlated: nothing is concluded from it")
    opening.hold_against_record(session, run)
    outcome = evaluation.evaluate(session, settings, run, release)
    log.info("evaluated", **asdict(outcome))
    return outcome


def guard(session: Session, settings: Settings, run: Run, release: holds.Release | None = None) -> GuardOutcome:
    """Look before anything is written outside."""
    opening.hold_against_record(session, run)
    outcome = holds.guard(session, settings, run, [rule.id for rule in all_rules()], release)
    log.info("guard", **asdict(outcome))
    return outcome


def alert(session: Session, notifiers: Sequence[Notifier]) -> int:
    """Tell people now what can't wait. Raises RetriableError where a notifier couldn't; the others were told."""
    return alerting.tell_people(session, notifiers)


def tell_late_night(
    notifiers: Sequence[Notifier], *, due_at: datetime, done_by: str, zone: str, page: str, done: bool | None
) -> None:
    """Tell people now that a night isn't done by that time of day, unless it is; or, where `done` is None, that it
    can't be told. Raises as `alert`.
    """
    if not done:
        said = late.untold_night if done is None else late.late_night
        alerting.tell_now(notifiers, said(due_at, done_by, zone, page))


def is_done(session: Session, caller: str) -> bool:
    """Whether the run that this caller began has ended, red or green."""
    run = runs.begun(session, caller)
    return run is not None and run.finished_at is not None


def conclude(
    session: Session,
    settings: Settings,
    run: Run,
    trackers: Callable[[Settings], Trackers],
    notifiers: Callable[[Settings], Sequence[Notifier]],
    pagers: Callable[[Settings], Pagers] = lambda _: {},
) -> None:
    """What follows the reads of some people's things, in one task: judge, look at the guard, tell.

    Both are made when they are needed: where a connection isn't there, everything else is done before that is raised,
    and whoever is told at once is told even where the tracker is away.
    """
    evaluate(session, settings, run)
    guard(session, settings, run)
    try:
        ticket(session, settings, run, trackers(settings))
    finally:
        try:
            alert(session, notifiers(settings))
        finally:
            page(session, settings, pagers(settings))


def report(
    session: Session, settings: Settings, run: Run, *, folded: bool = True, show: Callable[[str], None] = print
) -> None:
    """Say on one screen what was read, found, and couldn't be checked; and write down whether the night was red.

    `folded`: long lists in groups, as Airflow's log shows them. `show` puts it before whoever reads it.
    """
    # Ahead of the head that is printed, which then vouches for it.
    looks.seal(session, run_id=run.run_id)
    for notifier in settings.notifiers:
        alerting.note_untold(session, notifier.name)
    seen = reading.night(session, run.run_id, settings.company.time_zone)
    seen = exposure.ahead(session, seen, _asked_at(settings, run.as_of))
    status = runs.close_run(session, run.run_id, red=reasons(troubles(seen)), waiting=seen.waiting)
    # The event of how it ended is the record's end that is printed.
    seen = replace(seen, record=events.head(session, run.run_id))
    # Ahead of the screen: whoever picks our lines out of an executor's knows by it that what follows is ours.
    log.info("report", run=run.run_id, status=status)
    show(night.render(seen, settings.company.time_zone, folded=folded))


def _asked_at(settings: Settings, at: datetime) -> HolderQuery:
    reserved = tuple(normal(login) for login in settings.policy.reserved_logins)
    return HolderQuery(as_of=at, zone=settings.company.time_zone, reserved=reserved)


def counted_up(session: Session, run: Run) -> Mapping[str, float]:
    """What stands after a run, in numbers (`report.numbers`)."""
    seen = reading.night(session, run.run_id)
    head = events.head(session)
    seconds = reads_of.read_seconds(session, run.run_id)
    return dict(numbers.numbers(seen, seconds, events=head.seq if head else 0))


def expect_report(run: Run) -> None:
    """Raise FatalError if the run was not reported: Airflow skipped its tasks, and a skipped task fails nothing."""
    if run.finished_at is None:
        raise FatalError(
            f"Run {run.run_id} was not reported: Airflow skipped a task before its report, for example because the list"
            " of what to read was empty. Nothing was concluded. Trigger the DAG again."
        )


def end(session: Session, run: Run) -> None:
    """Raise FatalError where the night was red: something was left unchecked, and the sentence says what."""
    red = reasons(troubles(reading.night_state(session, run.run_id)))
    if red:
        raise FatalError(f"Run {run.run_id} is red: {'; '.join(red)}. What to do stands in the log of the task report.")


def _fields(outcome: linking.CorrelationOutcome) -> dict[str, int]:
    counts = asdict(outcome.counts) if outcome.counts else {}
    return {**counts, "persons_merged": outcome.merged_persons}
