"""Whether two names are too far apart to be one human's: against it they may speak, for it never."""

import functools
import re
import unicodedata
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

_ENOUGH = 3
"""Letters that two parts begin with alike, to be two ways of writing one: Max and Maximilian, Müller and Muller."""
_NO_INITIAL = 2
"""Letters from which on a part of a name is none."""
_INNER = "'\N{RIGHT SINGLE QUOTATION MARK}\N{HYPHEN}\N{NON-BREAKING HYPHEN}-"
_PART = re.compile(rf"[^\W\d_]+(?:[{_INNER}][^\W\d_]+)*")
_TITLES_AND_PARTICLES = frozenset(
    (
        *("dr", "frau", "herr", "mr", "mrs", "ms", "prof"),
        *("al", "bin", "da", "de", "del", "den", "der", "di", "dos", "du", "el", "la", "ter", "van", "von"),
    )
)
"""Two who have nothing else in common have nothing."""
_PLAIN = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\N{LATIN SMALL LETTER DOTLESS I}": "i"}
)
"""Letters that Unicode takes no accent off, as systems without them write them."""
_SPELT_OUT = re.compile("(?<=[aou])e|(?<=a)a|(?<=d)j")
"""What such systems write after a letter for what it bore: Mueller, Aase, Djordje."""
_UNSPACED = ("CJK", "HANGUL", "HIRAGANA", "KATAKANA")
"""As Unicode's names of their letters begin. Of these each is a part: people write them with and without spaces."""
_NO_SCRIPT = ("", "IDEOGRAPHIC")
"""Of letters without a name, and of a mark that repeats the letter before it."""


def comparable(one: str, other: str) -> bool:
    """Whether both are names, and of the same scripts."""
    scripts = _parts(one).keys()
    return bool(scripts) and scripts == _parts(other).keys()


def nothing_in_common(one: str, other: str) -> bool:
    """Whether no part of one name is a part of the other. False where they can't be compared.

    Whoever married, is called by half of a name, or whom two systems write in another order has a part in common.
    """
    some, others = _parts(one), _parts(other)
    return comparable(one, other) and not any(_alike(parts, others[script]) for script, parts in some.items())


def _alike(some: AbstractSet[str], others: AbstractSet[str]) -> bool:
    return any(part[:_ENOUGH] == other[:_ENOUGH] for part in some for other in others)


@functools.lru_cache(maxsize=4)
def _parts(name: str) -> dict[str, set[str]]:
    """Script -> parts of the name that are written in it, without accents, initials, titles and particles."""
    found: dict[str, set[str]] = {}
    for part in _PART.findall(_bare(name)):
        script = _script(part[0])
        if script in _UNSPACED:
            for letter in filter(str.isalpha, part):
                found.setdefault(_script(letter), set()).add(letter)
        elif part not in _TITLES_AND_PARTICLES:
            found.setdefault(script, set()).update(_spellings(part))
    return {script: parts for script, parts in found.items() if parts and script not in _NO_SCRIPT}


def _script(letter: str) -> str:
    return re.split("[ -]", unicodedata.name(letter, ""), maxsplit=1)[0]


def _spellings(part: str) -> Iterator[str]:
    """A part as it is, as a system with accents writes it, and the halves of a double one."""
    halves = re.split(f"[{_INNER}]", part)
    for each in ("".join(halves), *(half for half in halves if len(half) >= _ENOUGH)):
        if len(each) >= _NO_INITIAL:
            yield from (each, _SPELT_OUT.sub("", each))


def _bare(name: str) -> str:
    """Folded, and without accents: what Unicode has taken apart is put together again."""
    apart = unicodedata.normalize("NFKD", name.casefold()).translate(_PLAIN)
    return unicodedata.normalize("NFC", "".join(each for each in apart if unicodedata.category(each) != "Mn"))
