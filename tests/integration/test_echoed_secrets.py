"""A server that refuses us may say back what it was told. No secret of a connection comes into a sentence of ours."""

import base64
import gc
import json
import warnings
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from demo.okta_app import app_key
from demo.slapd import Tls
from offboarding import wiring
from offboarding.config import loading
from offboarding.config.loading import kind_module
from offboarding.interfaces import ConnectionFields
from offboarding.model import Alert
from offboarding.model.errors import OffboardingError
from offboarding.store.connect import connected
from offboarding.wiring.connections import connection as named_connection
from tests.support import echo
from tests.support.usual_read import CONTEXT
from tests.support.variants import some_of
from tests.systems.successfactors.service import key_pair

SECRET, TOKEN = "canary-Pa55-of-a-connection", "canary-T0ken-of-a-session"
BASIC = base64.b64encode(f"reader:{SECRET}".encode()).decode()
STATUSES = (400, 403, 500)
Try = Callable[[], object]
ACCOUNT = "111111111111"


def fields(port: int, **changes: Any) -> ConnectionFields:
    given: dict[str, Any] = {"conn_id": "canary", "host": "127.0.0.1", "port": port, "login": "reader"}
    given |= {"password": SECRET, **changes}
    return ConnectionFields(**given)


def built(room: str, kind: str, connection: ConnectionFields, part: str = "", **settings: object) -> Any:
    module = kind_module(room, kind)
    own = module.Settings.model_validate({"name": "canary", "kind": kind, "connection": "canary", **settings})
    return module.build(own, connection, *([part] if room != "rosters" else []), CONTEXT)


def aws(port: int) -> ConnectionFields:
    extra = {"endpoint_url": f"http://127.0.0.1:{port}", "region_name": "us-east-1", "aws_session_token": TOKEN}
    return ConnectionFields(conn_id="canary", login="AKIATESTTESTTESTTEST", password=SECRET, extra=extra)


def of_aws(kind: str, port: int, **settings: object) -> Try:
    reader = built("sources", kind, aws(port), ACCOUNT, max_attempts=1, **settings)
    return lambda: list(reader.events(None) if kind == "aws_cloudtrail" else reader.collect())


def bucket(port: int) -> Try:
    columns = {"worker_id": "id", "name": "name", "status": "status"}
    roster = built("rosters", "csv", aws(port), coverage="full", path="s3://hr/feed.csv", columns=columns)
    return lambda: list(roster.read())


def employees(kind: str, port: int) -> Try:
    roster = built("rosters", kind, fields(port, schema="http"), coverage="full", max_wait_minutes=0)
    return lambda: list(roster.read())


def people(port: int) -> Try:
    key, certificate = key_pair()
    extra = {"company_id": "acme", "client_id": TOKEN, "certificate": certificate}
    connection = fields(port, schema="http", password=key, extra=extra)
    roster = built("rosters", "successfactors", connection, coverage="full", max_wait_minutes=0)
    return lambda: list(roster.read())


def workers(port: int, **extra: object) -> Try:
    connection = fields(port, schema="http", extra=extra)
    own: dict[str, Any] = {"coverage": "full", "tenant": "acme", "max_wait_minutes": 0}
    roster = built("rosters", "workday_workers", connection, **own)
    return lambda: list(roster.read())


def workday(port: int, **extra: object) -> Try:
    own: dict[str, Any] = {"coverage": "active", "report": "acme/canary/Report", "columns": {"worker_id": "ID"}}
    roster = built("rosters", "workday", fields(port, schema="http", extra=extra), max_wait_minutes=0, **own)
    return lambda: list(roster.read())


def roundup(port: int) -> Try:
    module = kind_module("trackers", "roundup")
    own = module.Settings.model_validate({"name": "canary", "kind": "roundup", "connection": "canary"})
    tracker = module.build(own, fields(port, schema="http", extra={"tracker": "offb"}))
    return lambda: tracker.find("offb-12345678")


def forge(kind: str, port: int, **own: object) -> Try:
    module = kind_module("trackers", kind)
    given = {"name": "canary", "kind": kind, "connection": "canary", **own}
    tracker = module.build(module.Settings.model_validate(given), fields(port, schema="http"))
    return lambda: tracker.find("offb-12345678")


def queue(port: int) -> Try:
    address = f"http://127.0.0.1:{port}/123456789012/in"
    module = kind_module("queues", "sqs")
    settings = module.Settings(kind="sqs", connection="canary", queue=address, set_aside=address)
    return module.build(settings, aws(port)).waiting


def vault(port: int, tls: Tls) -> Try:
    connection = fields(port, login="", extra={"ca_certs_file": str(tls.authority)})
    source = built("sources", "vault_transit", connection, mounts=["transit"])
    return lambda: list(source.collect())


def vault_by_role(port: int, tls: Tls) -> Try:
    connection = fields(port, extra={"ca_certs_file": str(tls.authority)})
    source = built("sources", "vault_transit", connection, mounts=["transit"])
    return lambda: list(source.collect())


def vault_logins(port: int, tls: Tls) -> Try:
    connection = fields(port, login="", extra={"ca_certs_file": str(tls.authority)})
    source = built("sources", "vault_auth", connection)
    return lambda: list(source.collect())


