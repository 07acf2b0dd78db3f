"""SSH keys of repositories: they're nobody's, and outlive whoever added them.

https://docs.github.com/en/rest/deploy-keys/deploy-keys
"""

import re
from collections.abc import Iterator

import structlog

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import DeployKey, OrgRepository
from offboarding.sources.github_org.client import PAGE
from offboarding.sources.github_org.people import GithubOrganization, GithubProduct

log = structlog.get_logger("offboarding.sources")
DEPLOY_KEY = "deploy-key/"
"""How the native id of one begins."""
_NATIVE_ID = re.compile(rf"{DEPLOY_KEY}(\d+)/(\d+)")


def native_id(repository: int, key: int) -> str:
    """A key's number is its own everywhere; the repository's is needed to look at it again."""
    return f"{DEPLOY_KEY}{repository}/{key}"


def numbers_of(native_id: str) -> tuple[int, int] | None:
    """(repository, key); None of what is no deploy key."""
    found = _NATIVE_ID.fullmatch(native_id)
    return (int(found[1]), int(found[2])) if found else None


def every_deploy_key(organization: GithubOrganization, unread: UnreadRows) -> Iterator[Account]:
    """Yield those of every repository. What can't be read is told in `unread`, and the others go on."""
    rest = organization.rest
    if rest.installation is not None and "administration" not in rest.installed().permissions:
        # Known before a request for each repository is refused.
        unread.sentences.append(
            f"{rest.where}: deploy keys: the App may not see them. Give it Administration: read of repositories, or"
            f" switch deploy_keys off. See {PAGE}"
        )
        return
    try:
        repositories = _repositories(organization, "inventory", unread)
    except NotAnsweredError as missing:
        unread.sentences.append(str(missing))
        return
    for done, repository in enumerate(repositories):
        if done and done % 500 == 0:
            log.info("deploy keys", realm=organization.realm, repositories=done, of=len(repositories))
        try:
            yield from _keys(organization, repository, "inventory", unread)
        except NotAnsweredError as missing:
            unread.sentences.append(str(missing))
    log.info(
        "deploy keys read", realm=organization.realm, repositories=len(repositories), requests=sum(rest.asked.values())
    )


def keys_of(
    organization: GithubOrganization, repository: int, purpose: Purpose, unread: UnreadRows
) -> Iterator[Account]:
    """Yield one repository's, as they are now; nothing of one that isn't the organization's any more.

    Raises NotAnsweredError where that can't be told from a right that is missing.
    """
    rest, called = organization.rest, f"repositories/{repository}"
    try:
        named = rest.one(called, purpose, OrgRepository, called)
    except NotAnsweredError as missing:
        if missing.status == 404 and repository not in {
            each.id for each in _repositories(organization, purpose, unread)
        }:
            return
        raise
    yield from _keys(organization, named, purpose, unread)


def _keys(
    organization: GithubOrganization, repository: OrgRepository, purpose: Purpose, unread: UnreadRows
) -> Iterator[Account]:
    """By the repository's number, which a rename leaves; redirects and Link headers name it so, too."""
    called = f"repositories/{repository.id}/keys"
    for key in organization.rest.rows(called, purpose, called, DeployKey, unread):
        yield _account(organization, repository, key)


def _repositories(organization: GithubOrganization, purpose: Purpose, unread: UnreadRows) -> list[OrgRepository]:
    """All of them, by id. Raises NotAnsweredError where the reader may see only some, which a list doesn't say."""
    rest, called = organization.rest, "orgs/ORG/repos"
    path, order = f"{organization.path}/repos", {"type": "all", "sort": "full_name"}
    found = list(rest.settled(path, purpose, called, OrgRepository, unread, lambda each: each.id, **order))
    if rest.installation is not None:
        if rest.installed().repository_selection != "all":
            raise NotAnsweredError(
                f"{rest.where}: {called}: the App is installed on some repositories alone, and deploy keys of others"
                f" stay unseen. Install it on all, or switch deploy_keys off. See {PAGE}",
                status=403,
            )
        return found
    private = organization.told.total_private_repos
    if private is None or len(found) < organization.told.public_repos + private:
        raise NotAnsweredError(
            f"{rest.where}: {called}: the token sees {len(found)} repositories, and there are more, or nobody tells how"
            f" many. Let an owner make it, for all repositories, or switch deploy_keys off. See {PAGE}",
            status=403,
        )
    return found


def _account(organization: GithubOrganization, repository: OrgRepository, key: DeployKey) -> Account:
    by = key.added_by or ""
    standing, reason = Standing.WORKS, "GitHub: a deploy key"
    if not key.enabled:
        standing, reason = Standing.DEAD, "GitHub: a deploy key, switched off"
    elif not key.verified:
        standing, reason = Standing.UNKNOWN, "GitHub: a deploy key, not verified"
    # What is archived can be read as before, and not written:
    # https://docs.github.com/en/repositories/archiving-a-github-repository/archiving-repositories
    reads = "reads" if key.read_only or repository.archived else "writes"
    where = ", of an archived repository" if repository.archived else ""
    return Account(
        realm=organization.realm,
        native_id=native_id(repository.id, key.id),
        label=f"deploy key {key.id} of {repository.full_name} ({key.title})",
        login="",
        keys=(AccountKey(kind=IdentityKeyKind.LOGIN, value=by, origin=IdentityKeyOrigin.OWNER, name="added_by"),)
        if by
        else (),
        owner_labels=(by,) if by else (),
        created_at=key.created_at,
        created_by=by,
        standing=standing,
        standing_reason=f"{reason} that {reads}{where}",
        product=GithubProduct.DEPLOY_KEY,
        reached_by=organization.reached_by,
        password_set_at=key.created_at,
        service_like=True,
        privileged=None,
        last_used_at=key.last_used,
        last_used_exact=False,
    )
