"""What pages load: how they look, and their scripts. A route each, since the app's guard covers no folder."""

from collections.abc import Callable, Mapping

from fastapi import Response

from offboarding_airflow.pages.scripts import EVERY, content, version
from offboarding_airflow.pages.showing import CSS, JAVASCRIPT, answer, lasting
from offboarding_airflow.rendering import css


def _css() -> Response:
    return answer(css(), CSS)


def _script(script: str) -> Callable[..., Response]:
    def give(v: str = "") -> Response:
        # Whoever was told of another one, by a server that is older or newer, mustn't keep this one under its name.
        keep = lasting if v == version(script) else answer
        return keep(content(script), JAVASCRIPT)

    return give


ROUTES: Mapping[str, Callable[..., Response]] = {
    "/pages.css": _css,
    **{f"/{script}": _script(script) for script in EVERY},
}
