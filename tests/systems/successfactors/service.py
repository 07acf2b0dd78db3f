"""A company's SAP SuccessFactors over HTTPS, held to a description of PerPerson; and what HR and administrators do.

As SAP and Microsoft document it: whatever is effective-dated is told as of one day; a terminated job begins the day
after the last (https://blogs.sap.com/2017/11/21/successfactors-employee-central-integration-of-terminatedinactive-employee/);
whoever isn't in a role's target population is left out in silence, and not counted; and of whoever is inactive there
is no User (https://userapps.support.sap.com/sap/support/knowledge/en/2808267).
"""

import base64
import binascii
import json
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

import lxml.etree
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID
from signxml.exceptions import InvalidInput, InvalidSignature
from signxml.verifier import SignatureConfiguration, XMLVerifier

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.rosters import successfactors
from tests.support.described.server import Answered, Asked, Described, Description, described

COMPANY, CLIENT, USER, TOKEN = "ACME", "YjI3NmQyNDAy", "API_OFFBOARDING", "tokenOfTheApiUserForADay"
NIGHT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
"""Half past one on the 25th in Seoul, half past six on it on the Line Islands."""
SETTINGS: dict[str, Any] = {
    "name": "hr",
    "kind": "successfactors",
    "connection": "hr_sf",
    "coverage": "full",
    "zones": {"1710-SEL": "Asia/Seoul", "1720-HNL": "Pacific/Honolulu"},
}
_SAML = {"s": "urn:oasis:names:tc:SAML:2.0:assertion"}
_CODES = {"A": "6001", "D": "6002", "U": "6003", "P": "6004", "T": "6005", "R": "6006", "O": "6007", "S": "6008"}
_MAILS = {"B": "8448", "P": "8449"}


def written(day: date | None) -> str | None:
    """A day as OData writes it."""
    if day is None:
        return None
    moment = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return f"/Date({(moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)})/"


@cache
def key_pair(name: str = "offboarding") -> tuple[str, str]:
    """An OAuth client's key, and the certificate that it was registered with."""
    made = rsa.generate_private_key(65537, 2048)
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begins = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(made.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=3650))
        .sign(made, hashes.SHA256())
    )
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    pem = serialization.Encoding.PEM
    return made.private_bytes(pem, form, plain).decode(), certificate.public_bytes(pem).decode()


@dataclass(kw_only=True)
class KeptJob:
    """A slice of a job, in force from a day until the next begins."""

    starts: date
    code: str = "A"
    event: str = "5"
    location: str = "1710-SEL"
    manager: str = ""


@dataclass(kw_only=True)
class KeptEmployment:
    """An employment, with a User of its own."""

    user: str
    starts: date = date(2020, 3, 2)
    ends: date | None = None
    last: date | None = None
    kind: str = "ST"
    contingent: bool = False
    jobs: list[KeptJob] = field(default_factory=list[KeptJob])

    def terminate(self, ends: date, last: date | None = None, code: str = "T") -> None:
        """HR enters a termination, of whichever day: the job that has ended begins the day after."""
        self.ends, self.last = ends, last
        self.jobs.append(KeptJob(starts=ends + timedelta(days=1), code=code, event="26"))

    def job(self, on: date) -> KeptJob | None:
        """What is in force on a day."""
        begun = [job for job in self.jobs if job.starts <= on]
        return max(begun, key=lambda job: job.starts, default=None)


@dataclass(kw_only=True)
class KeptPerson:
    """Somebody, or a dependant who has no employment."""

    number: str
    first: str = "Employee"
    last: str = ""
    mails: dict[str, str] = field(default_factory=dict[str, str])
    """By the code of their type."""
    employments: list[KeptEmployment] = field(default_factory=list[KeptEmployment])
    plain: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """Properties of the person's under any name."""


