"""What a read has to remember of its rows until its end: a little in memory, the rest in files without a name, which
are gone with the process. Else memory would grow with the people whom a system tells, if by their ids alone.
"""

import itertools
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from typing import Generic, TypeVar

from pydantic import BaseModel

from offboarding.model.errors import RetriableError

IN_MEMORY_KB = 128
"""Of one of these. With four times as much a hundred thousand ids take as long: files lie in the system's cache."""
_Row = TypeVar("_Row", bound=BaseModel)


class DiskIndex:
    """Texts by keys, of which each may have several."""

    def __init__(self, where: str) -> None:
        """`where`: how an error begins, where there is no room."""
        self._where = where
        self._numbers = itertools.count(1)
        # The name of a database that is SQLite's own, and gone once it's closed; a reader may go on in another thread.
        self._kept = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        weakref.finalize(self, self._kept.close)
        for statement in (
            f"pragma cache_size = -{IN_MEMORY_KB}",
            "pragma journal_mode = off",
            "create table kept (key blob, number integer, text blob, primary key (key, number)) without rowid",
            "begin",
        ):
            self._ask(statement)

    def is_new(self, key: str) -> bool:
        """Take note of a key: whether it's the first time."""
        return self._ask("insert or ignore into kept values (?, 0, '')", _bytes(key)).rowcount > 0

    def put(self, key: str, text: str) -> None:
        """Have this text alone for the key."""
        self._ask("insert or replace into kept values (?, 0, ?)", _bytes(key), _bytes(text))

    def add(self, key: str, text: str) -> None:
        """Have this text, too."""
        self._ask("insert into kept values (?, ?, ?)", _bytes(key), next(self._numbers), _bytes(text))

    def of(self, key: str) -> list[str]:
        """The texts of a key, in the order in which they came."""
        found = self._ask("select text from kept where key = ? order by number", _bytes(key))
        return [_text(text) for (text,) in found]

    def __contains__(self, key: object) -> bool:
        return (
            isinstance(key, str) and self._ask("select 1 from kept where key = ?", _bytes(key)).fetchone() is not None
        )

    def __iter__(self) -> Iterator[str]:
        """Yield each key, in their order. Nothing is to be written meanwhile."""
        for (key,) in self._ask("select distinct key from kept order by key"):
            yield _text(key)

    def _ask(self, statement: str, *values: bytes | int) -> sqlite3.Cursor:
        try:
            return self._kept.execute(statement, values)
        except sqlite3.OperationalError as error:
            raise _no_room(self._where, error) from error


class DiskRows(Generic[_Row]):
    """Rows of a list, in their order, as often as they're wanted."""

    def __init__(self, where: str, model: type[_Row]) -> None:
        """`where` as an index's."""
        self._where = where
        self._model = model
        self._file = tempfile.SpooledTemporaryFile[bytes](max_size=IN_MEMORY_KB << 10)
        weakref.finalize(self, self._file.close)

    def extend(self, rows: Iterable[_Row]) -> None:
        """Take more of them."""
        for row in rows:
            try:
                self._file.write(row.model_dump_json(by_alias=True).encode() + b"\n")
            except OSError as error:
                raise _no_room(self._where, error) from error

    def __iter__(self) -> Iterator[_Row]:
        """Yield each. One pass at a time."""
        self._file.seek(0)
        for line in self._file:
            yield self._model.model_validate_json(line)


def _no_room(where: str, error: Exception) -> RetriableError:
    return RetriableError(
        f"{where}: what was read can't be kept for now ({error}). Make room in this machine's folder of temporary files"
    )


def _bytes(text: str) -> bytes:
    """Whatever JSON may hold: half a character, too."""
    return text.encode("utf-8", "surrogatepass")


def _text(kept: bytes) -> str:
    return kept.decode("utf-8", "surrogatepass")
