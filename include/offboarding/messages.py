"""Departures by message: worker ids and notices' ids, nothing else, each message taken at least once and done once.

A message is `{"people": ["hr:10442"], "notices": ["n-4f2a91"]}`; either may be left out. Where it comes in, ids alone
are taken over: whatever else somebody put into it goes neither into Airflow nor into our tables, but into the queue for
what is set aside, whole, with the reason.
"""

import json
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import structlog

from include.offboarding.errors import OffboardingError
from include.offboarding.interfaces import MessageQueue, QueuedMessage
from include.offboarding.store import messages
from include.offboarding.store.connect import Session
from include.offboarding.store.messages import TakenMessage
from include.offboarding.store.rows import Run

log = structlog.get_logger("offboarding.messages")

MOST_IDS = 100
LOOKS, LOOK_SECONDS = 13, 10
"""A triggerer takes what waits within a second, after an error within half a minute, and SQS counts within a minute:
what is there for two minutes is taken by nobody."""
_NOTICE = re.compile(r"n-[0-9a-f]{6}")
_WORKER = re.compile(r"(?:[\w.-]{1,60}:)?[\w./-]{1,60}")
_FIELDS = {"people": _WORKER, "notices": _NOTICE}


class RefusedError(Exception):
    """A message that names nobody as it should; its text repeats nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a message names."""

    people: tuple[str, ...]
    """Worker ids, with or without their id space."""
    notices: tuple[str, ...]


def read(body: str) -> Named:
    """Whom a message names. Raises RefusedError with why it isn't taken."""
    try:
        told = cast("object", json.loads(body))
    except json.JSONDecodeError as error:
        raise RefusedError(f"it is no JSON (character {error.pos})") from None
    except (ValueError, RecursionError):
        raise RefusedError("it is no JSON that can be read: it nests too deep, or holds too long a number") from None
    if not isinstance(told, dict):
        raise RefusedError("it is no JSON object")
    fields = cast("Mapping[str, object]", told)
    if unknown := len(fields.keys() - _FIELDS.keys()):
        raise RefusedError(f"{unknown} of its fields are unknown: people and notices are all that it may hold")
    found = {name: _ids(name, fields.get(name, []), form) for name, form in _FIELDS.items()}
    if not any(found.values()):
        raise RefusedError("it names nobody")
    return Named(people=found["people"], notices=found["notices"])


def _ids(name: str, told: object, form: re.Pattern[str]) -> tuple[str, ...]:
    if not isinstance(told, list):
        raise RefusedError(f"{name} is no list")
    ids = cast("list[object]", told)
    if len(ids) > MOST_IDS:
        raise RefusedError(f"{name} holds more than {MOST_IDS} ids")
    for position, each in enumerate(ids, 1):
        if not isinstance(each, str) or not form.fullmatch(each):
            what = "notice's id, such as n-4f2a91" if name == "notices" else "worker id (mails and names are not taken)"
            raise RefusedError(f"{name}, entry {position}, is no {what}")
    return tuple(dict.fromkeys(cast("list[str]", ids)))


def sift(queue: MessageQueue, found: Sequence[QueuedMessage]) -> list[dict[str, object]]:
    """What goes on to the run, a message an entry: ids, and the handle by which it's deleted later.

    Each is taken by itself, whatever it raises: one that can't be taken is set aside at once, with the reason, and its
    entry says so, so that the run is red. So does that of one that can't be set aside; it comes again.
    """
    return [_sifted(queue, message) for message in found]


def _sifted(queue: MessageQueue, message: QueuedMessage) -> dict[str, object]:
    entry: dict[str, object] = {"message_id": message.message_id, "handle": "", "people": [], "notices": []}
    try:
        named = read(message.body)
    except Exception as error:  # noqa: BLE001 - whatever it is, the messages behind this one are other people's
        return {**entry, "refused": _set_aside(queue, message, error)}
    return {
        **entry,
        "handle": message.handle,
        "people": list(named.people),
        "notices": list(named.notices),
        "refused": "",
    }


def _set_aside(queue: MessageQueue, message: QueuedMessage, error: Exception) -> str:
    """Returns what became of it, with why."""
    reason = str(error) if isinstance(error, RefusedError) else f"it can't be read ({type(error).__name__})"
    try:
        queue.set_aside(message, reason)
    except OffboardingError as why:
        reason = f"{reason}, and it stays on the queue: {why}"
    log.warning("message refused", message=message.message_id, reason=reason)
    return reason


def take(session: Session, run: Run, queue: MessageQueue, entries: Sequence[Mapping[str, object]]) -> TakenMessage:
    """Write down what came, and only then take it out of the queue. Returns whom the run is about.

    The same message again is deleted, and done no second time. What an earlier run took and didn't come to its end with
    is taken over.
    """
    with session.transaction():
        for entry in entries:
            messages.receive(
                session,
                run.run_id,
                message_id=str(entry["message_id"]),
                people=[str(each) for each in cast("list[object]", entry["people"])],
                notices=[str(each) for each in cast("list[object]", entry["notices"])],
                refused=str(entry["refused"]),
            )
        messages.take_over(session, run.run_id)
    queue.delete([str(entry["handle"]) for entry in entries if entry["handle"]])
    taken = messages.taken(session, run.run_id)
    log.info("messages taken", messages=len(entries), people=len(taken.people), notices=len(taken.notices))
    return taken


def ask(session: Session, run: Run, queue: MessageQueue, *, pause: Callable[[float], None] = time.sleep) -> int:
    """Whether the queue can be asked, and whether somebody takes what waits there; nothing is taken here.

    Returns how many messages nobody takes. An error is written down, and raised again.
    """
    try:
        waiting = _untaken(queue, pause)
    except OffboardingError as error:
        messages.note_look(session, run.run_id, error=str(error))
        raise
    messages.note_look(session, run.run_id, waiting=waiting)
    log.info("queue asked", waiting=waiting)
    return waiting


def _untaken(queue: MessageQueue, pause: Callable[[float], None]) -> int:
    waiting, looks = queue.waiting(), 1
    while waiting and looks < LOOKS:
        pause(LOOK_SECONDS)
        waiting, looks = queue.waiting(), looks + 1
    return waiting
