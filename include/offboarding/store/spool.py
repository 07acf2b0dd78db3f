"""Rows that wait outside the database until a read has come to its end, in the very form in which COPY takes them.

Where nothing is known, nothing is compared. By way of a temporary table each row is written twice; copied straight into
place while a system answers, it holds a transaction open for as long. So rows wait in files: in memory while they are
few, else on disk, without a name, so that they are gone with the process.
"""

from collections.abc import Callable, Mapping, Sequence
from tempfile import SpooledTemporaryFile

import psycopg
from psycopg.copy import Copy, FileWriter
from psycopg.errors import UniqueViolation

from offboarding.store.binary import given_as
from offboarding.store.first_load import first_load, unnoted
from offboarding.store.staging import copy_in, take_bytes, types_of

IN_MEMORY = 4 << 20
"""Bytes of one table's rows that wait in memory."""
_CHUNK = 1 << 18


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
        take_bytes(cursor)
        copy = Copy(cursor, binary=True, writer=FileWriter(self._files[table]))
        copy.set_types(given_as(types_of(self._session, table, self._columns[table])))
        return copy
