"""Where the record ended, kept in Airflow's database: outside the store, so that a cut of its end is noticed.

The number of changes that were pushed is kept there too, by the API server (pushes.py), and compared here.
"""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict

import structlog
from airflow.sdk import Variable
from airflow.sdk.execution_time import task_runner

from offboarding.runs.record_end import Head, as_kept, hold_to_end, hold_to_pushes, is_held, record_end
from offboarding.wiring import Session
from offboarding_airflow.pushes import PUSHES, read_changes

KEY = "offboarding_record"
"""The variable: how many events there were, and the last one's hash."""

log = structlog.get_logger("offboarding.record")


@contextmanager
def anchored(session: Session) -> Generator[None]:
    """Keep where the record ends after this work, and log it, if the work added anything; only within a task.

    What was kept before stays where the record no longer holds it: the next run has to compare with that.
    """
    if not _in_a_task():
        yield
        return
    before = record_end(session)
    try:
        yield
    finally:
        end = record_end(session)
        if end is not None and end != before:
            told = _told()
            if told is None or is_held(session, told):
                _keep(end)
            log.info("record", events=end.seq, hash=end.hash)


def compare_with_anchor(session: Session, run_id: int) -> int:
    """Compare the record's end and the number of pushes with what Airflow keeps. A difference makes the run red.

    Returns the run's id.
    """
    told = _told() if _in_a_task() else None
    if told is not None and not hold_to_end(session, run_id, told):
        # This run reports it. The next one compares with the record as it is now.
        end = record_end(session)
        if end is not None:
            _keep(end)
    if _in_a_task() and (pushes := Variable.get(PUSHES, default=None)) is not None:
        hold_to_pushes(session, run_id, read_changes(pushes))
    return run_id


def _told() -> Head | None:
    told = Variable.get(KEY, default=None)
    return as_kept(**json.loads(told)) if told is not None else None


def _keep(end: Head) -> None:
    Variable.set(KEY, json.dumps(asdict(end)))


def _in_a_task() -> bool:
    """Whether there is an Airflow to ask: else nothing could be kept."""
    return hasattr(task_runner, "SUPERVISOR_COMMS")
