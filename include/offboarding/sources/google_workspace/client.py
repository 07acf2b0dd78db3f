"""What Google's Directory API is asked, and how: lists to their last page, limits by its own words.

https://developers.google.com/workspace/admin/directory/v1/guides/manage-users
https://developers.google.com/workspace/admin/directory/v1/limits
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

import httpx
from pydantic import BaseModel

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError
from offboarding.model.redaction import keep_out
from offboarding.net.destinations import Destination, of_url
from offboarding.net.service.address import address_of, destination
from offboarding.net.service.answers import object_in, retry_after
from offboarding.net.service.api import ApiPage, HttpApi, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.google_workspace.answers import GoogleAccess, GoogleUser
from offboarding.sources.google_workspace.service_account import service_account
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings

PAGE = "docs/permissions/google.md"
HOST = "admin.googleapis.com"
USERS, SECURITY = "admin.directory.user.readonly", "admin.directory.user.security"
"""Scopes; the second isn't asked for unless tokens are read."""
PAGE_SIZE = "500"
EARLY = timedelta(minutes=5)
"""Before its end a token is made anew."""
ONE_USER = (
    "id,primaryEmail,customerId,aliases,externalIds(type,value),sshPublicKeys,isAdmin,isDelegatedAdmin,isGuestUser,"
    "suspended,suspensionReason,archived,creationTime,lastLoginTime,deletionTime"
)
"""No more of anybody leaves Google unless it's asked for: phones, addresses, names and private mails stay there."""
_SCOPES = "https://www.googleapis.com/auth/"
_GRANT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_EACH_MINUTE = frozenset({"userRateLimitExceeded", "rateLimitExceeded", "RATE_LIMIT_EXCEEDED"})
_EACH_DAY = frozenset({"dailyLimitExceeded", "quotaExceeded"})
_Row = TypeVar("_Row", bound=BaseModel)


def places(where: str, connection: ConnectionFields) -> Iterator[Destination]:
    """Yield both hosts. Raises ConfigError for a password that is no key."""
    yield from destination(where, _reached(connection))
    yield of_url(service_account(where, connection).token_uri, "Paste the key's file as Google made it")


