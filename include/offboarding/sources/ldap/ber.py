"""Reads the two things off LDAP's wire that come by the hundred thousand: a message's end and a SearchResultEntry.

LDAP uses BER with definite lengths only (RFC 4511 5.1). docs/decisions/0010-ldap-decoder.md says why this isn't left to
ldap3.
"""

from offboarding.sources.ldap.entry import Entry

ENTRY_TAG = 0x64
"""[APPLICATION 4], constructed: SearchResultEntry (RFC 4511 4.5.2)."""

_MESSAGE_ID_BYTES = 4
"""MessageID ::= INTEGER (0 .. 2147483647)."""
_SEQUENCE, _SET, _INTEGER, _OCTETS = 0x30, 0x31, 0x02, 0x04


class DecodeError(ValueError):
    """The bytes are no LDAP message."""


def message_end(data: bytes, at: int) -> int | None:
    """Where the message that begins at `at` ends, by its own word; None while its header hasn't arrived whole."""
    if len(data) < at + 2:
        return None
    if data[at] != _SEQUENCE:
        raise DecodeError(f"expected a sequence, got tag 0x{data[at]:02x}")
    first = data[at + 1]
    if first < 0x80:
        return at + 2 + first
    if len(data) < at + 2 + (first & 0x7F):
        return None
    start, length = _long_length(data, at + 1)
    return start + length


def operation(data: bytes, at: int) -> tuple[int, int, int]:
    """A whole message's id, the tag of its operation, and where that tag stands."""
    start, _ = _enter(data, at, _SEQUENCE)
    number, end = _enter(data, start, _INTEGER)
    if end - number > _MESSAGE_ID_BYTES:
        raise DecodeError(f"a message's number of {end - number} octets")
    return int.from_bytes(data[number:end], "big", signed=True), data[end], end


def decode_entry(data: bytes, at: int, limit: int, names: dict[bytes, str]) -> Entry:
    """The SearchResultEntry whose tag stands at `at`, in a message that ends at `limit`.

    `names` keeps attribute names seen before, to save their decoding. Every length must meet its parent's end exactly;
    DecodeError otherwise.
    """
    at, end = _enter(data, at, ENTRY_TAG)
    if end > limit:
        raise DecodeError("an entry reaches beyond its message")
    start, at = _enter(data, at, _OCTETS)
    dn = data[start:at].decode("utf-8", "backslashreplace")
    at, stop = _enter(data, at, _SEQUENCE)
    if stop != end:
        raise DecodeError("an entry's attributes don't end where the entry does")
    attributes: dict[str, list[bytes]] = {}
    while at < end:
        at, stop = _enter(data, at, _SEQUENCE)
        start, at = _enter(data, at, _OCTETS)
        raw = data[start:at]
        name = names.get(raw) or names.setdefault(raw, raw.decode("ascii", "backslashreplace").lower())
        at, last = _enter(data, at, _SET)
        if last != stop:
            message = f"the values of {name} don't end where the attribute does"
            raise DecodeError(message)
        attributes[name], at = _values(data, at, stop)
    if at != end:
        raise DecodeError("an attribute reaches beyond its entry")
    return Entry(dn, attributes)


def _values(data: bytes, at: int, stop: int) -> tuple[list[bytes], int]:
    """The octet strings from `at` to `stop`. The innermost loop: short lengths are read in place."""
    values: list[bytes] = []
    while at < stop:
        if data[at] != _OCTETS:
            message = f"expected an octet string, got tag 0x{data[at]:02x}"
            raise DecodeError(message)
        length = data[at + 1]
        start, length = (at + 2, length) if length < 0x80 else _long_length(data, at + 1)
        at = start + length
        values.append(data[start:at])
    if at != stop:
        raise DecodeError("a value reaches beyond its attribute")
    return values, at


def _enter(data: bytes, at: int, tag: int) -> tuple[int, int]:
    """Where the contents of the element at `at` begin and end."""
    if data[at] != tag:
        raise DecodeError(f"expected tag 0x{tag:02x}, got 0x{data[at]:02x}")
    length = data[at + 1]
    start, length = (at + 2, length) if length < 0x80 else _long_length(data, at + 1)
    return start, start + length


def _long_length(data: bytes, at: int) -> tuple[int, int]:
    """Where the contents begin, and their length, for a length of several octets that begins at `at`."""
    count = data[at] & 0x7F
    if not 0 < count <= 4:
        raise DecodeError(f"a length of {count} octets")
    start = at + 1 + count
    return start, int.from_bytes(data[at + 1 : start], "big")
