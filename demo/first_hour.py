"""`make try`: the first hour on systems that nobody prepared, in a minute. docs/first-hour.md has the same steps.

    python -m demo.first_hour

A directory without overlays, a plain moto in AWS's place, and HR's workbook (newcomer.py); nothing is mended by hand.
Exit codes: 0 whoever left is found, and nobody else; 1 not so; 2 something on this machine must be mended first; 130
stopped.
"""

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any, NoReturn

from demo.dag_run import PROJECT
from demo.folder import DemoFolder
from demo.newcomer import LEAVER, LEFT_ON, SUFFIX, Systems, clear, feed, systems
from offboarding.model.errors import ConfigError, OffboardingError

PROGRAM = PROJECT / "scripts" / "offboarding"
EXPECTED = {
    ("leaver-account-works", f"uid={LEAVER},ou=people,{SUFFIX}"),
    ("leaver-access-key", f"user/{LEAVER}"),
    ("leaver-owned-service-account", "user/deploy-bot"),
}
"""By rule and account: what the leaver has. The robot bears the leaver's login in its tag `owner`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where a newcomer types."""

    folder: Path
    environment: Mapping[str, str]

    def type(self, *words: str) -> None:
        """Show a command, and what it says as it says it. Red is an answer like another: the findings are looked at."""
        self._show(words)
        subprocess.run(self._command(words), env=self._variables(), cwd=self.folder, check=False)

    def lines(self, *words: str) -> list[dict[str, Any]]:
        """A command's lines of JSON."""
        done = subprocess.run(
            self._command(words), env=self._variables(), cwd=self.folder, check=True, stdout=subprocess.PIPE, text=True
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    def _show(self, words: tuple[str, ...]) -> None:
        print(f"\n$ {PROGRAM.name} {shlex.join(words)}", flush=True)

    def _command(self, words: tuple[str, ...]) -> list[str]:
        return [str(PROGRAM), *words]

    def _variables(self) -> dict[str, str]:
        return {**os.environ, **self.environment}


def main() -> int:
    """Walk. Returns the exit code."""
    # A kill of a supervisor is a Ctrl-C: everything that was started is stopped.
    signal.signal(signal.SIGTERM, _interrupted)
    begun = time.monotonic()
    folder = DemoFolder(root=PROJECT / ".try")
    try:
        with folder.locked(print):
            clear(folder.root / "systems")
            print("Starting a plain OpenLDAP, a plain moto in AWS's place, and a store.", flush=True)
            with systems(folder.root / "systems") as running:
                return _walk(running, begun)
    except KeyboardInterrupt:
        print("\nStopped; nothing is left running.")
        return 130
    except OffboardingError as error:
        print(f"make try: {error}", file=sys.stderr)
        return 2 if isinstance(error, ConfigError) else 1


def _walk(running: Systems, begun: float) -> int:
    desk = Desk(folder=running.folder, environment=running.environment)
    desk.type(*running.init(feed(running.folder, {LEAVER: LEFT_ON})))
    desk.type("doctor")
    desk.type("nightly", "--dry-run")
    desk.type("nightly")
    found = _of_leavers(desk.lines("findings", "--format", "jsonl"))
    seconds = time.monotonic() - begun
    desk.type("findings")
    print()
    if found != EXPECTED:
        _show("expected and not found", EXPECTED - found)
        _show("found and not expected", found - EXPECTED)
        return 1
    print(f"Whoever left is found, with {len(found)} things that still work, and nobody else: {seconds:.0f} seconds.")
    print(f"The configuration that init wrote: {running.config}")
    return 0


def _of_leavers(findings: list[dict[str, Any]]) -> set[tuple[str, str]]:
    """Rule and account of what is somebody's."""
    return {(each["rule"], _account(each["subject"])) for each in findings if each["worker_id"]}


def _account(subject: dict[str, str]) -> str:
    """A DN, or what follows an AWS account's number in an ARN."""
    label = subject["account_label"] or subject["label"]
    return label.rpartition(":")[2]


def _show(what: str, findings: set[tuple[str, str]]) -> None:
    for rule, account in sorted(findings):
        print(f"{what}: {rule} of {account}")


def _interrupted(number: int, frame: FrameType | None) -> NoReturn:
    del number, frame
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
