"""A directory: its accounts, password logins and SSH keys, read strictly (docs/permissions/ldap.md).

Read from below: `ber` and `strategy` decode, `session` talks, `paging` reads to the end or fails, `flavor` is
what differs between directories (`openldap`, `active_directory`, `dirsrv`, `freeipa`), `accounts` turns an entry into
facts, `directory` is one read.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.ldap.settings import LdapSettings

Settings = LdapSettings


def destinations(settings: LdapSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    del settings
    plain = connection.extra.get("tls") == "none"
    yield Destination(host=connection.host, clear_text=plain, fix="Set its extra tls to starttls or ldaps")


def build(settings: LdapSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source; nothing is contacted before its first method is called. A directory has one part, ""."""
    # ldap3 costs a quarter of a second, and reading the configuration needs none of it.
    from offboarding.sources.ldap.source import LdapSource  # noqa: PLC0415 - see interfaces

    del part
    return LdapSource(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.ldap import proposing  # noqa: PLC0415 - see interfaces

    return proposing.propose(where, connection, asker)
