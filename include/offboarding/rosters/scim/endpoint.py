"""Where identity providers push to: an ASGI app that lets in whoever bears a roster's token, and nobody else."""

import asyncio
import time
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Iterator, Mapping, MutableMapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import Any, cast

import structlog

from offboarding.interfaces import ConnectionFields
from offboarding.interfaces.pushing import PushedBy, Pushing
from offboarding.model.defects import trace
from offboarding.model.errors import ConfigError, OffboardingError
from offboarding.rosters.scim.bounds import LARGEST_BODY
from offboarding.rosters.scim.service import PushAnswer, PushRequest, UserService, refused
from offboarding.rosters.scim.settings import ScimSettings
from offboarding.rosters.scim.tokens import digests, whose

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

KEPT_SECONDS = 60
"""So long the configuration and its connections count as they were read; a token that is taken out lets in so long."""
LONGEST_BODY_SECONDS = 30
AT_ONCE, MOST_WAITING = 4, 50
"""Requests that are worked on, and those of a roster that are sent or wait for it."""
A_SECOND = 50
"""Requests of a roster; Entra ID wants 25. https://learn.microsoft.com/entra/identity/app-provisioning/use-scim-to-provision-users-and-groups"""
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="SCIM"'}

_log = structlog.get_logger("offboarding.pushed")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Served:
    services: Mapping[str, UserService]
    """By roster."""
    tokens: Mapping[str, Sequence[bytes]] = field(repr=False)
    """By roster, what its tokens are known by."""
    users: PushedBy


def build(rosters: Callable[[], Pushing], now: Callable[[], datetime]) -> "Endpoint":
    """The app; `rosters` is asked when it's first asked itself, and then each minute."""
    return Endpoint(rosters, now)


class Endpoint:
    """The app. While the rosters can't be told, nobody is let in."""

    def __init__(self, rosters: Callable[[], Pushing], now: Callable[[], datetime]) -> None:
        self._rosters = rosters
        self._now = now
        self._served: _Served | None = None
        self._loaded_at = float("-inf")
        self._loading = asyncio.Lock()
        self._working = asyncio.Semaphore(AT_ONCE)
        self._waiting: Counter[str] = Counter()
        self._lately: dict[str, deque[float]] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; of what isn't HTTP nothing is answered."""
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        if scope["type"] != "http":
            return
        answer = await self._answer({**scope}, receive)
        # The server writes it into its access log as soon as we answer: it holds whom an identity provider looks for.
        scope["query_string"] = b""
        headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers.items()]
        headers.append((b"content-length", str(len(answer.body)).encode()))
        with suppress(OSError):
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else answer.body})

    async def _answer(self, scope: Scope, receive: Receive) -> PushAnswer:
        served = await self._now_served()
        if served is None or not served.tokens:
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a minute.", {"Retry-After": "60"})
        roster = _roster(scope, served)
        if roster is None:
            return refused(HTTPStatus.UNAUTHORIZED, "A roster's token is needed.", _CHALLENGE)
        if self._waiting[roster] >= MOST_WAITING or self._is_too_fast(roster):
            return refused(HTTPStatus.TOO_MANY_REQUESTS, "Too many requests at once.", {"Retry-After": "1"})
        self._waiting[roster] += 1
        try:
            return await self._worked(scope, receive, served, roster)
        finally:
            self._waiting[roster] -= 1

    async def _worked(self, scope: Scope, receive: Receive, served: _Served, roster: str) -> PushAnswer:
        try:
            async with asyncio.timeout(LONGEST_BODY_SECONDS):
                body = await _body(scope, receive)
        except TimeoutError:
            return refused(HTTPStatus.REQUEST_TIMEOUT, "The body took too long.")
        if body is None:
            return refused(HTTPStatus(413), f"A body has at most {LARGEST_BODY} bytes.")
        asked = _asked(scope, body)
        async with self._working:
            return await asyncio.to_thread(self._kept, served, roster, asked)

    def _kept(self, served: _Served, roster: str, asked: PushRequest) -> PushAnswer:
        """The answer, and that the roster was heard of. A defect says nothing of itself to whoever asks."""
        try:
            with served.users(roster) as users:
                answer = served.services[roster].answer(asked, users, self._now)
                if answer.status < HTTPStatus.BAD_REQUEST:
                    # What is refused each time is no feed that goes on.
                    users.heard(self._now())
        except OffboardingError as error:
            _log.error(str(error), roster=roster)
            return refused(HTTPStatus.SERVICE_UNAVAILABLE, "Try again in a minute.", {"Retry-After": "60"})
        except Exception as error:  # noqa: BLE001 - what it says may hold what was pushed
            _log.error("a push could not be taken", roster=roster, defect=trace(error))
            return refused(HTTPStatus.INTERNAL_SERVER_ERROR, "This could not be taken. Its log names the defect.")
        _log.info("answered a push", roster=roster, method=asked.method, status=answer.status)
        return answer

    async def _now_served(self) -> _Served | None:
        async with self._loading:
            if time.monotonic() - self._loaded_at >= KEPT_SECONDS:
                self._served = await asyncio.to_thread(self._loaded)
                self._loaded_at = time.monotonic()
        return self._served

    def _loaded(self) -> _Served | None:
        try:
            pushing = self._rosters()
        except OffboardingError as error:
            _log.error(f"nobody may push: {error}")
            return None
        except Exception as error:  # noqa: BLE001 - whatever it is, nobody is let in; what it says may hold a secret
            _log.error("nobody may push", defect=trace(error))
            return None
        tokens = {own.name: found for own, fields in pushing.rosters if (found := _tokens(own.name, fields))}
        named = {own.name: own for own, _ in pushing.rosters if isinstance(own, ScimSettings)}
        return _Served(services={name: UserService(named[name]) for name in tokens}, tokens=tokens, users=pushing.users)

    def _is_too_fast(self, roster: str) -> bool:
        lately, now = self._lately.setdefault(roster, deque()), time.monotonic()
        while lately and now - lately[0] > 1:
            lately.popleft()
        if len(lately) >= A_SECOND:
            return True
        lately.append(now)
        return False


