"""The customer's directory: who is in it, who was deleted, who asks, and whether whoever asks sees all of it.

https://developers.google.com/workspace/admin/directory/reference/rest/v1/users
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cached_property
from urllib.parse import quote

from offboarding.interfaces import ReadContext
from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Standing
from offboarding.model.errors import FatalError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.google_workspace.answers import GoogleUser
from offboarding.sources.google_workspace.client import PAGE, DirectoryApi
from offboarding.sources.google_workspace.settings import GoogleWorkspaceSettings

RESTORABLE = timedelta(days=20)
"""https://support.google.com/a/answer/1397578"""
BY_ADMINISTRATOR = "ADMIN"
"""Any other suspension is Google's own, and some end by themselves."""
ORGANIZATION = "organization"
"""Of external ids: the Admin console calls it Employee ID."""
_NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""When somebody last signed in who never did."""


class GoogleProduct(StrEnum):
    """What an account is: how it's shut depends on it."""

    USER = "user"
    GUEST = "guest"
    DELETED = "deleted user"


@dataclass(frozen=True, kw_only=True)
class GoogleDirectory:
    """One customer's, as the administrator sees it in whose name it's read."""

    api: DirectoryApi
    realm: str
    reached_by: str
    reader: str
    """The administrator's id."""
    context: ReadContext
    unproved: str
    """Why not every user may be seen: then nobody who is missing is gone. "" where all are."""

    def everybody(self, unread: UnreadRows) -> Iterator[Account]:
        """Yield each user once, and then whoever can be restored.

        Raises NotAnsweredError where they aren't told, and where the administrator who asks isn't among them.
        """
        seen = DiskIndex(self.api.where)
        for user in self.api.users("inventory", unread):
            if seen.is_new(user.id):
                yield self.account(user)
        if self.reader not in seen:
            raise NotAnsweredError(
                f"{self.api.where}: users: the administrator in whose name they were asked for isn't among them, so"
                f" that nobody knows who else is missing. See {PAGE}",
                status=200,
            )
        for user in self.api.users("inventory", unread, deleted=True):
            if seen.is_new(user.id):
                yield self.account(user)

    def look_at(self, native_id: str) -> GoogleUser | None:
        """One as they are now, or as they were deleted; None where there's no such user.

        Raises as `ask`, and where that can't be told.
        """
        path = f"{user_path(native_id)}?projection=full&fields={self.api.one_user}"
        user = self.api.maybe(path, "detail", GoogleUser, "users/ID")
        if user and user.id == native_id:  # Google takes a mail, or an alias, for an id, too
            return user
        if native_id in self._deleted:
            return self._deleted[native_id]
        if self.unproved:
            raise NotAnsweredError(self.unproved, status=404)
        return None

    def account(self, user: GoogleUser) -> Account:
        """As an account."""
        standing, reason = standing_of(user)
        mail, last = user.primary_email, user.last_login_time
        rights = {"super administrator": user.is_admin, "delegated administrator": user.is_delegated_admin}
        roles = [name for name, held in rights.items() if held]
        return Account(
            realm=self.realm,
            native_id=user.id,
            # Whoever was deleted leaves the address to others.
            label=f"{mail} (deleted)" if user.deletion_time else mail,
            login=mail,
            keys=(*_keys(user), *self._owner(user)),
            created_at=user.creation_time,
            standing=standing,
            standing_reason=f"Google: {reason}",
            product=product_of(user),
            disabled_at=user.deletion_time,
            reached_by=self.reached_by,
            is_reader=user.id == self.reader,
            service_like=self.context.is_workload(mail, mail.partition("@")[0]),
            privileged=bool(roles) if roles or None not in rights.values() else None,
            privileged_by=", ".join(roles),
            last_used_at=last if last and last > _NEVER else None,
            # Which sign-ins move it, and how soon, Google doesn't say.
            last_used_exact=False,
        )

    def _owner(self, user: GoogleUser) -> Iterator[AccountKey]:
        """Whose work mail lets them back in by account recovery: whose the user is it isn't, since users set it."""
        mail = user.recovery_email or ""
        if mail.rpartition("@")[2].casefold() in {each.casefold() for each in self.context.mail_domains}:
            yield _key(IdentityKeyKind.MAIL, mail, "recoveryEmail", IdentityKeyOrigin.OWNER)

    @cached_property
    def _deleted(self) -> Mapping[str, GoogleUser]:
        """Who can be restored, by id. Raises FatalError where one can't be read: it may be whoever is looked for."""
        unread = UnreadRows()
        with self.api.requests.of_all():
            found = {each.id: each for each in self.api.users("detail", unread, deleted=True)}
        if unread.told:
            raise FatalError(unread.told)
        return found


