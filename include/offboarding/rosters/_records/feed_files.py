"""Which file a feed is: one that is named, or the newest of a folder or pattern."""

import glob
import os
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from include.offboarding.errors import FatalError, RetriableError

PROJECT = Path(__file__).resolve().parents[4]
"""The folder that holds `include/`; relative paths start there, whatever the worker's own folder is."""
SUFFIX = ".csv"
"""What counts in a folder. Another one is a pattern: `feeds/*.txt`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """What changes when somebody writes to a file."""

    modified_ns: int
    size: int
    """Bytes."""

    @property
    def modified_at(self) -> datetime:
        """In UTC."""
        return datetime.fromtimestamp(self.modified_ns / 1_000_000_000, tz=UTC)


def stamp(file: BinaryIO) -> Stamp:
    """An open file's stamp; of the file itself, whatever its name stands for by now."""
    status = os.fstat(file.fileno())
    return Stamp(modified_ns=status.st_mtime_ns, size=status.st_size)


def newest(path: str, roster: str) -> Path:
    """The file that `path` means: a file, the newest `*.csv` of a folder, or the newest that a pattern matches.

    Newest by modification time; of several with the same, the last in the order of their names. Hidden files don't
    count. Raises FatalError where there is none, RetriableError where one vanished meanwhile.
    """
    place = PROJECT / path
    found = _candidates(place)
    if not found:
        what = "holds no *.csv file" if place.is_dir() else "is no file, and no pattern that matches one"
        raise FatalError(
            f"rosters.{roster}: {path} {what} (looked for at {place}). "
            f"See whether HR's delivery came, and whether path of roster {roster} is right."
        )
    try:
        return max(found, key=lambda file: (file.stat().st_mtime_ns, file.name))
    except OSError as error:
        raise RetriableError(
            f"rosters.{roster}: a file of {path} vanished while the newest was looked for ({error.strerror}). "
            "Nothing was read; it is tried again."
        ) from error


def _candidates(place: Path) -> list[Path]:
    if place.is_file():
        return [place]
    if place.is_dir():
        found = [file for file in place.iterdir() if file.suffix.lower() == SUFFIX and not file.name.startswith(".")]
    else:
        found = [Path(name) for name in glob.glob(str(place), recursive=True)]  # noqa: PTH207 - an absolute pattern
    return [file for file in found if file.is_file()]


def opened(file: Path, roster: str) -> BinaryIO:
    """The file, open. Raises FatalError where this user may not read it, RetriableError where it vanished."""
    try:
        return file.open("rb")
    except FileNotFoundError as error:
        raise RetriableError(
            f"rosters.{roster}: {file.name} vanished before it was read. Nothing was read; it is tried again."
        ) from error
    except OSError as error:
        raise FatalError(
            f"rosters.{roster}: {file} can't be opened ({error.strerror}). Let the user that runs the tasks read it."
        ) from error
