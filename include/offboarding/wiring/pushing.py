"""Where systems push users to, ready: who may push by the configuration, and where it's kept."""

from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any, Protocol

import structlog

from offboarding import wiring
from offboarding.interfaces import ConnectionFields, RosterSettings
from offboarding.interfaces.kinds import kind_part
from offboarding.interfaces.pushing import PushedBy, PushedUsers, Pushing
from offboarding.model.errors import ConfigError
from offboarding.store import pushed
from offboarding.store.locks import pushes_held
from offboarding.store.pushed import PushedUsersStore
from offboarding.store.putting_right import hold_to_pushes
from offboarding.wiring.connections import connection

_log = structlog.get_logger("offboarding.wiring")


class KeptCount(Protocol):
    """The number of changes that were pushed, kept outside the store: it shows that the store was restored."""

    def read(self) -> int | None:
        """Return it; None before the first push. Raises OffboardingError."""
        ...

    def write(self, changes: int) -> None:
        """Replace it. Raises OffboardingError."""
        ...


@cache
def endpoint(kind: str, kept: KeptCount) -> Any:
    """The ASGI app of a kind of rosters; it reads the configuration when it's first asked."""
    module = kind_part("rosters", kind, "endpoint")
    assert module is not None, "a kind that is pushed to has a file for it"
    return module.build(partial(_pushing, kind, kept), lambda: datetime.now(UTC))


def counted(users: Callable[[str], AbstractContextManager[PushedUsersStore]], kept: KeptCount) -> PushedBy:
    """Return `users`; each request compares the number of changes with `kept`, and updates it after a change."""

    @contextmanager
    def of(roster: str) -> Generator[PushedUsers]:
        with users(roster) as found:
            before = kept.read() or 0
            for trouble in hold_to_pushes(found.session, before):
                _log.error(trouble, roster=roster)
            try:
                yield found
            finally:
                # Before the answer: an identity provider without an answer pushes again.
                if pushed.changes(found.session) > before:
                    with pushes_held(found.session):
                        kept.write(pushed.changes(found.session))

    return of


def _pushing(kind: str, kept: KeptCount) -> Pushing:
    """Who may push. Raises ConfigError where the configuration can't be read."""
    rosters = [each for each in wiring.configured().rosters if each.kind == kind]
    users = counted(wiring.pushed, kept)
    return Pushing(rosters=[pair for own in rosters for pair in _connected(own)], users=users)


def _connected(own: RosterSettings) -> Iterator[tuple[RosterSettings, ConnectionFields]]:
    """None where its connection can't be read: that keeps no other roster from its own."""
    try:
        yield own, connection(own.connection or "")
    except ConfigError as error:
        _log.error(str(error), roster=own.name)
