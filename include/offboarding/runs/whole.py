"""The functions of a night in one process: what is a task of its own in the DAG fails here by itself too."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog

from offboarding.config.settings import Settings
from offboarding.interfaces import (
    MessageQueue,
    Notifier,
    Pagers,
    Reader,
    Roster,
    RosterSettings,
    SourceSettings,
    Trackers,
)
from offboarding.model.errors import OffboardingError
from offboarding.runs import order, pipeline
from offboarding.runs.order import Call
from offboarding.store import departures, runs
from offboarding.store.connect import Session
from offboarding.store.departures import PersonCalled
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.nights")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Where the ready objects come from: whoever knows connections hands them over."""

    roster: Callable[[Settings, str, datetime], Roster]
    source: Callable[[Settings, str, str, datetime], Reader]
    parts: Callable[[Settings, datetime], Callable[[SourceSettings], Sequence[str]]]
    """What asks a source which parts there are to read."""
    trackers: Callable[[Settings], Trackers]
    notifiers: Callable[[Settings], Sequence[Notifier]] = lambda _: ()
    """Who is told at once."""
    pagers: Callable[[Settings], Pagers] = lambda _: {}
    """Who is called."""
    queue: Callable[[Settings], MessageQueue | None] = lambda _: None
    """Where departures are told by message; nowhere where the configuration names none."""
    logins: Callable[[Settings], Collection[str]] = lambda _: ()
    """As what the checker logs in, by every connection that the configuration names."""


def whole_night(
    session: Session,
    settings: Settings,
    readers: Readers,
    *,
    caller: str,
    as_of: datetime | None,
    show: Callable[[str], None] = print,
) -> Run:
    """A night up to its report, which is shown and written down.

    What can't be read is written down, logged, and makes the night red; the others go on. Raises FatalError where
    as_of would go backwards.
    """
    run = pipeline.open_run(session, settings, caller=caller, as_of=as_of)
    order.walk(work_of(session, settings, readers, run, show), partial(by_itself, session, run))
    return run


def whole_departure(
    session: Session,
    settings: Settings,
    readers: Readers,
    people: Sequence[PersonCalled],
    *,
    caller: str,
    as_of: datetime | None,
) -> Run:
    """What of these people's still works, now: a departure's run that nobody named them for, up to its report.

    What can't be read is logged, and stands in the run's record; what it then can't tell is told as such. What is
    read is held against each row, whoever wrote that.
    """
    run = pipeline.open_departure(session, settings, caller=caller, as_of=as_of)
    departures.note_persons(session, run.run_id, people, named=False)
    departures.compare_anew(session, run.run_id)
    work = work_of(session, settings, readers, run)
    # What the look tells of an account is correlated as well: it may be somebody else's by now.
    work["detail"].append(lambda: pipeline.correlate(session, settings, run))
    work |= {"ask_queue": [], "report": [lambda: pipeline.report_departure(session, run)]}
    order.walk(work, partial(by_itself, session, run))
    return runs.run(session, run.run_id)


def work_of(
    session: Session, settings: Settings, readers: Readers, run: Run, show: Callable[[str], None] = print
) -> dict[str, list[Call]]:
    """What each step of this night has to do; which parts there are to read is asked now."""
    found = pipeline.find_parts(session, settings, run, readers.parts(settings, run.as_of))
    parts = [(settings.source(name), part) for name, part in found]

    def read(roster: RosterSettings) -> None:
        pipeline.read_roster(session, settings, run, roster, readers.roster(settings, roster.name, run.as_of))

    def ask(work: Callable[..., object], source: SourceSettings, part: str) -> None:
        work(session, settings, run, source, part, readers.source(settings, source.name, part, run.as_of))

    def ask_queue() -> None:
        if (queue := readers.queue(settings)) is not None:
            pipeline.ask_queue(session, run, queue)

    return {
        "read_roster": [partial(read, roster) for roster in settings.rosters],
        "collect": [partial(ask, pipeline.collect, *each) for each in parts],
        "correlate": [lambda: pipeline.correlate(session, settings, run)],
        "detail": [partial(ask, pipeline.detail, *each) for each in parts],
        "evaluate": [lambda: pipeline.evaluate(session, settings, run)],
        "guard": [lambda: pipeline.guard(session, settings, run)],
        "ticket": [lambda: pipeline.ticket(session, settings, run, readers.trackers(settings))],
        "alert": [
            lambda: pipeline.alert(session, readers.notifiers(settings)),
            lambda: pipeline.page(session, settings, readers.pagers(settings)),
        ],
        "ask_queue": [ask_queue],
        "report": [lambda: pipeline.report(session, settings, run, folded=False, show=show)],
    }


def by_itself(session: Session, run: Run, step: str, call: Call) -> bool:
    """As a task of its own: its error is a line in the log, stands in the run's record, and keeps no other back."""
    try:
        call()
    except OffboardingError as error:
        log.error(str(error))  # noqa: TRY400 - the sentence; the run is red, and the report says why
    except Exception:  # as a task would end, and no other with it
        log.exception("a defect of ours: please report it")
        runs.note_broken(session, run.run_id, step)
    else:
        return True
    return False
