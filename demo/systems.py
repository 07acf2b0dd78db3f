"""Okta, GitHub, the vendors' database and a Linux host, as they are on a night, and how they are reached."""

from collections.abc import Generator, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from demo.answering import answering
from demo.certificates import make_certificate
from demo.github import GithubOrgService
from demo.github import app_key as github_app_key
from demo.github_answers import BASE
from demo.github_kept import KeptPerson, KeptToken
from demo.linux_host import WrittenHost, WrittenUser
from demo.okta import KeptUser, OktaService
from demo.okta_app import CLIENT_ID, app_key
from demo.slapd import Tls
from demo.world_systems import DatabaseLogin, Elsewhere, GithubMember, HostLogin, OktaPerson, number_of
from offboarding.interfaces import ConnectionFields
from offboarding.store import embedded

DATABASE_READER = "offboarding_reader"
DATABASE_PASSWORD = "canary-of-the-databases-reader"
"""Of a server without a network port."""
HOST = "web1"
_BY_PASSWORD = f"""\
local all {embedded.NAME} peer map=own
local all {DATABASE_READER} scram-sha-256
local all all scram-sha-256
host all all 0.0.0.0/0 scram-sha-256
"""
_MAKE_READER = """
create role {reader} login password {password};
grant execute on function pg_catalog.pg_hba_file_rules() to {reader}
"""
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Systems:
    """They run."""

    okta: OktaService
    github: GithubOrgService
    host: WrittenHost
    vendors: embedded.EmbeddedServer
    tls: Tls = field(repr=False)
    ports: dict[str, int]

    def seed(self, elsewhere: Elsewhere, at: datetime) -> None:
        """From now on these people are there, and no others."""
        self.okta.users = {}
        self.okta.tokens = {}
        for person in elsewhere.okta:
            _at_okta(self.okta, person)
        self.github.people = {kept.id: kept for kept in map(_on_github, elsewhere.github)}
        self.host.at = at
        self.host.users = {each.name: _on_host(each) for each in elsewhere.host}
        self.host.write()
        with self.vendors.connect(autocommit=True) as owner:
            _in_database(owner, elsewhere.database)

    def connections(self, vendors: ConnectionFields) -> Iterator[tuple[str, ConnectionFields]]:
        """Airflow's. `vendors`: HR's to the same database."""
        trusted = {"ca_certs_file": str(self.tls.authority)}
        okta = ConnectionFields(
            conn_id="corp_okta",
            schema="https",
            host="127.0.0.1",
            port=self.ports["okta"],
            login=CLIENT_ID,
            password=app_key(),
            extra=trusted,
        )
        github = ConnectionFields(
            conn_id="corp_github",
            schema="https",
            host="127.0.0.1",
            port=self.ports["github"],
            login="1234",
            password=github_app_key(),
            extra={**trusted, "installation_id": 417},
        )
        database = ConnectionFields(
            conn_id="vendors_logins",
            host=vendors.host,
            port=vendors.port,
            schema=vendors.schema,
            login=DATABASE_READER,
            password=DATABASE_PASSWORD,
        )
        yield "http", okta
        yield "http", github
        yield "postgres", database


@contextmanager
def systems(tls_folder: Path, collected: Path, vendors: embedded.EmbeddedServer) -> Generator[Systems]:
    """All of them, on free ports; nobody is there before they're told who is."""
    tls = make_certificate(tls_folder)
    okta, github = OktaService(), GithubOrgService()
    with ExitStack() as stack:
        ports = {
            "okta": stack.enter_context(answering(okta.answer, tls)),
            "github": stack.enter_context(answering(github.answer, tls, base=BASE)),
        }
        okta.api = f"https://127.0.0.1:{ports['okta']}"
        github.api = f"https://127.0.0.1:{ports['github']}{BASE}"
        host = WrittenHost(folder=collected, name=HOST)
        yield Systems(okta=okta, github=github, host=host, vendors=vendors, tls=tls, ports=ports)


def _at_okta(okta: OktaService, person: OktaPerson) -> None:
    number = number_of(person.mail)
    created = f"{person.since.isoformat()}T00:30:00.000Z"
    user = KeptUser(id=f"00u{number}", login=person.mail, number=person.number, status=person.status, created=created)
    okta.users[user.id] = user
    if person.token:
        okta.token(user, person.token, id=f"00T{number}")


def _on_github(member: GithubMember) -> KeptPerson:
    number = number_of(member.login)
    tokens = [KeptToken(id=number, name=member.token)] if member.token else []
    return KeptPerson(id=number, login=member.login, role="member", mail=member.mail, tokens=tokens)


def _on_host(login: HostLogin) -> WrittenUser:
    ends = str((login.expired_on - _EPOCH).days) if login.expired_on else "-"
    state = "locked" if login.is_locked else "set"
    user = WrittenUser(login=login.name, uid=1000 + number_of(login.name) % 60_000)
    user.password = f"{state} 20000 99999 - {ends}"
    if login.key:
        user.authorize(login.key.line)
    return user


def _in_database(owner: psycopg.Connection, logins: tuple[DatabaseLogin, ...]) -> None:
    """Roles are made once: each keeps its oid from one night to the next."""
    there = {name for (name,) in owner.execute("select rolname from pg_roles").fetchall()}
    if DATABASE_READER not in there:
        reader, password = sql.Identifier(DATABASE_READER), sql.Literal(DATABASE_PASSWORD)
        owner.execute(sql.SQL(_MAKE_READER).format(reader=reader, password=password))
        (data,) = owner.execute("show hba_file").fetchone() or ("",)
        Path(data).write_text(_BY_PASSWORD, encoding="utf-8")
        owner.execute("select pg_reload_conf()")
    for login in logins:
        do = "alter" if login.name in there else "create"
        until = datetime.combine(login.until, datetime.min.time(), UTC).isoformat() if login.until else "infinity"
        owner.execute(
            sql.SQL(f"{do} role {{}} login password {{}} valid until {{}}").format(  # pyrefly: ignore[bad-argument-type]
                sql.Identifier(login.name), sql.Literal(f"canary-{login.name}"), sql.Literal(until)
            )
        )
