"""Connections that keep one deadline for all of it, to the very addresses that were checked."""

import ssl
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

import httpcore


class Deadline:
    """The moment until which reading and writing must be done; `begin` sets it for the next call."""

    def __init__(self) -> None:
        self._until = 0.0

    def begin(self, seconds: float) -> None:
        """Set it to so many seconds from now, by the monotonic clock."""
        self._until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises httpcore.ReadTimeout when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return left


AddressesOf = Callable[[str, int], Sequence[str]]
"""Returns the addresses of a host that may be connected to, for a port; raises for a host that may not."""


class DeadlineBackend(httpcore.NetworkBackend):
    """Connects, and keeps a deadline however often a little comes.

    `addresses_of` resolves a name once, and says which of its addresses may be asked: connected to is one of these. The
    name isn't resolved again in between, so a DNS server that answers differently the second time (rebinding) gains
    nothing. TLS still verifies the name.
    """

    def __init__(self, deadline: Deadline, addresses_of: AddressesOf) -> None:
        self._deadline = deadline
        self._addresses_of = addresses_of
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises what `addresses_of` raises, besides httpcore's errors: that of the last address."""
        del timeout
        *others, last = self._addresses_of(host, port)
        for address in others:
            with suppress(httpcore.ConnectError):
                return self._connected(address, port, local_address, socket_options)
        return self._connected(last, port, local_address, socket_options)

    def _connected(
        self,
        address: str,
        port: int,
        local_address: str | None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None,
    ) -> httpcore.NetworkStream:
        stream = self._plain.connect_tcp(address, port, self._deadline.left(), local_address, socket_options)
        return _DeadlineStream(stream, self._deadline)


class _DeadlineStream(httpcore.NetworkStream):
    """Waits no longer than until a moment, however often a little comes."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        del timeout
        return self._stream.read(max_bytes, self._deadline.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        del timeout
        self._stream.write(buffer, self._deadline.left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        del timeout
        return _DeadlineStream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
