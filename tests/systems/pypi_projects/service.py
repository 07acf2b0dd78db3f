"""PyPI's JSON API over HTTPS, held to what PyPI publishes of it; and what owners of projects do there.

As documented in warehouse, docs/user/api/json.md: `ownership` tells users with their roles, and the organization of a
project, of whose members nothing is said. Whoever uploads writes what authors and maintainers are called.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from demo.answering import Answered, Asked
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import pypi_projects
from tests.support.described.server import Described, Description, described
from tests.support.usual_read import CONTEXT

SHOP, PAY = "corp-shop", "corp-pay"
NOT_FOUND = Answered(status=404, body={"message": "Not Found"})
FORBIDDEN = Answered(status=403, body={"message": "Forbidden"})
UPLOADED = {"author": "Ann", "author_email": "ann@corp.example", "maintainer_email": "", "version": "1.0"}


class PypiService:
    """One index with some projects."""

    def __init__(self) -> None:
        self.projects: dict[str, dict[str, str]] = {SHOP: {"corp-bot": "Owner"}, PAY: {"corp-bot": "Owner"}}
        """Roles by user."""
        self.organizations: dict[str, str] = {}
        self.refuses: dict[str, Answered] = {}
        """What is answered of a project, whoever asks."""
        self.limits: list[Answered] = []
        """What is said first, one after the other."""
        self.tells_owners = True
        """An index that isn't PyPI tells of none."""

    def answer(self, asked: Asked) -> Answered:
        """What the index says; it asks nobody who they are."""
        if self.limits:
            return self.limits.pop(0)
        path = asked.path.removesuffix("/")  # warehouse/routes.py has one view for both
        name = path.removeprefix("/pypi/").removesuffix("/json")
        if name in self.refuses:
            return self.refuses[name]
        if path != f"/pypi/{name}/json" or name not in self.projects:
            return NOT_FOUND
        roles = [{"role": role, "user": user} for user, role in self.projects[name].items()]
        ownership = {"ownership": {"roles": roles, "organization": self.organizations.get(name)}}
        own: dict[str, Any] = {"info": {"name": name, **UPLOADED}, "last_serial": 7, "releases": {}, "urls": []}
        return Answered(body=own | {"vulnerabilities": []} | (ownership if self.tells_owners else {}))

    def forget(self, user: str) -> None:
        """Take every role."""
        for roles in self.projects.values():
            roles.pop(user, None)


@dataclass(frozen=True, kw_only=True)
class PypiPlace:
    """A running index, and how it's reached."""

    kept: PypiService
    service: Described
    register: Path
    """The company's own, where it has one."""

    def connection(self, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        return ConnectionFields(**(self.service.fields(conn_id="corp_pypi") | changes))

    def source(self, connection: ConnectionFields | None = None, **settings: Any) -> Source:
        """A new reader."""
        given: dict[str, Any] = {"name": "pypi", "kind": "pypi_projects", "connection": "corp_pypi", "realm": "corp"}
        given |= {"projects": list(self.kept.projects)}
        given |= {"register_file": str(self.register)} if self.register.exists() else {}
        own = pypi_projects.Settings.model_validate(given | settings)
        return pypi_projects.build(own, connection or self.connection(), "", CONTEXT)

    def accounts(self, **settings: Any) -> dict[str, Account]:
        """By their ids."""
        facts = self.source(**settings).collect()
        return {fact.native_id: fact for fact in facts if isinstance(fact, Account)}


@cache
def description() -> Description:
    """What PyPI publishes of its JSON API, written after it by hand."""
    return Description("pypi_projects")


@contextmanager
def pypi_place(tls: Tls | None, folder: Path) -> Generator[PypiPlace]:
    """On a free port. Without TLS nothing is checked, which is most of the time that it takes."""
    kept = PypiService()
    with described(kept.answer, description() if tls else None, tls) as service:
        yield PypiPlace(kept=kept, service=service, register=folder / "register.csv")
