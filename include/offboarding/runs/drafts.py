"""A tracker that tells nobody: it keeps what would have been written, for a night on trial."""

from offboarding.model import TicketDraft, TicketRef, TicketState


class DraftTracker:
    """Holds the tickets that would be opened, in their order (a Tracker, see interfaces)."""

    name = "drafts (on trial)"

    def __init__(self) -> None:
        self._drafts: dict[str, TicketDraft] = {}
        self._closed: set[str] = set()

    @property
    def drafts(self) -> tuple[TicketDraft, ...]:
        """Those that would stand open, the first opened first."""
        return tuple(draft for ref, draft in self._drafts.items() if ref not in self._closed)

    def find(self, key: str) -> TicketRef | None:
        """What this trial itself drafted; the real tracker isn't asked."""
        return next((_ref(ref) for ref, draft in self._drafts.items() if draft.key == key), None)

    def open(self, draft: TicketDraft) -> TicketRef:
        """Keep it."""
        ref = _ref(f"draft {len(self._drafts) + 1}")
        self._drafts[ref.ref] = draft
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """Keep the newer text."""
        self._drafts[ref.ref] = draft

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Nobody reads it: the text itself says how things stand."""
        del ref, event_key, text

    def close(self, ref: TicketRef, text: str) -> None:
        """It would be closed at once."""
        del text
        self._closed.add(ref.ref)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """It would stand open."""
        del text
        self._closed.discard(ref.ref)

    def state(self, ref: TicketRef) -> TicketState:
        """As this trial left it."""
        return TicketState.CLOSED if ref.ref in self._closed else TicketState.OPEN


def _ref(ref: str) -> TicketRef:
    return TicketRef(ref=ref, url="")
