"""As many people as one likes in the stand-in, with what usually is theirs."""

import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from demo.slapd import Tls
from offboarding.interfaces import ConnectionFields
from offboarding.model.pushing import PushedUser
from offboarding.rosters.scim.paths import ENTERPRISE
from offboarding.store import embedded
from offboarding.store.connect import opened
from offboarding.store.pushed import PushedUsersStore
from tests.support.populations import Population
from tests.systems.scim import pushed
from tests.systems.scim.pushed import PushedPlace


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


POPULATIONS = {
    "scim": Population(opened=_pushed_place, fill=_pushed, reader=lambda place: place.roster(), few=2_000),
}
