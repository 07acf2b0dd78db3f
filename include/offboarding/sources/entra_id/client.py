"""What Microsoft Graph is asked, and how: lists by the links that it gives, limits by Retry-After.

https://learn.microsoft.com/en-us/graph/paging, https://learn.microsoft.com/en-us/graph/throttling
"""

import weakref
from collections.abc import Iterator
from typing import Any, TypeVar, cast

import httpx
from pydantic import BaseModel

from offboarding.interfaces import ConnectionFields
from offboarding.net.service.answers import object_in, retry_after
from offboarding.net.service.api import ApiPage, HttpApi, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.entra_id.clouds import graph_of
from offboarding.sources.entra_id.settings import EntraSettings
from offboarding.sources.entra_id.signing_in import RENEWED_BY, SignIn

PAGE = "docs/permissions/entra.md"
SIGN_INS = "signInActivity"
_NEEDS = {
    "users": "User.Read.All",
    "directory/deletedItems/microsoft.graph.user": "User.Read.All",
    "applications": "Application.Read.All",
    "servicePrincipals": "Application.Read.All",
    "roleManagement/directory/roleEligibilityScheduleInstances": "RoleEligibilitySchedule.Read.Directory",
    "roleManagement/directory": "RoleManagement.Read.Directory",
    "groups": "GroupMember.Read.All",
}
"""By how a path begins, since a refusal names no permission; the first that fits."""
GRANTS = "oauth2PermissionGrants"
_NEEDED_BY_GRANTS = "Directory.Read.All"
"""The least that reads them and changes nothing
(https://learn.microsoft.com/en-us/graph/api/user-list-oauth2permissiongrants)."""
_Row = TypeVar("_Row", bound=BaseModel)


class EntraGraph(HttpApi):
    """One tenant's Graph, asked as an application."""

    system, page = "Microsoft Graph", PAGE
    renewed_by = RENEWED_BY
    spared_by = "Raise max_requests, or switch applications off"

    def __init__(self, settings: EntraSettings, connection: ConnectionFields, where: str) -> None:
        base = graph_of(where, connection)
        self._sign_in = SignIn(where, connection, base, seconds=settings.timeout_seconds)
        super().__init__(where, settings, connection, base, {"Accept": "application/json"})
        weakref.finalize(self, self._sign_in.client.close)

    def rows(
        self, path: str, purpose: Purpose, model: type[_Row], unread: UnreadRows, *, called: str = "", **options: str
    ) -> Iterator[_Row]:
        """Yield a list's rows that can be read; `options` are OData's, without their $. Raises as `pages`."""
        query = httpx.QueryParams({f"${name}": value for name, value in options.items()})
        called = called or path

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            page = object_in(answer)
            rows, following = page.get("value"), page.get("@odata.nextLink")
            if not isinstance(rows, list) or not isinstance(following, str | None):
                raise self.no_answer(called)
            return ApiPage(rows=cast("list[object]", rows), following=following)

        for page in self.pages(f"{path}?{query}" if options else path, purpose, called, read):
            yield from unread.rows(f"{self.where}: {called}", model, page)

    def authorization(self) -> str:
        """By the application's token."""
        return f"Bearer {self._sign_in.token()}"

    def words(self, answer: httpx.Response) -> str:
        """Its error's code and message."""
        error = object_in(answer).get("error")
        if not isinstance(error, dict):
            return ""
        words = cast("dict[str, Any]", error)
        return ": ".join(str(words[name]) for name in ("code", "message") if words.get(name))

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """By Retry-After; half a minute where 429 comes without."""
        after = retry_after(answer.headers)
        if answer.status_code == 429:
            return after or 30
        return after if answer.status_code in {503, 504} else None

    def lacking(self, answer: httpx.Response) -> str:
        """The permission for what was asked."""
        if answer.status_code != 403:
            return ""
        path = answer.request.url.path.removeprefix(self.base.path)
        if path.endswith(GRANTS):
            return f"It needs {_NEEDED_BY_GRANTS}, with an administrator's consent, unless consents is off."
        found = next((right for begins, right in _NEEDS.items() if path.startswith(begins)), "")
        if found and SIGN_INS in str(answer.request.url):
            found = f"{found}, and AuditLog.Read.All with Entra ID P1 unless sign_ins is off"
        return f"It needs {found}, with an administrator's consent." if found else ""
