"""Which directory this is. A new flavor is one module with a class like OpenLdap, and a line in `FLAVORS`."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Protocol

from include.offboarding.errors import ConfigError
from include.offboarding.model import Gap
from include.offboarding.sources._ldap.entry import Entry
from include.offboarding.sources._ldap.openldap import OpenLdap
from include.offboarding.sources._ldap.session import Session
from include.offboarding.sources._ldap.settings import LATER, LdapSettings
from include.offboarding.sources._ldap.standing import Judgement


class Judge(Protocol):
    """Says what works."""

    def judge(self, entry: Entry) -> Judgement:
        """What can be said of this entry's password login."""
        ...

    def gaps(self, realm: str) -> Iterator[Gap]:
        """What kept it from judging, once every entry has been judged."""
        ...


class Flavor(Protocol):
    """What differs between directories."""

    @property
    def name(self) -> str:
        """As in the configuration."""
        ...

    @property
    def id_attribute(self) -> str:
        """Holds an entry's immutable id."""
        ...

    @property
    def attributes(self) -> tuple[str, ...]:
        """What `judge` needs of each entry."""
        ...

    @property
    def password_set(self) -> str:
        """The attribute with the time of the last change of password."""
        ...

    def id_filter(self, native_id: str) -> str:
        """The filter that finds that account."""
        ...

    def judge(self, session: Session, settings: LdapSettings, as_of: datetime) -> Judge:
        """Get ready to judge entries."""
        ...


FLAVORS: Mapping[str, Flavor] = {"openldap": OpenLdap()}

_ROOT_ATTRIBUTES = ("structuralObjectClass", "objectClass", "vendorName", "supportedCapabilities")
_ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
"""LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS 3.1.1.3.4.3)."""


def choose(session: Session, settings: LdapSettings) -> Flavor:
    """The configured flavor, or for `auto` the one that the server's root entry shows. ConfigError where that fails."""
    name: str = settings.flavor
    if name == "auto":
        root = session.read("", _ROOT_ATTRIBUTES).entry
        name = _recognise(root) if root else ""
        if not name:
            raise ConfigError(
                f"{session.source}.flavor: the server's root entry doesn't tell which directory this is. Set flavor."
            )
    if name not in FLAVORS:
        raise ConfigError(f"{session.source}.flavor: this server is {name}, which {LATER}.")
    return FLAVORS[name]


def _recognise(root: Entry) -> str:
    classes = {value.lower() for value in (*root.values("structuralObjectClass"), *root.values("objectClass"))}
    if "openldaprootdse" in classes:
        return "openldap"
    if _ACTIVE_DIRECTORY in root.values("supportedCapabilities"):
        return "ad"
    if "389 project" in root.first("vendorName").lower():
        return "389ds"
    return ""
