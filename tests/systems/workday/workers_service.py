"""A tenant of Workday's over HTTPS with Get_Workers, held to a schema; and what HR and its administrators do there.

As Microsoft's connector documents it
(https://learn.microsoft.com/en-us/entra/identity/app-provisioning/workday-integration-reference): who is inactive is
left out unless asked for; a hire to come isn't active; a termination stands in the profile once it's effective; and an
employee who was a contractor has two profiles. A fault comes with 500.
"""

from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import lxml.etree

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.rosters.workday import workers as workday_workers
from offboarding.rosters.workday.workers.soap import NAMESPACES, WD
from tests.support.described.server import Answered, Asked, described
from tests.systems.workday.service import ACCESS, CLIENT, NIGHT, PASSWORD, REFRESH, SECRET, USER, TenantPlace, Text

etree: Any = lxml.etree
SETTINGS: dict[str, Any] = {
    "name": "hr",
    "kind": "workday_workers",
    "connection": "hr_workday",
    "coverage": "full",
    "tenant": "acme",
    "zones": {"Seoul": "Asia/Seoul", "Honolulu": "Pacific/Honolulu"},
}
SCHEMA = Path(__file__).with_name("described.xsd")
_SECURITY = "{http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd}"


@dataclass(kw_only=True)
class KeptProfile:
    """A worker's profile. An employee who was a contractor before has two."""

    number: str
    wid: str = ""
    location: str = "Seoul"
    manager: str = ""
    is_contingent: bool = False
    hired_on: date = date(2020, 3, 2)
    ends_on: date | None = None
    """A contract's planned end."""
    terminated_on: date | None = None
    last_day_on: date | None = None
    is_retired: bool = False
    is_rescinded: bool = False
    is_away: bool = False
    mails: dict[str, str] = field(default_factory=dict[str, str])
    """By the id of their usage."""
    more: str = ""
    """Elements beside Worker_Reference."""

    def is_over(self, on: date) -> bool:
        """Whether a termination is effective."""
        return self.terminated_on is not None and on > self.terminated_on

    def is_active(self, on: date) -> bool:
        """Neither terminated nor to come."""
        return not self.is_over(on) and self.hired_on <= on and not self.is_rescinded


