"""What a person at a terminal sees while something long runs: bars, and lines of the log beside the output."""

import logging
import re
import signal
import sys
from collections.abc import Generator, MutableMapping
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property, partial
from types import FrameType
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

import structlog

from offboarding.cli import defects
from offboarding.cli.output import coloured
from offboarding.model.days import moment_of
from offboarding.report.wording import joined, moment, zoned
from offboarding.runs.ingest.progress import watched

_ISO = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00")
"""A moment as a field of the log holds it, for programs."""
TERMINATED = 128 + signal.SIGTERM
"""As shells have it."""


@contextmanager
def at_the_terminal(*, zone: str = "UTC", quiet: bool = False, silent: bool = False) -> Generator[None]:
    """The log goes to the error output; where that is a terminal, reads show as bars. SIGTERM ends as Ctrl-C does.

    `zone`: whose clock the log goes by, which it names; the company's, as everything else on the screen. `quiet`:
    nothing of the log but its warnings; `silent`: nothing, where the command tells all of it itself.
    """
    level = logging.CRITICAL if silent else logging.WARNING if quiet else logging.INFO
    before = signal.signal(signal.SIGTERM, _ended)
    log_before = structlog.get_config()
    try:
        _log_beside_the_output(level, zone)
        if not sys.stderr.isatty():
            yield
            return
        with watched(Bars()):
            yield
    finally:
        structlog.configure(**log_before)
        signal.signal(signal.SIGTERM, before)


def _log_beside_the_output(level: int, zone: str) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            _printable,
            _Once(),
            partial(_by_one_clock, zone),
            structlog.dev.ConsoleRenderer(colors=coloured(sys.stderr), exception_formatter=defects.for_log),
        ],
        # Asked anew each time: while a bar is drawn, what is written there goes above it.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
        cache_logger_on_first_use=False,
    )


def _printable(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    event["event"] = joined(str(event["event"]).split("\n"))
    return event


class _Once:
    """Leaves out a line that was logged already: what concerns a whole system is told of each of its parts, and again
    when its leavers' accounts are looked at. Tasks log apart from each other, and each tells all of it.
    """

    def __init__(self) -> None:
        self._told: set[str] = set()

    def __call__(self, _logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        line = repr(sorted(event.items()))
        if line in self._told:
            raise structlog.DropEvent
        self._told.add(line)
        return event


def _by_one_clock(
    zone: str, _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if isinstance(value, str):
            at = moment_of(value) if _ISO.fullmatch(value) else None
            event[name] = moment(at, zone) if at else zoned(value, zone)
    event["timestamp"] = f"{datetime.now(ZoneInfo(zone)):%H:%M:%S %Z}"
    return event


class Bars:
    """A line for each thing that is read, with how many have passed, for as long as it's read. No end is known before.

    Drawn on the error output alone: what a pipe or file takes is the command's own.
    """

    def __init__(self) -> None:
        self._lines: dict[str, Any] = {}

    @cached_property
    def _progress(self) -> Any:
        """Made for the first read: most commands read nothing for long."""
        from rich.console import Console  # noqa: PLC0415 - only once a bar is drawn
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn  # noqa: PLC0415 - only once a bar is drawn

        columns = (SpinnerColumn(), TextColumn("{task.description}", markup=False), TextColumn("{task.completed:,}"))
        return Progress(
            *columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True, redirect_stdout=False
        )

    def __call__(self, what: str, number: int, *, over: bool) -> None:
        """A Watcher (progress.py)."""
        if over:
            self._end(what)
            return
        if not self._lines:
            self._progress.start()
        if what not in self._lines:
            self._lines[what] = self._progress.add_task(what, total=None)
        self._progress.update(self._lines[what], completed=number)

    def _end(self, what: str) -> None:
        line = self._lines.pop(what, None)
        if line is not None:
            self._progress.remove_task(line)
            if not self._lines:
                self._progress.stop()


def _ended(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise SystemExit(TERMINATED)
