"""Servers that say whatever a test wants, on a socket of this machine."""

import socket
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

Answer = Callable[[bytes], Iterable[bytes]]
"""What was asked, as it came -> what to send, piece by piece."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Liar:
    """Where it listens, and what was asked of it."""

    port: int
    asked: list[bytes] = field(default_factory=list[bytes])
    host: str = "127.0.0.1"


@contextmanager
def lying(answer: Answer, *, greeting: bytes = b"") -> Generator[Liar]:
    """A server that gives this answer to whatever is sent, for as long as the block runs."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        liar = Liar(port=listening.getsockname()[1])
        over = threading.Event()
        listening.settimeout(0.1)
        serving = threading.Thread(target=_serve, args=(listening, liar, answer, over, greeting))
        serving.start()
        try:
            yield liar
        finally:
            over.set()
            serving.join()


def _serve(listening: socket.socket, liar: Liar, answer: Answer, over: threading.Event, greeting: bytes) -> None:
    while not over.is_set():
        try:
            near, _ = listening.accept()
        except TimeoutError:
            continue
        with near, suppress(OSError):
            near.settimeout(5)
            near.sendall(greeting)
            while not over.is_set() and (asked := near.recv(65536)):
                liar.asked.append(asked)
                for piece in answer(asked):
                    if over.is_set():
                        break
                    near.sendall(piece)
