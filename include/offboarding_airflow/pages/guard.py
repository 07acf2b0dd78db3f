"""Who may look: whoever may see the nightly DAG's runs, by Airflow's own authorisation, and else nobody."""

from collections.abc import Callable
from typing import Any

from fastapi import HTTPException

DAG = "offboarding_nightly"


def nobody() -> None:
    """Refuse everybody."""
    raise HTTPException(403, "This Airflow's authorisation is none that the pages know, so that nobody may look.")


def may_look() -> Callable[..., Any]:
    """Return what each request depends on. Airflow authorises nobody for an app of a plugin's: the app has to ask."""
    try:
        from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity  # noqa: PLC0415 - it may be gone
        from airflow.api_fastapi.core_api.security import requires_access_dag  # noqa: PLC0415 - see above
    except ImportError:
        return nobody
    return requires_access_dag("GET", DagAccessEntity.RUN, param_dag_id=DAG)
