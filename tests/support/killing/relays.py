"""Relays that kill: they count what a process sends to its store and its tracker, and end it at the nth message."""

import os
import signal
import socket
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Queue
from typing import Literal

import httpx

from offboarding.store.embedded import SOCKET
from tests.support.relay import Answer, Do, Plan, Unheard, relay

Place = Literal["store", "tracker"]
When = Literal["before", "after"]
SECONDS = 10
_LEAST = 4
"""Bytes of a message's length, which counts itself. https://www.postgresql.org/docs/current/protocol-overview.html"""
_ANSWERED = b"QS"
"""Query and Sync: what the server answers at once."""
_GOODBYE = b"X"
"""Terminate, which isn't counted: who says it waits for nothing, and has ended by itself."""


@dataclass(slots=True)
class Trap:
    """What is counted, and which message is the last."""

    place: Place | None = None
    """None: none is."""
    nth: int = 0
    """From 1."""
    when: When = "before"
    """Before it goes on, or after the server had it, and nobody hears the answer."""
    kill: Callable[[], None] = lambda: None
    """Ends the process."""
    counted: dict[Place, int] = field(default_factory=lambda: {"store": 0, "tracker": 0})
    requests: list[str] = field(default_factory=list[str])
    """Of the tracker: method and path, in their order."""
    sprung: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def is_last(self, place: Place) -> bool:
        """Count a message; whether it's the one."""
        with self._lock:
            self.counted[place] += 1
            return place == self.place and self.counted[place] == self.nth

    def spring(self) -> None:
        """End the process."""
        self.kill()
        self.sprung.set()


@contextmanager
def relays(trap: Trap, store: Path, tracker: str) -> Generator[tuple[int, int]]:
    """Ports of the store's relay and the tracker's, for as long as the block runs.

    `store`: the folder of the server's socket; `tracker`: its scheme://host:port.
    """
    with ExitStack() as stack:
        yield stack.enter_context(_store_relay(trap, store)), stack.enter_context(relay(tracker, _plan(trap)))


def killer(born: "Queue[int]") -> Callable[[], None]:
    """Ends the process whose number stands there, or will: it may speak before whoever started it knows its number."""
    return lambda: os.kill(born.get(timeout=SECONDS), signal.SIGKILL)


def origin_of(url: str) -> str:
    """scheme://host:port."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.host}:{parsed.port}"


# --- the tracker -----------------------------------------------------------------------------------------------------


def _plan(trap: Trap) -> Plan:
    def plan(method: str, path: str) -> Do | Answer | Unheard:
        trap.requests.append(f"{method} {path}")
        if not trap.is_last("tracker"):
            return Do.PASS
        if trap.when == "after":
            return Unheard(trap.spring)
        trap.spring()
        return Do.HANG

    return plan


# --- the store -------------------------------------------------------------------------------------------------------


@contextmanager
def _store_relay(trap: Trap, folder: Path) -> Generator[int]:
    """A TCP port that leads to a PostgreSQL's socket."""
    with socket.create_server(("127.0.0.1", 0)) as listening, ExitStack() as stack:
        thread = threading.Thread(target=_accept, args=(listening, folder, trap, stack))
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(SECONDS)


def _accept(listening: socket.socket, folder: Path, trap: Trap, stack: ExitStack) -> None:
    with suppress(OSError):
        while True:
            client, _ = listening.accept()
            client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            server = socket.socket(socket.AF_UNIX)
            server.connect(str(folder / SOCKET))
            wire = _Wire(client=client, server=server, trap=trap)
            for each in (client, server):
                stack.enter_context(each)
            # Before they are closed: a socket that a thread waits for stays open, and the server's locks with it.
            stack.callback(wire.hang_up)
            wire.begin()


@dataclass(slots=True, kw_only=True)
class _Wire:
    """One connection, both ways."""

    client: socket.socket
    server: socket.socket
    trap: Trap
    muted: threading.Event = field(default_factory=threading.Event)
    """What the server says is kept from the client."""
    answered: threading.Event = field(default_factory=threading.Event)

    def begin(self) -> None:
        for work in (self._ask, self._answer):
            threading.Thread(target=work, daemon=True).start()

    def _ask(self) -> None:
        """From the client, message by message."""
        with suppress(OSError):
            for kind, message in _messages(self.client):
                if kind not in (b"", _GOODBYE) and self.trap.is_last("store"):
                    self._last(kind, message)
                    break
                self.server.sendall(message)
        # A server whose client is gone rolls back and lets go of its locks.
        self.hang_up()

    def _last(self, kind: bytes, message: bytes) -> None:
        if self.trap.when == "after":
            self.muted.set()
            self.server.sendall(message)
            if kind in _ANSWERED:
                self.answered.wait(SECONDS)
        self.trap.spring()

    def _answer(self) -> None:
        with suppress(OSError):
            while told := self.server.recv(1 << 16):
                if self.muted.is_set():
                    self.answered.set()
                else:
                    self.client.sendall(told)
        self.hang_up()

    def hang_up(self) -> None:
        """Both ends hear that the other one is gone."""
        for each in (self.client, self.server):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)


def _messages(client: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    """Each with its type; b"" for what begins a connection, which has none."""
    buffer, begun = b"", False
    while told := client.recv(1 << 16):
        buffer += told
        while (size := _size(buffer, begun)) is not None:
            message, buffer = buffer[:size], buffer[size:]
            yield (message[:1] if begun else b""), message
            # Asked for TLS or GSSAPI (codes 1234.5679 and 1234.5680), the server says no, and the client begins anew.
            begun = begun or message[4:6] != (1234).to_bytes(2, "big")


def _size(buffer: bytes, begun: bool) -> int | None:
    """How long the first message is; None where it isn't all there yet."""
    head = 1 if begun else 0
    if len(buffer) < head + _LEAST:
        return None
    size = head + int.from_bytes(buffer[head : head + _LEAST], "big")
    return size if len(buffer) >= size else None
