"""Bytes to text in a declared encoding, with what can't be decoded marked where it stands.

A marked byte costs its own record, where strict decoding would cost the whole file.
"""

import codecs
import io
import re
from typing import BinaryIO, TextIO

_MARK = 0xDC00
"""The first of the lone surrogates: no decoder makes them, so that one is always a mark of ours."""
_MARKS = re.compile(f"[{chr(_MARK)}-{chr(_MARK + 0xFF)}]+")
_HANDLER = "offboarding.marked"
_BYTE_ORDER_MARK = "\ufeff"
_USUAL = ("utf-8", "utf-16", "cp949", "euc-kr", "big5", "cp950", "gb18030", "shift_jis", "cp1252", "latin-1", "cp1250")


def _marked(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return "".join(chr(_MARK + byte) for byte in error.object[error.start : error.end]), error.end


codecs.register_error(_HANDLER, _marked)


def checked_encoding(name: str) -> str:
    """The name, if Python has such a text encoding. Raises ValueError."""
    try:
        decoded(io.BytesIO(), name)
    except LookupError as error:
        raise ValueError(f'"{name}" is no encoding we know, such as {", ".join(_USUAL)}') from error
    return name


def decoded(file: BinaryIO, encoding: str) -> TextIO:
    """The file's text, its line ends as they are."""
    return io.TextIOWrapper(file, encoding=encoding, errors=_HANDLER, newline="")


def marked(data: bytes) -> str:
    """UTF-8's text, with what isn't marked."""
    return data.decode("utf-8", _HANDLER)


def without_mark(line: str) -> str:
    """A file's first line without the byte order mark that some encodings leave there."""
    return line.removeprefix(_BYTE_ORDER_MARK)


def undecodable(text: str) -> str:
    """The first bytes that weren't of the encoding, as "0xB1 0xE2"; "" where all were."""
    match = _MARKS.search(text)
    return " ".join(f"0x{ord(mark) - _MARK:02X}" for mark in match[0][:4]) if match else ""
