"""A first configuration of a GitLab, or of a group on GitLab.com."""

import re
from datetime import UTC, datetime

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext
from offboarding.model.errors import RetriableError
from offboarding.net.service.address import address_of
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources.gitlab_users.client import GitlabRest
from offboarding.sources.gitlab_users.group import group
from offboarding.sources.gitlab_users.instance import instance
from offboarding.sources.gitlab_users.settings import GitlabUsersSettings

RENTED = "gitlab.com"


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """On GitLab.com, which group; of a GitLab of one's own, what it's known by: it tells no id of itself.

    Raises ConfigError where a name has to be said, FatalError where the connection is refused.
    """
    del where
    host = address_of("init", connection).host
    if host == RENTED:
        found = {"group": asker.choose("group", "Which group, by its path")}
    else:
        first = re.sub("[^a-z0-9._-]+", "-", host.lower()).strip("-._")
        question = "A name for this GitLab, which it keeps when it moves"
        found = {"instance": asker.choose("instance", question, proposed=first or None)}
    given = {"name": "init", "kind": "gitlab_users", "connection": connection.conn_id, **found}
    settings = GitlabUsersSettings.model_validate(given)
    begin = group if settings.group else instance
    try:
        context = ReadContext(as_of=datetime.now(UTC), default_zone="UTC")
        begin(GitlabRest(settings, connection, "init"), settings, context, "overhead")
    except NotAnsweredError as missing:
        return Proposal(settings=found, notes=("Not all of it can be read: run doctor.",), warnings=(str(missing),))
    except RetriableError as error:
        return Proposal(settings=found, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings=found)
