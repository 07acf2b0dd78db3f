"""An organization on GitHub as its API tells of it; and what its owners do there.

As documented at https://docs.github.com/en/rest/orgs: who may not see all members is told the public ones, without a
word; what an App has no right to is 403 with the permission that is missing; a list goes by numbered pages.
"""

import hashlib
import itertools
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Literal

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from demo.answering import Answered, Asked, behind, part_of
from demo.github_answers import EPOCH, ORG, ORG_ID
from demo.github_kept import LATER, KeptDeployKey, KeptInstallation, KeptPerson, KeptToken, public_key
from demo.github_log import NOT_FOUND, OWNER_TOKEN, GithubAuditLog, said

MOST_IDENTITIES = 100
"""Nodes that GraphQL gives at once (https://docs.github.com/en/graphql/guides/using-pagination-in-the-graphql-api)."""
RIGHTS = {
    "members": "read",
    "organization_administration": "read",
    "organization_personal_access_tokens": "read",
    "administration": "read",
    "metadata": "read",
}


class GithubOrgService(GithubAuditLog):
    """One organization. What an App or a token may is in `rights`, until a test takes it away."""

    def __init__(self, needs: Callable[[str], Mapping[str, Any]] | None = None) -> None:
        super().__init__(needs)
        self.people: dict[int, KeptPerson] = {}
        self.invited: dict[int, tuple[str | None, str | None, str]] = {}
        """(login, mail, role)"""
        self.unseen = 0
        """Private repositories that the reader isn't shown."""
        self.deploy_keys: dict[int, KeptDeployKey] = {}
        self.installed: dict[int, KeptInstallation] = {}
        self.rights = dict(RIGHTS)
        self.scopes: str | None = None
        self.selection = "all"
        self.saml = True
        self.is_server = False
        self.invites = True
        self.graphql_error: dict[str, str] | None = None
        """What stands beside the data that GraphQL answers."""
        self.spoils_token: Callable[[dict[str, Any]], dict[str, Any]] = lambda token: token
        """What becomes of a fine-grained token."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
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
            ("GET", r"/orgs/corp/installations", "organization_administration", self._installations),
            ("GET", r"/orgs/corp/audit-log", "organization_administration", self.log_of_organization),
            ("GET", r"/enterprises/corp-group/audit-log", "", self.log_of_enterprise),
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
            return said(401, "Bad credentials")
        for method, pattern, right, does in self._routes:
            match = re.fullmatch(pattern, asked.path)
            if match and method == asked.method:
                if right and right not in self.rights:
                    return replace(
                        said(403, "Resource not accessible by integration"),
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

    def install(self, slug: str, by: str = "", at: str = LATER, **permissions: str) -> KeptInstallation:
        """An App; the audit log tells who did."""
        kept = KeptInstallation(id=next(self._ids), slug=slug, permissions=permissions, at=at)
        self.installed[kept.id] = kept
        if by:
            self.logged("integration_installation.create", at, actor=by, application_client_id=f"Iv1.{slug}")
        return kept

    def suspend(self, login: str, at: str = LATER, *, code: str = "corp") -> KeptPerson:
        """A managed user, by the identity provider: their name becomes a hash, and they stay a member."""
        person = self.of(login)
        self.logged("user.suspend", at, user_id=person.id, user=login)
        person.login = f"{hashlib.md5(login.encode(), usedforsecurity=False).hexdigest()}_{code}"
        return person

    # --- what is asked ------------------------------------------------------------------------------------------------

    def _installed(self, asked: Asked, number: str) -> Answered:
        del asked, number
        until = datetime.now(UTC) + timedelta(hours=1)
        body = {"token": "ghs_madeforthisnightalone", "expires_at": f"{until:%Y-%m-%dT%H:%M:%SZ}"}
        return Answered(status=201, body=body | {"permissions": self.rights, "repository_selection": self.selection})

    def _user(self, asked: Asked) -> Answered:
        del asked
        return Answered(body=self.public(KeptPerson(id=9, login="reader")))

    def _own_membership(self, asked: Asked) -> Answered:
        del asked
        headers = {"X-OAuth-Scopes": self.scopes} if self.scopes is not None else {}
        return Answered(body=self.as_member(KeptPerson(id=9, login="reader", role="admin")), headers=headers)

    def _org(self, asked: Asked) -> Answered:
        del asked
        own: dict[str, Any] = {"id": ORG_ID, "login": ORG, "created_at": EPOCH, "updated_at": EPOCH, "public_repos": 0}
        own |= {"total_private_repos": len(self.repositories) + self.unseen, "type": "Organization"}
        return Answered(body=self.filled("organization-full", f"orgs/{ORG}", own))

    def _members(self, asked: Asked) -> Answered:
        role, only = asked.query.get("role", "all"), asked.query.get("filter", "all")
        sees_all = "members" in self.rights
        roles = {"admin", "member"} if role == "all" else {role}
        found = (
            each
            for each in self.people.values()
            if each.role in roles and (only == "all" or each.weak) and (sees_all or each.public)
        )
        return self.paged(asked, found, self.person)

    def _outside(self, asked: Asked) -> Answered:
        only = asked.query.get("filter", "all")
        found = (each for each in self.people.values() if each.role == "outside" and (only == "all" or each.weak))
        return self.paged(asked, found, self.person)

    def _invitations(self, asked: Asked) -> Answered:
        if self.is_server or not self.invites:
            return NOT_FOUND
        owner = self.person(KeptPerson(id=9, login="reader"))

        def shown(invited: tuple[int, tuple[str | None, str | None, str]]) -> dict[str, Any]:
            number, (login, mail, role) = invited
            own = {"id": number, "login": login, "email": mail, "role": role, "created_at": LATER, "inviter": owner}
            return own | {"team_count": 0, "node_id": "I", "invitation_teams_url": f"{self.api}/teams"}

        return self.paged(asked, self.invited.items(), shown)

    def _membership(self, asked: Asked, login: str) -> Answered:
        del asked
        person = next((each for each in self.people.values() if each.login.lower() == login.lower()), None)
        if person is None or person.role not in {"admin", "member"}:
            return NOT_FOUND
        return Answered(body=self.as_member(person))

    def _tokens(self, asked: Asked) -> Answered:
        found = (
            (person, token)
            for person in self.people.values()
            for token in person.tokens
            if token.kind == "fine-grained" and person.role in {"admin", "member"}
        )
        return self.paged(asked, found, lambda held: self.spoils_token(self.fine_grained(*held)))

    def _authorized(self, asked: Asked) -> Answered:
        wanted = asked.query.get("login", "")
        found = (
            (person, token)
            for person in self.people.values()
            for token in person.tokens
            if token.kind != "fine-grained" and (not wanted or person.login == wanted)
        )
        return self.paged(asked, found, lambda held: self.authorization(*held))

    def _installations(self, asked: Asked) -> Answered:
        return self.paged(asked, self.installed.values(), self.installation, "installations")

    def _repos(self, asked: Asked) -> Answered:
        return self.paged(asked, self.repositories, lambda number: self.repository("minimal-repository", number))

    def _repo(self, asked: Asked, number: str) -> Answered:
        del asked
        there = int(number) in self.repositories
        return Answered(body=self.repository("full-repository", int(number))) if there else NOT_FOUND

    def _repo_keys(self, asked: Asked, number: str) -> Answered:
        if int(number) not in self.repositories:
            return NOT_FOUND
        found = (key for key in self.deploy_keys.values() if key.repository == int(number))
        return self.paged(asked, found, self.deploy_key)

    def _user_by_id(self, asked: Asked, number: str) -> Answered:
        del asked
        person = self.people.get(int(number))
        return Answered(body=self.public(person)) if person and not person.hidden else NOT_FOUND

    def _user_keys(self, asked: Asked, login: str) -> Answered:
        def shown(held: tuple[int, str]) -> dict[str, Any]:
            return {"id": held[0], "key": held[1], "created_at": EPOCH, "last_used": LATER}

        return self.paged(asked, self.of(login).keys.items(), shown)

    def _graphql(self, asked: Asked) -> Answered:
        provider: dict[str, Any] | None = None
        if self.saml and "members" in self.rights:
            given = asked.body["variables"]
            login, after = given.get("login"), given.get("after")
            people = behind(self.people, int(after) if after else None)
            found = (each for each in people if each.mail and (not login or each.login == login))
            kept, more = part_of(found, MOST_IDENTITIES)
            nodes = [
                {
                    "user": {"login": each.login},
                    "samlIdentity": {"nameId": each.mail, "username": None, "emails": None},
                    "scimIdentity": {"username": each.mail, "emails": [{"value": each.mail}]},
                }
                for each in kept
            ]
            page = {"pageInfo": {"hasNextPage": more, "endCursor": str(kept[-1].id) if kept else None}, "nodes": nodes}
            provider = {"id": "P", "externalIdentities": page}
        body: dict[str, Any] = {"data": {"organization": {"samlIdentityProvider": provider}}}
        return Answered(body=body | ({"errors": [self.graphql_error]} if self.graphql_error else {}))


@cache
def app_key() -> str:
    """An App's, in PEM."""
    made = rsa.generate_private_key(65537, 2048)
    form, plain = serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    return made.private_bytes(serialization.Encoding.PEM, form, plain).decode()