class SuccessFactorsService:
    """One company. What its API user may see is all, until a test takes it away."""

    def __init__(self) -> None:
        self.people: list[KeptPerson] = []
        self.hidden_people = set[str]()
        """Outside the role's target population."""
        self.hidden_jobs = set[str]()
        """Of whom Job Information may not be seen."""
        self.hidden = set[str]()
        """Paths of properties that may not be seen of anybody."""
        self.most = 1000
        """On a page."""
        self.total: int | None = None
        """What is said of how many there are, where it isn't true."""
        self.first: list[Answered] = []
        """What is said first, one after the other."""
        self.has_snapshots = True
        self.between_pages: Callable[[], None] | None = None
        self.loops = False
        self.users: list[str] = []
        """Who was let in."""
        self.host, self.scheme = "", "https"
        self.snapshot: list[KeptPerson] = []

    def add(self, number: str, *, job: Mapping[str, Any] | None = None, **more: Any) -> KeptEmployment:
        """Somebody with a mail by the number, who works in Seoul."""
        employment = KeptEmployment(user=number, **more)
        employment.jobs = [KeptJob(starts=employment.starts, event="H", **(job or {}))]
        person = KeptPerson(number=number, last=number, employments=[employment])
        person.mails = {"P": f"{number}@home.example", "B": f"w{number}@corp.example"}
        self.people.append(person)
        return employment

    def another(self, number: str, user: str, **more: Any) -> KeptEmployment:
        """Another employment of somebody's, which stands first: their order isn't fixed."""
        person = next(each for each in self.people if each.number == number)
        employment = KeptEmployment(user=user, **more)
        employment.jobs = [KeptJob(starts=employment.starts, event="R")]
        person.employments.insert(0, employment)
        return employment

    def answer(self, asked: Asked) -> Answered:
        """One request."""
        self.host = asked.headers["host"]
        if self.first:
            return self.first.pop(0)
        if asked.path == "/oauth/token" and asked.method == "POST":
            return self._let_in(asked.body)
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answered(status=401, body={"errorHttpCode": "401", "errorMessage": "The token is invalid"})
        if asked.path != "/odata/v2/PerPerson" or asked.method != "GET":
            return _refused(404, "COE_ENTITY_NOT_FOUND", "[COE0021]Invalid entity (or function) name")
        return self._listed(asked.query)

    def _let_in(self, form: Mapping[str, str]) -> Answered:
        user = signed_by(form.get("assertion", ""), key_pair()[1], form.get("client_id", ""))
        if user != USER or form["client_id"] != CLIENT or form["company_id"] != COMPANY:
            said = "Unable to verify the signature of the SAML assertion"
            return Answered(status=401, body={"errorHttpCode": "401", "errorMessage": said})
        self.users.append(user)
        return Answered(body={"access_token": TOKEN, "token_type": "Bearer", "expires_in": 86399})

    def _listed(self, query: Mapping[str, str]) -> Answered:
        asked = query["$select"].split(",")
        unseen = [path for path in asked if path in self.hidden]
        if unseen:
            return _refused(400, "COE_PROPERTY_NOT_FOUND", f"[COE0021]Invalid property names: {', '.join(unseen)}.")
        at = _row(query.get("$skiptoken", ""))
        keeps = self.has_snapshots and query.get("paging") == "snapshot"
        if at == 0 or not keeps:
            self.snapshot = [each for each in self.people if each.number not in self.hidden_people]
        size = min(self.most, int(query.get("customPageSize", "1000")))
        on = date.fromisoformat(query["asOfDate"]) if "asOfDate" in query else datetime.now(UTC).date()
        page = self.snapshot[at : at + size]
        body: dict[str, Any] = {"results": [self._person(each, asked, on) for each in page]}
        if query.get("$inlinecount") == "allpages":
            body["__count"] = str(len(self.snapshot) if self.total is None else self.total)
        if at + size < len(self.snapshot):
            token = _token(at if self.loops else at + size, by_row=not keeps)
            following = "&".join(f"{name}={value}" for name, value in (dict(query) | {"$skiptoken": token}).items())
            body["__next"] = f"{self.scheme}://{self.host}/odata/v2/PerPerson?{following}"
            if self.between_pages:
                self.between_pages()
        return Answered(body={"d": body})

    def _person(self, person: KeptPerson, asked: Sequence[str], on: date) -> dict[str, Any]:
        mails = [
            {"emailType": _MAILS[kind], "emailAddress": mail, "isPrimary": kind == "P", "emailTypeNav": _code(kind)}
            for kind, mail in person.mails.items()
        ]
        told = {
            "personIdExternal": person.number,
            "personalInfoNav": [{"firstName": person.first, "lastName": person.last}],
            "emailNav": mails,
            "employmentNav": [self._employment(person, each, on) for each in person.employments],
            **person.plain,
        }
        return _told(told, asked, "PerPerson")

    def _employment(self, person: KeptPerson, kept: KeptEmployment, on: date) -> dict[str, Any]:
        job = kept.job(on)
        jobs = [] if job is None or person.number in self.hidden_jobs else [self._job(job)]
        is_active = job is not None and job.code not in "TRO"
        return {
            "userId": kept.user,
            "startDate": written(kept.starts),
            "endDate": written(kept.ends),
            "lastDateWorked": written(kept.last),
            "assignmentClass": kept.kind,
            "isContingentWorker": kept.contingent,
            "jobInfoNav": jobs,
            "userNav": {"userId": kept.user, "username": kept.user, "status": "t"} if is_active else None,
        }

    def _job(self, job: KeptJob) -> dict[str, Any]:
        return {
            "startDate": written(job.starts),
            "seqNumber": "1",
            "location": job.location,
            "emplStatus": _CODES.get(job.code, "6999"),
            "emplStatusNav": _code(job.code),
            "eventNav": _code(job.event),
            "managerEmploymentNav": {"personIdExternal": job.manager} if job.manager else None,
        }


