"""RT's REST 2: answers as models, errors as ours (https://docs.bestpractical.com/rt/latest/RT/REST2.html)."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

import httpx
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from offboarding.model.errors import FatalError
from offboarding.net.service.answers import Moment
from offboarding.net.service.asking import PATIENCE_SECONDS, WHERE_IT_LEADS, Asker, check, in_short, not_its_answer

FIXES = {
    400: "Compare the names in the configuration with RT's",
    401: "Check the token in the connection's password: it may have expired",
    403: "Give the token's user SeeQueue, ShowTicket, ShowTicketComments, CreateTicket, ModifyTicket and"
    " CommentOnTicket in the queue, and SeeCustomField and ModifyCustomField on its checklist; or name RT's own queue"
    " in queues",
    404: "Check that the ticket or queue is there, and the host of the connection",
}
BY_US = "Creator = '__CurrentUser__'"
"""Tickets that we made, in TicketSQL."""
PAGE = "100"
"""Items of a collection at once: the most that RT gives."""

Answer = TypeVar("Answer")


class RtRecord(BaseModel):
    """Somebody, or something with a name."""

    id: str
    name: str = ""


class FieldValues(BaseModel):
    """A custom field of a ticket."""

    name: str
    values: Sequence[str] = ()


class RtTicket(BaseModel):
    """A ticket, as far as we use it."""

    id: int
    """Of one that was merged that of the ticket that it was merged into."""
    subject: str = Field(alias="Subject")
    status: str = Field(alias="Status")
    priority: int = Field(alias="Priority")
    due: Moment = Field(alias="Due")
    owner_named: RtRecord = Field(alias="Owner")
    creator: RtRecord = Field(alias="Creator")
    updater: RtRecord = Field(alias="LastUpdatedBy")
    fields: Sequence[FieldValues] = Field(default=(), alias="CustomFields")

    @property
    def owner(self) -> str:
        """A name; Nobody's is "Nobody"."""
        return self.owner_named.id

    @property
    def is_ours_alone(self) -> bool:
        """Whether nobody but who made it has touched it."""
        return self.updater.id == self.creator.id

    def field(self, name: str) -> str:
        """A custom field's first value."""
        return next((value for each in self.fields if each.name == name for value in each.values), "")


class FoundTicket(BaseModel):
    """A ticket that a search found."""

    id: str
    subject: str = Field(alias="Subject")


class MadeTicket(BaseModel):
    """Of a ticket, who made it."""

    creator: RtRecord = Field(alias="Creator")


class RtStep(BaseModel):
    """What happened on a ticket."""

    kind: str = Field(alias="Type")
    data: str | None = Field(default=None, alias="Data")
    """Of a comment its subject, and a line's end."""
    creator: RtRecord = Field(alias="Creator")


class RtPage(BaseModel):
    """Some of a collection."""

    page: int
    pages: int | None = 1
    items: Sequence[Mapping[str, object]]


class QueueSeen(BaseModel):
    """A queue."""

    fields: Sequence[RtRecord] = Field(default=(), alias="TicketCustomFields")


