"""A machine that goes down while it speaks to the tracker."""

from collections.abc import Callable
from typing import TypeVar

from offboarding.interfaces import Tracker
from offboarding.model import TicketDraft, TicketRef
from tests.support.office import HeardTracker

NEVER = float("inf")
T = TypeVar("T")


class CrashError(BaseException):
    """It went down: no Exception, since nothing of ours may go on after it."""


class GoingDown(HeardTracker):
    """A tracker at whose nth changing call the machine goes down, before or after that was made."""

    def __init__(self, inner: Tracker) -> None:
        super().__init__(inner)
        self.left: float = NEVER
        """So many calls are still made."""
        self.after = False
        """Whether the last one is, too."""

    def open(self, draft: TicketDraft) -> TicketRef:
        return self._made(lambda: super(GoingDown, self).open(draft))

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        self._made(lambda: super(GoingDown, self).update(ref, draft))

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        self._made(lambda: super(GoingDown, self).comment(ref, event_key, text))

    def close(self, ref: TicketRef, text: str) -> None:
        self._made(lambda: super(GoingDown, self).close(ref, text))

    def reopen(self, ref: TicketRef, text: str) -> None:
        self._made(lambda: super(GoingDown, self).reopen(ref, text))

    def _made(self, call: Callable[[], T]) -> T:
        down, self.left = self.left < 1, self.left - 1
        if down and not self.after:
            self._goes_down()
        made = call()
        if down:
            self._goes_down()
        return made

    def _goes_down(self) -> None:
        self.left = NEVER
        raise CrashError
