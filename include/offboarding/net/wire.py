"""Connections to the very addresses that were checked, with one deadline for all of it."""

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from offboarding.net.addresses import addresses_of


class Deadline:
    """A moment until which whatever is read or written must be done; it may be put off, for the next call."""

    def __init__(self, until: float = 0) -> None:
        self.until = until
        """By the monotonic clock."""

    def begin(self, seconds: float) -> None:
        """From now on it's so many seconds away."""
        self.until = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds. Raises httpcore.ReadTimeout when there are none."""
        left = self.until - time.monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the time is up")
        return left


class HurriedBackend(httpcore.NetworkBackend):
    """Connects as anybody does, and keeps a deadline however often a little comes."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises httpcore's errors."""
        del timeout
        stream = self._plain.connect_tcp(host, port, self._deadline.left(), local_address, socket_options)
        return _HurriedStream(stream, self._deadline)


class CheckedBackend(httpcore.NetworkBackend):
    """Resolves a name once, checks each address, and connects to one of these.

    The name isn't resolved again in between, so a DNS server that answers differently the second time (rebinding) gains
    nothing. TLS still verifies the name.
    """

    def __init__(self, *, internal: bool, until: float) -> None:
        self._internal = internal
        self._deadline = Deadline(until)
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Raises AddressError, and OSError where the name can't be resolved, besides httpcore's errors."""
        del timeout
        *others, last = addresses_of(host, port, internal=self._internal)
        for address in others:
            try:
                stream = self._plain.connect_tcp(address, port, self._deadline.left(), local_address, socket_options)
            except httpcore.ConnectError:
                continue
            return _HurriedStream(stream, self._deadline)
        stream = self._plain.connect_tcp(last, port, self._deadline.left(), local_address, socket_options)
        return _HurriedStream(stream, self._deadline)


class _HurriedStream(httpcore.NetworkStream):
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
        return _HurriedStream(
            self._stream.start_tls(ssl_context, server_hostname, self._deadline.left()), self._deadline
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
