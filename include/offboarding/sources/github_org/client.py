"""What GitHub is asked, and how: lists to their proved end, limits by its own headers, refusals by what is missing.

https://docs.github.com/en/rest/using-the-rest-api/using-pagination-in-the-rest-api
https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import httpx
from pydantic import BaseModel

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import RetriableError
from offboarding.model.redaction import keep_out
from offboarding.net.github import app_of, base_of, installation_of, limit_of, without_tokens
from offboarding.net.service.answers import object_in
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError, Purpose
from offboarding.net.service.asking import in_short
from offboarding.sources._http.rows import UnreadRows, settled
from offboarding.sources.github_org.answers import InstallationToken
from offboarding.sources.github_org.settings import GithubOrgSettings

PAGE = "docs/permissions/github.md"
PAGE_SIZE = 100
VERSION = "2022-11-28"
EARLY = timedelta(minutes=5)
"""Before its end an App's token is made anew."""
_Row = TypeVar("_Row", bound=BaseModel)


class GithubRest(HttpApi):
    """One organization's GitHub, asked by one connection."""

    system, page = "GitHub", PAGE
    renewed_by = "Renew the token: see the connection's password, or the App's id, key and installation_id"
    spared_by = "Raise max_requests, or switch deploy_keys off"

    def __init__(self, settings: GithubOrgSettings, connection: ConnectionFields, where: str) -> None:
        self.installation = installation_of(where, connection)
        """Of an App; None where a token asks."""
        self.is_server = False
        """A company's own, as far as it has answered."""
        self._connection = connection
        self._token: InstallationToken | None = None
        headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": VERSION}
        super().__init__(where, settings, connection, httpx.URL(base_of(where, connection).rstrip("/") + "/"), headers)

    def installed(self) -> InstallationToken:
        """What the App was given, and what it may."""
        now = datetime.now(UTC)
        if self._token is None or self._token.expires_at - EARLY < now:
            path = f"app/installations/{self.installation}/access_tokens"
            signed = app_of(self._connection).create_jwt()
            keep_out(signed)
            answer = self.ask("POST", path, "overhead", called=path, authorization=f"Bearer {signed}")
            self._token = self.parsed(answer, InstallationToken, path)
            keep_out(self._token.token)
        return self._token

    def rows(
        self, path: str, purpose: Purpose, called: str, model: type[_Row], unread: UnreadRows, **parameters: str
    ) -> Iterator[_Row]:
        """Yield a list's rows that can be read. Raises as `pages`."""
        for page in self._listed(path, purpose, called, parameters):
            yield from unread.rows(f"{self.where}: {called}", model, page)

    def logged(self, path: str, called: str, phrase: str, model: type[_Row], unread: UnreadRows) -> Iterator[_Row]:
        """Yield what an audit log tells, whose pages go by links alone. Raises as `pages`."""
        query = httpx.QueryParams({"phrase": phrase, "per_page": str(PAGE_SIZE)})

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            rows, following = self._list_in(answer, called, ""), answer.links.get("next", {}).get("url")
            if following is None and len(rows) >= PAGE_SIZE:
                self._check_links(f"{path}?{query.set('per_page', '1')}", called)
            return ApiPage(rows=rows, following=following)

        for page in self.pages(f"{path}?{query}", "overhead", called, read):
            yield from unread.rows(f"{self.where}: {called}", model, page)

    def settled(
        self,
        path: str,
        purpose: Purpose,
        called: str,
        model: type[_Row],
        unread: UnreadRows,
        key: Callable[[_Row], int],
        *,
        within: str = "",
        **parameters: str,
    ) -> Iterator[_Row]:
        """Yield the rows of a list that others may change meanwhile, each once. Raises as `pages` and `settled`.

        `within`: what the list is called, where an answer is an object that holds it.
        """
        what = f"{self.where}: {called}"
        return settled(what, lambda: self._listed(path, purpose, called, parameters, within), model, key, unread)

    def graphql(self, query: str, variables: Mapping[str, object], purpose: Purpose, called: str) -> dict[str, Any]:
        """The answer's data. Raises NotAnsweredError where it tells an error, even beside data."""
        root = str(self.base)
        url = root.removesuffix("v3/") + "graphql" if root.endswith("/api/v3/") else root + "graphql"
        body = {"query": query, "variables": dict(variables)}
        data = object_in(self.ask("POST", url, purpose, called=called, body=body))
        if data.get("errors"):
            errors = cast("list[Any]", data["errors"] if isinstance(data["errors"], list) else [data["errors"]])
            first: Any = errors[0]
            error = cast("dict[str, Any]", first) if isinstance(first, dict) else {"message": first}
            said = str(error.get("message", ""))
            if error.get("type") == "RATE_LIMITED":
                raise RetriableError(f"{self.where}: {called}: the limit of requests is used up. Try again in an hour")
            raise NotAnsweredError(f"{self.where}: {called}: {in_short(without_tokens(said))}. See {PAGE}", status=200)
        if not isinstance(data.get("data"), dict):
            raise self.no_answer(called)
        return cast("dict[str, Any]", data["data"])

    def authorization(self) -> str:
        """By the token, or the App's."""
        return f"Bearer {self._connection.password if self.installation is None else self.installed().token}"

    def words(self, answer: httpx.Response) -> str:
        """Its `message`."""
        return without_tokens(str(object_in(answer).get("message", "")))

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """By retry-after, or when the hour's limit begins anew."""
        self.is_server = self.is_server or "x-github-enterprise-version" in answer.headers
        limit = limit_of(answer.status_code, answer.headers, self.words(answer))
        return limit.seconds if limit else None

    def lacking(self, answer: httpx.Response) -> str:
        """The permission or scope that it names, and single sign-on."""
        headers = answer.headers
        wanted = headers.get("x-accepted-github-permissions") or headers.get("x-accepted-oauth-scopes") or ""
        needs = f"It needs {in_short(wanted)}." if wanted else ""
        sso = "The token isn't authorized for the organization's single sign-on." if "x-github-sso" in headers else ""
        return " ".join(filter(None, (needs, sso)))

    def _check_links(self, url: str, called: str) -> None:
        """Raise NotAnsweredError where a list of more than a page has no link to the next: something on the way loses
        links, and a full page without one may not be the last.
        """
        if "next" not in self.ask("GET", url, "overhead", called=called).links:
            text = f"{self.where}: {called}: links to its pages are lost on the way, so that nobody knows the rest"
            raise NotAnsweredError(f"{text}. Let a proxy pass the header Link", status=200)

    def _list_in(self, answer: httpx.Response, called: str, within: str) -> list[object]:
        parsed = object_in(answer).get(within) if within else self.json(answer, called)
        if not isinstance(parsed, list):
            raise self.no_answer(called)
        return cast("list[object]", parsed)

    def _listed(
        self, path: str, purpose: Purpose, called: str, given: Mapping[str, str], within: str = ""
    ) -> Iterator[list[object]]:
        """Yield pages. One without a link to the next is the last, unless it's full: then one more is asked."""
        query = httpx.QueryParams({**given, "per_page": str(PAGE_SIZE)})
        number = 1

        def read(answer: httpx.Response, url: str) -> ApiPage:
            nonlocal number
            rows = self._list_in(answer, called, within)
            following = answer.links.get("next", {}).get("url")
            if following is None and len(rows) >= PAGE_SIZE:
                # GitHub links no next page where there is none; something on the way may have lost the link.
                this = httpx.URL(url).params.get("page", "")
                number = int(this) if this.isdecimal() else number
                following = f"{path}?{query.set('page', str(number + 1))}"
            return ApiPage(rows=rows, following=following)

        return self.pages(f"{path}?{query}", purpose, called, read)
