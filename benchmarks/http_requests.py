"""What a night asks of each system over HTTP, at 2,000 users with 15 leavers, against what its page says.

    .venv/bin/python benchmarks/http_requests.py [users]

Asked are the stand-ins that the tests hold to the vendors' descriptions, without TLS where they can do without. Counted
is the inventory of everybody, and all that the leavers hold; being let in and waiting are told apart.
"""

import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog

from demo.certificates import make_certificate
from offboarding.interfaces import Source
from offboarding.model import Account, AccountRef
from tests.support.entra_service import entra_place
from tests.support.github_org_service import github_org_place
from tests.support.gitlab_users_service import gitlab_users_place
from tests.support.google_service import google_place
from tests.support.okta_service import okta_place

USERS, LEAVERS = 2000, 15


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """One of them, and what its page allows."""

    place: Callable[[], AbstractContextManager[Any]]
    login: str
    """How a user is called there; {} is a number."""
    page: int
    """How many users are told at once."""
    reads: int
    """How often the list of them is read."""
    fixed: int
    """What doesn't grow with people."""
    a_leaver: int

    def budget(self, users: int) -> int:
        """Of a night."""
        return self.reads * -(-users // self.page) + self.fixed + self.a_leaver * LEAVERS


def main(users: int) -> None:
    """One system after the other."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        tls = make_certificate(Path(folder))
        systems = {
            "okta": System(
                place=lambda: okta_place(None), login="p{}@corp.example", page=200, reads=1, fixed=7, a_leaver=3
            ),
            "github_org": System(
                place=lambda: github_org_place(None), login="p{}", page=100, reads=4, fixed=12, a_leaver=5
            ),
            "entra_id": System(
                place=lambda: entra_place(tls, checked=False),
                login="p{}@corp.example",
                page=500,
                reads=1,
                fixed=12,
                a_leaver=1,
            ),
            "google_workspace": System(
                place=lambda: google_place(None), login="p{}@corp.example", page=500, reads=1, fixed=3, a_leaver=3
            ),
            "gitlab_users": System(
                place=lambda: gitlab_users_place(None), login="p{}", page=100, reads=2, fixed=12, a_leaver=4
            ),
        }
        for name, system in systems.items():
            with system.place() as place:
                for number in range(users):
                    place.kept.add(system.login.format(number))
                asked, allowed = requests(place.source(), users), system.budget(users)
            print(f"{name}: {users:,} users, {LEAVERS} leavers: {asked} requests, {allowed} allowed")
            print(f"bench {name}_requests_vs_budget ratio={asked / allowed:.2f} goal=1")


def requests(source: Source, users: int) -> int:
    """Of a night."""
    found = [fact for fact in source.collect() if isinstance(fact, Account)]
    # A read that found fewer would be cheap.
    assert len(found) >= users
    list(source.detail([*_leavers(found)]))
    return source.requests.inventory + source.requests.detail


def _leavers(found: Iterable[Account]) -> Iterable[AccountRef]:
    people = [each for each in found if each.login.startswith("p")]
    return (
        AccountRef(realm=each.realm, native_id=each.native_id, label=each.label, login=each.login)
        for each in people[:LEAVERS]
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else USERS)
