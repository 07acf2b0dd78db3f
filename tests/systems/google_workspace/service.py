"""A company's Google Workspace over HTTPS, held to Google's description; and what its administrators do there.

As documented at https://developers.google.com/workspace/admin/directory/v1/guides/manage-users: deleted users are a
list of their own, pages are linked by an opaque token, and a mail or alias is taken for an id. As others saw it: the
tokens of whoever is suspended are refused by 401 (cartography-cncf/cartography, pull request 2724).
"""

import itertools
import json
import re
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.answering import behind, part_of
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import google_workspace
from tests.support.described.server import Answered, Asked, Described, Description, described, description_of
from tests.support.usual_read import CONTEXT

CUSTOMER = "C03az79cb"
SERVICE_ACCOUNT = "reader@offboarding-1.iam.gserviceaccount.com"
CLIENT_ID = "112233445566778899001"
READER = "offboarding-reader@corp.example"
USERS, SECURITY = "admin.directory.user.readonly", "admin.directory.user.security"
ACCESS = {USERS: "ya29.MadeForUsersAlone", SECURITY: "ya29.MadeForSecurityAlone"}
EPOCH, LATER, NEVER = "2020-03-01T09:00:00.000Z", "2026-11-01T09:00:00.000Z", "1970-01-01T00:00:00.000Z"
SSH = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIBJ1f0cJcXyR4mXfXk3tY0l6yq8Vw0pS2b7nD1kq9Zr4"
ROOT = "/admin/directory/v1"


