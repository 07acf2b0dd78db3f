"""Rows that wait outside the database until a read has come to its end, in the very form in which COPY takes them.

Where nothing is known, nothing is compared. By way of a temporary table each row is written twice; copied straight into
place while a system answers, it holds a transaction open for as long. So rows wait in files: in memory while they are
few, else on disk, without a name, so that they are gone with the process.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from itertools import repeat
from struct import Struct, pack
from tempfile import SpooledTemporaryFile

import psycopg
from psycopg.copy import Copy, FileWriter
from psycopg.errors import UniqueViolation
from psycopg.types.string import BytesBinaryDumper

from include.offboarding.store.first_load import first_load, unnoted
from include.offboarding.store.staging import copy_in, types_of

IN_MEMORY = 4 << 20
"""Bytes of one table's rows that wait in memory."""
_CHUNK = 1 << 18
_TEXT, _BYTEA, _BIGINT, _DATE, _JSONB, _UUID = 25, 17, 20, 1082, 3802, 2950
_TEXT_ARRAY, _BIGINT_ARRAY, _DATE_ARRAY = 1009, 1016, 1182
"""Types of PostgreSQL, by their numbers (pg_type.dat)."""
_GIVEN_AS = {_JSONB: _TEXT, **dict.fromkeys((_TEXT_ARRAY, _BIGINT_ARRAY, _DATE_ARRAY, _UUID), _BYTEA)}
"""Given in their binary form already: by `jsonb`, by those that make arrays, and `UUID.bytes`."""
_NULL = pack(">i", -1)
_FIRST_DAY = date(2000, 1, 1).toordinal()
"""From which PostgreSQL counts days (date_recv in date.c)."""


class Spool:
    """Rows for several tables, in PostgreSQL's binary form. To be closed."""

    def __init__(self, session: psycopg.Connection[tuple[object, ...]], columns: Mapping[str, Sequence[str]]) -> None:
        self._session = session
        self._columns = columns
        self._files = {table: SpooledTemporaryFile[bytes](max_size=IN_MEMORY) for table in columns}
        self._copies = {table: self._begun(table) for table in columns}

    def row(self, table: str) -> Callable[[Sequence[object]], None]:
        """What takes a row of this table, in the order of its columns."""
        return self._copies[table].write_row

    def finish(self) -> None:
        """There are no more rows."""
        for copy in self._copies.values():
            copy.finish(None)

    def place(self, table: str, *, into: str = "") -> None:
        """Copy what waits for this table into it, or into one with the same columns."""
        file = self._files[table]
        file.seek(0)
        with self._session.cursor() as cursor, cursor.copy(copy_in(into or table, self._columns[table])) as copy:
            while chunk := file.read(_CHUNK):
                copy.write(chunk)

    def placed(self, *, noted: Sequence[str], first: Sequence[str] = ()) -> bool:
        """Put all of them where they stay. False, and none is, where what must be unique is there or comes twice.

        `noted`: tables whose new rows correlation takes note of. Of the tables `first`, those without a row have their
        indexes made afterwards. See `first_load`.
        """
        try:
            with (
                self._session.transaction(),
                unnoted(self._session, *noted),
                first_load(self._session, *first),
            ):
                for table in self._columns:
                    self.place(table)
        except UniqueViolation:
            return False
        return True

    def close(self) -> None:
        """Nothing of it is left."""
        for file in self._files.values():
            file.close()

    def _begun(self, table: str) -> Copy:
        cursor = self._session.cursor()
        # Known as the last one for bytea is one in Python, which takes DB-API's Binary as well.
        cursor.adapters.register_dumper(bytes, BytesBinaryDumper)
        copy = Copy(cursor, binary=True, writer=FileWriter(self._files[table]))
        copy.set_types([_GIVEN_AS.get(oid, oid) for oid in types_of(self._session, table, self._columns[table])])
        return copy


def jsonb(text: str) -> str:
    """JSON, as a spooled row bears it: behind the version of the form (jsonb_recv in PostgreSQL's jsonb.c)."""
    return f"\x01{text}"


def text_array(texts: Sequence[str]) -> bytes:
    """An array of texts, as a spooled row bears it; psycopg makes none that is empty."""
    told = [text.encode() for text in texts]
    return _array(_TEXT, [pack(">i", len(text)) + text for text in told])


def bigint_array(numbers: Sequence[int]) -> bytes:
    """An array of numbers, as a spooled row bears it."""
    return _array(_BIGINT, list(map(Struct(">iq").pack, repeat(8), numbers)))


def date_array(days: Sequence[date | None]) -> bytes:
    """An array of days, as a spooled row bears it."""
    day_of = Struct(">ii").pack
    told = [_NULL if day is None else day_of(4, day.toordinal() - _FIRST_DAY) for day in days]
    return _array(_DATE, told, has_null=None in days)


def _array(of: int, elements: Sequence[bytes], *, has_null: bool = False) -> bytes:
    """Each with its length before it (array_recv in PostgreSQL's arrayfuncs.c)."""
    if not elements:
        return pack(">iii", 0, 0, of)
    return pack(">iiiii", 1, has_null, of, len(elements), 1) + b"".join(elements)
