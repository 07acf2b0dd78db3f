"""Where the directories that need root can't be tested, a line says why, and nothing else fails."""

import shutil
import subprocess
from pathlib import Path

PROJECT = Path(__file__).parents[2]


def run(tmp_path: Path, *, user: str, kernel: str = "Linux") -> subprocess.CompletedProcess[str]:
    """scripts/directories.sh in a project of its own, for that user's number, where nothing may be mounted."""
    project = tmp_path / "a project"
    shutil.copytree(PROJECT / "scripts", project / "scripts")
    tools = tmp_path / "tools"
    tools.mkdir()
    said = {"id": user, "uname": kernel}
    for tool in ("id", "uname", "unshare", "setpriv", "apt-get", "dpkg-deb"):
        does = f"echo {said[tool]}" if tool in said else "exit 1"
        (tools / tool).write_text(f"#!/bin/sh\n{does}\n")
        (tools / tool).chmod(0o755)
    return subprocess.run(
        [project / "scripts/directories.sh"],
        env={"PATH": f"{tools}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_root(tmp_path: Path) -> None:
    done = run(tmp_path, user="1000")

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == (
        "Active Directory and 389-ds are left out here: Samba's domain controller needs root on Linux.\n"
    )


def test_elsewhere_than_on_linux(tmp_path: Path) -> None:
    assert "needs root on Linux" in run(tmp_path, user="0", kernel="Darwin").stderr


def test_where_root_may_not_mount(tmp_path: Path) -> None:
    done = run(tmp_path, user="0")

    assert done.returncode == 0
    assert "root may not mount here (a container wants --privileged)." in done.stderr
    assert not (tmp_path / "a project/.cache").exists()
