"""As many people as one likes in each stand-in of a system that is asked over HTTP, with what usually is theirs."""

import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from demo.certificates import make_certificate
from demo.okta import OktaService
from demo.slapd import Tls
from tests.support.bamboo_service import BambooService, bamboo_place
from tests.support.entra_service import EntraPlace, EntraService, entra_place
from tests.support.github_org_service import GithubOrgService, github_org_place
from tests.support.gitlab_users_service import GROUP, GROUP_PATH, GitlabUsersService, gitlab_users_place
from tests.support.google_service import GoogleService, google_place
from tests.support.kubernetes_service import KubernetesService, kubernetes_place
from tests.support.okta_service import okta_place
from tests.support.personio_service import PersonioService, personio_place
from tests.support.vault_multiplied import MultipliedVault, multiplied_vault_place
from tests.support.workday_service import WorkdayService, workday_place

Place = Any
"""A running stand-in; each kind has a class of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Of one system."""

    opened: Callable[[Tls | None], AbstractContextManager[Place]]
    """Its stand-in; without TLS nothing is held to a description."""
    fill: Callable[[Any, int], None]
    """So many people come into it."""
    reader: Callable[[Place], Any] = lambda place: place.source()


@contextmanager
def _entra_place(tls: Tls | None) -> Generator[EntraPlace]:
    """It's asked over HTTPS even where nothing is checked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        entra_place(tls or make_certificate(Path(folder)), checked=tls is not None) as place,
    ):
        yield place


def _okta(kept: OktaService, users: int) -> None:
    """One in a hundred has an API token, which takes an administrator; one in two hundred made a service app."""
    for number in range(users):
        user = kept.add(f"p{number}@corp.example", number=f"{number:06}")
        if number % 100:
            kept.tokens.popitem()
        else:
            user.roles.append("HELP_DESK_ADMIN")
        if number % 200 == 1:
            kept.apps.add(f"app {number}", (user.id, user.login))


def _entra(kept: EntraService, users: int) -> None:
    """One in two hundred owns an application."""
    for number in range(users):
        mail = f"p{number}@corp.example"
        user = kept.add(
            mail, mail=mail, employeeId=str(number), proxyAddresses=[f"SMTP:{mail}", f"smtp:q{number}@c.kr"]
        )
        if not number % 200:
            kept.register(f"app {number}", user)


def _google(kept: GoogleService, users: int) -> None:
    for number in range(users):
        kept.add(f"p{number}@corp.example", externalIds=[{"type": "organization", "value": str(number)}])


def _github(kept: GithubOrgService, users: int) -> None:
    """One in ten is no member but an outside collaborator, and one in twenty has no second factor."""
    for number in range(users):
        role = "member" if number % 10 else "outside"
        kept.add(f"p{number}", role, mail=f"p{number}@corp.example", weak=number % 20 == 1)


def _gitlab(kept: GitlabUsersService, users: int) -> None:
    """One in a hundred is a bot."""
    # Of a group with nothing below, since each place would list everybody again.
    kept.groups, kept.projects = {GROUP: (GROUP_PATH, None)}, {}
    for number in range(users):
        if number % 100 == 1:
            kept.bot("groups", GROUP, None)
        else:
            known = {"provider": "saml", "extern_uid": f"p{number}@corp.example"}
            kept.add(f"p{number}", email=f"p{number}@corp.example", identities=[known], saml=known)


def _kubernetes(kept: KubernetesService, users: int) -> None:
    """A binding for each, and beside every ten of them a workload with a token."""
    for number in range(users):
        namespace = f"team-{number // 50}"
        kept.bind(f"b{number}", role="view", user=f"p{number}@corp.example", namespace=namespace)
        if not number % 10:
            kept.service_account(namespace, f"s{number}")
            kept.token(namespace, f"s{number}", f"t{number}", annotations={"owner": f"p{number}@corp.example"})
            kept.bind(f"w{number}", role="view", service_account=(namespace, f"s{number}"), namespace=namespace)


def _bamboo(kept: BambooService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


def _personio(kept: PersonioService, users: int) -> None:
    for number in range(users):
        kept.add(number + 1)


def _workday(kept: WorkdayService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


def _vault(kept: MultipliedVault, users: int) -> None:
    kept.users = users


POPULATIONS: Mapping[str, Population] = {
    "okta": Population(opened=okta_place, fill=_okta),
    "entra_id": Population(opened=_entra_place, fill=_entra),
    "google_workspace": Population(opened=google_place, fill=_google),
    "github_org": Population(opened=github_org_place, fill=_github),
    "gitlab_users": Population(opened=gitlab_users_place, fill=_gitlab),
    "gitlab_users_of_a_group": Population(
        opened=gitlab_users_place, fill=_gitlab, reader=lambda place: place.source(group=True)
    ),
    "vault_auth": Population(opened=multiplied_vault_place, fill=_vault),
    "kubernetes_cluster": Population(
        # It makes a copy of the whole list first, which is of one moment.
        opened=kubernetes_place,
        fill=_kubernetes,
        reader=lambda place: place.source(timeout_seconds=600),
    ),
    "bamboohr": Population(opened=bamboo_place, fill=_bamboo, reader=lambda place: place.roster()),
    "personio": Population(opened=personio_place, fill=_personio, reader=lambda place: place.roster()),
    "workday": Population(opened=workday_place, fill=_workday, reader=lambda place: place.roster()),
}
"""By kind."""
