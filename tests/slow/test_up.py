"""`make up` from beginning to end, in a copy of the project: asked as people ask it, and ended as they end it."""

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from demo.up import SOMEBODY
from tests.support.memory import Folder
from tests.support.source_tree import MADE, PROJECT

pytestmark = pytest.mark.timeout(1200)
START_SECONDS, END_SECONDS, WITHIN_SECONDS = 900, 60, 60
MARK = "OFFBOARDING_TEST_OF_UP"
"""In the environment of whatever is begun and gets all of it."""
PARTS = ("slapd", "postgres", "airflow scheduler", "airflow api_server", "make up")


@dataclass(frozen=True, slots=True, kw_only=True)
class Up:
    """What runs."""

    process: "subprocess.Popen[bytes]"
    folder: Path
    said: Path

    def lines(self) -> str:
        return self.said.read_text(encoding="utf-8", errors="replace")

    def running(self) -> list[str]:
        """Command lines of all of it: what has the mark, works in the folder, or was begun with a path of it."""
        mark, place = f"{MARK}={self.folder}".encode(), os.fsencode(self.folder)
        found: list[str] = []
        for each in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (each / "cmdline").read_bytes()
                works_in = os.fsencode((each / "cwd").readlink())
                if mark in (each / "environ").read_bytes().split(b"\0") or place in command + b"\0" + works_in:
                    found.append(command.replace(b"\0", b" ").decode("utf-8", "replace"))
        return found


@pytest.fixture
def up(in_memory: Folder) -> Generator[Up]:
    folder = in_memory("make up") / "project"
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns(*MADE, "__pycache__"))
    for name in (".venv", ".cache"):
        (folder / name).symlink_to((PROJECT / name).resolve())
    said = folder / "said.log"
    # Nor what the make was told by which this runs.
    ours = ("AIRFLOW", "OFFBOARDING", "MAKE", "MFLAGS", "ARGS")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    with said.open("wb") as output:
        process = subprocess.Popen(
            ["make", "up"],
            cwd=folder,
            env=kept | {MARK: str(folder)},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A terminal's Ctrl-C goes to a group of processes, of which make is the first.
            process_group=0,
        )
    made = Up(process=process, folder=folder, said=said)
    try:
        yield made
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGTERM)
        process.wait(END_SECONDS)


def test_from_airflows_home_to_a_leavers_time_line_and_nothing_is_left_after_ctrl_c(up: Up) -> None:
    until(lambda: "until Ctrl-C" in up.lines(), START_SECONDS, up)

    begun = time.monotonic()
    said = re.search(r"Airflow +(http://\S+).*\n +log in as admin, (\S+); or as viewer, (\S+),", up.lines())
    assert said is not None, up.lines()
    url, *passwords = said.groups()
    named, unnamed = (time_line(url, who, word) for who, word in zip(("admin", "viewer"), passwords, strict=True))

    assert time.monotonic() - begun < WITHIN_SECONDS
    assert f"hr:{SOMEBODY}" in unnamed
    assert len(named) > len(unnamed), "who may decide sees more"
    assert "It is green, after " in up.lines()
    running = up.running()
    assert [part for part in PARTS if not any(part in line for line in running)] == [], running

    os.killpg(up.process.pid, signal.SIGINT)
    up.process.wait(END_SECONDS)

    assert up.running() == []
    assert "All of it is ended." in up.lines()


def until(holds: object, seconds: float, up: Up) -> None:
    assert callable(holds)
    deadline = time.monotonic() + seconds
    while not holds():
        assert up.process.poll() is None, up.lines()
        assert time.monotonic() < deadline, up.lines()
        time.sleep(0.5)


def time_line(url: str, who: str, password: str) -> str:
    """Log in, and go where the pages lead: the entry in Airflow's navigation, what was found, whose it is."""
    with httpx.Client(base_url=url, trust_env=False, timeout=60) as client:
        told = client.post("/auth/token", json={"username": who, "password": password}).raise_for_status()
        client.headers["Authorization"] = f"Bearer {told.json()['access_token']}"
        plugins = client.get("/api/v2/plugins").raise_for_status().json()["plugins"]
        (ours,) = [each for each in plugins if each["name"] == "offboarding"]
        tonight = f"{url}/{ours['external_views'][0]['href']}"
        listed = f"{urljoin(tonight, 'findings')}?worker=hr:{SOMEBODY}"
        assert "Tonight" in client.get(tonight).raise_for_status().text
        ways = re.findall(r'href="(leaver/[^"]+)"', client.get(listed).raise_for_status().text)
        assert ways
        page = client.get(urljoin(listed, ways[0])).raise_for_status().text
        assert "What happened" in page
        return page
