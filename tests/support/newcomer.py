"""Systems as somebody else runs them: a directory without overlays, a plain moto in AWS's place, and a small HR file.

Nothing here behaves better than such systems do, and nothing is told of them but their connections.
"""

import base64
import json
import os
from collections.abc import Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from unittest import mock

import boto3

from demo import slapd
from offboarding import wiring
from offboarding.cli.entry import main
from offboarding.config.loading import StoreChoice
from offboarding.interfaces import ConnectionFields
from offboarding.store import embedded
from tests.support.queue_server import running as moto
from tests.support.tiny_company import variable

SUFFIX = "dc=example,dc=net"
READER = f"uid=reader,ou=services,{SUFFIX}"
TODAY = datetime.now(UTC).date()
LEFT_ON = TODAY - timedelta(days=9)
NAMES = ("Ada Stone", "Bo Field", "Cy Brook", "Di Marsh", "Ed Heath", "Fay Cliff", "Gus Dale", "Hal Forest")
LEAVER = "astone"


def login_of(name: str) -> str:
    """First letter and surname."""
    first, last = name.lower().split()
    return f"{first[0]}{last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """What came of a command."""

    code: int
    out: str
    err: str

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Its lines of JSON."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """What runs, and a desk to type at."""

    folder: Path
    directory: slapd.Server
    aws: str
    """The server's address."""
    environment: Mapping[str, str] = field(repr=False)

    @property
    def config(self) -> Path:
        """The file that `init` writes."""
        return Path(self.environment["OFFBOARDING_CONFIG"])

    def type(self, *words: str) -> Typed:
        """Type a command in a pipe, where nobody can be asked."""
        out, err = StringIO(), StringIO()
        with (
            mock.patch.dict(os.environ, self.environment),
            mock.patch("sys.stdin", StringIO()),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            try:
                code = main(words)
            except SystemExit as ended:
                code = int(str(ended.code))
        return Typed(code=code, out=out.getvalue(), err=err.getvalue())

    def iam(self) -> Any:
        """A client that changes things in the account."""
        return _iam(self.aws)


@contextmanager
def office(folder: Path) -> Generator[Office]:
    """Its servers, and a store that commands find running, for as long as the block runs."""
    with ExitStack() as stack:
        server = stack.enter_context(slapd.running(folder / "slapd", _slapd(folder)))
        address = stack.enter_context(moto())
        _hire(_iam(address))
        reached = {
            "ldap": ConnectionFields(
                conn_id="ldap_main",
                host=server.host,
                port=server.port,
                login=READER,
                password="reader's own",
                extra={"tls": "none"},
            ),
            "aws": ConnectionFields(
                conn_id="aws_main",
                login="AKIAOFFICEOFFICE0000",
                password="any",
                extra={"endpoint_url": address, "region_name": "eu-central-1"},
            ),
        }
        environment = {
            "OFFBOARDING_CONFIG": str(folder / "own.yaml"),
            "OFFBOARDING_EMBEDDED_FOLDER": str(folder / "stores"),
            "COLUMNS": "160",
            **dict(variable(kind, fields) for kind, fields in reached.items()),
        }
        with mock.patch.dict(os.environ, environment):
            # Held, so that no command has to start it again.
            kept = wiring.embedded_folder(StoreChoice(store="embedded", time_zone="UTC", path=folder / "own.yaml"))
            stack.enter_context(embedded.server(kept, durable=False))
        yield Office(folder=folder, directory=server, aws=address, environment=environment)


def feed(folder: Path, left: Mapping[str, date]) -> Path:
    """HR's file: everybody in `NAMES`, and who left when, by login."""
    path = folder / "people.csv"
    rows = ["employee id,full name,email,login,status,hire date,last working day"]
    for number, name in enumerate(NAMES, start=2001):
        login = login_of(name)
        day = left.get(login)
        status = "terminated" if day else "active"
        rows.append(f"{number},{name},{login}@example.net,{login},{status},2019-03-04,{day or ''}")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def _slapd(folder: Path) -> slapd.Settings:
    """OpenLDAP as it comes: no overlay, no operational attribute but its own, loaded all at once."""
    entries = [
        _entry(SUFFIX, ("domain",), dc="example"),
        *(_entry(f"ou={name},{SUFFIX}", ("organizationalUnit",), ou=name) for name in ("people", "services")),
        _entry(READER, ("account", "simpleSecurityObject"), uid="reader", userPassword="reader's own"),
        *(_person(login_of(name), number, name) for number, name in enumerate(NAMES, start=2001)),
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


def _iam(address: str) -> Any:
    return boto3.client(
        "iam",
        endpoint_url=address,
        region_name="eu-central-1",
        aws_access_key_id="AKIAOFFICEOFFICE0000",
        aws_secret_access_key="any",
    )


def _hire(iam: Any) -> None:
    """A user with a key each, and a robot whose owner tag holds a login."""
    for name in NAMES:
        iam.create_user(UserName=login_of(name))
        iam.create_access_key(UserName=login_of(name))
    robots = {"deploy-bot": LEAVER, "backup-bot": login_of(NAMES[1]), "old-bot": "zz.nobody"}
    for robot, owner in robots.items():
        iam.create_user(UserName=robot, Tags=[{"Key": "owner", "Value": owner}])
        iam.create_access_key(UserName=robot)
