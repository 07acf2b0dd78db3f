"""Where the record ended, kept in Airflow's database: outside the store, so that a cut of its end is noticed."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import asdict

import structlog
from airflow.sdk import Variable
from airflow.sdk.execution_time import task_runner

from offboarding.runs.record_end import as_kept, hold_to_end, record_end
from offboarding.wiring import Session

KEY = "offboarding_record"
"""The variable: how many events there were, and the last one's hash."""

log = structlog.get_logger("offboarding.record")


@contextmanager
def kept(session: Session) -> Generator[None]:
    """Keep where the record ends after this work, and log it, if the work added anything; only within a task."""
    if not _in_a_task():
        yield
        return
    before = record_end(session)
    try:
        yield
    finally:
        end = record_end(session)
        if end is not None and end != before:
            Variable.set(KEY, json.dumps(asdict(end)))
            log.info("record", events=end.seq, hash=end.hash)


def compared(session: Session, run_id: int) -> int:
    """Hold the record against what Airflow kept of an earlier run or decision: what differs makes this run red.

    Returns the run's id.
    """
    told = Variable.get(KEY, default=None) if _in_a_task() else None
    if told is not None:
        hold_to_end(session, run_id, as_kept(**json.loads(told)))
    return run_id


def _in_a_task() -> bool:
    """Whether there is an Airflow to ask: else nothing could be kept."""
    return hasattr(task_runner, "SUPERVISOR_COMMS")
