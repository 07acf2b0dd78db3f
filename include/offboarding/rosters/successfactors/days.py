"""Days as OData version 2 writes them in JSON: /Date(1492041600000)/, in milliseconds since 1970.

https://www.odata.org/documentation/odata-version-2-0/json-format/
https://userapps.support.sap.com/sap/support/knowledge/en/2933028: Edm.DateTime has no zone, and is told as it stands on
the server's wall; Edm.DateTimeOffset is an instant, told with an offset in minutes.
"""

import re
from datetime import UTC, date, datetime, time, timedelta

from offboarding.rosters._records.days import HIGH_DAY, WrittenDays, day_in, real_day
from offboarding.rosters._records.words import shown

_WRITTEN = re.compile(r"/Date\((-?\d{1,15})([+-]\d{1,4})?\)/")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MINUTE, _A_DAY = 60_000, 86_400_000


class ODataDays:
    """Reads them; anything else as `date_format` says, since a company's own property may hold text."""

    def __init__(self, formats: tuple[str, ...]) -> None:
        self._written = WrittenDays(formats=formats)

    def __call__(self, text: str, zone: str) -> date | None:
        """What has no offset, or is midnight where its offset is, is that day in every zone; an instant is a day in
        the worker's.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None:
            return self._written(text, zone)
        moment = _moment(int(match[1]), text)
        if match[2] is None or moment.date() == HIGH_DAY:
            return real_day(moment.date())
        local = _moment(int(match[1]) + int(match[2]) * _A_MINUTE, text)
        return real_day(local.date() if local.time() == time() else day_in(moment, zone))


def standing_day(value: object) -> date | None:
    """The day that stands there; None for none."""
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    try:
        return _moment(int(match[1]), match[0]).date() if match else None
    except ValueError:
        return None


def day_before(value: object) -> str:
    """The day before, written alike; "" where there is none."""
    match = _WRITTEN.fullmatch(value) if isinstance(value, str) else None
    return f"/Date({int(match[1]) - _A_DAY})/" if match else ""


def _moment(milliseconds: int, text: str) -> datetime:
    try:
        return _EPOCH + timedelta(milliseconds=milliseconds)
    except OverflowError as error:
        raise ValueError(f"{shown(text)} is no date") from error
