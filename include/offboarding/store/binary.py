"""PostgreSQL's binary form of values for which psycopg makes none, or none as quickly: they are copied as they are."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import repeat
from struct import Struct, pack

_TEXT, _BYTEA, _BIGINT, _DATE, _JSONB, _UUID = 25, 17, 20, 1082, 3802, 2950
_TEXT_ARRAY, _BIGINT_ARRAY, _DATE_ARRAY = 1009, 1016, 1182
"""Types of PostgreSQL, by their numbers (pg_type.dat)."""
_GIVEN_AS = {_JSONB: _TEXT, **dict.fromkeys((_TEXT_ARRAY, _BIGINT_ARRAY, _DATE_ARRAY, _UUID), _BYTEA)}
"""Given in their binary form already: by `jsonb`, by those that make arrays, and `UUID.bytes`."""
_NULL = pack(">i", -1)
_FIRST_DAY = date(2000, 1, 1).toordinal()
"""From which PostgreSQL counts days (date_recv in date.c)."""


def given_as(types: Iterable[int]) -> list[int]:
    """The types by which such values are copied: what is in its binary form already goes through as it is."""
    return [_GIVEN_AS.get(oid, oid) for oid in types]


def jsonb(text: str) -> str:
    """JSON, as a copied row bears it: behind the version of the form (jsonb_recv in PostgreSQL's jsonb.c)."""
    return f"\x01{text}"


def text_array(texts: Sequence[str]) -> bytes:
    """An array of texts, as a copied row bears it; psycopg makes none that is empty."""
    encoded = [text.encode() for text in texts]
    return _array(_TEXT, [pack(">i", len(text)) + text for text in encoded])


def bigint_array(numbers: Sequence[int]) -> bytes:
    """An array of numbers, as a copied row bears it."""
    return _array(_BIGINT, list(map(Struct(">iq").pack, repeat(8), numbers)))


def date_array(days: Sequence[date | None]) -> bytes:
    """An array of days, as a copied row bears it."""
    day_of = Struct(">ii").pack
    encoded = [_NULL if day is None else day_of(4, day.toordinal() - _FIRST_DAY) for day in days]
    return _array(_DATE, encoded, has_null=None in days)


def _array(of: int, elements: Sequence[bytes], *, has_null: bool = False) -> bytes:
    """Each with its length before it (array_recv in PostgreSQL's arrayfuncs.c)."""
    if not elements:
        return pack(">iii", 0, 0, of)
    return pack(">iiiii", 1, has_null, of, len(elements), 1) + b"".join(elements)
