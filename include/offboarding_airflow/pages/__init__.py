"""The pages: a FastAPI app that Airflow mounts, all of it behind Airflow's own authorisation. It only reads."""

from functools import cache
from importlib import resources

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError

from offboarding.model.errors import OffboardingError
from offboarding.report.pages import AskedInVainError
from offboarding_airflow.pages import states, subjects
from offboarding_airflow.pages.guard import from_here, may_look, noting, sayable
from offboarding_airflow.pages.showing import CSS, answer, shown, way_up


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
    for path, page in states.ROUTES.items():
        made.add_api_route(path, page, methods=["GET"])
    noted = [Depends(noting())]
    for path, page in subjects.ROUTES.items():
        made.add_api_route(path, page, methods=["GET"], dependencies=noted)
    for path, page in subjects.POSTED.items():
        made.add_api_route(path, page, methods=["POST"], dependencies=noted)
    made.add_api_route("/pages.css", _css, methods=["GET"])
    made.add_exception_handler(OffboardingError, _refused)
    made.add_exception_handler(RequestValidationError, _no_number)
    return made


def _css() -> Response:
    return answer(resources.files(__name__).joinpath("pages.css").read_text("utf-8"), CSS)


def _no_number(request: Request, error: Exception) -> Response:
    """Say what FastAPI checks, without what was asked for: numbers alone."""
    del error
    says = "The address has no whole number where one belongs."
    return shown("refused.html", status=400, vain=True, text=says, up=way_up(request))


def _refused(request: Request, error: Exception) -> Response:
    """Say in a sentence why there is nothing to see: that must not look as if nothing were wrong."""
    vain = isinstance(error, AskedInVainError)
    return shown("refused.html", status=404 if vain else 503, vain=vain, text=str(error), up=way_up(request))
