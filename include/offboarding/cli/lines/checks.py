"""Whether the configuration is good, and whether the record of changes is whole."""

from pathlib import Path
from typing import ClassVar, Literal

from offboarding.cli.lines.line import JsonLine


class MistakeLine(JsonLine):
    """A line for each mistake, then one for each thing that is likely not meant, and a note on systems that were
    not tested against the real thing.
    """

    level: Literal["mistake", "warning", "note"]
    """`mistake`, `warning` or `note`."""
    text: str
    """What is wrong, and the nearest word."""
    path: str | None
    """Where in the file, such as `sources[1].name`; null for others."""
    file: Path | None
    """The file beside the configuration that it stands in; null for the configuration's own, and for others."""


class WholeLine(JsonLine):
    """One line, where the record is whole; else a sentence on the error output, and exit code 1."""

    version: ClassVar[int | None] = None

    events: int
    """How many there are."""
    hash: str | None
    """The last one's; null where there is none."""
    whole: bool
    """Always true."""
