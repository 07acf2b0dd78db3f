"""What a file's first bytes say it is, and how it is unpacked.

A packed feed is known by its content, never by its name: gzip (RFC 1952) and zip begin as nothing else does.
"""

import gzip
import io
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO, BinaryIO, cast

from offboarding.rosters.csv.bounds import BoundedStream, Digested, FileBounds, WrongFileError
from offboarding.rosters.csv.openpgp import MessageKeys, decrypted, is_message

_GZIP = b"\x1f\x8b"
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"
DAMAGED = (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile)
"""What an archive raises that was cut off, or changed on its way."""
_UTF_8_MARK = b"\xef\xbb\xbf"
_LOOKED_AT = 512
_CHUNK = 1 << 16
_SAVED_ANEW = "Have it saved as .xlsx without a password, or exported as text (CSV)"
_OTHERS = (
    (b"\xd0\xcf\x11\xe0", "an Excel workbook of the old kind (.xls), or one with a password", _SAVED_ANEW),
    (_ZIP, "an archive in an archive", "Have it packed once; a workbook (.xlsx) is packed already"),
    (b"%PDF", "a PDF", "Have it exported as text (CSV)"),
    (b"-----BEGIN PGP", "of PGP, and no message", "Have it signed and encrypted as one message"),
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
    decrypted: Digested | None = None
    """What an OpenPGP message held, as it passes."""


@contextmanager
def unpacked(stream: Digested, encoding: str, keys: MessageKeys) -> Generator[UnpackedFile]:
    """What the file holds. Raises WrongFileError where that is neither text nor a workbook, an archive holds several
    files, or none, or it isn't signed and must be.
    """
    buffered = io.BufferedReader(stream, _CHUNK)
    start = buffered.peek(_LOOKED_AT)[:_LOOKED_AT]
    if is_message(start):
        with decrypted(buffered, keys, stream.bounds) as plain:
            inner = io.BufferedReader(plain, _CHUNK)
            with _content(inner, inner.peek(_LOOKED_AT)[:_LOOKED_AT], encoding, stream.bounds) as content:
                yield replace(content, decrypted=plain)
    elif keys.certificates:
        text = "is no OpenPGP message, and signed_by asks for a signature"
        raise WrongFileError(text, "See who put it there. If HR signs no more, take signed_by out of the roster")
    else:
        with _content(buffered, start, encoding, stream.bounds) as content:
            yield content


@contextmanager
def _content(buffered: BinaryIO, start: bytes, encoding: str, bounds: FileBounds) -> Generator[UnpackedFile]:
    if start.startswith(_GZIP):
        with gzip.GzipFile(fileobj=buffered) as inner:
            opened = io.BufferedReader(BoundedStream(cast("BinaryIO", inner), bounds), _CHUNK)
            _refuse_others(opened.peek(_LOOKED_AT), encoding)
            yield UnpackedFile(stream=opened)
    elif start.startswith((_ZIP, _EMPTY_ZIP)):
        with tempfile.TemporaryFile() as copy, _archive(buffered, copy) as archive:
            if _WORKBOOK in archive.namelist():
                yield UnpackedFile(stream=cast("BinaryIO", copy), is_workbook=True)
                return
            with _member(archive, bounds) as inner:
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
        yield io.BufferedReader(BoundedStream(cast("BinaryIO", member), bounds), _CHUNK)


def _refuse_others(start: bytes, encoding: str) -> None:
    if is_message(start):
        text = "is an OpenPGP message within something else"
        raise WrongFileError(text, "Have it packed first, and encrypted once, last")
    lowered = start.removeprefix(_UTF_8_MARK).lstrip().lower()
    for sign, what, fix in _OTHERS:
        if lowered.startswith(sign.lower()):
            raise WrongFileError(f"is {what}, no delimited text", fix)
    declared = encoding.lower().replace("_", "-")
    if start.startswith(_UTF_8_MARK) and not declared.startswith(("utf-8", "utf8", "u8")):
        text = f"says by its first bytes that it is utf-8, and {encoding} is declared"
        raise WrongFileError(text, "Set encoding: utf-8 in the roster")
