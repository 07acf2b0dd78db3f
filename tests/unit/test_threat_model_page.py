"""docs/threat-model.md: each input's row names a test that there is, but for what isn't held."""

import re

from offboarding.config import loading
from tests.support.source_tree import functions_of_tests

PAGE = (loading.project_folder() / "docs/threat-model.md").read_text("utf-8")
INPUTS = PAGE.partition("## Inputs")[2].partition("## Airflow's roles")[0]
ROWS = [line for line in INPUTS.splitlines() if line.startswith("| ") and not line.startswith("| input |")]
NAMED = re.compile(r"`(\w+)::(test_\w+)`")
NOT_HELD = "everything | not held; "


def test_each_input_names_a_test_that_there_is() -> None:
    held = [row for row in ROWS if NOT_HELD not in row]
    assert len(held) > 25
    assert len(ROWS) - len(held) == 1
    assert [row for row in held if not NAMED.search(row.split("|")[-2])] == []


def test_whatever_is_named_is_there() -> None:
    known = functions_of_tests()
    assert [match.groups() for match in NAMED.finditer(PAGE) if match.groups() not in known] == []
