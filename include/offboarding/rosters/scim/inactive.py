"""Who is off the list: whoever is told inactive, unless HR itself says when they left, or why they may be away."""

from zoneinfo import ZoneInfo

from offboarding.interfaces import ReadContext
from offboarding.model import Coverage, EmploymentStatus, HrStatus
from offboarding.model.pushing import PushedRow
from offboarding.rosters._records.columns import DAYS
from offboarding.rosters._records.days import WrittenDays
from offboarding.rosters._records.words import folded
from offboarding.rosters.scim.settings import ScimSettings


def lists_active(own: ScimSettings) -> bool:
    """Whether who is inactive may be off the list: of leavers nobody is, nor where `active` itself is the status."""
    return own.coverage is not Coverage.LEAVERS and not own.has_status_active()


class OffTheList:
    """Tells of a user whether they are off the list."""

    def __init__(self, own: ScimSettings, context: ReadContext) -> None:
        paths, status = own.paths(), own.columns.get("status")
        self._counts = lists_active(own)
        self._status = paths[status] if isinstance(status, str) else None
        self._statuses = {folded(word): meaning for word, meaning in own.statuses.items()}
        # The status active with the end of a contract in the past isn't left, but lapsed: that is no day of leaving.
        names = DAYS[1:] if status is None else DAYS[1:2]
        self._days = [paths[day] for name in names if isinstance(day := own.columns.get(name), str)]
        self._written = WrittenDays(formats=own.date_format)
        self._zone = context.default_zone
        self._today = context.as_of.astimezone(ZoneInfo(self._zone)).date()

    def __call__(self, row: PushedRow) -> bool:
        """Whether they are inactive, without a day that has come; or left so long ago that `purge` forgot them."""
        if not row.resource:
            return True
        return self._counts and row.active is False and self._is_said_to_work(row) and not self._has_ended(row)

    def contradicts(self, row: PushedRow) -> bool:
        """Whether they are told active, and by HR's word have left."""
        meaning = self._meaning(row)
        return bool(row.active and self._counts and meaning and meaning.status is EmploymentStatus.LEFT)

    def _is_said_to_work(self, row: PushedRow) -> bool:
        """HR's word that they are on leave, say, is why they are inactive; that they work here isn't."""
        return self._status is None or self._meaning(row) is HrStatus.ACTIVE

    def _meaning(self, row: PushedRow) -> HrStatus | None:
        return self._statuses.get(folded(self._status.value(row.resource))) if self._status else None

    def _has_ended(self, row: PushedRow) -> bool:
        """Whether the day counts: it has come, or can't be read, which the reader of rows tells."""
        for path in self._days:
            text = path.value(row.resource).strip()
            try:
                day = self._written(text, self._zone) if text else None
            except ValueError:
                return True
            if day:
                return day <= self._today
        return False
