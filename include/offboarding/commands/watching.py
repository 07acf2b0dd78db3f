"""What a person at a terminal sees while something long runs: bars, and lines of the log beside the output."""

import logging
import signal
import sys
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType
from typing import NoReturn

from include.offboarding.progress import watched

TERMINATED = 128 + signal.SIGTERM
"""As shells have it."""


@contextmanager
def at_the_terminal(*, quiet: bool = False, silent: bool = False) -> Generator[None]:
    """The log goes to the error output; where that is a terminal, reads show as bars. SIGTERM ends as Ctrl-C does.

    `quiet`: nothing of the log but its warnings; `silent`: nothing, where the command tells all of it itself.
    """
    _log_beside_the_output(logging.CRITICAL if silent else logging.WARNING if quiet else logging.INFO)
    before = signal.signal(signal.SIGTERM, _ended)
    try:
        if not sys.stderr.isatty():
            yield
            return
        with _bars():
            yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _log_beside_the_output(level: int) -> None:
    import structlog  # noqa: PLC0415 - commands that only read need none of it

    structlog.configure(
        processors=[
            structlog.stdlib.add_log_level,
            structlog.processors.TimeStamper(fmt="%H:%M:%S", utc=False),
            structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty()),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        wrapper_class=structlog.make_filtering_bound_logger(level),
    )


@contextmanager
def _bars() -> Generator[None]:
    """A line for each thing that is read, with how many have passed; no end is known before it's there."""
    from rich.console import Console  # noqa: PLC0415
    from rich.markup import escape  # noqa: PLC0415
    from rich.progress import Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn  # noqa: PLC0415

    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        lines: dict[str, TaskID] = {}

        def watch(what: str, number: int) -> None:
            if what not in lines:
                # Whoever named a source may have used what rich takes for markup.
                lines[what] = progress.add_task(escape(what), total=None)
            progress.update(lines[what], completed=number)

        with watched(watch):
            yield


def _ended(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise SystemExit(TERMINATED)