def standing_of(user: GoogleUser) -> tuple[Standing, str]:
    """Whether they can sign in, and why."""
    if user.deletion_time:
        until = user.deletion_time + RESTORABLE
        return Standing.DEAD, f"deleted on {user.deletion_time:%Y-%m-%d}, and can be restored until {until:%Y-%m-%d}"
    if user.archived:
        return Standing.DEAD, "archived, until somebody unarchives them"
    if user.suspended:
        if user.suspension_reason in {None, BY_ADMINISTRATOR}:
            return Standing.DEAD, "suspended, until somebody restores them"
        return Standing.UNKNOWN, f"suspended by Google ({user.suspension_reason}), which may end by itself"
    if user.suspended is None or user.archived is None:
        return Standing.UNKNOWN, "whether they are suspended or archived isn't told"
    return Standing.WORKS, "neither suspended nor archived"


def product_of(user: GoogleUser) -> GoogleProduct:
    """What they are."""
    if user.deletion_time:
        return GoogleProduct.DELETED
    return GoogleProduct.GUEST if user.is_guest_user else GoogleProduct.USER


def user_path(native_id: str) -> str:
    """Where a user lies."""
    return f"users/{quote(native_id, safe='')}"


def administrator(api: DirectoryApi) -> GoogleUser:
    """In whose name it's read. Raises FatalError where the service account isn't let in."""
    path = f"{user_path(api.administrator)}?projection=full&fields={api.one_user}"
    return api.one(path, "overhead", GoogleUser, "users/ADMINISTRATOR")


def unproved(api: DirectoryApi, settings: GoogleWorkspaceSettings, reader: GoogleUser) -> str:
    """Why not every user may be seen in this administrator's name; "" where all are."""
    if settings.sees_all or reader.is_admin:
        return ""
    return (
        f"{api.where}: the administrator in whose name it's read is no super administrator, and a role may be held to"
        " some organizational units. Whoever is missing may only be unseen: say sees_all where the role is on the"
        f" whole organization. See {PAGE}"
    )


def google_directory(api: DirectoryApi, settings: GoogleWorkspaceSettings, context: ReadContext) -> GoogleDirectory:
    """The directory, with what is known of how much is seen of it. Raises as `administrator`."""
    reader = administrator(api)
    return GoogleDirectory(
        api=api,
        realm=f"google:{reader.customer_id}",
        reached_by=str(api.base.copy_with(path="/")).rstrip("/"),
        reader=reader.id,
        context=context,
        unproved=unproved(api, settings, reader),
    )


def _keys(user: GoogleUser) -> Iterator[AccountKey]:
    """None of these can users edit by themselves (https://support.google.com/a/answer/7326921)."""
    yield _key(IdentityKeyKind.LOGIN, user.primary_email, "primaryEmail")
    for alias in user.aliases or ():
        if alias.casefold() != user.primary_email.casefold():
            yield _key(IdentityKeyKind.MAIL, alias, "aliases")
    for each in user.external_ids or ():
        if each.type == ORGANIZATION and each.value:
            yield _key(IdentityKeyKind.NUMBER, each.value, "externalIds")


def _key(
    kind: IdentityKeyKind, value: str, name: str, origin: IdentityKeyOrigin = IdentityKeyOrigin.ATTRIBUTE
) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=origin, name=name)
