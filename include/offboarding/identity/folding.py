"""The form in which values of identity keys are compared."""

import re
import unicodedata
from collections.abc import Iterable
from fnmatch import fnmatchcase

_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff"
    "\uffa0\ufff0-\ufff8\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)
"""Default_Ignorable_Code_Point (Unicode's DerivedCoreProperties.txt): soft hyphens, spaces without width, marks of
direction, selectors of variants. A caseless comparison of identifiers leaves them out (Unicode, 3.13, D147).
"""


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
    return unicodedata.normalize("NFKC", _UNSEEN.sub("", value)).casefold()
