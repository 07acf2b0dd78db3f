"""One request of an identity provider's, answered as RFC 7644 has it: by scim2-server, on what we keep."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from urllib.parse import parse_qsl

from scim2_models import InvalidValueException, NotFoundException, SCIMException
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.responses import ScimResponse
from scim2_server.service import ScimService

from offboarding.interfaces.pushing import PushedUsers
from offboarding.rosters.scim.bounds import MOST_FIELDS, check_expression, check_search, checked_body
from offboarding.rosters.scim.described import provider
from offboarding.rosters.scim.settings import ScimSettings
from offboarding.rosters.scim.storage import PushedStorage

VERSION = "/v2"
_WITH_BODY = ("POST", "PUT", "PATCH")


@dataclass(frozen=True, slots=True, kw_only=True)
class PushRequest:
    """A request whose sender is known."""

    method: str
    path: str
    """Below the endpoint's own address: `/v2/Users`."""
    query: str
    base_url: str
    """The endpoint's own address, as the sender has it."""
    content_type: str | None
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushAnswer:
    """An answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


class UserService:
    """What a roster's token leads to: the users of that roster alone."""

    def __init__(self, settings: ScimSettings) -> None:
        self._paths = settings.paths()
        self._number = str(settings.columns["worker_id"])
        self._provider = provider(tuple(self._paths.values()))
        self._service = ScimService(self._provider)

    def answer(self, asked: PushRequest, users: PushedUsers, now: Callable[[], datetime]) -> PushAnswer:
        """The answer, of what can't be done too; what it was asked to do is done then, whole or not at all."""
        try:
            storage = PushedStorage(users, self._provider, self._paths, self._number, now, method=asked.method)
            response = ScimHandler(self._service, storage).handle(self._request(asked))
        except SCIMException as error:
            response = self._service.error_response(error)
        return said(response)

    def _request(self, asked: PushRequest) -> ScimRequest:
        if asked.path != VERSION and not asked.path.startswith(f"{VERSION}/"):
            raise NotFoundException(detail="There is nothing here.")
        try:
            query = dict(parse_qsl(asked.query, keep_blank_values=True, max_num_fields=MOST_FIELDS, errors="replace"))
        except ValueError:
            raise InvalidValueException(detail=f"A query has at most {MOST_FIELDS} fields.") from None
        for text in query.values():
            check_expression(text)
        request = ScimRequest(
            method=asked.method,
            base_url=f"{asked.base_url}{VERSION}",
            path=asked.path.removeprefix(VERSION) or "/",
            query=query,
            headers=[("Content-Type", asked.content_type)] if asked.content_type else [],
        )
        # What can't be asked there is told so, whatever its body.
        self._service.match(request)
        request.body = checked_body(asked.body) if asked.method in _WITH_BODY else b""
        if request.body and request.path.endswith("/.search"):
            check_search(request.body)
        return request


def refused(status: HTTPStatus, text: str, headers: Mapping[str, str] | None = None) -> PushAnswer:
    """An error as SCIM has it (RFC 7644, section 3.12)."""
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(int(status)), "detail": text}
    return said(ScimResponse(status, body, dict(headers or {})))


def said(response: ScimResponse) -> PushAnswer:
    """As it's sent. No cache may keep what is known of people."""
    headers = {**response.headers, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    body = b"" if response.body is None else json.dumps(response.body).encode()
    return PushAnswer(status=int(response.status), headers=headers, body=body)
