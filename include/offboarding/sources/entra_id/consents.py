"""What a user let applications do for them: delegated permission grants for that user alone, by which an application
gets tokens, and renews them, without them.

A grant for all users is nobody's own. https://learn.microsoft.com/en-us/graph/api/user-list-oauth2permissiongrants
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from offboarding.model import Account, Credential, Fact, ScopeRead, Standing, SubjectKind, first_few
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.entra_id.answers import PermissionGrant, ServicePrincipal
from offboarding.sources.entra_id.client import GRANTS, EntraGraph
from offboarding.sources.entra_id.workload_access import EntraAccess, principal_barred

CONSENT = "consent/"
"""How the native id of one begins."""
_OF_ONE_USER = "Principal"
_AWAY = "offline_access"
WHO_IT_IS = frozenset({"openid", "profile", "email"})
"""Scopes by which somebody signs in to an application: they read nothing here."""
_MOST_SCOPES = 5
_SHUT = EntraAccess(Standing.DEAD, "its user is shut, and gets no new tokens", can_reactivate=True)
"""Each time one is renewed the user is looked at again
(https://learn.microsoft.com/en-us/entra/identity/users/users-revoke-access)."""


@dataclass(frozen=True, kw_only=True)
class Consents:
    """Those of a tenant's users, as one read sees them."""

    graph: EntraGraph
    _clients: dict[str, ServicePrincipal | None] = field(default_factory=dict[str, ServicePrincipal | None])

    def of(self, account: Account) -> Iterator[Fact]:
        """Yield what stands for a user that is there, and how far that was read."""
        unread = UnreadRows()
        scope = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(SubjectKind.SERVICE_CREDENTIAL,))
        yield from as_far_as_read(scope, self._listed(account, unread), unread)

    def _listed(self, account: Account, unread: UnreadRows) -> Iterator[Credential]:
        path, called = f"users/{quote(account.native_id, safe='')}/{GRANTS}", f"users/ID/{GRANTS}"
        for grant in self.graph.rows(path, "detail", PermissionGrant, unread, called=called):
            reach = _reach(grant)
            if reach and grant.consent_type == _OF_ONE_USER and grant.principal_id == account.native_id:
                yield self._consent(account, grant, reach)

    def _consent(self, account: Account, grant: PermissionGrant, reach: list[str]) -> Credential:
        client = self._client(grant.client_id)
        access = _access(account, client)
        may = f"it may {first_few(reach, _MOST_SCOPES)}"
        away = ", also while they're away (offline_access)" if _AWAY in (grant.scope or "").split() else ""
        named = (
            f"{client.display_name or '?'} ({client.app_id})" if client else f"the service principal {grant.client_id}"
        )
        return Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=SubjectKind.SERVICE_CREDENTIAL,
            native_id=f"{CONSENT}{grant.id}",
            label=f"consent to {named}",
            standing=access.standing,
            standing_reason=f"Entra ID: {access.reason}; {may}{away}",
            can_reactivate=access.can_reactivate,
        )

    def _client(self, native_id: str) -> ServicePrincipal | None:
        """The application in this tenant; None where it isn't there, or isn't told."""
        if native_id not in self._clients:
            path = f"servicePrincipals/{quote(native_id, safe='')}?$select=id,appId,displayName,accountEnabled"
            try:
                with self.graph.requests.of_all():
                    found = self.graph.maybe(path, "detail", ServicePrincipal, "servicePrincipals/ID")
            except NotAnsweredError:
                found = None
            self._clients[native_id] = found
        return self._clients[native_id]


def _access(account: Account, client: ServicePrincipal | None) -> EntraAccess:
    """By the user, and by the application: nobody signs in to one that is switched off."""
    if account.standing is Standing.DEAD:
        return _SHUT
    if account.standing is Standing.UNKNOWN:
        return EntraAccess(Standing.UNKNOWN, "whether its user is shut isn't told")
    if client is None:
        return EntraAccess(Standing.UNKNOWN, "its application isn't in this tenant, or isn't told")
    return principal_barred(client) or EntraAccess(Standing.WORKS, "listed")


def _reach(grant: PermissionGrant) -> list[str]:
    """What it may beyond knowing who somebody is; nothing where there is no such thing."""
    if grant.scope is None:
        return ["scopes that aren't told"]
    return sorted({*grant.scope.split()} - WHO_IT_IS - {_AWAY})
