"""Departures by message: an asset that is watched on a queue; no DAG of its own.

The trigger hands on ids alone. A message stays in the queue, unseen for a while, until the run has written it down and
deletes it: one that was lost on the way comes again (docs/decisions/0081-messages-by-a-trigger-of-our-own.md).
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, cast

import structlog
from airflow.sdk import Asset, AssetWatcher
from airflow.triggers.base import BaseEventTrigger, TriggerEvent

from include.offboarding import pipeline, wiring
from include.offboarding.errors import RetriableError

PAUSE_SECONDS = 30
"""After an error that may pass."""

log = structlog.get_logger("offboarding.queue")


class MessagesTrigger(BaseEventTrigger):
    """Waits for messages on the configured queue, and hands on whom they name."""

    def __init__(self, queue: str) -> None:
        super().__init__()  # pyright: ignore[reportUnknownMemberType]
        self.queue = queue

    def serialize(self) -> tuple[str, dict[str, Any]]:
        """The queue's address makes it another trigger where that changes."""
        return "dags.offboarding_queue.MessagesTrigger", {"queue": self.queue}

    async def run(self) -> AsyncIterator[TriggerEvent]:
        """Yield an event for each batch that came. A queue that may not be read ends it, with the sentence."""
        queue = await asyncio.to_thread(lambda: wiring.queue(wiring.configured()))
        while queue is not None:
            try:
                found = await asyncio.to_thread(pipeline.next_messages, queue)
            except RetriableError as error:
                log.warning(str(error))
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            if found:
                yield TriggerEvent({"messages": found})


def watched(settings: Any) -> list[Asset] | None:
    """The asset `departures`, for a DAG's schedule; None where the configuration names no queue."""
    if settings.messages is None:
        return None
    trigger = MessagesTrigger(queue=settings.messages.queue)
    return [Asset("departures", watchers=[AssetWatcher(name="departures", trigger=trigger)])]


def told(context: dict[str, Any]) -> list[dict[str, Any]]:
    """What messages a run was begun by; nothing where a person began it."""
    events = cast("Mapping[Any, Iterable[Any]]", context.get("triggering_asset_events") or {})
    payloads: list[dict[str, Any]] = [event.extra.get("payload") or {} for some in events.values() for event in some]
    return [message for payload in payloads for message in payload.get("messages", ())]
