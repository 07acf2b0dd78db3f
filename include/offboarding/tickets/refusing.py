"""How it's told that a tracker refuses tickets."""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

import structlog

from offboarding.model import TicketRef, TicketState, TicketStatus, counted
from offboarding.model.errors import FatalError, OffboardingError, RetriableError, raise_together
from offboarding.report.wording import printable
from offboarding.store import tickets
from offboarding.store.connect import Session
from offboarding.store.refusals import RefusedBefore
from offboarding.store.tickets import TicketRow

log = structlog.get_logger("offboarding.ticket")

MOST_KEYS = 5
"""In one sentence."""
MOST_WORDS = 400
"""Characters of a refusal that are kept."""
MOST_IN_A_ROW = 3
"""Tickets that fail one after the other, where something may pass: then the tracker is left alone."""
UNSEEN = "unseen"
"""In place of a ticket's digest: it was opened, and hasn't been seen since."""


class TicketsRefusedError(FatalError):
    """Single tickets were; the others were seen to."""


@dataclass(slots=True)
class Failures:
    """Of one tracker's tickets."""

    refused: list[str] = field(default_factory=list[str])
    """Keys."""
    failed: list[RetriableError] = field(default_factory=list[RetriableError])
    in_a_row: int = 0

    def refuse(self, key: str) -> None:
        """One was, and others may be taken."""
        self.refused.append(key)
        self.in_a_row = 0

    def fail(self, key: str, error: RetriableError) -> None:
        """One was answered by something that may pass. Raises it where it's the tracker that is ill."""
        self.failed.append(error)
        self.in_a_row += 1
        log.error("ticket not told", ticket=key, words=in_words(error))
        if self.in_a_row >= MOST_IN_A_ROW:
            raise error

    def end(self, tracker: str) -> None:
        """All were seen to. Raises what there was, once each."""
        failed: list[OffboardingError] = [*{str(error): error for error in self.failed}.values()]
        keys = self.refused
        if keys:
            failed.append(
                TicketsRefusedError(
                    f"{counted(len(keys), 'ticket was', 'tickets were')} refused by {tracker}"
                    f" ({', '.join(keys[:MOST_KEYS])}{', ...' if len(keys) > MOST_KEYS else ''}):"
                    " its words stand above, and in each report until it takes them."
                )
            )
        raise_together(failed)


@contextmanager
def unless_closed(stands: Callable[[], TicketState]) -> Generator[None]:
    """Let what is refused go unwritten where people have closed the ticket: a workflow may let nobody edit that.
    All that has ended is said on it all the same, as it's closed by us.
    """
    try:
        yield
    except FatalError:
        if stands() is not TicketState.CLOSED:
            raise


@dataclass(slots=True, kw_only=True)
class Sight:
    """Which of one tracker's tickets may be hidden from us: in place of those that are missing none is opened."""

    before: Mapping[str, RefusedBefore] = field(default_factory=dict[str, RefusedBefore])
    """What was refused, by the tickets' keys."""
    blind: bool = False
    """Whether one that was opened isn't shown to us: then others aren't, either."""

    @classmethod
    def at(cls, session: Session, before: Mapping[str, RefusedBefore]) -> "Sight":
        """As a run begins."""
        return cls(before=before, blind=any(_is_unseen(tickets.ticket(session, key)) for key in before))

    @staticmethod
    def unheard(row: TicketRow, found: TicketRef | TicketState | None) -> TicketRef | None:
        """Where one is whose opening nobody heard of, by what its tracker finds of its key; None where it isn't."""
        if isinstance(found, TicketState):
            # It goes by the key.
            return TicketRef(ref=row.ticket_key, url="", key=row.ticket_key) if row.said_digest else None
        return found

    def lost(self, row: TicketRow, ref: TicketRef) -> FatalError:
        """Of one that was opened and isn't there when it's asked for."""
        self.blind = True
        return _unseen(row, ref)

    def may_hide(self, row: TicketRow, settings_digest: str) -> bool:
        """Whether one that is missing may be there all the same.

        So it may where others are hidden, and, until its settings change, where it was never shown to us, or was opened
        in place of one that was missing.
        """
        once = row.digest == UNSEEN or row.renews is not None
        own = self.before.get(row.ticket_key) if once else None
        return own.settings_digest == settings_digest if own else once or self.blind

    def look_where(self, row: TicketRow, settings_digest: str) -> None:
        """Raises FatalError where it may be hidden, before another is opened: people would get one each night."""
        if self.may_hide(row, settings_digest):
            raise _unseen(row, row.known)


def _is_unseen(row: TicketRow) -> bool:
    """Whether it should be there, and was never shown to us."""
    return row.digest == UNSEEN and row.state == TicketStatus.OPEN and row.moved_to is None


def _unseen(row: TicketRow, ref: TicketRef) -> FatalError:
    return FatalError(
        f"trackers.{row.tracker}: {row.ticket_key} was opened ({ref.url or ref.ref}), and isn't shown to us: it isn't"
        " opened again. Let the user read what it opens; if it was deleted, restore it, or change anything in the"
        " tracker's entry"
    )


def in_words(error: Exception) -> str:
    """As they are kept: on one line, and cut."""
    return printable(" ".join(str(error).split()))[:MOST_WORDS]
