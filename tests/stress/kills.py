"""`python -m tests.stress`: three hundred kills of tasks, ten of nights under Airflow, by a seed.

Progress goes to the screen while it runs; the last lines say how many there were of each, and what came of them. Ends
with 1 where anything was told twice, was lost or is broken otherwise, or where a fault on purpose wasn't found.
"""

import logging
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from tests.support.database import stores
from tests.support.killing.controls import CONTROLS
from tests.support.killing.drawing import SEED, Kill, drawn
from tests.support.killing.nights import nights
from tests.support.killing.relays import Place
from tests.support.killing.scenes import Stage, stage
from tests.support.killing.stands import Differs
from tests.support.killing.tasks import Task
from tests.support.memory import Folder, folders

EACH = 10
"""A line of progress after so many."""


@dataclass(slots=True)
class Came:
    """What came of the kills of one task."""

    kills: int = 0
    duplicates: int = 0
    lost: int = 0
    broken: int = 0

    def add(self, found: Differs) -> None:
        """One more."""
        self.kills += 1
        self.duplicates += len(found.duplicates)
        self.lost += len(found.lost)
        self.broken += len(found.broken)

    def __str__(self) -> str:
        return f"duplicates={self.duplicates} lost={self.lost} broken={self.broken}"


def main(arguments: Sequence[str]) -> int:
    """All of it."""
    asked = _asked(arguments)
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    _say(f"seed {asked.seed}: {asked.kills} kills of tasks, {asked.nights} of nights under Airflow")
    came: dict[Task, Came] = {}
    missed = 0
    with (
        tempfile.TemporaryDirectory(prefix="offboarding-stress-") as disk,
        folders(_on(disk)) as made,
        stores(made("store")) as server,
    ):
        if asked.kills:
            with stage(server, made("killing")) as scenes:
                missed = _controls(scenes)
                _play(came, drawn(asked.seed, _told(scenes.lengths), asked.kills), scenes.play)
        if asked.nights:
            with nights(server, made("nights")) as airflow:
                airflow.measure()
                _play(came, drawn(asked.seed, _told(airflow.lengths), asked.nights), airflow.play)
    return _closing(came, missed)


def _asked(arguments: Sequence[str]) -> Namespace:
    parser = ArgumentParser(prog="make stress", description="ARGS of make stress")
    parser.add_argument("--seed", type=int, default=SEED, help="the same kills again, by the same seed")
    parser.add_argument("--kills", type=int, default=300, help="of tasks")
    parser.add_argument("--nights", type=int, default=10, help="of nights under Airflow")
    return parser.parse_args(arguments)


def _controls(scenes: Stage) -> int:
    """How many faults on purpose weren't found."""
    missed = [control for control in CONTROLS if not control.sentences(scenes)]
    for control in missed:
        _say(f"!! not found out: {control.fault.value}, in {control.task}")
    _say(f"controls: {len(CONTROLS) - len(missed)} of {len(CONTROLS)} faults on purpose were found")
    return len(missed)


def _told(lengths: Mapping[Task, Mapping[Place, int]]) -> Mapping[Task, Mapping[Place, int]]:
    for task, counted in lengths.items():
        _say(f"{task}: {counted['store']} messages to the store, {counted['tracker']} to the tracker")
    return lengths


def _play(came: dict[Task, Came], kills: Sequence[Kill], play: Callable[[Kill], Differs]) -> None:
    begun = time.monotonic()
    for number, kill in enumerate(kills, 1):
        found = play(kill)
        came.setdefault(kill.task, Came()).add(found)
        for sentence in found.sentences:
            _say(f"!! {kill}: {sentence}")
        if number % EACH == 0 or number == len(kills):
            wrong = sum(each.duplicates + each.lost + each.broken for each in came.values())
            _say(f"{number} of {len(kills)} kills, {time.monotonic() - begun:.0f} s, {wrong} wrong")


def _closing(came: Mapping[Task, Came], missed: int) -> int:
    for task, found in sorted(came.items()):
        _say(f"stress {'airflow' if task == 'night' else task}_kills={found.kills} {found}")
    return int(missed > 0 or any(each.duplicates or each.lost or each.broken for each in came.values()))


def _on(disk: str) -> Folder:
    def folder(name: str) -> Path:
        made = Path(tempfile.mkdtemp(dir=disk)) / name
        made.mkdir()
        return made

    return folder


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 - its reader's screen
