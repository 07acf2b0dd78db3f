"""A form's fields as a browser shows them, and what is typed there as the form takes it: by their JSON schemas."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A field that is shown."""

    name: str
    title: str
    about: str
    sort: str
    """choice, number, date, text or lines."""
    needed: bool
    choices: tuple[str, ...]
    longest: int | None
    typed: str


def control(name: str, schema: Mapping[str, Any], typed: str) -> Control:
    """The field, with what was typed."""
    return Control(
        name=name,
        title=str(schema.get("title", name)),
        about=str(schema.get("description", "")),
        sort=_sort(schema),
        needed="null" not in schema["type"],
        choices=tuple(str(each) for each in schema.get("enum", ()) if each is not None),
        longest=schema.get("maxLength"),
        typed=typed,
    )


def given(schema: Mapping[str, Any], typed: str) -> object:
    """What was typed, of the schema's type; as it was typed where it's none of that."""
    if _is(schema, "integer"):
        return _number(typed.strip())
    if _is(schema, "array"):
        numbers = schema["items"].get("type") == "integer"
        return [_number(each) if numbers else each for each in re.split(r"[\s,\[\]]+", typed) if each]
    return typed


def _sort(schema: Mapping[str, Any]) -> str:
    if "enum" in schema:
        return "choice"
    if schema.get("format") == "date":
        return "date"
    if _is(schema, "integer"):
        return "number"
    return "lines" if schema.get("format") == "multiline" else "text"


def _is(schema: Mapping[str, Any], sort: str) -> bool:
    return sort == schema["type"] or sort in schema["type"]


def _number(typed: str) -> object:
    # No number of ours has more digits, and Python refuses to read far longer ones.
    return int(typed) if re.fullmatch(r"[0-9]{1,18}", typed) else typed
