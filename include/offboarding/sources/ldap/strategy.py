"""ldap3's synchronous strategy with a reader of its own: entries are decoded by `ber`, all else by ldap3.

docs/decisions/0010-ldap-decoder.md says why and what was measured.
"""

import time
from dataclasses import dataclass
from typing import Any, cast

from ldap3 import Connection, Server
from ldap3.core.exceptions import LDAPSocketReceiveError
from ldap3.strategy.base import RESPONSE_COMPLETE, SESSION_TERMINATED_BY_SERVER
from ldap3.strategy.sync import SyncStrategy
from ldap3.utils.asn1 import decode_message_fast  # untyped

from offboarding.sources.ldap.ber import ENTRY_TAG, DecodeError, decode_entry, message_end, operation
from offboarding.sources.ldap.entry import Entry

CHUNK_BYTES = 65536
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
"""RFC 4511 4.4.1."""
PAGED_RESULTS = "1.2.840.113556.1.4.319"
"""RFC 2696."""

SMALL_BYTES = 64 * 1024
"""The most that a message may have before the login, and one that is no entry ever: ldap3 decodes it, an integer in
quadratic time.
"""
MOST_MESSAGES = 20_000
"""In one answer: twice the largest page_size, for references between the entries."""
ANSWER_MESSAGES_OF_MOST_BYTES = 4
"""One answer has at most the bytes of so many messages as large as one may be."""
_NAMES_KEPT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseBounds:
    """How much a server may send, and until when; a server that lies sends without end."""

    silence_seconds: int
    """The longest wait for a byte; ldap3 takes whole ones."""
    until: float
    """By time.monotonic(): nothing is taken after it, however often a little comes."""
    message_bytes: int = SMALL_BYTES


class EndlessError(Exception):
    """The server sent more than we take, or for longer. The text is a clause, with the fix where there is one."""


