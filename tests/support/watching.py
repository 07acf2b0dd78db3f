"""An hour of `offboarding_verify` by functions, in the order of the DAG's tasks."""

from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from offboarding.interfaces import Notifier
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.runs import pipeline
from offboarding.runs.evaluation import Evaluation
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.office import Office


@dataclass(slots=True, kw_only=True)
class HourTold:
    """What came of it."""

    run: Run | None = None
    """Of what is open; None: nothing is."""
    due: Run | None = None
    """Of those whose last day has ended; None: nobody's has."""
    evaluated: Evaluation | None = None
    failed: list[str] = field(default_factory=list[str])
    """Sentences of the reads that failed."""
    red: str = ""
    """The last sentence of what is open; "" where it's green."""
    due_red: str = ""
    logs: list[Any] = field(default_factory=list[Any])

    def said(self, event: str) -> list[dict[str, Any]]:
        """Log lines of one kind."""
        return [line for line in self.logs if line["event"] == event]


_callers = iter(range(1, 1_000_000))


def hour(
    office: Office,
    *,
    hours: float = 1,
    session: Session | None = None,
    caller: str = "",
    notifiers: Sequence[Notifier] = (),
) -> HourTold:
    """One, so many hours after the last night."""
    at, as_of = session or office.session, office.as_of + timedelta(hours=hours)
    caller = caller or f"hour {office.queue} {at.info.backend_pid} {next(_callers)} {as_of}"
    office.tracker.calls.clear()
    with capture_logs() as logs:
        told = HourTold(logs=logs)
        told.run = pipeline.open_verify(at, office.settings, caller=caller, as_of=as_of)
        if told.run is not None:
            _look_again(office, at, told, told.run, notifiers)
        told.due = pipeline.open_due(at, office.settings, caller=caller, as_of=as_of)
        if told.due is not None:
            _departures(office, at, told, told.due)
    return told


def _look_again(office: Office, session: Session, told: HourTold, run: Run, notifiers: Sequence[Notifier]) -> None:
    settings, readers = office.settings, office.readers()
    for name, part in pipeline.parts_to_verify(session, settings):
        with _by_itself(told):
            reader = readers.source(settings, name, part, run.as_of)
            pipeline.reread(session, settings, run, settings.source(name), part, reader)
    told.evaluated = pipeline.evaluate(session, settings, run)
    pipeline.guard(session, settings, run)
    pipeline.ticket(session, settings, run, readers.trackers(settings))
    pipeline.alert(session, notifiers)
    try:
        pipeline.report_verify(session, run)
    except FatalError as error:
        told.red = str(error)


def _departures(office: Office, session: Session, told: HourTold, run: Run) -> None:
    settings, readers = office.settings, office.readers()
    for roster in settings.rosters:
        with _by_itself(told):
            reader = readers.roster(settings, roster.name, run.as_of)
            pipeline.read_roster(session, settings, run, roster, reader)
    works: tuple[Any, ...] = (pipeline.collect, pipeline.correlate, pipeline.detail)
    for work in works:
        if work is pipeline.correlate:
            pipeline.correlate(session, settings, run)
            continue
        for source in settings.sources:
            for part in source.parts():
                with _by_itself(told):
                    work(session, settings, run, source, part, readers.source(settings, source.name, part, run.as_of))
    pipeline.evaluate(session, settings, run)
    pipeline.guard(session, settings, run)
    pipeline.ticket(session, settings, run, readers.trackers(settings))
    try:
        pipeline.report_departure(session, run)
    except FatalError as error:
        told.due_red = str(error)


@contextmanager
def _by_itself(told: HourTold) -> Generator[None]:
    try:
        yield
    except OffboardingError as error:
        told.failed.append(str(error))