def cluster(port: int, tls: Tls) -> Try:
    connection = fields(port, login="", extra={"ca_certs_file": str(tls.authority)})
    verifier = built("verifiers", "jwks", connection, "prod", kubernetes="prod", internal=True)
    return lambda: list(verifier.collect())


def ldap(port: int) -> Try:
    source = built("sources", "ldap", fields(port, extra={"tls": "none"}), base_dn="dc=corp,dc=example")
    return lambda: list(source.collect())


def hr_database(port: int) -> Try:
    columns = {"worker_id": "id", "name": "name", "status": "status"}
    connection = fields(port, schema="hr", extra={"sslmode": "disable"})
    roster = built("rosters", "postgres", connection, coverage="full", query="select 1", columns=columns)
    return lambda: list(roster.read())


def database_logins(port: int) -> Try:
    connection = fields(port, schema="postgres", extra={"sslmode": "disable"})
    source = built("sources", "postgres_logins", connection, cluster="main")
    return lambda: list(source.collect())


def mariadb_logins(port: int) -> Try:
    source = built("sources", "mariadb_logins", fields(port, extra={"tls": "none"}), cluster="main")
    return lambda: list(source.collect())


def organization(port: int) -> Try:
    source = built("sources", "github_org", fields(port, schema="http"), organization="corp", max_wait_minutes=0)
    return lambda: list(source.collect())


def okta(port: int) -> Try:
    source = built("sources", "okta", fields(port, login="", schema="http"), max_wait_minutes=0)
    return lambda: list(source.collect())


def code_host(port: int) -> Try:
    source = built("sources", "gitlab_users", fields(port, schema="http"), instance="corp", max_wait_minutes=0)
    return lambda: list(source.collect())


def packages(port: int) -> Try:
    source = built("sources", "npm_packages", fields(port, schema="http"), organization="corp", max_wait_minutes=0)
    return lambda: list(source.collect())


def projects(port: int) -> Try:
    reached, named = fields(port, schema="http"), ["corp-shop"]
    source = built("sources", "pypi_projects", reached, realm="corp", projects=named, max_wait_minutes=0)
    return lambda: list(source.collect())


def customer(port: int) -> Try:
    key = {"type": "service_account", "client_email": "reader@canary", "private_key": app_key()}
    connection = fields(port, schema="http", password=json.dumps(key | {"token_uri": f"http://127.0.0.1:{port}/token"}))
    source = built("sources", "google_workspace", connection, max_wait_minutes=0)
    return lambda: list(source.collect())


def tenant(port: int, tls: Tls) -> Try:
    extra = {"ca_certs_file": str(tls.authority), "login_host": f"127.0.0.1:{port}"}
    connection = fields(port, extra={**extra, "tenant_id": "0f3a2c52-7f5e-4b0c-9c39-7d1f27b1a111"})
    source = built("sources", "entra_id", connection, max_wait_minutes=0)
    return lambda: list(source.collect())


def store(port: int) -> Try:
    def opened() -> None:
        with connected({**wiring.libpq(fields(port, schema="store")), "sslmode": "disable"}):
            pass

    return opened


def notifier(monkeypatch: pytest.MonkeyPatch, kind: str, connection: dict[str, object], **own: object) -> Try:
    monkeypatch.setenv("AIRFLOW_CONN_CANARY", json.dumps(connection))
    module = kind_module("notifiers", kind)
    found = module.build(
        module.Settings(name="canary", kind=kind, connection="canary", **own), partial(named_connection, "canary")
    )
    return lambda: found.tell(Alert(key="hold:1", subject="Held", body="Look."))


