"""The pages in Airflow as a browser gets them, over a store after one night: for tests that ask them.

A file that imports `get` imports the fixtures beside it, too.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path
from typing import Protocol, cast
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI, HTTPException, Request
from fastapi.routing import APIRoute

from offboarding.runs import pipeline
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.reading import key_views
from offboarding_airflow import pages, plugin
from offboarding_airflow.pages import guard, scripts
from offboarding_airflow.pages.viewers import Viewer
from tests.support import filled
from tests.support.airflow_side import AirflowSide
from tests.support.database import TEMPLATE, cloned

ZONE = "Asia/Seoul"
VIEWER = "somebody.who.looks"
MORNING = filled.AS_OF + timedelta(hours=6)
HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "an attribute's end": '" onmouseover="alert(1)" x=\'',
    "a template": "{{ 7777 * 1111 }}{% raw %}",
    "a direction": "key\u202egnp.exe\u2066",
    "a formula": '=HYPERLINK("http://127.0.0.1","x")',
    "control characters": "\x01\x1b[31m\u2028\r\n",
    "10,000 characters": "k" * 10_000,
    "an element of htmx's": (
        '<p hx-get="record" hx-trigger="load" hx-on:click="alert(1)"></p><p data-hx-get="record"></p>'
        '<hx-partial hx-target="body">all there is</hx-partial>'
    ),
    "an attribute of htmx's": '" hx-get="record" data-hx-trigger="load" hx-swap-oob="true" id="said" x=\'',
}
PARTS = {
    "which": {"get", "trigger", "select", "target", "swap", "select-oob", "indicator", "push-url", "sync"},
    "found": {"ignore"},
    "came": {"ignore"},
    "again": {"get", "trigger", "select", "target", "swap", "select-oob", "sync"},
}
"""What htmx is told on our pages, by the element's id."""
SCRIPTS = [{"src": scripts.address(each), "defer": None} for each in scripts.EVERY]


class Get(Protocol):
    """Asks for a page: as somebody who may decide, and sees names, or may not. `typed`, `form`: sent by its form."""

    airflow: AirflowSide
    """What it asks."""

    def __call__(
        self,
        path: str,
        *,
        named: bool = False,
        headers: dict[str, str] | None = None,
        typed: str | None = None,
        form: dict[str, str] | None = None,
    ) -> httpx.Response: ...


class Tags(HTMLParser):
    """What a browser makes of a page: its elements, with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.found if name == tag]

    def foreign(self) -> list[str]:
        """What of it a browser would run, load or ask for by itself, and that no template of ours writes."""
        found = [tag for tag, _ in self.found if tag in ("img", "iframe", "object", "style", "base", "canvas")]
        for each in self.named("script"):
            here = {**each, "src": re.sub(r"^(\.\./)*", "", each.get("src") or "")}
            found += [] if here in SCRIPTS else ["script"]
        for tag, attributes in self.found:
            told = {name for name in attributes if name.startswith(("on", "hx-", "data-hx-"))}
            ours = {f"hx-{name}" for name in PARTS.get(attributes.get("id") or "", ())}
            found += [f"{tag} {name}" for name in told - ours]
        return found


@pytest.fixture(scope="module")
def one_night(store_server: embedded.EmbeddedServer) -> Iterator[str]:
    """A store after one night and its report."""
    with cloned(store_server) as name:
        with opened(store_server.connection_kwargs(dbname=name)) as session:
            run = filled.spend_night(session)
            pipeline.report(session, filled.settings(), run)
            with_a_key(session)
        yield name


KEY = "reg:login-signing"


def with_a_key(session: Session) -> None:
    """An entry of the register that nothing shows, Jordan Doe a custodian, a person's word on it; and an exception."""
    since = filled.AS_OF - timedelta(days=20)
    session.execute(
        "insert into registered_key"
        " (name, kind, carryable, carryable_reason, signs_for, owner, queue, threshold, valid_from) values"
        " ('login-signing', 'signing_key', 'yes', 'a file', 'all at the login service', 'Kim Lee', 'keys', 1, %s)",
        (since,),
    )
    session.execute(
        "insert into custodian (name, kind, space, holder, team, since, valid_from) values"
        " ('login-signing', 'worker', 'hr', 'e1042', '', null, %(since)s),"
        " ('login-signing', 'principal', '', %(arn)s, '', null, %(since)s)",
        {"since": since, "arn": filled.DOE_ARN},
    )
    session.execute(
        "insert into signing_key (material, kind, first_seen_at) values (%s, 'signing_key', %s)", (KEY, since)
    )
    session.execute(
        "insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason, approver,"
        " expires_at, valid_from) values ('exception', null, 'hr', 'e1044', 'aws', null, null, %(arn)s, null,"
        " 'asked Kim Lee', 'cto@corp.example', %(until)s, %(since)s)",
        {"arn": filled.DOE_ARN, "since": since, "until": MORNING + timedelta(days=3)},
    )
    key_views.attest(
        session,
        key_views.Attestable(material=KEY, label="login-signing"),
        reason="Jordan Doe's laptop was wiped",
        author="sec.lead",
        until=MORNING + timedelta(days=90),
    )


