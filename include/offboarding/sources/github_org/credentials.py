"""What lets a member in beside the browser: personal access tokens, and SSH keys.

https://docs.github.com/en/rest/orgs/personal-access-tokens
https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#list-saml-sso-authorizations-for-an-organization
https://docs.github.com/en/rest/users/keys
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import quote

from offboarding.model import Account, Credential, Fact, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError
from offboarding.net.sshkeys.lines import fingerprint_of_key
from offboarding.sources._http.rows import UnreadRows, as_far_as_read
from offboarding.sources.github_org.answers import CredentialAuthorization, FineGrainedToken, PublicKey
from offboarding.sources.github_org.people import GithubOrganization, GithubProduct

TOKEN, SSH_KEY = SubjectKind.SERVICE_CREDENTIAL, SubjectKind.SSH_KEY
FINE_GRAINED, AUTHORIZED = "token/", "authorization/"
"""How the native id of a token begins, by where it's listed."""


class FineGrainedTokens:
    """Those that the organization approved, of some people; listed once, and only by an App."""

    def __init__(self, organization: GithubOrganization, owners: frozenset[int]) -> None:
        self.unread = UnreadRows()
        self._of: dict[int, list[FineGrainedToken]] = {}
        rest, called = organization.rest, "orgs/ORG/personal-access-tokens"
        if rest.installation is None or not owners:
            return
        path = f"{organization.path}/personal-access-tokens"
        try:
            for token in rest.rows(path, "detail", called, FineGrainedToken, self.unread):
                if token.owner.id in owners:
                    self._of.setdefault(token.owner.id, []).append(token)
        except NotAnsweredError as missing:
            self.unread.sentences.append(str(missing))

    def of(self, owner: int) -> list[FineGrainedToken]:
        """Somebody's."""
        return self._of.get(owner, [])


def credentials(
    organization: GithubOrganization, account: Account, tokens: FineGrainedTokens, as_of: datetime
) -> Iterator[Fact]:
    """Yield somebody's tokens and SSH keys, and for each kind how far it was read; what was read is told in any case.

    Outside collaborators pass no single sign-on, and nothing of a suspended user's works. Nothing is said of a kind
    that can't be told whole: of tokens where no App asks.
    """

    def as_told(found: Iterator[Credential]) -> Iterator[Credential]:
        for each in found:
            reason = "GitHub: the user is suspended"
            off = replace(each, standing=Standing.DEAD, standing_reason=reason, can_reactivate=True)
            unsure = replace(each, standing=Standing.UNKNOWN, standing_reason=account.standing_reason)
            by_user = {Standing.DEAD: off, Standing.UNKNOWN: unsure}
            yield each if each.standing is Standing.DEAD else by_user.get(account.standing, each)

    unread, authorized = UnreadRows(), dict[int, CredentialAuthorization]()
    try:
        authorized.update((each.credential_id, each) for each in _authorized(organization, account.login, unread))
    except FatalError as missing:
        unread.sentences.append(str(missing))
    yield from as_told(_tokens(account, tokens, authorized, as_of))
    if organization.rest.installation is not None:
        error = tokens.unread.told or unread.told
        left_out = () if organization.settings.saml else (AUTHORIZED,)
        yield ScopeRead(realm=account.realm, scope=account.native_id, kinds=(TOKEN,), left_out=left_out, error=error)
    keys = ScopeRead(realm=account.realm, scope=account.native_id, kinds=(SSH_KEY,))
    yield from as_far_as_read(keys, as_told(_ssh_keys(organization, account, authorized, unread)), unread)


def _authorized(organization: GithubOrganization, login: str, unread: UnreadRows) -> Iterator[CredentialAuthorization]:
    if not organization.settings.saml:
        return
    rest, path = organization.rest, f"{organization.path}/credential-authorizations"
    called = "orgs/ORG/credential-authorizations"
    for each in rest.rows(path, "detail", called, CredentialAuthorization, unread, login=login):
        if each.login.lower() == login.lower():
            yield each


