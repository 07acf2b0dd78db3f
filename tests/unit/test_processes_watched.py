"""Whose command lines are looked through for secrets: what a test began, and never what runs beside it."""

import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.canaries import Processes

SLEEP = "import time; print(flush=True); time.sleep(600)"


@contextmanager
def daemon(environment: Mapping[str, str], *command: str) -> Generator[None]:
    """Nobody's child: whoever began it is gone. It runs once it has said so."""
    begin = ["sh", "-c", '"$@" &', "sh", *command]
    with subprocess.Popen(
        begin, env=dict(environment), cwd="/", stdout=subprocess.PIPE, start_new_session=True
    ) as begun:
        assert begun.stdout is not None
        begun.stdout.readline()
        try:
            assert begun.wait() == 0
            yield
        finally:
            os.killpg(begun.pid, signal.SIGKILL)


def test_what_we_began_is_looked_at_and_we_are(tmp_path: Path) -> None:
    processes = Processes(folder=tmp_path)
    command = [sys.executable, "-c", SLEEP, "canary-of-a-child"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as child:
        assert child.stdout is not None
        child.stdout.readline()
        processes.look()
        child.kill()

    assert b"canary-of-a-child" in processes.place[1]
    assert Path("/proc/self/cmdline").read_bytes().replace(b"\0", b" ") in processes.seen


@pytest.mark.parametrize("by", ["environment", "command"])
def test_a_daemon_that_works_in_the_folder_is_looked_at(tmp_path: Path, by: str) -> None:
    processes = Processes(folder=tmp_path)
    environment = {"WORKS_IN": f"{tmp_path}/store"} if by == "environment" else {}
    told = [f"{tmp_path}/conf"] if by == "command" else []

    with daemon(environment, sys.executable, "-c", SLEEP, "canary-of-a-daemon", *told):
        processes.look()

    assert b"canary-of-a-daemon" in processes.place[1]


def test_what_such_a_daemon_began_is_looked_at(tmp_path: Path) -> None:
    script = tmp_path / "begin"
    script.write_text(f"env -i {shlex.quote(sys.executable)} -c {shlex.quote(SLEEP)} canary-of-its-child\n:\n", "utf-8")
    processes = Processes(folder=tmp_path)

    with daemon({"PATH": os.environ["PATH"]}, "sh", str(script)):
        processes.look()

    assert b"canary-of-its-child" in processes.place[1]


def test_what_runs_beside_it_is_not(tmp_path: Path) -> None:
    processes = Processes(folder=tmp_path)

    with daemon({"WORKS_IN": "/another"}, sys.executable, "-c", SLEEP, "canary-of-somebody-else"):
        processes.look()

    assert b"canary-of-somebody-else" not in processes.place[1]
