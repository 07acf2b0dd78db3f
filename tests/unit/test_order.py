"""The order of a night, called one after the other: each step after those it waits for, and what a failure stops."""

from collections.abc import Sequence

import pytest

from offboarding.runs.order import NIGHT, Call, walk

ONCE_EACH: dict[str, list[Call]] = {name: [lambda: None] for name in NIGHT}
READ = ["read_roster", "collect"]


def called(*failing: str, work: dict[str, list[Call]] = ONCE_EACH) -> Sequence[str]:
    """The steps, as they came, where these fail."""
    came: list[str] = []

    def went_well(name: str, call: Call) -> bool:
        came.append(name)
        call()
        return name not in failing

    walk(work, went_well)
    return came


def test_each_step_comes_after_those_it_waits_for() -> None:
    came = called()

    assert sorted(came) == sorted(NIGHT)
    assert [
        name for name, step in NIGHT.items() if any(came.index(name) < came.index(each) for each in step.after)
    ] == []


@pytest.mark.parametrize(
    ("failing", "expected"),
    (
        ("read_roster", [*NIGHT]),
        ("collect", [*NIGHT]),
        # It says itself that nothing is concluded from a run that wasn't correlated.
        ("correlate", [*READ, "correlate", "evaluate", "guard", "ticket", "alert", "ask_queue", "report"]),
        ("detail", [*NIGHT]),
        ("evaluate", [*READ, "correlate", "detail", "evaluate", "ask_queue", "report"]),
        ("guard", [*READ, "correlate", "detail", "evaluate", "guard", "ask_queue", "report"]),
        ("ticket", [*NIGHT]),
        ("alert", [*NIGHT]),
        ("ask_queue", [*NIGHT]),
    ),
)
def test_what_a_failure_stops(failing: str, expected: list[str]) -> None:
    assert called(failing) == expected


def test_one_part_that_fails_keeps_no_other_back() -> None:
    asked: list[str] = []
    parts: list[Call] = [lambda part=part: asked.append(part) for part in ("corp-ldap", "aws", "vault")]

    called("collect", work={**ONCE_EACH, "collect": parts})

    assert asked == ["corp-ldap", "aws", "vault"]


def test_what_there_is_no_work_for_stands_in_nobodys_way() -> None:
    without = {name: calls for name, calls in ONCE_EACH.items() if name not in ("ask_queue", "alert")}

    assert called(work=without) == [name for name in NIGHT if name in without]
