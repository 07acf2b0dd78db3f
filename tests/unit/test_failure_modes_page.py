"""docs/failure-modes.md: each row names a test that there is."""

import re

from offboarding.config import loading
from tests.support.source_tree import functions_of_tests

PAGE = (loading.project_folder() / "docs/failure-modes.md").read_text("utf-8")
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith("| what comes |")]
NAMED = re.compile(r"`(\w+)::(test_\w+)` \|$")
GOOD = {
    "test_a_few_odd_values_are_no_swap",
    "test_a_good_feed_is_read_without_a_word",
    "test_a_header_that_stands_twice_where_every_word_is_welcome",
    "test_a_manifest_that_fits_proves_the_file",
    "test_a_trailer_that_fits_proves_the_file",
    "test_numbers_that_look_like_days_are_numbers",
    "test_of_few_rows_nothing_is_concluded",
    "test_people_whose_mails_are_ours_or_declared",
    "test_what_else_a_manifest_names_is_no_matter_of_one_file",
}
"""How the good is told apart from the wrong needs no row."""


def test_each_row_names_a_test_that_there_is() -> None:
    named = [NAMED.search(row) for row in ROWS]
    assert len(named) > 50
    assert [row for row, match in zip(ROWS, named, strict=True) if match is None] == []
    known = functions_of_tests()
    assert [match.groups() for match in named if match and match.groups() not in known] == []


def test_each_wrong_input_that_is_tested_is_told() -> None:
    told = {match[2] for row in ROWS if (match := NAMED.search(row))}
    tested = {test for module, test in functions_of_tests() if module == "test_csv_wrong_input"}
    assert tested - told == GOOD
