"""What GitHub is asked, and how: lists to their proved end, limits by its own headers, refusals by what is missing.

https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

import re
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import sleep
from typing import Any, Literal, TypeVar, cast

import httpx
from pydantic import BaseModel, ValidationError

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError, keep_out
from offboarding.net.github import app_of, base_of, installation_of, limit_of, without_tokens
from offboarding.net.service.address import client_of
from offboarding.net.service.asking import WHERE_IT_LEADS, Asker, in_short, is_passing, redirects
from offboarding.sources.github_org.answers import InstallationToken
from offboarding.sources.github_org.settings import GithubOrgSettings

PAGE = "docs/permissions/github.md"
PAGE_SIZE = 100
VERSION = "2022-11-28"
EARLY = timedelta(minutes=5)
"""Before its end an App's token is made anew."""
_NEXT = re.compile(r'<([^<>]*)>\s*;[^,<]*\brel="?next"?')

Purpose = Literal["inventory", "detail", "overhead"]
_Answer = TypeVar("_Answer", bound=BaseModel)


class NotAnsweredError(FatalError):
    """One thing that is asked isn't answered, whatever else is: a right is missing, or it isn't there."""

    def __init__(self, text: str, *, status: int) -> None:
        super().__init__(text)
        self.status = status


class GithubRest:
    """One organization's GitHub, asked by one connection."""

    def __init__(self, settings: GithubOrgSettings, connection: ConnectionFields, where: str) -> None:
        self.where = where
        self.asked = Counter[str]()
        self.installation = installation_of(where, connection)
        """Of an App; None where a token asks."""
        self._settings = settings
        self._connection = connection
        self._base = httpx.URL(base_of(where, connection).rstrip("/") + "/")
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
        headers |= {"Accept-Encoding": "identity", "User-Agent": "offboarding"}
        seconds = settings.timeout_seconds
        client = client_of(where, connection, self._base, seconds=seconds, exposed="the token", headers=headers)
        self._asker = Asker(where, client)
        self._token: InstallationToken | None = None
        self.is_server = False
        """A company's own, as far as it has answered."""
        self.begin()
        weakref.finalize(self, client.close)

    def begin(self) -> None:
        """A read's budgets begin here."""
        self._waited = 0.0
        self._left = self._settings.max_requests

    def installed(self) -> InstallationToken:
        """What the App was given, and what it may."""
        now = datetime.now(UTC)
        if self._token is None or self._token.expires_at - EARLY < now:
            path = f"app/installations/{self.installation}/access_tokens"
            signed = app_of(self._connection).create_jwt()
            keep_out(signed)
            answer = self._heard("POST", path, "overhead", called=path, signed=signed)
            self._token = self.parsed(answer, InstallationToken, path)
            keep_out(self._token.token)
        return self._token

    def one(self, path: str, purpose: Purpose, model: type[_Answer], called: str) -> _Answer:
        """What lies there. `called`: the path without anybody's name. Raises NotAnsweredError, and as `Asker.ask`."""
        return self.parsed(self.ask("GET", path, purpose, called=called), model, called)

    def maybe(self, path: str, purpose: Purpose, model: type[_Answer], called: str) -> _Answer | None:
        """The same, and None for 404: only where somebody who may not see it would get 403."""
        try:
            return self.one(path, purpose, model, called)
        except NotAnsweredError as missing:
            if missing.status == 404:
                return None
            raise

    def pages(self, path: str, purpose: Purpose, called: str, **parameters: str) -> Iterator[list[object]]:
        """Yield a list page by page. A page without a next link is the last, unless it's full: then one more is asked.

        Raises FatalError for a list that has no end or leads elsewhere.
        """
        query = httpx.QueryParams({**parameters, "per_page": str(PAGE_SIZE)})
        url, number, seen, before = f"{path}?{query}", 1, set[str](), b""
        while True:
            seen.add(url)
            answer = self.ask("GET", url, purpose, called=called)
            rows = self._rows(answer, called)
            if rows and answer.content == before:
                raise FatalError(f"{self.where}: {called}: the same page came twice, so that nobody knows the rest")
            before = answer.content
            yield rows
            following = self._next(answer, called)
            if following is None:
                if len(rows) < PAGE_SIZE:
                    return
                # GitHub links no next page where there is none; something on the way may have lost the link.
                number = int(httpx.URL(url).params.get("page", str(number)))
                following = f"{path}?{query.set('page', str(number + 1))}"
            if following in seen:
                raise FatalError(f"{self.where}: {called}: its pages lead in a circle, so that nobody knows the rest")
            url = following

    def graphql(self, query: str, variables: Mapping[str, object], purpose: Purpose, called: str) -> dict[str, Any]:
        """The answer's data. Raises NotAnsweredError where it tells an error, even beside data."""
        root = str(self._base)
        url = root.removesuffix("v3/") + "graphql" if root.endswith("/api/v3/") else root + "graphql"
        body = {"query": query, "variables": dict(variables)}
        parsed = self._json(self.ask("POST", url, purpose, called=called, body=body), called)
        if not isinstance(parsed, dict):
            raise self._no_answer(called)
        data = cast("dict[str, Any]", parsed)
        if data.get("errors"):
            errors = cast("list[Any]", data["errors"] if isinstance(data["errors"], list) else [data["errors"]])
            first: Any = errors[0]
            error = cast("dict[str, Any]", first) if isinstance(first, dict) else {"message": first}
            said = str(error.get("message", ""))
            if error.get("type") == "RATE_LIMITED":
                raise RetriableError(f"{self.where}: {called}: the limit of requests is used up. Try again in an hour")
            raise NotAnsweredError(f"{self.where}: {called}: {in_short(without_tokens(said))}. See {PAGE}", status=200)
        if not isinstance(data.get("data"), dict):
            raise self._no_answer(called)
        return cast("dict[str, Any]", data["data"])

    def ask(
        self, method: str, url: str, purpose: Purpose, *, called: str, body: object | None = None
    ) -> httpx.Response:
        """An answer that is one. Raises NotAnsweredError for a refusal that concerns this alone."""
        return self._heard(method, url, purpose, called=called, body=body)

    def parsed(self, answer: httpx.Response, model: type[_Answer], called: str) -> _Answer:
        """As a model. Raises FatalError, without what was told."""
        try:
            return model.model_validate_json(answer.content)
        except ValidationError:
            raise self._no_answer(called) from None

    def _heard(
        self, method: str, url: str, purpose: Purpose, *, called: str, signed: str = "", body: object | None = None
    ) -> httpx.Response:
        what = f"{self.where}: {called}"
        while True:
            self._count(purpose, what)
            # Anew after each wait, in which an App's token may have ended.
            headers = {"Authorization": f"Bearer {signed or self._bearer()}"}
            answer = self._asker.ask(method, url, body=body, headers=headers, called=called)
            limit = limit_of(answer.status_code, answer.headers, _words(answer))
            if limit is None:
                break
            self._waited += limit.seconds
            if self._waited > self._settings.max_wait_minutes * 60:
                raise RetriableError(f"{what}: {answer.status_code}, {_words(answer)}. {limit.told}")
            purpose = "overhead"
            sleep(limit.seconds)
        self.is_server = self.is_server or "x-github-enterprise-version" in answer.headers
        if answer.is_success:
            return answer
        raise _refusal(what, answer)

    def _bearer(self) -> str:
        return self._connection.password if self.installation is None else self.installed().token

    def _count(self, purpose: Purpose, what: str) -> None:
        if self._left <= 0:
            raise FatalError(
                f"{what}: {self._settings.max_requests} requests were made, and it isn't done. Raise max_requests, or"
                " switch deploy_keys off"
            )
        self._left -= 1
        self.asked[purpose] += 1

    def _next(self, answer: httpx.Response, called: str) -> str | None:
        """What the Link header names, within what we ask."""
        found = _NEXT.search(answer.headers.get("link", ""))
        if found is None:
            return None
        url = self._base.join(found[1])
        if (url.scheme, url.host, url.port) != (self._base.scheme, self._base.host, self._base.port):
            raise FatalError(f"{self.where}: {called}: its next page lies on another host, {url.host}. Nothing is sent")
        return str(url)

    def _rows(self, answer: httpx.Response, called: str) -> list[object]:
        rows = self._json(answer, called)
        if not isinstance(rows, list):
            raise self._no_answer(called)
        return cast("list[object]", rows)

    def _json(self, answer: httpx.Response, called: str) -> object:
        try:
            return answer.json()
        except ValueError:
            raise self._no_answer(called) from None

    def _no_answer(self, called: str) -> FatalError:
        return FatalError(f"{self.where}: {called}: not GitHub's answer. {WHERE_IT_LEADS}")


