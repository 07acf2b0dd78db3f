"""Links from tasks to the pages, as buttons of a task in Airflow.

A mapped task has none: Airflow takes those of its operator's class, and TaskFlow's class is everybody's.
"""

from typing import Any
from urllib.parse import quote

from airflow.sdk import BaseOperatorLink

from offboarding_airflow.addresses import PREFIX, page


class NightLink(BaseOperatorLink):
    """To what the night left, as the tab of its run shows it."""

    @property
    def name(self) -> str:
        """What stands on the button."""
        return "Tonight"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address; "" where nobody has told Airflow its own."""
        del operator
        return _below(f"runs/{ti_key.dag_id}/{quote(ti_key.run_id, safe='')}")


class TicketsLink(BaseOperatorLink):
    """To what is open, each with its ticket."""

    @property
    def name(self) -> str:
        """What stands on the button."""
        return "Findings and tickets"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address; "" where nobody has told Airflow its own."""
        del operator, ti_key
        return _below("findings")


class HeldLink(BaseOperatorLink):
    """To what waits for a person."""

    @property
    def name(self) -> str:
        """What stands on the button."""
        return "What waits"

    def get_link(self, operator: Any, *, ti_key: Any) -> str:
        """Return the address; "" where nobody has told Airflow its own."""
        del operator, ti_key
        return _below("findings?state=held")


def linked(task: Any, *links: BaseOperatorLink) -> Any:
    """The same task of TaskFlow's, with these links."""
    task.operator.operator_extra_links = links
    return task


def _below(path: str) -> str:
    return f"{page()}{PREFIX}/{path}" if page() else ""
