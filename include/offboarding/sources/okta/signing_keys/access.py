"""Who may have an authorization server sign: whose admin roles let them change its policies, scopes and claims.

https://help.okta.com/oie/en-us/content/topics/security/administrators-admin-comparison.htm
https://developer.okta.com/docs/api/openapi/okta-management/guides/permissions/
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from offboarding.model import Key, KeyAccess, PrincipalKind, Standing
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.answers import OktaRole
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta._api.roles import assignees, roles_at
from offboarding.sources.okta.signing_keys.answers import OktaPermissions

MANAGE = "okta.authzServers.manage"
"""Okta's own word for it."""
STANDARD = frozenset({"SUPER_ADMIN", "ORG_ADMIN", "API_ACCESS_MANAGEMENT_ADMIN"})
"""Standard roles that change any server, by the first page above."""
CUSTOM = "CUSTOM"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerAdmin:
    """Somebody who may change authorization servers, or some of them."""

    native_id: str
    standing: Standing
    reason: str

    def access(self, key: Key) -> KeyAccess:
        """To a key that signs now."""
        return KeyAccess(
            realm=key.realm,
            key=key.native_id,
            principal_kind=PrincipalKind.ACCOUNT,
            principal_realm=key.realm,
            principal=self.native_id,
            action=MANAGE,
            carries=False,
            standing=self.standing,
            reason=self.reason,
        )


@dataclass(slots=True)
class ServerAdmins:
    """Those of an org, as one read sees them."""

    api: OktaApi
    _allows: dict[str, bool | None] = field(default_factory=dict[str, bool | None])
    """By custom role: whether it does; None where that isn't told."""

    def read(self, unread: UnreadRows) -> Iterator[ServerAdmin]:
        """Yield each user who may, by whatever role. Raises NotAnsweredError where roles aren't told."""
        seen = DiskIndex(self.api.where)
        for native_id in filter(seen.is_new, assignees(self.api, unread)):
            path = f"api/v1/users/{quote(native_id, safe='')}/roles"
            found = [*self._ways(roles_at(self.api, path, "inventory", "api/v1/users/ID/roles"))]
            if found:
                sure = any(standing is Standing.WORKS for standing, _ in found)
                standing = Standing.WORKS if sure else Standing.UNKNOWN
                named = sorted({reason for each, reason in found if each is standing})
                yield ServerAdmin(native_id=native_id, standing=standing, reason=", ".join(named))

    def _ways(self, roles: list[OktaRole]) -> Iterator[tuple[Standing, str]]:
        for role in roles:
            by = ", by a group" if role.assignmentType == "GROUP" else ""
            called = role.label or role.type
            if role.type in STANDARD:
                yield Standing.WORKS, f"role {called}{by}"
            elif role.type == CUSTOM and (allows := self._custom(role)) is not False:
                why = "which may be held to some servers" if allows else "whose permissions aren't told"
                yield Standing.UNKNOWN, f"custom role {called}{by}, {why}"

    def _custom(self, role: OktaRole) -> bool | None:
        name = role.role or ""
        if name not in self._allows:
            self._allows[name] = self._asked(name) if name else None
        return self._allows[name]

    def _asked(self, name: str) -> bool | None:
        path, called = f"api/v1/iam/roles/{quote(name, safe='')}/permissions", "api/v1/iam/roles/ID/permissions"
        try:
            found = self.api.one(path, "inventory", OktaPermissions, called)
        except NotAnsweredError:
            return None
        return MANAGE in {each.label for each in found.permissions}
