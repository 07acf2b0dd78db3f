"""A worker, and a finding, as people name one."""

import pytest

from offboarding.model.keys import short_findings
from offboarding.model.naming import space_names, worker_of

ONE = [("hr", "default")]
TWO = [("hr", "default"), ("agency", "vendor")]
SHARED = [("hr", "corp"), ("plant", "corp")]
CROSSED = [("hr", "default"), ("old", "hr")]


@pytest.mark.parametrize(
    ("word", "rosters", "named"),
    [
        pytest.param("hr:17", ONE, ("default", "17"), id="the only roster's name"),
        pytest.param("default:17", ONE, ("default", "17"), id="the space's own"),
        pytest.param("17", ONE, ("default", "17"), id="no name at all"),
        pytest.param("17", TWO, ("", "17"), id="no name, and two spaces"),
        pytest.param("agency:17", TWO, ("vendor", "17"), id="each space's only roster"),
        pytest.param("plant:17", SHARED, ("plant", "17"), id="one of two rosters of a space"),
        pytest.param("hr:17", CROSSED, ("hr", "17"), id="a space is called so"),
    ],
)
def test_what_stands_before_a_number(word: str, rosters: list[tuple[str, str]], named: tuple[str, str]) -> None:
    assert worker_of(word, space_names(rosters)) == named


def test_findings_to_choose_from_have_different_names() -> None:
    plain, alike = "ab" * 16, ("7c31a0b2" + "0" * 24, "7c31a0b2" + "01" * 12)

    assert short_findings([plain, alike[0]]) == {plain: "f-abababab", alike[0]: "f-7c31a0b2"}
    assert short_findings([plain, *alike]) == {
        plain: "f-ababababab",
        alike[0]: "f-7c31a0b200",
        alike[1]: "f-7c31a0b201",
    }
