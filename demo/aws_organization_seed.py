"""An organization's units and the policies that it attaches, every id fixed."""

from dataclasses import dataclass

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
ROOT_ID = "r-c0rp"
ORGANIZATION_ID = "o-c0rpexampl"


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsUnitSeed:
    """An organizational unit."""

    unit_id: str
    """Such as "ou-c0rp-workload": the root's letters, and 8 more."""
    name: str
    accounts: tuple[str, ...] = ()
    parent: str = ROOT_ID
    """The root, or a unit that stands before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsControlSeed:
    """A policy that an organization attaches to accounts, units or its root."""

    policy_id: str
    """Such as "p-keeptrai": 8 letters or digits."""
    name: str
    document: str
    """JSON."""
    targets: tuple[str, ...]
    type: str = SERVICE_CONTROL


@dataclass(frozen=True, slots=True, kw_only=True)
class AwsOrganizationSeed:
    """What stands above the accounts. `FullAWSAccess` is attached everywhere, as AWS does."""

    units: tuple[AwsUnitSeed, ...] = ()
    controls: tuple[AwsControlSeed, ...] = ()
    feature_set: str = "ALL"
    """Or CONSOLIDATED_BILLING."""
    policy_types: tuple[str, ...] = (SERVICE_CONTROL,)
    """Those that are switched on."""
    without_full_access: tuple[str, ...] = ()
    """Accounts, units or the root from which `FullAWSAccess` was taken."""
