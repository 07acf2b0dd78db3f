"""docs/cases.md: a row a case, in the order of their years. What stands in a row is held by the case's own test."""

import importlib
from pathlib import Path

from tests.support.public_case import PAGE, PublicCase


def cases() -> set[str]:
    """The name of each case that has a file here."""
    files = (path.stem for path in Path(__file__).parent.glob("test_*.py") if path.stem != "test_page")
    found = [importlib.import_module(f"tests.slow.cases.{file}").CASE for file in files]
    assert all(isinstance(case, PublicCase) for case in found)
    return {case.name for case in found}


def test_each_case_has_a_row_and_each_row_a_case() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    named = [line.split(" | ")[0].removeprefix("| ") for line in lines[1:]]

    assert len(named) == len(set(named)) == 20
    assert set(named) == cases()
