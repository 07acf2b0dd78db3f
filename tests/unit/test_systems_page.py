"""docs/systems.md: each system that is read or told has its row, and says how it was tried."""

import re

import pytest

from offboarding.config import loading

PAGE = (loading.project_folder() / "docs/systems.md").read_text("utf-8")
ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("| [")]
TRIED = re.compile(r"real|description|documents|proxy|as `\w+`|OpenSSH's own tools|own library")


@pytest.mark.parametrize("room", ["sources", "verifiers", "rosters", "trackers"])
def test_each_kind_has_a_row(room: str) -> None:
    shown = {kind for row in ROWS for kind in re.findall(r"\[`(\w+)`\]", row[0])}
    assert set(loading.kinds(room)) <= shown


def test_each_row_says_how_it_was_tried() -> None:
    assert [row[0] for row in ROWS if not TRIED.search(row[-1])] == []
