"""What SuccessFactors is asked: the people of Employee Central with their employments, by OData version 2.

https://learn.microsoft.com/en-us/entra/identity/app-provisioning/sap-successfactors-integration-reference: PerPerson,
expanded, holds whoever is active and whoever was terminated; a filter by termination leaves leavers out.
https://userapps.support.sap.com/sap/support/knowledge/en/2723468: server-side paging by a snapshot omits nobody.
https://userapps.support.sap.com/sap/support/knowledge/en/2853045: asOfDate counts on every level that is expanded.
"""

import base64
import binascii
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import cast

import httpx
from pydantic import Field

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, FatalError
from offboarding.model.redaction import keep_out
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in
from offboarding.net.service.api import ApiPage, HttpApi, NotAnsweredError
from offboarding.net.service.asking import MOST_DIGITS
from offboarding.rosters.successfactors.assertion import SamlKey
from offboarding.rosters.successfactors.paths import EMPLOYMENTS, PERSON, Thing, selected, things_in
from offboarding.rosters.successfactors.settings import SuccessFactorsSettings

PAGE = "docs/configuration/successfactors.md"
PAGE_SIZE = 100
_PEOPLE, _TOKEN = "odata/v2/PerPerson", "oauth/token"
_GRANT = "urn:ietf:params:oauth:grant-type:saml2-bearer"


class SuccessFactorsAccess(Told):
    """What an assertion is exchanged for."""

    access_token: str = Field(min_length=1, repr=False)


class SuccessFactorsList(Told):
    """A page of a list."""

    results: list[object]
    count: str = Field(default="", alias="__count")
    following: str | None = Field(default=None, alias="__next")


class SuccessFactorsAnswer(Told):
    """As OData wraps it."""

    d: SuccessFactorsList


class SuccessFactorsApi(HttpApi):
    """One company, asked by one API user."""

    system, page = "SuccessFactors", PAGE
    renewed_by = "See the API user, and the OAuth client: its certificate, and whether it's enabled"

    def __init__(self, settings: SuccessFactorsSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host", "login", "password")
        for name in ("company_id", "client_id"):
            if not connection.extra.get(name):
                raise ConfigError(f"{where}: connection {connection.conn_id}: its extra has no {name}")
        self._key = SamlKey(where, connection)
        self._connection = connection
        self._token = ""
        self.total = self.came = self.rows = 0
        """How many people there are by SuccessFactors' count, how many came, and how many employments of them."""
        self.by_offset = False
        """Whether a page was named by how many rows lie before it."""
        super().__init__(where, settings, connection, address_of(where, connection), {"Accept": "application/json"})

    def employments(self, mapped: Sequence[str], on: date) -> Iterator[list[object]]:
        """Yield every employment of everybody, page by page, as {"person": ..., "employment": ...}, with what is in
        force on a day; a person's follow each other. Whoever has none (a dependant, an emergency contact) is counted
        alone. Raises as `pages`.
        """
        self._token, self.total, self.came, self.rows, self.by_offset = "", 0, 0, 0, False
        properties, behind = selected(mapped)
        asked = {
            "$format": "json",
            "$select": ",".join(properties),
            "$expand": ",".join(behind),
            "$inlinecount": "allpages",
            "asOfDate": on.isoformat(),
            "customPageSize": str(PAGE_SIZE),
            "paging": "snapshot",
        }
        for people in self.pages(f"{_PEOPLE}?{httpx.QueryParams(asked)}", "inventory", _PEOPLE, self._page):
            if rows := [row for person in people for row in self._of(person)]:
                yield rows

    def _page(self, answer: httpx.Response, url: str) -> ApiPage:
        del url
        page = self.parsed(answer, SuccessFactorsAnswer, _PEOPLE).d
        if page.count.isdecimal() and len(page.count) <= MOST_DIGITS:
            self.total = int(page.count)
        self.by_offset = self.by_offset or (page.following is not None and is_offset(page.following))
        return ApiPage(rows=page.results, following=page.following)

    def _of(self, person: object) -> Iterator[object]:
        if not isinstance(person, dict):
            yield person
            return
        about = cast("Thing", person)
        counts = bool(about.get(PERSON))
        self.came += counts
        employments = things_in(about, EMPLOYMENTS)
        # Not told at all isn't none: the row then says that it may not be seen.
        for employment in (None,) if employments is None else employments:
            self.rows += counts
            yield {"person": about, "employment": employment}

    def authorization(self) -> str:
        """By the API user's token, which is fetched once a read."""
        if not self._token:
            form = {
                "company_id": str(self._connection.extra["company_id"]),
                "client_id": str(self._connection.extra["client_id"]),
                "grant_type": _GRANT,
                "assertion": self._key.assertion(str(self.base.join(_TOKEN)), datetime.now(UTC)),
            }
            try:
                answer = self.ask("POST", _TOKEN, "overhead", called=_TOKEN, form=form, authorization="")
            except NotAnsweredError as refused:
                raise FatalError(f"{refused}. {self.renewed_by}") from None
            self._token = self.parsed(answer, SuccessFactorsAccess, _TOKEN).access_token
            keep_out(self._token)
        return f"Bearer {self._token}"

    def words(self, answer: httpx.Response) -> str:
        """What its error says; who issues tokens has another form for it."""
        body = object_in(answer)
        match body.get("error"):
            case {"message": {"value": str() as said}}:
                return said
            case _:
                return str(body.get("errorMessage") or body.get("error_description") or body.get("error") or "")

    def lacking(self, answer: httpx.Response) -> str:
        """What the API user's role has to grant."""
        if answer.status_code != 403:
            return ""
        return "The API user's role needs Employee Central HRIS OData API (read-only)."


def is_offset(following: str) -> bool:
    """Whether a link names rows by their number (https://userapps.support.sap.com/sap/support/knowledge/en/2489065).

    SuccessFactors falls back to that in silence where it has no snapshot of an entity, and then may skip somebody.
    """
    try:
        token = httpx.URL(following).params.get("$skiptoken", "")
        return not token or b'"startRow"' in base64.b64decode(token, validate=True)
    except (httpx.InvalidURL, binascii.Error):
        return False
