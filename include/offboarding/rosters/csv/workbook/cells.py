"""A cell's text, as people see it in the sheet; days alone are written in one way, whatever their format."""

import functools
import re
from datetime import datetime, time

from offboarding.rosters._records.spoiled import CELL_ERROR

DAY, MOMENT = "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"
"""How a cell that is a date is written here."""
_EXACT = 10**15
"""Excel keeps fifteen digits of a number, and writes noughts for the rest."""
_COLOUR = re.compile(r"\[[^\]]*\]")
_PART = re.compile(r'"([^"]*)"|\\(.)|([0-])')
_SHOWN_AS_IT_IS = ("General", "@", "0")


def text_of(value: object, data_type: str, number_format: str) -> str:
    """What openpyxl read of a cell, and of its format, as text."""
    if data_type == "e":
        return CELL_ERROR
    match value:
        case bool():
            return str(value).upper()
        case int() | float():
            return _number(value, number_format)
        case datetime():
            return value.strftime(DAY) if value.time() == time() else value.isoformat(timespec="seconds")
        case _:
            return "" if value is None else str(value)


def _number(value: float, number_format: str) -> str:
    """A whole number without its decimals, with the noughts and letters that its format puts around it.

    One that Excel has rounded is written so that it shows (1e+16).
    """
    if abs(value) >= _EXACT or value != int(value):
        return repr(float(value))
    parts = _parts(number_format)
    digits = str(int(value))
    if not parts or value < 0:
        return digits
    places = [place for place, (_, literal) in enumerate(parts) if not literal]
    padded = digits.zfill(len(places))
    beyond = len(padded) - len(places)
    shown = {place: padded[beyond + at] for at, place in enumerate(places)}
    shown[places[0]] = padded[:beyond] + shown[places[0]]
    return "".join(shown.get(place, text) for place, (text, _) in enumerate(parts))


@functools.cache
def _parts(number_format: str) -> tuple[tuple[str, bool], ...]:
    """A format's noughts (False) and literal text (True), where it holds nothing else; empty where it changes nothing.

    `00000` shows 442 as 00442, `"E-"0000` as E-0442.
    """
    form = _COLOUR.sub("", number_format.partition(";")[0])
    if form in _SHOWN_AS_IT_IS or _PART.sub("", form):
        return ()
    found = tuple(
        ("0", False) if match[3] == "0" else (match[1] or match[2] or match[3] or "", True)
        for match in _PART.finditer(form)
    )
    return found if any(not literal for _, literal in found) else ()
