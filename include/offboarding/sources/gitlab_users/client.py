"""What GitLab is asked, and how: lists to their proved end, limits by its own headers, refusals by what is missing.

https://docs.gitlab.com/api/rest/, https://docs.gitlab.com/administration/settings/user_and_ip_rate_limits/
"""

import time
from collections.abc import Iterator, Mapping
from typing import TypeVar, cast

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import number_in, object_in, retry_after
from offboarding.net.service.api import ApiPage, HttpApi, Purpose
from offboarding.net.service.asking import in_short
from offboarding.sources._http.rows import UnreadRows, settled
from offboarding.sources.gitlab_users.answers import Numbered
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings

PAGE = "docs/permissions/gitlab.md"
PAGE_SIZE = 100
BY_ID = {"pagination": "keyset", "order_by": "id", "sort": "asc"}
"""Lists that go by a cursor: nobody slips between two of their pages."""
_TOKENS = "/personal_access_tokens"
_Row = TypeVar("_Row", bound=Numbered)


class GitlabRest(HttpApi):
    """One GitLab, asked by one connection."""

    system, page = "GitLab", PAGE
    spared_by = "Raise max_requests, or switch triggers off"

    def __init__(self, settings: GitlabUsersSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "password")
        self._password = connection.password
        reader = "an owner of the group, with the scope read_api"
        if settings.group is None:
            reader = "an administrator, with the scope read_api, and admin_mode where Admin Mode is on"
        self.right = f"It needs a token of {reader}."
        """What a refusal says is missing."""
        base = address_of(where, connection, "api/v4")
        super().__init__(where, settings, connection, base, {"Accept": "application/json"})

    @property
    def reached_by(self) -> str:
        """The address that is asked, without a slash at its end."""
        return str(self.base).rstrip("/")

    def by_cursor(
        self, path: str, purpose: Purpose, model: type[_Row], unread: UnreadRows, **parameters: str
    ) -> Iterator[_Row]:
        """Yield the rows of a list that goes by a cursor. Raises as `pages`."""
        for page in self._listed(path, purpose, path, {**parameters, **BY_ID}):
            yield from unread.rows(f"{self.where}: {path}", model, page)

    def settled(
        self,
        path: str,
        purpose: Purpose,
        model: type[_Row],
        unread: UnreadRows,
        *,
        called: str = "",
        **parameters: str,
    ) -> Iterator[_Row]:
        """Yield the rows of a list that goes by numbered pages, each once. Raises as `pages` and `settled`.

        `called`: the path without anybody's number, where it holds one.
        """
        named = called or path
        what = f"{self.where}: {named}"
        return settled(what, lambda: self._listed(path, purpose, named, parameters), model, lambda row: row.id, unread)

    def authorization(self) -> str:
        """By the token."""
        return f"Bearer {self._password}"

    def words(self, answer: httpx.Response) -> str:
        """Its `message`, or what the token's check says."""
        said = object_in(answer)
        return str(said.get("message") or said.get("error_description") or said.get("error") or "")

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """By Retry-After, or when the limit begins anew."""
        if answer.status_code != 429:
            return None
        if after := retry_after(answer.headers):
            return after
        reset = number_in(answer.headers, "ratelimit-reset")
        return 60 if reset is None else max(1, reset - int(time.time()))

    def lacking(self, answer: httpx.Response) -> str:
        """The scope that it names, or whose token it takes: what a token may not see, GitLab may not find."""
        scope = object_in(answer).get("scope")
        if isinstance(scope, str) and scope:
            return f"It needs one of the scopes {in_short(scope)}."
        return self.right if answer.status_code in {401, 403, 404} else ""

    def shuts_out(self, answer: httpx.Response) -> bool:
        """Of others' personal access tokens, 401 says that an administrator may see them."""
        return answer.status_code == 401 and not answer.request.url.path.endswith(_TOKENS)

    def _listed(self, path: str, purpose: Purpose, called: str, given: Mapping[str, str]) -> Iterator[list[object]]:
        """Yield pages. A full one that links no next is asked for what comes behind it: a link may be lost on its way.

        https://docs.gitlab.com/api/rest/#pagination
        """
        query, done = httpx.QueryParams({**given, "per_page": str(PAGE_SIZE)}), 0

        def read(answer: httpx.Response, url: str) -> ApiPage:
            nonlocal done
            del url
            parsed = self.json(answer, called)
            if not isinstance(parsed, list):
                raise self.no_answer(called)
            rows = cast("list[object]", parsed)
            done += 1
            following = answer.links.get("next", {}).get("url")
            if following is None and len(rows) >= PAGE_SIZE:
                following = f"{path}?{query.remove('pagination').set('page', str(done + 1))}"
            return ApiPage(rows=rows, following=following)

        return self.pages(f"{path}?{query}", purpose, called, read)
