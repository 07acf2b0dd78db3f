"""Picks our own lines out of what `airflow dags test` writes: our log entries, and what our tasks print.

An entry looks so, and its text may go over several lines; what stands after it without a time was printed:

    2026-11-25T13:11:35.907820Z [info     ] source read      [offboarding.collect] accounts=3 loc=x.py:8 source=aws
"""

import re
from collections.abc import Iterator
from enum import Enum

_START = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:\d\d) \[(?P<level>\w+) *\] (?P<rest>.*)")
_LOGGER = re.compile(r"(?P<text>.*?) *\[(?P<logger>[A-Za-z_][\w.]*)\](?P<fields>(?: [A-Za-z_]\w*=.*)?)")
_OURS = "offboarding."
_WHERE = re.compile(r" loc=\S+")
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_LAST_WORDS = "DagRun failed"
"""Airflow's own, printed after whatever came last."""
_MARKS = {"warning": "! ", "error": "!! ", "critical": "!! "}


class _Part(Enum):
    """Whose text the lines now are."""

    OURS = "ours"
    OTHERS = "others"
    UNFINISHED = "unfinished"
    """An entry whose logger hasn't come yet."""
    FOLDED = "folded"
    """Between ::group:: and ::endgroup::."""


class OwnLines:
    """Fed line by line, gives what a reader of the demo should see."""

    def __init__(self) -> None:
        self._part = _Part.OTHERS
        self._entry: list[str] = []
        self._level = ""

    def feed(self, line: str) -> Iterator[str]:
        """Yield the lines to show now, without line ends."""
        line = _COLOUR.sub("", line.rstrip("\r\n"))
        start = _START.fullmatch(line)
        if start:
            self._entry, self._level = [], start["level"]
            yield from self._entry_line(start["rest"])
        elif self._part is _Part.UNFINISHED:
            yield from self._entry_line(line)
        else:
            yield from self._printed(line)

    def _entry_line(self, line: str) -> Iterator[str]:
        end = _LOGGER.fullmatch(line)
        if end is None:
            self._entry.append(line)
            self._part = _Part.UNFINISHED
            return
        self._part = _Part.OURS if end["logger"].startswith(_OURS) else _Part.OTHERS
        if self._part is _Part.OURS:
            fields = _WHERE.sub("", end["fields"])
            text = "\n".join([*self._entry, end["text"].rstrip()])
            yield f"{_MARKS.get(self._level, '')}{text}{fields and ' '}{fields}".rstrip()

    def _printed(self, line: str) -> Iterator[str]:
        if line.startswith("::endgroup::"):
            self._part = _Part.OURS
        elif line.startswith("::group::") and self._part is _Part.OURS:
            self._part = _Part.FOLDED
            yield f"  [{line.removeprefix('::group::')}: in the log]"
        elif self._part is _Part.OURS and line != _LAST_WORDS:
            yield line
