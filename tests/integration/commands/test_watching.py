"""What a person at a terminal sees while something long is read: on a real one (pty)."""

import os
import pty
import re
import subprocess
import sys
import threading

from tests.support.source_tree import PROJECT

PROGRAM = """
import time, structlog
from offboarding.cli.terminal import at_the_terminal
from offboarding.runs.ingest.progress import passing
def slow():
    for number in range(8):
        time.sleep(0.1)
        yield number
with at_the_terminal(zone="Asia/Seoul"):
    for _ in passing(slow(), object, noun="accounts", source="[bold]corp"):
        pass
    for _ in range(2):
        structlog.get_logger().info("read", as_of="2026-11-24T16:30:00+00:00")
    structlog.get_logger().info("due 2026-11-24 16:30 UTC")
    print("the report")
"""


def test_a_bar_is_drawn_on_the_error_output_and_the_output_stays_the_commands_own() -> None:
    terminal, inside = pty.openpty()
    seen: list[bytes] = []

    def look() -> None:
        try:
            while chunk := os.read(terminal, 4096):
                seen.append(chunk)
        except OSError:
            return  # the other end is closed

    looking = threading.Thread(target=look)
    looking.start()
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, stdout=subprocess.PIPE, stderr=inside, check=True, timeout=60
    )
    os.close(inside)
    looking.join(10)
    os.close(terminal)

    drawn = b"".join(seen).decode()
    assert done.stdout == b"the report\n"
    assert "[bold]corp, accounts" in drawn, "as it's called, and no markup"
    assert "read" in drawn
    assert "the report" not in drawn


def test_without_a_terminal_there_is_no_bar() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=PROJECT, capture_output=True, check=True, timeout=60)

    assert done.stdout == b"the report\n"
    assert b"\x1b" not in done.stderr
    assert b"[bold]corp" not in done.stderr


def test_the_log_goes_by_one_clock_and_says_nothing_twice() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=PROJECT, capture_output=True, check=True, timeout=60)

    read, due = done.stderr.decode().splitlines()
    assert re.match(r"\d\d:\d\d:\d\d KST ", read)
    assert "as_of=2026-11-25 01:30 KST" in read.replace("'", "")
    assert "due 2026-11-25 01:30 KST" in due
