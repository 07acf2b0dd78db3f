"""The org: who is in it, who asks, and whether whoever asks sees all of it.

https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/
https://help.okta.com/oie/en-us/content/topics/security/administrators-admin-comparison.htm
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from urllib.parse import quote

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.answers import OktaRole
from offboarding.sources.okta._api.client import PAGE, PAGE_SIZE, OktaApi
from offboarding.sources.okta._api.roles import SUPER_ADMIN, Roles, assignees, named, roles_at
from offboarding.sources.okta.answers import OktaUser
from offboarding.sources.okta.settings import OktaSettings

EVERYBODY = 'lastUpdated gt "1970-01-01T00:00:00.000Z"'
"""A list without a filter leaves out who was deactivated, and one by `search` may be behind."""
DEPROVISIONED, SUSPENDED = "DEPROVISIONED", "SUSPENDED"
OWN = "OKTA"
"""Whose word lets a user in; else a directory's or another provider's, whose password it is then."""
_SEE_EVERY_USER = frozenset({SUPER_ADMIN, "ORG_ADMIN", "READ_ONLY_ADMIN"})
"""Standard roles that can't be held to some groups."""
_STANDINGS: Mapping[str, tuple[Standing, str]] = {
    "ACTIVE": (Standing.WORKS, ""),
    "PROVISIONED": (Standing.WORKS, ", so that they may set a password and come in"),
    "RECOVERY": (Standing.WORKS, ", which they end themselves"),
    "PASSWORD_EXPIRED": (Standing.WORKS, ", which they end themselves at the next sign-in"),
    "LOCKED_OUT": (Standing.WORKS, ", which they or time may end"),
    "STAGED": (Standing.DEAD, ", until somebody activates them"),
    SUSPENDED: (Standing.DEAD, ", until somebody unsuspends them"),
    DEPROVISIONED: (Standing.DEAD, ""),
}
"""https://developer.okta.com/docs/concepts/user-status/"""


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaOrg:
    """One org, as its reader sees it."""

    api: OktaApi
    realm: str
    reached_by: str
    reader: str
    """Whose API token asks, by id; "" where an app does."""
    sees_tokens: bool
    """Everybody's are listed for sure."""
    service_patterns: Sequence[str]
    """Workloads' logins, in small letters."""
    unproved: str
    """Why it may not see every user: then nobody who is missing is gone. "" where it does."""

    def everybody(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield each user once, whatever their status. Raises NotAnsweredError where they aren't told."""
        (admins, others), seen = self._admins(unread), DiskIndex(self.api.where)
        users = self.api.rows(
            "api/v1/users", "inventory", "api/v1/users", OktaUser, unread, filter=EVERYBODY, limit=str(PAGE_SIZE)
        )
        for user in users:
            if seen.is_new(user.id):
                yield self.account(user, admins.get(user.id, others))

    def look_at(self, native_id: str) -> tuple[Account, OktaUser] | None:
        """One as they are now; None where there's no such user. Raises as `one`, and where that can't be told."""
        called = "api/v1/users/ID"
        user = self.api.maybe(f"api/v1/users/{quote(native_id, safe='')}", "detail", OktaUser, called)
        if user is None or user.id != native_id:  # Okta takes a login, or what stands before its @, for an id, too
            if self.unproved:
                raise NotAnsweredError(self.unproved, status=404)
            return None
        return self.account(user, self._roles(user.id, "detail")), user

    def account(self, user: OktaUser, roles: Roles | None) -> Account:
        """As an account. `roles`: None where nobody tells."""
        standing, reason = standing_of(user)
        profile = user.profile
        mail = profile.email if (profile.email or "").casefold() != profile.login.casefold() else None
        keys = (
            (IdentityKeyKind.LOGIN, "login", profile.login),
            (IdentityKeyKind.MAIL, "email", mail),
            (IdentityKeyKind.NUMBER, "employeeNumber", profile.employeeNumber),
        )
        return Account(
            realm=self.realm,
            native_id=user.id,
            label=profile.login,
            login=profile.login,
            keys=tuple(
                AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name=name)
                for kind, name, value in keys
                if value
            ),
            created_at=user.created,
            standing=standing,
            standing_reason=reason,
            reached_by=self.reached_by,
            is_reader=user.id == self.reader,
            keeps_password=user.credentials is not None and user.credentials.provider.type == OWN,
            disabled_at=user.statusChanged if standing is Standing.DEAD else None,
            password_set_at=user.passwordChanged,
            service_like=self._is_workload(profile.login.lower()),
            privileged=None if roles is None else bool(roles),
            privileged_by=", ".join(roles or ()),
            last_used_at=user.lastLogin,
        )

    def _is_workload(self, login: str) -> bool:
        names = (login, login.partition("@")[0])
        return any(fnmatchcase(name, pattern) for name in names for pattern in self.service_patterns)

    def _admins(self, unread: UnreadRows) -> tuple[Mapping[str, Roles | None], Roles | None]:
        """What each has who is listed with an admin role, by id, and what anybody else has; None where nobody tells."""
        broken = UnreadRows()
        try:
            found = [*assignees(self.api, broken)]
        except NotAnsweredError:
            return {}, None
        unread.sentences.extend(broken.sentences)
        return {each: self._roles(each, "inventory") for each in found}, None if broken.told else ()

    def _roles(self, native_id: str, purpose: Purpose) -> Roles | None:
        path = f"api/v1/users/{quote(native_id, safe='')}/roles"
        try:
            return named(roles_at(self.api, path, purpose, "api/v1/users/ID/roles"))
        except NotAnsweredError:
            return None


