"""Which directory answers, by its root entry."""

from typing import Any

import pytest

from include.offboarding.errors import ConfigError
from include.offboarding.sources._ldap.entry import Entry
from include.offboarding.sources._ldap.flavors import choose
from include.offboarding.sources._ldap.session import Lookup
from tests.support.directory import settings


class Root:
    """A session of which only the root entry can be read."""

    source = "sources.corp-ldap"

    def __init__(self, **attributes: str) -> None:
        named = {name.lower(): [value.encode()] for name, value in attributes.items()}
        self.entry = Entry("", named) if named else None

    def read(self, dn: str, _attributes: Any) -> Lookup:
        assert dn == ""
        return Lookup(entry=self.entry)


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
