"""Kind `github_org`: who gets into an organization on GitHub, and by what (docs/configuration/github_org.md).

Read from below: `client` asks, `answers` are what comes, `people` who is in, `credentials` their tokens and SSH keys,
`deploy_keys` the repositories' own keys, `audit_log` who is suspended and who installed Apps, `installations` those,
`source` tells them all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.github_org.settings import GithubOrgSettings

Settings = GithubOrgSettings


def destinations(settings: GithubOrgSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.github import destination  # noqa: PLC0415 - it brings httpx and cryptography

    yield destination(f"sources.{settings.name}", connection)


def build(settings: GithubOrgSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one organization; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.github_org.source import GithubOrg  # noqa: PLC0415 - it brings httpx and cryptography

    del part
    return GithubOrg(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.github_org import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    return proposing.propose(where, connection, asker)
