"""What may be written for a directory, and what is refused before anything is contacted."""

import subprocess
import sys
from typing import Any

import pytest
from pydantic import ValidationError

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model.errors import ConfigError
from offboarding.sources.ldap import Settings, build
from offboarding.sources.ldap.flavors import FLAVORS
from offboarding.sources.ldap.settings import read_extra
from tests.systems.ldap.directory import reading

WRITTEN = {"name": "corp-ldap", "kind": "ldap", "connection": "corp_ldap", "base_dn": "dc=corp"}


def fields(**changes: Any) -> ConnectionFields:
    given: dict[str, Any] = {"host": "ldap.corp", "login": "cn=reader", "password": "s3cret"}
    return ConnectionFields(conn_id="corp_ldap", **(given | changes))


def test_defaults() -> None:
    settings = Settings.model_validate(WRITTEN)

    assert (settings.flavor, settings.page_size, settings.attributes.number) == ("auto", 1000, "employeeNumber")
    assert read_extra(fields()).tls == "starttls"


@pytest.mark.parametrize(
    "written", ({}, {"filter": "(ou=Left)", "subtree": "ou=Left"}, {"filtre": "(ou=Left)"}, "(ou=Left)")
)
def test_a_declaration_is_either_a_filter_or_a_subtree(written: object) -> None:
    with pytest.raises(ValidationError):
        Settings.model_validate(WRITTEN | {"disabled_when": [written]})


def test_what_the_user_set_stays_and_the_rest_is_the_directorys_own() -> None:
    written = Settings.model_validate(WRITTEN | {"attributes": {"number": "pager"}, "user_filter": "(cn=*)"})

    settled = FLAVORS["ad"].settle(written)

    assert (settled.attributes.number, settled.attributes.login) == ("pager", "sAMAccountName")
    assert settled.user_filter == "(cn=*)"
    assert settled.person_object_classes == ("user", "inetOrgPerson")
    assert FLAVORS["openldap"].settle(written) == written


@pytest.mark.parametrize(
    ("changes", "text"),
    (
        ({"extra": {"tls": "maybe"}}, "connection corp_ldap: extra.tls: Input should be 'starttls', 'ldaps' or 'none'"),
        ({"extra": {"ca_cert_file": "x"}}, "connection corp_ldap: extra.ca_cert_file: Extra inputs"),
        ({"host": "ldaps://ldap.corp"}, "host must be a name or an address alone"),
        ({"host": ""}, "host must be"),
        ({"login": ""}, "login must be the reader's DN"),
        ({"password": ""}, "login must be the reader's DN, with its password"),
    ),
)
def test_a_connection_that_cannot_be_right(changes: dict[str, Any], text: str) -> None:
    with pytest.raises(ConfigError) as told:
        read_extra(fields(**changes))

    assert text in str(told.value)
    assert "s3cret" not in str(told.value)


def test_building_contacts_nobody(reading_context: ReadContext) -> None:
    source = build(Settings.model_validate(WRITTEN), fields(host="host.invalid"), "", reading_context)

    assert source.requests.inventory == 0


def test_reading_the_configuration_needs_no_ldap3() -> None:
    code = "import sys; import offboarding.sources.ldap; sys.exit('ldap3' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def reading_context() -> ReadContext:
    return reading()
