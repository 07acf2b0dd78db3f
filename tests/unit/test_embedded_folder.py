"""Where an embedded store lies: a folder of its own for each configuration file."""

import shutil
from pathlib import Path

import pytest

from offboarding import wiring
from offboarding.config import loading

COMMITTED = loading.project_folder() / loading.DEFAULT_PATH


def store_of(path: Path) -> Path:
    return wiring.embedded_folder(loading.load(path))


def test_the_committed_file_has_the_projects_own() -> None:
    assert store_of(COMMITTED) == loading.project_folder() / ".offboarding" / "offboarding"


def test_a_file_of_the_same_name_elsewhere_shares_it_with_nobody(tmp_path: Path) -> None:
    stores = {store_of(COMMITTED)}
    for folder in ("one", "other"):
        (tmp_path / folder).mkdir()
        copy = shutil.copy(COMMITTED, tmp_path / folder / COMMITTED.name)
        stores.add(store_of(Path(copy)))

    assert len(stores) == 3


def test_a_file_has_the_same_one_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.copy(COMMITTED, tmp_path / "ours.yaml")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "ours.yaml")
    monkeypatch.chdir(tmp_path)

    assert store_of(Path("ours.yaml")) == store_of(tmp_path / "ours.yaml") == store_of(tmp_path / "link.yaml")


def test_the_environment_names_another_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OFFBOARDING_EMBEDDED_FOLDER", str(tmp_path))

    assert store_of(COMMITTED) == tmp_path / "offboarding"
