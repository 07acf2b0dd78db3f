"""The addresses of Airflow and of the pages."""

from typing import Any, cast

from airflow.providers.common.compat.sdk import conf

PREFIX = "/offboarding"
"""Where the pages are, below Airflow's own address."""


def page() -> str:
    """Return Airflow's own address; "" if it is not configured."""
    return str(cast("Any", conf).get("api", "base_url", fallback="") or "").rstrip("/")
