"""A departure by functions, in the order of the DAG's tasks: what fails there by itself fails here by itself too."""

from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from structlog.testing import capture_logs

from offboarding.model.errors import FatalError, OffboardingError
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from offboarding.store.guard import GuardOutcome
from offboarding.store.messages import TakenMessage
from offboarding.store.rows import Run
from tests.support.office import Office


@dataclass(slots=True, kw_only=True)
class DepartureTold:
    """What came of it."""

    run: Run
    failed: list[str] = field(default_factory=list[str])
    """Sentences of the reads that failed."""
    guarded: GuardOutcome | None = None
    red: str = ""
    """The last sentence; "" where the run is green."""
    logs: list[Any] = field(default_factory=list[Any])

    def said(self, event: str) -> list[dict[str, Any]]:
        """Log lines of one kind."""
        return [line for line in self.logs if line["event"] == event]


def departure(
    office: Office,
    *words: str,
    session: Session | None = None,
    hours: int = 1,
    caller: str = "",
    notices: Sequence[str] = (),
    quiet: bool = False,
    sent: Callable[[Run], TakenMessage] | None = None,
) -> DepartureTold:
    """A departure so many hours after the last night. Raises what finding the people raises.

    `quiet`: keeps no log lines, for several at once, since structlog can be listened to by one alone.
    """
    at = session or office.session
    settings, readers, as_of = office.settings, office.readers(), office.as_of + timedelta(hours=hours)
    caller = caller or f"departure {office.queue} {words} {hours} {at.info.backend_pid} {next(_callers)}"
    office.tracker.calls.clear()
    with nullcontext(list[Any]()) if quiet else capture_logs() as logs:
        run = pipeline.open_departure(at, settings, caller=caller, as_of=as_of)
        told = DepartureTold(run=run, logs=logs)
        for roster in settings.rosters:
            with _by_itself(told):
                pipeline.read_roster(at, settings, run, roster, readers.roster(settings, roster.name, as_of))
        pipeline.find_people(at, settings, run, words, notices, sent(run) if sent else None)
        _read(office, at, told, pipeline.collect)
        pipeline.correlate(at, settings, run)
        _read(office, at, told, pipeline.detail)
        pipeline.evaluate(at, settings, run)
        told.guarded = pipeline.guard(at, settings, run)
        pipeline.ticket(at, settings, run, readers.trackers(settings))
        try:
            pipeline.report_departure(at, run)
        except FatalError as error:
            told.red = str(error)
    return told


_callers = iter(range(1, 1_000_000))


def _read(office: Office, session: Session, told: DepartureTold, work: Any) -> None:
    settings = office.settings
    for source in settings.sources:
        for part in source.parts():
            with _by_itself(told):
                reader = office.readers().source(settings, source.name, part, told.run.as_of)
                work(session, settings, told.run, source, part, reader)


@contextmanager
def _by_itself(told: DepartureTold) -> Generator[None]:
    try:
        yield
    except OffboardingError as error:
        told.failed.append(str(error))
