"""The demo's organization on GitHub, held to GitHub's own OpenAPI description; and its reader."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from demo.github import GithubOrgService, app_key
from demo.github_answers import BASE, ORG
from demo.github_log import OWNER_TOKEN
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields, Source
from offboarding.model import Account
from offboarding.sources import github_org
from tests.support.described.server import Described, Description, described, needed
from tests.support.usual_read import CONTEXT


@cache
def _needed(schema: str) -> Mapping[str, Any]:
    return needed("github_org", schema)


@dataclass(frozen=True, kw_only=True)
class GithubOrgPlace:
    """A running service, and how it's reached."""

    kept: GithubOrgService
    service: Described
    tls: Tls | None

    def connection(self, *, app: bool = True, **changes: Any) -> ConnectionFields:
        """As Airflow has it."""
        given = self.service.fields(conn_id="corp_github")
        if app:
            given |= {"login": "1234", "password": app_key()}
            given["extra"] |= {"installation_id": 417}
        else:
            given["password"] = OWNER_TOKEN
        return ConnectionFields(**(given | changes))

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
    return Description("github_org")


@contextmanager
def github_org_place(tls: Tls | None) -> Generator[GithubOrgPlace]:
    """On a free port; nothing that was asked or said differs from the description. Without TLS nothing is checked,
    which is most of the time that it takes.
    """
    kept = GithubOrgService(_needed)
    with described(kept.answer, description() if tls else None, tls, base=BASE) as service:
        kept.api = f"{'https' if tls else 'http'}://127.0.0.1:{service.port}{BASE}"
        yield GithubOrgPlace(kept=kept, service=service, tls=tls)
