"""What a file's first bytes say it is, and how it is unpacked.

A packed feed is known by its content, never by its name: gzip (RFC 1952) and zip begin as nothing else does.
"""

import gzip
import hashlib
import io
import shutil
import tempfile
import time
import zipfile
import zlib
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, BinaryIO, cast

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
"""What an archive raises that was cut off, or changed on its way."""
_UTF_8_MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 512
_CHUNK = 1 << 16
_MEGABYTE = 1 << 20
_SAVED_ANEW = "Have it saved as .xlsx without a password, or exported as text (CSV)"
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind (.xls), or one with a password", _SAVED_ANEW),
    (_ZIP, "an archive in an archive", "Have it packed once; a workbook (.xlsx) is packed already"),
    (b"%PDF", "a PDF", "Have it exported as text (CSV)"),
    (b"-----BEGIN PGP", "encrypted with PGP", "Have it decrypted where it is delivered"),
    (b"<?xml", "XML", "Look at its text: if it says that access was denied, mend the download; else have it as CSV"),
    (b"<!doctype html", "a web page", "The download was given a page (a login, an error) instead of the feed: mend it"),
    (b"<html", "a web page", "The download was given a page (a login, an error) instead of the feed: mend it"),
    (b"{", "JSON", "Look at its text: if it is an error of the download, mend that; else have the feed as CSV"),
    (b"version https://git-lfs", "a pointer of Git LFS", "Deliver the file itself"),
)
_WORKBOOK = "[Content_Types].xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class UnpackedFile:
    """What a file holds, unpacked."""

    stream: BinaryIO
    """A text's bytes; or a workbook's, still packed, which can be gone through in any order."""
    is_workbook: bool = False


class WrongFileError(Exception):
    """The file is neither delimited text nor a workbook, or is damaged. Never leaves the roster: it becomes an
    IncompleteReadError.
    """

    def __init__(self, text: str, fix: str) -> None:
        super().__init__(text)
        self.text = text
        """What it is, with the file's name as its subject left out."""
        self.fix = fix
        """What to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileBounds:
    """How much a file may hold, packed and unpacked, and until when: a few kilobytes unpack to terabytes."""

    max_bytes: int
    until: float
    """By time.monotonic()."""

    def check(self, size: int) -> None:
        """Raise WrongFileError beyond them."""
        if size > self.max_bytes:
            text = f"holds more than {self.max_bytes // _MEGABYTE:,} MB"
            raise WrongFileError(text, "Look at what it is; if that's right, raise max_megabytes of the roster")
        if time.monotonic() > self.until:
            text = "has no end within the time that a read may take"
            raise WrongFileError(text, "Look at what it is; if that's right, raise max_read_minutes of the roster")


def _what_came(stream: BinaryIO, size: int) -> bytes:
    """Up to so many bytes, b"" at the end. To wait until there are so many would be to look at no clock meanwhile."""
    read1: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return read1(size)


class _BoundedStream(io.RawIOBase):
    """A stream that ends in WrongFileError beyond its bounds."""

    def __init__(self, raw: BinaryIO, bounds: FileBounds) -> None:
        super().__init__()
        self._raw = raw
        self._bounds = bounds
        self._size = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - of any buffer
        """Up to a buffer full."""
        chunk = _what_came(self._raw, len(buffer))
        buffer[: len(chunk)] = chunk
        self._size += len(chunk)
        self._bounds.check(self._size)
        return len(chunk)


class Digested(io.RawIOBase):
    """A stream that counts what passes, and takes its fingerprints: of the file as it was delivered, still packed.

    Raises WrongFileError beyond its bounds.
    """

    def __init__(self, raw: BinaryIO, bounds: FileBounds) -> None:
        super().__init__()
        self._raw = raw
        self.bounds = bounds
        self._sums = {name: hashlib.new(name, usedforsecurity=False) for name in ("sha256", "md5")}
        self.size = 0
        """Bytes that have passed."""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride] - of any buffer
        """Up to a buffer full."""
        chunk = _what_came(self._raw, len(buffer))
        buffer[: len(chunk)] = chunk
        self.size += len(chunk)
        self.bounds.check(self.size)
        for known in self._sums.values():
            known.update(chunk)
        return len(chunk)

    def digest(self, name: str = "sha256") -> str:
        """In hexadecimal, of what has passed."""
        return self._sums[name].hexdigest()

    def finish(self) -> None:
        """Let the rest pass: an archive's end is no part of what it holds."""
        while self.read(_CHUNK):
            pass


@contextmanager
def unpacked(stream: Digested, encoding: str) -> Generator[UnpackedFile]:
    """What the file holds. Raises WrongFileError where that is neither text nor a workbook, or an archive holds several
    files, or none.
    """
    buffered = io.BufferedReader(stream, _CHUNK)
    start = buffered.peek(_LOOKED_AT)[:_LOOKED_AT]
    if start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=buffered) as inner:
            opened = io.BufferedReader(_BoundedStream(cast("BinaryIO", inner), stream.bounds), _CHUNK)
            _refuse_others(opened.peek(_LOOKED_AT), encoding)
            yield UnpackedFile(stream=opened)
    elif start.startswith((_ZIP, _EMPTY_ZIP)):
        with tempfile.TemporaryFile() as copy, _archive(buffered, copy) as archive:
            if _WORKBOOK in archive.namelist():
                yield UnpackedFile(stream=cast("BinaryIO", copy), is_workbook=True)
                return
            with _member(archive, stream.bounds) as inner:
                _refuse_others(inner.peek(_LOOKED_AT), encoding)
                yield UnpackedFile(stream=inner)
    else:
        _refuse_others(start, encoding)
        yield UnpackedFile(stream=buffered)


def _archive(stream: BinaryIO, copy: IO[bytes]) -> zipfile.ZipFile:
    """An archive, in a copy: its list of contents stands at its end."""
    shutil.copyfileobj(stream, copy, _CHUNK)
    return zipfile.ZipFile(copy)


@contextmanager
def _member(archive: zipfile.ZipFile, bounds: FileBounds) -> Generator[io.BufferedReader]:
    """The one file of an archive."""
    names = [entry.filename for entry in archive.infolist() if not entry.is_dir()]
    if len(names) != 1:
        raise WrongFileError(f"is a zip of {len(names)} files", "Have one file packed in each")
    if archive.getinfo(names[0]).flag_bits & 1:
        raise WrongFileError("is an encrypted zip", "Have it packed without a password, or decrypted")
    with archive.open(names[0]) as member:
        yield io.BufferedReader(_BoundedStream(cast("BinaryIO", member), bounds), _CHUNK)


def _refuse_others(start: bytes, encoding: str) -> None:
    lowered = start.removeprefix(_UTF_8_MARK).lstrip().lower()
    for sign, what, fix in _OTHERS:
        if lowered.startswith(sign.lower()):
            raise WrongFileError(f"is {what}, no delimited text", fix)
    declared = encoding.lower().replace("_", "-")
    if start.startswith(_UTF_8_MARK) and not declared.startswith(("utf-8", "utf8", "u8")):
        text = f"says by its first bytes that it is utf-8, and {encoding} is declared"
        raise WrongFileError(text, "Set encoding: utf-8 in the roster")
