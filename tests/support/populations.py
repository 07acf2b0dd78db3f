"""As many people as one likes in each stand-in of a system that is asked over HTTP, with what usually is theirs."""

import tempfile
from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from demo.certificates import make_certificate
from demo.okta import OktaService
from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model.pushing import PushedUser
from offboarding.rosters.scim.paths import ENTERPRISE
from offboarding.store import embedded
from offboarding.store.connect import opened
from offboarding.store.pushed import PushedUsersStore
from tests.systems.bamboohr.service import BambooService, bamboo_place
from tests.systems.entra_id.service import EntraPlace, EntraService, entra_place
from tests.systems.github_org.service import GithubOrgService, github_org_place
from tests.systems.gitlab_users.service import GROUP, GROUP_PATH, GitlabUsersService, gitlab_users_place
from tests.systems.google_workspace.service import GoogleService, google_place
from tests.systems.kubernetes_cluster.service import KubernetesService, kubernetes_place
from tests.systems.npm_packages.service import NpmService, npm_place
from tests.systems.okta.service import okta_place
from tests.systems.personio.service import PersonioService, personio_place
from tests.systems.pypi_projects.service import PypiService, pypi_place
from tests.systems.scim import pushed
from tests.systems.scim.pushed import PushedPlace
from tests.systems.successfactors.service import SuccessFactorsService, successfactors_place
from tests.systems.vault.multiplied import MultipliedVault, multiplied_vault_place
from tests.systems.workday.service import WorkdayService, workday_place
from tests.systems.workday.workers_service import WorkersService, workers_place

