"""The scripts that a page may have: files of this package, each served under a fixed name, none from elsewhere."""

import hashlib
from functools import cache
from importlib import resources

HTMX, CHART = "vendored/htmx.min.js", "vendored/chart.umd.min.js"
"""What others wrote, unchanged: vendored/README.md."""
IN_PLACE = ("in_place.js", HTMX)
"""Of a page that changes in part. Ours listens before htmx asks for anything."""
CHARTS = (CHART, "charts.js")
"""Of a page with charts. Ours tells theirs what to draw."""
EVERY = (*IN_PLACE, *CHARTS)


@cache
def content(script: str) -> bytes:
    """The file, byte for byte."""
    return resources.files("offboarding_airflow").joinpath("pages", *script.split("/")).read_bytes()


@cache
def version(script: str) -> str:
    """What changes with the file."""
    return hashlib.sha256(content(script)).hexdigest()[:16]


def address(script: str) -> str:
    """Where a page finds it, from the first page on: another file has another address."""
    return f"{script}?v={version(script)}"
