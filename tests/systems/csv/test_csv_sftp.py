"""A feed over SFTP, before anybody is asked: test_sftp.py asks a server."""

import base64
import socket
from typing import Any

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, RetriableError
from offboarding.net.destinations import Destination
from offboarding.rosters.csv import Settings, destinations
from offboarding.rosters.csv.places import store_of
from offboarding.rosters.csv.sftp import SftpFolder, login

BLOB = b"\0\0\0\x0bssh-ed25519\0\0\0 " + b"k" * 32
KEY = f"ssh-ed25519 {base64.b64encode(BLOB).decode()}"


def folder_fields(**changes: Any) -> ConnectionFields:
    given: dict[str, Any] = {"conn_id": "hr_drop", "login": "reader", "password": "a-password"}
    given |= {"extra": {"host_key": KEY}, **changes}
    return ConnectionFields(**given)


def folder(address: str = "sftp://drop.corp.example/out/", **changes: Any) -> SftpFolder:
    return SftpFolder(address, folder_fields(**changes), "hr")


@pytest.mark.parametrize(
    "told", (KEY, f"{KEY} root@drop", f"drop.corp.example {KEY}\n", f"# of the drop\n[drop]:2222,10.0.0.7 {KEY}\n")
)
def test_a_host_key_is_read_as_its_tools_write_it(told: str) -> None:
    folder(extra={"host_key": told})


@pytest.mark.parametrize(
    ("address", "changes", "said"),
    (
        ("sftp://drop/out/", {"extra": {}}, "host_key in its extra is missing, so nobody knows which server answers"),
        ("sftp://drop/out/", {"extra": {"host_key": "SHA256:abc"}}, "holds no public key of a host"),
        ("sftp://drop/out/", {"extra": {"host_key": KEY[:-9]}}, "holds no public key of a host"),
        ("sftp://drop/out/", {"extra": {"host_key": "ssh-ed25519 AAAA"}}, "holds no public key of a host"),
        ("sftp://drop/out/", {"login": ""}, "nobody logs in. Name an Airflow connection"),
        ("sftp://drop/out/", {"password": ""}, "has neither a password nor private_key in its extra"),
        ("sftp://drop/out/", {"host": "other.example"}, "names the host other.example, and path drop: mend one"),
        ("sftp://drop:port/out/", {}, "path is no address"),
    ),
)
def test_what_can_not_be_right_is_said_at_once(address: str, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ConfigError, match=r"^rosters\.hr: sftp://drop") as raised:
        folder(address, **changes)

    assert said in str(raised.value)


def test_fsspecs_driver_which_takes_any_server_is_never_asked() -> None:
    for scheme in ("sftp", "ssh", "SSH"):
        assert isinstance(store_of(f"{scheme}://drop/out/", folder_fields(), "hr"), SftpFolder)


def test_without_a_connection_nobody_logs_in() -> None:
    with pytest.raises(ConfigError, match="nobody logs in"):
        SftpFolder("sftp://drop/out/", None, "hr")


@pytest.mark.parametrize(
    ("host", "found"), (("", []), ("drop.corp.example", [Destination(host="drop.corp.example", clear_text=False)]))
)
def test_where_a_connection_leads(host: str, found: list[Destination]) -> None:
    """A host key is no host."""
    given = {"name": "hr", "kind": "csv", "coverage": "active", "path": "sftp://d/", "columns": {"worker_id": "id"}}
    leads = destinations(Settings.model_validate(given), folder_fields(host=host))

    assert [(each.host, each.clear_text) for each in leads] == [(each.host, each.clear_text) for each in found]


def test_a_server_that_says_nothing_is_left_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(login, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as server:
        asked = folder(f"sftp://127.0.0.1:{server.getsockname()[1]}/out/")

        with pytest.raises(RetriableError, match="broke off before it gave a file"):
            asked.found()


def test_no_line_of_a_key_comes_into_an_error() -> None:
    key = "-----BEGIN OPENSSH PRIVATE KEY-----\ncanary+Line+0ne\ncanary+Line+Tw0\n-----END OPENSSH PRIVATE KEY-----\n"
    folder(extra={"host_key": KEY, "private_key": key, "private_key_passphrase": "canary-phrase"})

    shown = str(ConfigError("told: canary+Line+Tw0, canary-phrase, -----BEGIN"))

    assert shown == "told: (a secret), (a secret), -----BEGIN"