class Rest2:
    """What we ask of RT."""

    def __init__(self, where: str, client: httpx.Client) -> None:
        self._where = where
        self._asker = Asker(where, client, patience=PATIENCE_SECONDS)
        self._me: str | None = None
        self.end = self._asker.end

    def search(self, query: str) -> list[FoundTicket]:
        """Tickets by TicketSQL; deleted and merged ones are none."""
        return self._all("tickets", FoundTicket, query=query, fields="Subject")

    def ticket(self, number: str) -> RtTicket:
        """One that is there. Raises FatalError."""
        return self._parsed("GET", f"ticket/{number}", self._ask("GET", f"ticket/{number}"), RtTicket)

    def look(self, number: str) -> RtTicket | None:
        """One that may not be there."""
        response = self._asker.ask("GET", f"ticket/{number}")
        return None if response.status_code == 404 else self._parsed("GET", f"ticket/{number}", response, RtTicket)

    def create(self, fields: Mapping[str, object]) -> str:
        """Make a ticket; its number."""
        return self._parsed("POST", "ticket", self._ask("POST", "ticket", fields), RtRecord).id

    def put(self, number: str, changes: Mapping[str, object]) -> str:
        """Change a ticket; what RT says of each change, which may be that it refuses it."""
        path = f"ticket/{number}"
        return in_short("; ".join(self._parsed("PUT", path, self._ask("PUT", path, changes), list[str])))

    def comment(self, number: str, subject: str, text: str) -> None:
        """Say it once more."""
        body = {"Subject": subject, "Content": text, "ContentType": "text/plain"}
        self._ask("POST", f"ticket/{number}/comment", body)

    def comments(self, number: str) -> list[str]:
        """Subjects of our own, in their order."""
        return [(step.data or "").strip() for step in self._steps(number) if self._is_ours(step)]

    def since_status(self, number: str) -> list[str]:
        """Subjects of our comments since the status last changed, without their counts."""
        found: list[str] = []
        for step in self._steps(number):
            if step.kind == "Status":
                found.clear()
            elif self._is_ours(step):
                found.append((step.data or "").strip().partition(".")[0])
        return found

    def fields_of(self, queue: str) -> list[str]:
        """Names of the custom fields of a queue's tickets."""
        path = f"queue/{queue}"
        return [each.name for each in self._parsed("GET", path, self._ask("GET", path), QueueSeen).fields]

    def _steps(self, number: str) -> list[RtStep]:
        return self._all(f"ticket/{number}/history", RtStep, fields="Type,Data,Creator")

    def _is_ours(self, step: RtStep) -> bool:
        return step.kind == "Comment" and self._myself() in ("", step.creator.id)

    def _myself(self) -> str:
        """Our own name, by a ticket that we made: REST 2 says it nowhere else. "" where we made none."""
        if self._me is None:
            asked = {"query": BY_US, "fields": "Creator", "per_page": "1"}
            page = self._parsed("GET", "tickets", self._ask("GET", "tickets", parameters=asked), RtPage)
            self._me = next((self._valid("GET", "tickets", each, MadeTicket).creator.id for each in page.items), "")
        return self._me

    def _all(self, path: str, item: type[Answer], **parameters: str) -> list[Answer]:
        """Every page of it, in the order of ids."""
        found: list[Answer] = []
        number, last = 1, 1
        while number <= last:
            asked = {**parameters, "per_page": PAGE, "page": str(number), "orderby": "id"}
            page = self._parsed("GET", path, self._ask("GET", path, parameters=asked), RtPage)
            found += [self._valid("GET", path, each, item) for each in page.items]
            # A full page may not be the last, where RT doesn't count them.
            last = page.pages or (number + 1 if len(page.items) == int(PAGE) else number)
            number += 1
        return found

    def _ask(
        self,
        method: str,
        path: str,
        body: Mapping[str, object] | None = None,
        *,
        parameters: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        response = self._asker.ask(method, path, body=body, parameters=parameters)
        self._check(method, path, response)
        return response

    def _parsed(self, method: str, path: str, response: httpx.Response, answer: type[Answer]) -> Answer:
        self._check(method, path, response)
        try:
            answered = response.json()
        except (ValueError, RecursionError) as error:
            raise FatalError(f"{self._where}: {method} {path}: not RT's answer (no JSON). {WHERE_IT_LEADS}") from error
        return self._valid(method, path, answered, answer)

    def _valid(self, method: str, path: str, answered: object, answer: type[Answer]) -> Answer:
        try:
            return TypeAdapter(answer).validate_python(answered)
        except ValidationError as error:
            doubt = not_its_answer(error)
            # Not `from error`: it holds what was answered.
            raise FatalError(f"{self._where}: {method} {path}: not RT's answer ({doubt}). {WHERE_IT_LEADS}") from None

    def _check(self, method: str, path: str, response: httpx.Response) -> None:
        check(f"{self._where}: {method} {path}", response, _reason(response), FIXES)


def _reason(response: httpx.Response) -> str:
    """What RT says, in short."""
    try:
        return in_short(str(response.json()["message"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return in_short(response.text)
