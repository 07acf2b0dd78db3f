"""What stands for a user without their password: API tokens of the org, and refresh tokens that apps hold.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/ApiToken/
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/UserOAuth/
"""

import re
from collections.abc import Collection, Iterator
from datetime import datetime, timedelta
from urllib.parse import quote

from offboarding.model import Credential, Fact, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.okta._api.client import PAGE, PAGE_SIZE
from offboarding.sources.okta.answers import OktaApiToken, OktaClient, OktaRefreshToken, OktaUser
from offboarding.sources.okta.org import DEPROVISIONED, OktaOrg, standing_of

TOKEN = SubjectKind.SERVICE_CREDENTIAL
REFRESH = "refresh/"
"""How the native id of a refresh token begins; its app's stands between."""
OF_PEOPLE = "Okta API"
"""What Okta calls the client of a token that somebody made; any other is an agent's."""
USUAL_WINDOW = timedelta(days=30)
"""https://support.okta.com/help/s/article/How-an-API-Token-is-expired-and-get-deactivated"""
_DURATION = re.compile(
    r"P(?!$)((?P<weeks>\d{1,4})W)?((?P<days>\d{1,4})D)?"
    r"(T(?=\d)((?P<hours>\d{1,6})H)?((?P<minutes>\d{1,6})M)?((?P<seconds>\d{1,9})S)?)?"
)
"""Of ISO 8601, without years and months, which are no length."""
AT_ONCE = timedelta(minutes=1)
"""After it was made, its end is no use of it."""


class OktaApiTokens:
    """Those of some people, of the org's one list; asked for once."""

    def __init__(self, org: OktaOrg, owners: Collection[str]) -> None:
        self.unread = UnreadRows()
        self._of: dict[str, list[OktaApiToken]] = {}
        called, others = "api/v1/api-tokens", False
        try:
            for token in org.api.rows(called, "detail", called, OktaApiToken, self.unread):
                others = others or token.userId != org.reader
                if token.userId in owners:
                    self._of.setdefault(token.userId, []).append(token)
        except FatalError as missing:
            self.unread.sentences.append(str(missing))
        if not self.unread.told and not org.sees_tokens and not others:
            self.unread.sentences.append(
                f"{org.api.where}: {called}: nobody else's API token is in the list, which may be all that the reader"
                f" sees. Say sees_all where its role shows all of them. See {PAGE}"
            )

    def of(self, user: str) -> list[OktaApiToken]:
        """Somebody's."""
        return self._of.get(user, [])


def credentials(org: OktaOrg, user: OktaUser, tokens: OktaApiTokens, as_of: datetime) -> Iterator[Fact]:
    """Yield somebody's tokens, and how far they were read; what was read is told in any case."""
    unread = UnreadRows(sentences=list(tokens.unread.sentences))
    yield from (_api_token(org, user, token, as_of) for token in tokens.of(user.id))
    scope = ScopeRead(realm=org.realm, scope=user.id, kinds=(TOKEN,))
    yield from as_far_as_read(scope, _refresh_tokens(org, user, unread, as_of), unread)


def _api_token(org: OktaOrg, user: OktaUser, token: OktaApiToken, as_of: datetime) -> Credential:
    """It ends unused for 30 days, revoked, or with its user's deactivation: by no lock, and by no new password."""
    standing, reason = _of_user(user, ended=Standing.DEAD)
    if token.expiresAt and token.expiresAt <= as_of:
        standing, reason = Standing.DEAD, "expired"
    agent = f" of {token.clientName}" if token.clientName and token.clientName != OF_PEOPLE else ""
    return Credential(
        realm=org.realm,
        account_native_id=user.id,
        kind=TOKEN,
        native_id=token.id,
        label=f"API token {token.id}{agent} ({token.name})",
        standing=standing,
        standing_reason=f"Okta: {reason}",
        created_at=token.created,
        last_used_at=_last_use(token),
        expires_at=token.expiresAt,
    )


def _last_use(token: OktaApiToken) -> datetime | None:
    """When its end was moved last, which each call does; None where it never was, or nobody tells by how much."""
    window = _window(token)
    if token.expiresAt is None or window is None:
        return None
    used = token.expiresAt - window
    return used if token.created is None or used - token.created > AT_ONCE else None


def _window(token: OktaApiToken) -> timedelta | None:
    if token.tokenWindow is None:
        return USUAL_WINDOW if token.clientName == OF_PEOPLE else None
    found = _DURATION.fullmatch(token.tokenWindow)
    return timedelta(**{unit: int(text or 0) for unit, text in found.groupdict().items()}) if found else None


def _refresh_tokens(org: OktaOrg, user: OktaUser, unread: UnreadRows, as_of: datetime) -> Iterator[Credential]:
    path, called = f"api/v1/users/{quote(user.id, safe='')}/clients", "api/v1/users/ID/clients"
    try:
        clients = list(org.api.rows(path, "detail", called, OktaClient, unread))
    except NotAnsweredError as missing:
        if missing.status == 404 and user.status == DEPROVISIONED:
            return  # the user was there a moment ago, with nothing below
        raise
    for client in clients:
        below, size = f"{path}/{quote(client.client_id, safe='')}/tokens", str(PAGE_SIZE)
        for token in org.api.rows(below, "detail", f"{called}/ID/tokens", OktaRefreshToken, unread, limit=size):
            standing, reason = _of_user(user, ended=Standing.UNKNOWN)
            if token.status == "REVOKED" or (token.expiresAt and token.expiresAt <= as_of):
                standing, reason = Standing.DEAD, "revoked" if token.status == "REVOKED" else "expired"
            elif token.status != "ACTIVE":
                standing, reason = Standing.UNKNOWN, f"{token.status}, a status that isn't known here"
            yield Credential(
                realm=org.realm,
                account_native_id=user.id,
                kind=TOKEN,
                native_id=f"{REFRESH}{client.client_id}/{token.id}",
                label=f"refresh token {token.id} of {client.client_name or client.client_id}",
                standing=standing,
                standing_reason=f"Okta: {reason}",
                created_at=token.created,
                expires_at=token.expiresAt,
            )


def _of_user(user: OktaUser, *, ended: Standing) -> tuple[Standing, str]:
    """What a listed token is by its user's status. `ended`: of one whose user was deactivated.

    Okta says what deactivation does to API tokens, and of no other status; of refresh tokens it says nothing.
    """
    standing, _ = standing_of(user)
    if user.status == DEPROVISIONED and not user.transitioningToStatus:
        return ended, "listed, and its user is deactivated"
    if standing is Standing.WORKS:
        return standing, "listed, and not expired"
    return Standing.UNKNOWN, f"listed; whether it works while its user is {user.status}, Okta doesn't say"
