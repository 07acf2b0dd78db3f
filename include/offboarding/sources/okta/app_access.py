"""By what a service app gets in: its secrets and keys, as they are by its status and its way of signing in.

https://developer.okta.com/docs/guides/client-secret-rotation-key/-/main
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApplicationSSOPublicKeys/
"""

from collections.abc import Iterator, Sequence
from urllib.parse import quote

from offboarding.model import Credential, Standing, SubjectKind
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta.answers import OktaApp, OktaClientKey, OktaClientSecret
from offboarding.sources.okta.org import OktaOrg

SECRET, KEY, KEYS_ELSEWHERE = "client-secret/", "client-key/", "jwks-uri"
"""How the native id of each begins."""
BY_KEY = "private_key_jwt"
"""How an app signs in that shows by a key who it is; any other way takes its secret."""
Access = tuple[Standing, str]


def access_of(app: OktaApp, held: Sequence[Credential] | None) -> Access:
    """Whether the app gets in, and why. `held`: what may let it in; None where that wasn't looked at."""
    if (barred := _barred(app)) is not None:
        return barred
    if held is None:
        return Standing.WORKS, "Okta: ACTIVE; by what it gets in isn't looked at here"
    for standing in (Standing.WORKS, Standing.UNKNOWN):
        if any(each.standing is standing for each in held):
            return standing, "Okta: ACTIVE, by one of what it holds"
    return Standing.DEAD, "Okta: ACTIVE, and nothing that it holds lets anybody in"


def credentials_of(
    org: OktaOrg, app: OktaApp, account: str, unread: UnreadRows, *, secrets: bool
) -> Iterator[Credential]:
    """Yield what may let it in; of secrets ids, statuses and dates alone. Raises NotAnsweredError."""
    path, called = f"api/v1/apps/{quote(app.id, safe='')}/credentials", "api/v1/apps/ID/credentials"
    if secrets:
        below, named = f"{path}/secrets", f"{called}/secrets"
        for each in org.api.rows(below, "detail", named, OktaClientSecret, unread):
            access = _access(app, each, by_key=False)
            yield _credential(org, account, f"{SECRET}{each.id}", f"client secret {each.id}", access, each)
    for key in org.api.rows(f"{path}/jwks", "detail", f"{called}/jwks", OktaClientKey, unread):
        if key.use != "enc":  # by those Okta encrypts, and nobody gets in
            access = _access(app, key, by_key=True)
            yield _credential(org, account, f"{KEY}{key.id}", f"key {key.kid or key.id}", access, key)
    client = app.settings.oauthClient if app.settings else None
    if client and client.jwks_uri:
        access = _barred(app) or (Standing.WORKS, f"Okta: any key that is published at {client.jwks_uri}")
        yield _credential(org, account, KEYS_ELSEWHERE, f"keys at {client.jwks_uri}", access, None)


def _access(app: OktaApp, each: OktaClientSecret, *, by_key: bool) -> Access:
    if (barred := _barred(app)) is not None:
        return barred
    if each.status == "INACTIVE":
        return Standing.DEAD, "Okta: INACTIVE, until somebody activates it"
    if each.status != "ACTIVE":
        return Standing.UNKNOWN, f"Okta: {each.status or 'no status'}, which isn't known here"
    client = app.credentials.oauthClient if app.credentials else None
    way = (client.token_endpoint_auth_method if client else None) or "a way that isn't told"
    if (way == BY_KEY) is by_key:
        return Standing.WORKS, "Okta: ACTIVE"
    return Standing.UNKNOWN, f"Okta: ACTIVE; the app signs in by {way}, and whether this lets it in isn't documented"


def _barred(app: OktaApp) -> Access | None:
    """What keeps all of it out, or whether that is so."""
    if app.status == "ACTIVE":
        return None
    if app.status == "INACTIVE":
        return Standing.DEAD, "Okta: the app is INACTIVE, until somebody activates it"
    return Standing.UNKNOWN, f"Okta: the app is {app.status}, a status that isn't known here"


def _credential(
    org: OktaOrg, account: str, native_id: str, label: str, access: Access, held: OktaClientSecret | None
) -> Credential:
    return Credential(
        realm=org.realm,
        account_native_id=account,
        kind=SubjectKind.SERVICE_CREDENTIAL,
        native_id=native_id,
        label=label,
        standing=access[0],
        standing_reason=access[1],
        can_reactivate=access[0] is Standing.DEAD,
        created_at=held.created if held else None,
    )
