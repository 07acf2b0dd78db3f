"""Who is in the tenant: members and guests, and who was deleted and can be restored."""

from base64 import b64decode
from collections.abc import Iterator
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.sources.entra_id.answers import SignInActivity, TenantUser
from offboarding.sources.entra_id.roles import DirectoryRoles

RESTORABLE = timedelta(days=30)
"""https://learn.microsoft.com/en-us/graph/api/resources/directory"""
REFRESHED_WITHIN = timedelta(days=90)
"""A refresh token that isn't used for so long ends by itself, and each use of one is a sign-in
(https://learn.microsoft.com/en-us/entra/identity-platform/refresh-tokens#token-lifetime)."""
_EXTERNAL = "#EXT#"
"""In the name of whoever signs in elsewhere, a guest here or a member; a guest may sign in here, too."""
_GUEST, _INVITED = "Guest", "PendingAcceptance"
SELECTED = (
    "id",
    "userPrincipalName",
    "displayName",
    "mail",
    "proxyAddresses",
    "employeeId",
    "accountEnabled",
    "userType",
    "externalUserState",
    "createdDateTime",
    "deletedDateTime",
    "lastPasswordChangeDateTime",
    "signInSessionsValidFromDateTime",
    "onPremisesImmutableId",
    "onPremisesSamAccountName",
    "onPremisesSecurityIdentifier",
    "onPremisesSyncEnabled",
)
"""Nearly none of it comes unasked. `otherMails` and phones are people's own words, and stay out."""


class EntraProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    MEMBER = "member"
    SYNCED = "synchronized member"
    EXTERNAL = "external user"
    DELETED = "deleted user"
    APPLICATION = "application"
    SERVICE_PRINCIPAL = "service principal"


def account_of(user: TenantUser, realm: str, reached_by: str, roles: DirectoryRoles, context: ReadContext) -> Account:
    """A user as an account."""
    product, (standing, reason) = _product(user), _standing(user)
    login = _name(user)
    held, by = roles.of(user.id)
    used = user.sign_in_activity or SignInActivity()
    return Account(
        realm=realm,
        native_id=user.id,
        label=user.user_principal_name,
        login=login,
        display_name=user.display_name or "",
        keys=tuple(_keys(user, login)),
        created_at=user.created_date_time,
        standing=standing,
        standing_reason=f"Entra ID: {reason}",
        product=product,
        reached_by=reached_by,
        disabled_at=user.deleted_date_time,
        sessions_valid_from=_revoked_up_to(user, context.as_of),
        password_set_at=user.last_password_change_date_time,
        service_like=context.is_workload(login, login.partition("@")[0]),
        privileged=held,
        privileged_by=by,
        last_used_at=used.last_successful_sign_in_date_time,
        last_used_exact=used.is_interactive,
    )


def _product(user: TenantUser) -> EntraProduct:
    if user.deleted_date_time:
        return EntraProduct.DELETED
    if _EXTERNAL in user.user_principal_name:
        return EntraProduct.EXTERNAL
    return EntraProduct.SYNCED if user.on_premises_sync_enabled else EntraProduct.MEMBER


def _standing(user: TenantUser) -> tuple[Standing, str]:
    is_external = _EXTERNAL in user.user_principal_name
    if deleted := user.deleted_date_time:
        until = deleted + RESTORABLE
        return Standing.DEAD, f"deleted on {deleted:%Y-%m-%d}, and can be restored until {until:%Y-%m-%d}"
    if user.account_enabled is None:
        return Standing.UNKNOWN, "accountEnabled isn't told"
    if not user.account_enabled:
        # Another tenant's are its own.
        since = None if is_external else user.sign_in_sessions_valid_from_date_time
        revoked = f"; sessions are revoked up to {since:%Y-%m-%d %H:%M} UTC" if since else ""
        return Standing.DEAD, f"accountEnabled false{revoked}"
    guest = "; a guest" if is_external or user.user_type == _GUEST else ""
    waits = ", who hasn't taken up the invitation yet" if user.external_user_state == _INVITED else ""
    return Standing.WORKS, f"accountEnabled true{guest}{waits}"


def _revoked_up_to(user: TenantUser, as_of: datetime) -> datetime | None:
    """From when on what was given out counts; None where nothing can be left. What was given out since lets in again
    once the account is enabled. Another tenant's are its own, and a deleted user's can't be revoked.

    https://learn.microsoft.com/en-us/graph/api/user-revokesigninsessions
    """
    used = (user.sign_in_activity or SignInActivity()).last_successful_sign_in_date_time
    over = used is not None and used <= as_of - REFRESHED_WITHIN
    is_external = _EXTERNAL in user.user_principal_name
    return None if over or is_external or user.deleted_date_time else user.sign_in_sessions_valid_from_date_time


def _name(user: TenantUser) -> str:
    """A deleted user's is kept behind its id without dashes."""
    name = user.user_principal_name
    return (name.removeprefix(user.id.replace("-", "")) or name) if user.deleted_date_time else name


def _keys(user: TenantUser, login: str) -> Iterator[AccountKey]:
    yield _key(IdentityKeyKind.LOGIN, login, "userPrincipalName")
    if user.on_premises_sam_account_name:
        yield _key(IdentityKeyKind.LOGIN, user.on_premises_sam_account_name, "onPremisesSamAccountName")
    mails = {user.mail.casefold(): (user.mail, "mail")} if user.mail else {}
    for address in user.proxy_addresses or ():
        scheme, _, mail = address.partition(":")
        if scheme.lower() == "smtp" and mail:
            mails.setdefault(mail.casefold(), (mail, "proxyAddresses"))
    for mail, name in mails.values():
        yield _key(IdentityKeyKind.MAIL, mail, name)
    if user.employee_id:
        yield _key(IdentityKeyKind.NUMBER, user.employee_id, "employeeId")
    if anchor := _object_guid(user.on_premises_immutable_id or ""):
        yield _key(IdentityKeyKind.DIRECTORY_ID, anchor, "onPremisesImmutableId")
    if user.on_premises_security_identifier:
        # The synchronization's word alone, while an anchor may be anything, and may be set by hand.
        yield _key(IdentityKeyKind.DIRECTORY_ID, user.on_premises_security_identifier, "onPremisesSecurityIdentifier")


def _object_guid(anchor: str) -> str:
    """The id of the Active Directory account that it's made of, as our LDAP source tells it; "" for anything else.

    https://learn.microsoft.com/en-us/entra/identity/hybrid/connect/plan-connect-design-concepts#sourceanchor
    """
    try:
        raw = b64decode(anchor, validate=True)
    except ValueError:
        return ""
    return str(UUID(bytes_le=raw)) if len(raw) == 16 else ""


def _key(kind: IdentityKeyKind, value: str, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
