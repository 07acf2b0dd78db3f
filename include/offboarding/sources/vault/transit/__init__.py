"""Keys in the transit engine of Vault or OpenBao: each version, what it still verifies, and who may take it along.

Vault signs and verifies by itself, so it is source and verifier at once: a version is trusted for as long as it isn't
below `min_decryption_version`, however often the key was rotated since (docs/permissions/vault.md).
"""

from collections.abc import Iterator

from offboarding.interfaces import (
    ConnectionFields,
    KeySource,
    ReadContext,
)
from offboarding.net.destinations import Destination
from offboarding.sources.vault.transit.settings import Settings


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads: it's asked over https, whatever the connection says."""
    del settings
    yield Destination(host=connection.host.removeprefix("https://"), clear_text=False)


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> KeySource:
    """The source; nothing is contacted before its first fact is wanted. Raises ConfigError for a connection that can't
    be right.
    """
    # hvac brings requests along, and reading the configuration needs neither.
    from offboarding.sources.vault._api.client import Vault  # noqa: PLC0415 - see interfaces
    from offboarding.sources.vault._api.extra import read_extra  # noqa: PLC0415 - see interfaces
    from offboarding.sources.vault.transit.source import TransitSource  # noqa: PLC0415 - see interfaces

    del part, context
    where = f"sources.{settings.name}"
    vault = Vault(where, connection, read_extra(where, connection), settings.timeout_seconds)
    return TransitSource(where, vault, tuple(mount.strip("/") for mount in settings.mounts), access=settings.access)
