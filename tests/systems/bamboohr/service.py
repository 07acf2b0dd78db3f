"""A company's BambooHR over HTTPS, held to BambooHR's description of its API; and what HR and administrators do there.

As its own client documents it (https://github.com/BambooHR/bhr-api-python, docs/EmployeesApi.md): a list that is
neither filtered nor sorted holds everybody, what the reader may not see is null and named, and whom it may not see at
all is left out of a list that is filtered or sorted. Fields that don't exist are dropped in silence.
"""

import base64
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.rosters import bamboohr
from tests.support.described.server import Answered, Asked, Described, Description, described, filled

KEY = "apiKeyOfTheReaderAlone"
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
"""Half past one on the 25th in Seoul."""
ALWAYS = ("firstName", "lastName", "preferredName", "photoUrl", "jobTitleName", "status")
SETTINGS: dict[str, Any] = {
    "name": "hr",
    "kind": "bamboohr",
    "connection": "hr_bamboo",
    "coverage": "full",
    "zones": {"Seoul": "Asia/Seoul", "Honolulu": "Pacific/Honolulu"},
}


class BambooService:
    """One company. What its reader may see is in `hidden`, until a test takes more away."""

    def __init__(self) -> None:
        self.employees: list[dict[str, Any]] = []
        self.hidden = set[str]()
        """Fields that the reader's access level may not see, of anybody."""
        self.hidden_of: dict[str, set[str]] = {}
        """By employeeId: what it may not see of them."""
        self.fields = set[str]()
        """Others than there are."""
        self.most = 2500
        """On a page."""
        self.total: int | None = None
        """What is said of how many there are, where it isn't true."""
        self.first: list[Answered] = []
        """What is said first, one after the other."""
        self.between_pages: Callable[[], None] | None = None
        self.loops = False
        """Each page names itself as the next."""

    def add(self, number: str, **more: Any) -> dict[str, Any]:
        """Somebody with a mail by the number, who works in Seoul."""
        given = {"firstName": "Employee", "lastName": number, "workEmail": f"w{number}@corp.example"}
        given |= {"locationName": "Seoul", "employmentStatusName": "Full-Time", "hireDate": "2020-03-02"}
        given |= {"status": "Active", "employeeNumber": number, "employeeId": str(9000 + len(self.employees))}
        given |= {"employmentStatusEffectiveDate": "2020-03-02", "homeEmail": f"{number}@home.example"}
        self.employees.append(employee := given | more)
        return employee

    def answer(self, asked: Asked) -> Answered:
        """One request."""
        if self.first:
            return self.first.pop(0)
        if asked.headers.get("authorization") != f"Basic {base64.b64encode(f'{KEY}:x'.encode()).decode()}":
            return Answered(status=401, headers={"X-BambooHR-Error-Message": "Invalid API key"})
        if asked.path != "/api/v1/employees" or asked.method != "GET":
            return Answered(status=404, headers={"X-BambooHR-Error-Message": "No such thing"})
        return self._listed(asked.query)

    def _listed(self, query: Mapping[str, str]) -> Answered:
        """From behind whoever the cursor names."""
        after, limit = query.get("page[after]"), min(self.most, int(query.get("page[limit]", "250")))
        ids = [employee["employeeId"] for employee in self.employees]
        if after is not None and after not in ids:
            return Answered(status=400, body={"error": {"code": "BadPage", "message": "the cursor names nobody"}})
        begin = ids.index(after) + 1 if after else 0
        page = self.employees[begin : begin + limit]
        if "sort" in query or "filter[status]" in query:
            page = [each for each in page if "status" not in self._hidden(each)]
        more = begin + limit < len(self.employees)
        cursor = page[-1]["employeeId"] if more else None
        if self.loops:
            cursor = after or self.employees[0]["employeeId"]
        known = described_fields() | self.fields
        fields = [*ALWAYS, *(name for name in query.get("fields", "").split(",") if name in known)]
        body = {
            "data": [self._told(each, fields) for each in page],
            "meta": {
                "total": len(self.employees) if self.total is None else self.total,
                "page": {"limit": limit, "nextCursor": cursor, "prevCursor": None},
            },
            "_links": {"self": {"href": "https://elsewhere.example/self"}},
        }
        if self.between_pages and more:
            self.between_pages()
        return Answered(body=body)

    def _told(self, employee: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
        hidden = self._hidden(employee) & {*fields}
        row = {name: None if name in hidden else employee.get(name) for name in fields}
        restricted = {"_restrictedFields": sorted(hidden)} if hidden else {}
        return {"employeeId": employee["employeeId"], **row, **restricted}

    def _hidden(self, employee: Mapping[str, Any]) -> set[str]:
        return self.hidden | self.hidden_of.get(employee["employeeId"], set())


@cache
def description() -> Description:
    """BambooHR's."""
    return Description("bamboohr")


@cache
def described_fields() -> frozenset[str]:
    """Whatever an employee may have."""
    return frozenset(filled("bamboohr", "GetEmployeesEmployeeResponse"))


@dataclass(frozen=True, kw_only=True)
class BambooPlace:
    """A running company, and who reads it."""

    kept: BambooService
    service: Described
    tls: Tls | None

    def connection(self, **more: Any) -> ConnectionFields:
        """By the reader's API key."""
        return ConnectionFields(**(self.service.fields(conn_id="hr_bamboo", password=KEY) | more))

    def roster(
        self,
        own: Mapping[str, Any] | None = None,
        *,
        as_of: datetime = NIGHT,
        connection: ConnectionFields | None = None,
    ) -> bamboohr.BambooRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Asia/Seoul")
        settings = bamboohr.Settings.model_validate({**SETTINGS, **(own or {})})
        return bamboohr.build(settings, connection or self.connection(), context)


@contextmanager
def bamboo_place(tls: Tls | None) -> Generator[BambooPlace]:
    """On a free port; without TLS nothing is checked, which is most of the time that it takes."""
    kept = BambooService()
    with described(kept.answer, description() if tls else None, tls) as service:
        yield BambooPlace(kept=kept, service=service, tls=tls)
