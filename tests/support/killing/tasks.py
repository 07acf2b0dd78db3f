"""The tasks that are killed, each in a process of its own: the ticket task, an hour's two groups, a release.

A group is several tasks in Airflow, and each of those is tried again by itself: the process writes down which ones have
ended, as Airflow does, and leaves those out when it is started again.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Literal

from offboarding.guard import releasing
from offboarding.interfaces import ConnectionFields
from offboarding.runs import pipeline
from offboarding.store import runs
from offboarding.store.connect import Session, opened
from offboarding.trackers.roundup import RoundupTracker, Settings, build
from tests.support.forked import FORK_SERVER
from tests.support.killing.broken import BROKEN, Fault
from tests.support.killing.company import Thirty

Task = Literal["verify", "due", "ticket", "release", "night"]
"""A night is Airflow's own, in nights.py."""
AUTHOR, REASON = "analyst", "looked at it"


@dataclass(frozen=True, slots=True, kw_only=True)
class Orders:
    """What a process does."""

    task: Task
    company: Thirty
    run_id: int
    """Of the night that is told or released; an hour begins its own."""
    store: Mapping[str, str | int]
    tracker: ConnectionFields
    url: str
    """The tracker's own address: the connection may lead to a relay."""
    folder: Path
    """For what it says, and which steps have ended."""
    fault: Fault | None = None
    """What of the code under test is broken on purpose."""
    caller: str = "hour"
    """Which hour it is."""


def started(orders: Orders) -> BaseProcess:
    """The process, with its orders."""
    process = FORK_SERVER.Process(target=main, args=(orders,))
    process.start()
    return process


def main(orders: Orders) -> None:
    """Do what the orders say."""
    said = os.open(orders.folder / "said", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(said, stream)
    named = {"name": "secops", "kind": "roundup", "connection": "none", "url": orders.url}
    tracker = build(Settings.model_validate(named), orders.tracker)
    with BROKEN[orders.fault](), opened(orders.store) as session:
        TASKS[orders.task](session, orders, tracker)


def ticket(session: Session, orders: Orders, tracker: RoundupTracker) -> None:
    """A night's last task but its report."""
    pipeline.ticket(session, orders.company.settings, runs.run(session, orders.run_id), {"secops": lambda: tracker})


def verify(session: Session, orders: Orders, tracker: RoundupTracker) -> None:
    """An hour's group `open`, from its first task to its last."""
    steps, company, settings = _Steps(orders.folder / "ended"), orders.company, orders.company.settings

    def begin() -> int:
        run = pipeline.open_verify(session, settings, caller=orders.caller, as_of=company.as_of)
        return run.run_id if run else 0

    run = runs.run(session, steps.result("begin", begin))
    for name, part in pipeline.parts_to_verify(session, settings):

        def reread(name: str = name, part: str = part) -> int:
            reader = company.reader(name, part)
            return pipeline.reread(session, settings, run, settings.source(name), part, reader).accounts

        steps.result(f"reread {name} {part}", reread)
    pipeline.evaluate(session, settings, run)
    pipeline.guard(session, settings, run)
    pipeline.ticket(session, settings, run, {"secops": lambda: tracker})
    pipeline.alert(session, ())
    pipeline.report_verify(session, run)


def due(session: Session, orders: Orders, tracker: RoundupTracker) -> None:
    """An hour's group `due`, from its first task to its last: whose last day has ended since the last night."""
    steps, company, settings = _Steps(orders.folder / "ended"), orders.company, orders.company.settings

    def begin() -> int:
        run = pipeline.open_due(session, settings, caller=orders.caller, as_of=company.as_of)
        return run.run_id if run else 0

    begun = steps.result("begin", begin)
    if not begun:
        return
    run = runs.run(session, begun)
    parts = [(source, part) for source in settings.readers for part in source.parts()]
    steps.done("find_parts", lambda: pipeline.find_parts(session, settings, run, lambda source: source.parts()))
    for roster in settings.rosters:
        steps.done(
            f"read_roster {roster.name}",
            partial(pipeline.read_roster, session, settings, run, roster, company.roster()),
        )
    for source, part in parts:
        reader = company.reader(source.name, part)
        steps.done(
            f"collect {source.name} {part}", partial(pipeline.collect, session, settings, run, source, part, reader)
        )
    steps.done("correlate", lambda: pipeline.correlate(session, settings, run))
    for source, part in parts:
        reader = company.reader(source.name, part)
        steps.done(
            f"detail {source.name} {part}", partial(pipeline.detail, session, settings, run, source, part, reader)
        )
    pipeline.conclude(session, settings, run, lambda _: {"secops": lambda: tracker}, lambda _: ())
    pipeline.report_departure(session, run)


def release(session: Session, orders: Orders, tracker: RoundupTracker) -> None:
    """A person's approval of everything that waits: once, however often its task is begun."""
    shown = releasing.question(session, orders.run_id)
    releasing.answered(
        session,
        orders.company.settings,
        orders.run_id,
        {"secops": lambda: tracker},
        approve=True,
        reason=REASON,
        author=AUTHOR,
        caller="approval",
        # Begun again after it let everything through, it compares nothing any more.
        seen=shown.seen if shown else "all of it",
    )


TASKS: Mapping[Task, Callable[[Session, Orders, RoundupTracker], None]] = {
    "ticket": ticket,
    "verify": verify,
    "due": due,
    "release": release,
}


@dataclass(slots=True)
class _Steps:
    """Which steps of a group have ended, in a file."""

    file: Path

    def result(self, name: str, work: Callable[[], int]) -> int:
        """What a step gave, which is done unless it has ended before."""
        ended = self._ended()
        if name not in ended:
            given = work()
            with self.file.open("a", encoding="utf-8") as file:
                file.write(f"{name}\t{given}\n")
            return given
        return ended[name]

    def done(self, name: str, work: Callable[[], object]) -> None:
        """A step that gives nothing on."""

        def worked() -> int:
            work()
            return 0

        self.result(name, worked)

    def _ended(self) -> dict[str, int]:
        if not self.file.exists():
            return {}
        lines = self.file.read_text(encoding="utf-8").splitlines()
        return {name: int(given) for name, given in (line.split("\t") for line in lines)}
