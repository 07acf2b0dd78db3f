"""Whose processes collect.sh believes on an OpenVPN server, and how long it waits for their files.

A shell called `openvpn` stands for the program: what counts is whose it is and by whom it was begun.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

import pytest

from offboarding.sources import openvpn_clients

COLLECT = Path(openvpn_clients.__file__).with_name("collect.sh")
USER, DAEMON, NOBODY = 4242, 2, 65534
SECRET = "server 10.0.0.0 255.255.255.0\nstatus status.log\nverify-client-cert none\n"

pytestmark = pytest.mark.skipif(
    os.geteuid() != 0 or not Path("/etc/machine-id").exists() or not shutil.which("setpriv"),
    reason="root's script, of a machine with an id",
)


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program of root's that is called so, in a folder that everybody may enter."""
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == "root" and folder.is_relative_to("/tmp"):
            folder.chmod(folder.stat().st_mode | 0o055)
    return Path(shutil.copy(shutil.which("dash") or "/bin/sh", tmp_path / "openvpn"))


@contextmanager
def running(program: Path, uid: int, configuration: Path) -> Generator[int]:
    """A process of that user's, which says that it goes by this configuration."""
    command = ["setpriv", "--reuid", str(uid), "--regid", str(uid), "--clear-groups", "--"]
    command += [str(program), "-s", "--", "--config", str(configuration)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=program.parent) as process:
        try:
            while Path(f"/proc/{process.pid}/comm").read_text("utf-8") != "openvpn\n":
                pass
            yield process.pid
        finally:
            process.kill()


def collected() -> list[str]:
    done = subprocess.run(["sh", str(COLLECT)], capture_output=True, text=True, timeout=60, check=False)
    return done.stdout.splitlines()


def told_of(pid: int) -> list[str]:
    """The lines on a server that is this process."""
    lines = collected()
    begin = next((n for n, line in enumerate(lines) if line.startswith(f"server {pid} ")), None)
    if begin is None:
        return []
    end = next((n for n, line in enumerate(lines[begin + 1 :], begin + 1) if line.startswith(("server ", "end"))))
    return lines[begin:end]


@pytest.fixture
def configuration(tmp_path: Path) -> Path:
    """A file that root alone may read, and a status beside it."""
    path = tmp_path / "office.conf"
    path.write_text(SECRET, "utf-8")
    path.chmod(0o600)
    (tmp_path / "status.log").write_text("HEADER,CLIENT_LIST,Common Name,Address\nCLIENT_LIST,kim,10.0.0.1\n", "utf-8")
    return path


@pytest.mark.parametrize("uid", (0, NOBODY))
def test_a_server_of_root_s_or_its_account_s_is_told(program: Path, configuration: Path, uid: int) -> None:
    with running(program, uid, configuration) as pid:
        told = told_of(pid)

    assert "option server" in told
    assert any(line.startswith("connected ") and line.endswith(" kim") for line in told)


def test_a_user_s_own_process_is_none_and_leaks_no_file(
    program: Path, configuration: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    with running(program, USER, configuration) as pid:
        lines = collected()

    assert not [line for line in lines if line.startswith((f"server {pid} ", "connected ", "option "))]


def test_a_user_s_own_program_is_none(
    program: Path, configuration: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    os.chown(program, USER, USER)
    with running(program, 0, configuration) as pid:
        assert told_of(pid) == []


def test_another_program_s_account_is_said_and_not_believed(program: Path, configuration: Path) -> None:
    with running(program, DAEMON, configuration) as pid:
        (_, said) = told_of(pid)

    assert said.startswith("odd it is run by an account that is no OpenVPN service's")


def test_a_pipe_in_the_place_of_a_configuration_keeps_nobody(
    program: Path, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    record_property("attacks", 1)
    os.mkfifo(tmp_path / "pipe.conf")
    with running(program, 0, tmp_path / "pipe.conf") as pid:
        told = told_of(pid)

    assert "odd its configuration cannot be read" in told
