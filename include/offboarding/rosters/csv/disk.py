"""Feeds on this machine's disks."""

import glob
import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from offboarding.model.errors import FatalError, RetriableError
from offboarding.net import plain_file
from offboarding.rosters.csv.stores import FeedFile, counts_in_folder, none_found

"""The folder that holds `include/`; relative paths start there, whatever the worker's own folder is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedFile:
    """An open file; its stamp is that of the file itself, whatever its name stands for by now."""

    stream: BinaryIO
    begun: os.stat_result

    @property
    def modified_at(self) -> datetime:
        """In UTC."""
        return _modified_at(self.begun)

    def changed(self) -> bool:
        """By time and size."""
        ended = os.fstat(self.stream.fileno())
        return (ended.st_mtime_ns, ended.st_size) != (self.begun.st_mtime_ns, self.begun.st_size)


class Disk:
    """A path of this machine: a file, a folder or a pattern."""

    def __init__(self, path: str, roster: str) -> None:
        self._path = path
        self._roster = roster

    def found(self) -> Sequence[FeedFile]:
        """Those that the path means; a folder's are its `*.csv`. Hidden files don't count.

        Raises FatalError where there is none, RetriableError where one vanished meanwhile.
        """
        place = plain_file.PROJECT / self._path
        paths = _candidates(place)
        if not paths:
            what = _nothing_in(place) if place.is_dir() else "is no file, and no pattern that matches one"
            raise FatalError(none_found(self._roster, self._path, what, str(place)))
        try:
            return [_described(path) for path in paths]
        except OSError as error:
            raise RetriableError(
                f"rosters.{self._roster}: a file of {self._path} vanished while they were looked through "
                f"({error.strerror}). Nothing was read; it is tried again."
            ) from error

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The file of that name in the same folder."""
        path = Path(file.path).parent / name
        return _described(path) if path.is_file() else None

    @contextmanager
    def opened(self, file: FeedFile) -> Generator[OpenedFile]:
        """The file. Raises FatalError where this user may not read it, RetriableError where it vanished."""
        with self._open(file) as stream:
            yield OpenedFile(stream=stream, begun=os.fstat(stream.fileno()))

    def _open(self, file: FeedFile) -> BinaryIO:
        try:
            return Path(file.path).open("rb")
        except FileNotFoundError as error:
            raise RetriableError(
                f"rosters.{self._roster}: {file.name} vanished before it was read. Nothing was read; it is tried again."
            ) from error
        except OSError as error:
            raise FatalError(
                f"rosters.{self._roster}: {file.path} can't be opened ({error.strerror}). "
                "Let the user that runs the tasks read it."
            ) from error


def _candidates(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if place.is_dir():
        found = [file for file in place.iterdir() if counts_in_folder(file.name)]
    else:
        found = [Path(name) for name in glob.glob(str(place), recursive=True)]  # noqa: PTH207 - an absolute pattern
    # Beside a workbook that somebody has open, Excel keeps a file of who that is.
    return [file for file in found if file.is_file() and not file.name.startswith("~$")]


def _nothing_in(folder: Path) -> str:
    workbooks = f", and workbooks are named by a pattern: {folder.name}/*.xlsx" if any(folder.glob("*.xlsx")) else ""
    return f"holds no *.csv file{workbooks}"


def _described(path: Path) -> FeedFile:
    status = path.stat()
    return FeedFile(path=str(path), name=path.name, size=status.st_size, modified_at=_modified_at(status))


def _modified_at(status: os.stat_result) -> datetime:
    return datetime.fromtimestamp(status.st_mtime_ns / 1_000_000_000, tz=UTC)
