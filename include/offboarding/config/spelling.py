"""What somebody may have meant: the nearest known word."""

import difflib
from collections.abc import Iterable

_MOST_LISTED = 12
"""More known words than this help nobody."""


def nearest(word: str, words: Iterable[str], *, known_as: str = "Known") -> str:
    """A sentence with a space before it: the nearest word, else the known ones; "" where none are known.

    `known_as`: what is said before these.
    """
    known = tuple(dict.fromkeys(words))
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.5)
    if near:
        return f" Did you mean {near[0]}?"
    if not known:
        return ""
    more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
    return f" {known_as}: {', '.join(known[:_MOST_LISTED])}{more}."
