"""Users: how they stand, and who they are elsewhere.

https://docs.gitlab.com/administration/moderate_users/, and what GitLab's app/policies/global_policy.rb takes from whom
"""

import re
from collections.abc import Iterable, Iterator
from enum import StrEnum
from uuid import UUID

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.sources.gitlab_users.answers import GitlabIdentity

DEACTIVATED = "deactivated"
OWNER = 50
"""The level of an owner's role."""
_ROLES = {5: "Minimal access", 10: "Guest", 15: "Planner", 20: "Reporter", 30: "Developer", 40: "Maintainer"}
_BLOCKED = {
    "blocked": "until somebody unblocks them",
    "banned": "until somebody unbans them",
    "ldap_blocked": "until the directory, or somebody, lets them in again",
    "blocked_pending_approval": "until somebody approves them",
}
_LOGIN_OF_DN = re.compile(r"uid=((?:[^,+\\]|\\.)+)", re.IGNORECASE)
"""Of a directory's name of somebody: its first part, where that is their login there."""


class GitlabProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    USER = "user"
    MEMBER = "member"
    BOT = "bot"
    INVITATION = "invitation"
    DEPLOY_TOKEN = "deploy token"
    DEPLOY_KEY = "deploy key"
    TRIGGER = "pipeline trigger"


def standing_of(state: str, *, bot: bool, locked: bool = False) -> tuple[Standing, str]:
    """Whether somebody gets in, and why. A bot can't sign in, and so can't wake itself."""
    if state == "active":
        return Standing.WORKS, "active" + ("; locked for now, for failed sign-ins" if locked else "")
    if state == DEACTIVATED and bot:
        return Standing.DEAD, "deactivated, until somebody activates it"
    if state == DEACTIVATED:
        return Standing.WORKS, "deactivated, which they end themselves by signing in"
    if state in _BLOCKED:
        return Standing.DEAD, f"{state}, {_BLOCKED[state]}"
    return Standing.UNKNOWN, f"{state}, a state that isn't known here"


def role_of(level: int) -> str:
    """As people call it."""
    return "Owner" if level == OWNER else _ROLES.get(level, f"access level {level}")


def login_key(login: str, name: str = "username") -> AccountKey:
    """That somebody is called so here."""
    return _key(IdentityKeyKind.LOGIN, login, name)


def mail_key(mail: str) -> AccountKey:
    """That this is their mail here."""
    return _key(IdentityKeyKind.MAIL, mail, "email")


def owner_key(username: str, name: str) -> AccountKey:
    """That somebody made, or owns, what is nobody."""
    return AccountKey(kind=IdentityKeyKind.LOGIN, value=username, origin=IdentityKeyOrigin.OWNER, name=name)


def identity_keys(identities: Iterable[GitlabIdentity | None]) -> Iterator[AccountKey]:
    """Who somebody is where they come from, as far as its form says what it is: a mail, an id, a directory's name."""
    seen = set[tuple[IdentityKeyKind, str]]()
    for each in identities:
        text = (each.extern_uid or "").strip() if each else ""
        if each is None or not text:
            continue
        kind, value = IdentityKeyKind.MAIL, text
        if found := _LOGIN_OF_DN.match(text):
            kind, value = IdentityKeyKind.LOGIN, re.sub(r"\\(.)", r"\1", found[1])
        elif _is_uuid(text):
            kind = IdentityKeyKind.DIRECTORY_ID
        elif "@" not in text or "=" in text or "://" in text:
            continue
        if (kind, value.casefold()) not in seen:
            seen.add((kind, value.casefold()))
            yield _key(kind, value, f"identity {each.provider or 'scim'}")


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def _key(kind: IdentityKeyKind, value: str, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
