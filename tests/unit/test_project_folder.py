"""Which folder paths begin in: the project's, and from a wheel Airflow's home."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from offboarding.config import loading
from tests.support.source_tree import DOMAIN_FOLDER, PROJECT

PROGRAM = "from offboarding.config import loading; print(loading.config_path())"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package as pip puts it, among others."""
    folder = tmp_path_factory.mktemp("python") / "site-packages"
    shutil.copytree(DOMAIN_FOLDER, folder / "offboarding", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def configured(installed: Path, **environment: str) -> str:
    kept = {name: value for name, value in os.environ.items() if name not in ("OFFBOARDING_CONFIG", "AIRFLOW_HOME")}
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
