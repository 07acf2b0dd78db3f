"""Rows on their way into a temporary table: buffered, and copied a few thousand at a time, so memory stays constant."""

from collections.abc import Mapping, Sequence

import psycopg
from psycopg import sql

_BATCH = 5_000


class Stage:
    """Buffers for several temporary tables of one session."""

    def __init__(self, session: psycopg.Connection[tuple[object, ...]], columns: Mapping[str, Sequence[str]]) -> None:
        self._session = session
        self._columns = columns
        self._rows: dict[str, list[Sequence[object]]] = {table: [] for table in columns}

    def add(self, table: str, row: Sequence[object]) -> None:
        """One row, in the order of the table's columns."""
        rows = self._rows[table]
        rows.append(row)
        if len(rows) >= _BATCH:
            self._flush(table)

    def finish(self) -> None:
        """Copy what is left."""
        for table in self._rows:
            self._flush(table)

    def _flush(self, table: str) -> None:
        rows = self._rows[table]
        if not rows:
            return
        statement = sql.SQL("copy {} ({}) from stdin").format(
            sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, self._columns[table]))
        )
        with self._session.cursor() as cursor, cursor.copy(statement) as copy:
            for row in rows:
                copy.write_row(row)
        rows.clear()
