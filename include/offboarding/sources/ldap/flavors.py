"""Which directory this is. A new flavor is one module with a subclass of `Flavor`, and a line in `FLAVORS`."""

from collections.abc import Mapping

from offboarding.model.errors import ConfigError
from offboarding.sources.ldap.active_directory import ActiveDirectory
from offboarding.sources.ldap.dirsrv import DirectoryServer
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import Flavor
from offboarding.sources.ldap.freeipa import FreeIpa
from offboarding.sources.ldap.openldap import OpenLdap
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings

FLAVORS: Mapping[str, Flavor] = {
    flavor.name: flavor for flavor in (OpenLdap(), ActiveDirectory(), DirectoryServer(), FreeIpa())
}

_ROOT_ATTRIBUTES = (
    "structuralObjectClass",
    "objectClass",
    "vendorName",
    "supportedCapabilities",
    "supportedExtension",
)
_ACTIVE_DIRECTORY = "1.2.840.113556.1.4.800"
"""LDAP_CAP_ACTIVE_DIRECTORY_OID (MS-ADTS 3.1.1.3.4.3)."""
_FREEIPA_KEYTABS = {"2.16.840.1.113730.3.8.10.1", "2.16.840.1.113730.3.8.10.5"}
"""Extended operations of FreeIPA's password plug-in, which a plain 389-ds lacks (util/ipa_krb5.h)."""


def choose(session: Session, settings: LdapSettings) -> Flavor:
    """The configured flavor, or for `auto` the one that the server's root entry shows. ConfigError where that fails."""
    name: str = settings.flavor
    if name == "auto":
        name = recognised(session)
    if not name:
        raise ConfigError(
            f"{session.source}.flavor: the server's root entry doesn't tell which directory this is. Set flavor to one "
            f"of {', '.join(FLAVORS)}."
        )
    return FLAVORS[name]


def recognised(session: Session) -> str:
    """The flavor that the server's root entry shows; "" where it shows none."""
    root = session.read("", _ROOT_ATTRIBUTES).entry
    return _recognise(root) if root else ""


def _recognise(root: Entry) -> str:
    classes = {value.lower() for value in (*root.values("structuralObjectClass"), *root.values("objectClass"))}
    if "openldaprootdse" in classes:
        return "openldap"
    if _ACTIVE_DIRECTORY in root.values("supportedCapabilities"):
        return "ad"
    if "389 project" in root.first("vendorName").lower():
        return "freeipa" if _FREEIPA_KEYTABS & set(root.values("supportedExtension")) else "389ds"
    return ""
