"""What a single value may be: a zone, a cron line, a time of day, a pattern, a number within bounds."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from croniter import CroniterError, croniter
from pydantic import AfterValidator, BeforeValidator, Field


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:  # OSError: a folder of zones, such as Asia
        raise ValueError(f"{name!r} is no IANA time zone, such as Asia/Seoul") from error
    return name


def _pattern(pattern: str) -> str:
    if pattern.count("{login}") != 1:
        raise ValueError(f"{pattern!r} needs {{login}} once, such as adm-{{login}}")
    return pattern


def _cron(line: str) -> str:
    if len(line.split()) != 5:
        raise ValueError(f"{line!r} is no cron line of five fields, such as 30 1 * * *")
    if re.search(r"(?<![a-z])[hr](?![a-z])", line, re.IGNORECASE):
        raise ValueError(f"{line!r} names a random moment (H or R), which would be another one each time it is read")
    try:
        # Airflow asks the same library for the next moment: a line may be well formed and have none (30 February).
        croniter(line).get_next()
    except CroniterError as error:
        raise ValueError(f"{line!r} is no cron line that ever comes, such as 30 1 * * *: {error}") from error
    return line


def _day_time(given: object) -> object:
    # YAML takes 16:00 without quotes for a number.
    if not isinstance(given, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", given):
        raise ValueError(f'{given!r} is no time of day in quotes, such as "06:00"')
    return given


Zone = Annotated[str, AfterValidator(_zone)]
LoginPattern = Annotated[str, AfterValidator(_pattern)]
CronLine = Annotated[str, AfterValidator(_cron)]
DayTime = Annotated[str, BeforeValidator(_day_time)]
Hundredths = Annotated[int, Field(ge=0, le=100)]
Hours = Annotated[float, Field(ge=0)]
