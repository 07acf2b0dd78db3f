from dataclasses import replace

import pytest
from pydantic import ValidationError
from structlog.testing import capture_logs

from offboarding.interfaces import ConnectionFields
from offboarding.model import TicketPriority
from offboarding.model.errors import ConfigError
from offboarding.net.service.address import address_of
from offboarding.trackers.roundup import Settings, build

CONNECTION = ConnectionFields(conn_id="secops", host="tickets.corp.example", login="offboarding", password="s3cret")


def settings(**changes: object) -> Settings:
    return Settings.model_validate({"name": "secops", "kind": "roundup", "connection": "secops", **changes})


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "https://tickets.corp.example/"),
        ({"schema": "http", "port": 8280, "extra": {"tracker": "offb"}}, "http://tickets.corp.example:8280/offb/"),
        ({"extra": {"tracker": "/it/offb/"}}, "https://tickets.corp.example/it/offb/"),
        (
            {"host": "https://tickets.corp.example/it/", "extra": {"tracker": "offb"}},
            "https://tickets.corp.example/it/offb/",
        ),
        ({"host": "http://tickets.corp.example:81"}, "http://tickets.corp.example:81/"),
        ({"host": "[::1]", "schema": "http", "port": 80}, "http://[::1]/"),
    ],
)
def test_the_address_comes_from_the_connection(changes, url) -> None:
    assert (
        str(address_of("trackers.secops", replace(CONNECTION, **changes), changes.get("extra", {}).get("tracker", "")))
        == url
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"host": ""}, "no host"),
        ({"login": ""}, "no login"),
        ({"password": ""}, "no password"),
        ({"schema": "ftp"}, "http or https, not 'ftp'"),
        ({"host": "a:b"}, "no address"),
        ({"host": "https://"}, "its host names no machine"),
        ({"host": "https:///offb"}, "its host names no machine"),
        ({"extra": {"ca_certs_file": "/nowhere/ca.pem"}}, "ca_certs_file /nowhere/ca.pem"),
    ],
)
def test_a_connection_that_cannot_be_right_is_named(changes, said) -> None:
    with pytest.raises(ConfigError, match=said) as raised:
        build(settings(), replace(CONNECTION, **changes))

    assert str(raised.value).startswith("trackers.secops: ")
    assert "s3cret" not in str(raised.value)


def test_a_password_over_plain_http_is_loud() -> None:
    with capture_logs() as logs:
        build(settings(), replace(CONNECTION, schema="http"))

    (warning,) = logs
    assert warning["log_level"] == "warning"
    assert "without encryption" in warning["event"]


def test_priorities_that_are_left_out_keep_their_words() -> None:
    assert settings(priorities={"low": "wish"}).priorities == {
        TicketPriority.URGENT: "critical",
        TicketPriority.HIGH: "urgent",
        TicketPriority.NORMAL: "bug",
        TicketPriority.LOW: "wish",
    }


@pytest.mark.parametrize(
    "changes",
    [
        {"priorities": {"worst": "critical"}},
        {"closed_statuses": []},
        {"url": "tickets.corp.example"},
        {"url": "https://tickets.corp.example/offb"},
        {"queue_as": "topic"},
        {"timeout_seconds": 0},
        {"assignedto": "analyst"},
    ],
)
def test_what_settings_refuse(changes) -> None:
    with pytest.raises(ValidationError):
        settings(**changes)
