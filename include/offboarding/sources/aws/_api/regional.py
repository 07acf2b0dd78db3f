"""One account, region by region: which there are, what is told where it's closed, and how a read of it ends."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Fact, Gap, RequestCounts, ScopeRead, SubjectKind
from offboarding.sources.aws._api.access.controls import ControlReader
from offboarding.sources.aws._api.client.failures import SERVICES, CallerIdentity, speaking_of
from offboarding.sources.aws._api.client.meter import Meter, Purpose
from offboarding.sources.aws._api.client.opening import access_to, organization_of
from offboarding.sources.aws._api.client.organization import Organization
from offboarding.sources.aws._api.client.refusals import Refusals
from offboarding.sources.aws._api.client.regions import enabled_regions
from offboarding.sources.aws._api.client.session import AccountConnection, Opened
from offboarding.sources.aws._api.settings import RegionsSettings

Kinds = tuple[SubjectKind, ...]
Own = TypeVar("Own", bound=RegionsSettings)


@dataclass(slots=True, kw_only=True)
class RegionsRead:
    """How far an account was read: by how the ARNs begin of what lies in each region that was asked. Of a region that
    isn't asked any more nobody has seen that its keys are gone.
    """

    account_id: str
    refusals: Refusals
    """Why there may be others than are told, or others who have access to them."""
    _refused: dict[str, int] = field(default_factory=dict[str, int])
    """How many calls weren't answered, by how the ARNs begin of those that they concern."""
    _left_out: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    """ARNs of what is there and isn't looked at, likewise."""

    @property
    def left_out(self) -> int:
        """How many are there and aren't looked at."""
        return sum(map(len, self._left_out.values()))

    @contextmanager
    def reading(self, client: Any, service: str, region: str) -> Generator[list[str]]:
        """Note that what this service has in this region is asked within, and whether all of it was told. Yielded is
        where to put the ARNs of what isn't looked at.
        """
        before = len(self.refusals)
        scope = f"arn:{client.meta.partition}:{service}:{region}:{self.account_id}:"
        yield self._left_out.setdefault(scope, [])
        self._refused[scope] = len(self.refusals) - before

    def scopes(self, kinds: Kinds, *, others: tuple[str, ...]) -> Iterator[ScopeRead]:
        """Yield how far each was read to its end. `others`: what else keeps from being known who has access; that
        concerns them all, as a call does that wasn't answered beside them.
        """
        shared = bool(others) or len(self.refusals) > sum(self._refused.values())
        error = ". ".join((*self.refusals.sentences(), *others))
        for scope, refused in self._refused.items():
            yield ScopeRead(
                realm=self.account_id,
                scope=scope,
                kinds=kinds,
                left_out=tuple(self._left_out[scope]),
                error=error if refused or shared else "",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Regional:
    """How an account's regions are read."""

    access: AccountConnection
    organization: Organization | None
    """None: nobody is asked which accounts there are."""
    above: AccountConnection
    """Of whoever is asked for the organization's policies."""
    meter: Meter
    regions: tuple[str, ...]
    """The only ones to read; empty: those that are enabled."""

    @property
    def asker(self) -> CallerIdentity:
        """Who asks which account."""
        return self.access.asker

    @property
    def realm(self) -> str:
        """The account's id."""
        return self.asker.account_id

    def shut(self) -> Gap | None:
        """What to say of an account that is closed or suspended: it can't be read, and nothing is concluded."""
        if self.organization is None:
            return None
        root = self.organization.root_user(self.realm)
        gaps = (fact for fact in root.facts(None, None) if isinstance(fact, Gap))
        return next(gaps, None) if root.shut else None

    def read(self, regions: Callable[[Opened, tuple[str, ...]], Iterator[Fact]]) -> Iterator[Fact]:
        """Yield what `regions` tells of them all, AWS's errors raised as ours."""
        opened = self.access.open()
        with speaking_of(self.asker), self.meter.asking_for(Purpose.INVENTORY):
            yield from regions(opened, self.regions or enabled_regions(opened))

    def controls(self, opened: Opened) -> ControlReader:
        """What tells which of the organization's policies bind the account; nobody is asked yet."""
        return ControlReader(asker=self.asker, own=opened.organizations, above=self.above)

    def elsewhere(self) -> Iterator[Gap]:
        """Yield which regions weren't looked at."""
        if self.regions:
            named = ", ".join(self.regions)
            text = f"{self.asker}: only {named} read, by `regions`; what lies in other regions isn't looked at"
            yield Gap(realm=self.realm, text=text, red=False)


@dataclass(kw_only=True, eq=False, repr=False)
class RegionalSource(ABC, Generic[Own]):
    """What of one account's keys or secrets is told, region by region."""

    account: Regional
    settings: Own
    context: ReadContext

    @property
    def requests(self) -> RequestCounts:
        """What AWS has been asked so far, retries told apart."""
        return self.account.meter.requests

    def collect(self) -> Iterator[Fact]:
        """Yield all that there is, and who may use it or say who may."""
        if gap := self.account.shut():
            yield gap
            return
        yield from self.account.read(self._read_regions)

    @abstractmethod
    def _read_regions(self, opened: Opened, regions: tuple[str, ...]) -> Iterator[Fact]: ...

    def _conclude(
        self, scopes: Iterable[ScopeRead], *, unread: Iterable[str], unclear: Iterable[str]
    ) -> Iterator[Fact]:
        """Yield how the read ended, what of single things couldn't be read, and what can't be told of them."""
        yield from scopes
        yield from self.account.elsewhere()
        yield from (Gap(realm=self.account.realm, text=text, red=True) for text in unread)
        yield from (Gap(realm=self.account.realm, text=text, red=False) for text in unclear)


def regional(
    settings: RegionsSettings, connection: ConnectionFields, part: str, services: Mapping[str, str]
) -> Regional:
    """Of one account; AWS is not asked anything yet. `services`: policies' prefix of the calls that aren't IAM's."""
    meter = Meter()
    organization = organization_of(settings, connection, meter)
    access = access_to(settings, connection, part, meter, services={**SERVICES, "DescribeRegions": "ec2", **services})
    return Regional(
        access=access,
        organization=organization if settings.asks_organizations else None,
        above=organization.access,
        meter=meter,
        regions=settings.regions,
    )
