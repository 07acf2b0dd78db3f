"""A directory that lies, or somebody between it and us: no answer costs more than its bound, and each is one sentence.

None of these has an account to show, so a read that ended well would say that everybody is gone.
"""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from offboarding.model.errors import IncompleteReadError
from offboarding.sources.ldap import session, strategy
from tests.support.liars import Liar, lying
from tests.support.variants import some_of
from tests.systems.ldap.directory import READER_PASSWORD, SUFFIX, connection, source

Record = Callable[[str, object], None]
BIND, SEARCH = 0x60, 0x63
SUCCESS = b"\x0a\x01\x00\x04\x00\x04\x00"
SECONDS = 1.5
"""How long a read may take here."""


def tlv(tag: int, content: bytes) -> bytes:
    """BER's tag, length and value."""
    size = len(content)
    length = bytes([size]) if size < 0x80 else b"\x84" + size.to_bytes(4, "big")
    return bytes([tag]) + length + content


def message(asked: bytes, operation: bytes, controls: bytes = b"") -> bytes:
    """An answer to this request."""
    return tlv(0x30, tlv(0x02, _number(asked)) + operation + controls)


def _number(asked: bytes) -> bytes:
    """ldap3 counts its messages through the whole process: the number may take several bytes."""
    at = 2 if asked[1] < 0x80 else 2 + (asked[1] & 0x7F)
    return asked[at + 2 : at + 2 + asked[at + 1]]


def _tag(asked: bytes) -> int:
    at = 2 if asked[1] < 0x80 else 2 + (asked[1] & 0x7F)
    return asked[at + 2 + asked[at + 1]]


def entry(dn: str, **attributes: bytes) -> bytes:
    listed = b"".join(tlv(0x30, tlv(4, name.encode()) + tlv(0x31, tlv(4, value))) for name, value in attributes.items())
    return tlv(0x64, tlv(4, dn.encode()) + tlv(0x30, listed))


def paged(cookie: bytes) -> bytes:
    value = tlv(0x30, tlv(2, b"\x00") + tlv(4, cookie))
    return tlv(0xA0, tlv(0x30, tlv(4, b"1.2.840.113556.1.4.319") + tlv(4, value)))


def done(content: bytes = SUCCESS) -> bytes:
    return tlv(0x65, content)


def after_login(lie: Callable[[bytes], Iterator[bytes]]) -> Callable[[bytes], Iterator[bytes]]:
    """Whoever logs in is let in; what is asked then is answered by a lie."""

    def answer(asked: bytes) -> Iterator[bytes]:
        if _tag(asked) == BIND:
            yield message(asked, tlv(0x61, SUCCESS))
        elif _tag(asked) == SEARCH:
            yield from lie(asked)

    return answer


def fails(liar: Liar, record: Record, within: float = 30, **changes: Any) -> str:
    """The sentence that the read ends with."""
    server: Any = liar
    record("attacks", 1)
    began = time.monotonic()
    with pytest.raises(IncompleteReadError) as error:
        list(source(connection(server), **changes).collect())
    text = str(error.value)
    record("silent", int(not text.startswith("sources.corp-ldap")))
    assert text.startswith(f"sources.corp-ldap: 127.0.0.1:{liar.port} sent")
    assert "Nothing was concluded from this read" in text
    assert READER_PASSWORD not in text
    assert time.monotonic() - began < within
    return text


def test_a_huge_length_before_the_login_is_taken_at_its_word(record_property: Record) -> None:
    def huge(_: bytes) -> Iterator[bytes]:
        yield b"\x30\x84\x00\x02\x00\x00"
        yield from itertools.repeat(b"\x00" * 65536)

    with lying(huge) as liar:
        assert "sent a message of 131,078 bytes, where 65,536 are the most." in fails(liar, record_property, within=5)


def test_a_trickle_before_the_login(record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "ANSWER_SECONDS", 1)
    with lying(lambda _: trickle(b"\x30\x82\xff\x00")) as liar:
        assert "no end within the time" in fails(liar, record_property, within=10)


def trickle(first: bytes) -> Iterator[bytes]:
    """A byte every tenth of a second: never silent, never done."""
    yield first
    while True:
        time.sleep(0.1)
        yield b"\x00"


def test_a_huge_message_after_the_login(record_property: Record) -> None:
    def huge(_: bytes) -> Iterator[bytes]:
        yield b"\x30\x84\xff\xff\xff\xff"
        yield from itertools.repeat(b"\x00" * 65536)

    with lying(after_login(huge)) as liar:
        text = fails(liar, record_property, within=5, max_message_megabytes=2)

    assert "sent a message of 4,294,967,301 bytes, where 2,097,152 are the most" in text
    assert "raise max_message_megabytes" in text


@some_of(
    1,
    "lie",
    (
        pytest.param(lambda _: trickle(b"\x30\x82\xff\x00"), id="one-message"),
        pytest.param(lambda asked: _entries(asked, pause=0.05), id="entry-after-entry"),
        pytest.param(lambda _: itertools.chain([time.sleep(SECONDS * 2) or b"\x30"], trickle(b"")), id="silence"),
    ),
)
def test_a_trickle_after_the_login(lie: Any, record_property: Record) -> None:
    with lying(after_login(lie)) as liar:
        text = fails(liar, record_property, within=10, max_read_minutes=SECONDS / 60)

    assert "no end within the time that a read may take. If that's right, raise max_read_minutes" in text


