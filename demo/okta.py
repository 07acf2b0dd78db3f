"""An Okta org, as its API tells of it; and what its administrators do there.

As documented at https://developer.okta.com/docs/api/openapi/okta-management/management/tag/User/: a list without a
filter leaves out whoever was deactivated, one by `search` may be behind, and pages are linked by an opaque cursor.
Answers have the form of those that Okta's own client recorded of a tenant (okta 3.4.6 of PyPI, its tests' cassettes).
"""

import itertools
import re
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx
import jwt

from demo.answering import Answered, Asked, behind, part_of
from demo.okta_app import CLIENT_ID, app_key, other_key, public_half
from demo.okta_refusals import missing, refused
from demo.okta_service_apps import APP_SCOPES, OktaApps
from demo.okta_signing_keys import SIGNING_SCOPE, OktaSigners

ORG_ID = "00o1n8sbwArJ7OQRw406"
API_TOKEN = "00SecretOfTheReadersOwnToken"
ACCESS = "eyJmadeForThisNightAlone"
READER = "00u0reader"
SCOPES = ("okta.users.read", "okta.apiTokens.read", "okta.roles.read", *APP_SCOPES)
EPOCH, LATER, SOON = "2020-03-01T09:00:00.000Z", "2026-11-01T09:00:00.000Z", "2026-12-01T09:00:00.000Z"
_Kept = TypeVar("_Kept")


@dataclass(kw_only=True)
class KeptUser:
    """A user, and what stands for them."""

    id: str
    login: str
    status: str = "ACTIVE"
    created: str = EPOCH
    becoming: str | None = None
    email: str | None = None
    number: str | None = None
    second: str | None = None
    """The private mail."""
    roles: list[str] = field(default_factory=list[str])
    """Of one that isn't in force, "ROLE INACTIVE"."""
    provider: str = "OKTA"
    """Who checks the password."""
    by_group: bool = False
    """The roles are a group's."""
    refresh: dict[str, list[dict[str, Any]]] = field(default_factory=dict[str, list[dict[str, Any]]])
    """By app."""


