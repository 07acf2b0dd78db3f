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

from offboarding.interfaces import MessageQueue, QueuedMessage
from offboarding.model.errors import OffboardingError
from offboarding.store import messages
from offboarding.store.connect import Session
from offboarding.store.messages import TakenMessage
from offboarding.store.rows import Run

log = structlog.get_logger("offboarding.messages")

MOST_IDS = 100
LOOKS, LOOK_SECONDS = 13, 10
"""A triggerer takes what waits within a second, after an error within half a minute, and SQS counts within a minute:
what is there for two minutes is taken by nobody."""
_NOTICE = re.compile(r"n-[0-9a-f]{6}")
_WORKER = re.compile(r"(?:[\w.-]{1,60}:)?[\w./-]{1,60}")
_MESSAGE = re.compile(r"[A-Za-z0-9-]{1,100}")
_NOT_OURS = (
    "of what began this run is no message that was received here: somebody made the asset event by hand. Nothing is"
    " done by it, and nothing deleted. Who it was stands in Airflow's audit log, as create_asset_event"
)
_FIELDS = {"people": _WORKER, "notices": _NOTICE}


class MessageRefusedError(Exception):
    """A message that names nobody as it should; its text repeats nothing of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Whom a message names."""

    people: tuple[str, ...]
    """Worker ids, with or without their id space."""
    notices: tuple[str, ...]


def read(body: str) -> Named:
    """Whom a message names. Raises MessageRefusedError with why it isn't taken."""
    try:
        value = cast("object", json.loads(body, object_pairs_hook=_each_once))
    except json.JSONDecodeError as error:
        raise MessageRefusedError(f"it is no JSON (character {error.pos})") from None
    except (ValueError, RecursionError):
        raise MessageRefusedError(
            "it is no JSON that can be read: it nests too deep, or holds too long a number"
        ) from None
    if not isinstance(value, dict):
        raise MessageRefusedError("it is no JSON object")
    fields = cast("Mapping[str, object]", value)
    if unknown := len(fields.keys() - _FIELDS.keys()):
        raise MessageRefusedError(f"{unknown} of its fields are unknown: people and notices are all that it may hold")
    found = {name: _ids(name, fields.get(name, []), form) for name, form in _FIELDS.items()}
    if not any(found.values()):
        raise MessageRefusedError("it names nobody")
    return Named(people=found["people"], notices=found["notices"])


def _each_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Of a field that stands twice, JSON's reader would keep the last and lose whom the first names."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise MessageRefusedError("a field stands in it twice")
    return fields


def _ids(name: str, value: object, form: re.Pattern[str]) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise MessageRefusedError(f"{name} is no list")
    ids = cast("list[object]", value)
    if len(ids) > MOST_IDS:
        raise MessageRefusedError(f"{name} holds more than {MOST_IDS} ids")
    for position, each in enumerate(ids, 1):
        if not isinstance(each, str) or not form.fullmatch(each):
            what = "notice's id, such as n-4f2a91" if name == "notices" else "worker id (mails and names are not taken)"
            raise MessageRefusedError(f"{name}, entry {position}, is no {what}")
    return tuple(dict.fromkeys(cast("list[str]", ids)))


def note(session: Session, queue: MessageQueue, found: Sequence[QueuedMessage]) -> list[str]:
    """Write down what came. Returns the messages' ids, which are all that an asset event holds of them.

    Each is taken by itself, whatever it raises: one that can't be taken is set aside at once, with the reason, and its
    row says so, so that the run is red. So does that of one that can't be set aside; it comes again.
    """
    for message in found:
        _note(session, queue, message)
    return [message.message_id for message in found]


def _note(session: Session, queue: MessageQueue, message: QueuedMessage) -> None:
    named, refused, handle = Named(people=(), notices=()), "", message.handle
    try:
        named = read(message.body)
    except Exception as error:  # noqa: BLE001 - whatever it is, the messages behind this one are other people's
        refused, handle = _set_aside(queue, message, error), ""
    messages.receive(
        session,
        message_id=message.message_id,
        people=named.people,
        notices=named.notices,
        refused=refused,
        handle=handle,
    )


def _set_aside(queue: MessageQueue, message: QueuedMessage, error: Exception) -> str:
    """Returns what became of it, with why."""
    reason = str(error) if isinstance(error, MessageRefusedError) else f"it can't be read ({type(error).__name__})"
    try:
        queue.set_aside(message, reason)
    except OffboardingError as why:
        reason = f"{reason}, and it stays on the queue: {why}"
    log.warning("message refused", message=message.message_id, reason=reason)
    return reason


def take(session: Session, run: Run, queue: MessageQueue, events: Sequence[object]) -> TakenMessage:
    """Take what asset events name, and delete it from the queue. Returns whom the run is about.

    `events`: what each holds. Whoever may make asset events can write anything into one: only the ids of messages count
    that our own trigger wrote down, and what else stands with those. The rest is told in the run's report. The same
    message again is deleted, and done no second time. What an earlier run took and didn't come to its end with is taken
    over, and so is what no run was begun for.
    """
    ids, odd = _named_by(events)
    with session.transaction():
        odd += len(ids) - messages.take(session, run.run_id, ids)
        messages.take_over(session, run.run_id)
        if odd:
            messages.not_a_message(session, run.run_id, f"{odd} {_NOT_OURS}")
    handles = messages.handles(session, run.run_id, ids)
    queue.delete(handles)
    messages.note_deleted(session, handles)
    taken = messages.taken(session, run.run_id)
    log.info("messages taken", messages=len(ids), people=len(taken.people), notices=len(taken.notices), not_ours=odd)
    return taken


def _named_by(events: Sequence[object]) -> tuple[list[str], int]:
    """The ids that events name, each once, and how many things in them are none."""
    named = [each for event in events for each in _listed(event)]
    ids = [each for each in named if isinstance(each, str) and _MESSAGE.fullmatch(each)]
    return list(dict.fromkeys(ids)), len(named) - len(ids)


def _listed(event: object) -> list[object]:
    """What an event holds in the place of ids; something that is none where there is no such place."""
    payload = cast("Mapping[object, object]", event).get("payload") if isinstance(event, Mapping) else None
    listed = cast("Mapping[object, object]", payload).get("messages") if isinstance(payload, Mapping) else None
    return cast("list[object]", listed) if isinstance(listed, list) and listed else [None]


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
