"""What waits for a person."""

from include.offboarding import pipeline
from include.offboarding.forms.fields import Reason, Run
from include.offboarding.forms.kinds import Desk, Ids, decision


@decision("release", whole=False)
def release(desk: Desk, *, run: Run, reason: Reason) -> Ids:
    """What waits since a run or earlier is let through, and told to the tracker now."""
    made = pipeline.release(desk.session, desk.settings, run, desk.tracker(), reason=reason, author=desk.author)
    return {"run": made.run_id, "of": run}