class DirectoryApi(HttpApi):
    """One customer's directory, asked by a service account in an administrator's name."""

    system, page = "Google's Directory API", PAGE
    renewed_by = "Renew the service account's key: see the connection's password"

    def __init__(self, settings: GoogleWorkspaceSettings, connection: ConnectionFields, where: str) -> None:
        self._key = service_account(where, connection)
        self.one_user = f"{ONE_USER},recoveryEmail" if settings.recovery_mails else ONE_USER
        """What is asked of a user."""
        self.administrator = connection.login
        self._given: dict[str, tuple[str, datetime]] = {}
        base = address_of(where, _reached(connection), "admin/directory/v1")
        super().__init__(where, settings, connection, base, {"Accept": "application/json"})

    def authorization(self) -> str:
        """To read users."""
        return self.bearer(USERS)

    def bearer(self, scope: str) -> str:
        """By a token of that scope alone: one that isn't granted would cost the others. Raises FatalError for it."""
        token, ends = self._given.get(scope, ("", datetime.min.replace(tzinfo=UTC)))
        if ends < datetime.now(UTC) + EARLY:
            access = self._granted(scope)
            token = access.access_token
            keep_out(token)
            self._given[scope] = token, datetime.now(UTC) + timedelta(seconds=access.expires_in)
        return f"Bearer {token}"

    def users(self, purpose: Purpose, unread: UnreadRows, *, deleted: bool = False) -> Iterator[GoogleUser]:
        """Yield everybody, or who was deleted and can be restored. Raises as `pages`."""
        called = "users, deleted" if deleted else "users"
        query = {"customer": "my_customer", "projection": "full", "maxResults": PAGE_SIZE}
        query |= {"showDeleted": "true"} if deleted else {}
        query |= {"fields": f"kind,nextPageToken,users({self.one_user})"}

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            page = self._listed(answer, called, "users")
            token = page.get("nextPageToken")
            following = f"users?{httpx.QueryParams({**query, 'pageToken': str(token)})}" if token else None
            return ApiPage(rows=page["users"], following=following)

        for page in self.pages(f"users?{httpx.QueryParams(query)}", purpose, called, read):
            yield from unread.rows(f"{self.where}: {called}", GoogleUser, page)

    def of_user(self, path: str, fields: str, model: type[_Row], unread: UnreadRows) -> Iterator[_Row]:
        """Yield what lets others in for somebody: lists that come whole. Raises as `ask`."""
        called = f"users/ID/{path.rpartition('/')[2]}"
        query = httpx.QueryParams({"fields": f"kind,items({fields})"})
        answer = self.ask("GET", f"{path}?{query}", "detail", called=called, authorization=self.bearer(SECURITY))
        yield from unread.rows(f"{self.where}: {called}", model, self._listed(answer, called, "items")["items"])

    def words(self, answer: httpx.Response) -> str:
        """Its message, or what the token endpoint says."""
        error = _error(answer)
        return str(error.get("message") or error.get("error_description") or error.get("error") or "")

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """Limits are told as 403 as well as 429, and without a time: quotas are of a minute."""
        reasons = _reasons(answer)
        if answer.status_code == 403 and reasons & _EACH_DAY:
            return 24 * 3600
        if answer.status_code == 429 or (answer.status_code == 403 and reasons & _EACH_MINUTE):
            return retry_after(answer.headers) or 60
        return None

    def shuts_out(self, answer: httpx.Response) -> bool:
        """Of somebody who is suspended Google refuses these lists as it refuses a stranger."""
        return answer.status_code == 401 and not _is_of_user(answer)

    def lacking(self, answer: httpx.Response) -> str:
        """The scope, and the privilege of the administrator in whose name it's asked."""
        if answer.status_code == 403 and _is_of_user(answer):
            return f"It needs the scope {SECURITY}, and an administrator with the privilege User Security Management."
        if answer.status_code == 403:
            return f"It needs the scope {USERS}, and an administrator with the privilege Users, Read."
        return ""

    def _granted(self, scope: str) -> GoogleAccess:
        called = "sign-in"
        form = {"grant_type": _GRANT, "assertion": self._key.signed(f"{_SCOPES}{scope}", self.administrator)}
        try:
            answer = self.ask("POST", self._key.token_uri, "overhead", called=called, form=form, authorization="")
        except FatalError as refused:
            raise FatalError(
                f"{refused}. It asked for the scope {scope}: domain-wide delegation has to name it for client"
                f" {self._key.client_id or 'ID'}, and the administrator to be in good standing"
            ) from None
        return self.parsed(answer, GoogleAccess, called)

    def _listed(self, answer: httpx.Response, called: str, name: str) -> dict[str, Any]:
        """A list's page with its rows; of none there is no list, but always the kind. Raises FatalError otherwise."""
        page = object_in(answer)
        rows = page.get(name, [] if str(page.get("kind", "")).startswith("admin#directory#") else None)
        if not isinstance(rows, list):
            raise self.no_answer(called)
        return {**page, name: cast("list[object]", rows)}


def _reached(connection: ConnectionFields) -> ConnectionFields:
    return replace(connection, host=connection.host or HOST)


def _is_of_user(answer: httpx.Response) -> bool:
    return answer.request.url.path.endswith(("/tokens", "/asps"))


def _error(answer: httpx.Response) -> dict[str, Any]:
    """Of the API under `error`, of the token endpoint as it is."""
    said = object_in(answer)
    inner: object = said.get("error")
    return cast("dict[str, Any]", inner) if isinstance(inner, dict) else said


def _reasons(answer: httpx.Response) -> set[str]:
    """By the older list and the newer."""
    error = _error(answer)
    found = set[str]()
    for name in ("errors", "details"):
        listed: object = error.get(name)
        for each in cast("list[object]", listed) if isinstance(listed, list) else []:
            if isinstance(each, dict):
                found.add(str(cast("dict[str, Any]", each).get("reason", "")))
    return found
