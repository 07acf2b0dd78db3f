"""Where connections may lead: whoever edits one can't send us elsewhere, nor have us speak in the clear, unseen."""

import ast
import inspect
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest
import yaml
from structlog.testing import capture_logs

from offboarding import wiring
from offboarding.config import loading
from offboarding.config.settings import STORE_CONNECTION
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination, Pinned, at_least, check, is_local, of_extra, of_url
from offboarding.store import connect as connecting
from tests.support.liars import lying
from tests.support.usual_read import AS_OF
from tests.support.variants import some_of

Record = Callable[[str, object], None]
OURS = {
    "ldap": "ldap.corp.example",
    "vault_transit": "vault.corp.example",
    "aws": "*.amazonaws.com",
    "postgres": "hr.corp.example",
    "roundup": "issues.corp.example",
    "pagerduty": "events.pagerduty.com",
    "msteams": "default.powerplatform.com",
    "jwks": "k8s.corp.example",
}
AWS_KINDS: dict[str, dict[str, Any]] = {
    "aws_iam": {"accounts": ["111111111111"]},
    "aws_identity_center": {"account": "111111111111", "region": "us-east-1"},
    "aws_kms": {"accounts": ["111111111111"]},
    "aws_secrets": {"accounts": ["111111111111"]},
    "aws_cloudtrail": {"accounts": ["111111111111"]},
}


def written(tmp_path: Path, *, hosts: bool, clear_text: bool = False) -> loading.Loaded:
    """A company with an entry of each kind that takes a connection; `hosts`: each names its own."""

    def entry(kind: str, of: str, **more: Any) -> dict[str, Any]:
        pinned = {"hosts": [OURS[of]]} if hosts else {}
        allowed = {"clear_text": True} if clear_text else {}
        name = kind.replace("_", "-")
        return {"name": name, "kind": kind, "connection": kind} | more | pinned | allowed

    feed = {"coverage": "full", "columns": {"worker_id": "ID", "status": "State"}}
    file = {
        "company": {"time_zone": "Asia/Seoul"},
        "rosters": [
            entry("postgres", "postgres", coverage="full", query="SELECT 1"),
            entry("csv", "aws", path="s3://bucket/hr/", **feed),
            entry("csv", "ldap", path="sftp://folder/hr/", **feed) | {"name": "sftp", "connection": "sftp"},
        ],
        "sources": [
            entry("ldap", "ldap", base_dn="dc=corp,dc=example"),
            entry("vault_transit", "vault_transit"),
            *(entry(kind, "aws", **more) for kind, more in AWS_KINDS.items()),
        ],
        "verifiers": [entry("jwks", "jwks", kubernetes="cluster")],
        "trackers": [entry("roundup", "roundup")],
        "pagers": [entry("pagerduty", "pagerduty")],
        "notifiers": [entry("msteams", "msteams")],
        "messages": {"kind": "sqs", "connection": "sqs", "queue": "https://q", "set_aside": "https://s"}
        | ({"hosts": [OURS["aws"]]} if hosts else {})
        | ({"clear_text": True} if clear_text else {}),
    }
    path = tmp_path / "offboarding.yaml"
    path.write_text(yaml.safe_dump(file), encoding="utf-8")
    return loading.load(path)


def connect(monkeypatch: pytest.MonkeyPatch, conn_id: str, **fields: Any) -> None:
    given = {"login": "reader", "password": "s3cret", **fields}
    monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", json.dumps(given))


def build(loaded: loading.Loaded, name: str) -> object:
    """Ready to be asked, as a task has it."""
    settings = loaded.settings
    if name == "roundup":
        return wiring.trackers(settings)["roundup"]()
    if name == "pagerduty":
        return wiring.pagers(settings)["pagerduty"]()
    if name == "msteams":
        (teams,) = wiring.notifiers(settings)
        return cast("Any", teams).connection()
    if name == "messages":
        return wiring.queue(settings)
    if name in {roster.name for roster in settings.rosters}:
        return wiring.roster(settings, name, AS_OF)
    own = settings.source(name)
    wiring.parts(settings, own, AS_OF)
    return wiring.source(settings, name, own.parts()[0], AS_OF)


def elsewhere(of: str, port: int) -> dict[str, Any]:
    """A connection that leads to this port of this machine."""
    if of.startswith("aws") or of in {"csv", "messages"}:
        return {"extra": {"endpoint_url": f"https://127.0.0.1:{port}"}}
    if of in {"roundup", "pagerduty", "msteams"}:
        return {"host": "127.0.0.1", "schema": "https", "port": port}
    return {"host": "127.0.0.1", "port": port}


NAMES = ("postgres", "csv", "sftp", "ldap", "vault-transit", "jwks", "roundup", "pagerduty", "msteams", "messages")
EVERY = (*NAMES, *(kind.replace("_", "-") for kind in AWS_KINDS))


def conn_of(name: str) -> str:
    return {"messages": "sqs"}.get(name, name.replace("-", "_"))


