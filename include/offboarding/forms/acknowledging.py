"""Gaps that somebody knows."""

from include.offboarding.deciding import acknowledging
from include.offboarding.forms.fields import Finding, Number, Part, Queue, Reason, Roster, Source, Until
from include.offboarding.forms.kinds import Desk, Ids, decision


@decision("acknowledge")
def acknowledge(
    desk: Desk,
    *,
    source: Source | None = None,
    part: Part | None = None,
    roster: Roster | None = None,
    finding: Finding | None = None,
    queue: Queue | None = None,
    until: Until,
    reason: Reason,
) -> Ids:
    """A gap is known, so that it turns no run red."""
    made = acknowledging.acknowledge(
        desk.session,
        desk.settings,
        source=source or "",
        part=part or "",
        roster=roster or "",
        finding=finding or "",
        queue=queue or "",
        until=until,
        reason=reason,
        author=desk.author,
    )
    return {"number": made.acknowledgement_id, "until": made.expires_at.isoformat()}


@decision("acknowledge withdraw")
def withdraw(desk: Desk, *, number: Number, reason: Reason) -> Ids:
    """It's no longer known."""
    ended = acknowledging.withdraw_acknowledgement(desk.session, number, reason=reason, author=desk.author)
    return {"number": ended.acknowledgement_id}
