"""moto as it comes, in a process of its own: no seed, no proxy before it that behaves as AWS does."""

import contextlib
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from contextlib import contextmanager

from offboarding.model.errors import FatalError

START_SECONDS, STOP_SECONDS = 60, 10


@contextmanager
def running() -> Generator[str]:
    """A server, for as long as the block runs. Yields its address. Raises FatalError where it doesn't start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        # A Ctrl-C ends whoever began it, who ends it then.
        start_new_session=True,
    )
    try:
        _wait(process, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(STOP_SECONDS)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise FatalError(f"moto doesn't start on port {port}: run python -m moto.server by hand to see why")
