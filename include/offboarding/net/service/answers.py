"""What is answered: models, frozen and with times in UTC; whatever object stands in an answer; numbers in headers."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, cast

import httpx
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict


def _written(value: object) -> object:
    """Refuse a bare number, in which pydantic would take seconds or thousandths by its size."""
    if isinstance(value, datetime) or (isinstance(value, str) and value[4:5] == "-"):
        return value
    raise ValueError("no moment as RFC 3339 writes it")


def _in_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("no moment in UTC") from None


Moment = Annotated[AwareDatetime, BeforeValidator(_written), AfterValidator(_in_utc)]
"""In UTC. A number is no moment, nor is what lies before UTC's first or behind its last."""


class Told(BaseModel):
    """What a system tells of one thing, as far as it's of interest."""

    # Of values thousands would be kept that came last, and few of them come again.
    model_config = ConfigDict(frozen=True, cache_strings="keys")


def object_in(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object that an answer is; {} for anything else."""
    try:
        body = cast("object", answer.json())
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", body) if isinstance(body, dict) else {}


def number_in(headers: Mapping[str, str], name: str) -> int | None:
    """What a header tells as a whole number; None where it tells none. `name`: in small letters."""
    text = headers.get(name, "")
    return int(text) if text.isdecimal() else None


def told_to_wait(headers: Mapping[str, str]) -> int | None:
    """Return the seconds that Retry-After asks for, by a number or a date (RFC 9110, 10.2.3); None where by neither."""
    seconds = number_in(headers, "retry-after")
    if seconds is not None:
        return seconds
    until, now = _date_in(headers, "retry-after"), _date_in(headers, "date") or datetime.now(tz=UTC)
    return None if until is None else max(0, math.ceil((until - now).total_seconds()))


def retry_after(headers: Mapping[str, str]) -> int | None:
    """The same, one at least: whoever is asked again at once says the same again."""
    seconds = told_to_wait(headers)
    return None if seconds is None else max(1, seconds)


def _date_in(headers: Mapping[str, str], name: str) -> datetime | None:
    """Return an HTTP date (RFC 9110, 5.6.7), which is in GMT; None where the header holds none."""
    try:
        found = parsedate_to_datetime(headers.get(name, ""))
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
