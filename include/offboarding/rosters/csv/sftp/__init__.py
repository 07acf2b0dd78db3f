"""Feeds on an SFTP server: a file, a folder or a pattern of absolute paths there.

https://datatracker.ietf.org/doc/html/draft-ietf-secsh-filexfer-02 is what servers speak: no version of a file has a
name, so whoever writes to it while it is read shows by its size and time alone.
"""

import io
import weakref
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from stat import S_ISDIR, S_ISLNK, S_ISREG
from typing import TYPE_CHECKING, BinaryIO, cast

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv.names import folder_of, literal_prefix, matches
from offboarding.rosters.csv.sftp.login import server_of, session
from offboarding.rosters.csv.stores import FeedFile, counts_in_folder, is_pattern, none_found
from offboarding.rosters.csv.streams import StoreStream

if TYPE_CHECKING:
    from paramiko import SFTPAttributes, SFTPClient, SFTPFile

_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRemote:
    """An open file there; its stamp is that of the file itself, whatever its name stands for by now."""

    stream: BinaryIO
    begun: FeedFile
    remote: "SFTPFile"

    @property
    def modified_at(self) -> datetime | None:
        """As it was when it was opened."""
        return self.begun.modified_at

    def changed(self) -> bool:
        """By time and size."""
        return _described(self.begun.path, self.remote.stat()) != self.begun


class SftpFolder:
    """An address on a server whose key is known."""

    def __init__(self, address: str, connection: ConnectionFields | None, roster: str) -> None:
        self._address = address
        self._connection = connection
        self._where = f"rosters.{roster}: {address}"
        self._roster = roster
        self._server, self._path = server_of(address, connection, self._where)
        self._opened: SFTPClient | None = None

    def found(self) -> Sequence[FeedFile]:
        """The files that the address means; a folder's are the `*.csv` right in it."""
        with self._speaking():
            files = list(self._matching())
        if not files:
            what = "is a pattern that matches nothing" if is_pattern(self._path) else "is no file, and no *.csv below"
            raise FatalError(none_found(self._roster, self._address, what, f"{self._server}:{self._path}"))
        return files

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The file of that name in the same folder."""
        with self._speaking():
            return self._one(folder_of(file.path) + name)

    @contextmanager
    def opened(self, file: FeedFile) -> Generator[OpenedRemote]:
        """The file, described anew."""
        with self._speaking():
            remote = self._client().open(file.path, "rb")
            begun = _described(file.path, remote.stat())
        with remote:
            stream = io.BufferedReader(StoreStream(cast("BinaryIO", remote)), _CHUNK)
            yield OpenedRemote(stream=stream, begun=begun, remote=remote)

    def _matching(self) -> Iterator[FeedFile]:
        if is_pattern(self._path):
            yield from self._below(folder_of(literal_prefix(self._path)), self._path.count("/"))
            return
        one = None if self._path.endswith("/") else self._one(self._path)
        if one:
            yield one
            return
        for entry in self._listed(self._path.rstrip("/")):
            if counts_in_folder(entry.name):
                yield entry

    def _one(self, path: str) -> FeedFile | None:
        try:
            found = self._client().stat(path)
        except FileNotFoundError:
            return None
        return _described(path, found) if S_ISREG(found.st_mode or 0) else None

    def _below(self, folder: str, depth: int) -> Iterator[FeedFile]:
        """What the pattern matches in a folder and below it; a link to a folder isn't followed."""
        for path, entry in self._entries(folder.rstrip("/")):
            if S_ISDIR(entry.st_mode or 0):
                if "**" in self._path or path.count("/") < depth:
                    yield from self._below(path, depth)
            elif matches(path, self._path) and (found := self._resolved(path, entry)):
                yield found

    def _listed(self, folder: str) -> Iterator[FeedFile]:
        for path, entry in self._entries(folder):
            if found := self._resolved(path, entry):
                yield found

    def _entries(self, folder: str) -> Iterator[tuple[str, "SFTPAttributes"]]:
        try:
            entries = self._client().listdir_attr(folder or "/")
        except FileNotFoundError:
            return
        for entry in entries:
            yield f"{folder}/{entry.filename}", entry

    def _resolved(self, path: str, entry: "SFTPAttributes") -> FeedFile | None:
        """A file, or where a link leads to one."""
        mode = entry.st_mode or 0
        if S_ISLNK(mode):
            return self._one(path)
        return _described(path, entry) if S_ISREG(mode) else None

    def _client(self) -> "SFTPClient":
        """New for each roster's read."""
        if self._opened is None:
            transport, self._opened = session(self._server, self._connection, self._where)
            weakref.finalize(self, transport.close)
        return self._opened

    @contextmanager
    def _speaking(self) -> Generator[None]:
        """Turn paramiko's errors into ours."""
        from paramiko import SSHException  # noqa: PLC0415 - see interfaces

        try:
            yield
        except OffboardingError:
            raise
        except PermissionError as error:
            fix = f"Let {self._server.login} list and read there."
            raise FatalError(f"{self._where}: reading is refused. {fix}") from error
        except FileNotFoundError as error:
            text = "a file vanished before it was read. Nothing was read; it is tried again."
            raise RetriableError(f"{self._where}: {text}") from error
        except (OSError, EOFError, SSHException) as error:
            raise RetriableError(
                f"{self._where}: the server broke off ({type(error).__name__}). It is tried again."
            ) from error


def _described(path: str, attributes: "SFTPAttributes") -> FeedFile:
    at = None if attributes.st_mtime is None else datetime.fromtimestamp(attributes.st_mtime, UTC)
    return FeedFile(path=path, name=path.rpartition("/")[2], size=attributes.st_size or 0, modified_at=at)
