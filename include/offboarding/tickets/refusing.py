"""How it's told that a tracker refuses tickets."""

from collections.abc import Sequence

from offboarding.model import TicketRef, counted
from offboarding.model.errors import FatalError
from offboarding.report.wording import printable

MOST_KEYS = 5
"""In one sentence."""
MOST_WORDS = 400
"""Characters of a refusal that are kept."""
UNSEEN = "unseen"
"""In place of a ticket's digest: it was opened, and hasn't been seen since."""


class TicketsRefusedError(FatalError):
    """Single tickets were; the others were seen to."""


def refused(keys: Sequence[str], tracker: str) -> TicketsRefusedError:
    """Of a whole tracker's."""
    return TicketsRefusedError(
        f"{counted(len(keys), 'ticket was', 'tickets were')} refused by {tracker}"
        f" ({', '.join(keys[:MOST_KEYS])}{', ...' if len(keys) > MOST_KEYS else ''}):"
        " its words stand above, and in each report until it takes them."
    )


def unseen(tracker: str, key: str, ref: TicketRef) -> FatalError:
    """Of one that was opened and isn't there when it's asked for."""
    return FatalError(
        f"trackers.{tracker}: {key} was opened ({ref.url or ref.ref}), and isn't shown to us: it isn't opened again."
        " Let the user read what it opens; if it was deleted, restore it, or change anything in the tracker's entry"
    )


def in_words(error: Exception) -> str:
    """As they are kept: on one line, and cut."""
    return printable(" ".join(str(error).split()))[:MOST_WORDS]
