"""Words that people write: compared without regard to case and width, and shown back to them."""

import difflib
import unicodedata
from collections.abc import Iterable

LONGEST_SHOWN = 40
"""In a feed whose columns have slipped, a value may be anything, a page of notes included."""


def folded(word: str) -> str:
    """The form in which words are compared: NFKC, stripped, casefolded (full-width and decomposed Hangul are equal)."""
    return unicodedata.normalize("NFKC", word).strip().casefold()


def composed(word: str) -> str:
    """The form in which column names are compared: NFKC, with regard to case; a line break is a blank, several blanks
    are one, and those around it none.
    """
    return " ".join(unicodedata.normalize("NFKC", word).split())


def hint(word: str, known: Iterable[str]) -> str:
    """The nearest known word as a question, with a space before it; nothing where none is near."""
    near = difflib.get_close_matches(word, tuple(known), n=1)
    return f" Did you mean {near[0]}?" if near else ""


def choice(word: str, known: Iterable[str]) -> str:
    """The nearest known word, or all of them where none is near, as a sentence with a space before it."""
    words = tuple(known)
    return hint(word, words) or f" Known: {', '.join(words)}."


def shown(value: str) -> str:
    """A value in quotes, cut short, with whatever doesn't print escaped."""
    cut = value if len(value) <= LONGEST_SHOWN else value[: LONGEST_SHOWN - 1] + "…"
    return '"' + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut) + '"'


def listed(names: Iterable[str]) -> str:
    """Names in quotes, divided by commas."""
    return ", ".join(f'"{name}"' for name in names)
