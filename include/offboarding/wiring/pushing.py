"""Where systems push users to, ready: who may push by the configuration, and where it's kept."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache, partial
from typing import Any

import structlog

from offboarding import wiring
from offboarding.interfaces import ConnectionFields, RosterSettings
from offboarding.interfaces.kinds import kind_part
from offboarding.interfaces.pushing import Pushing
from offboarding.model.errors import ConfigError
from offboarding.wiring.connections import connection

_log = structlog.get_logger("offboarding.wiring")


@cache
def endpoint(kind: str) -> Any:
    """The ASGI app of a kind of rosters; it reads the configuration when it's first asked."""
    module = kind_part("rosters", kind, "endpoint")
    assert module is not None, "a kind that is pushed to has a file for it"
    return module.build(partial(_pushing, kind), lambda: datetime.now(UTC))


def _pushing(kind: str) -> Pushing:
    """Who may push. Raises ConfigError where the configuration can't be read."""
    rosters = [each for each in wiring.configured().rosters if each.kind == kind]
    return Pushing(rosters=[pair for own in rosters for pair in _connected(own)], users=wiring.pushed)


def _connected(own: RosterSettings) -> Iterator[tuple[RosterSettings, ConnectionFields]]:
    """None where its connection can't be read: that keeps no other roster from its own."""
    try:
        yield own, connection(own.connection or "")
    except ConfigError as error:
        _log.error(str(error), roster=own.name)
