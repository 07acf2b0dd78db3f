"""Feeds that unpack to more than anybody has, or never end: one sentence, and the roster is as if it hadn't come."""

import bz2
import gzip
import io
import lzma
import resource
import time
import zipfile
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from offboarding.model.errors import IncompleteReadError
from offboarding.rosters.csv import disk
from tests.systems.csv.conftest import Build

pytestmark = pytest.mark.slow

Record = Callable[[str, object], None]
COLUMNS = {"worker_id": "ID", "status": "State"}
HEADER = b"ID,State\n"
MEGABYTES = 8


def _zip(compression: int) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", compression) as archive:
        archive.writestr("hr.csv", HEADER + b"1,active\n" * (MEGABYTES * (1 << 20) // 9))
    return made.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "gzip": lambda: gzip.compress(HEADER + b"1,active\n" * (MEGABYTES * (1 << 20) // 9), 1),
    "gzip-of-one-line": lambda: gzip.compress(HEADER + bytes(MEGABYTES << 20), 1),
    "zip": lambda: _zip(zipfile.ZIP_DEFLATED),
    "zip-of-bzip2": lambda: _zip(zipfile.ZIP_BZIP2),
    "zip-of-lzma": lambda: _zip(zipfile.ZIP_LZMA),
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_packed_file_that_unpacks_to_more_than_it_may(
    name: str, tmp_path: Path, build: Build, record_property: Record
) -> None:
    (tmp_path / "hr.csv").write_bytes(BOMBS[name]())
    record_property("attacks", 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    with pytest.raises(IncompleteReadError) as error:
        deque(build(tmp_path / "hr.csv", columns=COLUMNS, max_megabytes=1).read(), maxlen=0)

    record_property("silent", 0)
    assert "rosters.hr: hr.csv holds more than 1 MB. Nothing was concluded" in str(error.value)
    assert "raise max_megabytes of the roster" in str(error.value)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024


@pytest.mark.parametrize(
    ("content", "what"),
    (
        (bz2.compress(HEADER), "the column"),
        (lzma.compress(HEADER), "the header is not utf-8"),
        (b"\x28\xb5\x2f\xfd" + HEADER, "the header is not utf-8"),
    ),
    ids=("bzip2", "xz", "zstd"),
)
def test_other_packings_are_no_text(content: bytes, what: str, tmp_path: Path, build: Build) -> None:
    """Nothing of them is unpacked."""
    (tmp_path / "hr.csv").write_bytes(content)

    with pytest.raises(IncompleteReadError) as error:
        list(build(tmp_path / "hr.csv", columns=COLUMNS).read())

    assert "the header is not utf-8" in str(error.value) or what in str(error.value)


def test_a_file_without_end(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    class Trickle(io.RawIOBase):
        rest = HEADER

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override]
            time.sleep(0.05)
            row, self.rest = self.rest[: buffer.nbytes], self.rest[buffer.nbytes :] or b"1,active\n"
            buffer[: len(row)] = row
            return len(row)

    (tmp_path / "hr.csv").write_bytes(HEADER)
    endless = io.BufferedReader(Trickle(), 16)
    monkeypatch.setattr(disk.Disk, "opened", _opening(cast("BinaryIO", endless)))
    record_property("attacks", 1)

    with pytest.raises(IncompleteReadError, match=r"hr\.csv has no end within the time that a read may take") as error:
        list(build(tmp_path / "hr.csv", columns=COLUMNS, max_read_minutes=1 / 60).read())

    record_property("silent", 0)
    assert "raise max_read_minutes of the roster" in str(error.value)


def _opening(stream: BinaryIO) -> object:

    class Opened:
        modified_at = None

        def __init__(self) -> None:
            self.stream = stream

        def changed(self) -> bool:
            return False

    @contextmanager
    def opened(_disk: object, _file: object) -> Generator[Opened]:
        yield Opened()

    return opened


@pytest.mark.parametrize(
    "line", (b"2," + b"x" * (3 << 20), b"x," * (2 << 20), b'2,"' + b"y" * (2 << 20) + b'"'), ids=range(3)
)
def test_a_line_of_megabytes_costs_itself(line: bytes, tmp_path: Path, build: Build, record_property: Record) -> None:
    (tmp_path / "hr.csv").write_bytes(HEADER + b"1,active\n" + line + b"\r\n3,active\n4,active\n")
    roster = build(tmp_path / "hr.csv", columns=COLUMNS)
    record_property("attacks", 1)

    read = [worker.worker_id for worker in roster.read()]

    record_property("silent", int(not roster.problems))
    assert read == ["1", "3", "4"]
    assert ["row 3" in problem.record for problem in roster.problems] == [True]