def _entries(asked: bytes, *, pause: float = 0, size: int = 1) -> Iterator[bytes]:
    for number in itertools.count():
        time.sleep(pause)
        yield message(asked, entry(f"uid=p{number},{SUFFIX}", description=b"x" * size))


def test_one_answer_without_end(record_property: Record) -> None:
    with lying(after_login(lambda asked: _entries(asked, size=100_000))) as liar:
        text = fails(liar, record_property, max_message_megabytes=1)

    assert "one answer of more than 4,096 KiB or 20,000 messages" in text
    assert "lower page_size, or raise max_message_megabytes" in text


def test_one_answer_of_small_messages_without_end(record_property: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strategy, "MOST_MESSAGES", 500)
    with lying(after_login(_entries)) as liar:
        assert "or 500 messages" in fails(liar, record_property)


DEEP = b"\x30\x80" * 30_000
UNDECODABLE = {
    "empty": b"",
    "unknown-result": b"\x0a\x01\x7f\x04\x00\x04\x00",
    "text-where-a-number-belongs": b"\x04\x01x\x04\x00\x04\x00",
    "half": b"\x0a\x01",
    "unknown-tag": b"\xbe\x01\x00\x0a\x01\x00",
    "length-without-end": b"\x0a\x01\x00\x04\xff\xff\xff\xff",
    "nested": DEEP,
}


@pytest.mark.parametrize("content", UNDECODABLE.values(), ids=UNDECODABLE)
def test_a_result_that_cannot_be_decoded(content: bytes, record_property: Record) -> None:
    with lying(after_login(lambda asked: iter([message(asked, done(content))]))) as liar:
        text = fails(liar, record_property)

    assert "sent what is no LDAP message: an answer (0x65) that can't be decoded" in text


CONTROLS = {
    "cookie-of-another-kind": tlv(0xA0, tlv(0x30, tlv(4, b"1.2.840.113556.1.4.319") + tlv(4, b"\x30\x02\x02\x00"))),
    "no-value": tlv(0xA0, tlv(0x30, tlv(4, b"1.2.840.113556.1.4.319"))),
    "no-sequence": tlv(0xA0, tlv(4, b"x")),
}


@pytest.mark.parametrize("controls", CONTROLS.values(), ids=CONTROLS)
def test_controls_that_cannot_be_decoded(controls: bytes, record_property: Record) -> None:
    with lying(after_login(lambda asked: iter([message(asked, done(), controls)]))) as liar:
        assert "can't be decoded" in fails(liar, record_property)


def test_a_cookie_that_is_a_huge_number(record_property: Record) -> None:
    value = tlv(0x30, tlv(2, b"\x00") + tlv(2, b"\x3f\xff\xff\xff"))
    controls = tlv(0xA0, tlv(0x30, tlv(4, b"1.2.840.113556.1.4.319") + tlv(4, value)))
    with lying(after_login(lambda asked: iter([message(asked, done(), controls)]))) as liar:
        assert "sent a message of 1,073,741,823 bytes" in fails(liar, record_property)


def test_a_number_of_a_million_digits_where_a_result_belongs(record_property: Record) -> None:
    """ldap3 reads an integer in quadratic time: 16 MB of it would take days."""
    number = tlv(0x0A, b"\x7f" * (16 * 1024 * 1024))
    with lying(after_login(lambda asked: iter([message(asked, done(number))]))) as liar:
        assert "where 65,536 are the most" in fails(liar, record_property)


def test_a_message_number_of_a_million_digits(record_property: Record) -> None:
    with lying(after_login(lambda _: iter([tlv(0x30, tlv(2, b"\x7f" * 1_000_000) + done())]))) as liar:
        assert "a message's number of 1000000 octets" in fails(liar, record_property)


def refused(liar: Liar, record: Record, **changes: Any) -> str:
    """The sentence of a read that the server led nowhere by well-formed answers."""
    server: Any = liar
    record("attacks", 1)
    with pytest.raises(IncompleteReadError) as error:
        list(source(connection(server), **changes).collect())
    record("silent", 0)
    return str(error.value)


def test_referrals_are_told_and_lead_nowhere(record_property: Record) -> None:
    with lying(lambda _: iter(())) as elsewhere:
        url = f"ldap://127.0.0.1:{elsewhere.port}/{SUFFIX}".encode()
        as_result = done(b"\x0a\x01\x0a\x04\x00\x04\x00" + tlv(0xA3, tlv(4, url)))
        with lying(after_login(lambda asked: iter([message(asked, as_result)]))) as liar:
            text = refused(liar, record_property)

        assert f"the server refers to {url.decode()}, which wasn't read" in text
        assert elsewhere.asked == []


def test_pages_without_end(record_property: Record) -> None:
    """The same cookie with other entries each time; the base and whatever else is asked are answered honestly."""
    numbers = itertools.count()

    def lie(asked: bytes) -> Iterator[bytes]:
        if b"1.2.840.113556.1.4.319" not in asked:
            yield message(asked, entry(SUFFIX, entryuuid=b"0b5e0000-0000-4000-8000-000000000001"))
            yield message(asked, done())
            return
        number = next(numbers)
        own_id = f"0b5e0000-0000-4000-8000-{number + 2:012}".encode()
        yield message(asked, entry(f"uid=p{number},{SUFFIX}", cn=b"x", objectclass=b"person", entryuuid=own_id))
        yield message(asked, done(), paged(b"again"))

    with lying(after_login(lie)) as liar:
        text = refused(liar, record_property, flavor="openldap")

    assert "the server's paging doesn't come to an end" in text
