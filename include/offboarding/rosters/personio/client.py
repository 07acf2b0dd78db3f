"""What Personio is asked: its list of employees, version 1 of its API, page by page.

https://github.com/personio/api-docs (personio-auth-api.yaml, personio-personnel-data-api-oa3.yaml)
https://developer.personio.de/changelog/pagination-enforcement-v1-employees-api: at most 100 on a page
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

import httpx
from pydantic import Field

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError
from offboarding.rosters.personio.settings import PersonioSettings

PAGE = "docs/configuration/personio.md"
PAGE_SIZE = 100
_CALLED = "v1/company/employees"
_AUTH = "v1/auth"


class PersonioToken(Told):
    """What lets the credential in, for a day."""

    token: str = Field(min_length=1, repr=False)


class PersonioAccess(Told):
    """An answer to who asks."""

    data: PersonioToken


class PersonioCount(Told):
    """What is said of a list."""

    total_elements: int


class PersonioEmployees(Told):
    """A page of employees."""

    data: list[object]
    metadata: PersonioCount


class PersonioApi(HttpApi):
    """One company, asked by one credential."""

    system, page = "Personio", PAGE
    renewed_by = "See the credential: its client id is the connection's login, its secret the password"

    def __init__(self, settings: PersonioSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "login", "password")
        self._connection = connection
        self._token = ""
        self.total = 0
        """How many there are, as the last page says."""
        super().__init__(where, settings, connection, address_of(where, connection), {"Accept": "application/json"})

    def employees(self, attributes: Sequence[str]) -> Iterator[list[object]]:
        """Yield everybody, page by page, with these attributes. Raises as `pages`, and RetriableError where the list
        changes as it's read.

        Each page begins with the last of the page before: whoever leaves the list moves all behind them, and somebody
        past the page that is read next.
        """
        self._token = ""
        wanted = [("attributes[]", name) for name in sorted({*attributes, "id"})]
        before: list[str] = []

        def read(answer: httpx.Response, url: str) -> ApiPage:
            page = self.parsed(answer, PersonioEmployees, _CALLED)
            self.total = page.metadata.total_elements
            offset = int(httpx.URL(url).params["offset"])
            rows, again = page.data, bool(before)
            if before and (not rows or employee_id(rows[0]) != before[0]):
                raise RetriableError(f"{self.where}: {_CALLED}: the list changed as it was read. Try again")
            before[:] = [employee_id(rows[-1])] if rows else []
            behind = offset + len(rows)
            following = self._path(wanted, behind - 1) if behind < self.total and len(rows) > 1 else None
            return ApiPage(rows=rows[again:], following=following)

        return self.pages(self._path(wanted, 0), "inventory", _CALLED, read)

    def authorization(self) -> str:
        """By the credential's token, which is fetched once a read."""
        if not self._token:
            given = {"client_id": self._connection.login, "client_secret": self._connection.password}
            try:
                answer = self.ask("POST", _AUTH, "overhead", called=_AUTH, form=given, authorization="")
            except NotAnsweredError as refused:
                raise FatalError(f"{refused}. {self.renewed_by}") from None
            self._token = self.parsed(answer, PersonioAccess, _AUTH).data.token
            keep_out(self._token)
        return f"Bearer {self._token}"

    def words(self, answer: httpx.Response) -> str:
        """What its error says."""
        error = object_in(answer).get("error")
        said = cast("dict[str, object]", error).get("message") if isinstance(error, dict) else error
        return str(said or "")

    def lacking(self, answer: httpx.Response) -> str:
        """What the credential may."""
        return "The credential needs to read employees." if answer.status_code == 403 else ""

    def _path(self, wanted: Sequence[tuple[str, str]], offset: int) -> str:
        query = httpx.QueryParams([("limit", str(PAGE_SIZE)), ("offset", str(offset)), *wanted])
        return f"{_CALLED}?{query}"


def attributes_of(row: object) -> Mapping[str, object]:
    """Each attribute's value by its name."""
    held = cast("dict[str, object]", row).get("attributes") if isinstance(row, dict) else None
    attributes = cast("dict[str, object]", held) if isinstance(held, dict) else {}
    return {name: value_of(each) for name, each in attributes.items()}


def value_of(attribute: object) -> object:
    """What an attribute holds: `{label, value, type}` around it."""
    return cast("dict[str, object]", attribute).get("value") if isinstance(attribute, dict) else attribute


def employee_id(row: object) -> str:
    """Personio's number of an employee; "" for none."""
    number = attributes_of(row).get("id")
    return str(number) if isinstance(number, int | str) and not isinstance(number, bool) else ""
