"""Pages that show more to whoever may decide: of one person or key, whose look is kept, and of what was decided."""

from collections.abc import Callable, Mapping
from typing import Annotated

from fastapi import Depends, Request, Response

from offboarding import wiring
from offboarding.report.pages.key import key_page
from offboarding.report.pages.leaver import leaver
from offboarding.report.pages.record import record
from offboarding.report.pages.search import search_page
from offboarding.report.pages.waivers import waivers_page
from offboarding_airflow.pages.posting import field
from offboarding_airflow.pages.reviewing import onlooker, shown_review
from offboarding_airflow.pages.showing import shown, way_up


def _leaver(worker: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = leaver(session, worker, onlooker(request, choice))
    return shown("leaver.html", page=page, up=way_up(request))


def _key(material: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = key_page(session, material, onlooker(request, choice))
    return shown("key.html", page=page, up=way_up(request))


def _waivers(request: Request, after: int = 0) -> Response:
    with wiring.looking() as (choice, session):
        page = waivers_page(session, onlooker(request, choice), after)
    return shown("waivers.html", page=page, up="")


def _record(request: Request, before: int = 0) -> Response:
    with wiring.looking() as (choice, session):
        page = record(session, onlooker(request, choice), before)
    return shown("record.html", page=page, up="")


def _search(request: Request) -> Response:
    return _found(request, "")


def _found_for(request: Request, typed: Annotated[str, Depends(field("typed"))]) -> Response:
    return _found(request, typed)


def _found(request: Request, typed: str) -> Response:
    with wiring.looking() as (choice, session):
        page = search_page(session, typed, onlooker(request, choice))
    return shown("search.html", page=page, up="")


ROUTES: Mapping[str, Callable[..., Response]] = {
    # An id may hold a slash.
    "/leaver/{worker:path}": _leaver,
    "/key/{material:path}": _key,
    "/review": shown_review,
    "/waivers": _waivers,
    "/record": _record,
    "/search": _search,
}
POSTED: Mapping[str, Callable[..., Response]] = {"/search": _found_for}
"""What is typed stands in no address, which servers and proxies log."""
