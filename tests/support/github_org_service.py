"""An organization on GitHub over HTTPS, held to GitHub's own OpenAPI description; and what its owners do there.

As documented at https://docs.github.com/en/rest/orgs: who may not see all members is told the public ones, without a
word; what an App has no right to is 403 with the permission that is missing; a list goes by numbered pages.
"""

import itertools
import re
import threading
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

import httpx
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, ReadContext, Source
from offboarding.model import Account
from offboarding.sources import github_org
from tests.support.described.server import Answered, Asked, Described, Description, described, needed
from tests.support.github_service import BASE, NOT_FOUND

ORG, ORG_ID = "corp", 4242
OWNER_TOKEN = "token-of-an-owner"
AS_OF = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
CONTEXT = ReadContext(as_of=AS_OF, default_zone="Asia/Seoul")
RIGHTS = {
    "members": "read",
    "organization_administration": "read",
    "organization_personal_access_tokens": "read",
    "administration": "read",
    "metadata": "read",
}
EPOCH = "2020-03-01T09:00:00Z"
LATER = "2026-11-01T09:00:00Z"


@dataclass(kw_only=True)
class KeptToken:
    """A fine-grained one, or one that is authorized for single sign-on."""

    id: int
    name: str
    kind: Literal["fine-grained", "personal access token", "SSH key"] = "fine-grained"
    ends: str | None = None
    used: str | None = LATER
    of: int | None = None
    """The key's own number, of an SSH key's authorization."""


@dataclass(kw_only=True)
class KeptPerson:
    """A user, and what they are in the organization."""

    id: int
    login: str
    role: Literal["admin", "member", "outside", ""] = "member"
    public: bool = False
    weak: bool = False
    suspended: bool = False
    hidden: bool = False
    """By its number it's shown to nobody, as a flagged user is."""
    mail: str = ""
    """At the identity provider."""
    tokens: list[KeptToken] = field(default_factory=list[KeptToken])
    keys: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(kw_only=True)
class KeptDeployKey:
    """A repository's."""

    id: int
    repository: int
    title: str
    by: str | None
    key: str
    enabled: bool = True
    read_only: bool = False


