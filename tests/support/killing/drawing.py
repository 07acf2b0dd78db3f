"""Where processes are killed: drawn by a seed, over the whole length of each task."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from tests.support.killing.relays import Place, When
from tests.support.killing.tasks import Task

SEED = 20261124
"""Unless somebody gives another."""
PLACES: tuple[Place, Place] = ("store", "tracker")
Again = Literal["where it was", "afresh", "an hour later"]
"""What follows a kill: the steps that had not ended, as Airflow does; every step, as a person does; or the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """One of them."""

    task: Task
    place: Place
    nth: int
    of: int
    """How many messages the whole task sends there."""
    when: When
    again: Again

    def __str__(self) -> str:
        return f"{self.task} killed {self.when} message {self.nth} of {self.of} to the {self.place}, then {self.again}"


def drawn(seed: int, lengths: Mapping[Task, Mapping[Place, int]], number: int) -> list[Kill]:
    """So many kills, as many of each task and place as goes; of a task and place, one in each part of its length."""
    dice = random.Random(seed)  # noqa: S311 - the same again, by the same seed
    groups: list[tuple[Task, Place]] = [(task, place) for place in PLACES for task in lengths]
    sizes = [number // len(groups) + (which < number % len(groups)) for which in range(len(groups))]
    kills = [
        kill
        for (task, place), size in zip(groups, sizes, strict=True)
        for kill in _spread(dice, task, place, lengths[task][place], size)
    ]
    dice.shuffle(kills)
    return kills


def some(seed: int, kills: list[Kill], number: int) -> list[Kill]:
    """A few of them, of each task and place alike."""
    dice = random.Random(seed)  # noqa: S311 - no secret
    groups = [[k for k in kills if (k.task, k.place) == group] for group in {(k.task, k.place): None for k in kills}]
    sizes = [number // len(groups) + (which < number % len(groups)) for which in range(len(groups))]
    return [kill for group, size in zip(groups, sizes, strict=True) for kill in dice.sample(group, size)]


def _spread(dice: random.Random, task: Task, place: Place, length: int, size: int) -> Iterator[Kill]:
    for part in range(size):
        first, end = 1 + length * part // size, 1 + length * (part + 1) // size
        yield Kill(
            task=task,
            place=place,
            nth=dice.randrange(first, max(end, first + 1)),
            of=length,
            when=dice.choice(("before", "after")),
            again=dice.choice(_ways(task)),
        )


def _ways(task: Task) -> tuple[Again, ...]:
    """Whom an hour that came to nothing was about, the next one finds again: its run is another."""
    ways: tuple[Again, ...] = ("where it was", "afresh")
    return (*ways, "an hour later") if task == "due" else ways
