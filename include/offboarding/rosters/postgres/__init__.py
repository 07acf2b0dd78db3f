"""Kind `postgres`: a query over an HR system's own database, or a copy of it.

One statement sees one state of the database, and the server says where it ends: a read to its end is proved complete.
"""

from collections.abc import Iterator, Mapping, Sequence

import psycopg
import structlog
from psycopg.rows import TupleRow

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Coverage, LeftOut, Problem, RosterSummary, Worker
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination, of_postgres
from offboarding.net.postgres import SessionTerms, cursor, in_the_clear, session
from offboarding.rosters._records.columns import (
    ColumnNames,
    Layout,
    MissingColumnsError,
    checked_name,
    is_name,
    layout,
    missing,
)
from offboarding.rosters._records.days import DayReader, database_day
from offboarding.rosters._records.postgres_rows import column_names, column_types, take_text
from offboarding.rosters._records.table import TableRead, UnlikelyTableError
from offboarding.rosters.postgres.settings import Settings

_log = structlog.get_logger("offboarding.rosters")
_DAY_TYPES = ("date", "timestamp", "timestamptz")


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads; libpq tries one host after the other."""
    del settings
    return of_postgres(connection.host, connection.extra.get("sslmode"))


def build(settings: Settings, connection: ConnectionFields | None, context: ReadContext) -> "PostgresRoster":
    """The ready roster; nothing is contacted before `read`."""
    if connection is None:
        raise ConfigError(f"rosters.{settings.name}: there is no connection {settings.connection}. Make it in Airflow.")
    return PostgresRoster(settings, connection, context)


class PostgresRoster:
    """A roster in the rows of a query."""

    def __init__(self, settings: Settings, connection: ConnectionFields, context: ReadContext) -> None:
        self._settings = settings
        self._connection = connection
        self._context = context
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield the worker of each row that can be read, in the query's order, a portion's memory at a time.

        Raises RetriableError where the server can't be reached or breaks off, FatalError where it refuses us or the
        query, and IncompleteReadError where a column isn't there, or (unless it lists leavers only) no worker is.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        table = TableRead(self._settings, self._context, origin := f"query over {self._connection.conn_id}")
        with session(self._connection, self._terms()) as opened:
            take_text(opened)
            if in_the_clear(opened):
                _log.warning("read without TLS: set sslmode in the connection's extra", roster=self._settings.name)
            with cursor(opened, self._settings.query.encode()) as rows:
                yield from self._workers(rows, table)
        self.problems, self.left_out = table.problems.all(), table.spoiled.left_out()
        self.summary = RosterSummary(origin=origin, proved=True, dated_at=None, rows=table.count)

    def _terms(self) -> SessionTerms:
        return SessionTerms(
            where=f"rosters.{self._settings.name}",
            timeout=self._settings.statement_timeout,
            if_slow="Raise statement_timeout of the roster, or make the query faster",
            if_refused="Grant the connection's user select on what the query reads",
            if_wrong="Mend query of the roster",
        )

    def _workers(self, rows: psycopg.ServerCursor[TupleRow], table: TableRead) -> Iterator[Worker]:
        where = self._layout(rows, table)
        try:
            yield from table.workers(where, rows, self._label, _days(where, rows))
        except UnlikelyTableError as error:
            fix = error.fix or "Mend query, columns, date_format or mail_domains of the roster"
            raise table.incomplete(error.text, fix) from error
        if not table.count and self._settings.coverage is not Coverage.LEAVERS:
            raise table.incomplete("the query gives no row", "See whether it asks for what it should")

    def _label(self, count: int, cells: Mapping[str, str]) -> str:
        worker_id = cells.get("worker_id", "").strip()
        return f"{self._connection.conn_id} row {count}" + (f", worker {worker_id}" if worker_id else "")

    def _layout(self, rows: psycopg.ServerCursor[TupleRow], table: TableRead) -> Layout:
        names = column_names(rows)
        try:
            where = layout(_mapped(self._settings.columns, names), names, self._settings.list_separator)
        except (MissingColumnsError, ValueError) as error:
            raise table.incomplete(str(error), "Mend query or columns of the roster") from error
        sentence = missing(where.positions, self._settings.coverage)
        if sentence:
            raise table.incomplete(sentence, "Give it in the query, under our name or one that columns maps")
        self._refuse_arrays(where, rows, table)
        return where

    def _refuse_arrays(self, where: Layout, rows: psycopg.ServerCursor[TupleRow], table: TableRead) -> None:
        types, oids = rows.connection.adapters.types, column_types(rows)
        for position in where.indexes():
            kind = types.get(oids[position])
            if kind is not None and kind.array_oid == oids[position]:
                raise table.incomplete(
                    f'the column "{where.header[position]}" is an array',
                    f"Write array_to_string({where.header[position]}, '{self._settings.list_separator}') in the query",
                )


def _mapped(columns: ColumnNames, names: Sequence[str]) -> ColumnNames:
    """Our name -> the query's, for what is mapped and what bears our name anyway.

    Where nothing is mapped each has to, or a slip of the pen would be a column that nobody reads: raises ValueError
    with the nearest. Where something is, the query may give more than we want (`select *`).
    """
    if not columns:
        return {checked_name(name): name for name in names}
    taken = {one for headers in columns.values() for one in ((headers,) if isinstance(headers, str) else headers)}
    return dict(columns) | {name: name for name in names if is_name(name) and name not in columns and name not in taken}


def _days(where: Layout, rows: psycopg.ServerCursor[TupleRow]) -> dict[str, DayReader]:
    """How to read the columns that hold days: those of PostgreSQL's own types; text is read as `date_format` says."""
    types = rows.connection.adapters.types
    oids = {types[name].oid for name in _DAY_TYPES}
    given = column_types(rows)
    return {name: database_day for name, place in where.positions.items() if given[place] in oids}
