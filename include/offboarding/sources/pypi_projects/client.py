"""How PyPI is asked, without a login, and what it answers of a project: its JSON API.

https://github.com/pypi/warehouse/blob/main/docs/user/api/json.md
"""

import httpx

from offboarding.interfaces import ConnectionFields
from offboarding.net.service.address import address_of, needed
from offboarding.net.service.answers import Told, object_in
from offboarding.net.service.api import HttpApi
from offboarding.sources.pypi_projects.settings import PypiProjectsSettings

PAGE = "docs/permissions/pypi.md"


class PypiRole(Told):
    """A user's, of a project: Owner or Maintainer."""

    role: str
    user: str


class PypiOwnership(Told):
    """Who may publish, as far as it's told: what an organization's members may isn't."""

    roles: tuple[PypiRole, ...]
    organization: str | None = None


class PypiProject(Told):
    """A project. Its authors' and maintainers' mails are what was uploaded, and no accounts."""

    ownership: PypiOwnership


class PypiIndex(HttpApi):
    """One index, asked by one connection."""

    system, page = "PyPI", PAGE
    renewed_by = "It wants a login: see where the connection leads"

    def __init__(self, settings: PypiProjectsSettings, connection: ConnectionFields, where: str) -> None:
        needed(where, connection, "host")
        super().__init__(where, settings, connection, address_of(where, connection), {"Accept": "application/json"})

    def authorization(self) -> str:
        """None: anybody may read it."""
        return ""

    def words(self, answer: httpx.Response) -> str:
        """Its `message`."""
        return str(object_in(answer).get("message") or "")

    def lacking(self, answer: httpx.Response) -> str:
        """No right is needed: where there's nothing, the name is another, or no version was published yet."""
        return "Look whether the project is called so, and has a version." if answer.status_code == 404 else ""
