"""What gets in and is nobody: deploy tokens, deploy keys, and what triggers pipelines as somebody.

https://docs.gitlab.com/user/project/deploy_tokens/, https://docs.gitlab.com/user/project/deploy_keys/
https://docs.gitlab.com/ci/triggers/
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from offboarding.model import Account, Standing, first_few
from offboarding.sources.gitlab_users.answers import DeployToken, PipelineTrigger, ProjectAnswer, RepositoryKey
from offboarding.sources.gitlab_users.people import GitlabProduct, owner_key, standing_of

DEPLOY_TOKEN, DEPLOY_KEY, TRIGGER = "deploy-token/", "deploy-key/", "trigger/"
"""How the native id of each begins; a user's is a number alone."""
PIPELINES_OFF = "disabled"
_MOST_PROJECTS = 5


def deploy_token(token: DeployToken, realm: str, reached_by: str, as_of: datetime) -> Account:
    """As an account that nobody is. Its username is whatever its maker wrote, and nobody's login."""
    standing, reason = Standing.WORKS, f"a deploy token with the scopes {', '.join(token.scopes) or '?'}"
    if token.revoked:
        standing, reason = Standing.DEAD, "a deploy token, revoked"
    elif token.expired or (token.expires_at and token.expires_at <= as_of):
        standing, reason = Standing.DEAD, "a deploy token, expired"
    return Account(
        realm=realm,
        native_id=f"{DEPLOY_TOKEN}{token.id}",
        label=f"deploy token {token.id} ({token.name})",
        login="",
        standing=standing,
        standing_reason=f"GitLab: {reason}",
        product=GitlabProduct.DEPLOY_TOKEN,
        reached_by=reached_by,
        service_like=True,
    )


def deploy_key(
    key: RepositoryKey, writes: Sequence[str], reads: Sequence[str], realm: str, reached_by: str, as_of: datetime
) -> Account:
    """As an account that nobody is. GitLab refuses one whose owner is blocked, and doesn't tell its owner."""
    standing = Standing.UNKNOWN
    projects = [f"{what} {_named(paths)}" for what, paths in (("writes", writes), ("reads", reads)) if paths]
    reason = (
        f"a deploy key that {' and '.join(projects) or 'has no project that is told'}; it works unless its owner is"
    )
    reason += " blocked, and who that is isn't told"
    if key.expires_at and key.expires_at <= as_of:
        standing, reason = Standing.DEAD, "a deploy key, expired"
    return Account(
        realm=realm,
        native_id=f"{DEPLOY_KEY}{key.id}",
        label=f"deploy key {key.id} ({key.title})",
        login="",
        created_at=key.created_at,
        standing=standing,
        standing_reason=f"GitLab: {reason}",
        product=GitlabProduct.DEPLOY_KEY,
        reached_by=reached_by,
        password_set_at=key.created_at,
        service_like=True,
        last_used_at=key.last_used_at,
        last_used_exact=False,
    )


def trigger(found: PipelineTrigger, project: ProjectAnswer, realm: str, reached_by: str, as_of: datetime) -> Account:
    """As an account that nobody is: its token starts pipelines with what its owner may do, and none while they're
    blocked (GitLab's app/policies/project_policy.rb).
    """
    owner = found.owner
    standing, reason = Standing.UNKNOWN, "whose owner isn't told"
    if owner:
        standing, state = standing_of(owner.state, bot=False)
        reason = f"whose owner is {state}"
    if found.expires_at and found.expires_at <= as_of:
        standing, reason = Standing.DEAD, "expired"
    by = owner.username if owner else ""
    title = f" ({found.description})" if found.description else ""
    return Account(
        realm=realm,
        native_id=f"{TRIGGER}{found.id}",
        label=f"pipeline trigger {found.id} of {project.path_with_namespace}{title}",
        login="",
        keys=(owner_key(by, "owner"),) if by else (),
        owner_labels=(by,) if by else (),
        created_at=found.created_at,
        standing=standing,
        standing_reason=f"GitLab: a pipeline trigger, {reason}",
        product=GitlabProduct.TRIGGER,
        reached_by=f"{reached_by}/projects/{project.id}",
        password_set_at=found.created_at,
        service_like=True,
        last_used_at=found.last_used,
        last_used_exact=False,
    )


def can_run(project: ProjectAnswer) -> bool:
    """Whether pipelines of it can be started at all: of any other, what triggers them isn't told either."""
    return not project.archived and project.builds_access_level != PIPELINES_OFF


def _named(paths: Iterable[str]) -> str:
    return first_few(sorted(set(paths)), _MOST_PROJECTS)
