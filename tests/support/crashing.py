"""A night's last task in a process of its own, killed where a test says; what it leaves is what a crash leaves."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess

from offboarding.interfaces import ConnectionFields, Found, Tracker
from offboarding.model import TicketDraft, TicketRef, TicketState
from offboarding.report.texts.rendering import TicketTexts
from offboarding.store import runs
from offboarding.store.connect import Session, opened
from offboarding.tickets.desk import TicketDesk
from offboarding.tickets.plan import TicketPlan
from offboarding.trackers.roundup import Settings, build
from tests.support.forked import FORK_SERVER

_TEXTS = TicketTexts(zone="Asia/Seoul")


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What the process does, and where it is killed."""

    store: Mapping[str, str | int]
    tracker: ConnectionFields
    run_id: int
    call: str
    """The tracker's call that is its last: open, comment, update, close or reopen; "" for none."""
    when: str
    """before or after the call was made."""


class DeadlyTracker:
    """A tracker that ends its process, as kill -9 does, before or after one of its calls."""

    def __init__(self, inner: Tracker, call: str, when: str) -> None:
        self.inner, self.call, self.when = inner, call, when

    def find(self, key: str) -> Found:
        return self.inner.find(key)

    def open(self, draft: TicketDraft) -> TicketRef:
        self._at("open", "before")
        ref = self.inner.open(draft)
        self._at("open", "after")
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        self._at("update", "before")
        self.inner.update(ref, draft)
        self._at("update", "after")

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        self._at("comment", "before")
        self.inner.comment(ref, event_key, text)
        self._at("comment", "after")

    def close(self, ref: TicketRef, text: str) -> None:
        self._at("close", "before")
        self.inner.close(ref, text)
        self._at("close", "after")

    def reopen(self, ref: TicketRef, text: str) -> None:
        self._at("reopen", "before")
        self.inner.reopen(ref, text)
        self._at("reopen", "after")

    def state(self, ref: TicketRef) -> TicketState:
        return self.inner.state(ref)

    def _at(self, call: str, when: str) -> None:
        if (call, when) == (self.call, self.when):
            os.kill(os.getpid(), signal.SIGKILL)


def started(orders: Orders) -> BaseProcess:
    """The process, with its orders."""
    process = FORK_SERVER.Process(target=main, args=(orders,))
    process.start()
    return process


def told(session: Session, run_id: int, tracker: Tracker) -> None:
    """The ticket task, as `pipeline.ticket` does it."""
    plan = plan_of(session, run_id)
    plan.make()
    desk_of(plan, tracker).drain()


def plan_of(session: Session, run_id: int) -> TicketPlan:
    """What a worker is to decide."""
    return TicketPlan(
        session=session,
        run=runs.run(session, run_id),
        trackers=["secops"],
        unverified_nights=3,
        keep=timedelta(days=30),
        texts={"": _TEXTS},
    )


def desk_of(plan: TicketPlan, tracker: Tracker) -> TicketDesk:
    """What tells it, in the plan's session."""
    return TicketDesk(session=plan.session, plan=plan, name="secops", tracker=tracker, texts=_TEXTS)


def main(orders: Orders) -> None:
    """Do what the orders say."""
    settings = Settings.model_validate({"name": "secops", "kind": "roundup", "connection": "secops_roundup"})
    tracker = build(settings, orders.tracker)
    with opened(orders.store) as session:
        told(session, orders.run_id, DeadlyTracker(tracker, orders.call, orders.when))
