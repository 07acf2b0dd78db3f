"""The tickets that bear one key: there should be one."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import structlog

from offboarding.model import Language, TicketRef, TicketState, say
from offboarding.model.errors import FatalError
from offboarding.report.texts.languages import told

log = structlog.get_logger("offboarding.trackers")

Ticket = TypeVar("Ticket")
"""As one system tells it."""


def oldest(
    key: str, found: Sequence[Ticket], called: Callable[[Ticket], object], made_by_us: Callable[[Ticket], bool]
) -> Ticket | None:
    """The first of those that we made, which counts: a key can be computed, and a ticket with it be made by anybody.

    `called`: a ticket's name, for the log.
    """
    ours = [each for each in found if made_by_us(each)]
    if len(found) > len(ours):
        planted = [called(each) for each in found if each not in ours]
        log.warning(
            "a ticket that another login than ours made bears the key of one of ours: it isn't taken for that",
            key=key,
            tickets=planted,
        )
    if len(ours) > 1:
        log.warning("several tickets bear one key; the oldest counts", key=key, tickets=[called(each) for each in ours])
    return ours[0] if ours else None


def as_ours(
    ref: TicketRef, state: TicketState, borne: Sequence[str], called: object, made_by_us: Callable[[], bool]
) -> TicketState:
    """How a ticket stands that is where one of ours should be; MISSING where it's another: nothing is written to that.

    A connection may lead elsewhere by now, and a tracker that was restored gives numbers out a second time. It's ours
    where its key is among those that it bears; or where it bears none, as people take keys off, and we made it.
    """
    if not ref.key or ref.key in borne or (not borne and made_by_us()):
        return state
    log.warning("another ticket stands where one of ours was: nothing is written to it", key=ref.key, ticket=called)
    return TicketState.MISSING


def unsaid(where: str, called: object, fix: str) -> FatalError:
    """Of a comment that a tracker took, and that doesn't stand there: nobody was told."""
    return FatalError(f"{where}: a comment on {called} was taken, and doesn't stand there. {fix}")


def made_twice(first: object, language: Language) -> tuple[str, str]:
    """Title and note of a ticket that came of a request that was sent twice on its way. `first`: which one counts."""
    title = say("Made twice by the network: see {ticket}", ticket=str(first))
    note = say("The network sent the request for {ticket} twice. Nothing is to be done here.", ticket=str(first))
    return told(title, language), told(note, language)


def without_key(title: str, key: str, first: object, language: Language) -> str:
    """The title of such a ticket, with which one counts in its key's place."""
    same = say("(the same as {ticket})", ticket=str(first))
    return title.replace(f"[{key}]", told(same, language))
