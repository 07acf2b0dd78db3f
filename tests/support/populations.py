"""As many people as one likes in each stand-in of a system that is asked over HTTP: its folder's populations.py."""

import importlib
import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from demo.slapd import Tls

Place = Any
"""A running stand-in; each kind has a class of its own."""
USUAL_FEW = 4_800
"""Of fewer, what a read remembers in any case isn't full yet: its pages, and what of its lists lies in memory. Of twice
as many Python makes a set or dict that holds each four times as large."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Requests that a source may make of it, as its page says under "How many requests"."""

    page: int = 1
    """How many are told at once, where everybody is listed."""
    reads: int = 0
    """How often such lists are read."""
    each: float = 0
    """For each user by themselves."""
    fixed: int = 0
    """What doesn't grow with people."""
    a_leaver: int = 0
    an_account: int = 0
    """Of any account by itself; 0 where none is asked about."""

    def of_a_night(self, users: int, leavers: int) -> int:
        """The inventory, and a look at the leavers."""
        return self.reads * -(-users // self.page) + round(self.each * users) + self.fixed + self.a_leaver * leavers


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Of one system."""

    opened: Callable[[Tls | None], AbstractContextManager[Place]]
    """Its stand-in; without TLS nothing is held to a description."""
    fill: Callable[[Any, int], None]
    """So many people come into it."""
    reader: Callable[[Place], Any] = lambda place: place.source()
    allowed: Allowed | None = None
    """None of a roster, which asks about nobody by themselves."""
    most: int = 100_000
    """Of more it can't tell, or no company has them there."""
    few: int = USUAL_FEW
    """With so many people and with twice as many its memory is measured; 0: they come in one answer, and are few."""


def by_register(place: Callable[[Tls | None, Path], AbstractContextManager[Place]]) -> Any:
    """Of a kind that reads a register of the company's, where there is one."""

    @contextmanager
    def opened_here(tls: Tls | None) -> Generator[Place]:
        with tempfile.TemporaryDirectory() as folder, place(tls, Path(folder)) as found:
            yield found

    return opened_here


@cache
def populations() -> Mapping[str, Population]:
    """By kind, of each system's folder that has some."""
    found = dict[str, Population]()
    for file in sorted((Path(__file__).parents[1] / "systems").glob("*/populations.py")):
        found |= importlib.import_module(f"tests.systems.{file.parent.name}.populations").POPULATIONS
    return found
