"""`make try` from beginning to end, in a process of its own: docs/first-hour.md in short (demo/first_hour.py)."""

import subprocess
import sys

from tests.support.source_tree import PROJECT


def test_whoever_left_is_found_and_nobody_else_with_nothing_mended_by_hand() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "demo.first_hour"], cwd=PROJECT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert [line.split()[1] for line in done.stdout.splitlines() if line.startswith("$ ")] == ["offboarding"] * 5
    assert "Whoever left is found, with 3 things that still work, and nobody else: " in done.stdout
