"""A Workday tenant over HTTPS with one custom report as a web service, and what HR and its administrators do there.

Workday publishes no description of it. Address, CSV in UTF-8 and the exchange of a refresh token are as Workday's own
client has them (https://github.com/Workday/raas-python); what a report tells of a termination, and that an integration
system user works in Pacific time, as Microsoft's connector documents it
(https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-termination-lookahead).
"""

import base64
import csv
import io
import re
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.rosters import workday
from tests.support.described.server import Answered, Asked, Described, described

USER, PASSWORD = "ISU_Offboarding", "SecretOfTheIntegrationUser"
CLIENT, SECRET, REFRESH, ACCESS = "MjAyNi0xMS0yNA", "secretOfTheClient", "refreshNeverEnds", "bearerForAnHour"
REPORT = f"acme/{USER}/Offboarding_Workers"
PROMPT = "Effective_as_of_Date"
COLUMNS = (
    *("Worker_ID", "Worker", "Work_Email", "User_Name", "Location", "Worker_Type", "Worker_Status", "Hire_Date"),
    *("Termination_Date", "Last_Day_of_Work"),
)
OURS = {
    "worker_id": "Worker_ID",
    "name": "Worker",
    "mail": "Work_Email",
    "login": "User_Name",
    "location": "Location",
    "type": "Worker_Type",
    "status": "Worker_Status",
    "start": "Hire_Date",
    "end": "Termination_Date",
    "last_working_day": "Last_Day_of_Work",
}
SETTINGS: dict[str, Any] = {
    "name": "hr",
    "kind": "workday",
    "connection": "hr_workday",
    "coverage": "full",
    "report": REPORT,
    "columns": OURS,
    "statuses": {"Active": "active", "On Leave": "leave", "Terminated": "left"},
    "zones": {"Seoul": "Asia/Seoul", "Honolulu": "Pacific/Honolulu", "Oakland": "America/Los_Angeles"},
}
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
"""Half past one on the 25th in Seoul, half past eight on the 24th on the Pacific coast."""
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([+-]\d{2}:\d{2})")
_PACIFIC = ZoneInfo("America/Los_Angeles")


@dataclass(kw_only=True)
class KeptWorker:
    """A worker's profile. An employee who was a contractor before has two, under one number."""

    number: str
    name: str = ""
    mail: str = ""
    login: str = ""
    location: str = "Seoul"
    kind: str = "Employee"
    hired_on: date = date(2020, 3, 2)
    terminated_on: date | None = None
    last_day_on: date | None = None

    def told(self, on: date) -> dict[str, str]:
        """As of a day. Of a termination nothing is told before it is effective, which it is once its day is over."""
        over = self.terminated_on is not None and on > self.terminated_on
        ends = (self.terminated_on, self.last_day_on or self.terminated_on) if over else (None, None)
        values = (self.number, self.name, self.mail, self.login, self.location, self.kind)
        status = "Terminated" if over else "Active"
        days = (self.hired_on, *ends)
        return dict(zip(COLUMNS, (*values, status, *(day.isoformat() if day else "" for day in days)), strict=True))


