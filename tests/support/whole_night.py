"""One night of ours by the functions of `nights`: with what each task said, and without its screen."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from offboarding import wiring
from offboarding.config.settings import Settings
from offboarding.interfaces import Reader, Roster, SourceSettings, Trackers
from offboarding.model.errors import OffboardingError
from offboarding.runs import order, pipeline, whole
from offboarding.runs.evaluation import Evaluation
from offboarding.runs.order import Call
from offboarding.store import runs
from offboarding.store.connect import Session
from offboarding.store.correlation.linking import CorrelationOutcome
from offboarding.store.guard import GuardOutcome
from offboarding.store.rows import Run
from offboarding.tickets.counts import TicketCounts

READS = ("read_roster", "collect", "detail")
OUTCOMES = ("correlate", "evaluate", "guard", "ticket")


def _as_configured(_settings: Settings, _as_of: datetime) -> Callable[[SourceSettings], tuple[str, ...]]:
    return lambda own: own.parts()


@dataclass(frozen=True, slots=True, kw_only=True)
class Readers(whole.Readers):
    """Where the ready objects come from: `wiring`, or a test's own hands."""

    roster: Callable[[Settings, str, datetime], Roster] = wiring.roster
    source: Callable[[Settings, str, str, datetime], Reader] = wiring.source
    trackers: Callable[[Settings], Trackers] = wiring.trackers
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
    session: Session,
    settings: Settings,
    readers: Readers,
    *,
    caller: str,
    as_of: datetime | None,
    outcomes: Sequence[str] = OUTCOMES,
) -> NightTold:
    """From the first task to the last of `outcomes`. Raises what a task raises that reads nothing."""
    failed: list[str] = []
    told: dict[str, Any] = {}

    def went_well(step: str, call: Call) -> bool:
        try:
            told[step] = call()
        except OffboardingError as error:
            if step not in READS:
                raise
            failed.append(str(error))
            return False
        return True

    run = pipeline.open_run(session, settings, caller=caller, as_of=as_of)
    work = whole.work_of(session, settings, readers, run)
    order.walk({step: work[step] for step in (*READS, *outcomes)}, went_well)
    runs.close_run(session, run.run_id, red=failed, waiting=0)
    return NightTold(
        run=run,
        correlated=cast("CorrelationOutcome", told["correlate"]),
        evaluated=cast("Evaluation", told["evaluate"]),
        guarded=cast("GuardOutcome", told["guard"]),
        tickets=cast("TicketCounts", told.get("ticket", TicketCounts())),
        failed=tuple(failed),
    )
