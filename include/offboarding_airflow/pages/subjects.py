"""Pages of one person or key: who looks is known by name, and written down."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime

from fastapi import Request, Response

from offboarding import wiring
from offboarding.report.pages import Onlooker
from offboarding.report.pages.key import key_page
from offboarding.report.pages.leaver import leaver
from offboarding_airflow.pages.guard import Viewer
from offboarding_airflow.pages.showing import shown, way_up


def _leaver(worker: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = leaver(session, worker, _onlooker(request, choice))
    return shown("leaver.html", page=page, up=way_up(request))


def _key(material: str, request: Request) -> Response:
    with wiring.looking() as (choice, session):
        page = key_page(session, material, _onlooker(request, choice))
    return shown("key.html", page=page, up=way_up(request))


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
}
