"""CloudTrail's event history, which moto hasn't: LookupEvents as AWS publishes it, over what was seeded and what real
calls through this server did.

https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from demo.aws_seed import AwsSeed
from demo.aws_trail_seed import AwsEventSeed, record_of

Fields = Mapping[str, object]
Answer = Mapping[str, object]

DEFAULT_PAGE = 50
KEPT = timedelta(days=90)
_ATTRIBUTES: Mapping[str, Callable[[Mapping[str, Any]], Iterable[object]]] = {
    "EventId": lambda record: (record["eventID"],),
    "EventName": lambda record: (record["eventName"],),
    "EventSource": lambda record: (record["eventSource"],),
    "ReadOnly": lambda record: (str(record["readOnly"]).lower(),),
    "Username": lambda record: (_username(record),),
    "AccessKeyId": lambda record: (record["userIdentity"].get("accessKeyId", ""),),
    "ResourceName": lambda record: (each["ARN"] for each in record.get("resources", ())),
    "ResourceType": lambda record: (each["type"] for each in record.get("resources", ())),
}


class TrailError(Exception):
    """An answer that is an error: AWS's code."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Trail:
    """The history of every account, region by region."""

    def __init__(self, seed: AwsSeed, now: Callable[[], datetime], clock: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._clock = clock
        self._rate = seed.lookups_a_second
        self._asked: dict[tuple[str, str], list[float]] = {}
        self._events: dict[str, list[AwsEventSeed]] = {}
        self._numbered = 0
        for account in seed.accounts:
            self.add(account.account_id, account.events)

    def add(self, account_id: str, events: Iterable[AwsEventSeed]) -> None:
        """Something more was recorded."""
        self._events.setdefault(account_id, []).extend(replace(event, account_id=account_id) for event in events)

    def note(self, account_id: str, event: AwsEventSeed) -> None:
        """The same of a call that was made just now: its time and its id are given to it."""
        self._numbered += 1
        event_id = f"00000000-0000-4000-8000-{self._numbered:012}"
        self.add(account_id, [replace(event, event_id=event_id, at=self._now().replace(microsecond=0))])

    def lookup(self, account_id: str, region: str, fields: Fields) -> Answer:
        """A page, the newest first. Raises TrailError."""
        self._keep_rate(account_id, region)
        chosen = sorted(
            self._chosen(account_id, region, fields), key=lambda event: (event.at, event.event_id), reverse=True
        )
        start = _start(fields)
        end = start + int(str(fields.get("MaxResults", DEFAULT_PAGE)))
        more = {"NextToken": _token(fields, end)} if end < len(chosen) else {}
        return {"Events": [_told(event, account_id) for event in chosen[start:end]], **more}

    def _keep_rate(self, account_id: str, region: str) -> None:
        """Refuse what comes too fast, in any second of the clock on the wall."""
        if not self._rate:
            return
        now = self._clock()
        lately = [at for at in self._asked.get((account_id, region), []) if at > now - 1]
        if len(lately) >= self._rate:
            raise TrailError("ThrottlingException", "Rate exceeded")
        self._asked[account_id, region] = [*lately, now]

    def _chosen(self, account_id: str, region: str, fields: Fields) -> Iterator[AwsEventSeed]:
        start, end = _moment(fields.get("StartTime")), _moment(fields.get("EndTime"))
        if start and end and start > end:
            raise TrailError("InvalidTimeRangeException", "The start time is after the end time.")
        attributes = cast("Sequence[Mapping[str, str]]", fields.get("LookupAttributes", ()))
        if len(attributes) > 1:
            raise TrailError("InvalidLookupAttributesException", "Only one lookup attribute can be specified.")
        oldest = max(self._now() - KEPT, start or datetime.min.replace(tzinfo=UTC))
        for event in self._events.get(account_id, ()):
            if event.region == region and oldest <= event.at <= (end or self._now()):
                record = record_of(event, account_id)
                if all(each["AttributeValue"] in _ATTRIBUTES[each["AttributeKey"]](record) for each in attributes):
                    yield event


def _told(event: AwsEventSeed, account_id: str) -> Answer:
    record = record_of(event, account_id)
    return {
        "EventId": event.event_id,
        "EventName": event.name,
        "ReadOnly": str(event.read_only).lower(),
        "EventTime": event.at.timestamp(),
        "EventSource": event.source,
        "Username": _username(record),
        "Resources": [{"ResourceName": arn} for arn in event.resources],
        "CloudTrailEvent": json.dumps(record),
    }


def _username(record: Mapping[str, Any]) -> str:
    """A user's name, a session's, or "root"."""
    identity = record["userIdentity"]
    return str(identity.get("userName") or identity.get("principalId", "").partition(":")[2] or "root")


def _moment(told: object) -> datetime | None:
    return datetime.fromtimestamp(float(str(told)), UTC) if told is not None else None


def _token(fields: Fields, end: int) -> str:
    """It goes on with the same question alone."""
    same = {name: value for name, value in fields.items() if name not in {"NextToken", "MaxResults"}}
    return json.dumps([end, same], sort_keys=True).encode().hex()


def _start(fields: Fields) -> int:
    if "NextToken" not in fields:
        return 0
    try:
        place = cast("list[Any]", json.loads(bytes.fromhex(str(fields["NextToken"]))))[0]
    except (ValueError, TypeError, IndexError):
        place = -1
    if place < 0 or _token(fields, place) != fields["NextToken"]:
        raise TrailError("InvalidNextTokenException", "Invalid token, or one of another question.")
    return int(place)
