"""Web addresses as they may be written."""

import re
from urllib.parse import urlsplit

_PLAIN = re.compile(r"[\x21-\x7e]+")
_HOST = re.compile(r"[A-Za-z0-9_.:%\[\]-]+")


def checked_url(text: str, *, schemes: tuple[str, ...] = ("https",)) -> str:
    """The text, if it is an address that can be asked. Raises ValueError whose text says what is wrong, and the fix."""
    if len(text) > 2048 or not _PLAIN.fullmatch(text):
        raise ValueError("an address is at most 2,048 characters of ASCII without spaces (a name in Hangul as xn--...)")
    parts = urlsplit(text)
    if parts.scheme not in schemes or not parts.netloc or not parts.hostname:
        raise ValueError(f"an address begins with {' or '.join(f'{scheme}://' for scheme in schemes)} and a host")
    if "@" in parts.netloc:
        raise ValueError("an address holds no login: secrets belong to a connection")
    if "#" in text or not _HOST.fullmatch(parts.netloc):
        raise ValueError("an address ends before #, and its host is letters, digits, dots and hyphens")
    _port(parts.netloc, text)
    return text


def _port(netloc: str, text: str) -> None:
    try:
        port = urlsplit(text).port
    except ValueError as error:
        raise ValueError(f"{netloc} has no port from 1 to 65535") from error
    if port == 0:
        raise ValueError(f"{netloc} has no port from 1 to 65535")
