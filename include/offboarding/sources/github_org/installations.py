"""Apps that are installed on the organization: they go on when whoever installed them leaves.

https://docs.github.com/en/rest/orgs/orgs#list-app-installations-for-an-organization
https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/differences-between-github-apps-and-oauth-apps
"""

from collections.abc import Iterator, Mapping

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing, first_few
from offboarding.net.service.api import Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import AppInstallation, LoggedEvent
from offboarding.sources.github_org.audit_log import installer_of
from offboarding.sources.github_org.people import GithubOrganization, GithubProduct

INSTALLATION = "installation/"
"""How the native id of one begins."""
_LETS_IN = ("administration", "members", "organization_administration")
"""Who may write one of these lets others in: by keys, as collaborators, or as owners."""
_WRITES = frozenset({"write", "admin"})
_MOST_PERMISSIONS = 5


def installations(
    organization: GithubOrganization, installers: Mapping[str, LoggedEvent], purpose: Purpose, unread: UnreadRows
) -> Iterator[Account]:
    """Yield each as an account. Raises NotAnsweredError where they aren't told."""
    rest, called = organization.rest, "orgs/ORG/installations"
    path = f"{organization.path}/installations"
    found = rest.settled(path, purpose, called, AppInstallation, unread, lambda each: each.id, within="installations")
    for each in found:
        yield _account(organization, each, installer_of(each, installers))


def _account(organization: GithubOrganization, each: AppInstallation, by: str) -> Account:
    writes = sorted(name for name, right in each.permissions.items() if right in _WRITES)
    lets_in = [name for name in _LETS_IN if name in writes]
    may = f"may write {first_few(writes, _MOST_PERMISSIONS)}" if writes else "only reads"
    standing, reason = Standing.WORKS, f"an installed App that {may}, on {each.repository_selection} repositories"
    if each.suspended_at:
        standing, reason = Standing.DEAD, f"an installed App, suspended since {each.suspended_at:%Y-%m-%d}"
    owner = AccountKey(kind=IdentityKeyKind.LOGIN, value=by, origin=IdentityKeyOrigin.OWNER, name="who installed it")
    return Account(
        realm=organization.realm,
        native_id=f"{INSTALLATION}{each.id}",
        label=f"App {each.app_slug} (installation {each.id})",
        login="",
        keys=(owner,) if by else (),
        owner_labels=(by,) if by else (),
        created_at=each.created_at,
        created_by=by,
        standing=standing,
        standing_reason=f"GitHub: {reason}",
        product=GithubProduct.APP,
        reached_by=organization.reached_by,
        is_reader=each.id == organization.rest.installation,
        service_like=True,
        privileged=bool(lets_in),
        privileged_by=", ".join(lets_in),
    )
