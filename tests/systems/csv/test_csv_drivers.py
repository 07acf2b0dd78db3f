"""Feeds by a driver of fsspec, before anybody is asked: test_abfs.py, test_gs.py and test_smb.py ask the places."""

import json
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination
from offboarding.rosters.csv import Settings, destinations
from offboarding.rosters.csv.drivers import path_of
from offboarding.rosters.csv.filesystems import Filesystem

STRING = "DefaultEndpointsProtocol=https;AccountName=acme;AccountKey=Y2FuYXJ5LWtleQ==;EndpointSuffix=core.windows.net"
KEY = json.dumps(
    {"type": "service_account", "private_key": "-----BEGIN\ncanary+Line\n", "token_uri": "https://g.example/t"}
)


def fields(**changes: Any) -> ConnectionFields:
    given: dict[str, Any] = {"conn_id": "hr_drop"}
    return ConnectionFields(**(given | changes))


@pytest.mark.parametrize(
    ("address", "changes", "said"),
    (
        ("smb://drop/hr/", {"password": "a-password"}, "nobody logs in. Name an Airflow connection with a login"),
        ("smb://drop/hr/", {"login": "reader"}, "nobody logs in. Name an Airflow connection with a login"),
        ("smb://drop/hr/", {"host": "other"}, "names the host other, and path drop: mend one"),
        ("smb://drop/", {}, "the host or the share is missing: write smb://HOST/SHARE/FOLDER/"),
        ("smb:///hr/", {}, "the host or the share is missing"),
        ("smb://drop:port/hr/", {}, "path is no address"),
        ("smb:///hr/", {"extra": {"host": "other"}}, "the host or the share is missing"),
        ("gs://bucket/hr/", {"password": "canary"}, "its password is no key of a service account"),
        ("gs://bucket/hr/", {"password": '"canary"'}, "its password is no key of a service account"),
        ("abfs://hr/out/", {"extra": {"connection_string": STRING}}, "Paste it as the password, without a login"),
    ),
)
def test_what_can_not_be_right_is_said_at_once(address: str, changes: dict[str, Any], said: str) -> None:
    known = {} if changes.keys() & {"login", "password"} else {"login": "reader", "password": "a-password"}
    given = fields(**(known | changes))
    with pytest.raises(ConfigError) as raised:
        Filesystem(address, given, "hr").found()

    assert str(raised.value).startswith(f"rosters.hr: {address}: ")
    assert said in str(raised.value)
    assert "canary" not in str(raised.value)
    assert STRING not in str(raised.value)


def test_without_a_connection_nobody_logs_in_to_a_share() -> None:
    with pytest.raises(ConfigError, match="nobody logs in"):
        Filesystem("smb://drop/hr/", None, "hr").found()


@pytest.mark.parametrize(
    ("address", "path"),
    (
        ("smb://drop/hr/out/", "/hr/out"),
        ("smb://drop:4450/hr/hr_?.csv", "/hr/hr_?.csv"),
        ("smb://drop/hr/a#b.csv", "/hr/a#b.csv"),
        ("SMB://drop/hr/hr.csv", "/hr/hr.csv"),
    ),
)
def test_a_shares_path_is_all_behind_the_host(address: str, path: str) -> None:
    """fsspec takes what follows a question mark for no part of it."""
    assert path_of(address) == path


@pytest.mark.parametrize(
    ("address", "changes", "found"),
    (
        ("smb://drop/hr/", {}, []),
        ("smb://drop/hr/", {"extra": {"encrypt": False}}, [("drop", True)]),
        ("smb://drop/hr/", {"host": "drop"}, [("drop", False)]),
        ("smb://drop/hr/", {"host": "drop", "extra": {"encrypt": True}}, [("drop", False)]),
        ("smb://drop/hr/", {"host": "drop", "extra": {"encrypt": False}}, [("drop", True)]),
        ("smb://drop/hr/", {"host": "drop", "extra": {"encrypt": "true"}}, [("drop", True)]),
        ("gs://b/", {}, [("storage.googleapis.com", False)]),
        ("gs://b/", {"password": KEY}, [("storage.googleapis.com", False), ("g.example", False)]),
        ("gs://b/", {"password": "no key"}, [("storage.googleapis.com", False)]),
        ("gs://b/", {"extra": {"endpoint_url": "http://e.example"}}, [("e.example", True), ("e.example", True)]),
        ("abfs://c/", {"login": "acme", "password": "key"}, [("acme.blob.core.windows.net", False)]),
        ("abfs://c/", {"extra": {"account_name": "acme"}}, [("acme.blob.core.windows.net", False)]),
        ("abfs://c/", {"login": "acme", "extra": {"account_host": "a.example:443"}}, [("a.example", False)]),
        ("abfs://c/", {"password": STRING}, [("acme.blob.core.windows.net", False)]),
        ("abfs://c/", {"password": STRING.replace("https", "http")}, [("acme.blob.core.windows.net", True)]),
        ("abfs://c/", {"password": f"{STRING};blobendpoint=http://e.example/acme"}, [("e.example", True)]),
        ("memory://c/", {"host": "drop"}, [("drop", False)]),
    ),
)
def test_where_a_connection_leads(address: str, changes: dict[str, Any], found: list[tuple[str, bool]]) -> None:
    given = {"name": "hr", "kind": "csv", "coverage": "active", "path": address, "columns": {"worker_id": "id"}}
    leads: list[Destination] = list(destinations(Settings.model_validate(given), fields(**changes)))

    assert [(each.host, each.clear_text) for each in leads] == found


@pytest.mark.parametrize(
    ("address", "changes", "secret"),
    (
        ("gs://b/", {"password": KEY}, "canary+Line"),
        ("abfs://c/", {"password": STRING}, "Y2FuYXJ5LWtleQ=="),
        (
            "abfs://c/",
            {"password": "BlobEndpoint=https://a.b;SharedAccessSignature=canary&sig=s"},
            "canary&sig=s",
        ),
        ("abfs://c/", {"login": "acme", "extra": {"account_key": "canary-account-key"}}, "canary-account-key"),
    ),
)
def test_no_part_of_a_key_comes_into_an_error(address: str, changes: dict[str, Any], secret: str) -> None:
    given = {"name": "hr", "kind": "csv", "coverage": "active", "path": address, "columns": {"worker_id": "id"}}
    list(destinations(Settings.model_validate(given), fields(**changes)))

    assert str(ConfigError(f"told: {secret}.")) == "told: (a secret)."
