"""A directory: its accounts, password logins and SSH keys, read strictly (docs/permissions/ldap.md)."""

from include.offboarding.interfaces import ConnectionFields, ReadContext, Source
from include.offboarding.sources._ldap.settings import LdapSettings

Settings = LdapSettings


def build(settings: LdapSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source; nothing is contacted before its first method is called. A directory has one part, ""."""
    # ldap3 costs a quarter of a second, and reading the configuration needs none of it.
    from include.offboarding.sources._ldap.source import LdapSource  # noqa: PLC0415

    del part
    return LdapSource(settings, connection, context)
