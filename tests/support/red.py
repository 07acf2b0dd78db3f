"""Why a run is red, of what the store tells of it."""

from offboarding.report.red import reasons
from offboarding.runs.troubles import troubles
from offboarding.store.reading import Night


def why_red(night: Night) -> tuple[str, ...]:
    """A sentence each, and none where the run is green."""
    found = troubles(night)
    assert found.is_red is bool(reasons(found))
    return reasons(found)
