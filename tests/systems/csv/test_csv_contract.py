"""A file does what every roster must, wherever it lies and however it comes."""

import csv
import gzip
import io
import zipfile
from pathlib import Path

import fsspec
import openpyxl
import pytest

from tests.contract.roster_contract import Publish, RosterContract, Streams, _peak, row
from tests.support.buckets import Store, s3, s3_process
from tests.systems.csv.conftest import Deliver

pytestmark = pytest.mark.slow

__all__ = ["s3", "s3_process"]


class TestContract(Streams, RosterContract):
    """On the disk."""


class TestGzip(Streams, RosterContract):
    """Packed with gzip."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            path = tmp_path / "hr.csv.gz"
            path.write_bytes(gzip.compress(text.encode()))
            return str(path), {}

        return delivered


class TestZip(Streams, RosterContract):
    """Packed with zip, the one file in it."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            path = tmp_path / "hr.zip"
            with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
                archive.writestr("export/hr.csv", text)
            return str(path), {}

        return delivered


class TestWorkbook(Streams, RosterContract):
    """As a spreadsheet."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            path = tmp_path / "hr.xlsx"
            book = openpyxl.Workbook(write_only=True)
            sheet = book.create_sheet("Staff")
            for fields in csv.reader(io.StringIO(text, newline="")):
                sheet.append(fields)
            book.save(path)
            return str(path), {}

        return delivered

    @pytest.mark.slow
    def test_streams(self, publish: Publish) -> None:
        """Row by row; the texts of all cells lie in a part of their own, and are held."""
        rows = [row(str(number), type="x") for number in range(3000)]
        few, many = publish([row("1", type="x")]), publish(rows)
        list(few.read())
        floor = _peak(few.read())
        held = _peak(many.read(), keep=True)
        streamed = _peak(many.read())
        assert streamed - floor < (held - floor) / 2


class TestS3(Streams, RosterContract):
    """In a bucket."""

    @pytest.fixture
    def deliver(self, s3: Store) -> Deliver:
        return lambda text: (
            s3.put("in/hr.csv", text.encode()),
            {"connection": "hr_bucket", "connection_fields": s3.connection()},
        )


class TestAnyFilesystem(Streams, RosterContract):
    """In a store that fsspec knows; its own of memory stands for them."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            address = f"memory://{tmp_path.name}/hr.csv"
            fsspec.filesystem("memory").pipe(address, text.encode())
            return address, {}

        return delivered


class _Proved(Streams, RosterContract):
    def test_a_read_to_the_end_is_proved(self, publish: Publish) -> None:
        roster = publish([row("1"), row("2")])
        assert [worker.worker_id for worker in roster.read()] == ["1", "2"]
        assert list(roster.problems) == []
        assert roster.summary is not None
        assert roster.summary.proved


class TestTrailer(_Proved):
    """With a count in its last row."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            path = tmp_path / "hr.csv"
            path.write_bytes(f"{text}TRAILER,{_rows(text):08}\r\n".encode())
            return str(path), {"trailer": {"pattern": r"TRAILER,(?P<rows>\d+)"}}

        return delivered


class TestManifest(_Proved):
    """With a count in a file beside it."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            path = tmp_path / "hr.csv"
            path.write_bytes(text.encode())
            path.with_suffix(".ok").write_text(f"rows={_rows(text) + 1}\n")
            manifest = {"path": "{stem}.ok", "pattern": r"rows=(?P<rows>\d+)", "includes": ["header"]}
            return str(path), {"manifest": manifest}

        return delivered


class TestSeveralFiles(Streams, RosterContract):
    """In as many files as there are rows, up to 3."""

    @pytest.fixture
    def deliver(self, tmp_path: Path) -> Deliver:
        def delivered(text: str):
            header, *rows = text.splitlines(keepends=True)
            folder = tmp_path / "parts"
            folder.mkdir(exist_ok=True)
            for old in folder.iterdir():
                old.unlink()
            third = -(-len(rows) // 3) or 1
            for at in range(0, max(len(rows), 1), third):
                (folder / f"hr_{at:05}.csv").write_text(header + "".join(rows[at : at + third]), newline="")
            return str(folder), {"files": "all"}

        return delivered


def _rows(text: str) -> int:
    return len(io.StringIO(text).readlines()) - 1
