"""Whether nobody is being checked: no night has ended for too long. Silence must not read as clean."""

from datetime import datetime, timedelta

from offboarding.model import counted
from offboarding.report.wording import moment
from offboarding.store.reading import RunView
from offboarding.store.withdrawals import GRACE


def silence(ended: RunView | None, now: datetime, within: timedelta, zone: str) -> str:
    """The sentence on it, where the night that ended last did so longer ago than `within`; else ""."""
    if ended is None or ended.finished_at is None:
        return "No night has ever run to its end."
    ago = now - ended.finished_at
    if ago < -GRACE:
        at = moment(ended.finished_at, zone)
        return f"The last night, run {ended.run_id}, ended at {at}, which hasn't come: a clock was set back."
    if ago > within:
        hours = counted(int(ago.total_seconds() // 3600), "hour")
        return f"No night has ended for {hours}, since run {ended.run_id}: nobody is being checked."
    return ""
