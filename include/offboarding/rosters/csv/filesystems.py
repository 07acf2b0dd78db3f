"""Feeds in any other place that fsspec has a driver for: gs, abfs, smb, memory.

It is what Airflow's ObjectStoragePath stands on. https://filesystem-spec.readthedocs.io/en/latest/api.html
"""

import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError
from offboarding.rosters.csv.deadlines import AnsweringStream, answered
from offboarding.rosters.csv.drivers import driver_of, path_of
from offboarding.rosters.csv.names import folder_of, literal_prefix, matches
from offboarding.rosters.csv.refusals import DriverTrouble, our_error, trouble
from offboarding.rosters.csv.stores import FeedFile, counts_in_folder, is_pattern, none_found, scheme_of
from offboarding.rosters.csv.streams import StoreStream

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_FILE, _FOLDER = "file", "directory"
"""What drivers call them."""
_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedPath:
    """An open file of a driver, which may read it portion by portion."""

    stream: BinaryIO
    file: FeedFile
    filesystem: "Filesystem"

    @property
    def modified_at(self) -> datetime | None:
        """As it was when it was opened."""
        return self.file.modified_at

    def changed(self) -> bool:
        """By time, size and what names its content, asked again; one that has gone has changed too."""
        return self.filesystem.beside(self.file, self.file.name) != self.file


class Filesystem:
    """An address that a driver understands."""

    def __init__(self, address: str, connection: ConnectionFields | None, roster: str) -> None:
        self._address = address
        self._connection = connection
        self._roster = roster
        self._where = f"rosters.{roster}: {address}"
        self._opened: AbstractFileSystem | None = None

    def found(self) -> Sequence[FeedFile]:
        """The files that the address means; a folder's are the `*.csv` right in it."""
        with self._speaking():
            files = [self._described(path) for path in self._paths()]
        if not files:
            raise FatalError(
                none_found(self._roster, self._address, "is no file, and no *.csv below", scheme_of(self._address))
            )
        return files

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The file of that name in the same folder."""
        with self._speaking():
            path = folder_of(file.path) + name
            return self._described(path) if self._kind(path) == _FILE else None

    @contextmanager
    def opened(self, file: FeedFile) -> Generator[OpenedPath]:
        """The file, described anew."""
        with self._speaking():
            described = self._described(file.path)
            opened = answered(self._driver().open, file.path, "rb")
            stream = cast("BinaryIO", opened)
        try:
            answering = cast("BinaryIO", AnsweringStream(stream))
            buffered = io.BufferedReader(StoreStream(answering), _CHUNK)
            yield OpenedPath(stream=buffered, file=described, filesystem=self)
        finally:
            # What was read is read; whoever broke off before can't be told goodbye.
            with suppress(Exception):
                answered(stream.close)

    def _described(self, path: str) -> FeedFile:
        info, driver = self._info(path), self._driver()
        return FeedFile(
            path=path,
            name=path.rpartition("/")[2],
            size=int(info["size"] or 0),
            modified_at=answered(_modified_at, driver, path),
            version=str(info.get("etag") or ""),
        )

    def _info(self, path: str) -> Mapping[str, Any]:
        return cast("Mapping[str, Any]", answered(self._driver().info, path))

    def _paths(self) -> list[str]:
        self._driver()  # first, since it says so where none is installed
        path = path_of(self._address)
        if is_pattern(path):
            return [*self._matching(folder_of(literal_prefix(path)), path)]
        here = self._kind(path)
        if here != _FOLDER:
            return [path] if here == _FILE else []
        names = [name for name, kind in self._entries(path) if kind == _FILE]
        return [name for name in names if counts_in_folder(name.rpartition("/")[2])]

    def _matching(self, folder: str, pattern: str) -> Iterator[str]:
        """By listings alone: a driver's `glob` takes a folder that can't be listed for an empty one."""
        for path, kind in self._entries(folder):
            if kind == _FILE and matches(path, pattern):
                yield path
            if kind == _FOLDER and ("**" in pattern or path.count("/") < pattern.count("/")):
                yield from self._matching(path, pattern)

    def _entries(self, folder: str) -> Iterator[tuple[str, str]]:
        """What lies in a folder; nothing, where there is no such folder."""
        try:
            listed = answered(self._driver().ls, folder, detail=True)
        except Exception as error:
            # One that is there lists a file that has vanished since.
            if trouble(error) is DriverTrouble.ABSENT and self._kind(folder) != _FOLDER:
                return
            raise
        for entry in cast("list[Mapping[str, Any]]", listed):
            path = str(entry["name"]).rstrip("/")
            # A store of objects lists what marks the folder in it, too.
            if path != folder.rstrip("/"):
                yield path, str(entry["type"])

    def _kind(self, path: str) -> str:
        """What lies there, "" for nothing. A driver's own `isfile` says no, too, where it wasn't told."""
        try:
            return str(self._info(path)["type"])
        except Exception as error:
            if trouble(error) is DriverTrouble.ABSENT:
                return ""
            raise

    def _driver(self) -> "AbstractFileSystem":
        """New for each roster's read."""
        if self._opened is None:
            self._opened = answered(driver_of, self._address, self._connection, self._where)
        return self._opened

    @contextmanager
    def _speaking(self) -> Generator[None]:
        """Turn a driver's errors into ours: Python's own, as fsspec asks of its drivers."""
        try:
            yield
        except OffboardingError:
            raise
        except Exception as error:
            raise our_error(error, self._where, scheme_of(self._address), self._connection) from error


def _modified_at(driver: "AbstractFileSystem", path: str) -> datetime | None:
    try:
        moment = cast("datetime", driver.modified(path))
    except NotImplementedError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