class OktaService:
    """One org. What its reader may is in `scopes` and `roles`, until a test takes it away."""

    def __init__(self) -> None:
        self.tokens: dict[str, dict[str, Any]] = {}
        self.roles = ["READ_ONLY_ADMIN"]
        self.users = {READER: KeptUser(id=READER, login="reader@corp.example", roles=self.roles)}
        self.apps = OktaApps(self._paged)
        self.signers = OktaSigners(self._paged)
        self.scopes = {*SCOPES, SIGNING_SCOPE}
        self.grants_some = False
        """An app that asks for a scope it wasn't granted gets the others, and not a refusal."""
        self.signed_by = set[str]()
        """Ids of the keys that apps signed with."""
        self.hides_roles = set[str]()
        """By id: of these users it tells that they have some, and not which."""
        self.hides_clients = False
        """Of anybody, as it may of whoever was deactivated."""
        self.lasts = 3600
        """Seconds for which an app is let in."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.links: Callable[[str], str] = lambda link: link
        """What becomes of a Link header on the way."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda user: user
        """What becomes of a user on the way."""
        self.spoils_admin: Callable[[dict[str, Any]], dict[str, Any]] = lambda admin: admin
        """What becomes of a row of the list of administrators on the way."""
        self.behind: set[str] = set()
        """Whom a search hasn't seen yet."""
        self.most_admins = 100
        """On a page."""
        self.overlap = 0
        """How many rows of a page come again with the next."""
        self.between_pages: Callable[[], None] | None = None
        self.api = "https://127.0.0.1"
        self._ids = itertools.count(100)
        self._lock = threading.RLock()
        self._routes: list[tuple[str, str, Callable[..., Answered]]] = [
            (r"/api/v1/users", SCOPES[0], self._users),
            (r"/api/v1/users/([^/]+)", SCOPES[0], self._user),
            (r"/api/v1/users/([^/]+)/roles", SCOPES[2], self._user_roles),
            (r"/api/v1/users/([^/]+)/clients", SCOPES[0], self._clients),
            (r"/api/v1/users/([^/]+)/clients/([^/]+)/tokens", SCOPES[0], self._refresh),
            (r"/api/v1/iam/assignees/users", SCOPES[2], self._admins),
            (r"/api/v1/api-tokens", SCOPES[1], self._tokens),
            (r"/oauth2/v1/clients/([^/]+)/roles", SCOPES[2], self._client_roles),
            *self.apps.routes,
            *self.signers.routes(SCOPES[2]),
        ]

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            return self._answer(asked)

    def _answer(self, asked: Asked) -> Answered:
        if self.limits:
            return self.limits.pop(0)
        if asked.path == "/.well-known/okta-organization":
            return Answered(body={"id": ORG_ID, "pipeline": "idx", "_links": {}})
        if asked.path in {"/oauth2/v1/keys", "/oauth2/v1/token"}:
            return self._let_in(asked) if asked.method == "POST" else self.signers.published()
        if asked.headers.get("authorization") not in {f"SSWS {API_TOKEN}", f"Bearer {ACCESS}"}:
            return refused(401, "E0000011", "Invalid token provided")
        return self._allowed(asked)

    def _allowed(self, asked: Asked) -> Answered:
        for pattern, scope, does in self._routes:
            if asked.method == "GET" and (match := re.fullmatch(pattern, asked.path)):
                if scope not in self.scopes:
                    return refused(403, "E0000006", "You do not have permission to perform the requested action")
                return does(asked, *match.groups())
        return refused(404, "E0000022", "The endpoint does not support the provided HTTP method")

    # --- what people do there -----------------------------------------------------------------------------------------

    def add(self, login: str, **more: Any) -> KeptUser:
        """A user, with an API token."""
        user = KeptUser(id=f"00u{next(self._ids)}", login=login, **more)
        self.users[user.id] = user
        self.token(user)
        return user

    def token(self, user: KeptUser, name: str = "laptop", **more: Any) -> str:
        """An API token of theirs."""
        own: dict[str, Any] = {"id": f"00T{next(self._ids)}", "name": name, "userId": user.id}
        own |= {"clientName": "Okta API", "tokenWindow": None, "network": {"connection": "ANYWHERE"}}
        own |= {"created": EPOCH, "lastUpdated": LATER, "expiresAt": SOON} | more
        self.tokens[own["id"]] = own
        return own["id"]

    def grant(self, user: KeptUser, app: str, **more: Any) -> str:
        """A refresh token that an app has of them."""
        own: dict[str, Any] = {"id": f"oar{next(self._ids)}", "status": "ACTIVE", "clientId": app, "userId": user.id}
        own |= {"created": EPOCH, "lastUpdated": LATER, "expiresAt": SOON, "scopes": ["offline_access"]} | more
        user.refresh.setdefault(app, []).append(own)
        return own["id"]

    def of(self, login: str) -> KeptUser:
        """By login."""
        return next(each for each in self.users.values() if each.login == login)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _let_in(self, asked: Asked) -> Answered:
        said = asked.body["client_assertion"]
        try:
            header = jwt.get_unverified_header(said)
            self.signed_by.add(header.get("kid", ""))
            algorithm = header["alg"]
            claims = jwt.decode(
                said,
                public_half(app_key() if algorithm == "RS256" else other_key()),
                algorithms=["RS256", "ES256"],
                audience=f"{self.api}/oauth2/v1/token",
                options={"require": ["exp", "iss", "sub", "jti"]},
            )
        except jwt.InvalidTokenError:
            return Answered(status=401, body={"error": "invalid_client", "error_description": "Not the client's word."})
        wanted = asked.body["scope"].split()
        given = [scope for scope in wanted if scope in self.scopes]
        if (claims["iss"], claims["sub"]) != (CLIENT_ID, CLIENT_ID):
            return Answered(status=401, body={"error": "invalid_client", "error_description": "Unknown client."})
        if not given or (len(given) < len(wanted) and not self.grants_some):
            why = "You are not allowed any of the requested scopes."
            return Answered(status=400, body={"error": "consent_required", "error_description": why})
        own = {"access_token": ACCESS, "token_type": "Bearer", "expires_in": self.lasts}
        return Answered(body=own | {"scope": " ".join(given)})

    def _users(self, asked: Asked) -> Answered:
        if any(name in asked.query for name in ("search", "filter")) and not _EXPRESSION.fullmatch(
            asked.query.get("search") or asked.query["filter"]
        ):
            return refused(400, "E0000031", "Invalid search criteria.")
        found = behind(self.users, asked.query.get("after", ""))
        return self._paged(asked, (each for each in found if self._wanted(each, asked.query)), self._spoiled)

    def _wanted(self, user: KeptUser, query: Mapping[str, str]) -> bool:
        if "search" in query:
            return user.id not in self.behind
        return "filter" in query or user.status != "DEPROVISIONED"

    def _user(self, asked: Asked, name: str) -> Answered:
        """By id, by login, or by what stands before its @."""
        del asked
        name = READER if name == "me" else name
        found = self.users.get(name) or next(
            (each for each in self.users.values() if name in {each.login, each.login.partition("@")[0]}), None
        )
        return Answered(body=self._spoiled(found)) if found else missing(name)

    def _user_roles(self, asked: Asked, native_id: str) -> Answered:
        del asked
        user = self.users.get(native_id)
        if user is None or native_id in self.hides_roles:
            return missing(native_id)
        return Answered(body=[_role(each, "GROUP" if user.by_group else "USER") for each in user.roles])

    def _client_roles(self, asked: Asked, client: str) -> Answered:
        del asked
        own = self.roles if client == CLIENT_ID else self.apps.roles.get(client, [])
        return Answered(body=[_role(each, "CLIENT") for each in own])

    def _admins(self, asked: Asked) -> Answered:
        admins = [{"id": each.id, "orn": f"orn:okta:directory:{ORG_ID}:users:{each.id}"} for each in self._with_roles()]
        found = [self.spoils_admin(each) for each in admins]
        size, at = min(int(asked.query.get("limit", 100)), self.most_admins), int(asked.query.get("after", 0))
        following = {"next": {"href": f"{self.api}{asked.path}?limit={size}&after={at + size}"}}
        more = len(found) > at + size
        return Answered(body={"value": found[at : at + size], "_links": following if more else None})

    def _with_roles(self) -> list[KeptUser]:
        return [each for each in self.users.values() if each.roles and not each.by_group]

    def _clients(self, asked: Asked, native_id: str) -> Answered:
        del asked
        user = self.users.get(native_id)
        if user is None or self.hides_clients:
            return missing(native_id)
        return Answered(body=[{"client_id": app, "client_name": f"App {app}"} for app in user.refresh])

    def _refresh(self, asked: Asked, native_id: str, app: str) -> Answered:
        kept = {row["id"]: row for row in self.users[native_id].refresh[app]}
        return self._paged(asked, behind(kept, asked.query.get("after", "")), lambda row: row)

    def _tokens(self, asked: Asked) -> Answered:
        del asked
        return Answered(body=[*self.tokens.values()])

    # --- as Okta shows it ---------------------------------------------------------------------------------------------

    def _spoiled(self, user: KeptUser) -> dict[str, Any]:
        return self.spoils(self._shown(user))

    def _shown(self, user: KeptUser) -> dict[str, Any]:
        never = user.status == "STAGED"
        profile = {"firstName": "A", "lastName": "B", "mobilePhone": None, "secondEmail": user.second}
        profile |= {"login": user.login, "email": user.email or user.login}
        return {
            "id": user.id,
            "status": user.status,
            "created": user.created,
            "activated": None if never else EPOCH,
            "statusChanged": None if never else EPOCH,
            "lastLogin": None if never else LATER,
            "lastUpdated": LATER,
            "passwordChanged": EPOCH,
            "type": {"id": "oty1"},
            "profile": profile | ({"employeeNumber": user.number} if user.number else {}),
            "credentials": {"password": {}, "provider": {"type": user.provider, "name": user.provider}},
            "_links": {"self": {"href": f"{self.api}/api/v1/users/{user.id}"}},
        } | ({"transitioningToStatus": user.becoming} if user.becoming else {})

    def _paged(self, asked: Asked, found: Iterable[_Kept], show: Callable[[_Kept], dict[str, Any]]) -> Answered:
        """Of what comes behind the row that the cursor names, in the order of ids."""
        kept, more = part_of(found, int(asked.query.get("limit", 200)))
        shown = [show(each) for each in kept]
        url = f"{self.api}{asked.path}"
        links = [f'<{url}?{httpx.QueryParams(dict(asked.query))}>; rel="self"']
        if more:
            query = httpx.QueryParams({**asked.query, "after": shown[-1 - self.overlap]["id"]})
            links.append(f'<{url}?{query}>; rel="next"')
            if self.between_pages:
                moves, self.between_pages = self.between_pages, None
                moves()
        link = self.links(", ".join(links))
        return Answered(body=shown, headers={"Link": link} if link else {})


_EXPRESSION = re.compile(
    r'lastUpdated (gt|ge|lt|le) "\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"'
    r'|(status|id|profile\.(login|email|firstName|lastName)) eq "[^"]*"|status pr'
)
"""What a filter may hold, and a search that asks for all."""


def _role(role: str, how: str) -> dict[str, Any]:
    role, _, off = role.partition(" ")
    if role.startswith("cr0"):
        own = {"id": f"b{role}", "label": f"Custom {role}", "type": "CUSTOM", "role": role, "resource-set": "iam1"}
        return own | {"status": "ACTIVE", "created": EPOCH, "lastUpdated": EPOCH, "assignmentType": how}
    own = {"id": f"ra{role}", "label": role.replace("_", " ").title(), "type": role, "status": off or "ACTIVE"}
    return own | {"created": EPOCH, "lastUpdated": EPOCH, "assignmentType": how}
