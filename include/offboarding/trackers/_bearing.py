"""The tickets that bear one key: there should be one."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

log = structlog.get_logger("offboarding.trackers")

Ticket = TypeVar("Ticket")
"""As one system tells it."""


def oldest(key: str, found: Sequence[Ticket], called: Callable[[Ticket], object]) -> Ticket | None:
    """The first, which counts: a person's copy is always the younger one. `called`: a ticket's name, for the log."""
    if len(found) > 1:
        log.warning(
            "several tickets bear one key; the oldest counts", key=key, tickets=[called(each) for each in found]
        )
    return found[0] if found else None
