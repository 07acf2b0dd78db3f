"""The pages: a FastAPI app that Airflow mounts, all of it behind Airflow's own authorisation. It only reads."""

from datetime import UTC, datetime
from functools import cache
from importlib import resources

from fastapi import Depends, FastAPI, Request, Response

from offboarding import wiring
from offboarding.model.errors import OffboardingError
from offboarding.report.pages import AskedInVainError, Looking
from offboarding.report.pages import key as keys
from offboarding.report.pages import leaver as leavers
from offboarding.report.pages.finding import finding_page
from offboarding.report.pages.listing import OPEN, Asked, listing
from offboarding.report.pages.tonight import tonight
from offboarding.store import looks
from offboarding.store.looks import LookKind
from offboarding_airflow.pages.guard import Viewer, from_here, may_look, noting
from offboarding_airflow.pages.showing import CSS, answer, shown


@cache
def app() -> FastAPI:
    """The app: each route of it is for whoever may see the nightly DAG's runs."""
    made = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Else a redirect would be for everybody.
        redirect_slashes=False,
        dependencies=[Depends(may_look()), Depends(from_here)],
    )
    noted = [Depends(noting())]
    made.add_api_route("/", _tonight, methods=["GET"])
    made.add_api_route("/findings", _findings, methods=["GET"])
    made.add_api_route("/findings/{key}", _finding, methods=["GET"])
    # An id may hold a slash.
    made.add_api_route("/leaver/{worker:path}", _leaver, methods=["GET"], dependencies=noted)
    made.add_api_route("/key/{material:path}", _key, methods=["GET"], dependencies=noted)
    made.add_api_route("/pages.css", _css, methods=["GET"])
    made.add_exception_handler(OffboardingError, _refused)
    return made


def _tonight() -> Response:
    with wiring.looking() as (choice, session):
        page = tonight(session, choice.time_zone, datetime.now(UTC))
    return shown("tonight.html", page=page, up="")


def _findings(
    state: str = OPEN, severity: str = "", rule: str = "", source: str = "", worker: str = "", after: str = ""
) -> Response:
    asked = Asked(state=state, severity=severity, rule=rule, source=source, worker=worker.strip(), after=after)
    with wiring.looking() as (choice, session):
        page = listing(session, asked, choice.time_zone, datetime.now(UTC))
    return shown("findings.html", page=page, up="")


def _finding(key: str) -> Response:
    with wiring.looking() as (choice, session):
        page = finding_page(session, key, choice.time_zone, datetime.now(UTC))
    return shown("finding.html", page=page, up="../")


def _leaver(worker: str, request: Request) -> Response:
    """The look is written down before anything of it is read."""
    viewer: Viewer = request.state.viewer
    with wiring.looking() as (choice, session):
        found = leavers.called(session, worker)
        looks.note(session, viewer=viewer.name, kind=LookKind.WORKER, subject=found.person_uid, named=viewer.may_decide)
        page = leavers.leaver(session, found, _looking(viewer, choice.time_zone))
    return shown("leaver.html", page=page, up=_up(request))


def _key(material: str, request: Request) -> Response:
    """As a leaver's page."""
    viewer: Viewer = request.state.viewer
    with wiring.looking() as (choice, session):
        found = keys.called(session, material)
        looks.note(session, viewer=viewer.name, kind=LookKind.KEY, subject=found.material, named=viewer.may_decide)
        page = keys.key_page(session, found, _looking(viewer, choice.time_zone))
    return shown("key.html", page=page, up=_up(request))


def _looking(viewer: Viewer, zone: str) -> Looking:
    return Looking(zone=zone, now=datetime.now(UTC), named=viewer.may_decide, reserved=wiring.RESERVED_LOGINS)


def _css() -> Response:
    return answer(resources.files(__name__).joinpath("pages.css").read_text("utf-8"), CSS)


def _refused(request: Request, error: Exception) -> Response:
    """Say in a sentence why there is nothing to see: that must not look as if nothing were wrong."""
    vain = isinstance(error, AskedInVainError)
    return shown("refused.html", status=404 if vain else 503, vain=vain, text=str(error), up=_up(request))


def _up(request: Request) -> str:
    """The way from this page to the first one: what is escaped in an address is no step of it."""
    scope = request.scope
    steps = scope.get("raw_path", scope["path"].encode()).count(b"/") - scope["root_path"].count("/") - 1
    return "../" * steps
