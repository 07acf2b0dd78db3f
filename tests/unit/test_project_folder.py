"""Which folder paths begin in: the project's, and from a wheel Airflow's home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offboarding.config import loading
from offboarding.model.errors import ConfigError
from tests.support.source_tree import DOMAIN_FOLDER, PROJECT
from tests.support.variants import some_of

PROGRAM = "from offboarding.config import loading; print(loading.config_path())"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip puts it, among others."""
    folder = tmp_path_factory.mktemp("python") / "site-packages"
    shutil.copytree(DOMAIN_FOLDER, folder / "offboarding", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def configured(installed: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OFFBOARDING", "AIRFLOW"))}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**kept, "PYTHONPATH": str(installed), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.strip()


def test_the_package_in_a_project_begins_in_the_project() -> None:
    assert loading.project_folder() == PROJECT


@pytest.mark.parametrize("home", ["/srv/airflow", "~/airflow", "$HOME/airflow"])
def test_a_wheel_begins_in_airflows_home(installed: Path, home: str) -> None:
    """Which is named as Airflow itself takes it."""
    begins = home.replace("~", "/home/us").replace("$HOME", "/home/us")

    assert configured(installed, AIRFLOW_HOME=home, HOME="/home/us") == f"{begins}/include/offboarding.yaml"


def test_a_wheel_begins_where_airflow_would_where_nobody_says(installed: Path) -> None:
    assert configured(installed, HOME="/home/us") == "/home/us/airflow/include/offboarding.yaml"


def test_what_is_named_counts_for_both(installed: Path) -> None:
    assert configured(installed, OFFBOARDING_CONFIG="/etc/offboarding.yaml") == "/etc/offboarding.yaml"


@some_of(
    2,
    ("environment", "section", "path"),
    [
        ({}, "config = /etc/offboarding.yaml", "/etc/offboarding.yaml"),
        ({}, "config = offboarding.yaml", "HOME/offboarding.yaml"),
        ({}, "config = $CONFIGURED/offboarding.yaml", "/srv/configured/offboarding.yaml"),
        ({}, "config =", "HOME/include/offboarding.yaml"),
        ({"AIRFLOW__OFFBOARDING__CONFIG": "/etc/own.yaml"}, "config = /etc/offboarding.yaml", "/etc/own.yaml"),
        ({"OFFBOARDING_CONFIG": "own.yaml", "AIRFLOW__OFFBOARDING__CONFIG": "/etc/own.yaml"}, "", "own.yaml"),
    ],
    ids=["named", "relative", "with a variable", "left empty", "by Airflow's variable", "ours comes first"],
)
def test_airflows_own_configuration_may_name_it(
    installed: Path, tmp_path: Path, environment: dict[str, str], section: str, path: str
) -> None:
    """Percent signs and other sections are Airflow's."""
    (tmp_path / "airflow.cfg").write_text(f"[logging]\nlog_format = %(message)s\n[offboarding]\n{section}\n", "utf-8")

    told = configured(installed, AIRFLOW_HOME=str(tmp_path), CONFIGURED="/srv/configured", **environment)

    assert told == path.replace("HOME", str(tmp_path))


def test_a_configuration_of_airflows_that_cannot_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "airflow.cfg").write_text("config = /etc/offboarding.yaml\n", "utf-8")
    monkeypatch.delenv("OFFBOARDING_CONFIG", raising=False)
    monkeypatch.setenv("AIRFLOW_HOME", str(tmp_path))

    with pytest.raises(ConfigError, match=r"airflow.cfg can't be read \(MissingSectionHeaderError\)"):
        loading.config_path()