def poisoned(session: Session, value: str) -> None:
    """Have every system tell this, in each place that a page shows."""
    session.execute(
        "update finding set subject_native_id = %(value)s, source = %(value)s, realm = %(value)s,"
        " account_native_id = %(value)s, rule = %(value)s",
        {"value": value},
    )
    session.execute(
        "update worker set worker_id = %(value)s, name = %(value)s, manager = %(value)s, location = %(value)s"
        " where worker_id = 'E1042' and id_space = 'hr'",
        {"value": value},
    )
    session.execute("update account set label = %(value)s, login = %(value)s", {"value": value})
    session.execute("update link set evidence = jsonb_build_array(%s::text)", (value,))
    session.execute(
        "update registered_key set signs_for = %(value)s, owner = %(value)s, queue = %(value)s,"
        " carryable_reason = %(value)s",
        {"value": value},
    )
    session.execute("update custodian set holder = %(value)s, team = %(value)s", {"value": value})
    session.execute("update attestation set author = %(value)s, reason = %(value)s", {"value": value})
    session.execute(
        "update source_read set error = %(value)s,"
        " gaps = jsonb_build_array(jsonb_build_object('text', %(value)s::text, 'red', true))",
        {"value": value},
    )
    session.execute(
        "update roster_read set error = %(value)s, problems = jsonb_build_array(%(value)s::text)", {"value": value}
    )
    session.execute("update realm set source = %s", (value,))
    session.execute(
        "update exception set account = %(value)s, source = %(value)s, reason = %(value)s, approver = %(value)s,"
        " rule = %(value)s, worker = %(value)s",
        {"value": value},
    )
    session.execute("update finding_event set actor = %(value)s, text = %(value)s", {"value": value})
    session.execute("update departure set told = %s", (value,))


@pytest.fixture
def store_template(request: pytest.FixtureRequest) -> str:
    """After that night where a test asks for it, else empty."""
    return str(request.getfixturevalue("one_night")) if "night" in request.fixturenames else TEMPLATE


@pytest.fixture
def night(store: Session) -> Session:
    return store


@pytest.fixture
def get(store_parameters: dict[str, str | int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Get]:
    """Asks the app in this process, as somebody who may look."""
    path = tmp_path / "offboarding.yaml"
    path.write_text(f"company: {{time_zone: {ZONE}}}\n", encoding="utf-8")
    named = {"host": "host", "port": "port", "login": "user", "schema": "dbname"}
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    monkeypatch.setenv(
        "AIRFLOW_CONN_OFFBOARDING_STORE", json.dumps({name: store_parameters[word] for name, word in named.items()})
    )
    app = pages.app()
    may_decide = False

    def viewer(request: Request) -> None:
        request.state.viewer = Viewer(name=VIEWER, may_decide=may_decide, may_trigger=lambda dag: may_decide)

    def deciding() -> None:
        if not may_decide:
            raise HTTPException(403)

    may_look, *others = (each.dependency for each in app.router.dependencies)
    assert may_look is not None
    assert others == [guard.from_here, guard.sayable]
    app.dependency_overrides[may_look] = lambda: None
    for each in noted(app):
        app.dependency_overrides[each] = viewer if each.__name__ == "viewer" else deciding

    side = AirflowSide(store=store_parameters)
    airflow = side.app()
    airflow.mount(plugin.PREFIX, plugin.pages)

    async def ask(path: str, headers: dict[str, str] | None, form: dict[str, str] | None) -> httpx.Response:
        transport = httpx.ASGITransport(app=airflow)
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
            method = "GET" if form is None else "POST"
            here = {"Origin": "http://airflow"} if form is not None else {}
            given = (here if headers is None else headers) | ({"Cookie": "_token=theirs"})
            return await client.request(method, f"{plugin.PREFIX}{path}", headers=given, data=form)

    def get(
        path: str,
        *,
        named: bool = False,
        headers: dict[str, str] | None = None,
        typed: str | None = None,
        form: dict[str, str] | None = None,
    ) -> httpx.Response:
        nonlocal may_decide
        may_decide = named
        return asyncio.run(ask(path, headers, form if typed is None else {"typed": typed}))

    asks = cast("Get", get)
    asks.airflow = side
    yield asks
    app.dependency_overrides.clear()


def noted(app: FastAPI) -> set[Callable[..., object]]:
    """What routes depend on whose looks are written down."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    every = {each.dependency for route in routes for each in route.dependencies if each.dependency is not None}
    return every - {each.dependency for each in app.router.dependencies}


def keys_on(page: str) -> list[str]:
    return list(dict.fromkeys(re.findall(r"findings/(f-[0-9a-f]+)", page)))


def every_path(get: Callable[[str], httpx.Response]) -> list[str]:
    """An address for each page that there is."""
    listed = get("/findings?state=all").text
    leavers = re.findall(r'href="leaver/([^"]+)"', listed)
    key = quote(KEY, safe="")
    one = [f"/findings/{keys_on(listed)[0]}", f"/leaver/{leavers[0]}", f"/key/{key}"]
    runs = ["/runs/offboarding_nightly/night", "/runs/others/manual__1"]
    return ["/", "/findings?state=all", "/review", "/decide", "/sources", "/waivers", "/record", "/search", *one, *runs]
