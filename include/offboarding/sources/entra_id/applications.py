"""Workloads as accounts: applications, and service principals that hold credentials of their own, with who owns them.

They are nobody's, and outlive whoever made their secrets: docs/decisions/0160-deploy-keys-are-accounts.md.
https://learn.microsoft.com/en-us/graph/api/resources/application, .../serviceprincipal
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar
from urllib.parse import quote

from offboarding.model import (
    Account,
    AccountKey,
    Credential,
    IdentityKeyKind,
    IdentityKeyOrigin,
    SubjectKind,
)
from offboarding.net.service.api import Purpose
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.entra_id.answers import (
    Application,
    ClientKey,
    DirectoryMember,
    FederatedCredential,
    ServicePrincipal,
)
from offboarding.sources.entra_id.client import PAGE, EntraGraph
from offboarding.sources.entra_id.people import EntraProduct
from offboarding.sources.entra_id.roles import DirectoryRoles
from offboarding.sources.entra_id.workload_access import (
    EntraAccess,
    Workload,
    access_by,
    access_of,
    application_barred,
    credentials_of,
    federated_access,
    holds_some,
    is_shown,
    principal_barred,
)

APPLICATION, SERVICE_PRINCIPAL = "application/", "service-principal/"
"""How the native id of each begins; a user's is an id alone."""
SECRET, CERTIFICATE, FEDERATED = "secret/", "certificate/", "federated/"
"""How a credential's begins."""
LISTS = {APPLICATION: "applications", SERVICE_PRINCIPAL: "servicePrincipals"}
PAGE_SIZE = "200"
"""With twenty owners each, an answer stays within bounds."""
MOST_EXPANDED = 20
"""Of an expanded list no more is told, without a word (https://learn.microsoft.com/en-us/graph/query-parameters)."""
_SELECTED = "id,appId,displayName,passwordCredentials,keyCredentials"
_ASKED = {
    APPLICATION: {"select": f"{_SELECTED},createdDateTime,signInAudience", "expand": "owners"},
    SERVICE_PRINCIPAL: {"select": f"{_SELECTED},accountEnabled,servicePrincipalType", "expand": "owners"},
}
_USER = "#microsoft.graph.user"
_Workload = TypeVar("_Workload", Application, ServicePrincipal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workloads:
    """The tenant's, as one read sees them."""

    graph: EntraGraph
    realm: str
    reached_by: str
    roles: DirectoryRoles
    as_of: datetime
    reader: str
    """The application id that the connection signs in by."""

    def every(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield every application, and each service principal that holds credentials itself.

        Raises NotAnsweredError where they aren't told.
        """
        principals = {each.app_id: each for each in self._listed(SERVICE_PRINCIPAL, ServicePrincipal, unread)}
        federated = self._whether_federated(unread)
        for application in self._listed(APPLICATION, Application, unread):
            principal, is_federated = principals.get(application.app_id), federated.get(application.id)
            yield self._application(application, principal, "inventory", unread, is_federated=is_federated)
        for principal in principals.values():
            if holds_some(principal):
                yield self._service_principal(principal, "inventory", unread)

    def look_at(self, native_id: str, unread: UnreadRows) -> tuple[Account, list[Credential]] | None:
        """One as it is now, with what it holds; None where it isn't there any more. Raises as `EntraGraph.ask`."""
        if native_id.startswith(APPLICATION):
            application = self._one(APPLICATION, native_id, Application)
            if application is None:
                return None
            principal = self._principal_of(application, unread)
            barred = application_barred(application, principal)
            trusted = list(self._trusted(application.id, unread))
            account = self._application(application, principal, "detail", unread, is_federated=bool(trusted))
            federated = [self._federated(account, each, barred) for each in trusted]
            return account, [*self._credentials(account, application, barred, unread), *federated]
        principal = self._one(SERVICE_PRINCIPAL, native_id, ServicePrincipal)
        if principal is None or not holds_some(principal):
            return None
        account = self._service_principal(principal, "detail", unread)
        return account, list(self._credentials(account, principal, principal_barred(principal), unread))

    def _application(
        self,
        application: Application,
        principal: ServicePrincipal | None,
        purpose: Purpose,
        unread: UnreadRows,
        *,
        is_federated: bool | None,
    ) -> Account:
        """What the tenant lets it do hangs on its service principal."""
        return self._account(
            application,
            APPLICATION,
            EntraProduct.APPLICATION,
            access_of(application, application_barred(application, principal), self.as_of, is_federated=is_federated),
            self._owners(APPLICATION, application, purpose, unread),
            held=self.roles.of(principal.id) if principal else (None, ""),
            created_at=application.created_date_time,
        )

    def _service_principal(self, principal: ServicePrincipal, purpose: Purpose, unread: UnreadRows) -> Account:
        return self._account(
            principal,
            SERVICE_PRINCIPAL,
            EntraProduct.SERVICE_PRINCIPAL,
            access_of(principal, principal_barred(principal), self.as_of, is_federated=False),
            self._owners(SERVICE_PRINCIPAL, principal, purpose, unread),
            held=self.roles.of(principal.id),
            created_at=None,
        )

    def _account(
        self,
        workload: Workload,
        begins: str,
        product: EntraProduct,
        access: EntraAccess,
        owners: Iterable[DirectoryMember],
        *,
        held: tuple[bool | None, str],
        created_at: datetime | None,
    ) -> Account:
        names = [each.user_principal_name for each in owners if each.user_principal_name]
        app_id = _key(IdentityKeyKind.LOGIN, workload.app_id, IdentityKeyOrigin.ATTRIBUTE, "appId")
        return Account(
            realm=self.realm,
            native_id=f"{begins}{workload.id}",
            label=f"{product} {workload.display_name or '?'} ({workload.app_id})",
            login=workload.app_id,
            display_name=workload.display_name or "",
            keys=(app_id, *_owner_keys(owners)),
            owner_labels=tuple(names),
            created_at=created_at,
            standing=access.standing,
            standing_reason=f"Entra ID: {access.reason}",
            product=product,
            reached_by=self.reached_by,
            is_reader=workload.app_id.lower() == self.reader.lower(),
            has_own_login=False,
            service_like=True,
            # What it may by permissions of APIs isn't looked at.
            privileged=held[0] or None,
            privileged_by=held[1],
        )

    def _credentials(
        self, account: Account, workload: Workload, barred: EntraAccess | None, unread: UnreadRows
    ) -> Iterator[Credential]:
        if not is_shown(workload):
            unread.sentences.append(f"{self.graph.where}: secrets and certificates of one aren't told. See {PAGE}")
        for each, doubt in credentials_of(workload):
            is_key, started = isinstance(each, ClientKey), each.start_date_time
            what, begins = ("certificate", CERTIFICATE) if is_key else ("client secret", SECRET)
            access = access_by(each, barred, doubt, self.as_of)
            yield Credential(
                realm=self.realm,
                account_native_id=account.native_id,
                kind=SubjectKind.CERTIFICATE if is_key else SubjectKind.SERVICE_CREDENTIAL,
                native_id=f"{begins}{each.key_id}",
                label=f"{what} {each.key_id}" + (f" ({each.display_name})" if each.display_name else ""),
                standing=access.standing,
                standing_reason=f"Entra ID: {access.reason}",
                can_reactivate=access.can_reactivate,
                # Whoever makes one says from when on it holds: of one that hasn't begun, not when it was made.
                created_at=started if started and started <= self.as_of else None,
                expires_at=each.end_date_time,
            )

    def _federated(self, account: Account, each: FederatedCredential, barred: EntraAccess | None) -> Credential:
        access = federated_access(barred)
        return Credential(
            realm=self.realm,
            account_native_id=account.native_id,
            kind=SubjectKind.SERVICE_CREDENTIAL,
            native_id=f"{FEDERATED}{each.id}",
            label=f"federated credential {each.name} ({each.issuer} {each.subject or ''})",
            standing=access.standing,
            standing_reason=f"Entra ID: {access.reason}",
            can_reactivate=access.can_reactivate,
        )

    def _trusted(self, number: str, unread: UnreadRows) -> Iterator[FederatedCredential]:
        path = f"applications/{quote(number, safe='')}/federatedIdentityCredentials"
        called = "applications/ID/federatedIdentityCredentials"
        return self.graph.rows(path, "detail", FederatedCredential, unread, called=called)

    def _whether_federated(self, unread: UnreadRows) -> Mapping[str, bool | None]:
        """Whether each application trusts another issuer, by id; None, as of one that isn't in it, where nobody tells.

        A list of its own, since only one relationship is expanded at once.
        """
        options = {"select": "id,appId", "expand": "federatedIdentityCredentials", "top": PAGE_SIZE}
        found = self.graph.rows(LISTS[APPLICATION], "inventory", Application, unread, **options)
        trusted = ((each.id, each.federated_identity_credentials) for each in found)
        return {native_id: None if issuers is None else bool(issuers) for native_id, issuers in trusted}

    def _listed(self, begins: str, model: type[_Workload], unread: UnreadRows) -> Iterator[_Workload]:
        seen = set[str]()
        for each in self.graph.rows(LISTS[begins], "inventory", model, unread, top=PAGE_SIZE, **_ASKED[begins]):
            if each.id not in seen:
                seen.add(each.id)
                yield each

    def _one(self, begins: str, native_id: str, model: type[_Workload]) -> _Workload | None:
        options = "&".join(f"${name}={value}" for name, value in _ASKED[begins].items())
        path = f"{LISTS[begins]}/{quote(native_id.removeprefix(begins), safe='')}"
        return self.graph.maybe(f"{path}?{options}", "detail", model, f"{LISTS[begins]}/ID")

    def _principal_of(self, application: Application, unread: UnreadRows) -> ServicePrincipal | None:
        wanted = application.app_id.replace("'", "''")
        options = {"select": "id,appId,accountEnabled", "filter": f"appId eq '{wanted}'"}
        found = list(self.graph.rows("servicePrincipals", "detail", ServicePrincipal, unread, **options))
        return found[0] if found else None

    def _owners(self, begins: str, workload: Workload, purpose: Purpose, unread: UnreadRows) -> list[DirectoryMember]:
        """All of them; who may not see users is told their ids alone."""
        found = list(workload.owners or ())
        if workload.owners is None or len(found) >= MOST_EXPANDED:
            path, called = f"{LISTS[begins]}/{quote(workload.id, safe='')}/owners", f"{LISTS[begins]}/ID/owners"
            found = list(self.graph.rows(path, purpose, DirectoryMember, unread, called=called))
        if any(each.odata_type in {_USER, ""} and not each.user_principal_name for each in found):
            unread.sentences.append(
                f"{self.graph.where}: {LISTS[begins]}: who owns one isn't told. It needs User.Read.All, with an"
                f" administrator's consent. See {PAGE}"
            )
        return found


def _owner_keys(owners: Iterable[DirectoryMember]) -> Iterator[AccountKey]:
    for each in owners:
        if each.user_principal_name:
            yield _key(IdentityKeyKind.LOGIN, each.user_principal_name, IdentityKeyOrigin.OWNER, "owner")
        if each.mail:
            yield _key(IdentityKeyKind.MAIL, each.mail, IdentityKeyOrigin.OWNER, "owner's mail")


def _key(kind: IdentityKeyKind, value: str, origin: IdentityKeyOrigin, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=origin, name=name)