def _refusal(what: str, answer: httpx.Response) -> FatalError | RetriableError:
    said = f"{what}: {answer.status_code}, {_words(answer)}"
    if is_passing(answer) or answer.status_code == 409:
        return RetriableError(f"{said}. It's busy or ill: try again in a minute")
    if answer.status_code == 401:
        return FatalError(
            f"{said}. Renew the token: see the connection's password, or the App's id, key and installation_id"
        )
    if answer.is_redirect:
        return FatalError(f"{said}: {redirects(answer)}, and isn't followed. {WHERE_IT_LEADS}")
    wanted = answer.headers.get("x-accepted-github-permissions") or answer.headers.get("x-accepted-oauth-scopes") or ""
    needs = f" It needs {in_short(wanted)}." if wanted else ""
    sso = (
        " The token isn't authorized for the organization's single sign-on." if "x-github-sso" in answer.headers else ""
    )
    return NotAnsweredError(f"{said}.{needs}{sso} See {PAGE}", status=answer.status_code)


def _words(answer: httpx.Response) -> str:
    try:
        body: object = answer.json()
    except ValueError:
        body = None
    said = str(cast("dict[str, Any]", body).get("message", "")) if isinstance(body, dict) else ""
    return in_short(without_tokens(said)) or "no reason told"
