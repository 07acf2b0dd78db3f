"""Durations as people write them in the settings: `36h`, `2d`, seconds, or `never`."""

import re
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator, Field, WithJsonSchema

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_WRITTEN = re.compile(r"(\d+)\s*([smhdw])", re.IGNORECASE)
_TWO_FORMS: tuple[dict[str, object], ...] = (
    {"type": "string", "pattern": r"^\s*\d+\s*[smhdwSMHDW]\s*$"},
    {"type": "number", "exclusiveMinimum": 0},
)


def _duration(value: object) -> object:
    if isinstance(value, str):
        match = _WRITTEN.fullmatch(value.strip())
        if match is None:
            raise ValueError(f'"{value}" is no duration: write 36h, 2d, 90m, or a number of seconds')
        return timedelta(**{_UNITS[match[2].lower()]: int(match[1])})
    return value


def _or_never(value: object) -> object:
    return timedelta.max if value == "never" else value


_Duration = Annotated[timedelta, BeforeValidator(_duration), Field(gt=timedelta(0))]
Duration = Annotated[_Duration, WithJsonSchema({"anyOf": [*_TWO_FORMS]})]
"""A duration above zero."""
DurationOrNever = Annotated[
    _Duration, BeforeValidator(_or_never), WithJsonSchema({"anyOf": [{"const": "never"}, *_TWO_FORMS]})
]
"""The same, or `never`, which is the longest that there is."""


def told(duration: timedelta) -> str:
    """For people: "50 h", or "4 days" from three days on."""
    hours = duration.total_seconds() / 3600
    return f"{hours:.0f} h" if hours < 72 else f"{hours / 24:.0f} days"
