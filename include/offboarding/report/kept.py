"""The night's report as a file: what it's called, and what whoever is told where it lies hears."""

from collections.abc import Sequence
from datetime import datetime

from offboarding.model import Alert
from offboarding.report.wording import night_of


def name(as_of: datetime, run_id: int, zone: str) -> str:
    """Such as night-2026-11-24-run-418, without what kind of file it is: by nights they stand in order."""
    return f"night-{night_of(as_of, zone)}-run-{run_id}"


def told(title: str, run_id: int, places: Sequence[str], *, is_red: bool) -> Alert:
    """One message, of ids alone."""
    verdict = "RED" if is_red else "GREEN"
    return Alert(
        key=f"night-report:run:{run_id}",
        subject=f"Offboarding: {title}: {verdict}",
        body=f"{title} is {verdict}. Its report is kept at:\n" + "\n".join(places),
    )
