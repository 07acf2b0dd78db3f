"""The tickets that bear one key: there should be one."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from offboarding.model import Language, say
from offboarding.report.texts.languages import told

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


def made_twice(first: object, language: Language) -> tuple[str, str]:
    """Title and note of a ticket that came of a request that was sent twice on its way. `first`: which one counts."""
    title = say("Made twice by the network: see {ticket}", ticket=str(first))
    note = say("The network sent the request for {ticket} twice. Nothing is to be done here.", ticket=str(first))
    return told(title, language), told(note, language)


def without_key(title: str, key: str, first: object, language: Language) -> str:
    """The title of such a ticket, with which one counts in its key's place."""
    same = say("(the same as {ticket})", ticket=str(first))
    return title.replace(f"[{key}]", told(same, language))
