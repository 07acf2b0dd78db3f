"""Kind `vault_auth`: who gets into Vault or OpenBao, and by what (docs/configuration/vault_auth.md).

Read from below: `answers` are what comes, `powers` what policies make of somebody, `ways` the auth methods' own lists
of who may log in, `identities` accounts, `tokens` what was handed out at a login, `source` tells them all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.vault.auth.settings import VaultAuthSettings

Settings = VaultAuthSettings


def destinations(settings: VaultAuthSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads: it's asked over https, whatever the connection says."""
    del settings
    yield Destination(host=connection.host.removeprefix("https://"), clear_text=False)


def build(settings: VaultAuthSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one cluster; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    # hvac brings requests along, and reading the configuration needs neither.
    from offboarding.sources.vault.auth.source import VaultAuth  # noqa: PLC0415 - see interfaces

    del part
    return VaultAuth(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.vault.auth import proposing  # noqa: PLC0415 - see interfaces

    return proposing.propose(where, connection, asker)