class GoogleService:
    """One customer. What the service account may ask for is in `scopes`, until a test takes it away."""

    def __init__(self) -> None:
        self.users: dict[str, dict[str, Any]] = {}
        """By id, as Google shows them; who was deleted has a deletionTime."""
        self.tokens: dict[str, list[dict[str, Any]]] = {}
        self.asps: dict[str, list[dict[str, Any]]] = {}
        self.scopes = {USERS, SECURITY}
        self.unit: set[str] | None = None
        """Whom the administrator's role is held to; None for nobody in particular."""
        self.privileges = {"Users", "Security"}
        """Of the administrator."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda page: page
        """What becomes of a list's page on the way."""
        self.told: list[Any] = []
        """What was answered, as it was sent."""
        self.between_pages: Callable[[], None] | None = None
        self.refuses_tokens: Callable[[dict[str, Any]], bool] = lambda user: user.get("suspended") or user["archived"]
        """Whose lists are refused as a stranger's."""
        self.says_back = False
        """Whoever isn't let in is told what they showed."""
        self.token_uri = ""
        self._ids = itertools.count(100)
        self._pages: dict[str, tuple[dict[str, str], str]] = {}
        self._lock = threading.RLock()
        self._routes: list[tuple[str, str, str, Callable[..., Answered]]] = [
            (r"/users", USERS, "Users", self._list),
            (r"/users/([^/]+)", USERS, "Users", self._get),
            (r"/users/([^/]+)/tokens", SECURITY, "Security", self._tokens),
            (r"/users/([^/]+)/asps", SECURITY, "Security", self._asps),
        ]
        self.reader = self.add(READER, isAdmin=True)

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            if self.limits:
                return self.limits.pop(0)
            if (asked.method, asked.path) == ("POST", "/token"):
                return self._let_in(asked)
            return self._allowed(asked)

    # --- what people do there -----------------------------------------------------------------------------------------

    def add(self, mail: str, **more: Any) -> dict[str, Any]:
        """A user, with a grant, an app password and an SSH key."""
        native_id = f"1{next(self._ids):020}"
        own: dict[str, Any] = {"kind": "admin#directory#user", "id": native_id, "etag": '"e"', "customerId": CUSTOMER}
        own |= {"primaryEmail": mail, "name": {"givenName": "A", "familyName": "B", "fullName": "A B"}}
        own |= {"isAdmin": False, "isDelegatedAdmin": False, "suspended": False, "archived": False}
        own |= {"creationTime": EPOCH, "lastLoginTime": LATER, "orgUnitPath": "/", "agreedToTerms": True}
        own |= {"recoveryEmail": f"{native_id}@home.example", "recoveryPhone": "+821012345678"}
        own |= {"sshPublicKeys": [{"key": f"{SSH} {mail}", "fingerprint": "0123"}]}
        self.users[native_id] = own | more
        self.grant(mail)
        self.app_password(mail)
        return self.users[native_id]

    def grant(self, mail: str, client_id: str = "9001.apps.googleusercontent.com", *scopes: str, **more: Any) -> None:
        """That an app acts for them."""
        own = {"kind": "admin#directory#token", "etag": '"e"', "clientId": client_id, "displayText": "Mailer"}
        own |= {"scopes": [*(scopes or ("https://www.googleapis.com/auth/gmail.readonly",))], "anonymous": False}
        native_id = self.of(mail)["id"]
        self.tokens.setdefault(native_id, []).append({**own, "nativeApp": False, "userKey": native_id, **more})

    def app_password(self, mail: str, **more: Any) -> None:
        """One more."""
        native_id = self.of(mail)["id"]
        listed = self.asps.setdefault(native_id, [])
        own = {"kind": "admin#directory#asp", "etag": '"e"', "codeId": len(listed), "name": "Thunderbird"}
        own |= {"creationTime": "1583053200", "lastTimeUsed": "1761987600", "userKey": native_id}
        listed.append({**own, **more})

    def suspend(self, mail: str, reason: str = "ADMIN") -> None:
        """By an administrator, unless it's Google's own reason."""
        self.of(mail).update(suspended=True, suspensionReason=reason, suspensionTime=LATER)

    def delete(self, mail: str) -> None:
        """It can be restored for twenty days."""
        self.of(mail)["deletionTime"] = LATER

    def purge(self, mail: str) -> None:
        """For good."""
        del self.users[self.of(mail)["id"]]

    def of(self, mail: str) -> dict[str, Any]:
        """By mail; the last one who got it."""
        return next(each for each in reversed(self.users.values()) if each["primaryEmail"] == mail)

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _let_in(self, asked: Asked) -> Answered:
        try:
            claims = jwt.decode(
                asked.body["assertion"],
                _public(),
                algorithms=["RS256"],
                audience="https://oauth2.googleapis.com/token",
                options={"require": ["exp", "iat", "iss", "sub", "scope"]},
            )
        except jwt.InvalidTokenError:
            said = asked.body["assertion"] if self.says_back else "Invalid JWT Signature."
            return _unlet(400, "invalid_grant", said)
        if claims["iss"] != SERVICE_ACCOUNT or claims["exp"] - claims["iat"] > 3600:
            return _unlet(400, "invalid_grant", "Invalid JWT.")
        wanted = [scope.removeprefix("https://www.googleapis.com/auth/") for scope in claims["scope"].split()]
        if not set(wanted) <= self.scopes:
            said = "Client is unauthorized to retrieve access tokens using this method, or client not authorized for"
            return _unlet(401, "unauthorized_client", f"{said} any of the scopes requested.")
        found = self._found(claims["sub"])
        if found is None or found["suspended"] or found["archived"]:
            return _unlet(400, "invalid_grant", "Invalid email or User ID")
        return Answered(body={"access_token": ACCESS[wanted[0]], "expires_in": 3599, "token_type": "Bearer"})

    def _allowed(self, asked: Asked) -> Answered:
        given = asked.headers.get("authorization", "").removeprefix("Bearer ")
        if given not in ACCESS.values():
            return refused(401, "authError", "Invalid Credentials")
        for pattern, scope, privilege, does in self._routes:
            match = re.fullmatch(f"{ROOT}{pattern}", asked.path)
            if asked.method != "GET" or not match:
                continue
            if ACCESS[scope] != given:
                return refused(403, "insufficientPermissions", "Request had insufficient authentication scopes.")
            if privilege not in self.privileges:
                return refused(403, "forbidden", "Not Authorized to access this resource/api")
            answered = self._masked(does(asked, *match.groups()), asked.query.get("fields", ""))
            self.told.append(answered.body)
            return answered
        return refused(404, "notFound", "Not Found")

    def _list(self, asked: Asked) -> Answered:
        query = dict(asked.query)
        token = query.pop("pageToken", "")
        if query.get("customer") not in {"my_customer", CUSTOMER} or (token and self._pages[token][0] != query):
            return refused(400, "badRequest", "Bad Request")
        after = self._pages[token][1] if token else ""
        deleted = query.get("showDeleted") == "true"
        users = behind(self.users, after)
        found = (each for each in users if ("deletionTime" in each) is deleted and self._is_seen(each))
        shown, more = part_of(found, int(query.get("maxResults", 100)))
        page = {"kind": "admin#directory#users", "etag": '"e"'}
        if more:
            following = f"page-{len(self._pages)}"
            self._pages[following] = query, shown[-1]["id"]
            page |= {"nextPageToken": following}
            if self.between_pages:
                moves, self.between_pages = self.between_pages, None
                moves()
        return Answered(body=self.spoils(page | ({"users": shown} if shown else {})))

    def _get(self, asked: Asked, key: str) -> Answered:
        del asked
        found = self._found(key)
        if found is None:
            return refused(404, "notFound", f"Resource Not Found: {key}")
        if not self._is_seen(found):
            return refused(403, "forbidden", "Not Authorized to access this resource/api")
        return Answered(body=found)

    def _tokens(self, asked: Asked, key: str) -> Answered:
        return self._of_user(asked, key, self.tokens, "admin#directory#tokenList")

    def _asps(self, asked: Asked, key: str) -> Answered:
        return self._of_user(asked, key, self.asps, "admin#directory#aspList")

    def _of_user(self, asked: Asked, key: str, kept: dict[str, list[dict[str, Any]]], kind: str) -> Answered:
        del asked
        found = self._found(key)
        if found is None:
            return refused(404, "notFound", f"Resource Not Found: {key}")
        if self.refuses_tokens(found):
            return refused(401, "authError", "Unauthorized")
        items = kept.get(found["id"], [])
        return Answered(body={"kind": kind, "etag": '"e"'} | ({"items": items} if items else {}))

    def _found(self, key: str) -> dict[str, Any] | None:
        """By id, mail or alias, of who isn't deleted."""
        present = [each for each in self.users.values() if "deletionTime" not in each]
        by_name = (each for each in present if key in (each["primaryEmail"], *each.get("aliases", ())))
        return next((each for each in present if each["id"] == key), None) or next(by_name, None)

    def _is_seen(self, user: dict[str, Any]) -> bool:
        return self.unit is None or user["id"] in self.unit or user is self.reader

    def _masked(self, answered: Answered, fields: str) -> Answered:
        """What `fields` selects of an answer; a field that Google doesn't know is refused."""
        if not fields or answered.status != 200:
            return answered
        mask = _mask(iter(re.findall(r"[\w#]+|[(),]", fields)))
        if unknown := _names(mask) - _known_fields():
            return refused(400, "invalidParameter", f"Invalid field selection {min(unknown)}")
        return replace(answered, body=_selected(answered.body, mask))