OVER_HTTP: dict[str, Callable[[int], Try]] = {
    "sources.aws_iam": lambda port: of_aws("aws_iam", port, accounts=[ACCOUNT]),
    "sources.aws_identity_center": lambda port: of_aws(
        "aws_identity_center", port, account=ACCOUNT, region="us-east-1"
    ),
    "sources.aws_kms": lambda port: of_aws("aws_kms", port, accounts=[ACCOUNT], regions=["us-east-1"]),
    "sources.aws_secrets": lambda port: of_aws("aws_secrets", port, accounts=[ACCOUNT], regions=["us-east-1"]),
    "sources.aws_cloudtrail": lambda port: of_aws("aws_cloudtrail", port, accounts=[ACCOUNT], regions=["us-east-1"]),
    "sources.github_org": organization,
    "sources.gitlab_users": code_host,
    "sources.npm_packages": packages,
    "sources.pypi_projects": projects,
    "sources.okta": okta,
    "sources.google_workspace": customer,
    "rosters.csv": bucket,
    "rosters.bamboohr": partial(employees, "bamboohr"),
    "rosters.personio": partial(employees, "personio"),
    "rosters.successfactors": people,
    "rosters.workday_workers": workers,
    "rosters.workday_workers by token": lambda port: workers(port, refresh_token=TOKEN),
    "rosters.workday": workday,
    "rosters.workday by token": lambda port: workday(port, refresh_token=TOKEN),
    "trackers.github": lambda port: forge("github", port, repository="corp/it"),
    "trackers.redmine": lambda port: forge("redmine", port, project="security"),
    "trackers.jira": lambda port: forge("jira", port, project="SEC"),
    "trackers.gitlab": lambda port: forge("gitlab", port, project="corp/it"),
    "trackers.roundup": roundup,
    "queues.sqs": queue,
}
OVER_TLS: dict[str, Callable[[int, Tls], Try]] = {
    "sources.vault_transit": vault,
    "sources.vault_transit by role": vault_by_role,
    "sources.vault_auth": vault_logins,
    "verifiers.jwks": cluster,
    "sources.entra_id": tenant,
}
OTHERWISE: dict[str, tuple[echo.Talk, Callable[[int], Try]]] = {
    "sources.ldap": (echo.directory, ldap),
    "rosters.postgres": (echo.database, hr_database),
    # It asks nobody: what its connection holds is refused.
    "rosters.scim": (echo.database, lambda port: lambda: built("rosters", "scim", fields(port), coverage="active")),
    "sources.postgres_logins": (echo.database, database_logins),
    "sources.mariadb_logins": (echo.mariadb, mariadb_logins),
    "store": (echo.database, store),
}
ROOMS = ("rosters", "sources", "verifiers", "trackers", "queues")
EVERY_KIND = {f"{room}.{kind}" for room in ROOMS for kind in loading.kinds(room)}
ASKS_NOBODY = {name for name in EVERY_KIND if not hasattr(kind_module(*name.split(".")), "destinations")}
"""They leave their connection alone (tests/unit/test_destinations.py)."""


def plainly(room: str, kind: str) -> Callable[[int], Try]:
    """Over HTTP, with a connection and no key of its own: so a kind that needs no more is tried without a line here."""

    def made(port: int) -> Try:
        module = kind_module(room, kind)
        own = module.Settings.model_validate({"name": "canary", "kind": kind, "connection": "canary"})
        if room == "trackers":
            return lambda: module.build(own, fields(port, schema="http")).find("offb-12345678")
        return lambda: list(module.build(own, fields(port, schema="http"), "", CONTEXT).collect())

    return made


NAMED = {name.split()[0] for name in (*OVER_HTTP, *OVER_TLS, *OTHERWISE)}
OVER_HTTP.update(
    (name, plainly(*name.split(".")))
    for name in sorted(EVERY_KIND - NAMED - ASKS_NOBODY)
    if name.startswith(("sources.", "verifiers.", "trackers."))
)


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(Path(tmp_path_factory.mktemp("tls")))


def silent(work: Try) -> str:
    """The sentence in which it fails, which holds no secret."""
    with pytest.raises(OffboardingError) as caught:
        work()
    said = str(caught.value)
    assert [secret for secret in (SECRET, TOKEN, BASIC) if secret in said] == []
    return said


def test_every_kind_is_tried() -> None:
    tried = {name.split()[0] for name in (*OVER_HTTP, *OVER_TLS, *OTHERWISE)} | ASKS_NOBODY
    assert tried - {"store"} == EVERY_KIND


@some_of(1, "status", STATUSES)
@pytest.mark.parametrize("kind", OVER_HTTP)
def test_over_http(kind: str, status: int) -> None:
    with echo.web(status) as port:
        silent(OVER_HTTP[kind](port))


@some_of(1, "status", STATUSES)
@pytest.mark.parametrize("kind", OVER_TLS)
def test_over_tls(kind: str, status: int, tls: Tls) -> None:
    with echo.web(status, tls) as port:
        silent(OVER_TLS[kind](port, tls))


@pytest.mark.parametrize("kind", OTHERWISE)
def test_in_its_own_protocol(kind: str) -> None:
    talk, work = OTHERWISE[kind]
    with echo.listening(talk) as port:
        assert "canary" in silent(work(port)) or kind == "store"


def test_a_mail_server(monkeypatch: pytest.MonkeyPatch) -> None:
    extra = {"from_email": "offboarding@corp.example", "disable_ssl": True, "disable_tls": True, "retry_limit": 0}
    with echo.listening(echo.mail) as port:
        connection: dict[str, object] = {"conn_type": "smtp", "host": "127.0.0.1", "port": port, "login": "reader"}
        connection |= {"password": SECRET, "extra": extra}
        silent(notifier(monkeypatch, "smtp", connection, to=["soc@corp.example"]))
    # Airflow's hook forgets to close a connection whose login was refused.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.parametrize("status", STATUSES)
def test_slack(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with echo.web(status) as port:
        extra = {"base_url": f"http://127.0.0.1:{port}/"}
        connection: dict[str, object] = {"conn_type": "slack", "password": SECRET, "extra": extra}
        silent(notifier(monkeypatch, "slack", connection, channel="#offboarding"))


@pytest.mark.parametrize("status", STATUSES)
def test_msteams(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    with echo.web(status) as port:
        connection: dict[str, object] = {"conn_type": "http", "schema": "http", "host": "127.0.0.1", "port": port}
        silent(notifier(monkeypatch, "msteams", {**connection, "password": SECRET}))