def _tokens(roster: str, fields: ConnectionFields) -> Sequence[bytes]:
    """None where the connection holds anything else: that keeps no other roster's from being let in."""
    try:
        return digests(fields, f"rosters.{roster}")
    except ConfigError as error:
        _log.error(str(error), roster=roster)
        return ()


def _roster(scope: Scope, served: _Served) -> str | None:
    """Whose token the request bears."""
    given = [value for name, value in _headers(scope) if name == b"authorization"]
    if len(given) != 1:
        return None
    scheme, _, token = given[0].decode("latin-1").partition(" ")
    return whose(token.strip(), served.tokens) if scheme.casefold() == "bearer" else None


def _asked(scope: Scope, body: bytes) -> PushRequest:
    headers = dict(_headers(scope))
    root = cast("str", scope.get("root_path", ""))
    host = headers.get(b"host", b"").decode("latin-1")
    path = cast("str", scope["path"])
    return PushRequest(
        method="GET" if scope["method"] == "HEAD" else scope["method"],
        # The path of a mounted app holds where it's mounted.
        path=path.removeprefix(root) if root else path,
        query=scope["query_string"].decode("latin-1"),
        base_url=f"{scope['scheme']}://{host}{root}",
        content_type=headers.get(b"content-type", b"").decode("latin-1") or None,
        body=body,
    )


def _headers(scope: Scope) -> Iterator[tuple[bytes, bytes]]:
    yield from cast("list[tuple[bytes, bytes]]", scope["headers"])


async def _body(scope: Scope, receive: Receive) -> bytes | None:
    """None of one that is too large: no more of it is read than shows that."""
    length = dict(_headers(scope)).get(b"content-length", b"0")
    if not length.isdigit() or int(length) > LARGEST_BODY:
        return None
    parts, size = list[bytes](), 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise TimeoutError
        part = cast("bytes", message.get("body", b""))
        size += len(part)
        if size > LARGEST_BODY:
            return None
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)