class WorkersService:
    """One tenant."""

    def __init__(self) -> None:
        self.profiles: list[KeptProfile] = []
        self.most = 999
        """On a page."""
        self.total: int | None = None
        """What is said of how many there are, where it isn't true."""
        self.sees: str | None = None
        """A constrained group sees one location's workers."""
        self.hidden_status = set[str]()
        """Numbers of those of whom no Employment_Data may be seen."""
        self.hides_days = False
        self.first: list[Answered] = []
        """What is said first, one after the other."""
        self.between_pages: Callable[[], None] | None = None
        self.as_of: str | None = None
        """By which day it answers, where it isn't the one that it was asked for."""
        self.wrong: list[str] = []
        """What isn't as Workday's schema has it."""
        self.asked: list[Any] = []
        """Each Get_Workers_Request."""
        self.held = True
        """Whether answers are held to the schema."""

    def add(self, number: str, **more: Any) -> KeptProfile:
        """Somebody with a mail by the number."""
        given: dict[str, Any] = {"mails": {"HOME": f"{number}@home.example", "WORK": f"w{number}@corp.example"}}
        given |= {"wid": f"{len(self.profiles):032x}", **more}
        self.profiles.append(profile := KeptProfile(number=number, **given))
        return profile

    def answer(self, asked: Asked) -> Answered:
        """One request."""
        if self.first:
            return self.first.pop(0)
        if asked.path == "/ccx/oauth2/acme/token":
            form = {"grant_type": "refresh_token", "refresh_token": REFRESH}
            if asked.body != form | {"client_id": CLIENT, "client_secret": SECRET}:
                return Answered(status=400, body={"error": "invalid_grant"})
            return Answered(body={"access_token": ACCESS, "token_type": "Bearer"})
        if asked.path != "/ccx/service/acme/Human_Resources/v43.0" or asked.method != "POST":
            return Text(status=404, body="<html>Not here</html>")
        return self._soap(asked)

    def _soap(self, asked: Asked) -> Answered:
        root = etree.fromstring(asked.raw)
        if not asked.headers.get("content-type", "").startswith("text/xml"):
            self.wrong.append("no XML")
        if asked.headers.get("authorization") != f"Bearer {ACCESS}" and _user(root) != (f"{USER}@acme", PASSWORD):
            return faulted("SOAP-ENV:Client.authenticationError", "invalid username or password")
        request = root.find("env:Body", NAMESPACES)[0]
        if wrong := not_as_described(request):
            self.wrong.append(wrong)
            return faulted("SOAP-ENV:Client.validationError", f"Validation error occurred. {escape(wrong)}")
        self.asked.append(request)
        return self._workers(request)

    def _workers(self, request: Any) -> Answered:
        def asked(path: str) -> str:
            return request.findtext(path, "", NAMESPACES)

        on = date.fromisoformat((self.as_of or asked("wd:Response_Filter/wd:As_Of_Effective_Date"))[:10])
        page, count = (int(asked(f"wd:Response_Filter/wd:{name}")) for name in ("Page", "Count"))
        count = min(count, self.most)
        seen = [each for each in self.profiles if self.sees in {None, each.location}]
        if asked("wd:Request_Criteria/wd:Exclude_Inactive_Workers") != "false":
            seen = [each for each in seen if each.is_active(on)]
        shown = seen[(page - 1) * count : page * count]
        personal = asked("wd:Response_Group/wd:Include_Personal_Information") == "true"
        results = {"Total_Results": len(seen) if self.total is None else self.total}
        results |= {"Total_Pages": -(-len(seen) // count), "Page_Results": len(shown), "Page": page}
        workers = "".join(self._worker(each, on, personal=personal) for each in shown)
        body = (
            f'<wd:Get_Workers_Response xmlns:wd="{WD}" wd:version="v43.0"><wd:Response_Filter>'
            f"<wd:As_Of_Effective_Date>{on}-08:00</wd:As_Of_Effective_Date>"
            f"<wd:As_Of_Entry_DateTime>{asked('wd:Response_Filter/wd:As_Of_Entry_DateTime')}</wd:As_Of_Entry_DateTime>"
            f"<wd:Page>{page}</wd:Page><wd:Count>{count}</wd:Count></wd:Response_Filter>"
            f"<wd:Response_Results>{_elements(results)}</wd:Response_Results>"
            f"<wd:Response_Data>{workers}</wd:Response_Data></wd:Get_Workers_Response>"
        )
        if self.held and (wrong := not_as_described(etree.fromstring(body))):
            self.wrong.append(wrong)
        if self.between_pages:
            self.between_pages()
        return Text(body=enveloped(body), headers={"Content-Type": "text/xml"})

    def _worker(self, kept: KeptProfile, on: date, *, personal: bool) -> str:
        kind = "Contingent_Worker_ID" if kept.is_contingent else "Employee_ID"
        about = f"<wd:Worker_ID>{kept.number}</wd:Worker_ID><wd:User_ID>w{kept.number}</wd:User_ID>"
        about += _personal(kept) if personal else ""
        about += "" if kept.number in self.hidden_status else self._employment(kept, on)
        ids = {"WID": kept.wid, kind: kept.number}
        reference = f"<wd:Worker_Reference>{_ids(ids)}</wd:Worker_Reference>"
        return f"<wd:Worker>{reference}{kept.more}<wd:Worker_Data>{about}</wd:Worker_Data></wd:Worker>"

    def _employment(self, kept: KeptProfile, on: date) -> str:
        over, days = kept.is_over(on), not self.hides_days
        status: dict[str, Any] = {
            "Active": int(kept.is_active(on)),
            "Hire_Date": f"{kept.hired_on}-08:00",
            "End_Employment_Date": kept.ends_on,
            "Retired": int(kept.is_retired and over),
            "Terminated": int(over),
            "Termination_Date": kept.terminated_on if over and days else None,
            "Hire_Rescinded": int(kept.is_rescinded) or None,
            "Termination_Last_Day_of_Work": kept.last_day_on if over and days else None,
        }
        leave = "<wd:Leave_Status_Data><wd:On_Leave>1</wd:On_Leave></wd:Leave_Status_Data>" if kept.is_away else ""
        manager = f"<wd:Manager_as_of_last_detected_manager_change_Reference>{_ids({'Employee_ID': kept.manager})}"
        manager += "</wd:Manager_as_of_last_detected_manager_change_Reference>"
        site = f"<wd:Business_Site_Summary_Data>{_elements({'Name': kept.location})}</wd:Business_Site_Summary_Data>"
        position = f"<wd:Position_Data>{site}{manager if kept.manager else ''}</wd:Position_Data>"
        job = f'<wd:Worker_Job_Data wd:Primary_Job="1">{position}</wd:Worker_Job_Data>'
        told = f"<wd:Worker_Status_Data>{_elements(status)}{leave}</wd:Worker_Status_Data>"
        return f"<wd:Employment_Data>{job}{told}</wd:Employment_Data>"


def _personal(kept: KeptProfile) -> str:
    name = quoteattr(f"Worker {kept.number}")
    detail = f"<wd:Name_Detail_Data wd:Formatted_Name={name}/>"
    named = f"<wd:Name_Data><wd:Preferred_Name_Data>{detail}</wd:Preferred_Name_Data></wd:Name_Data>"
    mails = "".join(_mail(usage, mail) for usage, mail in kept.mails.items())
    return f"<wd:Personal_Data>{named}<wd:Contact_Data>{mails}</wd:Contact_Data></wd:Personal_Data>"


def _mail(usage: str, mail: str) -> str:
    kind = f"<wd:Type_Reference>{_ids({'WID': 'e1f', 'Communication_Usage_Type_ID': usage})}</wd:Type_Reference>"
    used = f'<wd:Usage_Data wd:Public="1"><wd:Type_Data wd:Primary="1">{kind}</wd:Type_Data></wd:Usage_Data>'
    return f"<wd:Email_Address_Data>{_elements({'Email_Address': mail})}{used}</wd:Email_Address_Data>"


def _elements(values: Mapping[str, Any]) -> str:
    return "".join(
        f"<wd:{name}>{escape(str(value))}</wd:{name}>" for name, value in values.items() if value is not None
    )


def _ids(values: Mapping[str, str]) -> str:
    return "".join(f'<wd:ID wd:type="{kind}">{escape(value)}</wd:ID>' for kind, value in values.items())


def enveloped(body: str) -> str:
    """As SOAP sends it."""
    space = NAMESPACES["env"]
    return f'<?xml version="1.0"?><env:Envelope xmlns:env="{space}"><env:Body>{body}</env:Body></env:Envelope>'


def faulted(code: str, sentence: str) -> Answered:
    """A refusal, as Workday gives it."""
    fault = f"<env:Fault><faultcode>{code}</faultcode><faultstring>{sentence}</faultstring></env:Fault>"
    return Text(status=500, body=enveloped(fault))


def _user(root: Any) -> tuple[str, str]:
    token = root.find(f"env:Header/{_SECURITY}Security/{_SECURITY}UsernameToken", NAMESPACES)
    if token is None:
        return "", ""
    return token.findtext(f"{_SECURITY}Username", ""), token.findtext(f"{_SECURITY}Password", "")


@cache
def _schema() -> Any:
    return etree.XMLSchema(etree.parse(str(SCHEMA)))


def not_as_described(element: Any) -> str:
    """What of it the schema doesn't have; "" where it fits."""
    if _schema().validate(element):
        return ""
    return "; ".join(each.message for each in _schema().error_log)


@dataclass(frozen=True, kw_only=True)
class WorkersPlace(TenantPlace):
    """A running tenant, and who reads its workers."""

    kept: WorkersService

    def roster(
        self,
        own: Mapping[str, Any] | None = None,
        *,
        as_of: datetime = NIGHT,
        connection: ConnectionFields | None = None,
    ) -> workday_workers.WorkdayWorkersRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Asia/Seoul")
        settings = workday_workers.Settings.model_validate({**SETTINGS, **(own or {})})
        return workday_workers.build(settings, connection or self.connection(), context)


@contextmanager
def workers_place(tls: Tls | None) -> Generator[WorkersPlace]:
    """On a free port; without TLS answers aren't held to the schema, which is most of the time that it takes."""
    kept = WorkersService()
    kept.held = tls is not None
    with described(kept.answer, None, tls) as service:
        yield WorkersPlace(kept=kept, service=service, tls=tls)


def rows_as_profiles(rows: Sequence[Mapping[str, str]], names: Sequence[str]) -> list[KeptProfile]:
    """Rows of a contract's, under any names: each cell an element of its own beside the reference."""

    def cells(row: Mapping[str, str]) -> str:
        return "".join(f"<{tag(name)}>{escape(row.get(name, ''))}</{tag(name)}>" for name in names)

    return [KeptProfile(number=str(at), wid=f"{at:032x}", more=cells(row)) for at, row in enumerate(rows)]


def tag(name: str) -> str:
    """A column's name as an element's."""
    return name.replace(":", "-")
