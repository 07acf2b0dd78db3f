"""Which directory answers, by its root entry."""

from typing import Any

import pytest

from offboarding.model.errors import ConfigError, IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavors import FLAVORS, choose
from offboarding.sources.ldap.session import EntryLookup
from tests.systems.ldap.directory import settings

OCTETS = r"\33\22\11\00\55\44\77\66\88\99\aa\bb\cc\dd\ee\ff"
"""The first three fields of a GUID are little-endian."""
ALIAS = "S-1-5-21-1004336348-1177238915-682003330-512"


class Root:
    """A session of which only the root entry can be read."""

    source = "sources.corp-ldap"

    def __init__(self, **attributes: str) -> None:
        named = {name.lower(): [value.encode()] for name, value in attributes.items()}
        self.entry = Entry("", named) if named else None

    def read(self, dn: str, _attributes: Any) -> EntryLookup:
        assert dn == ""
        return EntryLookup(entry=self.entry)


@pytest.mark.parametrize(
    ("attributes", "name"),
    (
        ({"structuralObjectClass": "OpenLDAProotDSE"}, "openldap"),
        ({"objectClass": "OpenLDAProotDSE"}, "openldap"),
        ({"supportedCapabilities": "1.2.840.113556.1.4.800", "vendorName": "Samba Team"}, "ad"),
        ({"vendorName": "389 Project"}, "389ds"),
        ({"vendorName": "389 Project", "supportedExtension": "2.16.840.1.113730.3.5.7"}, "389ds"),
        ({"vendorName": "389 Project", "supportedExtension": "2.16.840.1.113730.3.8.10.5"}, "freeipa"),
    ),
)
def test_the_root_entry_tells_which_directory_it_is(attributes: dict[str, str], name: str) -> None:
    root: Any = Root(**attributes)

    assert choose(root, settings()).name == name


@pytest.mark.parametrize(
    ("attributes", "text"),
    (
        ({"vendorName": "Example Corp"}, "doesn't tell which directory this is. Set flavor to one of openldap, ad"),
        ({}, "doesn't tell which directory this is. Set flavor to one of openldap, ad"),
    ),
)
def test_any_other_is_refused_by_name(attributes: dict[str, str], text: str) -> None:
    root: Any = Root(**attributes)

    with pytest.raises(ConfigError) as error:
        choose(root, settings())

    assert str(error.value).startswith("sources.corp-ldap.flavor: ")
    assert text in str(error.value)


def test_what_is_configured_is_not_asked() -> None:
    root: Any = Root()

    assert choose(root, settings(flavor="openldap")).name == "openldap"


@pytest.mark.parametrize(
    ("url", "said"),
    (
        ("ldap://corp.example.test/CN=Configuration,DC=corp,DC=example,DC=test", ""),
        ("ldap://ForestDnsZones.corp.example.test/DC=ForestDnsZones,DC=corp,DC=example,DC=test", ""),
        ("ldap://DomainDnsZones.corp.example.test/DC=DomainDnsZones,DC=corp,DC=example,DC=test??sub", ""),
        (
            "ldap://kr.corp.example.test/DC=kr,DC=corp,DC=example,DC=test",
            "the domain dc=kr,dc=corp,dc=example,dc=test lies below and isn't read here: make it a source of its own",
        ),
        ("ldap://elsewhere", None),
    ),
)
def test_where_a_domain_refers_to(url: str, said: str | None) -> None:
    assert FLAVORS["ad"].says_of_reference(url) == said
    assert FLAVORS["openldap"].says_of_reference(url) is None


@pytest.mark.parametrize(
    ("name", "native_id", "condition"),
    (
        ("openldap", "0b5e0000-0000-4000-8000-000000000001", "(entryUUID=0b5e0000-0000-4000-8000-000000000001)"),
        ("ad", "00112233-4455-6677-8899-aabbccddeeff", f"(objectGUID={OCTETS})"),
        ("389ds", "cf14741d-e8d811f1-91fce62f-fc075bbb", "(nsUniqueId=cf14741d-e8d811f1-91fce62f-fc075bbb)"),
        ("freeipa", "cf14741d-e8d811f1-91fce62f-fc075bbb", "(nsUniqueId=cf14741d-e8d811f1-91fce62f-fc075bbb)"),
        ("freeipa", "5d5a7f1c-b5b4-11ef-9b1c-525400e1a2b3", "(ipaUniqueID=5d5a7f1c-b5b4-11ef-9b1c-525400e1a2b3)"),
    ),
)
def test_an_account_is_found_by_its_id(name: str, native_id: str, condition: str) -> None:
    assert FLAVORS[name].id_filter(native_id) == condition


@pytest.mark.parametrize("name", FLAVORS)
@pytest.mark.parametrize("native_id", ("*", "", "x)(uid=*", "cf14741d"))
def test_what_is_no_id_would_look_gone(name: str, native_id: str) -> None:
    with pytest.raises(IncompleteReadError, match="nothing was concluded of it"):
        FLAVORS[name].id_filter(native_id)


@pytest.mark.parametrize(
    ("raw", "written"),
    [
        # The examples of MS-DTYP 2.4.2: the domain's own, and a well-known one.
        pytest.param("010500000000000515000000DCF4DC3B833D2B46828BA62800020000", ALIAS, id="in a domain"),
        pytest.param("01020000000000052000000020020000", "S-1-5-32-544", id="built in"),
        pytest.param("010500000000000515000000", "", id="cut off"),
        pytest.param("02020000000000052000000020020000", "", id="of another revision"),
        pytest.param("", "", id="empty"),
    ],
)
def test_a_security_identifier_is_written_as_other_systems_write_it(raw: str, written: str) -> None:
    entry = Entry("", {"objectsid": [bytes.fromhex(raw)]})

    assert FLAVORS["ad"].also_known_by(entry) == ((written,) if written else ())


def test_only_active_directory_s_accounts_have_a_second_id() -> None:
    entry = Entry("", {"objectsid": [bytes.fromhex("01020000000000052000000020020000")], "": [b"x"]})

    assert [name for name, flavor in FLAVORS.items() if flavor.also_known_by(entry)] == ["ad"]
