"""One night by functions, in the order of the DAG's tasks: what fails there by itself fails here by itself too."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from include.offboarding import pipeline, wiring
from include.offboarding.errors import OffboardingError
from include.offboarding.interfaces import Reader, Roster, SourceSettings, Tracker
from include.offboarding.settings import Settings
from include.offboarding.store import runs
from include.offboarding.store.connect import Session
from include.offboarding.store.correlation import CorrelationOutcome
from include.offboarding.store.findings import Evaluation
from include.offboarding.store.guard import GuardOutcome
from include.offboarding.store.rows import Run
from include.offboarding.ticketing import TicketCounts


def _as_configured(_settings: Settings, _as_of: datetime) -> Callable[[SourceSettings], tuple[str, ...]]:
    return lambda own: own.parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers:
    """Where the ready objects come from: `wiring`, or a test's own hands."""

    roster: Callable[[Settings, str, datetime], Roster] = wiring.roster
    source: Callable[[Settings, str, str, datetime], Reader] = wiring.source
    tracker: Callable[[Settings], tuple[str, Tracker] | None] = wiring.tracker
    parts: Callable[[Settings, datetime], Callable[[SourceSettings], tuple[str, ...]]] = _as_configured
    """What asks each source for its parts; with `wiring.asker_of_parts` the system itself tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NightTold:
    """What each task said it did."""

    run: Run
    correlated: CorrelationOutcome
    evaluated: Evaluation
    guarded: GuardOutcome
    tickets: TicketCounts
    failed: tuple[str, ...] = field(default=())
    """Sentences of the reads that failed; in the DAG each fails its own task, and the others go on."""


def whole_night(
    session: Session, settings: Settings, readers: Readers, *, caller: str, as_of: datetime | None
) -> NightTold:
    """From the first task to the last."""
    failed: list[str] = []
    run = pipeline.open_run(session, settings, caller=caller, as_of=as_of)
    for roster in settings.rosters:
        with _by_itself(failed):
            reader = readers.roster(settings, roster.name, run.as_of)
            pipeline.read_roster(session, settings, run, roster, reader)
    found = pipeline.find_parts(session, settings, run, readers.parts(settings, run.as_of))
    parts = [(settings.source(name), part) for name, part in found]
    for source, part in parts:
        with _by_itself(failed):
            read = readers.source(settings, source.name, part, run.as_of)
            pipeline.collect(session, settings, run, source, part, read)
    correlated = pipeline.correlate(session, settings, run)
    for source, part in parts:
        with _by_itself(failed):
            read = readers.source(settings, source.name, part, run.as_of)
            pipeline.detail(session, settings, run, source, part, read)
    evaluated = pipeline.evaluate(session, settings, run)
    guarded = pipeline.guard(session, settings, run)
    told = pipeline.ticket(session, settings, run, readers.tracker(settings))
    runs.close_run(session, run.run_id, status="red" if failed else "green", waiting=0, summary={})
    return NightTold(
        run=run,
        correlated=correlated,
        evaluated=evaluated,
        guarded=guarded,
        tickets=told,
        failed=tuple(failed),
    )


@contextmanager
def _by_itself(failed: list[str]) -> Generator[None]:
    try:
        yield
    except OffboardingError as error:
        failed.append(str(error))
