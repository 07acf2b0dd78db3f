"""Our decoder gives what ldap3's own gives, from any cut of the stream, and refuses what is no LDAP."""

import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ldap3.core.exceptions import LDAPSessionTerminatedByServerError
from ldap3.protocol.rfc4511 import (
    LDAPDN,
    AttributeDescription,
    AttributeValue,
    LDAPMessage,
    MessageID,
    PartialAttribute,
    PartialAttributeList,
    ProtocolOp,
    ResultCode,
    SearchResultDone,
    SearchResultEntry,
    Vals,
)
from ldap3.strategy.sync import SyncStrategy
from ldap3.utils import asn1

from offboarding.sources.ldap.ber import DecodeError, decode_entry, message_end, operation
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.strategy import EntryStrategy, ResponseBounds

NAMES = st.from_regex(r"[a-zA-Z][a-zA-Z0-9-]{0,20}(;lang-ko)?", fullmatch=True)
VALUES = st.lists(st.binary(max_size=300), min_size=1, max_size=4)
ATTRIBUTES = st.dictionaries(NAMES, VALUES, max_size=5)


def entry_message(number: int, dn: str, attributes: dict[str, list[bytes]]) -> bytes:
    """A SearchResultEntry as ldap3's own grammar encodes it."""
    listed = PartialAttributeList()
    for position, (name, values) in enumerate(attributes.items()):
        vals = Vals()
        for index, value in enumerate(values):
            vals.setComponentByPosition(index, AttributeValue(value))
        partial = PartialAttribute()
        partial["type"] = AttributeDescription(name)
        partial["vals"] = vals
        listed.setComponentByPosition(position, partial)
    result = SearchResultEntry()
    result["object"] = LDAPDN(dn)
    result["attributes"] = listed
    return _message(number, "searchResEntry", result)


def done_message(number: int) -> bytes:
    result = SearchResultDone()
    result["resultCode"] = ResultCode(0)
    result["matchedDN"] = LDAPDN("")
    result["diagnosticMessage"] = ""
    return _message(number, "searchResDone", result)


def _message(number: int, name: str, result: Any) -> bytes:
    message = LDAPMessage()
    message["messageID"] = MessageID(number)
    message["protocolOp"] = ProtocolOp().setComponentByName(name, result)
    encoder: Any = asn1
    return bytes(encoder.encode(message))


def ldap3s_own(message: bytes) -> dict[str, Any]:
    connection: Any = SimpleNamespace(
        server=SimpleNamespace(schema=None, custom_formatter=None), check_names=False, fast_decoder=True
    )
    return SyncStrategy(connection).decode_response_fast(asn1.decode_message_fast(message))


@given(number=st.integers(1, 2**31 - 1), dn=st.text(max_size=200), attributes=ATTRIBUTES)
def test_equals_ldap3s_own_decoding(number: int, dn: str, attributes: dict[str, list[bytes]]) -> None:
    message = entry_message(number, dn, attributes)

    found, tag, at = operation(message, 0)
    entry = decode_entry(message, at, len(message), {})

    theirs = ldap3s_own(message)
    assert (found, tag) == (number, 0x64)
    assert message_end(message, 0) == len(message)
    assert entry.dn == theirs["dn"]
    raw = {name.lower(): values for name, values in theirs["raw_attributes"].items()}
    if len(raw) == len(attributes):  # else two names differed by case alone, which no server sends
        assert entry.attributes == raw


@given(dn=st.text(min_size=1, max_size=20), attributes=ATTRIBUTES, data=st.data())
def test_a_wrong_byte_is_refused_or_harmless(dn: str, attributes: dict[str, list[bytes]], data: st.DataObject) -> None:
    message = bytearray(entry_message(7, dn, attributes))
    at = data.draw(st.integers(0, len(message) - 1))
    message[at] = data.draw(st.integers(0, 255))

    try:
        _, tag, body = operation(bytes(message), 0)
        entry = decode_entry(bytes(message), body, len(message), {}) if tag == 0x64 else None
    except (DecodeError, IndexError):
        return

    size = sum(len(value) for values in entry.attributes.values() for value in values) if entry else 0
    assert size <= len(message)


def test_every_cut_of_the_stream_gives_the_same() -> None:
    attributes = {"cn": [b"x" * 200], "uid": [b"a", b"b"]}
    stream = entry_message(5, "uid=a", attributes) + entry_message(5, "uid=b", {}) + done_message(5)

    for size in (1, 2, 7, 130, len(stream)):
        entries, result = answers(stream, size)
        assert entries == [Entry("uid=a", attributes), Entry("uid=b", {})]
        assert result["result"] == 0


def test_a_server_that_hangs_up_in_the_middle_is_no_end() -> None:
    stream = entry_message(5, "uid=a", {"cn": [b"x"]})

    with pytest.raises(LDAPSessionTerminatedByServerError):
        answers(stream, 4)


def test_an_answer_to_another_question_is_refused() -> None:
    with pytest.raises(DecodeError, match="request 6 came while 5"):
        answers(entry_message(6, "uid=a", {}), 4096)


@pytest.mark.parametrize("junk", (b"HTTP/1.1 400 Bad Request\r\n", b"\x30\x85\x01\x01\x01\x01\x01\x02\x01\x05"))
def test_what_is_no_ldap_is_refused(junk: bytes) -> None:
    with pytest.raises(DecodeError):
        answers(junk, 4096)


def answers(stream: bytes, size: int) -> tuple[list[Any], dict[str, Any]]:
    """What the strategy makes of this stream as the answer to request 5, when it comes in pieces of that size."""
    pieces = iter([stream[at : at + size] for at in range(0, len(stream), size)])
    connection: Any = SimpleNamespace(
        socket=SimpleNamespace(
            recv=lambda _: next(pieces, b""), settimeout=lambda _: None, shutdown=lambda _: None, close=lambda: None
        ),
        server=SimpleNamespace(schema=None, custom_formatter=None, current_address=None),
        usage=False,
        lazy=False,
        closed=False,
        check_names=False,
        raise_exceptions=False,
        auto_range=False,
        empty_attributes=False,
        auto_referrals=False,
    )
    strategy = EntryStrategy(connection, ResponseBounds(silence_seconds=10, until=time.monotonic() + 60))
    connection.strategy = strategy
    strategy._outstanding = {5: {}}  # pyrefly: ignore[missing-attribute]
    return strategy.get_response(5)
