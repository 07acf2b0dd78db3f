"""Feeds in any other place that fsspec has a driver for: gs, abfs, smb, memory.

It is what Airflow's ObjectStoragePath stands on. The driver is the deployment's to install (gcsfs, adlfs).
https://filesystem-spec.readthedocs.io/en/latest/api.html
"""

import io
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv.names import folder_of, literal_prefix, matches
from offboarding.rosters.csv.openpgp import OWN_FIELDS
from offboarding.rosters.csv.stores import FeedFile, counts_in_folder, is_pattern, none_found, scheme_of
from offboarding.rosters.csv.streams import StoreStream

if TYPE_CHECKING:
    from fsspec import AbstractFileSystem

_FILE, _FOLDER = "file", "directory"
"""What drivers call them."""


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
        """By time and size, asked again."""
        return self.filesystem.described(self.file.path) != self.file


class Filesystem:
    """An address that a driver understands."""

    def __init__(self, address: str, connection: ConnectionFields | None, roster: str) -> None:
        self._address = address
        self._connection = connection
        self._roster = roster
        self._opened: AbstractFileSystem | None = None

    def found(self) -> Sequence[FeedFile]:
        """The files that the address means; a folder's are the `*.csv` right in it."""
        with self._speaking():
            files = [self.described(path) for path in self._paths()]
        if not files:
            raise FatalError(
                none_found(self._roster, self._address, "is no file, and no *.csv below", scheme_of(self._address))
            )
        return files

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The file of that name in the same folder."""
        with self._speaking():
            path = folder_of(file.path) + name
            return self.described(path) if self._kind(path) == _FILE else None

    @contextmanager
    def opened(self, file: FeedFile) -> Generator[OpenedPath]:
        """The file, described anew."""
        with self._speaking():
            described = self.described(file.path)
            stream = cast("BinaryIO", self.driver().open(file.path, "rb"))  # pyright: ignore[reportUnknownMemberType]
        with stream:
            yield OpenedPath(stream=io.BufferedReader(StoreStream(stream)), file=described, filesystem=self)

    def described(self, path: str) -> FeedFile:
        """What the driver tells of a file."""
        driver = self.driver()
        info = cast("Mapping[str, Any]", driver.info(path))  # pyright: ignore[reportUnknownMemberType]
        return FeedFile(
            path=path, name=path.rpartition("/")[2], size=int(info["size"] or 0), modified_at=_modified_at(driver, path)
        )

    def _paths(self) -> list[str]:
        self.driver()  # first, since it says so where none is installed
        from fsspec.core import strip_protocol  # noqa: PLC0415 - see interfaces # pyright: ignore[reportUnknownVariableType]

        path = cast("str", strip_protocol(self._address))
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
        try:
            found = cast("list[Mapping[str, Any]]", self.driver().ls(folder, detail=True))  # pyright: ignore[reportUnknownMemberType]
        except FileNotFoundError:
            return
        for entry in found:
            path = str(entry["name"]).rstrip("/")
            # A store of objects lists what marks the folder in it, too.
            if path != folder.rstrip("/"):
                yield path, str(entry["type"])

    def _kind(self, path: str) -> str:
        """What lies there, "" for nothing. A driver's own `isfile` says no, too, where it wasn't told."""
        try:
            return str(cast("Mapping[str, Any]", self.driver().info(path))["type"])  # pyright: ignore[reportUnknownMemberType]
        except (FileNotFoundError, NotADirectoryError):
            return ""

    def driver(self) -> "AbstractFileSystem":
        """Ready; nothing was asked yet."""
        if self._opened is None:
            import fsspec  # noqa: PLC0415 - see interfaces

            scheme = scheme_of(self._address)
            try:
                made = fsspec.filesystem(scheme, **self._options())  # pyright: ignore[reportUnknownMemberType]
            except (ImportError, ValueError) as error:
                raise FatalError(
                    f"rosters.{self._roster}: {self._address}: no driver for {scheme}:// ({error}). "
                    "Install it where the tasks run, or mend path."
                ) from error
            self._opened = cast("AbstractFileSystem", made)
        return self._opened

    def _options(self) -> dict[str, object]:
        """The connection's fields as drivers call them; its extra holds whatever else one takes."""
        fields = self._connection
        if fields is None:
            return {}
        named = {"host": fields.host, "port": fields.port, "username": fields.login, "password": fields.password}
        # Listings must be of now: a driver that keeps them would miss tonight's delivery.
        extra = {name: value for name, value in fields.extra.items() if name not in OWN_FIELDS}
        return {name: value for name, value in named.items() if value} | extra | {"skip_instance_cache": True}

    @contextmanager
    def _speaking(self) -> Generator[None]:
        """Turn a driver's errors into ours: Python's own, as fsspec asks of its drivers."""
        try:
            yield
        except OffboardingError:
            raise
        except Exception as error:
            raise self._our_error(error) from error

    def _our_error(self, error: Exception) -> OffboardingError:
        where = f"rosters.{self._roster}: {self._address}"
        if isinstance(error, PermissionError):
            return FatalError(f"{where}: reading is refused. Let the connection's login list and read there.")
        if isinstance(error, FileNotFoundError):
            return RetriableError(f"{where}: a file vanished before it was read. Nothing was read; it is tried again.")
        if isinstance(error, OSError):
            return RetriableError(f"{where}: can't be reached ({type(error).__name__}). It is tried again.")
        # Only its name: what a driver says may hold what it was given.
        return RetriableError(
            f"{where}: the driver of {scheme_of(self._address)}:// fails ({type(error).__name__}). "
            "It is tried again; if that doesn't help, mend path or the connection."
        )


def _modified_at(driver: "AbstractFileSystem", path: str) -> datetime | None:
    try:
        moment = cast("datetime", driver.modified(path))  # pyright: ignore[reportUnknownMemberType]
    except NotImplementedError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
