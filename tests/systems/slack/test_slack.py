"""Slack, through Airflow's notifier, by the request that its documentation describes."""

import html
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from offboarding.interfaces import Notifier
from offboarding.model.errors import FatalError
from offboarding.notifiers.slack import Settings, build
from tests.contract.notifier_contract import ALERT, NotifierContract, by_airflow
from tests.support.alerts import BOT_TOKEN, CHANNEL, Slack, free_port, slack_server

pytestmark = pytest.mark.slow


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A workspace."""

    slack: Slack
    monkeypatch: pytest.MonkeyPatch
    secrets: tuple[str, ...] = (BOT_TOKEN, "xoxb-revoked")

    def notifier(self, name: str = "told-at-once", channel: str = CHANNEL, connection: str = "") -> Notifier:
        """Whose connection is this."""
        conn_id = f"told_at_once_{abs(hash(connection))}"
        self.monkeypatch.setenv(f"AIRFLOW_CONN_{conn_id.upper()}", connection or self.slack.connection())
        return build(Settings(name=name, kind="slack", connection=conn_id, channel=channel), by_airflow)

    def refused(self) -> list[Notifier]:
        """No such channel, and a token that was revoked."""
        return [self.notifier(channel="#elsewhere"), self.notifier(connection=self.slack.connection("xoxb-revoked"))]

    def away(self) -> Notifier:
        """Nobody listens."""
        extra = {"base_url": f"http://127.0.0.1:{free_port()}/api/"}
        return self.notifier(connection=json.dumps({"conn_type": "slack", "password": BOT_TOKEN, "extra": extra}))

    def heard(self) -> list[str]:
        """Slack shows its three escapes as what they stand for."""
        return [html.unescape(message["text"]) for message in self.slack.messages]


@pytest.fixture
def slack() -> Iterator[Slack]:
    with slack_server() as server:
        yield server


@pytest.fixture
def service(slack: Slack, monkeypatch: pytest.MonkeyPatch) -> Service:
    return Service(slack=slack, monkeypatch=monkeypatch)


class TestContract(NotifierContract):
    pass


def test_a_message_goes_to_the_channel_and_marks_up_nothing(service: Service) -> None:
    service.notifier().tell(ALERT)

    (message,) = service.slack.messages
    assert message["channel"] == CHANNEL
    assert (
        message["text"] == "*Held: roster hr &amp; 60 leavers*\n60 new leavers {{ where }} &lt;5 are usual&gt;\nLook."
    )


@pytest.mark.parametrize(
    ("channel", "token", "said"),
    [
        pytest.param("#elsewhere", BOT_TOKEN, "channel_not_found", id="no such channel"),
        pytest.param(CHANNEL, "xoxb-revoked", "invalid_auth", id="a token that was revoked"),
    ],
)
def test_a_refusal_is_told_in_slack_s_own_word(service: Service, channel: str, token: str, said: str) -> None:
    refused = service.notifier(channel=channel, connection=service.slack.connection(token))

    with pytest.raises(FatalError, match=rf"Slack refuses .*{said}"):
        refused.tell(ALERT)


def test_the_slack_of_these_tests_refuses_a_bad_request(slack: Slack) -> None:
    """Its control: what the documentation calls an error is one here."""
    good = {"channel": CHANNEL, "text": "something"}
    token = {"Authorization": f"Bearer {BOT_TOKEN}"}
    url = f"{slack.url}chat.postMessage"

    def said(**request: Any) -> object:
        return httpx.post(url, trust_env=False, **request).json().get("error")

    assert said(json=good, headers=token) is None
    assert said(json={"channel": CHANNEL}, headers=token) == "no_text"
    assert said(json={"text": "something"}, headers=token) == "invalid_arguments"
    assert said(json={**good, "blocks": "{}"}, headers=token) == "invalid_blocks"
    assert said(json=good) == "not_authed"
    assert said(data=good, headers=token) == "invalid_post_type"
