"""What CloudTrail recorded of keys, accounts and credentials, in one AWS account a part.

Asked of its event history (90 days, two requests a second and region), or read from the files that a trail writes to
S3. What costs how many requests: `lookup.py`; rights: docs/permissions/aws.md.
"""

import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import structlog

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import AuditEvent, Fact, Gap, RequestCounts, ScopeRead
from offboarding.sources.aws._api.client.failures import SERVICES, CallerIdentity, speaking_of
from offboarding.sources.aws._api.client.meter import Meter, Purpose
from offboarding.sources.aws._api.client.opening import access_to, destinations, discover, organization_of
from offboarding.sources.aws._api.client.organization import Organization
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.client.regions import enabled_regions
from offboarding.sources.aws._api.client.session import AccountConnection, Opened
from offboarding.sources.aws.cloudtrail.actors import Record
from offboarding.sources.aws.cloudtrail.bucket import TrailBucket
from offboarding.sources.aws.cloudtrail.days import first_and_last
from offboarding.sources.aws.cloudtrail.lookup import HORIZON_DAYS, EventHistory, Pace
from offboarding.sources.aws.cloudtrail.names import ResourceNames
from offboarding.sources.aws.cloudtrail.records import RecordedEvent, RecordError, recorded
from offboarding.sources.aws.cloudtrail.settings import Settings
from offboarding.sources.aws.cloudtrail.words import HOMES

__all__ = ["AwsCloudTrailSource", "Settings", "build", "destinations", "discover"]

log = structlog.get_logger("offboarding.sources")

MOST_NAMED = 20
"""Records that can't be read, one by one; of more the number alone."""
OVERLAP = timedelta(hours=1)
"""An event is there some 5 minutes after it happened, seldom more than 15; the same one again does no harm."""
SILENT = timedelta(hours=24)
"""A trail writes every 5 minutes where anything happens at all."""
_CALLS = {
    "LookupEvents": "cloudtrail",
    "DescribeRegions": "ec2",
    "ListSecrets": "secretsmanager",
    "DescribeParameters": "ssm",
    "ListObjectsV2": "s3",
    "GetObject": "s3",
}


def build(settings: Settings, connection: ConnectionFields, part: str, context: ReadContext) -> "AwsCloudTrailSource":
    """The trail of one account; AWS is not asked anything yet."""
    meter = Meter()
    services = {**SERVICES, **_CALLS}
    access = access_to(settings, connection, part, meter, services=services)
    return AwsCloudTrailSource(
        access=access,
        archive=_archive(settings, access),
        organization=organization_of(settings, connection, meter) if settings.asks_organizations else None,
        settings=settings,
        context=context,
    )


def _archive(settings: Settings, access: AccountConnection) -> AccountConnection:
    """Who reads the bucket: the role in the bucket's account, else the connection itself, in whichever account."""
    account_id = settings.bucket_account or ""
    role_name = settings.role_name if account_id else None
    asker = replace(access.asker, account_id=account_id, role_name=role_name)
    return replace(access, role_name=role_name, asker=asker)