class GithubOrgService:
    """One organization. What an App or a token may is in `rights`, until a test takes it away."""

    def __init__(self) -> None:
        self.people: dict[int, KeptPerson] = {}
        self.invited: dict[int, tuple[str | None, str | None, str]] = {}
        """(login, mail, role)"""
        self.repositories: dict[int, str] = {1: "shop", 2: "pay"}
        self.unseen = 0
        """Private repositories that the reader isn't shown."""
        self.deploy_keys: dict[int, KeptDeployKey] = {}
        self.rights = dict(RIGHTS)
        self.scopes: str | None = None
        self.selection = "all"
        self.saml = True
        self.is_server = False
        self.invites = True
        self.graphql_error: dict[str, str] | None = None
        """What stands beside the data that GraphQL answers."""
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda person: person
        """What becomes of a user on the way."""
        self.spoils_token: Callable[[dict[str, Any]], dict[str, Any]] = lambda token: token
        """What becomes of a fine-grained token."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.between_pages: Callable[[], None] | None = None
        """Called once a first page was given of more than one."""
        self.links: Callable[[str], str] = lambda link: link
        """What becomes of a Link header on the way."""
        self.api = f"https://127.0.0.1{BASE}"
        self._ids = itertools.count(100)
        self._lock = threading.RLock()
        self._routes: list[tuple[str, str, str, Callable[..., Answered]]] = [
            ("POST", r"/app/installations/(\d+)/access_tokens", "", self._installed),
            ("GET", r"/user", "", self._user),
            ("GET", r"/user/memberships/orgs/corp", "", self._own_membership),
            ("GET", r"/orgs/corp", "", self._org),
            ("GET", r"/orgs/corp/members", "", self._members),
            ("GET", r"/orgs/corp/outside_collaborators", "members", self._outside),
            ("GET", r"/orgs/corp/invitations", "members", self._invitations),
            ("GET", r"/orgs/corp/memberships/([^/]+)", "members", self._membership),
            ("GET", r"/orgs/corp/personal-access-tokens", "organization_personal_access_tokens", self._tokens),
            ("GET", r"/orgs/corp/credential-authorizations", "organization_administration", self._authorized),
            ("GET", r"/orgs/corp/repos", "metadata", self._repos),
            ("GET", r"/repositories/(\d+)", "metadata", self._repo),
            ("GET", r"/repositories/(\d+)/keys", "administration", self._repo_keys),
            ("GET", r"/user/(\d+)", "", self._user_by_id),
            ("GET", r"/users/([^/]+)/keys", "", self._user_keys),
            ("POST", r"/api/graphql", "", self._graphql),
        ]

    def answer(self, asked: Asked) -> Answered:
        """One request at a time."""
        with self._lock:
            answered = self._answer(asked)
        if self.is_server:
            answered = replace(answered, headers={**answered.headers, "X-GitHub-Enterprise-Version": "3.19.1"})
        return answered

    def _answer(self, asked: Asked) -> Answered:
        if self.limits:
            return self.limits.pop(0)
        token = asked.headers.get("authorization", "").rpartition(" ")[2]
        if token != OWNER_TOKEN and not token.startswith(("ghs_", "ey")):
            return _said(401, "Bad credentials")
        for method, pattern, right, does in self._routes:
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method:
                if right and right not in self.rights:
                    return replace(
                        _said(403, "Resource not accessible by integration"),
                        headers={"X-Accepted-GitHub-Permissions": f"{right}=read"},
                    )
                return does(asked, *match.groups())
        return NOT_FOUND

    # --- what people do there -----------------------------------------------------------------------------------------

    def add(self, login: str, role: Literal["admin", "member", "outside"] = "member", **more: Any) -> KeptPerson:
        """A user, with a token and an SSH key."""
        person = KeptPerson(id=next(self._ids), login=login, role=role, **more)
        person.keys = {next(self._ids): public_key(login)}
        person.tokens = [KeptToken(id=next(self._ids), name="laptop")]
        self.people[person.id] = person
        return person

    def of(self, login: str) -> KeptPerson:
        """By login."""
        return next(each for each in self.people.values() if each.login == login)

    def deploy(self, by: str | None, repository: int = 1, title: str = "ci", **more: Any) -> KeptDeployKey:
        """Add a deploy key."""
        number = next(self._ids)
        key = KeptDeployKey(
            id=number, repository=repository, title=title, by=by, key=public_key(f"deploy {number}"), **more
        )
        self.deploy_keys[number] = key
        return key

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _installed(self, asked: Asked, number: str) -> Answered:
        del asked, number
        until = datetime.now(UTC) + timedelta(hours=1)
        body = {"token": "ghs_madeforthisnightalone", "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
        return Answered(status=201, body=body | {"permissions": self.rights, "repository_selection": self.selection})

    def _user(self, asked: Asked) -> Answered:
        del asked
        return Answered(body=self._public(KeptPerson(id=9, login="reader")))

    def _own_membership(self, asked: Asked) -> Answered:
        del asked
        headers = {"X-OAuth-Scopes": self.scopes} if self.scopes is not None else {}
        return Answered(body=self._as_member(KeptPerson(id=9, login="reader", role="admin")), headers=headers)

    def _org(self, asked: Asked) -> Answered:
        del asked
        own: dict[str, Any] = {"id": ORG_ID, "login": ORG, "created_at": EPOCH, "updated_at": EPOCH, "public_repos": 0}
        own |= {"total_private_repos": len(self.repositories) + self.unseen, "type": "Organization"}
        return Answered(body=self._filled("organization-full", f"orgs/{ORG}", own))

    def _members(self, asked: Asked) -> Answered:
        role, only = asked.query.get("role", "all"), asked.query.get("filter", "all")
        sees_all = "members" in self.rights
        found = [
            each
            for each in self.people.values()
            if each.role in ({"admin", "member"} if role == "all" else {role})
            and (only == "all" or each.weak)
            and (sees_all or each.public)
        ]
        return self._paged(asked, [self._person(each) for each in found])

    def _outside(self, asked: Asked) -> Answered:
        only = asked.query.get("filter", "all")
        found = [each for each in self.people.values() if each.role == "outside" and (only == "all" or each.weak)]
        return self._paged(asked, [self._person(each) for each in found])

    def _invitations(self, asked: Asked) -> Answered:
        if self.is_server or not self.invites:
            return NOT_FOUND
        owner = self._person(KeptPerson(id=9, login="reader"))
        return self._paged(
            asked,
            [
                {"id": number, "login": login, "email": mail, "role": role, "created_at": LATER, "inviter": owner}
                | {"team_count": 0, "node_id": "I", "invitation_teams_url": f"{self.api}/teams"}
                for number, (login, mail, role) in self.invited.items()
            ],
        )

    def _membership(self, asked: Asked, login: str) -> Answered:
        del asked
        person = next((each for each in self.people.values() if each.login.lower() == login.lower()), None)
        if person is None or person.role not in {"admin", "member"}:
            return NOT_FOUND
        return Answered(body=self._as_member(person))

    def _tokens(self, asked: Asked) -> Answered:
        found = [
            {
                "id": 7000 + token.id,
                "owner": self._person(person),
                "repository_selection": "all",
                "repositories_url": f"{self.api}/all",
                "permissions": {},
                "access_granted_at": EPOCH,
                "token_id": token.id,
                "token_name": token.name,
                "token_last_used_at": token.used,
                "token_expired": bool(token.ends and token.ends < LATER),
                "token_expires_at": token.ends,
            }
            for person in self.people.values()
            for token in person.tokens
            if token.kind == "fine-grained" and person.role in {"admin", "member"}
        ]
        return self._paged(asked, [self.spoils_token(each) for each in found])

    def _authorized(self, asked: Asked) -> Answered:
        wanted = asked.query.get("login", "")
        found = [
            {
                "login": person.login,
                "credential_id": token.id,
                "credential_type": token.kind,
                "credential_authorized_at": EPOCH,
                "credential_accessed_at": token.used,
                "authorized_credential_id": token.of,
                "authorized_credential_expires_at": token.ends,
                "authorized_credential_note": token.name,
            }
            for person in self.people.values()
            for token in person.tokens
            if token.kind != "fine-grained" and (not wanted or person.login == wanted)
        ]
        return self._paged(asked, found)

    def _repos(self, asked: Asked) -> Answered:
        return self._paged(asked, [self._repository("minimal-repository", each) for each in self.repositories])

    def _repo(self, asked: Asked, number: str) -> Answered:
        del asked
        there = int(number) in self.repositories
        return Answered(body=self._repository("full-repository", int(number))) if there else NOT_FOUND

    def _repo_keys(self, asked: Asked, number: str) -> Answered:
        if int(number) not in self.repositories:
            return NOT_FOUND
        found = [
            {
                "id": key.id,
                "key": key.key,
                "url": f"{self.api}/keys/{key.id}",
                "title": key.title,
                "verified": True,
                "created_at": EPOCH,
                "read_only": key.read_only,
                "added_by": key.by,
                "last_used": LATER,
                "enabled": key.enabled,
            }
            for key in self.deploy_keys.values()
            if key.repository == int(number)
        ]
        return self._paged(asked, found)

    def _user_by_id(self, asked: Asked, number: str) -> Answered:
        del asked
        person = self.people.get(int(number))
        return Answered(body=self._public(person)) if person and not person.hidden else NOT_FOUND

    def _user_keys(self, asked: Asked, login: str) -> Answered:
        keys = self.of(login).keys
        found = [{"id": number, "key": key, "created_at": EPOCH, "last_used": LATER} for number, key in keys.items()]
        return self._paged(asked, found)

    def _graphql(self, asked: Asked) -> Answered:
        provider: dict[str, Any] | None = None
        if self.saml and "members" in self.rights:
            login = asked.body["variables"].get("login")
            found = [each for each in self.people.values() if each.mail and (not login or each.login == login)]
            nodes = [
                {
                    "user": {"login": each.login},
                    "samlIdentity": {"nameId": each.mail, "username": None, "emails": None},
                    "scimIdentity": {"username": each.mail, "emails": [{"value": each.mail}]},
                }
                for each in found
            ]
            page = {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": nodes}
            provider = {"id": "P", "externalIdentities": page}
        body: dict[str, Any] = {"data": {"organization": {"samlIdentityProvider": provider}}}
        return Answered(body=body | ({"errors": [self.graphql_error]} if self.graphql_error else {}))

    # --- as GitHub shows it -------------------------------------------------------------------------------------------

    def _paged(self, asked: Asked, rows: list[dict[str, Any]]) -> Answered:
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        shown = rows[size * (page - 1) : size * page]
        headers: dict[str, str] = {}
        if len(rows) > size * page:
            query = httpx.QueryParams({**asked.query, "page": str(page + 1)})
            if link := self.links(f"{self.api}{asked.path}?{query}"):
                headers["Link"] = f'<{link}>; rel="next", <{self.api}{asked.path}?page=99>; rel="last"'
            if page == 1 and self.between_pages:
                moves, self.between_pages = self.between_pages, None
                moves()
        return Answered(body=shown, headers=headers)

    def _filled(self, schema: str, path: str, own: Mapping[str, Any]) -> dict[str, Any]:
        url = f"{self.api}/{path}"
        return {name: _usual(name, told, url) for name, told in _needed(schema).items()} | dict(own)

    def _person(self, person: KeptPerson) -> dict[str, Any]:
        own = {"login": person.login, "id": person.id, "type": "User", "site_admin": False}
        return self.spoils(self._filled("simple-user", f"users/{person.id}", own))

    def _public(self, person: KeptPerson) -> dict[str, Any]:
        own: dict[str, Any] = {"created_at": EPOCH, "updated_at": EPOCH, "user_view_type": "public"}
        own |= {"suspended_at": LATER} if person.suspended else {}
        return self._filled("public-user", f"users/{person.id}", self._person(person) | own)

    def _as_member(self, person: KeptPerson) -> dict[str, Any]:
        simple = self._filled("organization-simple", f"orgs/{ORG}", {"login": ORG, "id": ORG_ID})
        own = {"state": "active", "role": person.role, "organization": simple, "user": self._person(person)}
        return self._filled("org-membership", f"orgs/{ORG}", own)

    def _repository(self, schema: str, number: int) -> dict[str, Any]:
        name = self.repositories[number]
        owner = self._person(KeptPerson(id=ORG_ID, login=ORG))
        own: dict[str, Any] = {
            "id": number,
            "name": name,
            "full_name": f"{ORG}/{name}",
            "owner": owner,
            "private": True,
        }
        own |= {"pushed_at": EPOCH, "created_at": EPOCH, "updated_at": EPOCH} if schema == "full-repository" else {}
        return self._filled(schema, f"repos/{ORG}/{name}", own)


def _usual(name: str, told: Mapping[str, Any], url: str) -> object:
    if name == "url" or name.endswith("_url"):
        return url
    if told.get("nullable") or "type" not in told:
        return None
    return {"integer": 0, "boolean": False}.get(told["type"], "")


@cache
def _needed(schema: str) -> dict[str, Any]:
    return needed("github", schema)


@cache
def public_key(name: str) -> str:
    """A key of OpenSSH's; the same for the same name."""
    assert name
    made = ed25519.Ed25519PrivateKey.generate().public_key()
    return made.public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


