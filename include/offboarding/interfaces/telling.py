"""Who is told what was found: trackers, pagers, and notifiers for what can't wait."""

from collections.abc import Callable, Mapping
from typing import Literal, Protocol

from offboarding.model import Alert, TicketDraft, TicketPage, TicketRef, TicketState


class Notifier(Protocol):
    """Who is told at once, beside the tickets."""

    @property
    def name(self) -> str:
        """Its name in the configuration."""
        ...

    def tell(self, alert: Alert) -> None:
        """Send it; it may come twice. Raises RetriableError or FatalError that names the connection and the fix."""
        ...


class Pager(Protocol):
    """Who is called where a ticket would be read too late. Errors are RetriableError or FatalError."""

    def trigger(self, page: TicketPage) -> None:
        """Call somebody, once for each key, however often it's said."""
        ...

    def resolve(self, key: str) -> None:
        """It's over; a key that nobody was called about changes nothing."""
        ...


Pagers = Mapping[str, Callable[[], Pager]]
"""As Trackers."""


Found = TicketRef | Literal[TicketState.UNKNOWN] | None
"""What a tracker says of a key: the ticket that bears it, that nobody can tell, or that there is none."""


class Tracker(Protocol):
    """Who is told. Every call may be repeated; errors are RetriableError or FatalError.

    One that hears and can't be asked says UNKNOWN of every key and every ticket's state. It must know itself what it is
    told again: what is opened by the draft's key, what is commented by the event's, else by `TicketRef.said`.
    """

    def find(self, key: str) -> Found:
        """The ticket whose title bears this key; None when there is none, never when it couldn't be asked."""
        ...

    def open(self, draft: TicketDraft) -> TicketRef:
        """Make the ticket. An assignee whom the tracker doesn't know costs no ticket: a comment says so."""
        ...

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Make title, checklist, priority and due time say what the draft says. Whose it is by now, people said."""
        ...

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Add a comment, once for each event key."""
        ...

    def close(self, ref: TicketRef, text: str) -> None:
        """Close it, saying why."""
        ...

    def reopen(self, ref: TicketRef, text: str) -> None:
        """Open it again, saying why."""
        ...

    def state(self, ref: TicketRef) -> TicketState:
        """How it stands now."""
        ...


Trackers = Mapping[str, Callable[[], Tracker]]
"""By their names in the configuration, in its order; each is made when it's needed."""
