"""What stands in a tracker on one queue, as a person finds it: in the real one over its REST interface."""

from dataclasses import dataclass

from offboarding.model import TicketRef
from tests.support.listed_tracker import ListedPeople, ListedTicket
from tests.systems.roundup.tracker import RoundupPeople

DeskPeople = RoundupPeople | ListedPeople
"""Whoever works in one of the two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenTicket:
    """A ticket as a person finds it."""

    ref: TicketRef
    title: str
    status: str
    priority: str
    texts: tuple[str, ...]

    @property
    def body(self) -> str:
        """The checklist."""
        return self.texts[0]

    @property
    def comments(self) -> tuple[str, ...]:
        """What was said since."""
        return self.texts[1:]

    @property
    def is_open(self) -> bool:
        """As an untailored tracker counts it."""
        return self.status not in {"resolved", "done-cbb"}


def tickets_of(people: DeskPeople, queue: str) -> list[SeenTicket]:
    """Every ticket of a queue that nobody deleted, the oldest first."""
    if isinstance(people, ListedPeople):
        return [_listed(people, each) for each in people.tracker.there() if each.draft.queue == queue]
    found = people.analyst.get("keyword", params={"name": queue, "@fields": "name"}).raise_for_status().json()
    ids = [each["id"] for each in found["data"]["collection"] if each["name"] == queue]
    if not ids:
        return []
    listed = people.analyst.get("issue", params={"keyword": ids[0], "@page_size": "500"}).raise_for_status().json()
    numbers = sorted(int(each["id"]) for each in listed["data"]["collection"])
    return [seen(people, TicketRef(ref=str(number), url=f"{people.url}issue{number}")) for number in numbers]


def _listed(people: ListedPeople, ticket: ListedTicket) -> SeenTicket:
    return SeenTicket(
        ref=ticket.ref,
        title=ticket.draft.title,
        status="in-progress" if ticket.is_open else "resolved",
        priority=people.priority(ticket.ref),
        texts=tuple(people.texts(ticket.ref)),
    )


def seen(people: RoundupPeople, ref: TicketRef) -> SeenTicket:
    """One ticket."""
    attributes = people.item(f"issue/{ref.ref}")["attributes"]
    return SeenTicket(
        ref=ref,
        title=attributes["title"],
        status=attributes["status"]["name"],
        priority=attributes["priority"]["name"],
        texts=tuple(people.texts(ref)),
    )
