"""Who is told at once, through Airflow's own notifiers: a real mail server, and Slack's published request shape."""

import gc
import warnings
from collections.abc import Iterator

import httpx
import pytest

from include.offboarding import alerting, wiring
from include.offboarding.errors import FatalError, OffboardingError, RetriableError
from include.offboarding.interfaces import Notifier
from include.offboarding.model import Alert
from include.offboarding.settings import Company, Notify, Settings
from include.offboarding.store import alerts, runs
from include.offboarding.store.connect import Session
from include.offboarding.store.reading import night
from tests.support.alerts import BOT_TOKEN, CHANNEL, HeardNotifier, Mailbox, Slack, mail_server, slack_server

BODY = "60 new leavers {{ where }} <5 are usual>\nLook."
ALERT = Alert(key="hold:1", subject="Held: roster hr & 60 leavers", body=BODY)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    with mail_server() as box:
        yield box
        # Airflow's hook forgets to close a connection whose login or recipient was refused.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            gc.collect()


@pytest.fixture
def slack() -> Iterator[Slack]:
    with slack_server() as server:
        yield server


def built(monkeypatch: pytest.MonkeyPatch, connection: str, **notify: object) -> Notifier:
    """The one notifier of this configuration, whose connection holds this."""
    monkeypatch.setenv("AIRFLOW_CONN_TOLD_AT_ONCE", connection)
    settings = Settings(
        company=Company(time_zone="Asia/Seoul"), rosters=(), sources=(), notify=Notify.model_validate(notify)
    )
    (found,) = wiring.notifiers(settings)
    return found


def by_mail(monkeypatch: pytest.MonkeyPatch, box: Mailbox, to: str = "soc@corp.example", **changes: object) -> Notifier:
    return built(monkeypatch, box.connection(**changes), smtp="told_at_once", to=[to])


def by_slack(monkeypatch: pytest.MonkeyPatch, slack: Slack, channel: str = CHANNEL, token: str = BOT_TOKEN) -> Notifier:
    return built(monkeypatch, slack.connection(token), slack="told_at_once", channel=channel)


def test_a_mail_arrives_as_it_was_written(monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> None:
    by_mail(monkeypatch, mailbox).tell(ALERT)
    (mail,) = mailbox.mails
    assert (mail["Subject"], mail["To"], mail["From"]) == (
        "Held: roster hr & 60 leavers",
        "soc@corp.example",
        "offboarding@corp.example",
    )
    body = mail.get_body()
    assert body is not None
    assert body.get_content().strip() == "<pre>60 new leavers {{ where }} &lt;5 are usual&gt;\nLook.</pre>"


@pytest.mark.parametrize(
    ("changes", "to", "kind"),
    [
        pytest.param({"password": "another"}, "soc@corp.example", FatalError, id="a wrong password"),
        pytest.param({}, "soc@elsewhere.example", FatalError, id="nobody of that name"),
        pytest.param({"port": 9}, "soc@corp.example", RetriableError, id="nobody listens"),
    ],
)
def test_a_mail_that_is_refused_says_which_connection(
    monkeypatch: pytest.MonkeyPatch,
    mailbox: Mailbox,
    changes: dict[str, object],
    to: str,
    kind: type[OffboardingError],
) -> None:
    with pytest.raises(kind, match=r"notify\.smtp: told_at_once") as caught:
        by_mail(monkeypatch, mailbox, to, **changes).tell(ALERT)
    assert "password" not in str(caught.value).replace("login, password", "")
    assert mailbox.mails == []


def test_a_connection_that_nobody_made(monkeypatch: pytest.MonkeyPatch, mailbox: Mailbox) -> None:
    told = by_mail(monkeypatch, mailbox)
    monkeypatch.delenv("AIRFLOW_CONN_TOLD_AT_ONCE")
    with pytest.raises(FatalError, match="SMTP connection is not found"):
        told.tell(ALERT)


def test_slack_takes_a_message(monkeypatch: pytest.MonkeyPatch, slack: Slack) -> None:
    by_slack(monkeypatch, slack).tell(ALERT)
    (message,) = slack.messages
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
def test_a_message_that_slack_refuses(
    monkeypatch: pytest.MonkeyPatch, slack: Slack, channel: str, token: str, said: str
) -> None:
    with pytest.raises(FatalError, match=rf"notify\.slack: Slack refuses .*{said}") as caught:
        by_slack(monkeypatch, slack, channel, token).tell(ALERT)
    assert token not in str(caught.value)
    assert slack.messages == []


def test_the_slack_of_these_tests_refuses_a_bad_request(slack: Slack) -> None:
    """Its control: what the documentation calls an error is one here."""
    good = {"channel": CHANNEL, "text": "something"}
    token = {"Authorization": f"Bearer {BOT_TOKEN}"}
    url = f"{slack.url}chat.postMessage"

    def said(**request: object) -> object:
        return httpx.post(url, trust_env=False, **request).json().get("error")  # type: ignore[arg-type]

    assert said(json=good, headers=token) is None
    assert said(json={"channel": CHANNEL}, headers=token) == "no_text"
    assert said(json={"text": "something"}, headers=token) == "invalid_arguments"
    assert said(json={**good, "blocks": "{}"}, headers=token) == "invalid_blocks"
    assert said(json=good) == "not_authed"
    assert said(data=good, headers=token) == "invalid_post_type"


def test_each_is_told_once(store: Session) -> None:
    mail, slack = HeardNotifier(), HeardNotifier(name="slack")
    alerts.note(store, ALERT, run_id=None)
    alerts.note(store, ALERT, run_id=None)
    assert alerting.tell_people(store, [mail, slack]) == 2
    assert alerting.tell_people(store, [mail, slack]) == 0
    assert (mail.alerts, slack.alerts) == ([ALERT], [ALERT])


def test_one_that_is_away_keeps_no_other_back_and_is_told_later(store: Session) -> None:
    mail, slack = HeardNotifier(error=RetriableError("notify.smtp: away")), HeardNotifier(name="slack")
    alerts.note(store, ALERT, run_id=None)
    with pytest.raises(RetriableError, match=r"notify\.smtp: away"):
        alerting.tell_people(store, [mail, slack])
    assert slack.alerts == [ALERT]
    run = runs.open_run(store, kind="nightly", caller="unheard", as_of=None)
    assert night(store, run.run_id).tickets.unheard == 1
    mail.error = None
    alerting.tell_people(store, [mail, slack])
    assert (mail.alerts, slack.alerts) == ([ALERT], [ALERT])
    assert night(store, run.run_id).tickets.unheard == 0
