"""Kind `entra_id`: who gets into a tenant of Microsoft Entra ID, and by what (docs/configuration/entra_id.md).

Read from below: `clouds` where it lies, `signing_in` how the reader is let in, `client` asks, `answers` are what comes,
`roles` who administrates, `people` its users, `workload_access` how what applications get in by stands, `applications`
what they are and who owns them, `consents` what users let applications do for them, `source` tells them all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.entra_id.settings import EntraSettings

Settings = EntraSettings


def destinations(settings: EntraSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Both hosts that the connection leads to: who tells, and who lets us in there."""
    from offboarding.sources.entra_id.clouds import places  # noqa: PLC0415 - it brings httpx

    yield from places(f"sources.{settings.name}", connection)


def build(settings: EntraSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one tenant; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.entra_id.source import EntraId  # noqa: PLC0415 - it brings httpx and cryptography

    del part
    return EntraId(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.entra_id import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    del asker
    return proposing.propose(where, connection)
