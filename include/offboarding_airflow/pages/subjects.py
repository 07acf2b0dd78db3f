"""Pages that show more to whoever may decide: of one person or key, whose look is kept, and of what was decided."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Depends, Request, Response

from offboarding import wiring
from offboarding.report.pages import Onlooker
from offboarding.report.pages.key import key_page
from offboarding.report.pages.leaver import leaver
from offboarding.report.pages.record import record
from offboarding.report.pages.review import review
from offboarding.report.pages.search import search_page
from offboarding.report.pages.waivers import waivers_page
from offboarding_airflow.pages.guard import Viewer
from offboarding_airflow.pages.posting import field
from offboarding_airflow.pages.showing import shown, way_up


def _leaver(worker: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = leaver(session, worker, _onlooker(request, choice))
    return shown("leaver.html", page=page, up=way_up(request))


def _key(material: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = key_page(session, material, _onlooker(request, choice))
    return shown("key.html", page=page, up=way_up(request))


def _review(request: Request, after: str = "", finding: str = "") -> Response:
    with wiring.looking() as (choice, session):
        page = review(session, _onlooker(request, choice), after=after, finding=finding)
    return shown("review.html", page=page, up="")


def _waivers(request: Request, after: int = 0) -> Response:
    with wiring.looking() as (choice, session):
        page = waivers_page(session, _onlooker(request, choice), after)
    return shown("waivers.html", page=page, up="")


def _record(request: Request, before: int = 0) -> Response:
    with wiring.looking() as (choice, session):
        page = record(session, _onlooker(request, choice), before)
    return shown("record.html", page=page, up="")


def _search(request: Request) -> Response:
    return _found(request, "")


def _found_for(request: Request, typed: Annotated[str, Depends(field("typed"))]) -> Response:
    return _found(request, typed)


def _found(request: Request, typed: str) -> Response:
    with wiring.looking() as (choice, session):
        page = search_page(session, typed, _onlooker(request, choice))
    return shown("search.html", page=page, up="")


def _onlooker(request: Request, choice: wiring.StoreChoice) -> Onlooker:
    viewer: Viewer = request.state.viewer
    return Onlooker(
        name=viewer.name,
        named=viewer.may_decide,
        zone=choice.time_zone,
        now=datetime.now(UTC),
        reserved=choice.reserved_logins,
    )


ROUTES: Mapping[str, Callable[..., Response]] = {
    # An id may hold a slash.
    "/leaver/{worker:path}": _leaver,
    "/key/{material:path}": _key,
    "/review": _review,
    "/waivers": _waivers,
    "/record": _record,
    "/search": _search,
}
POSTED: Mapping[str, Callable[..., Response]] = {"/search": _found_for}
"""What is typed stands in no address, which servers and proxies log."""
