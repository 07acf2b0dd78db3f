"""Usual words of HR's (usual_words.yaml): for a first proposal, never for a read."""

import functools
import unicodedata
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import cast

import yaml

Known = Mapping[str, tuple[str, int]]
"""Plain word -> what it means, and how sure that is (0 is surest)."""


@functools.cache
def usual(table: str) -> Known:
    """Of `columns`, `statuses` or `zones`; our own word is the surest."""
    text = (files(__package__ or "") / "usual_words.yaml").read_text(encoding="utf-8")
    words = cast("Mapping[str, Mapping[str, Sequence[Sequence[str]]]]", yaml.safe_load(text))[table]
    found: dict[str, tuple[str, int]] = {}
    for meaning, lines in words.items():
        for place, word in enumerate((meaning, *(word for line in lines for word in line))):
            found.setdefault(plain(word), (meaning, place))
    return found


def plain(word: str) -> str:
    """The form in which words are looked up: NFKC, casefolded, letters and digits alone."""
    folded = unicodedata.normalize("NFKC", word).casefold()
    return "".join(letter for letter in folded if letter.isalnum())
