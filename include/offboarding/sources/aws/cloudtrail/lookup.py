"""CloudTrail's event history, asked region by region: at most two requests a second each, as AWS asks for.

A region in which little happened is told on one page. Where there's more, each kind of event that matters is asked for
by its name: KMS and Systems Manager alone record thousands of others an hour.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws.cloudtrail.actors import Record
from offboarding.sources.aws.cloudtrail.words import GLOBAL, REGIONAL

if TYPE_CHECKING:
    from mypy_boto3_cloudtrail import CloudTrailClient
    from mypy_boto3_cloudtrail.type_defs import LookupEventsRequestTypeDef, LookupEventsResponseTypeDef

PAGE_SIZE = 50
SECONDS_APART = 0.55
"""A little more than half a second: the wire isn't even."""
HORIZON_DAYS = 90


@dataclass(slots=True, kw_only=True)
class Pace:
    """Keeps requests to one region apart."""

    sleep: Callable[[float], object] = time.sleep
    clock: Callable[[], float] = time.monotonic
    apart: float = SECONDS_APART
    """Seconds."""
    _free_at: dict[str, float] = field(default_factory=dict[str, float])

    def wait(self, region: str) -> None:
        """Until the region may be asked again."""
        now = self.clock()
        free_at = max(self._free_at.get(region, now), now)
        if free_at > now:
            self.sleep(free_at - now)
        self._free_at[region] = free_at + self.apart


@dataclass(slots=True, kw_only=True)
class EventHistory:
    """The history of one account. Raises as `asked`; what isn't answered is kept in the refusals."""

    client: Callable[[str], "CloudTrailClient"] = field(repr=False)
    """By region."""
    regions: Sequence[str]
    home: str
    """Where IAM's events are recorded."""
    start: datetime | None
    """From when on; None: as far back as it goes."""
    max_pages: int
    """The most pages of one name in one region."""
    refusals: Refusals
    pace: Pace
    cut: list[str] = field(default_factory=list[str])
    """What there was more of: "Sign in eu-west-1"."""

    def records(self) -> Iterator[Record]:
        """Yield the newest first; regions in turn, so that none is asked too often."""
        busy: dict[str, CloudTrailClient] = {}
        for region in dict.fromkeys((*self.regions, self.home)):
            client = self.client(region)
            asked = self._asked()
            page = self.refusals.ask_region(region, lambda: self._page(region, client, asked))  # noqa: B023 - asked at once
            if page is None:
                continue
            if page.get("NextToken"):
                busy[region] = client
            else:
                yield from _parsed(page)
        for name in (word.name for word in REGIONAL):
            for region in (region for region in self.regions if region in busy):
                yield from self._named(region, busy[region], name)
        if self.home in busy:
            for word in GLOBAL:
                yield from self._named(self.home, busy[self.home], word.name)

    def _named(self, region: str, client: "CloudTrailClient", name: str) -> Iterator[Record]:
        asked = self._asked()
        asked["LookupAttributes"] = [{"AttributeKey": "EventName", "AttributeValue": name}]
        for _ in range(self.max_pages):
            page = self._page(region, client, asked)
            yield from _parsed(page)
            token = page.get("NextToken")
            if not token:
                return
            asked["NextToken"] = token
        self.cut.append(f"{name} in {region}")

    def _asked(self) -> "LookupEventsRequestTypeDef":
        asked: LookupEventsRequestTypeDef = {"MaxResults": PAGE_SIZE}
        if self.start:
            asked["StartTime"] = self.start
        return asked

    def _page(
        self, region: str, client: "CloudTrailClient", asked: "LookupEventsRequestTypeDef"
    ) -> "LookupEventsResponseTypeDef":
        self.pace.wait(region)
        return client.lookup_events(**asked)


def _parsed(page: Mapping[str, Any]) -> Iterator[Record]:
    for event in page.get("Events", ()):
        yield cast("Record", json.loads(event["CloudTrailEvent"]))
