"""A night that isn't done in time is told to whoever `notifiers` name, by the triggerer: it needs no worker for it."""

import asyncio
from datetime import datetime
from typing import Any
from urllib.parse import quote

from offboarding import wiring
from offboarding.model.errors import OffboardingError
from offboarding.runs import pipeline
from offboarding_airflow.addresses import page


async def tell_late(context: dict[str, Any]) -> None:
    """Tell it, or that nobody knows, unless the store says that the night is done: Airflow asks of a red one, too."""
    await asyncio.to_thread(_tell, context["dag_run"])


def _tell(night: dict[str, Any]) -> None:
    due, run_id = wiring.schedules(), str(night["dag_run_id"])
    if due.nightly_done_by is None:
        return
    pipeline.tell_late_night(
        wiring.told_at_once(),
        due_at=datetime.fromisoformat(night["logical_date"]),
        done_by=due.nightly_done_by,
        zone=due.time_zone,
        page=f"{page()}/dags/{night['dag_id']}/runs/{quote(run_id, safe='')}",
        done=_done(run_id),
    )


def _done(run_id: str) -> bool | None:
    try:
        with wiring.at_work() as (_, session):
            return pipeline.is_done(session, run_id)
    except OffboardingError:
        # Its sentence stands in the log, and people are told that nobody knows.
        return None
