"""A company of two on real systems, with a configuration file: for whole runs through Airflow.

Kim left on 13 November and still has a directory account, an access key and a console password; Lee works here.
"""

import json
import os
from collections.abc import Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import yaml

from demo import slapd
from demo.aws import AwsServer, aws_server
from demo.aws_seed import AwsAccountSeed, AwsSeed
from demo.roundup import RoundupServer, roundup_server
from offboarding import wiring
from offboarding.cli.entry import main
from offboarding.config import loading
from offboarding.interfaces import ConnectionFields
from offboarding.store import embedded
from offboarding.store.connect import Session
from tests.systems.aws import cloud
from tests.systems.ldap import directory

LEAVER, STAFF = "10442", "10057"
NAMES = ("Kim Minjun", "Lee Haneul")
MAILS = ("minjun.kim@corp.example", "haneul.lee@corp.example")
LOGINS = ("mjkim", "hnlee")
READ, REFUSES = cloud.CORE, cloud.LAB
"""AWS accounts: one that may be read, one that refuses until it's told otherwise."""

CONFIGURATION = {
    "company": {"time_zone": "Asia/Seoul", "mail_domains": ["corp.example"], "service_patterns": ["svc-*"]},
    "store": "embedded",
    "sources": [
        {
            "name": "corp-ldap",
            "kind": "ldap",
            "connection": "corp_ldap",
            "base_dn": directory.PEOPLE,
            "groups_dn": directory.SUFFIX,
            "id_space": "hr",
            "login_realm": "corp",
            "ppolicy_default": directory.POLICY,
            "witness": directory.WITNESS,
        },
        {
            "name": "aws",
            "kind": "aws_iam",
            "connection": "aws_audit",
            "role_name": "OffboardingAudit",
            "accounts": [READ, REFUSES],
            "id_space": "hr",
            "login_realm": "corp",
        },
    ],
    "trackers": [{"name": "secops", "kind": "roundup", "connection": "secops_roundup"}],
    "policy": {"baseline": "ticket"},
}


