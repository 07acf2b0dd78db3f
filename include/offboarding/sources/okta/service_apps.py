"""Service apps as accounts: OAuth clients that get in by themselves, by secrets and keys, with who answers for them.

They are nobody's, and outlive whoever made their secrets: docs/decisions/0194-whose-a-service-app-of-okta-is.md.
https://developer.okta.com/docs/api/openapi/okta-management/management/tag/Application/
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import quote

from offboarding.model import Account, Credential, Standing, SubjectKind
from offboarding.net.service.api import NotAnsweredError, Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.okta._api.client import PAGE_SIZE
from offboarding.sources.okta._api.roles import named, roles_at
from offboarding.sources.okta.answers import OktaApp
from offboarding.sources.okta.app_access import access_of, credentials_of
from offboarding.sources.okta.makers import AppMakers, profile_owners
from offboarding.sources.okta.org import OktaOrg
from offboarding.sources.okta.settings import OktaSettings

APP = "app/"
"""How the native id of one begins; a user's is an id alone."""
SERVICE_APP = "service app"
"""Which product it is, for remedies."""
_PATH = "api/v1/apps"


@dataclass(frozen=True, kw_only=True)
class ServiceApps:
    """The org's, as one read sees them."""

    org: OktaOrg
    settings: OktaSettings
    made: Callable[[], AppMakers]
    """Who made which, as far as the System Log knows: it's asked for the first app alone."""

    def every(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield each, whatever its status. Raises NotAnsweredError where apps or their makers aren't told."""
        seen = DiskIndex(self.org.api.where)
        # Without includeNonDeleted a list leaves out whatever was deactivated.
        asked = {"includeNonDeleted": "true", "limit": str(PAGE_SIZE)}
        for app in self.org.api.rows(_PATH, "inventory", _PATH, OktaApp, unread, **asked):
            if app.by_itself and seen.is_new(app.id):
                standing, reason = access_of(app, None)
                yield self._account(app, standing, reason, "inventory")

    def look_at(self, native_id: str, unread: UnreadRows) -> tuple[Account, list[Credential]] | None:
        """One as it is now, with what lets it in; None where it isn't there any more. Raises as `one`, and where that
        can't be told.
        """
        path, called = f"{_PATH}/{quote(native_id.removeprefix(APP), safe='')}", f"{_PATH}/ID"
        app = self.org.api.maybe(path, "detail", OktaApp, called)
        if app is None or app.status == "DELETED":
            if self.org.unproved:
                raise NotAnsweredError(self.org.unproved, status=404)
            return None
        held = list(credentials_of(self.org, app, native_id, unread, secrets=self.settings.client_secrets))
        standing, reason = access_of(app, held if self.settings.client_secrets else None)
        return self._account(app, standing, reason, "detail"), held

    @property
    def kinds(self) -> tuple[SubjectKind, ...]:
        """Of one that is looked at: without its secrets it's not known whether that was all."""
        account = (SubjectKind.ACCOUNT,)
        return (*account, SubjectKind.SERVICE_CREDENTIAL) if self.settings.client_secrets else account

    def _account(self, app: OktaApp, standing: Standing, reason: str, purpose: Purpose) -> Account:
        makers, org = self._made.of(app), self.org
        roles = self._roles(app, purpose)
        return Account(
            realm=org.realm,
            native_id=f"{APP}{app.id}",
            label=f"service app {app.label} ({app.client_id})",
            # A client id can be chosen, and then may read as somebody's login.
            login="",
            display_name=app.label,
            keys=(*(key for each in makers for key in each.keys), *profile_owners(app, self.settings.owner)),
            owner_labels=tuple(dict.fromkeys(each.login for each in makers if each.login)),
            created_at=app.created,
            created_by=makers[0].login if makers and makers[0].made_it else "",
            standing=standing,
            standing_reason=reason,
            product=SERVICE_APP,
            reached_by=org.reached_by,
            is_reader=bool(org.api.client_id) and app.client_id == org.api.client_id,
            has_own_login=False,
            service_like=True,
            privileged=None if roles is None else bool(roles),
            privileged_by=", ".join(roles or ()),
        )

    @cached_property
    def _made(self) -> AppMakers:
        with self.org.api.requests.of_all():
            return self.made()

    def _roles(self, app: OktaApp, purpose: Purpose) -> tuple[str, ...] | None:
        """Its admin roles; None where nobody tells. What it may by scopes of its own isn't looked at."""
        path = f"oauth2/v1/clients/{quote(app.client_id, safe='')}/roles"
        try:
            return named(roles_at(self.org.api, path, purpose, "oauth2/v1/clients/ID/roles"))
        except NotAnsweredError:
            return None
