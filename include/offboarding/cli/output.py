"""What commands print: tables for people, lines of JSON for programs."""

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TextIO

from offboarding.cli.calling import typed
from offboarding.cli.lines.line import JsonLine
from offboarding.report.wording import joined, printable

if TYPE_CHECKING:
    from rich.console import Console, ConsoleOptions, RenderResult
    from rich.measure import Measurement
    from rich.text import Text

PIPE_WIDTH = 160
"""Where nobody says how wide the output is."""
NARROW = 120
"""Tables with less room than this put two columns into one."""


SEVERITIES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "dim"}
"""In which colour each stands at a terminal."""
_LABELLED = re.compile(rf"({'|'.join(SEVERITIES)})(?= {{2}})", re.IGNORECASE)
"""A line of a report that begins with one."""
_PARTS = re.compile(r"[^,/:]+[,/:]*|[,/:]+")
"""Of an id or address that is longer than a line: a DN, an ARN, a URL."""
_ESCAPES = {"critical": "1;31", "high": "31", "medium": "33", "low": "2"}
"""The same, as a terminal takes it."""

Cell = str | Sequence[str]
"""A text, or lines of ours below each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table."""

    name: str
    whole: bool = False
    """Never broken over several lines."""
    right: bool = False
    styles: Mapping[str, str] = field(default_factory=dict[str, str])
    """Of words that stand there by themselves, at a terminal."""


def say(*lines: str) -> None:
    """Lines for people, or several that a renderer joined."""
    paint = _painted if coloured(sys.stdout) else str
    for line in "\n".join(lines).split("\n"):
        print(paint(printable(typed(line))))  # noqa: T201 - a command speaks to a terminal


def note(line: str) -> None:
    """A line beside the output, which a pipe doesn't take for a part of it."""
    print(printable(typed(line)), file=sys.stderr)  # noqa: T201 - a command speaks to a terminal


def records(lines: Iterable[JsonLine]) -> None:
    """An object a line. What a terminal would act on is escaped, as JSON escapes it."""
    for line in lines:
        text = json.dumps(line.printed(), ensure_ascii=False)
        sys.stdout.write("".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text) + "\n")


def coloured(stream: TextIO) -> bool:
    """Whether colours go there: to a terminal that shows them, where nobody asked for none (https://no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _painted(line: str) -> str:
    """With the severity that it begins with in its colour."""
    found = _LABELLED.match(line)
    return f"\x1b[{_ESCAPES[found[0].lower()]}m{found[0]}\x1b[0m{line[found.end() :]}" if found else line


def width() -> int:
    """How many columns there are to print in."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return int(columns)
    return os.get_terminal_size(sys.stdout.fileno()).columns if sys.stdout.isatty() else PIPE_WIDTH


def table(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> None:
    """A table as wide as there is room."""
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415 - jsonl needs none of it
    from rich.console import Console  # noqa: PLC0415 - jsonl needs none of it
    from rich.table import Table  # noqa: PLC0415 - jsonl needs none of it

    shown = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for column in columns:
        shown.add_column(
            column.name,
            no_wrap=column.whole,
            overflow="ellipsis" if column.whole else "fold",
            justify="right" if column.right else "left",
        )
    for row in rows:
        shown.add_row(*(_text(column, cell) for column, cell in zip(columns, row, strict=True)))
    Console(width=width(), highlight=False).print(shown)


@dataclass(frozen=True, slots=True)
class _Shown:
    """A cell as rich draws it, which by itself tears a DN or an ARN in the middle of a word."""

    text: "Text"

    def __rich_measure__(self, console: "Console", options: "ConsoleOptions") -> "Measurement":
        return self.text.__rich_measure__(console, options)

    def __rich_console__(self, console: "Console", options: "ConsoleOptions") -> "RenderResult":
        if options.no_wrap:
            yield self.text
            return
        shown = self.text.copy()
        shown.plain = "\n".join(_broken(self.text.plain, options.max_width))
        yield shown


def _broken(text: str, room: int) -> Iterator[str]:
    """Yield lines, broken between words; within one only where no line holds it, and then after its comma or slash."""
    from rich.cells import cell_len  # noqa: PLC0415 - jsonl needs none of it

    for line in text.split("\n"):
        row = ""
        for word in line.split(" "):
            between = " " if row else ""
            for part in [word] if cell_len(word) <= room else _PARTS.findall(word):
                if row and cell_len(f"{row}{between}{part}") > room:
                    yield row
                    row = part
                else:
                    row += f"{between}{part}"
                between = ""
        yield row


def _text(column: Column, cell: Cell) -> _Shown:
    from rich.text import Text  # noqa: PLC0415 - jsonl needs none of it

    # Text, not str: a label may hold what rich takes for markup.
    if not isinstance(cell, str):
        return _Shown(Text(joined(cell)))
    return _Shown(Text(joined([cell]), column.styles.get(cell, "") if coloured(sys.stdout) else ""))
