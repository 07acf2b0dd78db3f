"""Whoever waits for a whole Airflow: it may be slow to answer, and is waited for until the time is up."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from demo.standalone import LOG, Standalone, User


@pytest.fixture
def airflow(tmp_path: Path) -> Standalone:
    (tmp_path / LOG).write_text("scheduler | it is busy\n", encoding="utf-8")
    nobody = User(name="admin", client=httpx.Client())
    return Standalone(url="", home=tmp_path, users={}, admin=nobody)


def looks(*seen: str) -> Callable[[], str]:
    """One look after the other; "" is a time-out."""
    left = list(seen)

    def look() -> str:
        told = left.pop(0) if len(left) > 1 else left[0]
        if not told:
            raise httpx.ReadTimeout("timed out")
        return told

    return look


def test_an_answer_that_is_late_is_waited_for(airflow: Standalone) -> None:
    assert airflow.until(looks("", "", "success"), "the night ends", 60) == "success"


def test_where_none_comes_at_all_it_says_so_with_the_last_lines(airflow: Standalone) -> None:
    with pytest.raises(TimeoutError, match=r"the night ends: not within 0 s \(ReadTimeout\)\nscheduler \| it is busy"):
        airflow.until(looks(""), "the night ends", 0)
