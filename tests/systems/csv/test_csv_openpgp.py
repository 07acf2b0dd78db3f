"""What of an OpenPGP message is known before it's opened; test_openpgp.py opens some."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError, IncompleteReadError
from offboarding.rosters.csv import CsvRoster, Settings, destinations
from offboarding.rosters.csv.drivers import driver_of
from offboarding.rosters.csv.openpgp import MOST_BYTES_OF_A_KEY, is_message
from tests.systems.csv.conftest import Build

KEY = """-----BEGIN PGP PRIVATE KEY BLOCK-----
Comment: https://x.example

canary+Line+0ne
-----END PGP PRIVATE KEY BLOCK-----"""
CERTIFICATE = KEY.replace("PRIVATE", "PUBLIC")
ARMORED = b"-----BEGIN PGP MESSAGE-----\n\nwVwDp0cR\n"
GIVEN: dict[str, Any] = {"coverage": "active", "columns": {"worker_id": "id"}}


def fields(**extra: str) -> ConnectionFields:
    return ConnectionFields(conn_id="hr_pgp", extra=extra)


def refused(roster: CsvRoster) -> str:
    with pytest.raises(IncompleteReadError) as caught:
        list(roster.read())
    assert "Nothing was concluded from this read" in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(ARMORED, id="armored"),
        pytest.param(b"\r\n" + ARMORED, id="armored below a blank line"),
        pytest.param(bytes.fromhex("845e03a74771"), id="for a key, as GnuPG writes it"),
        pytest.param(bytes.fromhex("85010c03aaaa"), id="for an RSA key"),
        pytest.param(bytes.fromhex("c1c05e03aaaa"), id="for a key, in the new form"),
        pytest.param(bytes.fromhex("c15e06aaaa"), id="for a key, version 6"),
        pytest.param(bytes.fromhex("8c0d04090302"), id="for a password"),
        pytest.param(bytes.fromhex("900d03000801"), id="signed"),
        pytest.param(bytes.fromhex("a3019bc0cb00"), id="packed"),
        pytest.param(bytes.fromhex("a803504750"), id="with a marker"),
    ],
)
def test_what_begins_as_a_message_does(start: bytes, tmp_path: Path, build: Build) -> None:
    assert is_message(start)

    (tmp_path / "hr.csv").write_bytes(start)
    said = refused(build(tmp_path / "hr.csv", **GIVEN))
    assert "hr.csv is encrypted with PGP, no delimited text. " in said
    assert "Write the private key as pgp_private_key into the extra of the roster's connection, or have it decr" in said


@pytest.mark.parametrize(
    "start",
    [
        pytest.param(b"id\n1\n", id="text"),
        pytest.param("사번,성명\n".encode("cp949"), id="Korean"),
        pytest.param("識別,氏名\n".encode("shift_jis"), id="Japanese"),
        pytest.param("ÄÖ,é\n".encode("latin-1"), id="Latin"),
        pytest.param("id\n".encode("utf-16"), id="UTF-16"),
        pytest.param("\ufeffid\n".encode(), id="with a mark"),
        pytest.param(b"", id="empty"),
        pytest.param(b"\x84", id="one byte"),
        pytest.param(b"PK\x03\x04", id="zip"),
        pytest.param(b"-----BEGIN PGP PUBLIC KEY BLOCK-----", id="a certificate"),
    ],
)
def test_what_does_not(start: bytes) -> None:
    assert not is_message(start)


def test_without_the_program_it_is_named(tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    (tmp_path / "hr.csv").write_bytes(ARMORED)

    said = refused(build(tmp_path / "hr.csv", connection_fields=fields(pgp_private_key=KEY), **GIVEN))

    assert "there is no sqop here that could decrypt it" in said
    assert "Install sqop where the tasks run" in said


@pytest.mark.parametrize("content", (b"id\n1\n", b"", b"\x1f\x8b"))
def test_what_must_be_signed_and_is_no_message_is_refused(content: bytes, tmp_path: Path, build: Build) -> None:
    (tmp_path / "hr.csv").write_bytes(content)
    (tmp_path / "hr.cert").write_text(CERTIFICATE)
    given = {"connection": "hr_pgp", "connection_fields": fields(pgp_private_key=KEY)}

    said = refused(build(tmp_path / "hr.csv", signed_by=str(tmp_path / "hr.cert"), **given, **GIVEN))

    assert "is no OpenPGP message, and signed_by asks for a signature" in said
    assert "If HR signs no more, take signed_by out of the roster" in said


@pytest.mark.parametrize(
    "key", (CERTIFICATE, KEY[:-9], "a-key", KEY.replace("canary", "c" * MOST_BYTES_OF_A_KEY)), ids=range(4)
)
def test_a_private_key_that_is_none_is_said_at_once(key: str, tmp_path: Path, build: Build) -> None:
    roster = build(tmp_path / "hr.csv", connection_fields=fields(pgp_private_key=key), **GIVEN)

    with pytest.raises(
        ConfigError, match=r"^rosters\.hr: connection hr_pgp: pgp_private_key in its extra is no private"
    ):
        list(roster.read())


@pytest.mark.parametrize(("content", "said"), ((None, "can't be read"), (KEY, "holds no OpenPGP certificate")))
def test_a_certificate_that_is_none_is_said_at_once(
    content: str | None, said: str, tmp_path: Path, build: Build
) -> None:
    if content:
        (tmp_path / "hr.cert").write_text(content)
    given = {"connection": "hr_pgp", "connection_fields": fields(pgp_private_key=KEY)}

    with pytest.raises(ConfigError, match=rf"^rosters\.hr\.signed_by: .*hr\.cert {said}"):
        list(build(tmp_path / "hr.csv", signed_by=str(tmp_path / "hr.cert"), **given, **GIVEN).read())


def test_whoever_must_have_signed_needs_a_connection() -> None:
    with pytest.raises(ValidationError, match="signed_by needs connection"):
        Settings.model_validate({"name": "hr", "kind": "csv", "path": "hr.csv", "signed_by": "hr.cert", **GIVEN})


def test_the_keys_are_no_business_of_a_stores() -> None:
    """A driver would be handed them; and an address in a key's comment is none of a host's."""
    connection = fields(pgp_private_key=KEY, pgp_passphrase="canary-phrase", auto_mkdir="yes")
    settings = Settings.model_validate({"name": "hr", "kind": "csv", "path": "memory://hr/", **GIVEN})
    driver = driver_of("memory://hr/", connection, "rosters.hr")

    assert driver.storage_options == {"auto_mkdir": "yes", "use_listings_cache": False}
    assert [*destinations(settings, connection)] == []


def test_no_line_of_a_key_comes_into_an_error() -> None:
    fields(pgp_private_key=KEY, pgp_passphrase="canary-phrase")

    assert str(ConfigError("told: canary+Line+0ne and canary-phrase")) == "told: (a secret) and (a secret)"