@dataclass(frozen=True, slots=True, kw_only=True)
class TinyCompany:
    """What runs, and how a task reaches it."""

    folder: Path
    aws: AwsServer
    slapd: slapd.Server
    tracker: RoundupServer
    environment: Mapping[str, str]
    """The configuration's file, the store's folder and the connections."""
    secrets: tuple[str, ...]

    @property
    def config(self) -> Path:
        return self.folder / "tiny.yaml"

    def tickets(self) -> list[str]:
        """Titles, oldest first, as a person sees them."""
        answer = httpx.get(
            f"{self.tracker.url}rest/data/issue",
            params={"@fields": "title", "@sort": "id"},
            auth=("analyst", self.tracker.passwords["analyst"]),
            trust_env=False,
        )
        return [issue["title"] for issue in answer.raise_for_status().json()["data"]["collection"]]

    def night(self, as_of: str) -> int:
        """A night without Airflow, as by command. Returns its exit code."""
        with mock.patch.dict(os.environ, self.environment):
            return main(["nightly", "--as-of", as_of])

    @contextmanager
    def at_the_store(self) -> Generator[Session]:
        """As a task is: with the configuration and its store."""
        with mock.patch.dict(os.environ, self.environment), wiring.at_work() as (_, session):
            yield session

    def short(self, rule: str) -> str:
        """The short key of the one finding of a rule."""
        with self.at_the_store() as session:
            ((key,),) = session.execute("select finding_key from finding where rule = %s", (rule,)).fetchall()
        return f"f-{str(key)[:8]}"

    def staff_leaves(self, day: str) -> None:
        """HR says which is the last working day of whoever works here."""
        _write_feed(self.folder / "hr.csv", staff_until=day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What a company has besides."""

    entries: tuple[str, ...] = ()
    """Of its directory."""
    access: tuple[str, ...] = ()
    """Of its directory, ahead of what the reader may."""
    roles: tuple[str, ...] = ("OffboardingAudit",)
    """Of the account that may be read."""
    accounts: tuple[AwsAccountSeed, ...] = ()
    """Of AWS, besides."""
    leaver: Mapping[str, Any] = field(default_factory=dict[str, Any])
    """What is otherwise with the leaver's user."""
    configured: Mapping[str, Mapping[str, Any]] = field(default_factory=dict[str, Mapping[str, Any]])
    """Keys of the configuration's sections, and of its sources by their names."""
    ldap: Mapping[str, Any] | None = None
    aws: Mapping[str, Any] | None = None
    """Fields of further connections, as far as they differ from the readers' own."""


@contextmanager
def tiny_company(folder: Path, added: Added = Added()) -> Generator[TinyCompany]:
    """Its servers, for as long as the block runs."""
    with ExitStack() as stack:
        people = (
            directory.person(
                login, cn=name, employeeNumber=number, mail=mail, sshPublicKey=directory.KEY if login == "mjkim" else ()
            )
            for login, name, number, mail in zip(LOGINS, NAMES, (LEAVER, STAFF), MAILS, strict=True)
        )
        server = stack.enter_context(
            directory.directory(folder / "directory", *people, *added.entries, access=added.access)
        )
        users = (
            cloud.person("mjkim", tags={"employee-id": LEAVER}, **added.leaver),
            cloud.person("hnlee", tags={"employee-id": STAFF}),
        )
        read = cloud.account(READ, *users, roles=added.roles)
        seed = AwsSeed(accounts=(read, cloud.account(REFUSES), *added.accounts))
        aws = stack.enter_context(aws_server(seed))
        tracker = stack.enter_context(roundup_server(folder / "roundup"))
        connections = [
            ("ldap", directory.connection(server)),
            ("aws", cloud.connection(aws)),
            ("http", tracker.connection("secops_roundup")),
            *([("ldap", directory.connection(server, **added.ldap))] if added.ldap else []),
            *([("aws", cloud.connection(aws, **added.aws))] if added.aws else []),
        ]
        _write_feed(folder / "hr.csv")
        _write_configuration(folder / "tiny.yaml", folder / "hr.csv", added.configured)
        environment = {
            "OFFBOARDING_CONFIG": str(folder / "tiny.yaml"),
            "OFFBOARDING_EMBEDDED_FOLDER": str(folder / "stores"),
            **dict(variable(kind, fields) for kind, fields in connections),
        }
        # Held, so that no command and no task has to start the server again.
        with mock.patch.dict(os.environ, environment):
            stack.enter_context(embedded.server(wiring.embedded_folder(loading.load()), durable=False))
        yield TinyCompany(
            folder=folder,
            aws=aws,
            slapd=server,
            tracker=tracker,
            environment=environment,
            secrets=tuple(fields.password for _, fields in connections),
        )


def _write_feed(path: Path, *, staff_until: str = "") -> None:
    rows = [
        "worker_id,name,mail,login,location,status,start,last_working_day",
        f"{LEAVER},{NAMES[0]},{MAILS[0]},{LOGINS[0]},Seoul,left,2019-03-04,2026-11-13",
        f"{STAFF},{NAMES[1]},{MAILS[1]},{LOGINS[1]},Seoul,active,2018-01-02,{staff_until}",
    ]
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")


def _write_configuration(path: Path, feed: Path, configured: Mapping[str, Mapping[str, Any]]) -> None:
    columns = ("worker_id", "name", "mail", "login", "location", "status", "start", "last_working_day")
    roster = {
        "name": "hr",
        "kind": "csv",
        "path": str(feed),
        "coverage": "full",
        "id_space": "hr",
        "login_realm": "corp",
        "zones": {"Seoul": "Asia/Seoul"},
        "columns": {name: name for name in columns},
    }
    sources: Any = CONFIGURATION["sources"]
    whole: dict[str, Any] = {**CONFIGURATION, "rosters": [roster]}
    whole["sources"] = [{**source, **configured.get(source["name"], {})} for source in sources]
    names = {source["name"] for source in sources}
    whole |= {key: {**whole.get(key, {}), **more} for key, more in configured.items() if key not in names}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")


def variable(kind: str, fields: ConnectionFields) -> tuple[str, str]:
    told = {"conn_type": kind} | {name: value for name, value in asdict(fields).items() if value and name != "conn_id"}
    return f"AIRFLOW_CONN_{fields.conn_id.upper()}", json.dumps(told)