def standing_of(user: OktaUser) -> tuple[Standing, str]:
    """Whether they can sign in, and why. What is on its way to another status isn't told until it's there."""
    if user.transitioningToStatus:
        return Standing.UNKNOWN, f"Okta: {user.status}, on its way to {user.transitioningToStatus}"
    standing, more = _STANDINGS.get(user.status, (Standing.UNKNOWN, ", a status that isn't known here"))
    return standing, f"Okta: {user.status}{more}"


def organization(api: OktaApi, settings: OktaSettings, service_patterns: Sequence[str] = ()) -> OktaOrg:
    """The org, with what is known of how much its reader sees. Raises FatalError where it isn't let in."""
    metadata = api.metadata()
    reader, roles, refused = "", list[OktaRole](), ""
    try:
        if api.client_id:
            path, called = f"oauth2/v1/clients/{quote(api.client_id, safe='')}/roles", "oauth2/v1/clients/ID/roles"
        else:
            reader = api.one("api/v1/users/me", "overhead", OktaUser, "api/v1/users/me").id
            path, called = f"api/v1/users/{quote(reader, safe='')}/roles", "api/v1/users/ID/roles"
        roles = [] if settings.sees_all else roles_at(api, path, "overhead", called)
    except NotAnsweredError as missing:
        refused = str(missing)
    types = {each.type for each in roles}
    unproved = "" if settings.sees_all or types & _SEE_EVERY_USER else refused or _limited(api, roles)
    return OktaOrg(
        api=api,
        realm=f"okta:{metadata.id}",
        reached_by=str(api.base).rstrip("/"),
        reader=reader,
        sees_tokens=settings.sees_all or SUPER_ADMIN in types,
        service_patterns=[pattern.lower() for pattern in service_patterns],
        unproved=f"{unproved}. Whoever is missing may only be unseen: say sees_all where its role shows it everybody"
        if unproved
        else "",
    )


def _limited(api: OktaApi, roles: list[OktaRole]) -> str:
    has = ", ".join(named(roles)) or "no admin role"
    return (
        f"{api.where}: the reader has {has}, which may be held to some users. Give it the role Read-only administrator."
        f" See {PAGE}"
    )
