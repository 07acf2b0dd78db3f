"""What GitHub's API tells of an organization, in its own form (https://docs.github.com/en/rest)."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

import httpx

from demo.answering import Answered, Asked, part_of
from demo.github_kept import LATER, KeptDeployKey, KeptInstallation, KeptPerson, KeptToken

ORG, ORG_ID = "corp", 4242
BASE = "/api/v3"
EPOCH = "2020-03-01T09:00:00Z"
_Kept = TypeVar("_Kept")


class GithubAnswers:
    """Pages, people and repositories, with whatever else an answer needs."""

    def __init__(self, needs: Callable[[str], Mapping[str, Any]] | None = None) -> None:
        self._needs = needs or _none
        self.repositories: dict[int, str] = {1: "shop", 2: "pay"}
        self.archived: set[int] = set()
        self.spoils: Callable[[dict[str, Any]], dict[str, Any]] = lambda person: person
        """What becomes of a user on the way."""
        self.between_pages: Callable[[], None] | None = None
        """Called once a first page was given of more than one."""
        self.links: Callable[[str], str] = lambda link: link
        """What becomes of a Link header on the way."""
        self.api = f"https://127.0.0.1{BASE}"

    def paged(
        self, asked: Asked, found: Iterable[_Kept], show: Callable[[_Kept], dict[str, Any]], within: str = ""
    ) -> Answered:
        """By numbered pages."""
        size, page = int(asked.query.get("per_page", 30)), int(asked.query.get("page", 1))
        kept, more = part_of(found, size, size * (page - 1))
        shown = [show(each) for each in kept]
        headers: dict[str, str] = {}
        if more:
            query = httpx.QueryParams({**asked.query, "page": str(page + 1)})
            if link := self.links(f"{self.api}{asked.path}?{query}"):
                headers["Link"] = f'<{link}>; rel="next", <{self.api}{asked.path}?page=99>; rel="last"'
            if page == 1 and self.between_pages:
                moves, self.between_pages = self.between_pages, None
                moves()
        body = {"total_count": len(shown), within: shown} if within else shown
        return Answered(body=body, headers=headers)

    def filled(self, schema: str, path: str, own: Mapping[str, Any]) -> dict[str, Any]:
        """An answer of that schema."""
        url = f"{self.api}/{path}"
        return {name: _usual(name, told, url) for name, told in self._needs(schema).items()} | dict(own)

    def person(self, person: KeptPerson) -> dict[str, Any]:
        """As lists tell of somebody."""
        own = {"login": person.login, "id": person.id, "type": "User", "site_admin": False}
        return self.spoils(self.filled("simple-user", f"users/{person.id}", own))

    def public(self, person: KeptPerson) -> dict[str, Any]:
        """As anybody may see a user."""
        own: dict[str, Any] = {"created_at": EPOCH, "updated_at": EPOCH, "user_view_type": "public"}
        own |= {"suspended_at": LATER} if person.suspended else {}
        return self.filled("public-user", f"users/{person.id}", self.person(person) | own)

    def as_member(self, person: KeptPerson) -> dict[str, Any]:
        """A membership."""
        simple = self.filled("organization-simple", f"orgs/{ORG}", {"login": ORG, "id": ORG_ID})
        own = {"state": "active", "role": person.role, "organization": simple, "user": self.person(person)}
        return self.filled("org-membership", f"orgs/{ORG}", own)

    def repository(self, schema: str, number: int) -> dict[str, Any]:
        """A private one of the organization."""
        name = self.repositories[number]
        owner = self.person(KeptPerson(id=ORG_ID, login=ORG))
        own: dict[str, Any] = {
            "id": number,
            "name": name,
            "full_name": f"{ORG}/{name}",
            "owner": owner,
            "private": True,
            "archived": number in self.archived,
        }
        own |= {"pushed_at": EPOCH, "created_at": EPOCH, "updated_at": EPOCH} if schema == "full-repository" else {}
        return self.filled(schema, f"repos/{ORG}/{name}", own)

    def fine_grained(self, person: KeptPerson, token: KeptToken) -> dict[str, Any]:
        """A token that the organization approved."""
        return {
            "id": 7000 + token.id,
            "owner": self.person(person),
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

    def authorization(self, person: KeptPerson, token: KeptToken) -> dict[str, Any]:
        """A token or key that is authorized for single sign-on."""
        return {
            "login": person.login,
            "credential_id": token.id,
            "credential_type": token.kind,
            "credential_authorized_at": EPOCH,
            "credential_accessed_at": token.used,
            "authorized_credential_id": token.of,
            "authorized_credential_expires_at": token.ends,
            "authorized_credential_note": token.name,
        }

    def installation(self, kept: KeptInstallation) -> dict[str, Any]:
        """An App's, as lists tell of it."""
        own: dict[str, Any] = {"id": kept.id, "app_id": kept.id, "app_slug": kept.slug, "client_id": f"Iv1.{kept.slug}"}
        own |= {"created_at": kept.at, "updated_at": kept.at, "suspended_at": kept.suspended, "suspended_by": None}
        own |= {"permissions": kept.permissions, "events": [], "repository_selection": "all"}
        own |= {"account": self.person(KeptPerson(id=ORG_ID, login=ORG))}
        own |= {"target_id": ORG_ID, "target_type": "Organization", "single_file_name": None}
        return self.filled("installation", f"installations/{kept.id}", own)

    def deploy_key(self, key: KeptDeployKey) -> dict[str, Any]:
        """As its repository lists it."""
        return {
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


def _none(schema: str) -> Mapping[str, Any]:
    """What a reader asks for is said by name."""
    del schema
    return {}


def _usual(name: str, told: Mapping[str, Any], url: str) -> object:
    if name == "url" or name.endswith("_url"):
        return url
    if told.get("nullable") or "type" not in told:
        return None
    return {"integer": 0, "boolean": False}.get(told["type"], "")
