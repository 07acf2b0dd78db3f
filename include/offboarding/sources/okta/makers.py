"""Who answers for a service app: who made it or what lets it in, by the System Log, and whom its profile names.

https://developer.okta.com/docs/reference/api/event-types/, https://developer.okta.com/docs/reference/system-log-query
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast
from urllib.parse import quote

from offboarding.model import AccountKey, IdentityKeyKind, IdentityKeyOrigin
from offboarding.model.errors import FatalError
from offboarding.net.service.api import Purpose
from offboarding.sources._http.on_disk import DiskIndex
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources._owners import owner_keys
from offboarding.sources.okta._api.client import OktaApi
from offboarding.sources.okta.answers import OktaApp, OktaLogEvent, OktaLogParty, OktaUser

REACHES_BACK = timedelta(days=90)
"""https://developer.okta.com/docs/reference/api/system-log/#data-retention"""
MADE = ("application.lifecycle.create", "app.oauth2.client.lifecycle.create")
KNOWS = "app.oauth2.credentials.lifecycle.create"
"""Who makes a secret or key of an app that is there has seen it."""
_FILTER = " or ".join(f'eventType eq "{each}"' for each in (*MADE, KNOWS))
_PATH, _PAGE_SIZE = "api/v1/logs", "1000"
_USER = "User"
_MADE_IT, _KNOWS_IT = "+", "-"
"""How what is kept of somebody begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AppMaker:
    """Somebody who made an app, or a secret or key of it."""

    login: str
    """Theirs at Okta now; as it was then, where they're gone."""
    mail: str
    made_it: bool
    """The app itself."""

    @property
    def keys(self) -> Iterator[AccountKey]:
        """As keys of its owner."""
        yield _key(IdentityKeyKind.LOGIN, self.login, "maker")
        for mail in dict.fromkeys((self.mail, self.login)):
            if "@" in mail:
                yield _key(IdentityKeyKind.MAIL, mail, "maker's mail")


@dataclass(slots=True)
class AppMakers:
    """Those of every app, as far as the log reaches back; they lie on disk until the read's end."""

    _api: OktaApi
    _purpose: Purpose
    _of: DiskIndex
    _people: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """Login and mail by id: few people make apps."""

    @classmethod
    def read(cls, api: OktaApi, as_of: datetime, purpose: Purpose) -> "AppMakers":
        """Raises FatalError where the log can't be read to its end."""
        made, unread = cls(api, purpose, DiskIndex(api.where)), UnreadRows()
        asked = {
            # With both ends it has one; without, its pages never end.
            "since": _moment(as_of - REACHES_BACK),
            "until": _moment(as_of),
            "filter": _FILTER,
            "sortOrder": "ASCENDING",
            "limit": _PAGE_SIZE,
        }
        for event in api.rows(_PATH, purpose, _PATH, OktaLogEvent, unread, **asked):
            made._take(event)
        if unread.told:
            raise FatalError(unread.told)
        return made

    def of(self, app: OktaApp) -> list[AppMaker]:
        """Each once, in the order in which they did it: whoever made the app itself first."""
        deeds = [*self._of.of(app.id), *(self._of.of(app.client_id) if app.client_id != app.id else ())]
        found = dict[str, AppMaker]()
        for each in map(self._maker, sorted(deeds, key=_later)):
            if each.login:
                found.setdefault(each.login, each)
        return list(found.values())

    def _take(self, event: OktaLogEvent) -> None:
        actor, came_off = event.actor, event.outcome is None or event.outcome.result == "SUCCESS"
        if not came_off or actor is None or actor.type != _USER or not actor.id:
            return
        for target in event.target or ():
            if target.id:
                begins = _MADE_IT if event.eventType in MADE else _KNOWS_IT
                self._of.add(target.id, f"{begins}{actor.model_dump_json()}")

    def _maker(self, deed: str) -> AppMaker:
        login, mail = self._named(OktaLogParty.model_validate_json(deed[1:]))
        return AppMaker(login=login, mail=mail, made_it=deed.startswith(_MADE_IT))

    def _named(self, actor: OktaLogParty) -> tuple[str, str]:
        """What somebody is called now: the log has what they were called then."""
        native_id = actor.id or ""
        if native_id not in self._people:
            path = f"api/v1/users/{quote(native_id, safe='')}"
            user = self._api.maybe(path, self._purpose, OktaUser, "api/v1/users/ID")
            there = user is not None and user.id == native_id
            self._people[native_id] = (
                (user.profile.login, user.profile.email or "") if user and there else (actor.alternateId or "", "")
            )
        return self._people[native_id]


def profile_owners(app: OktaApp, words: Sequence[str]) -> Iterator[AccountKey]:
    """Yield whom its profile names as an owner, by attributes called so."""
    wanted = {word.lower() for word in words}
    for name, given in sorted((app.profile or {}).items()):
        for value in cast("list[object]", given if isinstance(given, list) else [given]):
            if name.lower() in wanted and isinstance(value, str) and value.strip():
                yield from owner_keys(value.strip(), f"profile {name}")


def _later(deed: str) -> bool:
    return not deed.startswith(_MADE_IT)


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def _key(kind: IdentityKeyKind, value: str, name: str) -> AccountKey:
    return AccountKey(kind=kind, value=value, origin=IdentityKeyOrigin.OWNER, name=name)
