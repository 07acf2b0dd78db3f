"""The pages: a FastAPI app that Airflow mounts, all of it behind Airflow's own authorisation.

It only reads: what somebody decides by it is a run that Airflow begins, as whoever they are.
"""

from functools import cache

from fastapi import Depends, FastAPI, Request, Response, params
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from offboarding.model.errors import OffboardingError
from offboarding.report.pages import AskedInVainError
from offboarding_airflow.pages import deciding, loaded, outcomes, reviewing, states, subjects
from offboarding_airflow.pages.acts import acts, right_taken
from offboarding_airflow.pages.guard import from_here, may_look, may_trigger, noting, sayable
from offboarding_airflow.pages.refusals import AirflowAwayError
from offboarding_airflow.pages.showing import shown, way_up

_UNREAD = 503
_HEADINGS = {401: "Not logged in", 403: "You may not", 405: "No such form", 413: "Too much"}


@cache
def app() -> FastAPI:
    """The app: each route of it is for whoever may see the nightly DAG's runs."""
    made = FastAPI(
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        # Else a redirect would be for everybody.
        redirect_slashes=False,
        dependencies=[Depends(may_look()), Depends(from_here), Depends(sayable)],
    )
    for path, page in {**states.ROUTES, **loaded.ROUTES}.items():
        made.add_api_route(path, page, methods=["GET"])
    noted = [Depends(noting())]
    for path, page in subjects.ROUTES.items():
        made.add_api_route(path, page, methods=["GET"], dependencies=noted)
    for path, page in subjects.POSTED.items():
        made.add_api_route(path, page, methods=["POST"], dependencies=noted)
    _decided_by(made, noted)
    made.add_exception_handler(OffboardingError, _refused)
    made.add_exception_handler(RequestValidationError, _no_number)
    made.add_exception_handler(HTTPException, _shut)
    return made


def _decided_by(made: FastAPI, noted: list[params.Depends]) -> None:
    """Each form is for whoever may trigger its DAG: to see it, to send it, and to hear what came of it."""
    made.add_api_route("/decide", deciding.index, methods=["GET"], dependencies=noted)
    for act in acts().values():
        may = [Depends(may_trigger(act.dag)), *noted]
        made.add_api_route(f"/decide/{act.path}", deciding.asking(act), methods=["GET"], dependencies=may)
        made.add_api_route(f"/decide/{act.path}", deciding.doing(act), methods=["POST"], dependencies=may)
        came = f"/decided/{act.path}/{{token}}"
        made.add_api_route(came, outcomes.outcome(act), methods=["GET"], dependencies=may)
        if act.path == "link":
            made.add_api_route("/review", reviewing.decide_links, methods=["POST"], dependencies=may)


def _no_number(request: Request, error: Exception) -> Response:
    """Say what FastAPI checks, without what was asked for: numbers alone."""
    del error
    return _nothing(request, 400, "Not found", "The address has no whole number where one belongs.")


def _shut(request: Request, error: Exception) -> Response:
    """Say that somebody may not, or that there is no such page: in the frame a browser would show JSON."""
    assert isinstance(error, HTTPException)
    # Airflow's own word for it.
    text = right_taken(request) if error.detail == "Forbidden" else str(error.detail)
    answer = _nothing(request, error.status_code, _HEADINGS.get(error.status_code, "Not found"), text)
    answer.headers.update(error.headers or {})
    return answer


def _refused(request: Request, error: Exception) -> Response:
    """Say in a sentence why there is nothing to see: that must not look as if nothing were wrong."""
    if isinstance(error, AskedInVainError):
        text = str(error)
        return _nothing(request, 404, "Not found", text[:1].upper() + text[1:])
    away = isinstance(error, AirflowAwayError)
    heading = "Airflow doesn't answer" if away else "The store can't be read"
    return _nothing(request, _UNREAD, heading, str(error), away=away)


def _nothing(request: Request, status: int, heading: str, text: str, *, away: bool = False) -> Response:
    values = {"heading": heading, "text": text, "away": away, "unread": status == _UNREAD and not away}
    return shown("refused.html", status=status, **values, up=way_up(request))
