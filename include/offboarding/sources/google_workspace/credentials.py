"""What stands for a user without their password: grants that apps have, app passwords, and SSH keys of OS Login.

https://developers.google.com/workspace/admin/directory/reference/rest/v1/tokens, .../asps
https://docs.cloud.google.com/compute/docs/oslogin
"""

from collections.abc import Iterator
from datetime import datetime

from offboarding.model import Account, Credential, Fact, ScopeRead, Standing, SubjectKind, first_few
from offboarding.model.days import epoch_moment
from offboarding.net.service.api import NotAnsweredError
from offboarding.net.sshkeys.lines import fingerprint_of_key
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.google_workspace.answers import AppPassword, GoogleUser, OauthGrant, OsLoginKey
from offboarding.sources.google_workspace.directory import GoogleDirectory, user_path

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
GRANT, APP_PASSWORD = "token/", "app-password/"
"""How the native id of each begins."""
WHO_IT_IS = frozenset(
    {
        "openid",
        "email",
        "profile",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
    }
)
"""Scopes by which somebody signs in elsewhere with Google: such a grant reads nothing here."""
_MOST_SCOPES = 5


def credentials(directory: GoogleDirectory, user: GoogleUser, account: Account, *, tokens: bool) -> Iterator[Fact]:
    """Yield what stands for somebody, and for each kind how far it was read; what was read is told in any case.

    Of tokens nothing is said to be whole where they aren't looked at, or belong to somebody who can't sign in: Google
    may refuse those, and an empty list of theirs isn't none.
    """
    unread = UnreadRows()
    keys = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(SSH_KEY,))
    yield from as_far_as_read(keys, _ssh_keys(directory, user, account, unread), unread)
    if not tokens or user.deletion_time:
        return
    unread = UnreadRows()
    scope = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(TOKEN,))
    for fact in as_far_as_read(scope, _tokens(directory, account, unread), unread):
        if account.standing is Standing.WORKS or fact != scope:
            yield fact


def _tokens(directory: GoogleDirectory, account: Account, unread: UnreadRows) -> Iterator[Credential]:
    for listed in (_grants, _app_passwords):
        try:
            yield from listed(directory, account, unread)
        except NotAnsweredError as refused:
            if refused.status != 401 or account.standing is Standing.WORKS:
                raise


def _grants(directory: GoogleDirectory, account: Account, unread: UnreadRows) -> Iterator[Credential]:
    path, fields = f"{user_path(account.native_id)}/tokens", "clientId,displayText,scopes"
    standing, reason = _of_user(account)
    for grant in directory.api.of_user(path, fields, OauthGrant, unread):
        reach = {scope for scope in grant.scopes or ("scopes that aren't told",) if scope not in WHO_IT_IS}
        if not reach:
            continue
        named = sorted(scope.removeprefix("https://www.googleapis.com/auth/") for scope in reach)
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=TOKEN,
            native_id=f"{GRANT}{grant.client_id}",
            label=f"OAuth grant to {grant.display_text or 'an app'} ({grant.client_id})",
            standing=standing,
            standing_reason=f"Google: {reason}; it may {first_few(named, _MOST_SCOPES)}",
        )


def _app_passwords(directory: GoogleDirectory, account: Account, unread: UnreadRows) -> Iterator[Credential]:
    path, fields = f"{user_path(account.native_id)}/asps", "codeId,name,creationTime,lastTimeUsed"
    standing, reason = _of_user(account)
    for each in directory.api.of_user(path, fields, AppPassword, unread):
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=TOKEN,
            native_id=f"{APP_PASSWORD}{each.code_id}",
            label=f"app password {each.code_id}" + (f" ({each.name})" if each.name else ""),
            standing=standing,
            standing_reason=f"Google: {reason}",
            created_at=_moment(each.creation_time),
            last_used_at=_moment(each.last_time_used),
        )


def _ssh_keys(
    directory: GoogleDirectory, user: GoogleUser, account: Account, unread: UnreadRows
) -> Iterator[Credential]:
    found, what = dict[str, Credential](), f"{directory.api.where}: sshPublicKeys"
    for key in unread.rows(what, OsLoginKey, user.ssh_public_keys or ()):
        fingerprint, shown = fingerprint_of_key(key.key, options=True)
        if not fingerprint:
            unread.sentences.append(f"{what}: one is no SSH public key. See it in the user, and take it off")
            continue
        # In microseconds. What no calendar has lies after the year 9999, and hasn't ended.
        microseconds = key.expiration_time_usec or 0
        ends = _moment(microseconds // 1_000_000)
        standing, reason = _of_user(account)
        if user.deletion_time:
            standing, reason = Standing.DEAD, "the user is deleted"
        elif ends and ends <= directory.context.as_of:
            standing, reason = Standing.DEAD, "expired"
        elif microseconds < 0:
            standing, reason = Standing.UNKNOWN, "listed; its expiration is no moment after 1970"
        found[fingerprint] = Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=SSH_KEY,
            native_id=fingerprint,
            label=shown,
            standing=standing,
            standing_reason=f"Google: {reason}, for machines that let people in by OS Login",
            can_reactivate=bool(user.deletion_time),
            fingerprint=fingerprint,
            expires_at=ends,
        )
    yield from found.values()


def _of_user(account: Account) -> tuple[Standing, str]:
    """What is listed, by how its user stands: what becomes of it once they can't sign in, Google doesn't say."""
    if account.standing is Standing.WORKS:
        return Standing.WORKS, "listed"
    return Standing.UNKNOWN, "listed; whether it works while its user can't sign in, Google doesn't say"


def _moment(number: int | None) -> datetime | None:
    """Return the moment that a number of seconds since 1970 names; None for none, and for one that no calendar has.

    Google documents Unix time. A program that writes thousandths there names a year beyond 9999, which is no moment.
    """
    return epoch_moment(number) if number and number > 0 else None
