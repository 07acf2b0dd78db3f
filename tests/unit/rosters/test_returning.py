"""First days that begin another employment than the one whose end the same row tells."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.model import Circumstance, Employment, Worker
from offboarding.rosters._records.returning import rehired, returning
from tests.support.small_company import job

NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
LEFT_IN_2024 = {"end": "2024-03-05"}
OVER = replace(job("left", end="2024-03-05"), start_on=None)


def _row(one: Employment) -> Worker:
    return Worker(worker_id="1", employments=(one,), record="row 2")


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        pytest.param(job(start="2025-01-07", **LEFT_IN_2024), [job(start="2025-01-07")], id="rehired"),
        pytest.param(
            job(start="2025-01-07", last="2024-03-05", end="2027-12-31"),
            [job(start="2025-01-07", end="2027-12-31")],
            id="rehired until a day to come",
        ),
        pytest.param(
            job("leave", start="2025-01-07", **LEFT_IN_2024), [job("leave", start="2025-01-07")], id="on leave since"
        ),
        pytest.param(
            job(start="2025-01-07", circumstance="suspended", **LEFT_IN_2024),
            [job(start="2025-01-07", circumstance="suspended")],
            id="suspended since",
        ),
        pytest.param(
            job(start="2027-01-04", last="2024-03-05"),
            [replace(job(last="2024-03-05"), start_on=None), job("future", start="2027-01-04")],
            id="comes back: the last day is still one",
        ),
        pytest.param(
            job("left", start="2027-01-04", **LEFT_IN_2024),
            [OVER, job("future", start="2027-01-04")],
            id="left, comes back",
        ),
        pytest.param(
            job("future", start="2027-01-04", **LEFT_IN_2024),
            [OVER, job("future", start="2027-01-04")],
            id="announced: the earlier employment is over",
        ),
        pytest.param(
            job("left", start="2025-01-07", **LEFT_IN_2024),
            [job("left", start="2025-01-07", **LEFT_IN_2024)],
            id="left since: no other day is known",
        ),
        pytest.param(job(start="2024-03-05", **LEFT_IN_2024), [job(start="2024-03-05", **LEFT_IN_2024)], id="one day"),
        pytest.param(job(start="2020-01-07", **LEFT_IN_2024), [job(start="2020-01-07", **LEFT_IN_2024)], id="an end"),
        pytest.param(job(start="2020-01-07"), [job(start="2020-01-07")], id="no end"),
    ],
)
def test_a_first_day_after_an_end_begins_another_employment(told: Employment, meant: list[Employment]) -> None:
    assert list(rehired(_row(told), NIGHT).employments) == meant


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        pytest.param(job("left", start="2027-01-04"), [job("future", start="2027-01-04")], id="has yet to begin"),
        pytest.param(
            job("left", start="2027-01-04", **LEFT_IN_2024), [OVER, job("future", start="2027-01-04")], id="comes back"
        ),
        pytest.param(job("left", start="2025-01-07"), [job("left", start="2025-01-07")], id="left"),
    ],
)
def test_who_left_and_is_to_begin_has_yet_to_begin(told: Employment, meant: list[Employment]) -> None:
    worker = returning(rehired(_row(told), NIGHT), NIGHT)

    assert list(worker.employments) == meant
    assert worker.employments[-1].circumstance is Circumstance.NONE
