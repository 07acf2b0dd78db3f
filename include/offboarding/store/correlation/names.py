"""Whether two names are too far apart to be one human's: against it they may speak, for it never."""

import re
import unicodedata
from collections.abc import Set as AbstractSet

_ENOUGH = 3
"""Letters that two parts begin with alike, to be two ways of writing one: Max and Maximilian, Müller and Muller."""
_NO_INITIAL = 2
"""Letters from which on a part of a name is none."""
_WITHIN_A_PART = re.compile("['.\N{RIGHT SINGLE QUOTATION MARK}\N{HYPHEN}\N{NON-BREAKING HYPHEN}-]")
_UNSPACED = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
"""As Unicode's names of their letters begin. Of these each is a part: people write them with and without spaces."""


def nothing_in_common(one: str, other: str) -> bool:
    """Whether no part of one name is a part of the other. False where they can't be compared, being of two scripts.

    Whoever married, is called by half of a name, or whom two systems write in another order has a part in common.
    """
    some, others = _parts(one), _parts(other)
    if not some or some.keys() != others.keys():
        return False
    return not any(_alike(parts, others[script]) for script, parts in some.items())


def _alike(some: AbstractSet[str], others: AbstractSet[str]) -> bool:
    return any(part[:_ENOUGH] == other[:_ENOUGH] for part in some for other in others)


def _parts(name: str) -> dict[str, set[str]]:
    """Script -> parts of the name that are written in it, without accents and initials."""
    found: dict[str, set[str]] = {}
    for part in re.findall(r"[^\W\d_]+", _WITHIN_A_PART.sub("", _bare(name))):
        script = unicodedata.name(part[0], "").split()[0:1]
        if script and script[0].startswith(_UNSPACED):
            found.setdefault("unspaced", set()).update(part)
        elif script and len(part) >= _NO_INITIAL:
            found.setdefault(script[0], set()).add(part)
    return found


def _bare(name: str) -> str:
    """Folded, and without accents: what Unicode has taken apart is put together again."""
    apart = unicodedata.normalize("NFKD", name.casefold())
    return unicodedata.normalize("NFC", "".join(each for each in apart if unicodedata.category(each) != "Mn"))
