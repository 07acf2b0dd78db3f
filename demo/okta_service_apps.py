"""Apps of an Okta org, what lets them in, and what the System Log knows of who made them.

Answers have the form that Okta's description gives, and its client's own tests recorded of a tenant. A list without
includeNonDeleted leaves out whatever was deactivated; a list of secrets tells their values to whoever may view them.
"""

import itertools
import re
from collections.abc import Callable, Mapping
from typing import Any

from demo.answering import Answered, Asked, behind
from demo.okta_refusals import missing

APP_SCOPES = ("okta.apps.read", "okta.logs.read")
SECRET_VALUE = "DRUFXGF9XbLnS9k-Sla3x3POBiIxDreBCdZuFs5B"
MADE, KNOWS = "application.lifecycle.create", "app.oauth2.credentials.lifecycle.create"
SINCE = "2020-03-01T09:00:00.000Z"
Paged = Callable[[Asked, Any, Callable[[Any], dict[str, Any]]], Answered]


class OktaApps:
    """Those of one org. `paged` cuts a list as the org does."""

    def __init__(self, paged: Paged) -> None:
        self.kept: dict[str, dict[str, Any]] = {}
        self.secrets: dict[str, list[dict[str, Any]]] = {}
        """By app."""
        self.keys: dict[str, list[dict[str, Any]]] = {}
        self.events: dict[str, dict[str, Any]] = {}
        """Of the System Log, by id."""
        self.roles: dict[str, list[str]] = {}
        """By client id."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda app: app
        """What becomes of an app on the way."""
        self._paged, self._ids = paged, itertools.count(100)
        self.routes: list[tuple[str, str, Callable[..., Answered]]] = [
            (r"/api/v1/apps", APP_SCOPES[0], self._listed),
            (r"/api/v1/apps/([^/]+)", APP_SCOPES[0], self._one),
            (r"/api/v1/apps/([^/]+)/credentials/secrets", APP_SCOPES[0], self._secrets),
            (r"/api/v1/apps/([^/]+)/credentials/jwks", APP_SCOPES[0], self._keys),
            (r"/api/v1/logs", APP_SCOPES[1], self._log),
        ]

    # --- what people do there -----------------------------------------------------------------------------------------

    def add(self, label: str, by: tuple[str, str] | None = None, *, secret: bool = True, **more: Any) -> dict[str, Any]:
        """A service app, with a secret. `by`: who made it, by id and login; None where the log has it no more."""
        native_id = f"0oa{next(self._ids)}"
        grants = more.pop("grant_types", ["client_credentials"])
        way = more.pop("way", "client_secret_basic" if secret else "private_key_jwt")
        app: dict[str, Any] = {"id": native_id, "name": "oidc_client", "label": label, "status": "ACTIVE"}
        app |= {"created": SINCE, "lastUpdated": SINCE, "signOnMode": "OPENID_CONNECT", "features": []}
        app |= {"credentials": {"oauthClient": {"client_id": native_id, "token_endpoint_auth_method": way}}}
        app |= {"settings": {"oauthClient": {"grant_types": grants, "application_type": "service"}}} | more
        self.kept[native_id] = app
        if secret:
            self.secret(native_id)
        if by:
            self.event(MADE, by, native_id)
        return app

    def secret(self, app: str, **more: Any) -> str:
        """One more that an app signs in by."""
        own = {"id": f"ocs{next(self._ids)}", "status": "ACTIVE", "created": SINCE, "lastUpdated": SINCE}
        own |= {"client_secret": SECRET_VALUE, "secret_hash": "yk4SVx4sUWVJVbHt6M-UPA"} | more
        self.secrets.setdefault(app, []).append(own)
        return str(own["id"])

    def key(self, app: str, **more: Any) -> str:
        """The public half of a key."""
        own = {"id": f"pks{next(self._ids)}", "kid": "k1", "status": "ACTIVE", "kty": "RSA", "use": "sig"}
        own |= {"created": SINCE, "lastUpdated": SINCE, "alg": "RS256", "e": "AQAB", "n": "AQAB"} | more
        self.keys.setdefault(app, []).append(own)
        return str(own["id"])

    def event(self, kind: str, by: tuple[str, str], app: str, **more: Any) -> None:
        """What the System Log notes."""
        native_id, login = by
        actor = {"id": native_id, "type": "User", "alternateId": login, "displayName": login}
        own: dict[str, Any] = {"uuid": f"e{next(self._ids)}", "published": "2026-11-01T09:00:00.000Z"}
        own |= {"eventType": kind, "actor": actor, "outcome": {"result": "SUCCESS"}, "severity": "INFO"}
        own |= {"target": [{"id": app, "type": "AppInstance", "alternateId": "app", "displayName": "app"}]} | more
        self.events[str(own["uuid"])] = own

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _listed(self, asked: Asked) -> Answered:
        every = asked.query.get("includeNonDeleted") == "true"
        found = behind(self.kept, asked.query.get("after", ""))
        return self._paged(asked, (each for each in found if every or each["status"] == "ACTIVE"), self.spoils)

    def _one(self, asked: Asked, app: str) -> Answered:
        del asked
        return Answered(body=self.spoils(self.kept[app])) if app in self.kept else missing(app, "AppInstance")

    def _secrets(self, asked: Asked, app: str) -> Answered:
        del asked
        return Answered(body=self.secrets.get(app, [])) if app in self.kept else missing(app, "AppInstance")

    def _keys(self, asked: Asked, app: str) -> Answered:
        del asked
        return Answered(body=self.keys.get(app, [])) if app in self.kept else missing(app, "AppInstance")

    def _log(self, asked: Asked) -> Answered:
        """Of a bounded query; without an end its pages would have none."""
        wanted = set(re.findall(r'eventType eq "([^"]+)"', asked.query.get("filter", "")))
        between = (asked.query.get("since", ""), asked.query.get("until", ""))
        found = behind(self.events, asked.query.get("after", ""))
        return self._paged(asked, (each for each in found if _is_wanted(each, wanted, between)), _with_id)


def _is_wanted(event: Mapping[str, Any], kinds: set[str], between: tuple[str, str]) -> bool:
    return event["eventType"] in kinds and between[0] <= event["published"] < between[1]


def _with_id(event: dict[str, Any]) -> dict[str, Any]:
    """Pages go on behind a row's id."""
    return event | {"id": event["uuid"]}
