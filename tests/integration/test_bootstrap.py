"""The scripts that set a machine up say in a sentence what is wrong and what to do, and leave no half a thing."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[2]
SUMMED = ("requirements.lock", "scripts/build.txt", "scripts/bootstrap.sh")
"""What an environment is made by: where one of these has changed, it's made again."""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A fresh copy that has nothing set up yet, in a folder with a space."""
    folder = tmp_path / "a copy"
    shutil.copytree(PROJECT / "scripts", folder / "scripts")
    for name in ("requirements.txt", "requirements-dev.txt", "requirements.lock", "constraints.txt"):
        shutil.copy(PROJECT / name, folder)
    return folder


def run(folder: Path, script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    # An index that answers nothing, whatever this machine's pip is told to use.
    nowhere = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "", "UV_OFFLINE": "1", "PYTHON": sys.executable}
    return subprocess.run(
        [folder / "scripts" / script],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | nowhere | environment,
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    return done.stderr.strip().splitlines()[-1]


def test_a_path_that_airflow_cannot_bear(project: Path) -> None:
    moved = project.rename(project.with_name("100%"))

    done = run(moved, "bootstrap.sh")

    assert done.returncode == 2
    assert last_line(done).endswith("move the project.")
    assert not (moved / ".venv").exists()


def test_a_python_that_does_not_do(project: Path) -> None:
    done = run(project, "bootstrap.sh", PYTHON="/bin/false")

    assert done.returncode == 2
    assert "PYTHON=/bin/false is not a working Python" in last_line(done)


def test_no_network(project: Path) -> None:
    done = run(project, "bootstrap.sh")

    assert done.returncode == 2
    assert "check the network" in last_line(done)
    assert not (project / ".venv").exists()


def test_an_environment_that_stands_is_left_alone(project: Path) -> None:
    (project / ".venv" / "bin").mkdir(parents=True)
    (project / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (project / ".venv" / ".place").write_text(f"{sys.executable} {project}\n")
    packages = b"".join((project / name).read_bytes() for name in SUMMED)
    summed = subprocess.run(["cksum"], input=packages, capture_output=True, check=True).stdout
    (project / ".venv" / ".packages").write_bytes(summed)

    done = run(project, "bootstrap.sh")

    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert not (project / ".cache").exists()


def test_an_environment_that_another_folder_lends_is_left_alone(project: Path, tmp_path: Path) -> None:
    lent = tmp_path / "lent"
    (lent / "bin").mkdir(parents=True)
    (lent / "bin" / "python").symlink_to(sys.executable)
    (lent / ".place").write_text(" somewhere else\n", encoding="utf-8")
    (project / ".venv").symlink_to(lent)

    done = run(project, "bootstrap.sh")

    assert (done.returncode, done.stderr) == (0, "")
    assert (lent / ".place").read_text(encoding="utf-8") == " somewhere else\n"


def made_of(folder: Path, *programs: str) -> Path:
    """A folder of programs that do nothing, and of what any script needs."""
    folder.mkdir(parents=True)
    for name in ("dirname", "sh", "id", "mkdir"):
        (folder / name).symlink_to(shutil.which(name) or name)
    for name in programs:
        (folder / name).write_text("#!/bin/sh\nexit 1\n")
        (folder / name).chmod(0o755)
    return folder


@pytest.mark.parametrize(
    ("machine", "tools", "code", "said"),
    [
        pytest.param((), (), 2, "install it (Fedora: openldap-servers", id="neither slapd nor apt"),
        pytest.param(("usr/sbin/slapd",), (), 0, "", id="slapd alone"),
        pytest.param(("usr/sbin/slapd",), ("ldapmodify",), 0, "", id="slapd and its tools"),
        pytest.param(("usr/libexec/slapd",), ("ldapmodify", "apt-get", "dpkg-deb"), 0, "", id="slapd elsewhere"),
        pytest.param(
            ("usr/sbin/slapd",), ("apt-get", "dpkg-deb"), 0, "", id="slapd, and apt that can't fetch its tools"
        ),
        pytest.param(
            ("usr/sbin/slapd", "etc/apparmor.d/usr.sbin.slapd"),
            ("ldapmodify",),
            2,
            "install it (Fedora: openldap-servers",
            id="slapd that AppArmor keeps from our files",
        ),
    ],
)
def test_whichever_slapd_a_machine_has(
    project: Path, tmp_path: Path, machine: tuple[str, ...], tools: tuple[str, ...], code: int, said: str
) -> None:
    """Whatever this one has."""
    for name in machine:
        made_of((tmp_path / "machine" / name).parent, Path(name).name)

    done = run(project, "slapd.sh", PATH=str(made_of(tmp_path / "tools", *tools)), MACHINE=str(tmp_path / "machine"))

    assert done.returncode == code, done.stderr
    assert said in (done.stderr.strip().splitlines() or [""])[-1]


def test_what_the_machine_has_already_is_fetched_too(project: Path, tmp_path: Path) -> None:
    """slapd is there, and its AppArmor profile keeps it from our files; its tools aren't."""
    for name in ("usr/sbin/slapd", "etc/apparmor.d/usr.sbin.slapd"):
        made_of((tmp_path / "machine" / name).parent, Path(name).name)
    tools = made_of(tmp_path / "tools", "dpkg-deb")
    asked = tmp_path / "asked"
    (tools / "apt-get").write_text(
        "#!/bin/sh\n"
        'case "$*" in\n'
        "    *--simulate*) echo 'Inst ldap-utils (2.5.13 Debian [amd64])' ;;\n"
        f"    *download*) echo \"$@\" >'{asked}'; exit 1 ;;\n"
        "esac\n"
    )
    (tools / "apt-get").chmod(0o755)

    done = run(project, "slapd.sh", PATH=f"{tools}:/usr/bin:/bin", MACHINE=str(tmp_path / "machine"))

    assert done.returncode == 2, done.stderr
    assert asked.read_text().split("download ")[1].split() == ["ldap-utils", "slapd"]


def test_a_python_without_pip_and_venv(project: Path) -> None:
    """`-m pip` and `-m venv` both missing, as on a bare Debian."""
    bare = project / "python3"
    bare.write_text(f'#!/bin/sh\ncase "$*" in *"-m pip"* | *"-m venv"*) exit 1 ;; esac\nexec "{sys.executable}" "$@"\n')
    bare.chmod(0o755)

    done = run(project, "bootstrap.sh", PYTHON=str(bare))

    assert done.returncode == 2
    assert last_line(done).endswith("(on Debian and Ubuntu: apt-get install python3-venv).")