def _tokens(
    account: Account,
    tokens: FineGrainedTokens,
    authorized: Mapping[int, CredentialAuthorization],
    as_of: datetime,
) -> Iterator[Credential]:
    listed = tokens.of(int(account.native_id))
    for token in listed:
        ended = token.token_expired or bool(token.token_expires_at and token.token_expires_at <= as_of)
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=TOKEN,
            native_id=f"{FINE_GRAINED}{token.token_id}",
            label=f"fine-grained token {token.token_id} ({token.token_name})",
            standing=Standing.DEAD if ended else Standing.WORKS,
            standing_reason="GitHub: expired" if ended else "GitHub: approved, and not expired",
            created_at=token.access_granted_at,
            last_used_at=token.token_last_used_at,
            expires_at=token.token_expires_at,
        )
    known = {token.token_id for token in listed}
    for each in authorized.values():
        if not _is_ssh(each) and each.authorized_credential_id not in known:
            ends = each.authorized_credential_expires_at
            ended = bool(ends and ends <= as_of)
            note = f" ({each.authorized_credential_note})" if each.authorized_credential_note else ""
            yield Credential(
                realm=account.realm,
                account_native_id=account.native_id,
                kind=TOKEN,
                native_id=f"{AUTHORIZED}{each.credential_id}",
                label=f"{each.credential_type} {each.credential_id}{note}",
                standing=Standing.DEAD if ended else Standing.WORKS,
                standing_reason="GitHub: expired" if ended else "GitHub: authorized for single sign-on",
                created_at=each.credential_authorized_at,
                last_used_at=each.credential_accessed_at,
                expires_at=ends,
            )


def _ssh_keys(
    organization: GithubOrganization,
    account: Account,
    authorized: Mapping[int, CredentialAuthorization],
    unread: UnreadRows,
) -> Iterator[Credential]:
    """Yield the keys that GitHub shows of a user, and those authorized here. With single sign-on a key that nobody
    authorized gets in only where that isn't enforced, which can't be told.
    """
    rest, path = organization.rest, f"users/{quote(account.login, safe='')}/keys"
    signs_on = organization.settings.saml and account.product != GithubProduct.COLLABORATOR
    ours = [each for each in authorized.values() if _is_ssh(each)]
    by_key = {each.authorized_credential_id: each for each in ours}
    shown_too = set[int]()
    for key in rest.rows(path, "detail", "users/LOGIN/keys", PublicKey, unread):
        own = by_key.get(key.id)
        shown_too |= {own.credential_id} if own else set()
        works, reason = Standing.WORKS, "GitHub: listed"
        if signs_on:
            works = Standing.WORKS if own else Standing.UNKNOWN
            reason += "; authorized for single sign-on" if own else "; not authorized for single sign-on"
        fingerprint, shown = fingerprint_of_key(key.key)
        used = [at for at in (key.last_used, own and own.credential_accessed_at) if at]
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=SSH_KEY,
            native_id=str(key.id),
            label=f"{shown} (key {key.id})",
            standing=works,
            standing_reason=reason,
            fingerprint=fingerprint,
            created_at=key.created_at,
            last_used_at=max(used, default=None),
        )
    for own in (each for each in ours if each.credential_id not in shown_too):
        yield Credential(
            realm=account.realm,
            account_native_id=account.native_id,
            kind=SSH_KEY,
            native_id=str(own.authorized_credential_id or f"{AUTHORIZED}{own.credential_id}"),
            label=f"SSH key {own.authorized_credential_title or own.credential_id}",
            standing=Standing.WORKS,
            standing_reason="GitHub: authorized for single sign-on",
            created_at=own.credential_authorized_at,
            last_used_at=own.credential_accessed_at,
        )


def _is_ssh(each: CredentialAuthorization) -> bool:
    return "ssh" in each.credential_type.lower()
