"""Three values with their reasons: yes by what, no, or unknown because of what."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """Whether something is so."""

    holds: bool | None
    by: str = ""
    """What says so, as a clause."""
    keys: tuple[str, ...] = ()
    """What it depends on, where it's unknown."""


YES = Value(holds=True)
NO = Value(holds=False)


def unknown(*keys: str) -> Value:
    """It depends on these."""
    return Value(holds=None, keys=keys)


def either(values: Iterable[Value]) -> Value:
    """Whether any holds: the first that does, else the first that may, with all that it depends on."""
    doubt: Value | None = None
    for value in values:
        if value.holds:
            return value
        if value.holds is None:
            keys = (*(doubt.keys if doubt else ()), *value.keys)
            doubt = Value(holds=None, by=doubt.by if doubt else value.by, keys=tuple(dict.fromkeys(keys)))
    return doubt or NO


def both(first: Value, second: Value) -> Value:
    """Whether both hold."""
    if first.holds is False or second.holds is False:
        return NO
    keys = tuple(dict.fromkeys((*first.keys, *second.keys)))
    by = ", ".join(text for text in (first.by, second.by) if text)
    return Value(holds=None if keys else True, by=by, keys=keys)
