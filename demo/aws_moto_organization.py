"""Puts a seed's organization into moto's backend, in this process: units, accounts and the policies above them."""

from moto.organizations.models import OrganizationsBackend, organizations_backends
from moto.organizations.utils import DEFAULT_SCP_POLICY_ID

from demo.aws_moto import REGION
from demo.aws_organization_seed import ORGANIZATION_ID, ROOT_ID, AwsControlSeed, AwsOrganizationSeed, AwsUnitSeed
from demo.aws_seed import AwsSeed

PARTITION = "aws"


def load_organization(seed: AwsSeed) -> None:
    """Make the organization, if there is one. moto's backends are empty, but for one list of it."""
    organizations_backends.master_accounts.clear()
    if not seed.management_account_id:
        return
    backend = organizations_backends[seed.management_account_id][PARTITION]
    _found(backend, seed.organization)
    for unit in seed.organization.units:
        _add_unit(backend, unit)
    units = {account: unit.unit_id for unit in seed.organization.units for account in unit.accounts}
    for account in seed.accounts:
        if account.account_id != seed.management_account_id:
            _add_account(backend, account.account_id, units.get(account.account_id, ROOT_ID))
    for control in seed.organization.controls:
        _attach(backend, control)
    for target in seed.organization.without_full_access:
        backend.detach_policy(PolicyId=DEFAULT_SCP_POLICY_ID, TargetId=target)


def _found(backend: OrganizationsBackend, seed: AwsOrganizationSeed) -> None:
    backend.create_organization(REGION, FeatureSet=seed.feature_set)
    organization = backend.org
    assert organization is not None
    (root,) = backend.ou
    organization.id = root.organization_id = ORGANIZATION_ID
    organization.root_id = root.id = ROOT_ID
    for each in backend.accounts:
        each.parent_id, each.organization_id = ROOT_ID, ORGANIZATION_ID
    for policy_type in seed.policy_types:
        backend.enable_policy_type(RootId=ROOT_ID, PolicyType=policy_type)


def _add_unit(backend: OrganizationsBackend, seed: AwsUnitSeed) -> None:
    backend.create_organizational_unit(ParentId=seed.parent, Name=seed.name)
    backend.ou[-1].id = seed.unit_id


def _add_account(backend: OrganizationsBackend, account_id: str, parent: str) -> None:
    backend.create_account(AccountName=account_id, Email=f"aws+{account_id}@corp.example")
    made = backend.accounts[-1]
    organizations_backends.master_accounts[account_id] = organizations_backends.master_accounts.pop(made.id)
    made.id, made.parent_id = account_id, parent


def _attach(backend: OrganizationsBackend, seed: AwsControlSeed) -> None:
    backend.create_policy(Name=seed.name, Description="", Type=seed.type, Content=seed.document)
    backend.policies[-1].id = seed.policy_id
    for target in seed.targets:
        backend.attach_policy(PolicyId=seed.policy_id, TargetId=target)
