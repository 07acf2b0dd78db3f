"""A sentence of ours that people read in their own language: its English, with what it was made of beside it."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Self, cast

Value = str | int | date
"""What stands in a sentence; a sentence may stand in another one."""

PLACE = re.compile(r"\{(\w+)\}")


class Sentence(str):
    """English, as a text like any other; `pattern` and `values` are what it was made of."""

    __slots__ = ("pattern", "values")

    pattern: str
    """In English, with names in braces: what a catalog translates."""
    values: Mapping[str, Value]

    def __new__(cls, english: str, pattern: str, values: Mapping[str, Value]) -> Self:
        """The text, with what it was made of."""
        made = super().__new__(cls, english)
        made.pattern, made.values = pattern, values
        return made


def say(pattern: str, plural: str = "", /, **values: Value) -> Sentence:
    """A sentence. `plural`: the same pattern where `count` isn't 1."""
    number = values.get("count")
    return Sentence(filled(plural if plural and number != 1 else pattern, values, english), pattern, values)


def filled(pattern: str, values: Mapping[str, Value], write: Callable[[Value], str]) -> str:
    """A pattern with its values, each as it's written. Values are never looked into: they may hold braces."""
    return PLACE.sub(lambda place: write(values[place[1]]) if place[1] in values else place[0], pattern)


def english(value: Value) -> str:
    """A value as English has it."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str) else f"{value:,}"


def replaced(text: str, old: str, new: str) -> str:
    """A text with one thing in it called otherwise; a sentence in its values alone."""
    if not isinstance(text, Sentence):
        return text.replace(old, new)
    values = {name: replaced(each, old, new) if isinstance(each, str) else each for name, each in text.values.items()}
    # A plural's English isn't kept beside it.
    singular = filled(text.pattern, text.values, english) == text
    return Sentence(filled(text.pattern, values, english) if singular else text.replace(old, new), text.pattern, values)


Kept = Mapping[str, object]
"""A sentence as the store keeps it: pattern and values."""


def kept(sentence: Sentence) -> Kept:
    """What a sentence was made of, as JSON has it."""
    return {"pattern": sentence.pattern, "values": {name: _kept(each) for name, each in sentence.values.items()}}


def as_kept(text: str, known: Kept) -> Sentence:
    """The sentence that was kept so. `text`: its English."""
    values = cast("Mapping[str, object]", known["values"])
    return Sentence(text, str(known["pattern"]), {name: _value(each) for name, each in values.items()})


def _kept(value: Value) -> object:
    if isinstance(value, Sentence):
        return {"text": str(value), **kept(value)}
    return {"day": value.isoformat()} if isinstance(value, date) else value


def _value(stored: object) -> Value:
    if not isinstance(stored, dict):
        return cast("str | int", stored)
    fields = cast("Mapping[str, object]", stored)
    return date.fromisoformat(str(fields["day"])) if "day" in fields else as_kept(str(fields["text"]), fields)
