"""Kind `gitlab_users`: who gets into a GitLab, or a group, and by what (docs/configuration/gitlab_users.md).

Read from below: `client` asks, `answers` are what comes, `people` how users stand, `workloads` what is nobody's,
`instance` a GitLab of one's own as its administrator sees it, `group` a group as its owner does, `credentials` tokens
and SSH keys, `source` tells them all.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings

Settings = GitlabUsersSettings


def destinations(settings: GitlabUsersSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(settings: GitlabUsersSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one GitLab, or a group; nothing is asked yet. Raises ConfigError for a connection that can't be
    right.
    """
    from offboarding.sources.gitlab_users.source import GitlabUsers  # noqa: PLC0415 - it brings httpx

    del part
    return GitlabUsers(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.gitlab_users import proposing  # noqa: PLC0415 - it brings httpx

    return proposing.propose(where, connection, asker)
