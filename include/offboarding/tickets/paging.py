"""Calling somebody: a page a ticket and pager, for as long as something stands on it whose route says so.

What is to be said follows from how things stand, and each of it may be said again: whoever was interrupted between
saying and writing it down says it once more, and the pager, which goes by the ticket's key, calls nobody twice.
"""

from collections.abc import Mapping, Sequence

import structlog

from offboarding.config.settings import Settings
from offboarding.interfaces import Pagers
from offboarding.model import TicketPage
from offboarding.model.errors import FatalError, OffboardingError, raise_together
from offboarding.store import paging
from offboarding.store.connect import Session
from offboarding.store.locks import pages_held
from offboarding.store.paging import Holding, StandingPage
from offboarding.tickets.routing import route_of

log = structlog.get_logger("offboarding.page")


def page(session: Session, settings: Settings, pagers: Pagers) -> None:
    """Call who is to be called, and say of the others that it's over. One pager that is away keeps no other back.

    Raises afterwards what they refused, as one error.
    """
    failed: list[OffboardingError] = []
    with pages_held(session):
        wanted, stands = _wanted(session, settings), paging.standing(session)
        for name in sorted({*(name for _, name in wanted), *(call.pager for call in stands)}):
            try:
                _tell(session, pagers, name, wanted, stands)
            except OffboardingError as error:
                failed.append(error)
    raise_together(failed)


def _tell(
    session: Session,
    pagers: Pagers,
    name: str,
    wanted: Mapping[tuple[str, str], Holding],
    stands: Sequence[StandingPage],
) -> None:
    standing = {call.ticket_key for call in stands if call.pager == name}
    called = [(key, about) for (key, pager), about in wanted.items() if pager == name and key not in standing]
    over = [call for call in stands if call.pager == name and (call.ticket_key, name) not in wanted]
    if not called and not over:
        return
    if name not in pagers:
        raise FatalError(
            f"pagers: the configuration names no {name}, and what it called somebody about is over:"
            f" {', '.join(call.called_as for call in over)}."
            " Name it again until it has been told."
        )
    pager = pagers[name]()
    for key, about in called:
        pager.trigger(_page(key, about))
        paging.note_called(session, key, name)
    for call in over:
        pager.resolve(call.called_as)
        paging.note_over(session, call)
    log.info("pages sent", pager=name, called=len(called), over=len(over))


def _wanted(session: Session, settings: Settings) -> dict[tuple[str, str], Holding]:
    """By ticket and pager, what of a ticket calls first."""
    if not any(route.page for route in settings.policy.routes):
        return {}
    found: dict[tuple[str, str], Holding] = {}
    for each in paging.holding(session):
        route = route_of(settings, each)
        if route and route.page:
            found.setdefault((each.ticket_key, route.page), each)
    return found


def _page(key: str, about: Holding) -> TicketPage:
    where = f" in {about.source} {about.part}".rstrip() if about.source else ""
    title = f"{about.severity}: {about.rule}{where} [{key}]"
    return TicketPage(key=key, title=title, url=about.url, source=about.source or about.roster)