@dataclass(kw_only=True, eq=False, repr=False)
class AwsCloudTrailSource:
    """One account's trail."""

    access: AccountConnection
    archive: AccountConnection
    organization: Organization | None
    settings: Settings
    context: ReadContext
    sleep: Callable[[float], object] = time.sleep
    _malformed: list[str] = field(default_factory=list[str], init=False)

    @property
    def requests(self) -> RequestCounts:
        """What AWS has been asked so far, retries told apart."""
        return self.access.meter.requests

    @property
    def _asker(self) -> CallerIdentity:
        return self.access.asker

    @property
    def _realm(self) -> str:
        return self._asker.account_id

    def events(self, since: datetime | None) -> Iterator[Fact]:
        """Yield what was done, in the order of times: of a day's repetitions the first and the last.

        What names nobody (AWS's own services, sessions that machines named) is left out.
        """
        if shut := self._shut():
            yield shut
            return
        start = since - OVERLAP if since else None
        if self.settings.bucket:
            yield from self._from_files(start)
        else:
            yield from self._from_history(start)

    def _shut(self) -> Gap | None:
        """An account that is closed can't be asked."""
        root = self.organization.root_user(self._realm) if self.organization else None
        if root is None or not root.shut:
            return None
        return next((fact for fact in root.facts(None, None) if isinstance(fact, Gap)), None)

    # --- the event history ----------------------------------------------------------------------------------------

    def _from_history(self, start: datetime | None) -> Iterator[Fact]:
        horizon = self.context.as_of.astimezone(UTC) - timedelta(days=HORIZON_DAYS)
        opened = self.access.open()
        refusals, names = Refusals(asker=self._asker), self._names(opened)
        with speaking_of(self._asker), self.access.meter.asking_for(Purpose.INVENTORY):
            home = HOMES[opened.session.get_partition_for_region(self._region(opened))]
            lookup = EventHistory(
                client=opened.cloudtrail,
                regions=self.settings.regions or enabled_regions(opened),
                home=home,
                start=start if start and start > horizon else None,
                max_pages=self.settings.max_pages,
                refusals=refusals,
                pace=Pace(sleep=self.sleep),
            )
            found = self._events(lookup.records(), names)
        yield from found
        errors = refusals.sentences()
        yield ScopeRead(realm=self._realm, scope="", kinds=(), error=". ".join(errors))
        yield from self._unnamed(names)
        if start is None or start <= horizon:
            yield self._horizon(horizon, "can't be asked of CloudTrail")
        for what in lookup.cut:
            yield Gap(
                realm=self._realm,
                text=f"{self._asker}: of {what} only the last {self.settings.max_pages} pages were read: the earlier "
                "ones are NOT CHECKED. Raise max_pages, or read the trail's files (bucket)",
                red=True,
            )
        if self.settings.regions:
            named = ", ".join(self.settings.regions)
            text = f"{self._asker}: only {named} read, by `regions`; what was done in other regions isn't looked at"
            yield Gap(realm=self._realm, text=text, red=False)

    @staticmethod
    def _region(opened: Opened) -> str:
        return opened.session.region_name or "us-east-1"

    # --- files ----------------------------------------------------------------------------------------------------

    def _from_files(self, start: datetime | None) -> Iterator[Fact]:
        as_of = self.context.as_of.astimezone(UTC)
        first = as_of - timedelta(days=self.settings.first_days)
        asker = replace(self.archive.asker, account_id=self._realm)
        names = self._names()
        opened = self.archive.open()
        with speaking_of(asker), self.access.meter.asking_for(Purpose.INVENTORY):
            bucket = TrailBucket(
                s3=opened.s3(), address=self.settings.bucket or "", account_id=self._realm, asker=asker
            )
            found = self._events(bucket.records(start or first), names)
        yield from found
        yield ScopeRead(realm=self._realm, scope="", kinds=())
        yield from self._unnamed(names)
        if start is None:
            yield self._horizon(first, f"aren't read (first_days: {self.settings.first_days})")
        newest = max(bucket.newest_at.values(), default=None)
        if newest is None or newest < as_of - SILENT:
            since = f"since {newest:%Y-%m-%d %H:%M} UTC" if newest else f"since {start or first:%Y-%m-%d}"
            text = f"{self._asker}: no file came to {bucket.address} {since}: what was done since is NOT CHECKED. Look "
            yield Gap(
                realm=self._realm, text=f"{text}whether the trail still writes, and whether bucket is right", red=True
            )

    # --- both -----------------------------------------------------------------------------------------------------

    def _names(self, opened: Opened | None = None) -> ResourceNames:
        """What full names are looked up by: the account's own role, opened where there's need."""

        @functools.cache
        def account() -> Opened:
            return opened or self.access.open()

        return ResourceNames(
            secrets_manager=lambda region: account().secrets_manager(region),
            ssm=lambda region: account().ssm(region),
            account_id=self._realm,
            refusals=Refusals(asker=self._asker),
        )

    def _events(self, records: Iterator[Record], names: ResourceNames) -> list[AuditEvent]:
        events = (each for record in records for each in self._recorded(record))
        found = list(first_and_last(event for each in events for event in names.certain(each)))
        log.info("CloudTrail read", realm=self._realm, events=len(found), requests=self.requests.inventory)
        return found

    def _recorded(self, record: Record) -> list[RecordedEvent]:
        try:
            return list(recorded(record, self._realm))
        except RecordError as error:
            self._malformed.append(str(error))
            return []

    def _unnamed(self, names: ResourceNames) -> Iterator[Gap]:
        """Records that couldn't be read, and what keeps events from being told of the secret that they were about."""
        for text in self._malformed[:MOST_NAMED]:
            yield Gap(realm=self._realm, text=text, red=True)
        if more := len(self._malformed[MOST_NAMED:]):
            yield Gap(realm=self._realm, text=f"{self._asker}: {more} more CloudTrail records like these", red=True)
        for text in (*names.refusals.sentences(), *((names.out_of_reach,) if names.out_of_reach else ())):
            sentence = f"{text}. Until then what is known of a secret by its name alone is not counted"
            yield Gap(realm=self._realm, text=sentence, red=True)

    def _horizon(self, since: datetime, words: str) -> Gap:
        text = f"{self._asker}: events before {since:%Y-%m-%d} {words}; that none is known proves nothing"
        return Gap(realm=self._realm, text=text, red=False)