class EntryStrategy(SyncStrategy):
    """Gives `Entry` objects where ldap3 gives a dictionary of each entry; for connections with get_info=NONE,
    return_empty_attributes=False, auto_range=False and auto_referrals=False, since ldap3 would look into those
    dictionaries otherwise.
    """

    def __init__(self, ldap_connection: Connection, bounds: ResponseBounds) -> None:
        cast("Any", super()).__init__(ldap_connection)
        self.bounds = bounds
        self._unread = b""
        self._at = 0
        self._names: dict[bytes, str] = {}

    @property
    def unread_bytes(self) -> int:
        """Bytes that arrived behind the last response. After StartTLS's there must be none: they came in the clear."""
        return len(self._unread) - self._at

    def _open_socket(self, address: Any, use_ssl: bool = False, unix_socket: bool = False) -> None:  # noqa: FBT001, FBT002 - as the base has it
        """Connect; ldap3 leaves the socket of a failed attempt open."""
        try:
            cast("Any", super())._open_socket(address, use_ssl, unix_socket)  # noqa: SLF001 - what this overrides
        except Exception:
            if self.connection.socket is not None:
                self.connection.socket.close()
            raise

    def _get_response(self, message_id: int, timeout: float | None) -> list[Any] | str:
        """Everything the server answers to one request, ldap3's end mark behind it."""
        del timeout
        responses: list[Any] = []
        taken = 0
        while True:
            start = self._await_message()
            if start is None:
                return SESSION_TERMINATED_BY_SERVER
            taken += self._at - start
            self._bound_answer(taken, len(responses))
            number, response = self._decode(start)
            if isinstance(response, Entry) and number == message_id:
                responses.append(response)
                continue
            if number == 0:
                return self._unsolicited(response)
            if number != message_id or isinstance(response, Entry):
                raise DecodeError(f"an answer to request {number} came while {message_id} was asked")
            responses.append(response)
            if response["type"] not in {"searchResRef", "intermediateResponse"}:
                return [*responses, RESPONSE_COMPLETE]

    def _bound_answer(self, size: int, messages: int) -> None:
        most = self.bounds.message_bytes * ANSWER_MESSAGES_OF_MOST_BYTES
        if size > most or messages >= MOST_MESSAGES:
            raise EndlessError(
                f"one answer of more than {most // 1024:,} KiB or {MOST_MESSAGES:,} messages. If that's right, lower "
                "page_size, or raise max_message_megabytes"
            )

    def _decode(self, start: int) -> tuple[int, Entry | dict[str, Any]]:
        """The id and contents of the whole message that begins there."""
        try:
            number, tag, body = operation(self._unread, start)
            if tag == ENTRY_TAG:
                if len(self._names) > _NAMES_KEPT:
                    self._names.clear()
                return number, decode_entry(self._unread, body, self._at, self._names)
        except LookupError as error:
            raise DecodeError(f"a message that ends too early ({error})") from error
        self._bound_message(self._at - start, SMALL_BYTES)
        return number, self._decoded_by_ldap3(start, tag)

    def _decoded_by_ldap3(self, start: int, tag: int) -> dict[str, Any]:
        try:
            decoded = cast("Any", decode_message_fast)(self._unread[start : self._at])
            response = cast("Any", self).decode_response_fast(decoded)
            cookie_bytes = len(_cookie(response))
        except Exception as error:
            # Whatever ldap3 and pyasn1 raise at nonsense: KeyError, TypeError, UnicodeError, RecursionError, their own.
            raise DecodeError(f"an answer (0x{tag:02x}) that can't be decoded ({type(error).__name__})") from error
        self._bound_message(cookie_bytes, SMALL_BYTES)
        return response

    def _unsolicited(self, response: Entry | dict[str, Any]) -> str:
        name = "" if isinstance(response, Entry) else response.get("responseName")
        if name == NOTICE_OF_DISCONNECTION:
            return SESSION_TERMINATED_BY_SERVER
        raise LDAPSocketReceiveError(f"the server sent something that nobody asked for: {name}")

    def _await_message(self) -> int | None:
        """Where the next whole message begins in `_unread`; `_at` is set to its end. None: the server hung up."""
        while True:
            end = message_end(self._unread, self._at)
            if end is not None:
                self._bound_message(end - self._at, self.bounds.message_bytes)
            if end is not None and end <= len(self._unread):
                start, self._at = self._at, end
                return start
            missing = 1 if end is None else end - len(self._unread)
            more = self._receive(missing)
            if more is None:
                return None
            self._unread, self._at = self._unread[self._at :] + more, 0

    def _bound_message(self, size: int, most: int) -> None:
        """By what its header announces, before any of it is taken."""
        if size > most:
            fix = ". If that's right, raise max_message_megabytes" if most > SMALL_BYTES else ""
            raise EndlessError(f"a message of {size:,} bytes, where {most:,} are the most{fix}")

    def _receive(self, missing: int) -> bytes | None:
        """At least that many bytes, put together once: a large entry costs no copy a chunk."""
        chunks: list[bytes] = []
        while missing > 0:
            chunk = self._chunk()
            if not chunk:
                return None
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)

    def _chunk(self) -> bytes:
        """What came, b"" where the server hung up."""
        left = self.bounds.until - time.monotonic()
        try:
            if left > 0:
                self.connection.socket.settimeout(min(left, self.bounds.silence_seconds))
                return cast("bytes", self.connection.socket.recv(CHUNK_BYTES))
        except OSError as error:
            self.close()
            if time.monotonic() < self.bounds.until:
                raise LDAPSocketReceiveError(f"receiving failed: {error}") from error
        raise EndlessError("no end within the time that a read may take. If that's right, raise max_read_minutes")


def _cookie(response: dict[str, Any]) -> Any:
    """Where the next page begins. ldap3 makes of a cookie that is a number as many zeros."""
    control = response.get("controls", {}).get(PAGED_RESULTS)
    return control["value"]["cookie"] if control else b""


class EntryConnection(Connection):
    """ldap3's connection with that strategy in place of its own. Server messages are read as they are: no schema, no
    referral followed, no attribute completed behind our back.
    """

    def __init__(
        self, server: Server, user: str, password: str, *, bounds: ResponseBounds, read_only: bool = True
    ) -> None:
        cast("Any", super()).__init__(
            server,
            user,
            password,
            auto_bind="NONE",
            receive_timeout=bounds.silence_seconds,
            check_names=False,
            read_only=read_only,
            auto_referrals=False,
            auto_range=False,
            return_empty_attributes=False,
        )
        self.entries_strategy = EntryStrategy(self, bounds)
        # What ldap3 does for the strategies that it knows by name.
        self.strategy = self.entries_strategy
        self.send = self.strategy.send
        self.open = self.strategy.open
        self.get_response = self.strategy.get_response
        self.post_send_single_response = self.strategy.post_send_single_response
        self.post_send_search = self.strategy.post_send_search
