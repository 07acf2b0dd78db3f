"""A line every few seconds while a long read passes, and none of a short one."""

import itertools
from collections.abc import Iterator
from typing import TypeVar

import pytest
from structlog.testing import capture_logs

from offboarding.runs.ingest import progress
from offboarding.runs.ingest.progress import passing, watched

_Item = TypeVar("_Item")


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each look at the clock is a second after the last."""
    ticks = itertools.count()
    monkeypatch.setattr(progress.time, "monotonic", lambda: float(next(ticks)))


def spent(items: Iterator[_Item]) -> list[_Item]:
    return list(items)


def test_what_passes_is_the_same(seconds: None) -> None:
    assert spent(passing(iter(range(20)), object, noun="accounts", source="aws")) == list(range(20))


def test_a_long_read_says_how_far_it_is_at_most_every_five_seconds(seconds: None) -> None:
    with capture_logs() as events:
        mixed = (number if number % 2 else str(number) for number in range(24))
        spent(passing(mixed, int, noun="accounts", source="aws", part="1"))

    assert [(event["event"], event["source"], event["part"], event["accounts"]) for event in events] == [
        ("reading", "aws", "1", 5),
        ("reading", "aws", "1", 10),
    ]


def test_a_short_read_says_nothing() -> None:
    with capture_logs() as events:
        spent(passing(iter(range(1000)), object, noun="workers", roster="hr"))

    assert events == []


class Onlooker:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, int, bool]] = []

    def __call__(self, what: str, number: int, *, over: bool) -> None:
        self.told.append((what, number, over))


def test_a_terminal_is_told_instead_of_the_log(seconds: None) -> None:
    onlooker = Onlooker()

    with capture_logs() as events, watched(onlooker):
        spent(passing(iter(range(3)), object, noun="workers", roster="hr"))

    assert events == []
    assert onlooker.told[0] == ("hr, workers", 1, False)
    assert onlooker.told[-1] == ("hr, workers", 3, True)


def test_a_read_that_breaks_off_is_over_too(seconds: None) -> None:
    def breaking() -> Iterator[int]:
        yield 1
        raise ValueError

    onlooker = Onlooker()

    with watched(onlooker), pytest.raises(ValueError):
        spent(passing(breaking(), object, noun="workers", roster="hr"))

    assert onlooker.told[-1] == ("hr, workers", 1, True)


def test_nobody_is_told_once_the_block_is_over(seconds: None) -> None:
    onlooker = Onlooker()
    with watched(onlooker):
        pass

    spent(passing(iter(range(3)), object, noun="workers", roster="hr"))

    assert onlooker.told == []
