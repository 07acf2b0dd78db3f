"""What stands for a user without their password: access tokens, and SSH keys.

https://docs.gitlab.com/user/profile/personal_access_tokens/, https://docs.gitlab.com/api/user_keys/
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Account, Credential, Fact, ScopeRead, Standing, SubjectKind
from offboarding.net.sshkeys.lines import fingerprint_of_key
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.gitlab_users.answers import AccessToken, UserKey
from offboarding.sources.gitlab_users.group import GitlabGroup
from offboarding.sources.gitlab_users.instance import IMPERSONATION, GitlabInstance
from offboarding.sources.gitlab_users.people import DEACTIVATED, GitlabProduct

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
SIGNING = "signing"
"""Of a key that says who made a commit, and lets nobody in."""


def credentials(place: GitlabInstance | GitlabGroup, account: Account, state: str, as_of: datetime) -> Iterator[Fact]:
    """Yield somebody's tokens and SSH keys, and for each kind how far it was read; what was read is told in any case.

    Nothing is said of tokens where they aren't listed.
    """
    unread = UnreadRows()
    listed = place.tokens_of(account, unread)
    if listed is not None:
        scope = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(TOKEN,))
        found = (
            _access_token(account, state, begins, token)
            for begins, token in listed
            if token.user_id == int(account.native_id)  # a list that isn't asked for them alone may hold others'
        )
        yield from as_far_as_read(scope, found, unread)
    unread = UnreadRows()
    scope = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(SSH_KEY,))
    yield from as_far_as_read(scope, _ssh_keys(place, account, state, unread, as_of), unread)


def _access_token(account: Account, state: str, begins: str, token: AccessToken) -> Credential:
    """GitLab says of each whether it was revoked or has expired, and not that its user is blocked."""
    what = "personal access token"
    if begins == IMPERSONATION:
        what = "impersonation token"
    elif account.product == GitlabProduct.BOT:
        what = "access token"
    standing, reason = _of_user(account, state)
    if not token.active:
        standing, reason = Standing.DEAD, "revoked" if token.revoked else "expired"
    return Credential(
        realm=account.realm,
        account_native_id=account.native_id,
        kind=TOKEN,
        native_id=f"{begins}{token.id}",
        label=f"{what} {token.id} ({token.name})",
        standing=standing,
        standing_reason=f"GitLab: {reason}; scopes {', '.join(token.scopes) or '?'}",
        can_reactivate=token.active and standing is Standing.DEAD,
        created_at=token.created_at,
        last_used_at=token.last_used_at,
        expires_at=token.expires_at,
    )


def _ssh_keys(
    place: GitlabInstance | GitlabGroup, account: Account, state: str, unread: UnreadRows, as_of: datetime
) -> Iterator[Credential]:
    path = f"users/{account.native_id}/keys"
    for key in place.rest.settled(path, "detail", UserKey, unread, called="users/ID/keys"):
        if key.usage_type == SIGNING:
            continue
        expired = bool(key.expires_at and key.expires_at <= as_of)
        standing, reason = (Standing.DEAD, "expired") if expired else _of_user(account, state)
        fingerprint, shown = fingerprint_of_key(key.key)
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=SSH_KEY,
            native_id=str(key.id),
            label=f"{shown} (key {key.id}, {key.title})",
            standing=standing,
            standing_reason=f"GitLab: {reason}",
            can_reactivate=not expired and standing is Standing.DEAD,
            fingerprint=fingerprint,
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
        )


def _of_user(account: Account, state: str) -> tuple[Standing, str]:
    """What is listed, by how its user stands: it's refused while they're blocked, and taken again once they aren't."""
    if account.standing is Standing.DEAD:
        return Standing.DEAD, f"listed, and refused while its user is {state}"
    if account.standing is Standing.UNKNOWN:
        return Standing.UNKNOWN, "listed; whether its user gets in isn't known"
    if state == DEACTIVATED:
        return Standing.WORKS, "listed, and refused until its user, who is deactivated, signs in"
    return Standing.WORKS, "listed, and not expired"
