"""A table as two files of a pack: lines of JSON for programs, CSV for spreadsheets."""

import hashlib
import json
import os
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from offboarding.decisions import spreadsheet


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedFile:
    """A file that a manifest names."""

    name: str
    sha256: str
    octets: int
    rows: int | None = None
    """Of a table."""


class HashedFile:
    """A new file whose hash is known once it's closed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = path.open("xb")
        self._hash = hashlib.sha256()
        self._octets = 0

    def write(self, octets: bytes) -> None:
        """Append."""
        self._file.write(octets)
        self._hash.update(octets)
        self._octets += len(octets)

    def close(self) -> None:
        """Nothing more is written, and what was is on the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def packed(self, rows: int | None = None) -> PackedFile:
        """What the manifest says of it."""
        return PackedFile(name=self._path.name, sha256=self._hash.hexdigest(), octets=self._octets, rows=rows)


def packed(path: Path, octets: bytes) -> PackedFile:
    """A file of these bytes."""
    file = HashedFile(path)
    file.write(octets)
    file.close()
    return file.packed()


def packed_table(
    folder: Path, name: str, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> tuple[PackedFile, ...]:
    """Both files, written as the rows come."""
    with ExitStack() as stack:
        lines, sheet = HashedFile(folder / f"{name}.jsonl"), HashedFile(folder / f"{name}.csv")
        stack.callback(lines.close)
        stack.callback(sheet.close)
        for text in spreadsheet.written(columns, ()):
            sheet.write(text.encode())
        amount = 0
        for row in rows:
            lines.write(as_json(dict(zip(columns, row, strict=True))).encode() + b"\n")
            sheet.write(spreadsheet.line([_cell(value) for value in row]).encode())
            amount += 1
    return lines.packed(amount), sheet.packed(amount)


def as_json(value: object, *, indent: int | None = None) -> str:
    """In ASCII, so that nothing in it moves a terminal."""
    return json.dumps(value, default=_plain, indent=indent)


def _plain(value: object) -> str:
    if isinstance(value, date | datetime):
        return value.isoformat()
    raise TypeError(f"{type(value)} has no form in JSON")


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _plain(value) if isinstance(value, date | datetime) else str(value)
