"""Kind `okta`: who gets into an Okta org, and what stands for them there (docs/configuration/okta.md).

Read from below: `_api` asks, `answers` are what comes, `org` who is in and who asks, `credentials` their tokens,
`makers` who answers for an app, `app_access` by what it gets in, `service_apps` which there are, `source` tells them
all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.okta.settings import OktaSettings

Settings = OktaSettings


def destinations(settings: OktaSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(settings: OktaSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one org; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.okta.source import OktaSource  # noqa: PLC0415 - it brings httpx and cryptography

    del part
    return OktaSource(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.okta import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    return proposing.propose(where, connection, asker)
