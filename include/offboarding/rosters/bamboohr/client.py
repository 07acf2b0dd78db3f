"""What BambooHR is asked: its list of employees, page by page, and never filtered or sorted.

https://github.com/BambooHR/bhr-api-python (docs/EmployeesApi.md, list_employees): without a filter everybody is listed,
whatever the caller may see of them; of a filtered or sorted list whoever may not be seen is left out.
https://documentation.bamboohr.com/docs/planned-changes-to-the-api: 429 with Retry-After, before September 2026 503.
"""

import base64
from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import httpx
from pydantic import Field

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import RetriableError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in, retry_after
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError
from offboarding.rosters.bamboohr.settings import BambooSettings

PAGE = "docs/configuration/bamboohr.md"
PAGE_SIZE = 1000
"""BambooHR gives 2500 at most, and its own client 250."""
ALWAYS = frozenset({"employeeId", "firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status"})
"""Fields that come without being asked for."""
_CALLED = "api/v1/employees"


class BambooCursor(Told):
    """Where a list goes on."""

    next_cursor: str | None = Field(default=None, alias="nextCursor")


class BambooMeta(Told):
    """What is said of a list."""

    total: int
    page: BambooCursor


class BambooEmployees(Told):
    """A page of employees."""

    data: list[object]
    meta: BambooMeta


def hidden_fields(employee: Mapping[str, object]) -> list[str]:
    """Which of those asked for the reader may not see of somebody; each is null."""
    names = employee.get("_restrictedFields")
    return [str(name) for name in cast("list[object]", names)] if isinstance(names, list) else []


class BambooApi(HttpApi):
    """One company, asked by one connection."""

    system, page = "BambooHR", PAGE
    renewed_by = "Make a new API key of the reader's, for the connection's password"

    def __init__(self, settings: BambooSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "password")
        self._basic = base64.b64encode(f"{connection.password}:x".encode()).decode()
        keep_out(self._basic)
        self.total = 0
        """How many there are, as the last page says."""
        super().__init__(where, settings, connection, address_of(where, connection), {"Accept": "application/json"})

    def employees(self, fields: Sequence[str]) -> Iterator[list[object]]:
        """Yield everybody, page by page, with these fields. Raises as `pages`."""
        wanted = ",".join(sorted({*fields} - ALWAYS))
        given = {"page[limit]": str(PAGE_SIZE), **({"fields": wanted} if wanted else {})}

        def read(answer: httpx.Response, url: str) -> ApiPage:
            del url
            page = self.parsed(answer, BambooEmployees, _CALLED)
            self.total = page.meta.total
            cursor = page.meta.page.next_cursor
            following = f"{_CALLED}?{httpx.QueryParams({**given, 'page[after]': cursor})}" if cursor else None
            return ApiPage(rows=page.data, following=following)

        came = False
        try:
            for rows in self.pages(f"{_CALLED}?{httpx.QueryParams(given)}", "inventory", _CALLED, read):
                came = True
                yield rows
        except NotAnsweredError as refused:
            if came and refused.status == 400:  # the one whom a cursor names was deleted meanwhile
                raise RetriableError(f"{self.where}: {_CALLED}: the list changed as it was read. Try again") from None
            raise

    def authorization(self) -> str:
        """By the API key, as a login without a password."""
        return f"Basic {self._basic}"

    def words(self, answer: httpx.Response) -> str:
        """Its header, or what its error says."""
        error = object_in(answer).get("error")
        said = cast("dict[str, object]", error).get("message") if isinstance(error, dict) else error
        return answer.headers.get("x-bamboohr-error-message") or str(said or "")

    def seconds_to_wait(self, answer: httpx.Response) -> int | None:
        """As its header says; a minute where there is none."""
        is_limit = answer.status_code == 429 or (answer.status_code == 503 and answer.headers.get("retry-after"))
        return (retry_after(answer.headers) or 60) if is_limit else None

    def lacking(self, answer: httpx.Response) -> str:
        """Whose key it is decides what may be read."""
        return "The key's user needs an access level that sees every employee." if answer.status_code == 403 else ""
