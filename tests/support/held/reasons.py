"""What the second opinion's sentences are made of."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from tests.support.held.reaching import EVER, STILL

ZONE = ZoneInfo("Asia/Seoul")

Reason = tuple[str, str, datetime | None, str, str]
"""Grade, sentence, when, event, action."""

_T = TypeVar("_T")


def best(rows: Iterable[_T], same: Callable[[_T], object], order: Callable[[_T], Any]) -> list[_T]:
    """The first of each that are the same."""
    found: dict[object, _T] = {}
    for row in sorted(rows, key=order):
        found.setdefault(same(row), row)
    return list(found.values())


def later(at: datetime) -> float:
    """For an order, the later first."""
    return -(at - EVER).total_seconds()


def day(at: datetime) -> str:
    """A day of the company's."""
    return f"{at.astimezone(ZONE):%Y-%m-%d}"


def or_none(at: datetime) -> datetime | None:
    """A moment; None where it hasn't come."""
    return None if at == STILL else at


def unread(first_read_at: datetime | None, to_at: datetime) -> str:
    """That a read after the departure stands in."""
    if first_read_at is None:
        return ""
    stands = "stands now" if to_at == STILL else f"stood on {day(first_read_at)}"
    return f" That is as it {stands}: no reads reach back to the departure."
