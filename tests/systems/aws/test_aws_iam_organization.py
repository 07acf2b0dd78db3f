"""An organization: its member accounts, closed ones, and the addresses of their root users."""

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.model import Account, Credential, Fact, Gap, IdentityKeyKind, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.aws._api.client.organization import ROOT_UNCHECKED
from offboarding.sources.aws.iam import AwsIamSource, discover
from tests.systems.aws.cloud import (
    CONTEXT,
    CORE,
    LAB,
    MADE,
    PAYMENTS,
    account,
    aws,
    aws_process,
    connection,
    of_kind,
    person,
    ref,
    settings,
    shipped_rights,
    source,
    user_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

MANAGEMENT = "999999999999"
KINDS = (SubjectKind.ROOT_ACCOUNT,)


@pytest.fixture
def organization(aws: AwsServer) -> AwsServer:
    """A management account and three members, one of them closed."""
    members = (
        account(MANAGEMENT),
        account(CORE, person("mjkim"), email="kim@corp.example", opened_at=MADE),
        account(PAYMENTS, state="SUSPENDED", email="lee@corp.example", denied=("AssumeRole",)),
        account(LAB),
    )
    aws.seed(AwsSeed(accounts=members, management_account_id=MANAGEMENT, page_size=2))
    return aws


def member(server: AwsServer, part: str = CORE) -> AwsIamSource:
    return source(server, part, management_account=MANAGEMENT)


def root_of(facts: list[Fact]) -> Account:
    (found,) = (each for each in of_kind(facts, Account) if each.kind is SubjectKind.ROOT_ACCOUNT)
    return found


def root_scopes(facts: list[Fact]) -> list[ScopeRead]:
    return [scope for scope in of_kind(facts, ScopeRead) if SubjectKind.ROOT_ACCOUNT in scope.kinds]


class TestMembers:
    def test_all_of_them_on_all_pages_and_those_that_are_listed(self, organization: AwsServer) -> None:
        made = settings(accounts=["444444444444"], organization=True, management_account=MANAGEMENT)

        parts = discover(made, connection(organization), CONTEXT)

        assert parts == (CORE, PAYMENTS, LAB, "444444444444", MANAGEMENT)

    def test_by_the_connections_own_rights(self, organization: AwsServer) -> None:
        made = settings(accounts=[], organization=True)

        assert len(discover(made, connection(organization), CONTEXT)) == 4

    def test_without_an_organization_nobody_is_asked(self, organization: AwsServer) -> None:
        made = settings(management_account=MANAGEMENT)

        assert discover(made, connection(organization), CONTEXT) == made.parts()
        assert organization.requests(MANAGEMENT) == {}

    def test_a_missing_right_is_told(self, organization: AwsServer) -> None:
        organization.deny(MANAGEMENT, "organizations:ListAccounts")
        made = settings(organization=True, management_account=MANAGEMENT)

        with pytest.raises(FatalError, match="Grant organizations:ListAccounts to the role OffboardingAudit"):
            discover(made, connection(organization), CONTEXT)

    def test_throttled_out_is_tried_again(self, organization: AwsServer) -> None:
        organization.throttle(MANAGEMENT, "organizations:ListAccounts", times=50)
        made = settings(organization=True, management_account=MANAGEMENT, max_attempts=1)

        with pytest.raises(RetriableError, match="still throttled"):
            discover(made, connection(organization), CONTEXT)


class TestRootUser:
    def test_whose_address_it_is(self, organization: AwsServer) -> None:
        facts = list(member(organization).collect())

        found = root_of(facts)
        assert (found.realm, found.native_id, found.label) == (CORE, CORE, f"root of AWS account {CORE}")
        assert [(each.kind, each.value) for each in found.keys] == [(IdentityKeyKind.MAIL, "kim@corp.example")]
        assert (found.standing, found.has_own_login, found.login) == (Standing.WORKS, True, "")
        assert found.standing_reason.startswith("Organizations: the account is ACTIVE; whoever reads this address")
        assert (found.privileged, found.created_at) == (True, MADE)
        assert root_scopes(facts) == [ScopeRead(realm=CORE, scope="", kinds=KINDS)]
        assert ROOT_UNCHECKED not in [gap.text for gap in of_kind(facts, Gap)]

    def test_the_management_accounts_own(self, organization: AwsServer) -> None:
        assert root_of(list(member(organization, MANAGEMENT).collect())).native_id == MANAGEMENT

    def test_a_second_look_is_live_and_says_the_same(self, organization: AwsServer) -> None:
        inventory = root_of(list(member(organization).collect()))
        before = organization.requests(MANAGEMENT)["organizations:DescribeAccount"]

        facts = list(member(organization).detail([ref("root", CORE, CORE)]))

        assert facts == [inventory, ScopeRead(realm=CORE, scope=CORE, kinds=KINDS)]
        assert organization.requests(MANAGEMENT)["organizations:DescribeAccount"] == before + 1

    def test_users_and_the_root_user_together(self, organization: AwsServer) -> None:
        facts = list(member(organization).detail([ref("root", CORE, CORE), ref("mjkim")]))

        assert root_of(facts).native_id == CORE
        assert of_kind(facts, Credential)
        assert {scope.scope for scope in of_kind(facts, ScopeRead)} == {CORE, user_id("mjkim")}

    def test_it_costs_the_account_nothing(self, organization: AwsServer) -> None:
        without, with_it = source(organization), member(organization)

        list(without.collect())
        list(with_it.collect())

        assert with_it.requests.inventory == without.requests.inventory
        assert with_it.requests.overhead == without.requests.overhead - 1 + 3  # the report is made already

    @pytest.mark.parametrize(
        ("action", "words"),
        [
            ("organizations:DescribeAccount", "Grant organizations:DescribeAccount to the role OffboardingAudit"),
            ("AssumeRole", f"sources.aws {MANAGEMENT}: AssumeRole on OffboardingAudit denied"),
        ],
    )
    def test_what_may_not_be_asked_is_not_checked_and_the_users_are(
        self, organization: AwsServer, action: str, words: str
    ) -> None:
        organization.deny(MANAGEMENT, action)

        inventory = list(member(organization).collect())
        looked = list(member(organization).detail([ref("root", CORE, CORE), ref("mjkim")]))

        for facts, scope in ((inventory, ""), (looked, CORE)):
            (refused,) = root_scopes(facts)
            assert (refused.scope, refused.kinds) == (scope, KINDS)
            assert words in refused.error
        assert [each.login for each in of_kind(inventory, Account)] == ["mjkim"]
        assert of_kind(looked, Credential)

    def test_where_nobody_is_asked_it_is_not_checked_and_green(self, aws: AwsServer) -> None:
        facts = list(source(aws).collect())

        assert Gap(realm=CORE, text=ROOT_UNCHECKED, red=False) in facts
        assert root_scopes(facts) == []
        assert list(source(aws).detail([ref("root", CORE, CORE)])) == []

    def test_an_account_of_no_organization(self, organization: AwsServer) -> None:
        members = (account(MANAGEMENT), account(CORE))
        organization.seed(AwsSeed(accounts=members))

        (refused,) = root_scopes(list(member(organization).collect()))

        assert f"Organizations knows no member {CORE} (AWSOrganizationsNotInUseException)" in refused.error


class TestClosedAccount:
    def test_it_is_told_and_nothing_is_concluded_of_its_users(self, organization: AwsServer) -> None:
        facts = list(member(organization, PAYMENTS).collect())

        found, scope, gap = facts
        assert isinstance(found, Account)
        assert (found.kind, found.standing) == (SubjectKind.ROOT_ACCOUNT, Standing.DEAD)
        assert found.standing_reason == "Organizations: the account is SUSPENDED"
        assert scope == ScopeRead(realm=PAYMENTS, scope="", kinds=KINDS)
        assert isinstance(gap, Gap)
        assert (gap.red, "closed or suspended" in gap.text) == (False, True)

    def test_a_second_look_says_so_too(self, organization: AwsServer) -> None:
        facts = list(member(organization, PAYMENTS).detail([ref("mjkim", PAYMENTS)]))

        assert [scope.kinds for scope in of_kind(facts, ScopeRead)] == [KINDS]
        assert of_kind(facts, Credential) == []


def test_the_policy_that_ships_allows_just_what_is_asked(organization: AwsServer) -> None:
    made = settings(organization=True, management_account=MANAGEMENT)
    discover(made, connection(organization), CONTEXT)
    list(member(organization).collect())

    asked = {action for action in organization.requests(MANAGEMENT) if ":" in action}
    assert shipped_rights("management") == asked
