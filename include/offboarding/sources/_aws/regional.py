"""One account, region by region: which there are, what is told where it's closed, and how a read of it ends."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from offboarding.interfaces import ConnectionFields
from offboarding.model import Fact, Gap, ScopeRead, SubjectKind
from offboarding.sources._aws.access.controls import ControlReader
from offboarding.sources._aws.client.failures import SERVICES, CallerIdentity, speaking_of
from offboarding.sources._aws.client.meter import Meter, Purpose
from offboarding.sources._aws.client.opening import access_to, organization_of
from offboarding.sources._aws.client.organization import Organization
from offboarding.sources._aws.client.regions import enabled_regions
from offboarding.sources._aws.client.session import AccountConnection, Opened
from offboarding.sources._aws.settings import RegionsSettings

Kinds = tuple[SubjectKind, ...]


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

    def conclude(self, kinds: Kinds, errors: tuple[str, ...]) -> Iterator[Fact]:
        """Yield that all of these kinds was told, or why not; and which regions weren't looked at."""
        yield ScopeRead(realm=self.realm, scope="", kinds=kinds, error=". ".join(errors))
        if self.regions:
            named = ", ".join(self.regions)
            text = f"{self.asker}: only {named} read, by `regions`; what lies in other regions isn't looked at"
            yield Gap(realm=self.realm, text=text, red=False)


def regional(
    settings: RegionsSettings, connection: ConnectionFields, part: str, meter: Meter, services: Mapping[str, str]
) -> Regional:
    """Of one account; AWS is not asked anything yet. `services`: policies' prefix of the calls that aren't IAM's."""
    organization = organization_of(settings, connection, meter)
    access = access_to(settings, connection, part, meter, services={**SERVICES, "DescribeRegions": "ec2", **services})
    return Regional(
        access=access,
        organization=organization if settings.asks_organizations else None,
        above=organization.access,
        meter=meter,
        regions=settings.regions,
    )
