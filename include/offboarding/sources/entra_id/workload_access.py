"""How each thing stands that a workload gets in by: by its dates, and by what its tenant lets it do.

https://learn.microsoft.com/en-us/graph/api/resources/keycredential
https://learn.microsoft.com/en-us/entra/identity/enterprise-apps/disable-user-sign-in-portal
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from offboarding.model import Standing
from offboarding.sources.entra_id.answers import Application, ClientKey, ClientSecret, ServicePrincipal

Workload = Application | ServicePrincipal
_OURS_ALONE = "AzureADMyOrg"
_SIGNS = "it signs SAML tokens; whether it lets anybody in as well isn't documented"
_OPENS = "it opens a key that signs SAML tokens; whether it lets anybody in as well isn't documented"


@dataclass(frozen=True, slots=True)
class EntraAccess:
    """How a credential stands, and why."""

    standing: Standing
    reason: str
    can_reactivate: bool = False


def access_by(each: ClientSecret, barred: EntraAccess | None, doubt: str, as_of: datetime) -> EntraAccess:
    """By a secret or certificate. `barred`: what keeps all of them out; `doubt`: why it may be none."""
    if each.end_date_time and each.end_date_time <= as_of:
        return EntraAccess(Standing.DEAD, f"expired on {each.end_date_time:%Y-%m-%d}")
    if barred:
        return barred
    if each.start_date_time and each.start_date_time > as_of:
        return EntraAccess(Standing.UNKNOWN, f"it holds from {each.start_date_time:%Y-%m-%d} on")
    return EntraAccess(Standing.UNKNOWN, doubt) if doubt else EntraAccess(Standing.WORKS, "not expired")


def federated_access(barred: EntraAccess | None) -> EntraAccess:
    """By a federated credential, which never ends."""
    return barred or EntraAccess(Standing.WORKS, "tokens of another issuer let it in")


def access_of(
    workload: Workload, barred: EntraAccess | None, as_of: datetime, *, is_federated: bool | None
) -> EntraAccess:
    """By whatever it holds that is the most alive. `is_federated`: None where nobody tells."""
    found = [access_by(each, barred, doubt, as_of) for each, doubt in credentials_of(workload)]
    found += [federated_access(barred)] if is_federated else []
    found += [EntraAccess(Standing.UNKNOWN, "its federated credentials aren't told")] if is_federated is None else []
    found += [] if is_shown(workload) else [EntraAccess(Standing.UNKNOWN, "its secrets and certificates aren't told")]
    for standing in (Standing.WORKS, Standing.UNKNOWN):
        if open_one := next((each for each in found if each.standing is standing), None):
            return EntraAccess(standing, f"by one of what it holds: {open_one.reason}")
    off = barred if barred and barred.standing is Standing.DEAD else None
    return off or EntraAccess(Standing.DEAD, "nothing that it holds lets anybody in")


def is_shown(workload: Workload) -> bool:
    """Whether its lists are there: an empty one is."""
    return workload.password_credentials is not None and workload.key_credentials is not None


def credentials_of(workload: Workload) -> Iterator[tuple[ClientSecret, str]]:
    """Yield what may let it in, and why that isn't sure; "" where it is.

    A certificate that signs SAML tokens stands there twice: its private half with Entra ID, whose passphrase stands
    among the secrets by the same id, and its public half. Who has it made elsewhere knows all of them.
    https://learn.microsoft.com/en-us/graph/application-saml-sso-configure-api
    """
    keys: tuple[ClientKey, ...] = workload.key_credentials or ()
    signing = [each for each in keys if each.usage == "Sign"]
    halves, phrases = {each.custom_key_identifier for each in signing}, {each.key_id for each in signing}
    for secret in workload.password_credentials or ():
        yield secret, _OPENS if secret.key_id in phrases else ""
    for key in keys:
        if key.usage not in {"Sign", "Encrypt"}:
            signs = bool(key.custom_key_identifier) and key.custom_key_identifier in halves
            yield key, _SIGNS if signs else "" if key.usage == "Verify" else "what it's for isn't told"


def holds_some(principal: ServicePrincipal) -> bool:
    """Azure keeps a managed identity's certificate to itself, and renews it."""
    is_ours = principal.service_principal_type != "ManagedIdentity"
    return is_ours and (not is_shown(principal) or any(True for _ in credentials_of(principal)))


def application_barred(application: Application, principal: ServicePrincipal | None) -> EntraAccess | None:
    """What keeps all of it from letting anybody into this tenant; None where nothing does."""
    if principal is None:
        return EntraAccess(
            Standing.UNKNOWN, "it has no service principal in this tenant, and whoever makes one lets it in"
        )
    if application.sign_in_audience != _OURS_ALONE and principal.account_enabled is False:
        return EntraAccess(Standing.UNKNOWN, "switched off in this tenant; another may let it in")
    return principal_barred(principal)


def principal_barred(principal: ServicePrincipal) -> EntraAccess | None:
    """The same, of a service principal."""
    if principal.account_enabled is None:
        return EntraAccess(Standing.UNKNOWN, "accountEnabled of its service principal isn't told")
    off = EntraAccess(Standing.DEAD, "its service principal is switched off", can_reactivate=True)
    return None if principal.account_enabled else off
