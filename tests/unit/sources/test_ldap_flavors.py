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


def test_openldap_is_recognised() -> None:
    root: Any = Root(structuralObjectClass="OpenLDAProotDSE")

    assert choose(root, settings()).name == "openldap"


@pytest.mark.parametrize(
    ("attributes", "text"),
    (
        ({"supportedCapabilities": "1.2.840.113556.1.4.800"}, "this server is ad, which comes with a later version"),
        ({"vendorName": "389 Project"}, "this server is 389ds, which comes with a later version"),
        ({"vendorName": "Example Corp"}, "doesn't tell which directory this is. Set flavor."),
        ({}, "doesn't tell which directory this is. Set flavor."),
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
