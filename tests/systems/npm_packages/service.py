"""npm's registry over HTTPS, held to what is published of it; and what an organization's owners do there.

As documented at https://github.com/npm/registry: the maintainers of a package's document are a cache, and no authority;
whoever is taken out of an organization is taken out of its teams, and keeps what they may by themselves.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from demo.answering import Answered, Asked
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import npm_packages
from tests.support.described.server import Described, Description, described
from tests.support.usual_read import CONTEXT

ORG, TOKEN, READER = "corp", "npm_token-of-the-reader", "reader"
KIT, LEGACY = "@corp/kit", "corp-legacy"
NOT_FOUND = Answered(status=404, body={"message": "Not found"})
FORBIDDEN = Answered(status=403, body={"message": "You do not have permission"})
PUBLISHED_AT = "2026-11-01T09:00:00.000Z"


@dataclass(slots=True, kw_only=True)
class KeptPackage:
    """A package, whose document lags behind who may do what."""

    rights: dict[str, str] = field(default_factory=dict[str, str])
    """By user."""
    cached: dict[str, str] = field(default_factory=dict[str, str])
    """Maintainers of the document, with their mails."""
    versions: dict[str, tuple[str, str]] = field(default_factory=dict[str, tuple[str, str]])
    """By number: who published it, and when."""


class NpmService:
    """One registry with an organization."""

    def __init__(self) -> None:
        self.roles = {READER: "owner"}
        self.packages = {KIT: KeptPackage(), LEGACY: KeptPackage()}
        self.refuses: dict[str, Answered] = {}
        """What is answered at a path, whoever asks."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""

    def answer(self, asked: Asked) -> Answered:
        """What the registry says."""
        if self.limits:
            return self.limits.pop(0)
        if asked.path in self.refuses:
            return self.refuses[asked.path]
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answered(status=401, body={"message": "Invalid authentication token"})
        own = {
            "/-/whoami": {"username": READER},
            f"/-/org/{ORG}/user": self.roles,
            f"/-/org/{ORG}/package": {name: "write" for name in self.packages if name.startswith(f"@{ORG}/")},
        }
        for name, package in self.packages.items():
            own[f"/-/package/{name}/collaborators"] = package.rights
            own[f"/{name}"] = _document(name, package)
        found = own.get(asked.path)
        return NOT_FOUND if found is None else Answered(body=found)

    def add(self, user: str, mail: str = "", *, package: str = KIT, role: str = "developer") -> None:
        """A member who may publish a package."""
        if role:
            self.roles[user] = role
        self.packages[package].rights[user] = "write"
        self.packages[package].cached[user] = mail

    def remove(self, user: str) -> None:
        """Out of the organization and of each package; documents go on naming them."""
        self.roles.pop(user, None)
        for package in self.packages.values():
            package.rights.pop(user, None)

    def forget(self, user: str) -> None:
        """And documents are made anew."""
        self.remove(user)
        for package in self.packages.values():
            package.cached.pop(user, None)


def _document(name: str, package: KeptPackage) -> dict[str, Any]:
    versions = {
        number: {"name": name, "version": number, "_npmUser": {"name": user, "email": f"{user}@old.example"}}
        for number, (user, _) in package.versions.items()
    }
    maintainers = [{"name": user, **({"email": mail} if mail else {})} for user, mail in package.cached.items()]
    times = {number: at for number, (_, at) in package.versions.items()}
    tags = {"latest": next(reversed(versions))} if versions else {}
    own = {"_id": name, "name": name, "dist-tags": tags, "versions": versions, "readme": "# kit"}
    return {**own, "time": {"created": PUBLISHED_AT, **times}, "maintainers": maintainers}


@dataclass(frozen=True, kw_only=True)
class NpmPlace:
    """A running registry, and how it's reached."""

    kept: NpmService
    service: Described
    register: Path
    """The company's own, where it has one."""

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        return ConnectionFields(**(self.service.fields(conn_id="corp_npm", password=TOKEN) | changes))

    def source(self, connection: ConnectionFields | None = None, **settings: Any) -> Source:
        """A new reader."""
        given: dict[str, Any] = {"name": "npm", "kind": "npm_packages", "connection": "corp_npm", "organization": ORG}
        given |= {"packages": [LEGACY]}
        given |= {"register_file": str(self.register)} if self.register.exists() else {}
        own = npm_packages.Settings.model_validate(given | settings)
        return npm_packages.build(own, connection or self.connection(), "", CONTEXT)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their ids."""
        facts = self.source(**settings).collect()
        return {fact.native_id: fact for fact in facts if isinstance(fact, Account)}


@cache
def description() -> Description:
    """What is published of npm's registry, written after it by hand."""
    return Description("npm_packages")


@contextmanager
def npm_place(tls: Tls | None, folder: Path) -> Generator[NpmPlace]:
    """On a free port. Without TLS nothing is checked, which is most of the time that it takes."""
    kept = NpmService()
    with described(kept.answer, description() if tls else None, tls) as service:
        yield NpmPlace(kept=kept, service=service, register=folder / "register.csv")
