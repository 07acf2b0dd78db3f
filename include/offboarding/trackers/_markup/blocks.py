"""What a ticket's plain text is made of: prose, things to be ticked, steps, and what is copied as it stands.

Told by layout alone: a thing begins at the margin with its box, a step with a dash, what is copied is indented deeper
than what says so or follows a colon, and prose is broken where the next word wouldn't have fitted. A label that was
broken over two lines can't begin a block of its own by that last rule. What is misjudged is still shown, every word of
it; only its looks are lost.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

from offboarding.report.texts.layout import INDENT, WIDTH

_ITEM = re.compile(r"\[([ x-])\] (\d+)\b")
_TITLE_ENDS = re.compile(r"\bf-[0-9a-f]{8}\)$")
_HERE_DOCUMENT = re.compile(r"<<-?\s*(['\"]?)(\w+)\1")
_STEP = "- "
_ENDS = (":", ".", "。")
"""How a step's words end before its command."""


@dataclass(slots=True)
class Prose:
    """A line to be read, however many the text broke it over."""

    text: str


@dataclass(slots=True)
class Verbatim:
    """Lines to be copied as they stand."""

    lines: list[str] = field(default_factory=list[str])

    @property
    def shown(self) -> list[str]:
        """Without the indentation that all its lines have, and what no page holds."""
        least = min((len(line) - len(line.lstrip(" ")) for line in self.lines if line.strip()), default=0)
        return [printable(line[least:]) for line in self.lines]


@dataclass(slots=True)
class TicketStep:
    """Something to do: what in words, then the command."""

    parts: list[Prose | Verbatim]


Part = Prose | Verbatim | TicketStep


@dataclass(slots=True)
class TicketThing:
    """A thing to be ticked."""

    box: str
    """ " ", "x", or "-" for what may stand."""
    parts: list[Part]
    lines: list[str] = field(default_factory=list[str], compare=False)
    """As they stand in the text."""


@dataclass(slots=True)
class Paragraph:
    """What stands together."""

    parts: list[Part]
    lines: list[str] = field(default_factory=list[str], compare=False)
    """As they stand in the text."""


Block = TicketThing | Paragraph


def printable(text: str) -> str:
    """Without what no page holds: control characters, and halves of others."""
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cs"} and c != "\t" else c for c in text)


def blocks(text: str) -> list[Block]:
    """The blocks of a text, in its order; every word of it is in one of them."""
    found: list[Block] = [*_Reading(text).blocks()]
    numbers = [_number(each) for each in found if isinstance(each, TicketThing)]
    # Somebody's name may look like a thing to be ticked; ours are counted from 1.
    if numbers != [*range(1, len(numbers) + 1)]:
        found = [_untickable(each) if isinstance(each, TicketThing) else each for each in found]
    return found


def _number(thing: TicketThing) -> int:
    first = thing.parts[0]
    match = re.match(r"\d+", first.text) if isinstance(first, Prose) else None
    return int(match[0]) if match else 0


def _untickable(thing: TicketThing) -> Paragraph:
    first, *rest = thing.parts
    said = first.text if isinstance(first, Prose) else ""
    return Paragraph(parts=[Prose(f"[{thing.box}] {said}"), *rest], lines=thing.lines)


class _Reading:
    """Line by line; `_into` is where the next words belong."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()
        self._block: Block | None = None
        self._step: TicketStep | None = None
        self._indent = 0
        """Of the step, else of the block's prose."""
        self._before = ""
        self._at = 0
        """The next line."""
        self._ends_at = ""
        """The line that ends a here-document."""

    def blocks(self) -> Iterator[Block]:
        """Yield them."""
        for at, line in enumerate(self._lines, start=1):
            self._at = at
            if self._ends_at:
                self._copied(line)
            elif not line.strip():
                if self._block:
                    yield self._block
                self._block = None
            else:
                yield from self._read(line)
            if self._block:
                self._block.lines.append(line)
            self._before = line
        if self._block:
            yield self._block

    def _read(self, line: str) -> Iterator[Block]:
        text = line.lstrip(" ")
        indent = len(line) - len(text)
        goes_on = self._block is not None and self._broken_before(text)
        item = _ITEM.match(text) if indent == 0 and not goes_on else None
        if item:
            if self._block:
                yield self._block
            self._block, self._step, self._indent = TicketThing(box=item[1], parts=[Prose(text[4:])]), None, INDENT
        elif self._block is None:
            self._block, self._step, self._indent = Paragraph(parts=[]), None, indent
            self._begin(text, indent)
        elif self._is_step(text, indent, goes_on=goes_on):
            self._begin(text, indent)
        else:
            self._go_on(line, text, indent, goes_on=goes_on)

    def _is_step(self, text: str, indent: int, *, goes_on: bool) -> bool:
        """A step's own words go on deeper than its dash; a word that is a dash may begin a line of other prose."""
        margin = INDENT if isinstance(self._block, TicketThing) else 0
        return text.startswith(_STEP) and indent == margin and (self._step is not None or not goes_on)

    def _begin(self, text: str, indent: int) -> None:
        assert self._block
        if text.startswith(_STEP) and len(text) > len(_STEP):
            self._step, self._indent = TicketStep(parts=[Prose(text[len(_STEP) :])]), indent
            self._block.parts.append(self._step)
        else:
            self._block.parts.append(Prose(text))

    def _go_on(self, line: str, text: str, indent: int, *, goes_on: bool) -> None:
        assert self._block
        last = self._into[-1] if self._into else None
        if isinstance(last, Prose) and goes_on and not (self._step and last.text.endswith(_ENDS)):
            last.text += f" {text}"
        elif self._is_copied(last, text, indent):
            if not isinstance(last, Verbatim):
                self._into.append(Verbatim())
            self._copied(line)
        else:
            self._step = None
            self._indent = INDENT if isinstance(self._block, TicketThing) else 0
            self._block.parts.append(Prose(text))

    def _is_copied(self, last: Part | None, text: str, indent: int) -> bool:
        if indent > self._indent:
            return True
        if self._step:
            # A command with a here-document stands at the very left.
            if isinstance(last, Verbatim):
                return indent == 0 and not last.lines[0].startswith(" ")
            opens = isinstance(last, Prose) and last.text.endswith(":")
            return indent == 0 and (opens or bool(_HERE_DOCUMENT.search(text)))
        if isinstance(self._block, TicketThing):
            return False
        opened = isinstance(last, Verbatim) or (isinstance(last, Prose) and last.text.endswith(":"))
        # A heading; of scripts without capitals any word at the margin that ends so.
        heads = text[:1].isupper() or not text[:1].isascii()
        return opened and not (heads and text.endswith(":"))

    def _copied(self, line: str) -> None:
        last = self._into[-1]
        assert isinstance(last, Verbatim)
        if self._ends_at:
            self._ends_at = "" if line.strip() == self._ends_at else self._ends_at
        elif (match := _HERE_DOCUMENT.search(line)) and match[2] in self._lines[self._at :]:
            self._ends_at = match[2]
        last.lines.append(line)

    @property
    def _into(self) -> list[Part]:
        parts: list[Part] = self._step.parts if self._step else self._block.parts if self._block else []  # pyrefly: ignore[bad-assignment] - a step holds no steps
        return parts

    def _broken_before(self, text: str) -> bool:
        """Whether the line above ends because this one's first word wouldn't have fitted. What a thing is ends with how
        bad it is, and its key.
        """
        if isinstance(self._block, TicketThing) and len(self._block.parts) == 1 and _TITLE_ENDS.search(self._before):
            return False
        return len(self._before) + 1 + len(text.split(" ", 1)[0]) > WIDTH