Place = Any
"""A running stand-in; each kind has a class of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """Requests that a source may make of it, as its page says under "How many requests"."""

    page: int = 1
    """How many are told at once, where everybody is listed."""
    reads: int = 0
    """How often such lists are read."""
    each: float = 0
    """For each user by themselves."""
    fixed: int = 0
    """What doesn't grow with people."""
    a_leaver: int = 0

    def of_a_night(self, users: int, leavers: int) -> int:
        """The inventory, and a look at the leavers."""
        return self.reads * -(-users // self.page) + round(self.each * users) + self.fixed + self.a_leaver * leavers


@dataclass(frozen=True, slots=True, kw_only=True)
class Population:
    """Of one system."""

    opened: Callable[[Tls | None], AbstractContextManager[Place]]
    """Its stand-in; without TLS nothing is held to a description."""
    fill: Callable[[Any, int], None]
    """So many people come into it."""
    reader: Callable[[Place], Any] = lambda place: place.source()
    allowed: Allowed | None = None
    """None of a roster, which asks about nobody by themselves."""
    most: int = 100_000
    """Of more it can't tell, or no company has them there."""


@contextmanager
def _entra_place(tls: Tls | None) -> Generator[EntraPlace]:
    """It's asked over HTTPS even where nothing is checked."""
    with (
        tempfile.TemporaryDirectory() as folder,
        entra_place(tls or make_certificate(Path(folder)), checked=tls is not None) as place,
    ):
        yield place


def _by_register(place: Callable[[Tls | None, Path], AbstractContextManager[Place]]) -> Any:
    """Of a kind that reads a register of the company's, where there is one."""

    @contextmanager
    def opened_here(tls: Tls | None) -> Generator[Place]:
        with tempfile.TemporaryDirectory() as folder, place(tls, Path(folder)) as found:
            yield found

    return opened_here


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
    kept.groups, kept.projects = {GROUP: (GROUP_PATH, None)}, {}  # pyrefly: ignore[bad-assignment]
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


def _workers(kept: WorkersService, users: int) -> None:
    for number in range(users):
        kept.add(str(number))


def _successfactors(kept: SuccessFactorsService, users: int) -> None:
    # SAP's own pages, which hold up to a hundred with what lies below a person.
    for number in range(users):
        kept.add(str(number))


def _npm(kept: NpmService, users: int) -> None:
    for number in range(users):
        kept.add(f"p{number}", f"p{number}@corp.example")


def _pypi(kept: PypiService, users: int) -> None:
    """As many projects as there are hundreds of people, each with all of those and some."""
    kept.projects = {}
    for number in range(users):
        kept.projects.setdefault(f"kit-{number // 100}", {"corp-bot": "Owner"})[f"p{number}"] = "Maintainer"


@dataclass(frozen=True, kw_only=True)
class _PushedHere:
    """A store of users that were pushed. What they're asked by is PostgreSQL's, so nothing is held to a description."""

    parameters: Mapping[str, str | int]
    service: Any = field(default_factory=lambda: SimpleNamespace(wrong=[]))

    @property
    def kept(self) -> Mapping[str, str | int]:
        return self.parameters

    def connection(self) -> ConnectionFields:
        return pushed.connection()

    def roster(self) -> Any:
        return PushedPlace(parameters=self.parameters).roster()


@contextmanager
def _pushed_place(tls: Tls | None) -> Generator[_PushedHere]:
    del tls
    with tempfile.TemporaryDirectory() as folder, embedded.server(Path(folder), durable=False) as server:
        yield _PushedHere(parameters=server.connection_kwargs())


def _pushed(kept: Mapping[str, str | int], users: int) -> None:
    """Long ago, and by what the endpoint writes."""
    long_ago, managed = pushed.NIGHT - timedelta(days=90), {"manager": {"value": str(UUID(int=1))}}
    with opened(kept) as session, session.transaction():
        store = PushedUsersStore(session=session, roster="hr")
        store.heard(pushed.NIGHT - timedelta(hours=1))
        for number in range(users):
            name = f"w{number}@corp.example"
            store.add(
                PushedUser(
                    user_id=UUID(int=number + 1),
                    user_name=name,
                    user_name_key=name,
                    external_id=f"00u{number}",
                    worker_id=str(number),
                    active=True,
                    resource=pushed.user(str(number), **{ENTERPRISE: {"employeeNumber": str(number), **managed}}),
                    created_at=long_ago,
                    changed_at=long_ago,
                )
            )


def _vault(kept: MultipliedVault, users: int) -> None:
    kept.users = users


POPULATIONS: Mapping[str, Population] = {
    "okta": Population(
        opened=okta_place, fill=_okta, allowed=Allowed(page=200, reads=1, each=0.02, fixed=7, a_leaver=3)
    ),
    "entra_id": Population(opened=_entra_place, fill=_entra, allowed=Allowed(page=500, reads=1, fixed=12, a_leaver=2)),
    "google_workspace": Population(
        opened=google_place, fill=_google, allowed=Allowed(page=500, reads=1, fixed=3, a_leaver=3)
    ),
    "github_org": Population(
        opened=github_org_place, fill=_github, allowed=Allowed(page=100, reads=4, each=0.005, fixed=12, a_leaver=5)
    ),
    "gitlab_users": Population(
        opened=gitlab_users_place, fill=_gitlab, allowed=Allowed(page=100, reads=2, fixed=12, a_leaver=4)
    ),
    "gitlab_users_of_a_group": Population(
        opened=gitlab_users_place,
        fill=_gitlab,
        reader=lambda place: place.source(group=True),
        allowed=Allowed(page=100, reads=6, fixed=20, a_leaver=1),
    ),
    # A tenth of four for the roles, an entity, a user, and each token twice.
    "vault_auth": Population(
        opened=multiplied_vault_place, fill=_vault, allowed=Allowed(each=4.4, fixed=20, a_leaver=2)
    ),
    "kubernetes_cluster": Population(
        # It makes a copy of the whole list first, which is of one moment.
        opened=kubernetes_place,
        fill=_kubernetes,
        reader=lambda place: place.source(timeout_seconds=600),
        allowed=Allowed(page=500, reads=2, fixed=12),
    ),
    "bamboohr": Population(opened=bamboo_place, fill=_bamboo, reader=lambda place: place.roster()),
    "personio": Population(opened=personio_place, fill=_personio, reader=lambda place: place.roster()),
    "workday": Population(opened=workday_place, fill=_workday, reader=lambda place: place.roster()),
    "workday_workers": Population(opened=workers_place, fill=_workers, reader=lambda place: place.roster()),
    "successfactors": Population(
        opened=successfactors_place, fill=_successfactors, reader=lambda place: place.roster()
    ),
    "scim": Population(opened=_pushed_place, fill=_pushed, reader=lambda place: place.roster()),
    "npm_packages": Population(opened=_by_register(npm_place), fill=_npm, allowed=Allowed(fixed=12), most=10_000),
    "pypi_projects": Population(
        opened=_by_register(pypi_place), fill=_pypi, allowed=Allowed(page=100, reads=2), most=10_000
    ),
}
"""By kind."""
