"""Kind `google_workspace`: who gets into a company's Google Workspace, and what stands for them there
(docs/configuration/google_workspace.md).

Read from below: `service_account` who asks, `client` asks, `answers` are what comes, `directory` who is in,
`credentials` what lets apps and programs in for them, `source` tells them all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings

Settings = GoogleWorkspaceSettings


def destinations(settings: GoogleWorkspaceSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Both hosts that the connection leads to: who tells, and who lets the service account in."""
    from offboarding.sources.google_workspace.client import places  # noqa: PLC0415 - it brings httpx and cryptography

    yield from places(f"sources.{settings.name}", connection)


def build(settings: GoogleWorkspaceSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one customer; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.google_workspace.source import GoogleWorkspace  # noqa: PLC0415 - it brings httpx and cryptography

    del part
    return GoogleWorkspace(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.google_workspace import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    del where, asker
    return proposing.propose(connection)
