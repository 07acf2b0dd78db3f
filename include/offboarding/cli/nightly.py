"""A whole night by command, for real or on trial."""

import uuid
from collections.abc import Iterable
from typing import Annotated

from offboarding import wiring
from offboarding.cli import DONE
from offboarding.cli.options import command, option
from offboarding.cli.output import note, say
from offboarding.cli.stores import session_on, trial_on
from offboarding.cli.terminal import at_the_terminal
from offboarding.config import loading
from offboarding.config.loading import Loaded
from offboarding.config.settings import Settings
from offboarding.model import TicketDraft, counted
from offboarding.model.errors import FatalError
from offboarding.report.red import acknowledging, reasons
from offboarding.report.wording import COMMAND, moment
from offboarding.runs.drafts import DraftTracker
from offboarding.runs.troubles import troubles
from offboarding.runs.whole import Readers, whole_night
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.rows import Run

RULER = "-" * 100
_MOST_COMMANDS = 5
_NO_BOUND = 1_000_000_000
_READERS = Readers(
    roster=wiring.roster,
    source=wiring.source,
    parts=wiring.asker_of_parts,
    trackers=wiring.trackers,
    pagers=wiring.pagers,
    notifiers=wiring.notifiers,
    queue=wiring.queue,
)


@command("nightly", example="--dry-run")
def nightly(
    *,
    dry_run: Annotated[
        bool,
        option(
            "--dry-run", text="keep nothing and tell nobody: print the tickets that would be opened, and the report"
        ),
    ] = False,
    as_of: Annotated[
        str | None,
        option(
            "--as-of",
            text="by which departures and expiries are judged, such as 2026-11-25T01:30:00+09:00 (default: now)",
            metavar="MOMENT",
        ),
    ] = None,
) -> int:
    """Check everything now, as the DAG does by night, without Airflow. A red night makes the exit code 1."""
    loaded = loading.load()
    with at_the_terminal(zone=loaded.settings.company.time_zone, quiet=dry_run):
        if dry_run:
            _on_trial(loaded, as_of)
        else:
            _for_real(loaded, as_of)
    return DONE


def _for_real(loaded: Loaded, as_of: str | None) -> None:
    caller = f"command {uuid.uuid4()}"
    with session_on(loaded) as session:
        run = whole_night(session, loaded.settings, _READERS, caller=caller, as_of=wiring.moment(as_of), show=say)
        _end(session, run)


def _end(session: Session, run: Run) -> None:
    found = troubles(reading.night_state(session, run.run_id))
    if not found.is_red:
        return
    known = acknowledging(found)[:_MOST_COMMANDS]
    beside = "\nWhat can't be mended now may be acknowledged, for 30 days at most:" if known else ""
    said = f"The night is red: {'; '.join(reasons(found))}. The report above says what to do.{beside}"
    raise FatalError("\n".join([said, *known]))


def _on_trial(loaded: Loaded, as_of: str | None) -> None:
    drafts = DraftTracker()
    readers = Readers(
        roster=_READERS.roster,
        source=_READERS.source,
        parts=_READERS.parts,
        trackers=lambda _: {drafts.name: lambda: drafts},
        queue=_READERS.queue,
    )
    settings, judged_at = _nothing_held(loaded.settings), wiring.moment(as_of)
    with trial_on(loaded) as session:
        run = whole_night(session, settings, readers, caller="trial", as_of=judged_at, show=say)
        _show(loaded.settings, drafts.drafts)
        note(
            "On trial: nothing was kept, and nobody was told. It began with an empty store, so that decisions, releases"
            " and open tickets of real nights don't count here."
        )
        _end(session, run)


def _nothing_held(settings: Settings) -> Settings:
    """Nothing waits for a person: a trial shows all that there would be to tell."""
    policy = settings.policy.model_copy(update={"baseline": "ticket", "max_new_tickets": _NO_BOUND})
    return settings.model_copy(update={"policy": policy})


def _show(settings: Settings, drafts: Iterable[TicketDraft]) -> None:
    drafts, zone = list(drafts), settings.company.time_zone
    say("", f"{counted(len(drafts), 'ticket')} would be opened" + (":" if drafts else "."))
    for draft in drafts:
        due = f", due {moment(draft.due_at, zone)}" if draft.due_at else ""
        queue = f", queue {draft.queue}" if draft.queue else ""
        say(RULER, draft.title, f"priority {draft.priority}{due}{queue}", "", *draft.body.splitlines())
    if drafts:
        say(RULER)
    policy = settings.policy
    if len(drafts) > policy.max_new_tickets:
        say(f"That is more than policy.max_new_tickets, {policy.max_new_tickets}: a real night would hold them all.")
    elif drafts and policy.baseline == "hold":
        say(f"A real first night would hold them (policy.baseline: hold), until {COMMAND} release lets them through.")
