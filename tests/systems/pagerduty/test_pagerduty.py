"""PagerDuty's events, held to its own description; and what it says back."""

import ssl
from collections.abc import Generator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketPage
from offboarding.model.errors import ConfigError, FatalError, RetriableError
from offboarding.net.destinations import Destination
from offboarding.pagers.pagerduty import PagerDuty, Settings, build, destinations
from tests.contract.pager_contract import PagerContract
from tests.support.described.server import Answered, Asked, Described, Description, described

pytestmark = pytest.mark.slow

KEY = "R0UT1NGKEY"
SETTINGS = Settings(name="oncall", kind="pagerduty", connection="pagerduty")
PAGE = TicketPage(
    key="offb-3fa9c1d2e4b7",
    title="critical: used-after-departure in aws 222222222222 [offb-3fa9c1d2e4b7]",
    url="https://issues.corp.example/issue231",
    source="aws",
)


@dataclass(kw_only=True)
class Integration:
    """As PagerDuty keeps it: alerts by their keys, each open or over."""

    alerts: dict[str, str] = field(default_factory=dict[str, str])
    answers: list[Answered] = field(default_factory=list[Answered])
    """Said instead, the first first."""

    def __call__(self, asked: Asked) -> Answered:
        if self.answers:
            return self.answers.pop(0)
        event: dict[str, Any] = asked.body
        if event["routing_key"] != KEY:
            return Answered(status=400, body={"status": "invalid event", "errors": ["Invalid routing key"]})
        key = event["dedup_key"]
        if event["event_action"] == "trigger":
            self.alerts[key] = "open"
        elif key in self.alerts:
            self.alerts[key] = "over"
        return Answered(status=202, body={"status": "success", "message": "Event processed", "dedup_key": key})


@pytest.fixture
def integration() -> Integration:
    return Integration()


@pytest.fixture
def service(integration: Integration, tls: Tls) -> Generator[Described]:
    with described(integration, Description("pagerduty"), tls) as found:
        yield found


def connection(service: Described, tls: Tls, **changes: Any) -> ConnectionFields:
    works = ConnectionFields(
        conn_id="pagerduty",
        host="127.0.0.1",
        port=service.port,
        login="",
        password=KEY,
        schema="",
        extra={"ca_certs_file": str(tls.authority)},
    )
    return replace(works, **changes)


@pytest.fixture
def pager(service: Described, tls: Tls) -> Generator[PagerDuty]:
    yield build(SETTINGS, connection(service, tls))
    assert service.wrong == []


@pytest.fixture
def oncall(integration: Integration, pager: PagerDuty) -> "OnCall":
    return OnCall(integration=integration, ready=pager)


@dataclass(kw_only=True)
class OnCall:
    """As the contract looks at it."""

    integration: Integration
    ready: PagerDuty

    def pager(self) -> PagerDuty:
        return self.ready

    def standing(self) -> set[str]:
        return {key for key, state in self.integration.alerts.items() if state == "open"}


class TestContract(PagerContract):
    """PagerDuty does what every pager must."""


@pytest.mark.parametrize(("status", "kind"), [(429, RetriableError), (503, RetriableError), (400, FatalError)])
def test_what_it_refuses_is_said_in_its_own_words(
    pager: PagerDuty, integration: Integration, status: int, kind: type[Exception]
) -> None:
    integration.answers = [Answered(status=status, body={"status": "no", "errors": ["its own words"]})]

    with pytest.raises(kind, match=rf"^pagers\.oncall: trigger offb-3fa9c1d2e4b7: {status}, .*its own words"):
        pager.trigger(PAGE)


@pytest.mark.parametrize("status", [200, 201, 204])
def test_what_answers_as_pagerduty_never_does_took_nothing(
    service: Described, tls: Tls, integration: Integration, status: int
) -> None:
    """A proxy's page, or another service at that address."""
    integration.answers = [Answered(status=status, body={"status": "success"})]

    with pytest.raises(FatalError, match=rf"^pagers\.oncall: trigger {PAGE.key}: {status}, .*connection's host"):
        build(SETTINGS, connection(service, tls)).trigger(PAGE)


def test_another_key_is_refused_and_not_shown(service: Described, tls: Tls) -> None:
    with pytest.raises(FatalError, match=r"Invalid routing key.*password must be the key") as refused:
        build(SETTINGS, connection(service, tls, password="ANOTHERKEY")).trigger(PAGE)

    assert "ANOTHERKEY" not in str(refused.value)


def test_nobody_answers(service: Described, tls: Tls) -> None:
    with pytest.raises(RetriableError, match=r"^pagers\.oncall: .*no answer .*Is it up\?"):
        build(SETTINGS, connection(service, tls, port=1)).trigger(PAGE)


def test_its_certificate_is_looked_at(service: Described, tls: Tls) -> None:
    with pytest.raises(FatalError, match="CERTIFICATE_VERIFY_FAILED"):
        build(SETTINGS, connection(service, tls, extra={})).trigger(PAGE)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"password": ""}, "has no password"),
        ({"schema": "gopher"}, "schema is http or https"),
        ({"extra": {"ca_certs_file": "/nowhere.pem"}}, "ca_certs_file /nowhere.pem"),
    ],
)
def test_a_connection_that_cannot_be_used_is_said(service: Described, tls: Tls, changes: Any, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        build(SETTINGS, connection(service, tls, **changes))


@pytest.mark.parametrize(
    ("fields", "host", "clear_text"),
    [
        ({"host": ""}, "events.pagerduty.com", False),
        ({"host": "", "schema": "http"}, "events.pagerduty.com", True),
        ({"host": "http://events.eu.pagerduty.com"}, "events.eu.pagerduty.com", True),
        ({"host": "https://events.eu.pagerduty.com/", "schema": "http"}, "events.eu.pagerduty.com", False),
    ],
)
def test_it_says_where_it_leads(
    service: Described, tls: Tls, fields: dict[str, str], host: str, *, clear_text: bool
) -> None:
    leads = destinations(SETTINGS, connection(service, tls, port=None, **fields))

    assert [*leads] == [Destination(host=host, clear_text=clear_text)]


def test_the_description_refuses_what_is_no_event(service: Described, tls: Tls) -> None:
    """The control: were nothing checked, this would be accepted."""
    with httpx.Client(
        base_url=f"https://127.0.0.1:{service.port}", verify=ssl.create_default_context(cafile=tls.authority)
    ) as client:
        answer = client.post("v2/enqueue", json={"routing_key": KEY, "event_action": "call"})

    assert answer.status_code == 422
    assert service.wrong
