"""Systems as somebody else runs them: a directory without overlays, a plain moto in AWS's place, HR's workbook.

Nothing here behaves better than such systems do, and nothing is told of them but their connections.
"""

import base64
import json
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

import boto3
from openpyxl import Workbook

from demo import plain_moto, slapd
from offboarding import wiring
from offboarding.config.loading import StoreChoice
from offboarding.store import embedded

if TYPE_CHECKING:
    from mypy_boto3_iam import IAMClient

SUFFIX = "dc=example,dc=net"
READER = f"uid=reader,ou=services,{SUFFIX}"
SLAPD, STORES = "slapd", "stores"
REGION = "eu-central-1"
KEY_ID = "AKIAOFFICEOFFICE0000"
NAMES = ("Ada Stone", "Bo Field", "Cy Brook", "Di Marsh", "Ed Heath", "Fay Cliff", "Gus Dale", "Hal Forest")
FIRST_NUMBER = 2001
LEAVER = "astone"
LEFT_ON = datetime.now(UTC).date() - timedelta(days=9)
HEADER = ("Employee Number", "Last Name", "First Name", "Work Email", "Login", "Status", "Hire Date", "Last Day")
ROBOTS = {"deploy-bot": LEAVER, "backup-bot": "bfield", "old-bot": "zz.nobody"}
"""Whom their owner tags name."""


def login_of(name: str) -> str:
    """First letter and surname."""
    first, last = name.lower().split()
    return f"{first[0]}{last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """What runs."""

    folder: Path
    directory: slapd.Server
    aws: str
    """The server's address."""
    environment: Mapping[str, str] = field(repr=False)
    """Where the configuration is to lie, and the connections."""

    @property
    def config(self) -> Path:
        """The file that `init` writes."""
        return Path(self.environment["OFFBOARDING_CONFIG"])

    def iam(self) -> "IAMClient":
        """A client that changes things in the account."""
        return _iam(self.aws)

    def init(self, feed: Path) -> tuple[str, ...]:
        """The words that a newcomer types first."""
        return (
            *("init", "--roster", f"csv={feed}", "--source", "ldap=ldap_main", "--source", "aws_iam=aws_main"),
            *("--store", "embedded", "--login-realm", "corp", "--zone", "Europe/Berlin"),
            *("--set", "policy.baseline=ticket"),
        )


@contextmanager
def systems(folder: Path) -> Generator[Systems]:
    """Its servers, and a store that commands find running, for as long as the block runs."""
    with ExitStack() as stack:
        server = stack.enter_context(slapd.running(folder / SLAPD, _slapd(folder)))
        address = stack.enter_context(plain_moto.running())
        _hire(_iam(address))
        reached = {
            "LDAP_MAIN": {
                "conn_type": "ldap",
                "host": server.host,
                "port": server.port,
                "login": READER,
                "password": "reader's own",
                "extra": {"tls": "none"},
            },
            "AWS_MAIN": {
                "conn_type": "aws",
                "login": KEY_ID,
                "password": "any",
                "extra": {"endpoint_url": address, "region_name": REGION},
            },
        }
        environment = {
            "OFFBOARDING_CONFIG": str(folder / "own.yaml"),
            "OFFBOARDING_EMBEDDED_FOLDER": str(folder / STORES),
            **{f"AIRFLOW_CONN_{name}": json.dumps(fields) for name, fields in reached.items()},
        }
        with mock.patch.dict(os.environ, environment):
            # Held, so that no command has to start it again.
            kept = wiring.embedded_folder(StoreChoice(store="embedded", time_zone="UTC", path=folder / "own.yaml"))
            stack.enter_context(embedded.server(kept, durable=False))
        yield Systems(folder=folder, directory=server, aws=address, environment=environment)


def clear(folder: Path) -> None:
    """End what a killed newcomer left running in a folder, and remove it all."""
    slapd.end_leftover(folder / SLAPD)
    for store in (folder / STORES).glob("*"):
        # The last one out stops the server, whoever started it.
        with embedded.server(store):
            pass
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)


def feed(folder: Path, left: Mapping[str, date]) -> Path:
    """HR's workbook: a title, everybody in `NAMES`, a total; and who left when, by login."""
    book = Workbook()
    (sheet,) = book.worksheets
    sheet.title = "Staff"
    sheet.append(["Staff list"])
    sheet.append(
        ["Employee Number", "Last Name", "First Name", "Work Email", "Login", "Status", "Hire Date", "Last Day"]
    )
    for number, name in enumerate(NAMES, start=FIRST_NUMBER):
        first, last = name.split()
        login = login_of(name)
        day = left.get(login)
        status = "Terminated" if day else "Active"
        sheet.append([number, last, first, f"{login}@example.net", login, status, date(2019, 3, 4), day])
    sheet.append([f"Total: {len(NAMES)}"])
    path = folder / "people.xlsx"
    book.save(path)
    return path


def _slapd(folder: Path) -> slapd.Settings:
    """OpenLDAP as it comes: no overlay, no operational attribute but its own, loaded all at once."""
    entries = [
        _entry(SUFFIX, ("domain",), dc="example"),
        *(_entry(f"ou={name},{SUFFIX}", ("organizationalUnit",), ou=name) for name in ("people", "services")),
        _entry(READER, ("account", "simpleSecurityObject"), uid="reader", userPassword="reader's own"),
        *(_person(login_of(name), number, name) for number, name in enumerate(NAMES, start=FIRST_NUMBER)),
    ]
    folder.mkdir(parents=True, exist_ok=True)
    ldif = folder / "directory.ldif"
    ldif.write_text("\n".join(entries), encoding="ascii")
    return slapd.Settings(
        suffix=SUFFIX,
        admin_dn=f"cn=admin,{SUFFIX}",
        admin_password="admin's own",
        ldif=ldif,
        readers=(READER,),
        ppolicy=False,
    )


def _person(login: str, number: int, name: str) -> str:
    first, last = name.split()
    return _entry(
        f"uid={login},ou=people,{SUFFIX}",
        ("inetOrgPerson",),
        uid=login,
        cn=name,
        sn=last,
        givenName=first,
        mail=f"{login}@example.net",
        employeeNumber=str(number),
        userPassword=f"{login}'s own",
    )


def _entry(dn: str, classes: Sequence[str], **attributes: str) -> str:
    values = [("dn", dn), *(("objectClass", name) for name in classes), *attributes.items()]
    return "".join(f"{name}:: {base64.b64encode(value.encode()).decode()}\n" for name, value in values)


def _iam(address: str) -> "IAMClient":
    session = boto3.Session(region_name=REGION, aws_access_key_id=KEY_ID, aws_secret_access_key="any")
    return session.client("iam", endpoint_url=address)


def _hire(iam: "IAMClient") -> None:
    """A user with a key each, and robots whose owner tags hold a login."""
    for name in NAMES:
        iam.create_user(UserName=login_of(name))
        iam.create_access_key(UserName=login_of(name))
    for robot, owner in ROBOTS.items():
        iam.create_user(UserName=robot, Tags=[{"Key": "owner", "Value": owner}])
        iam.create_access_key(UserName=robot)