class Text(Answered):
    """An answer that is no JSON."""

    @property
    def raw(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else str(self.body).encode()


class WorkdayService:
    """One tenant."""

    def __init__(self) -> None:
        self.now = NIGHT
        self.workers: list[KeptWorker] = []
        self.rows: Sequence[Mapping[str, str]] | None = None
        """The report's rows, in place of the workers."""
        self.columns: Sequence[str] = COLUMNS
        self.prompts = {PROMPT}
        self.hidden = set[str]()
        """Columns of domains that the integration system user's group lacks: they are there, and blank."""
        self.sees: str | None = None
        """A constrained group sees one location's workers."""
        self.accepts = "text/csv"
        """The header that asks for CSV, beside the address."""
        self.first: list[Answered] = []
        """What is said first, one after the other."""
        self.wrong: list[str] = []
        """What isn't asked as Workday's own client does."""

    def add(self, number: str, **more: Any) -> KeptWorker:
        """A worker with a mail and a login by the number."""
        given: dict[str, Any] = {
            "name": f"Worker {number}",
            "mail": f"w{number}@corp.example",
            "login": f"w{number}",
            **more,
        }
        self.workers.append(worker := KeptWorker(number=number, **given))
        return worker

    def answer(self, asked: Asked) -> Answered:
        """One request."""
        if self.first:
            return self.first.pop(0)
        if asked.path == "/ccx/oauth2/acme/token" and asked.method == "POST":
            return self._let_in(asked)
        basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if asked.headers.get("authorization") not in {f"Basic {basic}", f"Bearer {ACCESS}"}:
            return Text(status=401, body="<wd:Error><wd:Message>invalid username or password</wd:Message></wd:Error>")
        if asked.path != f"/ccx/service/customreport2/{REPORT}" or asked.method != "GET":
            return Text(status=404, body="<html>Not here</html>")
        return self._report(asked)

    def _let_in(self, asked: Asked) -> Answered:
        form = {"grant_type": "refresh_token", "refresh_token": REFRESH, "client_id": CLIENT, "client_secret": SECRET}
        if asked.body != form:
            return Answered(status=400, body={"error": "invalid_grant"})
        return Answered(body={"access_token": ACCESS, "token_type": "Bearer", "refresh_token": REFRESH})

    def _report(self, asked: Asked) -> Answered:
        unknown = {*asked.query} - self.prompts - {"format"}
        if asked.query.get("format") != "csv" or unknown or asked.headers.get("accept") != self.accepts:
            self.wrong.append(f"{asked.query} {asked.headers.get('accept')}")
            return Text(status=400, body="<wd:Error><wd:Message>invalid request</wd:Message></wd:Error>")
        return Text(body=self._csv(self._as_of(asked.query.get(PROMPT))), headers={"Content-Type": "text/csv"})

    def _as_of(self, asked: str | None) -> date:
        if asked is None:
            return self.now.astimezone(_PACIFIC).date()
        match = _DATE.fullmatch(asked)
        day = date.fromisoformat(match[1]) if match else date.min
        noon = datetime(day.year, day.month, day.day, 12, tzinfo=_PACIFIC)
        if match is None or noon.utcoffset() != _offset(match[2]):
            self.wrong.append(f"{PROMPT} {asked}")
        return day

    def _csv(self, on: date) -> bytes:
        report = io.BytesIO()
        text = io.TextIOWrapper(report, encoding="utf-8", newline="", write_through=True)
        writer = csv.DictWriter(text, self.columns, restval="", extrasaction="ignore")
        writer.writeheader()
        rows = self.rows
        if rows is None:
            seen = [each for each in self.workers if self.sees in {None, each.location}]
            rows = [each.told(on) for each in seen]
        writer.writerows({name: "" if name in self.hidden else value for name, value in row.items()} for row in rows)
        text.detach()
        return report.getvalue()


def _offset(text: str) -> timedelta:
    hours, _, minutes = text[1:].partition(":")
    return timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if text.startswith("-") else 1)


@dataclass(frozen=True, kw_only=True)
class TenantPlace:
    """A running tenant."""

    service: Described
    tls: Tls | None

    def connection(self, *, by_token: bool = False, **more: Any) -> ConnectionFields:
        """As the integration system user, or as an API client."""
        login, password = (CLIENT, SECRET) if by_token else (USER, PASSWORD)
        fields = self.service.fields(conn_id="hr_workday", login=login, password=password)
        fields["extra"] |= {"refresh_token": REFRESH} if by_token else {}
        return ConnectionFields(**(fields | more))


@dataclass(frozen=True, kw_only=True)
class WorkdayPlace(TenantPlace):
    """A running tenant, and who reads its report."""

    kept: WorkdayService

    def roster(
        self,
        own: Mapping[str, Any] | None = None,
        *,
        as_of: datetime = NIGHT,
        connection: ConnectionFields | None = None,
    ) -> workday.WorkdayRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Asia/Seoul")
        settings = workday.Settings.model_validate({**SETTINGS, **(own or {})})
        return workday.build(settings, connection or self.connection(), context)


@contextmanager
def workday_place(tls: Tls | None) -> Generator[WorkdayPlace]:
    """On a free port."""
    kept = WorkdayService()
    with described(kept.answer, None, tls) as service:
        yield WorkdayPlace(kept=kept, service=service, tls=tls)
    assert kept.wrong == []
