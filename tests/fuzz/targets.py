"""Each parser of outside data, and what it may raise: that is told of one record, or of one file, by its reader."""

import contextlib
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cryptography import x509

from offboarding.custody.reading import read as read_register
from offboarding.interfaces import ReadContext
from offboarding.model.errors import ConfigError, FatalError, IncompleteReadError, OffboardingError
from offboarding.net.page import Page
from offboarding.net.revocation.certificates import CertificateFileError, certificates_in
from offboarding.net.revocation.crl import CrlError, read_crl
from offboarding.net.sshkeys.lines import fingerprint_of_key, lines
from offboarding.rosters import csv as csv_roster
from offboarding.rosters._records.days import WrittenDays, database_day
from offboarding.rosters._records.listed import fields_of
from offboarding.rosters.successfactors.days import ODataDays
from offboarding.rosters.workday.workers import Settings as WorkersSettings
from offboarding.rosters.workday.workers.soap import AsOf, NotAnXmlAnswerError, fault, workers_page
from offboarding.rosters.workday.workers.workers import WorkerPaths, number_of
from offboarding.runs import messages
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.attested.lists import ListError, read_list
from offboarding.sources.attested.settings import ListColumns
from offboarding.sources.aws._api.policy.conditions import Who, identity_part, judge, named_values
from offboarding.sources.aws._api.policy.statements import about, covers, covers_for, resource_statements
from offboarding.sources.aws._api.policy.trusts import trust_statements
from offboarding.sources.aws.cloudtrail.records import recorded
from offboarding.sources.aws.iam.certificates import read_certificate
from offboarding.sources.aws.iam.report import parse_report
from offboarding.sources.kubernetes_cluster.held import token_of
from offboarding.sources.kubernetes_cluster.kubeconfigs import KubeconfigError, held_in
from offboarding.sources.kubernetes_cluster.kubeconfigs import read_collection as read_kubeconfigs
from offboarding.sources.ldap import certificates
from offboarding.sources.ldap.ber import DecodeError, decode_entry, message_end, operation
from offboarding.sources.ldap.times import filetime, generalized_time
from offboarding.sources.openvpn_clients.collection import read_collection as read_openvpn
from offboarding.sources.openvpn_clients.issued import issued_in
from offboarding.sources.openvpn_clients.server import served
from offboarding.sources.ssh_hosts.collection import read_collection
from offboarding.sources.ssh_hosts.users import HostDescriber
from offboarding.sources.vault._api.listing import aliases_in, names_in
from offboarding.sources.vault._api.policies import PolicyFormatError, rules_of, verdict
from offboarding.sources.wireguard_peers.collection import read_collection as read_peers
from offboarding.sources.wireguard_peers.source import REGISTER
from offboarding.verifiers.jwks.document import document_of
from offboarding.verifiers.jwks.entries import entries
from offboarding.verifiers.ssh.revocation import RevocationError, Revocations
from offboarding.waivers.reading import read as read_exceptions
from tests.systems.csv.workbooks import Worksheet, workbook