@some_of(4, "name", EVERY)
def test_a_connection_to_another_host_is_refused_before_anything_is_sent(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    loaded = written(tmp_path, hosts=True)
    record_property("attacks", 1)
    with lying(lambda _: iter(())) as liar:
        connect(monkeypatch, conn_of(name), **elsewhere(conn_of(name).replace("sqs", "messages"), liar.port))
        with pytest.raises(ConfigError) as error:
            build(loaded, name)
        record_property("silent", 0)
        assert "names 127.0.0.1, which isn't among hosts" in str(error.value)
        assert "Nothing was sent" in str(error.value)
        assert "s3cret" not in str(error.value)
        assert liar.asked == []


def test_every_kind_that_takes_a_connection_says_where_it_leads() -> None:
    """Who reads files has none; notifiers go by Airflow's own hooks."""
    builders = [
        (kind, module.build)
        for room in (*loading.ROOMS, "queues")
        for kind in loading.kinds(room)
        if not hasattr(module := loading.kind_module(room, kind), "destinations")
    ]

    assert builders
    assert [kind for kind, build in builders if uses_connection(build)] == []


def uses_connection(build: Callable[..., object]) -> bool:
    """Whether it does more with it than to leave it aside."""
    tree = ast.parse(inspect.getsource(build))
    names = [node for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "connection"]
    return any(isinstance(name.ctx, ast.Load) for name in names)


@pytest.mark.parametrize("name", EVERY)
def test_without_hosts_a_connection_may_lead_anywhere(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, conn_of(name), **elsewhere(conn_of(name).replace("sqs", "messages"), 9))

    assert build(written(tmp_path, hosts=False), name)


@pytest.mark.parametrize(
    "fields",
    (
        pytest.param({"extra": {}}, id="aws-itself"),
        pytest.param({"extra": {"endpoint_url": "https://sts.eu-west-1.amazonaws.com"}}, id="an-endpoint-of-it"),
    ),
)
def test_aws_itself_is_a_host_like_others(
    fields: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect(monkeypatch, "aws_iam", **fields)

    assert build(written(tmp_path, hosts=True), "aws-iam")


CLEAR: dict[str, tuple[str, dict[str, Any], str]] = {
    "ldap": ("ldap", {"host": "ldap.corp.example", "extra": {"tls": "none"}}, "extra tls to starttls or ldaps"),
    "hr": ("postgres", {"host": "hr.corp.example"}, "Set sslmode in its extra to require or stricter"),
    "hr-allow": ("postgres", {"host": "hr.corp.example", "extra": {"sslmode": "allow"}}, "Set sslmode"),
    "hr-second": ("postgres", {"host": "localhost,hr.corp.example"}, "speak to hr.corp.example without sslmode"),
    "hr-like-local": ("postgres", {"host": "localhost.evil.example"}, "speak to localhost.evil.example without"),
    "tracker": ("roundup", {"host": "http://issues.corp.example/secops"}, "Set its schema to https"),
    "tracker-schema": ("roundup", {"host": "issues.corp.example", "schema": "http"}, "Set its schema to https"),
    "pager": ("pagerduty", {"host": "http://events.eu.pagerduty.com"}, "Set its schema to https"),
    "pager-schema": ("pagerduty", {"schema": "http"}, "speak to events.pagerduty.com without TLS"),
    "teams": ("msteams", {"host": "default.powerplatform.com", "schema": "http"}, "Set its schema to https"),
    "aws": ("aws-iam", {"extra": {"endpoint_url": "http://sts.amazonaws.com"}}, "Write endpoint_url with https"),
    "s3": ("csv", {"extra": {"endpoint_url": "http://s3.amazonaws.com"}}, "Write endpoint_url with https"),
    "sqs": ("messages", {"extra": {"endpoint_url": "http://sqs.amazonaws.com"}}, "Write endpoint_url with https"),
}


@pytest.mark.parametrize(("name", "fields", "fix"), CLEAR.values(), ids=CLEAR)
def test_clear_text_to_another_machine_is_refused_unless_it_is_allowed(
    name: str,
    fields: dict[str, Any],
    fix: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    connect(monkeypatch, conn_of(name), **fields)
    record_property("attacks", 1)

    with pytest.raises(ConfigError) as error:
        build(written(tmp_path, hosts=False), name)

    record_property("silent", 0)
    assert fix in str(error.value)
    assert "or allow it by clear_text: true" in str(error.value)
    assert build(written(tmp_path, hosts=False, clear_text=True), name)


HIDDEN = {
    "login-before-the-host": "https://sts.amazonaws.com@evil.example",
    "fragment": "https://evil.example#.amazonaws.com",
    "backslash": "https://evil.example\\.amazonaws.com",
    "spaces": "https://evil.example .amazonaws.com",
    "no-scheme": "//evil.example",
    "suffix": "https://sts.amazonaws.com.evil.example",
    "glued": "https://evilamazonaws.com",
}


@pytest.mark.parametrize("endpoint", HIDDEN.values(), ids=HIDDEN)
def test_an_address_that_can_be_read_two_ways_is_refused(
    endpoint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    connect(monkeypatch, "aws_iam", extra={"endpoint_url": endpoint})
    record_property("attacks", 1)

    with pytest.raises(ConfigError):
        build(written(tmp_path, hosts=True), "aws-iam")

    record_property("silent", 0)


@pytest.mark.parametrize("host", ("evil.example#.corp.example", "evil.example/.corp.example", "a@b.corp.example", ""))
def test_a_host_is_a_name_alone(host: str) -> None:
    with pytest.raises(ConfigError, match="no name or address alone"):
        check("sources.x", "x", Pinned(hosts=("*.corp.example",)), [Destination(host=host, clear_text=False)])


@pytest.mark.parametrize(
    ("host", "local"),
    (
        *((host, True) for host in ("127.0.0.1", "127.8.8.8", "::1", "[::1]", "localhost", "/run/postgresql", "@x")),
        *((host, False) for host in ("10.0.0.7", "localhost.evil.example", "127.0.0.1.evil.example", "")),
    ),
)
def test_what_is_this_machine(host: str, local: bool) -> None:
    assert is_local(host) is local


def test_a_drivers_extra_is_searched_for_hosts() -> None:
    extra = {"client_kwargs": {"endpoint_url": "http://evil.example:9000/x"}, "proxy": "p.example:8080", "key": "k"}

    assert [(found.host, found.clear_text) for found in of_extra(extra)] == [
        ("evil.example", True),
        ("p.example", False),
    ]
    assert of_url("ftp://h").clear_text
    assert not of_url("sftp://h").clear_text


@pytest.mark.parametrize("pattern", ("https://h", "h:389", "*", "*.*", "a*.corp.example", "h/x", ""))
def test_a_pattern_is_a_host(pattern: str) -> None:
    with pytest.raises(ValueError, match="is no host"):
        Pinned(hosts=(pattern,))


# --- the store --------------------------------------------------------------------------------------------------------

STORE: dict[str, tuple[dict[str, Any], Any, str]] = {
    "by-default": ({"host": "db.corp.example"}, None, "without sslmode verify-full"),
    "require": ({"host": "db.corp.example", "extra": {"sslmode": "require"}}, None, "without sslmode verify-full"),
    "laxer-than-said": ({"host": "db.corp.example"}, {"sslmode": "require"}, "without sslmode require or stricter"),
    "another-host": ({"host": "127.0.0.1"}, {"hosts": ["db.corp.example"]}, "isn't among hosts"),
    "a-host-beside": (
        {"host": "db.corp.example,evil.example", "extra": {"sslmode": "verify-full"}},
        {"hosts": ["db.corp.example"]},
        "names evil.example",
    ),
    "a-host-in-the-database": ({"host": "", "schema": "host=evil.example"}, None, "no name or address alone"),
}


@pytest.mark.parametrize(("fields", "store", "said"), STORE.values(), ids=STORE)
def test_the_stores_connection_is_held_to_verified_tls(
    fields: dict[str, Any],
    store: Any,
    said: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    record_property: Record,
) -> None:
    path = tmp_path / "offboarding.yaml"
    path.write_text(yaml.safe_dump({"company": {"time_zone": "Asia/Seoul"}, "store": store}), encoding="utf-8")
    connect(monkeypatch, STORE_CONNECTION, **fields)
    record_property("attacks", 1)

    with pytest.raises(ConfigError) as error, wiring.store(loading.store_choice(path)):
        pass

    record_property("silent", 0)
    assert str(error.value).startswith("store: connection offboarding_store")
    assert said in str(error.value)


def test_a_database_name_is_no_second_way_to_name_a_host(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, record_property: Record
) -> None:
    """libpq takes a database's name for a whole connection string, where it is let."""
    path = tmp_path / "offboarding.yaml"
    path.write_text("company: {time_zone: Asia/Seoul}\n", encoding="utf-8")
    record_property("attacks", 1)
    with lying(lambda _: iter(())) as evil, lying(lambda _: iter(())) as ours:
        schema = f"host=127.0.0.1 port={evil.port} sslmode=disable"
        connect(monkeypatch, STORE_CONNECTION, host="localhost", port=ours.port, schema=schema)
        with pytest.raises(Exception, match="store"), wiring.store(loading.store_choice(path)):
            pass
        record_property("silent", int(bool(evil.asked)))
        assert evil.asked == []


def test_the_store_in_the_clear_is_loud(
    store_parameters: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:

    with capture_logs() as quiet, connecting.connected(store_parameters):
        pass
    monkeypatch.setattr(connecting, "is_local", lambda _: False)
    with capture_logs() as loud, connecting.connected(store_parameters):
        pass

    assert quiet == []
    assert [line["event"] for line in loud] == [
        "the store is spoken to without TLS: set sslmode in the extra of offboarding_store"
    ]


def test_how_strict_an_sslmode_is() -> None:
    assert at_least("verify-full", "require")
    assert at_least("prefer", "prefer")
    assert not at_least(None, "require")
    assert not at_least("verify_full", "require")
