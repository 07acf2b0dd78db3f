"""ldap3's synchronous strategy with a reader of its own: entries are decoded by `ber`, all else by ldap3.

docs/decisions/0010-ldap-decoder.md says why and what was measured.
"""

from typing import Any, cast

from ldap3 import Connection, Server
from ldap3.core.exceptions import LDAPSocketReceiveError
from ldap3.strategy.base import RESPONSE_COMPLETE, SESSION_TERMINATED_BY_SERVER
from ldap3.strategy.sync import SyncStrategy
from ldap3.utils.asn1 import decode_message_fast  # pyright: ignore[reportUnknownVariableType] - untyped

from include.offboarding.sources._ldap.ber import ENTRY_TAG, DecodeError, decode_entry, message_end, operation
from include.offboarding.sources._ldap.entry import Entry

CHUNK_BYTES = 65536
NOTICE_OF_DISCONNECTION = "1.3.6.1.4.1.1466.20036"
"""RFC 4511 4.4.1."""


class EntryStrategy(SyncStrategy):
    """Gives `Entry` objects where ldap3 gives a dictionary of each entry; for connections with get_info=NONE,
    return_empty_attributes=False, auto_range=False and auto_referrals=False, since ldap3 would look into those
    dictionaries otherwise.
    """

    def __init__(self, ldap_connection: Connection) -> None:
        cast("Any", super()).__init__(ldap_connection)
        self._unread = b""
        self._at = 0
        self._names: dict[bytes, str] = {}

    @property
    def unread_bytes(self) -> int:
        """Bytes that arrived behind the last response. After StartTLS's there must be none: they came in the clear."""
        return len(self._unread) - self._at

    def _open_socket(self, address: Any, use_ssl: bool = False, unix_socket: bool = False) -> None:  # noqa: FBT001, FBT002
        """Connect; ldap3 leaves the socket of a failed attempt open."""
        try:
            cast("Any", super())._open_socket(address, use_ssl, unix_socket)  # noqa: SLF001 - our own
        except Exception:
            if self.connection.socket is not None:
                self.connection.socket.close()
            raise

    def _get_response(self, message_id: int, timeout: float | None) -> list[Any] | str:
        """Everything the server answers to one request, ldap3's end mark behind it."""
        del timeout
        responses: list[Any] = []
        while True:
            start = self._await_message()
            if start is None:
                return SESSION_TERMINATED_BY_SERVER
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

    def _decode(self, start: int) -> tuple[int, Entry | dict[str, Any]]:
        """The id and contents of the whole message that begins there."""
        try:
            number, tag, body = operation(self._unread, start)
            if tag == ENTRY_TAG:
                return number, decode_entry(self._unread, body, self._at, self._names)
            decoded = cast("Any", decode_message_fast)(self._unread[start : self._at])
            return number, cast("Any", self).decode_response_fast(decoded)
        except (LookupError, TypeError) as error:
            raise DecodeError(f"a message that ends too early ({error})") from error

    def _unsolicited(self, response: Entry | dict[str, Any]) -> str:
        name = "" if isinstance(response, Entry) else response.get("responseName")
        if name == NOTICE_OF_DISCONNECTION:
            return SESSION_TERMINATED_BY_SERVER
        raise LDAPSocketReceiveError(f"the server sent something that nobody asked for: {name}")

    def _await_message(self) -> int | None:
        """Where the next whole message begins in `_unread`; `_at` is set to its end. None: the server hung up."""
        while True:
            end = message_end(self._unread, self._at)
            if end is not None and end <= len(self._unread):
                start, self._at = self._at, end
                return start
            missing = 1 if end is None else end - len(self._unread)
            more = self._receive(missing)
            if more is None:
                return None
            self._unread, self._at = self._unread[self._at :] + more, 0

    def _receive(self, missing: int) -> bytes | None:
        """At least that many bytes, put together once: a large entry costs no copy a chunk."""
        chunks: list[bytes] = []
        while missing > 0:
            try:
                chunk = cast("bytes", self.connection.socket.recv(CHUNK_BYTES))
            except OSError as error:
                self.close()
                raise LDAPSocketReceiveError(f"receiving failed: {error}") from error
            if not chunk:
                return None
            chunks.append(chunk)
            missing -= len(chunk)
        return b"".join(chunks)


class EntryConnection(Connection):
    """ldap3's connection with that strategy in place of its own. Server messages are read as they are: no schema, no
    referral followed, no attribute completed behind our back.
    """

    def __init__(self, server: Server, user: str, password: str, *, receive_timeout: int) -> None:
        cast("Any", super()).__init__(
            server,
            user,
            password,
            auto_bind="NONE",
            receive_timeout=receive_timeout,
            check_names=False,
            read_only=True,
            auto_referrals=False,
            auto_range=False,
            return_empty_attributes=False,
        )
        self.entries_strategy = EntryStrategy(self)
        # What ldap3 does for the strategies that it knows by name.
        self.strategy = self.entries_strategy
        self.send = self.strategy.send
        self.open = self.strategy.open
        self.get_response = self.strategy.get_response
        self.post_send_single_response = self.strategy.post_send_single_response
        self.post_send_search = self.strategy.post_send_search
