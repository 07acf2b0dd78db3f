"""What commands print: tables for people, lines of JSON for programs."""

import json
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from offboarding.cli.calling import typed
from offboarding.cli.lines.line import JsonLine
from offboarding.report.wording import joined, printable

PIPE_WIDTH = 160
"""Where nobody says how wide the output is."""
NARROW = 120
"""Tables with less room than this put two columns into one."""


Cell = str | Sequence[str]
"""A text, or lines of ours below each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str
    whole: bool = False
    """Never broken over several lines."""
    right: bool = False


def say(*lines: str) -> None:
    """Lines for people, or several that a renderer joined."""
    for line in "\n".join(lines).split("\n"):
        print(printable(typed(line)))  # noqa: T201 - a command speaks to a terminal


def note(line: str) -> None:
    """A line beside the output, which a pipe doesn't take for a part of it."""
    print(printable(typed(line)), file=sys.stderr)  # noqa: T201 - a command speaks to a terminal


def records(lines: Iterable[JsonLine]) -> None:
    """An object a line. What a terminal would act on is escaped, as JSON escapes it."""
    for line in lines:
        text = json.dumps(line.printed(), ensure_ascii=False)
        sys.stdout.write("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n")


def width() -> int:
    """How many columns there are to print in."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else PIPE_WIDTH


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A table as wide as there is room."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - jsonl needs none of it
    from rich.console import Console  # noqa: PLC0415 - the same
    from rich.table import Table  # noqa: PLC0415 - the same
    from rich.text import Text  # noqa: PLC0415 - the same

    shown = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(
            column.name,
            no_wrap=column.whole,
            overflow="ellipsis" if column.whole else "fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        # Text, not str: a label may hold what rich takes for markup.
        shown.add_row(*(Text(joined([cell] if isinstance(cell, str) else cell)) for cell in row))
    Console(width=width(), highlight=False).print(shown)
