"""The plugin that puts the pages into Airflow's navigation: what each process of Airflow loads, so that it's light."""

from importlib.resources import files
from typing import Any

from airflow.plugins_manager import AirflowPlugin
from starlette.types import ASGIApp, Receive, Scope, Send

from offboarding_airflow.addresses import PREFIX

PUSHED = {
    each.name: f"/offboarding-{each.name}"
    for each in files("offboarding.rosters").iterdir()
    if each.joinpath("endpoint.py").is_file()
}
"""Kinds of rosters that are pushed to us, and where. None is imported for that."""


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the pages' app does; it's made for whoever asks first, since only the API server is ever asked."""
    from offboarding_airflow.pages import app  # noqa: PLC0415 - it brings the store
    from offboarding_airflow.pages.asking_airflow import AIRFLOW  # noqa: PLC0415 - the same

    await app()({**scope, AIRFLOW: scope.get("app")}, receive, send)


def pushed(kind: str) -> ASGIApp:
    """Return what answers whoever pushes users. They have no login of Airflow's: the app says whom it lets in."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        from offboarding.wiring.pushing import endpoint  # noqa: PLC0415 - it brings the store
        from offboarding_airflow.pushes import PUSHES_IN_AIRFLOW  # noqa: PLC0415 - the same

        await endpoint(kind, PUSHES_IN_AIRFLOW)(scope, receive, send)

    return answer


class OffboardingPlugin(AirflowPlugin):
    """An entry in the navigation, a tab of each run, what answers behind them, and what pushes users to us."""

    name = "offboarding"
    fastapi_apps: list[Any] = [  # noqa: RUF012 - Airflow reads it off an instance
        {"name": "offboarding", "app": pages, "url_prefix": PREFIX},
        *({"name": f"offboarding-{kind}", "app": pushed(kind), "url_prefix": path} for kind, path in PUSHED.items()),
    ]
    external_views: list[Any] = [  # noqa: RUF012 - see above
        {
            "name": "Offboarding",
            # Without a slash ahead, so that it's found where Airflow itself is served below a path.
            "href": f"{PREFIX.removeprefix('/')}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "offboarding",
        },
        {
            "name": "Offboarding",
            # In a path, since a run's name holds a plus sign, which some Airflows put into an address as it is.
            "href": f"{PREFIX.removeprefix('/')}/runs/{{DAG_ID}}/{{RUN_ID}}",
            "destination": "dag_run",
            "url_route": "offboarding_night",
        },
    ]