def _code(code: str) -> dict[str, Any]:
    return {"externalCode": code}


def _told(whole: Mapping[str, Any], asked: Sequence[str], kind: str) -> dict[str, Any]:
    """What is asked for of a thing, as OData's JSON has it."""
    meta = {"uri": f"https://acme.example/odata/v2/{kind}('x')", "type": f"SFOData.{kind}"}
    told: dict[str, Any] = {"__metadata": meta}
    for name, value in whole.items():
        below = [path.removeprefix(f"{name}/") for path in asked if path.startswith(f"{name}/")]
        if isinstance(value, list) and below:
            told[name] = {"results": [_told(each, below, _KINDS[name]) for each in value]}
        elif isinstance(value, dict) and below:
            told[name] = _told(value, below, _KINDS[name])
        elif below or name in asked:
            told[name] = value
    return told


_KINDS = {
    "personalInfoNav": "PerPersonal",
    "emailNav": "PerEmail",
    "emailTypeNav": "PicklistOption",
    "employmentNav": "EmpEmployment",
    "jobInfoNav": "EmpJob",
    "emplStatusNav": "PicklistOption",
    "eventNav": "PicklistOption",
    "managerEmploymentNav": "EmpEmployment",
    "userNav": "User",
}


def _token(row: int, *, by_row: bool) -> str:
    """Where a page begins: the row, for everybody to read, or the key of a snapshot."""
    told = {"startRow": row, "endRow": row + 1} if by_row else {"snapshotId": "e1f", "at": row}
    return base64.b64encode(json.dumps(told).encode()).decode()


def _row(token: str) -> int:
    told = json.loads(base64.b64decode(token)) if token else {}
    return int(told.get("startRow", told.get("at", 0)))


def _refused(status: int, code: str, text: str) -> Answered:
    return Answered(status=status, body={"error": {"code": code, "message": {"lang": "en-US", "value": text}}})


def signed_by(assertion: str, certificate: str, client: str) -> str:
    """Whose word it is, where it's in force, meant for us, and signed by that certificate's key; "" otherwise."""
    try:
        told = base64.b64decode(assertion, validate=True)
        only = SignatureConfiguration(require_x509=True, location=".//")
        checked: Any = XMLVerifier().verify(told, x509_cert=certificate, expect_config=only, id_attribute="ID")
    except (binascii.Error, lxml.etree.LxmlError, InvalidSignature, InvalidInput):
        return ""
    signed = checked.signed_xml
    found = {
        name: signed.findtext(path, "", _SAML)
        for name, path in {
            "user": "s:Subject/s:NameID",
            "audience": "s:Conditions/s:AudienceRestriction/s:Audience",
            "client": "s:AttributeStatement/s:Attribute[@Name='api_key']/s:AttributeValue",
        }.items()
    }
    conditions = signed.find("s:Conditions", _SAML)
    assert conditions is not None
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    is_in_force = conditions.get("NotBefore", "") <= now < conditions.get("NotOnOrAfter", "")
    is_ours = (found["audience"], found["client"]) == ("www.successfactors.com", client)
    return found["user"] if is_in_force and is_ours else ""


@cache
def description() -> Description:
    """SAP's, as far as it's used."""
    return Description("successfactors")


@dataclass(frozen=True, kw_only=True)
class SuccessFactorsPlace:
    """A running company, and who reads it."""

    kept: SuccessFactorsService
    service: Described
    tls: Tls | None

    def connection(self, **more: Any) -> ConnectionFields:
        """As the API user, by the OAuth client's key."""
        key, certificate = key_pair()
        fields = self.service.fields(conn_id="hr_sf", login=USER, password=key)
        fields["extra"] |= {"company_id": COMPANY, "client_id": CLIENT, "certificate": certificate}
        return ConnectionFields(**(fields | more))

    def roster(
        self,
        own: Mapping[str, Any] | None = None,
        *,
        as_of: datetime = NIGHT,
        connection: ConnectionFields | None = None,
    ) -> successfactors.SuccessFactorsRoster:
        """Ready to be read."""
        context = ReadContext(as_of=as_of, default_zone="Asia/Seoul")
        settings = successfactors.Settings.model_validate({**SETTINGS, **(own or {})})
        return successfactors.build(settings, connection or self.connection(), context)


@contextmanager
def successfactors_place(tls: Tls | None) -> Generator[SuccessFactorsPlace]:
    """On a free port; without TLS nothing is checked, which is most of the time that it takes."""
    kept = SuccessFactorsService()
    with described(kept.answer, description() if tls else None, tls) as service:
        kept.scheme = "https" if tls else "http"
        yield SuccessFactorsPlace(kept=kept, service=service, tls=tls)
