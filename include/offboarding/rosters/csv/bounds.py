"""How much a file may hold, and for how long it may be read: a few kilobytes unpack to terabytes."""

import hashlib
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import BinaryIO

_CHUNK = 1 << 16
_MEGABYTE = 1 << 20


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


def what_came(stream: BinaryIO, size: int) -> bytes:
    """Up to so many bytes, b"" at the end. To wait until there are so many would be to look at no clock meanwhile."""
    read1: Callable[[int], bytes] = getattr(stream, "read1", stream.read)
    return read1(size)


class BoundedStream(io.RawIOBase):
    """A stream that ends in WrongFileError beyond its bounds."""

    def __init__(self, raw: BinaryIO, bounds: FileBounds) -> None:
        super().__init__()
        self._raw = raw
        self._bounds = bounds
        self._size = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override] - of any buffer
        """Up to a buffer full."""
        chunk = what_came(self._raw, len(buffer))
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

    def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override] - of any buffer
        """Up to a buffer full."""
        chunk = what_came(self._raw, len(buffer))
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
