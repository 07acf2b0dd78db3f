"""The functions of a night in the order of the DAG's tasks: what fails there by itself fails here by itself too."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

import structlog

from include.offboarding import pipeline
from include.offboarding.errors import OffboardingError
from include.offboarding.interfaces import MessageQueue, Notifier, Reader, Roster, SourceSettings, Tracker
from include.offboarding.settings import Settings
from include.offboarding.store.connect import Session
from include.offboarding.store.rows import Run

log = structlog.get_logger("offboarding.nights")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Where the ready objects come from: whoever knows connections hands them over."""

    roster: Callable[[Settings, str, datetime], Roster]
    source: Callable[[Settings, str, str, datetime], Reader]
    parts: Callable[[Settings, datetime], Callable[[SourceSettings], Sequence[str]]]
    """What asks a source which parts there are to read."""
    tracker: Callable[[Settings], tuple[str, Tracker] | None]
    notifiers: Callable[[Settings], Sequence[Notifier]] = lambda _: ()
    """Who is told at once."""
    queue: Callable[[Settings], MessageQueue | None] = lambda _: None
    """Where departures are told by message; nowhere where the configuration names none."""


def whole_night(session: Session, settings: Settings, readers: Readers, *, caller: str, as_of: datetime | None) -> Run:
    """A night up to its report, which is printed and written down.

    What can't be read is written down, logged, and makes the night red; the others go on. Raises FatalError where
    as_of would go backwards.
    """
    run = pipeline.open_run(session, settings, caller=caller, as_of=as_of)
    parts = read_all(session, settings, readers, run)
    with by_itself():
        pipeline.correlate(session, settings, run)
        for source, part in parts:
            with by_itself():
                reader = readers.source(settings, source.name, part, run.as_of)
                pipeline.detail(session, settings, run, source, part, reader)
        pipeline.evaluate(session, settings, run)
        pipeline.guard(session, settings, run)
        with by_itself():
            pipeline.ticket(session, settings, run, readers.tracker(settings))
        pipeline.alert(session, readers.notifiers(settings))
    with by_itself():
        if (queue := readers.queue(settings)) is not None:
            pipeline.ask_queue(session, run, queue)
    pipeline.report(session, settings, run, folded=False)
    return run


def read_all(session: Session, settings: Settings, readers: Readers, run: Run) -> Sequence[tuple[SourceSettings, str]]:
    """Read every roster, and the inventory of every source. Returns the sources' parts."""
    for roster in settings.rosters:
        with by_itself():
            pipeline.read_roster(session, settings, run, roster, readers.roster(settings, roster.name, run.as_of))
    found = pipeline.find_parts(session, settings, run, readers.parts(settings, run.as_of))
    parts = [(settings.source(name), part) for name, part in found]
    for source, part in parts:
        with by_itself():
            reader = readers.source(settings, source.name, part, run.as_of)
            pipeline.collect(session, settings, run, source, part, reader)
    return parts


@contextmanager
def by_itself() -> Generator[None]:
    """As a task of its own: its error is a line in the log, stands in the run's record, and keeps no other back."""
    try:
        yield
    except OffboardingError as error:
        log.error(str(error))  # noqa: TRY400 - the sentence; the run is red, and the report says why
    except Exception:  # as a task would end, and no other with it
        log.exception("a defect of ours: please report it")
