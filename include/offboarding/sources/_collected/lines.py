"""The lines of a collected file, taken apart strictly: what was cut off, or is written otherwise, is none.

The first say by which script it was written (`offboarding KIND 1`) and of which machine it is (`machine HEX`); the last
is `end`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn, TypeVar

_MACHINE_ID = re.compile(r"[0-9a-f]{32}")
_DIGITS = 15


class CollectionError(ValueError):
    """It isn't what the script writes, or not all of it. A clause with the fix, which repeats nothing of it."""


@dataclass(slots=True, kw_only=True)
class CollectedMachine:
    """What each file says of its machine, whatever else its kind has it tell."""

    made_at: datetime | None = None
    name: str = ""
    """What it calls itself."""
    machine: str = ""
    """Made of its machine-id."""
    expected: int = -1
    """How much its script says that it tells; -1 where it doesn't say."""
    lines: int = 0
    """Of that, what was taken."""


_Machine = TypeVar("_Machine", bound=CollectedMachine)


def framed(body: bytes, kind: str) -> list[bytes]:
    """The lines between the first and the last. Raises CollectionError where those aren't what the script writes."""
    rows, begin = body.split(b"\n"), f"offboarding {kind} "
    if not rows[0].startswith(begin.encode()):
        raise CollectionError("isn't what collect.sh writes. Collect it anew")
    if rows[0] != f"{begin}1".encode():
        raise CollectionError("was written by another version of collect.sh. Put this version's on the machine")
    if rows[-2:] != [b"end", b""]:
        raise CollectionError("was cut off: its last line isn't `end`. Collect it anew")
    return rows[1:-2]


def take_apart(body: bytes, kind: str, found: CollectedMachine, take: Callable[[str, bytes], None]) -> None:
    """Put into `found` what every kind's lines say. `take` gets any other line: its word, and the rest as it came.

    Raises CollectionError where something isn't as the script writes it.
    """
    for number, row in enumerate(framed(body, kind), 2):
        word, _, rest = row.partition(b" ")
        try:
            if word == b"refused":
                _refuse(kind, text_of(rest))
            elif word in _HEAD:
                _HEAD[word](found, text_of(rest))
            else:
                take(word.decode("ascii"), rest)
        except CollectionError:
            raise
        except (ValueError, LookupError, OverflowError):
            raise CollectionError(f"line {number} isn't as collect.sh writes it. Collect it anew") from None
    if not (found.made_at and found.machine and found.name):
        raise CollectionError("lacks what collect.sh always tells. Collect it anew")


def take_counted(
    body: bytes, kind: str, found: _Machine, words: Mapping[str, Callable[[_Machine, str], None]], called: str
) -> _Machine:
    """`found`, with what lines of these words say, as many as the line `lines` tells. `called`: of what they tell.

    Raises CollectionError.
    """

    def take(word: str, rest: bytes) -> None:
        if word == "lines":
            found.expected = number_in(text_of(rest))
        else:
            words[word](found, text_of(rest))
            found.lines += 1

    take_apart(body, kind, found, take)
    if found.lines != found.expected:
        lines, should = found.lines, max(found.expected, 0)
        raise CollectionError(f"tells of {called} in {lines} lines where it should in {should}. Collect it anew")
    return found


def text_of(line: bytes) -> str:
    """Of a line, whatever bytes are in it."""
    return line.decode("utf-8", "backslashreplace")


def number_in(text: str, digits: int = _DIGITS) -> int:
    """A whole number. Raises ValueError for what is none, or of more digits."""
    if len(text) > digits or not (text.isascii() and text.isdigit()):
        raise ValueError
    return int(text)


def _refuse(kind: str, why: str) -> NoReturn:
    raise CollectionError(f"tells nothing: on that machine {plain(why)} (docs/permissions/{kind}.md)")


def _at(found: CollectedMachine, text: str) -> None:
    found.made_at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _name(found: CollectedMachine, text: str) -> None:
    found.name = plain(text)


def _machine(found: CollectedMachine, text: str) -> None:
    if not _MACHINE_ID.fullmatch(text):
        raise ValueError
    found.machine = text


_HEAD: Mapping[bytes, Callable[[CollectedMachine, str], None]] = {b"at": _at, b"machine": _machine, b"name": _name}


def machine_of(head: bytes) -> str:
    """Which machine the first lines are of; "" where they don't say."""
    lines = (line.split(b" ") for line in head.split(b"\n"))
    return next((line[1].decode("ascii", "replace") for line in lines if line[0] == b"machine" and len(line) == 2), "")


def plain(text: str) -> str:
    """What a machine says of itself, fit for a sentence."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())[:200]
