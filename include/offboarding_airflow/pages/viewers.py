"""Who looks at a page, and what Airflow lets them do."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Viewer:
    """Somebody who looks."""

    name: str
    """As Airflow calls them, which is how their decisions are signed."""
    may_decide: bool
    may_trigger: Callable[[str], bool]
    """Whether a DAG is theirs to trigger."""
