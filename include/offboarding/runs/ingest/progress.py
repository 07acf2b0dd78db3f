"""Progress of long reads: a line with counts every few seconds in the log, or a bar for whoever watches a terminal."""

import time
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

import structlog

log = structlog.get_logger("offboarding.progress")

EVERY_SECONDS = 5.0
"""Between two lines in the log."""
GLANCE_SECONDS = 0.2
"""Between two looks of a terminal's bar."""


class Watcher(Protocol):
    """Whoever looks on."""

    def __call__(self, what: str, number: int, *, over: bool) -> None:
        """What is being read ("corp-ldap, accounts"), how many have passed, and whether that was the end of it."""
        ...


_Item = TypeVar("_Item")
_watcher: ContextVar[Watcher | None] = ContextVar("offboarding_progress", default=None)


@contextmanager
def watched(watcher: Watcher) -> Generator[None]:
    """Whatever passes within the block is told to the watcher, and makes no lines in the log."""
    token = _watcher.set(watcher)
    try:
        yield
    finally:
        _watcher.reset(token)


def passing(items: Iterator[_Item], counted: type, *, noun: str, **names: str) -> Iterator[_Item]:
    """The same items; how many are of the type `counted` is told while these pass. `names`: what is read, for the log.

    A read that is over within a few seconds says nothing here: its own line tells what came of it.
    """
    watcher = _watcher.get()
    pause = GLANCE_SECONDS if watcher else EVERY_SECONDS
    label = f"{' '.join(filter(None, names.values()))}, {noun}"
    number, told_at = 0, time.monotonic()
    try:
        for item in items:
            if isinstance(item, counted):
                number += 1
                now = time.monotonic()
                if now - told_at >= pause:
                    told_at = now
                    _report(watcher, label, number, noun, names)
            yield item
    finally:
        if watcher:
            watcher(label, number, over=True)


def _report(watcher: Watcher | None, label: str, number: int, noun: str, names: dict[str, str]) -> None:
    if watcher:
        watcher(label, number, over=False)
    else:
        log.info("reading", **names, **{noun: number})
