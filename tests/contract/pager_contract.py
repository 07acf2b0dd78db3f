"""What every pager must do (interfaces.Pager), against what answers as the vendor documents.

    class TestContract(PagerContract):
        pass

with one fixture: `oncall`, which hears what is told.
"""

from collections.abc import Set as AbstractSet
from typing import Protocol

from offboarding.interfaces import Pager
from offboarding.model import TicketPage


def page(key: str) -> TicketPage:
    """About a ticket of that key."""
    title = f"critical: used-after-departure in aws 222222222222 [{key}]"
    return TicketPage(key=key, title=title, url="https://issues.corp.example/issue231", source="aws")


class OnCall(Protocol):
    """Where pages arrive."""

    def pager(self) -> Pager:
        """By a connection that works."""
        ...

    def standing(self) -> AbstractSet[str]:
        """Keys that somebody is called about, and that aren't over."""
        ...


class PagerContract:
    """The suite."""

    def test_somebody_is_called_once_a_key(self, oncall: OnCall) -> None:
        for _ in range(2):
            oncall.pager().trigger(page("offb-3fa9c1d2e4b7"))

        assert oncall.standing() == {"offb-3fa9c1d2e4b7"}

    def test_until_it_is_over(self, oncall: OnCall) -> None:
        oncall.pager().trigger(page("offb-3fa9c1d2e4b7"))
        oncall.pager().trigger(page("offb-000000000002"))
        for _ in range(2):
            oncall.pager().resolve("offb-3fa9c1d2e4b7")

        assert oncall.standing() == {"offb-000000000002"}

    def test_what_nobody_was_called_about_may_be_over(self, oncall: OnCall) -> None:
        oncall.pager().resolve("offb-of-nobody")

        assert oncall.standing() == set()
