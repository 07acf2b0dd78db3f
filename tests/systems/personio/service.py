"""A company's Personio over HTTPS, held to Personio's description of version 1 of its API; and what HR does there.

https://github.com/personio/api-docs: attributes are wrapped in label, value and type, and only those are told that the
credential was granted; days are midnights with the company's offset; pages go by offsets, 100 at most.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.rosters import personio
from tests.support.described.server import Answered, Asked, Described, Description, described

CLIENT, SECRET, TOKEN = "papi-client-of-the-reader", "secretOfTheReadersCredential", "papi-tokenForThisDayAlone"
NIGHT = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
"""Half past midnight on the 25th in Munich."""
DAYS = ("hire_date", "termination_date", "last_working_day", "contract_end_date")
SETTINGS: dict[str, Any] = {
    "name": "hr",
    "kind": "personio",
    "connection": "hr_personio",
    "coverage": "full",
    "zones": {"Munich": "Europe/Berlin", "New York": "America/New_York"},
}
GRANTED = (
    *("id", "first_name", "last_name", "email", "status", "employment_type", "supervisor", "office"),
    *("hire_date", "termination_date", "last_working_day"),
)


class PersonioService:
    """One company. What its credential was granted is in `granted`, until a test takes it away."""

    def __init__(self) -> None:
        self.employees: list[dict[str, Any]] = []
        self.granted = set[str](GRANTED)
        self.most = 100
        """On a page."""
        self.total: int | None = None
        """What is said of how many there are, where it isn't true."""
        self.first: list[Answered] = []
        """What is said first, one after the other."""
        self.between_pages: Callable[[], None] | None = None

    def add(self, number: int, **more: Any) -> dict[str, Any]:
        """Somebody with a mail by the number, who works in Munich. Days are written as 2026-11-24."""
        given: dict[str, Any] = {"id": number, "first_name": "Employee", "last_name": str(number)}
        given |= {"email": f"w{number}@corp.example", "office": "Munich", "status": "active"}
        given |= {"employment_type": "internal", "hire_date": "2020-03-02"}
        self.employees.append(employee := given | more)
        return employee

    def answer(self, asked: Asked) -> Answered:
        """One request."""
        if self.first:
            return self.first.pop(0)
        if asked.path == "/v1/auth" and asked.method == "POST":
            if asked.body != {"client_id": CLIENT, "client_secret": SECRET}:
                return _refused(403, "Wrong credentials")
            return Answered(body={"success": True, "data": {"token": TOKEN}})
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return _refused(401, "The token is expired")
        if asked.path != "/v1/company/employees" or asked.method != "GET":
            return _refused(404, "Not found")
        return self._listed(asked)

    def _listed(self, asked: Asked) -> Answered:
        offset = int(asked.query.get("offset", "0"))
        limit = min(self.most, int(asked.query.get("limit", "50")))
        wanted = [value for name, value in asked.pairs if name == "attributes[]"]
        page = self.employees[offset : offset + limit]
        total = len(self.employees) if self.total is None else self.total
        body = {
            "success": True,
            "metadata": {"total_elements": total, "current_page": offset // limit, "total_pages": -(-total // limit)},
            "offset": offset,
            "limit": limit,
            "data": [{"type": "Employee", "attributes": self._told(each, wanted)} for each in page],
        }
        if self.between_pages and offset + limit < len(self.employees):
            self.between_pages()
        return Answered(body=body)

    def _told(self, employee: Mapping[str, Any], wanted: Sequence[str]) -> dict[str, Any]:
        return {name: _wrapped(name, employee.get(name)) for name in wanted if name in self.granted}


def _wrapped(name: str, value: Any) -> dict[str, Any]:
    kind = "integer" if name == "id" else "date" if name in DAYS else "standard"
    if name in DAYS and value:
        value = f"{value}T00:00:00+01:00"
    if name == "office" and value:
        value = {"type": "Office", "attributes": {"id": 131014, "name": value}}
    if name == "supervisor" and value:
        number = {"label": "ID", "value": value, "type": "integer", "universal_id": "id"}
        value = {"type": "Employee", "attributes": {"id": number}}
    return {"label": name.replace("_", " ").capitalize(), "value": value, "type": kind, "universal_id": name}


def _refused(status: int, text: str) -> Answered:
    return Answered(status=status, body={"success": False, "error": {"code": status, "message": text}})


@cache
def description() -> Description:
    """Personio's."""
    return Description("personio")


@dataclass(frozen=True, kw_only=True)
class PersonioPlace:
    """A running company, and who reads it."""

    kept: PersonioService
    service: Described
    tls: Tls | None

    def connection(self, **more: Any) -> ConnectionFields:
        """By the reader's credential."""
        fields = self.service.fields(conn_id="hr_personio", login=CLIENT, password=SECRET)
        return ConnectionFields(**(fields | more))

    def roster(
        self,
        own: Mapping[str, Any] | None = None,
        *,
        as_of: datetime = NIGHT,
        connection: ConnectionFields | None = None,
    ) -> personio.PersonioRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Europe/Berlin")
        settings = personio.Settings.model_validate({**SETTINGS, **(own or {})})
        return personio.build(settings, connection or self.connection(), context)


@contextmanager
def personio_place(tls: Tls | None) -> Generator[PersonioPlace]:
    """On a free port; without TLS nothing is checked, which is most of the time that it takes."""
    kept = PersonioService()
    with described(kept.answer, description() if tls else None, tls) as service:
        yield PersonioPlace(kept=kept, service=service, tls=tls)
