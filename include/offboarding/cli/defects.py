"""A defect of ours at a terminal."""

import sys
from types import TracebackType
from typing import TextIO

from offboarding.model.defects import trace

DEFECT = (
    "This is a defect of ours: please report it with the lines above. They name files and kinds of errors; what the"
    " errors themselves say is left out, since it may name people."
)


def for_log(
    to: TextIO, error: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
) -> None:
    """As structlog's console wants it."""
    if error[1] is not None:
        to.write(f"\n{trace(error[1])}")


def end_of(error: BaseException) -> None:
    """Say it on the error output."""
    print(trace(error), DEFECT, sep="\n", file=sys.stderr)  # noqa: T201 - a command speaks to a terminal
