"""What an audit log tells that nothing else does: who installed an App, and which managed users are suspended.

Enterprise Cloud and Server alone have one, and keep it for 180 days.
https://docs.github.com/en/enterprise-cloud@latest/rest/orgs/orgs#get-the-audit-log-for-an-organization
https://docs.github.com/en/enterprise-cloud@latest/admin/managing-iam/provisioning-user-accounts-with-scim/deprovisioning-and-reinstating-users
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.github_org.answers import AppInstallation, LoggedEvent
from offboarding.sources.github_org.client import GithubRest

KEPT = timedelta(days=180)
APART = timedelta(days=1)
"""The most that an installation may be younger than what the log tells of it."""
_INSTALLED, _SUSPENDED, _BACK = "integration_installation.create", "user.suspend", "user.unsuspend"


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditLog:
    """One organization's, or an enterprise's."""

    rest: GithubRest
    path: str
    called: str
    as_of: datetime

    def installers(self) -> Mapping[str, LoggedEvent]:
        """The last installation of each App, by its client id. Raises NotAnsweredError where it isn't told whole."""
        found: dict[str, LoggedEvent] = {}
        for each in self._events(_INSTALLED):
            client = each.application_client_id
            if client and (client not in found or found[client].happened < each.happened):
                found[client] = each
        return found

    def suspended(self) -> Mapping[int, datetime]:
        """Since when users are, by id: of whoever was let back in since, or for longer than the log is kept, nothing.

        Raises NotAnsweredError where it isn't told whole, or not who was let back in: that may be any of them.
        """
        since, back = self._last(_SUSPENDED), self._last(_BACK)
        if None in back:
            text = f"{self.rest.where}: {self.called}: one {_BACK} doesn't say who was let back in"
            raise NotAnsweredError(text, status=200)
        return {user: moment(at) for user, at in since.items() if user is not None and at > back.get(user, 0)}

    def _last(self, action: str) -> Mapping[int | None, int]:
        """When it was last done to each; None stands for whoever isn't told."""
        found = dict[int | None, int]()
        for each in self._events(action):
            found[each.user_id] = max(each.happened, found.get(each.user_id, 0))
        return found

    def _events(self, action: str) -> Iterator[LoggedEvent]:
        unread = UnreadRows()
        phrase = f"action:{action} created:>={self.as_of - KEPT:%Y-%m-%d}"
        for each in self.rest.logged(self.path, self.called, phrase, LoggedEvent, unread):
            if each.action == action:
                yield each
        if unread.told:
            raise NotAnsweredError(unread.told, status=200)


def installer_of(installation: AppInstallation, events: Mapping[str, LoggedEvent]) -> str:
    """By whom this was installed, and not one that was there before; "" where that isn't told."""
    event = events.get(installation.client_id or "")
    if event is None or moment(event.happened) < installation.created_at - APART:
        return ""
    return event.actor or ""


def moment(milliseconds: int) -> datetime:
    """As the log writes it."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
