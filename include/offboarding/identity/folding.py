"""The form in which values of identity keys are compared."""

import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase

from offboarding.model.texts import INVISIBLE


def normal(value: str) -> str:
    """The form in which values are compared; it is its own normal form.

    Twice, since folding can leave what composes anew (ß before an accent). Unicode, 3.13 Default Case Algorithms, D147.
    """
    if value.isascii():
        return " ".join(value.lower().split())
    folded = _folded(_folded(value))
    return " ".join(folded.lower().split() if folded.isascii() else unicodedata.normalize("NFKC", folded).split())


def fits_pattern(pattern: str, values: Iterable[str]) -> bool:
    """Whether one of them is what a pattern says, both in their normal form. `*` is anything, `?` any character; `[` is
    itself, since names bear it.
    """
    folded = normal(pattern).replace("[", "[[]")
    return any(fnmatchcase(normal(value), folded) for value in values)


def _folded(value: str) -> str:
    return unicodedata.normalize("NFKC", INVISIBLE.sub("", value)).casefold()