def _said(status: int, message: str) -> Answered:
    return Answered(status=status, body={"message": message, "documentation_url": "https://docs.github.com/rest"})


@cache
def app_key() -> str:
    """An App's, in PEM."""
    made = rsa.generate_private_key(65537, 2048)
    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, plain).decode()


@dataclass(frozen=True, kw_only=True)
class GithubOrgPlace:
    """A running service, and how it's reached."""

    kept: GithubOrgService
    service: Described
    tls: Tls | None

    def connection(self, *, app: bool = True, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        given: dict[str, Any] = {"conn_id": "corp_github", "host": "127.0.0.1", "port": self.service.port}
        extra: dict[str, object] = {"ca_certs_file": str(self.tls.authority)} if self.tls else {}
        if app:
            given |= {"login": "1234", "password": app_key()}
            extra |= {"installation_id": 417}
        else:
            given["password"] = OWNER_TOKEN
        given |= {"schema": "https" if self.tls else "http", "extra": extra, **changes}
        return ConnectionFields(**given)

    def source(self, connection: ConnectionFields | None = None, *, app: bool = True, **settings: Any) -> Source:
        """A new reader."""
        given = {"name": "gh", "kind": "github_org", "connection": "corp_github", "organization": ORG, "saml": True}
        own = github_org.Settings.model_validate(given | settings)
        return github_org.build(own, connection or self.connection(app=app), "", CONTEXT)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their labels."""
        facts = self.source(**settings).collect()
        return {fact.label: fact for fact in facts if isinstance(fact, Account)}


@cache
def description() -> Description:
    """GitHub's own."""
    return Description("github")


@contextmanager
def github_org_place(tls: Tls | None) -> Generator[GithubOrgPlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked,
    which is most of the time that it takes.
    """
    kept = GithubOrgService()
    with described(kept.answer, description() if tls else None, tls, base=BASE) as service:
        kept.api = f"{'https' if tls else 'http'}://127.0.0.1:{service.port}{BASE}"
        yield GithubOrgPlace(kept=kept, service=service, tls=tls)
