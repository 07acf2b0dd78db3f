"""Roundup's REST interface: answers as models, errors as ours (https://www.roundup-tracker.org/docs/rest.html)."""

from collections.abc import Mapping
from typing import TypeVar

import httpx
from pydantic import BaseModel, Field, ValidationError

from offboarding.model.errors import FatalError, RetriableError
from offboarding.net.service.asking import PATIENCE_SECONDS, Asker, in_short, is_passing, not_its_answer, redirects

FIXES = {
    400: "The tracker's properties or names differ from the classic template's (statuses, priorities, assigned_to), "
    "or it is told to answer at another address (url)",
    401: "Check login and password of the connection",
    403: "Give this login what the classic role User has: REST access, View, Create and Edit on issue and msg, View on "
    "status and priority, View and Create on keyword (not with queue_as: body)",
    404: "Check that the ticket is there, and host and extra.tracker of the connection",
    409: "Roundup or one of its detectors refuses the change",
}

CRASHED = "An error occurred. Please check the server log"
"""How Roundup tells an exception of its own, with status 400 (roundup.rest, dispatch; roundup_server, run_cgi)."""
LOCKED_OUT = "Logins occurring too fast"
"""How Roundup begins to say so, before it looks at what is asked (roundup.cgi.actions, rateLimitLogin)."""

Answer = TypeVar("Answer", bound=BaseModel)
Properties = Mapping[str, object]
"""Properties of an item by Roundup's names: text, lists of ids, names of what is linked."""


class RoundupRefusedError(FatalError):
    """Roundup refuses what was sent."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(text)
        self.reason = reason
        """Its own sentence."""


class Linked(BaseModel):
    """Something that an item refers to; the name comes with @verbose=2."""

    id: str
    name: str | None = None
    username: str | None = None
    """Of a user, in the place of a name."""


class Created(BaseModel):
    """What was made."""

    id: str


class Token(BaseModel):
    """Leave to post once."""

    link: str
    """Where to; the token is its last part."""


class Attributes(BaseModel):
    """A ticket's, as far as we use them."""

    title: str | None = None
    status: Linked | None = None
    priority: Linked | None = None
    messages: list[Linked] = Field(default_factory=list[Linked])


class Item(BaseModel):
    """A ticket, as it was when the etag was made."""

    etag: str = Field(alias="@etag")
    attributes: Attributes

    @property
    def message_ids(self) -> list[str]:
        """In the ticket's own order."""
        return [message.id for message in self.attributes.messages]

    @property
    def status(self) -> str | None:
        """Its name."""
        return self.attributes.status.name if self.attributes.status else None

    @property
    def priority(self) -> str | None:
        """Its name."""
        return self.attributes.priority.name if self.attributes.priority else None


class Content(BaseModel):
    """A message's text."""

    etag: str = Field(alias="@etag")
    """The message's."""
    data: str | None


class Hit(BaseModel):
    """An item in a collection, with the fields that were asked for."""

    id: str
    title: str | None = None
    status: Linked | None = None
    messageid: str | None = None
    creator: Linked | None = None
    name: str | None = None


class Hits(BaseModel):
    """A collection."""

    collection: list[Hit]


class Rest:
    """What we ask of Roundup."""

    def __init__(self, source: str, client: httpx.Client) -> None:
        self._source = source
        self._asker = Asker(source, client, patience=PATIENCE_SECONDS)
        self.end = self._asker.end

    def get(self, path: str, answer: type[Answer], **parameters: str) -> Answer:
        """Read an item or a collection; parameters in Roundup's words."""
        return self._parsed("GET", path, self._asker.ask("GET", path, parameters=parameters), answer)

    def search(self, collection: str, *fields: str, **where: str) -> list[Hit]:
        """What isn't retired and whose fields hold these words, lowest id first. Roundup ignores case."""
        parameters = {"@fields": ",".join(fields), "@verbose": "2", **where}
        return sorted(self.get(collection, Hits, **parameters).collection, key=lambda hit: int(hit.id))

    def create(self, collection: str, properties: Properties) -> str:
        """Make an item, once: what is sent again by something between us and Roundup is refused there."""
        path, called = f"{collection}/@poe", f"POST {collection}"
        answer = self._asker.ask("POST", path, called=called)
        token = self._parsed("POST", path, answer, Token).link.rsplit("/", 1)[1]
        response = self._asker.ask("POST", f"{path}/{token}", body=properties, called=called)
        if response.status_code == 400 and "POE token" in _reason(response):
            raise RetriableError(f"{self._source}: {called} came to Roundup twice. Search, then try again")
        return self._parsed("POST", collection, response, Created).id

    def patch(self, path: str, etag: str, changes: Properties) -> bool:
        """Change an item if it's still as it was when its etag was read; False: it isn't, and nothing was changed."""
        response = self._asker.ask("PATCH", path, body=changes, headers={"If-Match": etag})
        if response.status_code == 412:
            return False
        self._check("PATCH", path, response)
        return True

    def _parsed(self, method: str, path: str, response: httpx.Response, answer: type[Answer]) -> Answer:
        self._check(method, path, response)
        try:
            return answer.model_validate(response.json()["data"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            doubt = not_its_answer(error) if isinstance(error, ValidationError) else "no JSON of its"
            raise FatalError(f"{self._source}: {method} {path}: not Roundup's answer ({doubt}). {FIXES[404]}") from None

    def _check(self, method: str, path: str, response: httpx.Response) -> None:
        """Raise what the status means; Roundup's own sentence is part of the text."""
        if response.is_success:
            return
        reason = _reason(response)
        said = f"{self._source}: {method} {path}: {response.status_code}, {reason}"
        if response.status_code == 429 and reason.startswith(LOCKED_OUT):
            raise RetriableError(
                f"{said}. This login was tried too often with another password, and for so long the right one isn't"
                f" taken either. {FIXES[401]}, and look who else logs in by it"
            )
        if response.status_code == 400 and CRASHED in reason:
            raise RetriableError(f"{said}. Roundup failed at that itself, and its server's log says how: try again")
        if is_passing(response):
            raise RetriableError(f"{said}. The tracker is busy or ill: try again in a minute")
        raise RoundupRefusedError(f"{said}. {FIXES.get(response.status_code, FIXES[404])}", reason)


def _reason(response: httpx.Response) -> str:
    """What Roundup says, in at most 200 characters; of a redirect, where to."""
    if response.is_redirect:
        return redirects(response)
    try:
        return in_short(str(response.json()["error"]["msg"]))
    except (ValueError, KeyError, TypeError, RecursionError):
        return in_short(response.text)
