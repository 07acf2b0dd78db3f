"""The plugin that puts the pages into Airflow's navigation: what each process of Airflow loads, so that it's light."""

from typing import Any

from airflow.plugins_manager import AirflowPlugin
from starlette.types import Receive, Scope, Send

PREFIX = "/offboarding"
"""Where the pages lie, below Airflow's own address."""


async def pages(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer as the pages' app does; it's made for whoever asks first, since only the API server is ever asked."""
    from offboarding_airflow.pages import app  # noqa: PLC0415 - it brings the store

    await app()(scope, receive, send)


class OffboardingPlugin(AirflowPlugin):
    """One entry in the navigation, and what answers behind it."""

    name = "offboarding"
    fastapi_apps: list[Any] = [{"name": "offboarding", "app": pages, "url_prefix": PREFIX}]  # noqa: RUF012 - Airflow reads it off an instance
    external_views: list[Any] = [  # noqa: RUF012 - see above
        {
            "name": "Offboarding",
            # Without a slash ahead, so that it's found where Airflow itself is served below a path.
            "href": f"{PREFIX.removeprefix('/')}/",
            "destination": "nav",
            "category": "browse",
            "url_route": "offboarding",
        }
    ]