Mask = dict[str, Any]


def _mask(words: Any) -> Mask:
    made, last = Mask(), ""
    for word in words:
        if word == ")":
            break
        if word == "(":
            made[last] = _mask(words)
        elif word != ",":
            made[word], last = {}, word
    return made


def _names(mask: Mask) -> set[str]:
    return set(mask).union(*(_names(below) for below in mask.values()))


def _selected(told: Any, mask: Mask) -> Any:
    if isinstance(told, list):
        return [_selected(each, mask) for each in told]
    if not mask or not isinstance(told, dict):
        return told
    return {name: _selected(told[name], below) for name, below in mask.items() if name in told}


@cache
def _known_fields() -> set[str]:
    schemas = json.loads(description_of("google_workspace").read_text("utf-8"))["components"]["schemas"]
    return {name for schema in schemas.values() for name in schema.get("properties", {})}


def refused(status: int, reason: str, said: str) -> Answered:
    """As the API says no."""
    errors = [{"message": said, "domain": "global", "reason": reason}]
    return Answered(status=status, body={"error": {"code": status, "message": said, "errors": errors}})


def _unlet(status: int, error: str, said: str) -> Answered:
    return Answered(status=status, body={"error": error, "error_description": said})


@cache
def private_key() -> str:
    """The service account's, in PEM."""
    made = rsa.generate_private_key(65537, 2048)
    form, plain = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, plain).decode()


@cache
def _public() -> Any:
    return serialization.load_pem_private_key(private_key().encode(), None).public_key()


@dataclass(frozen=True, kw_only=True)
class GooglePlace:
    """A running customer, and how it's reached."""

    kept: GoogleService
    service: Described
    tls: Tls | None

    def key(self, **changes: Any) -> str:
        """The file that Google makes with a key."""
        own = {"type": "service_account", "project_id": "offboarding-1", "private_key_id": "k1"}
        own |= {"private_key": private_key(), "client_email": SERVICE_ACCOUNT, "client_id": CLIENT_ID}
        return json.dumps(own | {"token_uri": self.kept.token_uri} | changes)

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        own = self.service.fields(conn_id="corp_google", login=READER, password=self.key())
        return ConnectionFields(**(own | changes))

    def source(
        self,
        connection: ConnectionFields | None = None,
        *,
        tokens: bool = True,
        patterns: tuple[str, ...] = (),
        **settings: Any,
    ) -> Source:
        """A new reader. `patterns`: of workloads' logins."""
        given = {"name": "google", "kind": "google_workspace", "connection": "corp_google", "tokens": tokens}
        own = google_workspace.Settings.model_validate(given | settings)
        context = replace(CONTEXT, service_patterns=patterns, mail_domains=("corp.example",))
        return google_workspace.build(own, connection or self.connection(), "", context)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their labels."""
        return {fact.label: fact for fact in self.source(**settings).collect() if isinstance(fact, Account)}


@cache
def description() -> Description:
    """Google's own."""
    return Description("google_workspace")


@contextmanager
def google_place(tls: Tls | None) -> Generator[GooglePlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked,
    which is most of the time that it takes.
    """
    kept = GoogleService()
    with described(kept.answer, description() if tls else None, tls) as service:
        kept.token_uri = f"{'https' if tls else 'http'}://127.0.0.1:{service.port}/token"
        yield GooglePlace(kept=kept, service=service, tls=tls)
