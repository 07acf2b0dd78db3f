"""Who may look: whoever may see the nightly DAG's runs, by Airflow's own authorisation, and else nobody. Who may see
names is whoever may decide whose an account is, by the right to trigger that DAG.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from fastapi import Depends, HTTPException, Request

from offboarding.decisions.kinds import Right
from offboarding.report.pages import AskedInVainError
from offboarding_airflow.pages.viewers import Viewer
from offboarding_airflow.work import DECIDING

DAG = "offboarding_nightly"
SEES_NAMES = DECIDING[Right.LINK]
"""Who may trigger it may see names: no one can decide without them which person an account belongs to."""

_NOWHERE = "No Origin was sent, so that nothing shows where this form is from. A program sends a bearer's token."


def nobody() -> None:
    """Refuse everybody."""
    raise HTTPException(403, "This Airflow's authorisation is none that the pages know, so that nobody may look.")


def may_look() -> Callable[..., Any]:
    """Return what each request depends on. Airflow authorises nobody for an app of a plugin's: the app has to ask."""
    return _right("GET", DAG)


def may_trigger(dag: str) -> Callable[..., Any]:
    """Return what each request depends on that decides: Airflow's own right to trigger this DAG, else nobody's."""
    return _right("POST", dag)


def noting() -> Callable[..., Any]:
    """Return what a request depends on whose look is written down: it puts the Viewer into the request's state."""
    try:
        from airflow.api_fastapi.auth.managers.models.base_user import BaseUser  # noqa: PLC0415 - it may be gone
        from airflow.api_fastapi.core_api.security import get_user  # noqa: PLC0415 - it may be gone
    except ImportError:
        return nobody

    def viewer(request: Request, user: Annotated[BaseUser, Depends(get_user)]) -> None:
        def lets(dag: str) -> bool:
            return _is_let(may_trigger(dag), request, user)

        request.state.viewer = Viewer(name=user.get_name(), may_decide=lets(SEES_NAMES), may_trigger=lets)

    return nobody if may_trigger(SEES_NAMES) is nobody else viewer


def from_here(request: Request) -> None:
    """Refuse what another site's page had this browser ask: it's no look of the person whose name it would bear.

    What a form sends has to show that it's from here, or bear a token, which no browser adds by itself. A link that
    somebody follows, from a ticket or a mail, is a document (https://www.w3.org/TR/fetch-metadata/).
    """
    headers = request.headers
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site is None and origin is None:
        ours = request.method == "GET" or headers.get("authorization", "").lower().startswith("bearer ")
    elif site is None:
        ours = urlsplit(origin or "").netloc == headers.get("host")
    else:
        followed = site == "none" or headers.get("sec-fetch-dest") == "document"
        ours = site == "same-origin" or (origin is None and followed and request.method == "GET")
    if not ours:
        nowhere = site is None and origin is None
        raise HTTPException(403, _NOWHERE if nowhere else "Another site's page asked for this one.")


def sayable(request: Request) -> None:
    """Refuse an address with a character that no id has, and PostgreSQL keeps in no text."""
    if any("\0" in value for value in (*request.path_params.values(), *request.query_params.values())):
        raise AskedInVainError("The address holds a character that nothing's id has.")


def _right(method: Literal["GET", "POST"], dag: str) -> Callable[..., Any]:
    """Airflow's own, to see or begin a DAG's runs; nobody's where it's another than the pages know."""
    try:
        from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity  # noqa: PLC0415 - it may be gone
        from airflow.api_fastapi.core_api.security import requires_access_dag  # noqa: PLC0415 - it may be gone
    except ImportError:
        return nobody
    return requires_access_dag(method, DagAccessEntity.RUN, param_dag_id=dag)


def _is_let(check: Callable[..., object], request: Request, user: object) -> bool:
    try:
        check(request, user)
    except HTTPException:
        return False
    return True
