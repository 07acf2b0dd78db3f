"""A tracker in a list: as honest as a real one (it passes their contract), for tests of thousands of nights.

It opens a second ticket of the same key if it's asked to, as every tracker does: one ticket a key is our own work.
"""

from dataclasses import dataclass, field, replace

import pytest

from offboarding.model import Language, TicketDraft, TicketRef, TicketState
from offboarding.trackers._assigning import unknown_assignee
from offboarding.trackers._bearing import as_ours
from offboarding.trackers._titles import key_in, keys_in


@dataclass(slots=True, kw_only=True)
class ListedTicket:
    """As it stands there."""

    ref: TicketRef
    draft: TicketDraft
    state: TicketState = TicketState.OPEN
    said: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """(event or "", text), as they came."""
    assignee: str = ""
    marks: list[str] = field(default_factory=list[str])
    made_by: str = "us"
    """Or "people"."""
    by: str = "us"
    """Who opened or closed it last: "us", or "people"."""

    @property
    def is_open(self) -> bool:
        """Whether people still have to do something."""
        return self.state is TicketState.OPEN


MEMBERS = ("analyst", "admin")


class ListedTracker:
    """What trackers do (interfaces.Tracker), and what people do in them (tests/contract/tracker_contract.py)."""

    def __init__(self) -> None:
        self.tickets: list[ListedTicket] = []

    # --- a tracker ---------------------------------------------------------------------------------------------------

    def find(self, key: str) -> TicketRef | None:
        """The oldest of ours whose title bears it."""
        bearing = [each for each in self.there() if key_in(each.draft.title) == key]
        return next((each.ref for each in bearing if each.made_by == "us"), None)

    def open(self, draft: TicketDraft) -> TicketRef:
        """A new one, whatever there is already."""
        number = len(self.tickets) + 1
        ref = TicketRef(ref=str(number), url=f"list:{number}")
        known = draft.assignee in MEMBERS
        self.tickets.append(ListedTicket(ref=ref, draft=draft, assignee=draft.assignee if known else ""))
        if draft.assignee and not known:
            self.comment(ref, *unknown_assignee(draft.assignee, Language.EN))
        return ref

    def update(self, ref: TicketRef, draft: TicketDraft) -> None:
        """As the draft says."""
        self.ticket(ref).draft = draft

    def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
        """Once an event."""
        said = self.ticket(ref).said
        if event_key not in {event for event, _ in said}:
            said.append((event_key, text))

    def close(self, ref: TicketRef, text: str) -> None:
        """With why, once."""
        self._turn(ref, TicketState.CLOSED, text)

    def reopen(self, ref: TicketRef, text: str) -> None:
        """With why, once."""
        self._turn(ref, TicketState.OPEN, text)

    def state(self, ref: TicketRef) -> TicketState:
        """As it stands."""
        found = next((each for each in self.tickets if each.ref.ref == ref.ref), None)
        if found is None:
            return TicketState.MISSING
        return as_ours(ref, found.state, keys_in(found.draft.title), ref.ref, lambda: found.made_by == "us")

    # --- people ------------------------------------------------------------------------------------------------------

    def there(self) -> list[ListedTicket]:
        """Every ticket that nobody deleted, the oldest first."""
        return [each for each in self.tickets if each.state is not TicketState.MISSING]

    def ticket(self, ref: TicketRef) -> ListedTicket:
        """One that is there."""
        (found,) = (each for each in self.there() if each.ref.ref == ref.ref)
        return found

    def say(self, ref: TicketRef, text: str) -> None:
        """Somebody's comment."""
        self.ticket(ref).said.append(("", text))

    def people_turn(self, ref: TicketRef, state: TicketState) -> None:
        """By hand: closed, opened or deleted."""
        ticket = self.ticket(ref)
        ticket.state, ticket.by = state, "people"

    def _turn(self, ref: TicketRef, state: TicketState, text: str) -> None:
        ticket = self.ticket(ref)
        if not (ticket.by == "us" and ticket.state is state) and ticket.said[-1:] != [("", text)]:
            ticket.said.append(("", text))
        ticket.state, ticket.by = state, "us"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedPeople:
    """The contract's People, in the same list."""

    tracker: ListedTracker

    def close(self, ref: TicketRef) -> None:
        self.tracker.people_turn(ref, TicketState.CLOSED)

    def reopen(self, ref: TicketRef) -> None:
        self.tracker.people_turn(ref, TicketState.OPEN)

    def delete(self, ref: TicketRef) -> None:
        self.tracker.people_turn(ref, TicketState.MISSING)

    def title(self, ref: TicketRef) -> str:
        return self.tracker.ticket(ref).draft.title

    def retitle(self, ref: TicketRef, title: str) -> None:
        ticket = self.tracker.ticket(ref)
        ticket.draft = replace(ticket.draft, title=title)

    def priority(self, ref: TicketRef) -> str:
        return self.tracker.ticket(ref).draft.priority.value

    @property
    def members(self) -> tuple[str, str]:
        return MEMBERS

    def assignee(self, ref: TicketRef) -> str:
        return self.tracker.ticket(ref).assignee

    def assign(self, ref: TicketRef, member: str) -> None:
        self.tracker.ticket(ref).assignee = member

    def mark(self, ref: TicketRef, word: str) -> None:
        self.tracker.ticket(ref).marks.append(word)

    def marks(self, ref: TicketRef) -> list[str]:
        return self.tracker.ticket(ref).marks

    def say(self, ref: TicketRef, text: str) -> None:
        self.tracker.say(ref, text)

    def repeat(self, ref: TicketRef, on: TicketRef) -> None:
        self.say(on, self.tracker.ticket(ref).said[-1][1])

    def texts(self, ref: TicketRef) -> list[str]:
        ticket = self.tracker.ticket(ref)
        return [ticket.draft.body, *(text for _, text in ticket.said)]

    def copy(self, ref: TicketRef) -> TicketRef:
        made = self.tracker.open(replace(self.tracker.ticket(ref).draft))
        self.tracker.ticket(made).made_by = "people"
        return made

    def trace(self, ref: TicketRef) -> str:
        return repr(self.tracker.ticket(ref))


@pytest.fixture
def tracker() -> ListedTracker:
    """An empty one."""
    return ListedTracker()


@pytest.fixture
def people(tracker: ListedTracker) -> ListedPeople:
    """Whoever works in it."""
    return ListedPeople(tracker=tracker)
