"""A run is gone on with by the code that began it, on whichever machine."""

import shutil
from pathlib import Path

import pytest

from offboarding.model import RunKind
from offboarding.model.errors import RetriableError
from offboarding.store import code, runs
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.source_tree import PROJECT

OTHER = "begun by other code"


@pytest.fixture
def begun(store: Session) -> Run:
    return runs.open_run(store, kind=RunKind.NIGHTLY, caller="a night", as_of=None)


def test_the_same_code_goes_on(store: Session, begun: Run) -> None:
    assert runs.counted(store, begun.run_id) == begun
    assert runs.open_run(store, kind=RunKind.NIGHTLY, caller="a night", as_of=None) == begun


@pytest.mark.parametrize("before", ["0123456789ab", None], ids=["another", "from before it was noted"])
def test_other_code_does_nothing_and_says_so(store: Session, begun: Run, before: str | None) -> None:
    store.execute("update run set code = %s", [before])

    with pytest.raises(RetriableError, match=OTHER) as refused:
        runs.counted(store, begun.run_id)
    with pytest.raises(RetriableError, match=OTHER):
        runs.open_run(store, kind=RunKind.NIGHTLY, caller="a night", as_of=None)

    assert code.CODE in str(refused.value)
    assert f"({before or 'older'})" in str(refused.value)
    assert "Install one version on every worker" in str(refused.value)


def test_a_run_of_other_code_may_be_released(store: Session, begun: Run) -> None:
    """Its findings wait for a person for as long as they like, and are evaluated afresh."""
    store.execute("update run set code = '0123456789ab'")

    release = runs.open_release(store, caller="a release", of=runs.run(store, begun.run_id))

    assert runs.counted(store, release.run_id) == release


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Our packages, in another folder."""
    for package in code.PACKAGES:
        shutil.copytree(PROJECT / "include" / package, tmp_path / package, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def test_it_is_the_same_code_in_another_folder(installed: Path) -> None:
    (installed / "offboarding" / "__pycache__").mkdir()
    (installed / "offboarding" / "__pycache__" / "model.pyc").write_bytes(b"anything")

    assert code._digest(installed) == code.CODE


@pytest.mark.parametrize(
    "changed",
    ["offboarding/guard/limits.py", "offboarding/store/queries/runs.sql", "offboarding_airflow/nightly.py"],
)
def test_any_file_makes_it_another(installed: Path, changed: str) -> None:
    with (installed / changed).open("a") as file:
        file.write("\n")

    assert code._digest(installed) != code.CODE


def test_a_file_that_is_missing_makes_it_another(installed: Path) -> None:
    (installed / "offboarding" / "rules" / "leaver_access_key.py").unlink()

    assert code._digest(installed) != code.CODE
