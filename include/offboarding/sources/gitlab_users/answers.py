"""What GitLab answers, as far as it's of interest here. What is secret in an answer (a trigger's token, an
invitation's) is in no model.

https://docs.gitlab.com/api/users/, https://docs.gitlab.com/api/group_members/
"""

from datetime import UTC, date, datetime, time
from typing import Annotated

from pydantic import BeforeValidator

from offboarding.net.service.answers import Moment, Told


def _beginning(day: object) -> object:
    if isinstance(day, str) and len(day) == len("2026-11-24"):
        return datetime.combine(date.fromisoformat(day), time(), UTC)
    return day


Day = Annotated[Moment, BeforeValidator(_beginning)]
"""A date as the moment at which it begins: what expires on a day does so then."""


class Numbered(Told):
    """A thing that lists tell by a number of its own."""

    id: int


class GitlabIdentity(Told):
    """Who somebody is at a provider that they sign in by."""

    provider: str = ""
    extern_uid: str | None = None


class GitlabName(Numbered):
    """A user, as others' things name them."""

    username: str


class GitlabPerson(GitlabName):
    """A user, and whether GitLab lets them in; `state` is any word."""

    state: str


class GitlabUser(GitlabPerson):
    """A user, as an administrator sees them: to anybody else `is_admin` isn't told, nor most of the rest."""

    is_admin: bool | None = None
    is_auditor: bool | None = None
    bot: bool | None = None
    locked: bool | None = None
    email: str | None = None
    created_at: Moment | None = None
    created_by: GitlabName | None = None
    current_sign_in_at: Moment | None = None
    last_activity_on: Day | None = None
    identities: tuple[GitlabIdentity, ...] = ()
    scim_identities: tuple[GitlabIdentity, ...] = ()


class GitlabMember(GitlabPerson):
    """Somebody's highest role in a group or project; `email` is told of the group's enterprise users alone."""

    access_level: int
    membership_state: str | None = None
    email: str | None = None
    group_saml_identity: GitlabIdentity | None = None
    group_scim_identity: GitlabIdentity | None = None


class GitlabReader(GitlabName):
    """Whose token asks."""

    is_admin: bool | None = None


class GitlabScopes(Told):
    """What the token that asks may."""

    scopes: tuple[str, ...] = ()


class GroupAnswer(Numbered):
    """A group."""

    full_path: str
    created_at: Moment


class ProjectAnswer(Numbered):
    """A project; of one whose pipelines are off, or that is archived, nothing can be triggered."""

    path_with_namespace: str
    archived: bool = False
    builds_access_level: str = ""


class AccessToken(Numbered):
    """Somebody's, or a bot's. `active` is that it's neither revoked nor expired: what its user is it leaves out."""

    name: str
    revoked: bool
    active: bool
    user_id: int
    scopes: tuple[str, ...] = ()
    created_at: Moment | None = None
    last_used_at: Moment | None = None
    expires_at: Day | None = None


class UserKey(Numbered):
    """A user's SSH key."""

    title: str
    key: str
    created_at: Moment | None = None
    expires_at: Moment | None = None
    last_used_at: Moment | None = None
    usage_type: str = ""


class DeployToken(Numbered):
    """A group's or project's. Who made it isn't told, nor when, nor when it was used."""

    name: str
    revoked: bool
    expired: bool
    expires_at: Moment | None = None
    scopes: tuple[str, ...] = ()


class RepositoryKey(Numbered):
    """An SSH key that reads some projects, and may write some. Whose it is isn't told."""

    title: str
    created_at: Moment | None = None
    expires_at: Moment | None = None
    last_used_at: Moment | None = None
    can_push: bool = False
    projects_with_write_access: tuple[ProjectAnswer, ...] = ()
    projects_with_readonly_access: tuple[ProjectAnswer, ...] = ()


class PipelineTrigger(Numbered):
    """By which pipelines are started as its owner."""

    description: str | None = None
    created_at: Moment | None = None
    last_used: Moment | None = None
    expires_at: Moment | None = None
    owner: GitlabPerson | None = None


class PendingInvitation(Numbered):
    """To a group or project, by a mail address."""

    invite_email: str
    access_level: int
    created_at: Moment | None = None
