"""Kind `npm_packages`: who may publish an organization's packages at npm (docs/configuration/npm_packages.md).

Read from below: `client` asks, `answers` are what comes, `people` puts together what npm tells of each user, `source`
tells them.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.npm_packages.settings import NpmPackagesSettings

Settings = NpmPackagesSettings


def destinations(settings: NpmPackagesSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(settings: NpmPackagesSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one organization; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.npm_packages.source import NpmPackages  # noqa: PLC0415 - it brings httpx

    del part
    return NpmPackages(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.npm_packages import proposing  # noqa: PLC0415 - it brings httpx

    return proposing.propose(where, connection, asker)
