"""Who administrates an org, and by which roles.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/RoleAssignmentAUser/
"""

from collections.abc import Iterator

from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.answers import OktaAdmin, OktaRole
from offboarding.sources.okta._api.client import OktaApi

SUPER_ADMIN = "SUPER_ADMIN"
Roles = tuple[str, ...]
"""Of one user, as people call them."""


def assignees(api: OktaApi, unread: UnreadRows) -> Iterator[str]:
    """Yield the id of each user who was given an admin role. Raises NotAnsweredError where that isn't told."""
    path = "api/v1/iam/assignees/users"
    yield from (each.id for each in api.rows(path, "inventory", path, OktaAdmin, unread, limit="100"))


def roles_at(api: OktaApi, path: str, purpose: Purpose, called: str) -> list[OktaRole]:
    """Somebody's admin roles that are in force. Raises NotAnsweredError where one can't be read, as where all are."""
    unread = UnreadRows()
    found = [each for each in api.rows(path, purpose, called, OktaRole, unread) if each.status in {None, "ACTIVE"}]
    if unread.told:
        raise NotAnsweredError(unread.told, status=200)
    return found


def named(roles: list[OktaRole]) -> Roles:
    """Roles as people call them."""
    return tuple(sorted({each.label or each.type for each in roles}))
