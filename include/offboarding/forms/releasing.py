"""What waits for a person, let through or refused."""

from include.offboarding import releasing
from include.offboarding.forms.fields import Batch, Holds, Reason, Run
from include.offboarding.forms.kinds import Desk, Ids, decision


@decision("release", whole=False)
def release(desk: Desk, *, run: Run, holds: Holds | None = None, batch: Batch | None = None, reason: Reason) -> Ids:
    """What waits since a run or earlier is let through, and told to the tracker now."""
    releasing.check_approver(desk.settings, name=desk.author)
    made = releasing.release(
        desk.session,
        desk.settings,
        run,
        desk.tracker(),
        reason=reason,
        author=desk.author,
        holds=holds or (),
        batch=batch,
        caller=f"by form {desk.caller}",
    )
    return {"run": made.run_id, "of": run}


@decision("reject")
def reject(desk: Desk, *, holds: Holds, reason: Reason) -> Ids:
    """What waits on these holds is refused: nothing of it is told."""
    releasing.check_approver(desk.settings, name=desk.author)
    decided = releasing.reject(desk.session, holds, reason=reason, author=desk.author)
    return {"holds": len(decided)}
