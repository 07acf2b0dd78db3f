"""Departures by message: an asset that is watched on a queue; no DAG of its own.

The trigger writes down what came, and hands on the messages' own ids alone: whoever may make asset events could write
anything else into one. A message stays in the queue, unseen for a while, until the run deletes it: one that was lost on
the way comes again (docs/decisions/0081-messages-by-a-trigger-of-our-own.md).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, cast

import structlog
from airflow.sdk import Asset, AssetWatcher, task
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from offboarding import wiring
from offboarding.model.errors import RetriableError
from offboarding.runs import pipeline
from offboarding_airflow.tasks import own_run
from offboarding_airflow.work import at_work

PAUSE_SECONDS = 30
"""After an error that may pass."""

log = structlog.get_logger("offboarding.queue")


class MessagesTrigger(BaseEventTrigger):
    """Waits for messages on the configured queue, and hands on whom they name."""

    def __init__(self, queue: str) -> None:
        super().__init__()
        self.queue = queue

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The queue's address makes it another trigger where that changes."""
        return "offboarding_airflow.queue.MessagesTrigger", {"queue": self.queue}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event for each batch that came. A queue that may not be read ends it, with the sentence."""
        queue = await asyncio.to_thread(lambda: wiring.queue(wiring.configured()))
        while queue is not None:
            try:
                ids = await asyncio.to_thread(_received, queue)
            except RetriableError as error:
                log.warning(str(error))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if ids:
                yield TriggerEvent({"messages": ids})


def _received(queue: Any) -> list[str]:
    """The ids of what came, once it is written down; none where nothing did."""
    found = queue.receive()
    if not found:
        return []
    with wiring.at_work() as (_, session):
        return pipeline.note_messages(session, queue, found)


@task
def ask_queue(check: int) -> None:
    """Check that the queue of departures can be read: the triggerer that reads it reports no failure.

    Without a queue the task succeeds: if it were skipped, Airflow would skip the report, by its trigger rule.
    """
    with at_work() as (loaded, session):
        run, queue = own_run(session, check), wiring.queue(loaded.settings)
        if queue is not None:
            pipeline.ask_queue(session, run, queue)


def watched(queue: str | None) -> list[Asset] | None:
    """Return the asset `departures`, for a DAG's schedule; None if the configuration names no queue."""
    if queue is None:
        return None
    trigger = MessagesTrigger(queue=queue)
    return [Asset("departures", watchers=[AssetWatcher(name="departures", trigger=trigger)])]


def told(context: dict[str, Any]) -> list[object]:
    """What the asset events hold that a run was begun by; nothing where a person began it. No task makes one."""
    events = cast("Mapping[Any, Iterable[Any]]", context.get("triggering_asset_events") or {})
    return [event.extra if event.source_dag_id is None else None for some in events.values() for event in some]
