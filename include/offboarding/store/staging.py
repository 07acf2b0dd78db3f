"""Rows on their way into a temporary table: buffered, and copied a few thousand at a time, so memory stays constant.

Copied in PostgreSQL's binary form: a third of the work of its text form, on both ends. Each value must be what its
column's type takes as it is (a text for text, no number for it).
"""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql
from psycopg.types.string import BytesBinaryDumper

from offboarding.store.binary import given_as

_BATCH = 5_000
_TYPES = "select atttypid, attname from pg_attribute where attrelid = %s::regclass and attname = any(%s)"


class Stage:
    """Buffers for several temporary tables of one session.

    `encoded`: arrays, JSON and UUIDs come in their binary form (binary.py).
    """

    def __init__(
        self,
        session: psycopg.Connection[tuple[object, ...]],
        columns: Mapping[str, Sequence[str]],
        *,
        encoded: bool = False,
    ) -> None:
        self._session = session
        self._columns = columns
        self._encoded = encoded
        self._types: dict[str, list[int]] = {}
        self._rows: dict[str, list[Sequence[object]]] = {table: [] for table in columns}

    def add(self, table: str, row: Sequence[object]) -> None:
        """One row, in the order of the table's columns."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= _BATCH:
            self.flush(table)

    def finish(self) -> None:
        """Copy what is left."""
        for table in self._rows:
            self.flush(table)

    def flush(self, table: str) -> None:
        """Copy what waits for this table."""
        rows = self._rows[table]
        if not rows:
            return
        if table not in self._types:
            types = types_of(self._session, table, self._columns[table])
            self._types[table] = given_as(types) if self._encoded else types
        with self._session.cursor() as cursor:
            take_bytes(cursor)
            with cursor.copy(copy_in(table, self._columns[table])) as copy:
                copy.set_types(self._types[table])
                for row in rows:
                    copy.write_row(row)
        rows.clear()


def copy_in(table: str, columns: Sequence[str]) -> sql.Composed:
    """The statement that copies rows of these columns, in binary form."""
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    return sql.SQL("copy {} ({}) from stdin (format binary)").format(sql.Identifier(table), names)


def types_of(session: psycopg.Connection[tuple[object, ...]], table: str, columns: Sequence[str]) -> list[int]:
    """These columns' types, by their numbers."""
    with session.cursor() as cursor:
        found = {str(name): oid for oid, name in cursor.execute(_TYPES, (table, list(columns))).fetchall()}
    return [oid for column in columns if isinstance(oid := found[column], int)]


def take_bytes(cursor: psycopg.Cursor[tuple[object, ...]]) -> None:
    """Copy bytes as they are: what psycopg knows for bytea is in Python, since it takes DB-API's Binary as well."""
    cursor.adapters.register_dumper(bytes, BytesBinaryDumper)