CORPUS = Path(__file__).parent / "corpus"
NIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A parser."""

    name: str
    """Of the folder with its seeds."""
    read: Callable[[bytes], object]
    raises: tuple[type[Exception], ...] = ()

    def try_out(self, data: bytes) -> None:
        """Whatever it raises beside what it may is a defect."""
        with contextlib.suppress(*self.raises):
            self.read(data)

    @property
    def folder(self) -> Path:
        """Of its seeds."""
        return CORPUS / self.name

    @property
    def seeds(self) -> list[bytes]:
        """In an order of their own."""
        return [path.read_bytes() for path in sorted(self.folder.iterdir())]


def _text(read: Callable[[str], object]) -> Callable[[bytes], object]:
    return lambda data: read(data.decode("utf-8", "surrogateescape"))


def _kubeconfigs(data: bytes) -> None:
    for file in read_kubeconfigs(data).files:
        with contextlib.suppress(KubeconfigError):
            for held in held_in("web1", "", file):
                token_of(held)


def _host(data: bytes) -> None:
    """And what is said of whoever it tells of."""
    context = ReadContext(as_of=NIGHT, default_zone="UTC")
    list(HostDescriber(host=read_collection(data), called="web1", realm="linux:x", context=context).users())


def _openvpn(data: bytes) -> None:
    """And what its servers go by, and its authorities issued."""
    told = read_openvpn(data)
    for server in told.servers:
        served(server)
    issued_in(told.folders)


def _message(data: bytes) -> None:
    names, at = dict[bytes, str](), 0
    while (end := message_end(data, at)) is not None and end <= len(data):
        _, _, body = operation(data, at)
        decode_entry(data, body, end, names)
        at = end


def _crl(data: bytes) -> None:
    crl = read_crl("a place", data)
    serial = next((each.serial_number for each in crl.parsed), 1)
    certificate: Any = type("Certificate", (), {"serial_number": serial, "extensions": x509.Extensions([])})
    assert crl.told
    assert crl.validity is not None
    crl.entry(certificate)


def _jwks(data: bytes) -> None:
    page = Page(url="", media_type="application/json", body=data, max_age=timedelta(0))
    keys: Any = document_of("a JWKS", page).get("keys")
    list(entries(keys if isinstance(keys, list) else []))


def _record(data: bytes) -> None:
    told: object = json.loads(data.decode("utf-8", "replace"))
    if isinstance(told, dict):
        list(recorded(told, "111111111111"))


def _granted(text: str) -> None:
    """A value that somebody wrote into a policy: AWS itself holds policies to their grammar."""
    operators = ("StringLike", "ArnLikeIfExists", "DateLessThan", "NumericEquals", "ForAnyValue:StringEquals", "Bool")
    document = {
        "Version": "2012-10-17",
        "Statement": {
            "Effect": "Allow",
            "Principal": {"AWS": [text]},
            "Action": ["sts:AssumeRole", text],
            "Resource": [text],
            "Condition": {operator: {"aws:PrincipalArn": [text], text: text} for operator in operators},
        },
    }
    kim = Who(arn="arn:aws:iam::111111111111:user/kim", user_id="AIDAKIM")
    for one in resource_statements(document):
        about(one.statement, "kms:sign")
        covers(one.statement, "arn:aws:kms:eu-west-1:111111111111:key/k")
        covers_for(one.statement, "arn:aws:kms:eu-west-1:111111111111:key/k", kim)
    for trusted in trust_statements(document):
        for allows in (True, False):
            judge(replace(trusted, allows=allows), kim, NIGHT)
        named_values(identity_part(trusted.condition))


def _allowed(text: str) -> None:
    rules = rules_of("a policy", text)
    for capability in ("read", "update"):
        verdict(rules, "transit/keys/login", capability)


def _feed(data: bytes) -> None:
    with TemporaryDirectory(prefix="offboarding-fuzz-") as folder:
        path = Path(folder) / "hr.csv"
        path.write_bytes(data)
        columns = {name: name for name in ("worker_id", "name", "mail", "login", "status", "last_working_day")}
        settings = csv_roster.Settings.model_validate(
            {"name": "hr", "kind": "csv", "path": str(path), "coverage": "full", "columns": columns}
        )
        roster = csv_roster.build(settings, None, ReadContext(as_of=NIGHT, default_zone="Asia/Seoul"))
        list(roster.read())


def _sheet(data: bytes) -> None:
    """A workbook whose one sheet is this XML: of a packed one hardly a change would come through."""
    parts = {"xl/worksheets/sheet1.xml": data}
    _feed(workbook({"Staff": Worksheet([[name, "Ada", "a@corp.example"] for name in ("worker_id", "7")])}, parts=parts))


def _file(read: Callable[..., object]) -> Callable[[bytes], object]:
    def from_file(data: bytes) -> None:
        with TemporaryDirectory(prefix="offboarding-fuzz-") as folder:
            path = Path(folder) / "register.yaml"
            path.write_bytes(data)
            read(path, named=True)

    return from_file


def _workers(data: bytes) -> None:
    as_of = AsOf(effective="2026-11-25-08:00", entered=NIGHT)
    paths = WorkerPaths(fields_of(_WORKERS))
    for worker in workers_page(data, as_of).workers:
        assert isinstance(number_of(worker), str)
        paths.fields(worker, NIGHT.date())
    fault(data)


_WORKERS = WorkersSettings.model_validate(
    {"name": "hr", "kind": "workday_workers", "connection": "c", "coverage": "full", "tenant": "acme"}
)


def _days(text: str) -> Iterator[object]:
    yield WrittenDays(formats=("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S%z"))(text, "Asia/Seoul")


_GIVEN = ListColumns(account="User ID", login="Login", mail="E-Mail")
TARGETS = (
    Target(name="messages", read=_text(messages.read), raises=(messages.MessageRefusedError,)),
    Target(name="der", read=certificates.parse, raises=(certificates.CertificateFormatError,)),
    Target(name="pem", read=_text(read_certificate)),
    Target(name="pem", read=lambda data: list(certificates_in(data)), raises=(CertificateFileError,)),
    Target(name="der", read=lambda data: list(certificates_in(data)), raises=(CertificateFileError,)),
    Target(name="crl", read=_crl, raises=(CrlError,)),
    Target(name="ssh", read=_text(fingerprint_of_key)),
    Target(name="ssh", read=lambda data: list(lines(data, options=True))),
    Target(name="host", read=_host, raises=(CollectionError,)),
    Target(name="wireguard", read=read_peers, raises=(CollectionError,)),
    Target(name="kubeconfigs", read=_kubeconfigs, raises=(CollectionError,)),
    Target(name="openvpn", read=_openvpn, raises=(CollectionError,)),
    Target(name="peers", read=lambda data: REGISTER.read_body("sources.vpn", "peers.csv", data), raises=(FatalError,)),
    Target(name="given", read=lambda data: read_list(data, _GIVEN, ","), raises=(ListError,)),
    Target(name="ssh", read=lambda data: Revocations(path="revoked", body=data).ask({}), raises=(RevocationError,)),
    Target(name="jwks", read=_jwks, raises=(FatalError,)),
    Target(name="times", read=_text(generalized_time), raises=(ValueError,)),
    Target(name="times", read=_text(filetime), raises=(ValueError,)),
    Target(name="times", read=_text(lambda text: list(_days(text))), raises=(ValueError,)),
    Target(name="times", read=_text(lambda text: ODataDays(("%Y-%m-%d",))(text, "Asia/Seoul")), raises=(ValueError,)),
    Target(name="times", read=_text(lambda text: database_day(text, "Asia/Seoul")), raises=(ValueError,)),
    Target(name="ldap", read=_message, raises=(DecodeError, LookupError, TypeError)),
    Target(name="trail", read=_record, raises=(ValueError, RecursionError)),
    Target(name="policy", read=_text(_granted)),
    Target(name="vault", read=_text(_allowed), raises=(PolicyFormatError,)),
    Target(name="vault_list", read=lambda data: list(names_in(io.BytesIO(data))), raises=(ValueError,)),
    Target(name="vault_aliases", read=lambda data: list(aliases_in(io.BytesIO(data))), raises=(ValueError,)),
    Target(name="report", read=lambda data: list(parse_report(data, "111111111111")), raises=(IncompleteReadError,)),
    Target(name="workers", read=_workers, raises=(NotAnXmlAnswerError,)),
    Target(name="feed", read=_feed, raises=(OffboardingError,)),
    Target(name="sheet", read=_sheet, raises=(OffboardingError,)),
    Target(name="register", read=_file(read_register), raises=(ConfigError,)),
    Target(name="exceptions", read=_file(read_exceptions), raises=(ConfigError,)),
)
