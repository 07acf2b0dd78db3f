"""A limit on how long somebody else's code may take for an answer: most drivers have none of their own."""

import errno
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import BinaryIO, ParamSpec, TypeVar

ANSWER_SECONDS = 60
_Given = ParamSpec("_Given")
_Answer = TypeVar("_Answer")


def answered(call: Callable[_Given, _Answer], *args: _Given.args, **kwargs: _Given.kwargs) -> _Answer:
    """What the call gives, or raises. TimeoutError after a minute: it goes on, in a thread that nobody waits for."""
    done = Future[_Answer]()

    def ask() -> None:
        try:
            done.set_result(call(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - it's raised where the answer is awaited
            done.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    try:
        return done.result(ANSWER_SECONDS)
    except TimeoutError as error:
        raise TimeoutError(errno.ETIMEDOUT, "no answer came in time") from error


class AnsweringStream:
    """A driver's stream, each portion of which comes in time or not at all."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int) -> bytes:
        """Up to so many bytes."""
        return answered(self._stream.read, size)
