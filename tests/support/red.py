"""Why a run is red, of what the store tells of it."""

from include.offboarding.report.red import reasons
from include.offboarding.store.reading import Night
from include.offboarding.troubles import troubles


def why_red(night: Night) -> tuple[str, ...]:
    """A sentence each, and none where the run is green."""
    found = troubles(night)
    assert found.is_red is bool(reasons(found))
    return reasons(found)
