"""Rows of a PostgreSQL server, whose every value comes as the server writes it."""

import psycopg
from psycopg.abc import Buffer
from psycopg.adapt import Loader
from psycopg.rows import TupleRow

from offboarding.rosters._records.decoding import marked


class _MarkingLoader(Loader):
    """UTF-8, with what isn't marked where it stands."""

    def load(self, data: Buffer) -> str:
        """The value as text."""
        return marked(bytes(data))


def take_text(opened: psycopg.Connection[TupleRow]) -> None:
    """A number, date or uuid as the server writes it; datetime could hold neither infinity nor the year 10000."""
    for kind in opened.adapters.types:
        for oid in (kind.oid, kind.array_oid):
            if oid:
                opened.adapters.register_loader(oid, _MarkingLoader)


def column_names(rows: psycopg.ServerCursor[TupleRow]) -> list[str]:
    """As the query writes them; `rows.description` would take those of a database in SQL_ASCII for ASCII."""
    result = rows.pgresult
    return [marked(result.fname(place) or b"") for place in range(result.nfields)] if result else []


def column_types(rows: psycopg.ServerCursor[TupleRow]) -> list[int]:
    """Of each column its type's oid."""
    result = rows.pgresult
    return [result.ftype(place) for place in range(result.nfields)] if result else []
