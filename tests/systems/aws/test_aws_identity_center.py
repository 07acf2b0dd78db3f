"""Identity Center: who gets into AWS accounts by it, against a server that answers as AWS does."""

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsPermissionSetSeed, AwsSeed
from offboarding.interfaces import Source
from offboarding.model import Account, Gap, IdentityKeyKind, IdentityKeyOrigin, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError, RetriableError
from tests.systems.aws.cloud import ALLOW_ALL, CORE, MADE, PAYMENTS, account, aws, aws_process, of_kind, shipped_rights
from tests.systems.aws.people_center import (
    MANAGEMENT,
    STORE,
    center_id,
    member,
    permission_set,
    ref,
    settings,
    source,
    stand,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

ADMINS = permission_set("Admins", policies=("AdministratorAccess",), groups=((CORE, "g-ops"), (PAYMENTS, "g-ops")))
READERS = permission_set("Readers", policies=("ReadOnlyAccess",), users=((CORE, center_id("mjkim")),))


def people(made: Source) -> dict[str, Account]:
    return {found.login: found for found in of_kind(made.collect(), Account)}


def test_somebody_with_all_that_is_known(aws: AwsServer) -> None:
    external = {"https://scim.corp.example": "5f0e-9b52"}
    stand(
        aws,
        member("mjkim", display_name="Kim M", emails=("kim@corp.example", "mj@corp.example"), external_ids=external),
    )

    facts = list(source(aws).collect())

    found, scope = facts
    assert isinstance(found, Account)
    assert (found.realm, found.native_id, found.label) == (STORE, center_id("mjkim"), "mjkim")
    assert (found.standing, found.standing_reason) == (Standing.WORKS, "Identity Center: UserStatus ENABLED")
    assert (found.has_own_login, found.created_at, found.display_name) == (True, MADE, "Kim M")
    assert [(key.kind, key.value, key.name) for key in found.keys] == [
        (IdentityKeyKind.LOGIN, "mjkim", "UserName"),
        (IdentityKeyKind.MAIL, "kim@corp.example", "Emails"),
        (IdentityKeyKind.MAIL, "mj@corp.example", "Emails"),
        (IdentityKeyKind.DIRECTORY_ID, "5f0e-9b52", "external id of https://scim.corp.example"),
    ]
    assert {key.origin for key in found.keys} == {IdentityKeyOrigin.ATTRIBUTE}
    assert scope == ScopeRead(realm=STORE, scope="", kinds=(SubjectKind.ACCOUNT,))


@pytest.mark.parametrize(
    ("status", "standing"),
    [("ENABLED", Standing.WORKS), ("DISABLED", Standing.DEAD), (None, Standing.UNKNOWN), ("NEW", Standing.UNKNOWN)],
)
def test_standing(aws: AwsServer, status: str | None, standing: Standing) -> None:
    stand(aws, member("mjkim", status=status))

    assert people(source(aws))["mjkim"].standing is standing
    (looked, _scope) = source(aws).detail([ref("mjkim")])
    assert isinstance(looked, Account)
    assert looked.standing is standing


def test_everybody_on_all_pages(aws: AwsServer) -> None:
    stand(aws, *(member(f"p{number}") for number in range(7)), page_size=3)
    made = source(aws)

    assert len(people(made)) == 7
    assert aws.requests(MANAGEMENT)["identitystore:ListUsers"] == 3


@pytest.mark.parametrize(
    ("sets", "holds", "by"),
    [
        ((READERS,), False, ""),
        ((ADMINS,), True, "permission set Admins"),
        ((permission_set("AdministratorAccess", users=((CORE, center_id("mjkim")),)),), True, None),
        ((permission_set("Zone", inline=ALLOW_ALL, users=((CORE, center_id("mjkim")),)),), True, "permission set Zone"),
        ((permission_set("Own", customer_policies=("team",), users=((CORE, center_id("mjkim")),)),), None, ""),
        ((permission_set("Own", customer_policies=("team",), users=((CORE, center_id("lee")),)),), False, ""),
        ((READERS, ADMINS), True, "permission set Admins"),
        ((permission_set("Admins", policies=("AdministratorAccess",)),), False, ""),
        ((permission_set("Admins", policies=("AdministratorAccess",), groups=((CORE, "g-hr"),)),), False, ""),
    ],
)
@pytest.mark.parametrize("page_size", [1, 100])
def test_who_is_privileged(
    aws: AwsServer, sets: tuple[AwsPermissionSetSeed, ...], holds: bool | None, by: str | None, page_size: int
) -> None:
    stand(aws, member("mjkim", groups=("g-ops",)), member("lee"), sets=sets, page_size=page_size)

    collected = people(source(aws))["mjkim"]
    looked = of_kind(source(aws).detail([ref("mjkim")]), Account)

    assert (collected.privileged, collected.privileged_by) == (holds, by or collected.privileged_by)
    assert looked == [collected]


def test_a_privileged_permission_set_costs_the_same_for_any_number_of_people(aws: AwsServer) -> None:
    counts: list[int] = []
    for number in (1, 50):
        stand(aws, *(member(f"p{n}", groups=("g-ops",)) for n in range(number)), sets=(ADMINS,))
        made = source(aws)
        assert {each.privileged for each in people(made).values()} == {True}
        counts.append(made.requests.inventory)

    assert counts[0] == counts[1] == 12


def test_a_second_look_costs_two_requests_each_and_each_permission_set_once(aws: AwsServer) -> None:
    stand(aws, *(member(f"p{n}", groups=("g-ops",)) for n in range(5)), sets=(ADMINS,))
    made = source(aws)

    list(made.detail([ref(f"p{n}") for n in range(5)]))

    assert made.requests.detail == 1 + 2 * 5 + 4


@pytest.mark.parametrize(
    "action",
    [
        "sso:ListPermissionSets",
        "sso:DescribePermissionSet",
        "sso:ListManagedPoliciesInPermissionSet",
        "sso:ListCustomerManagedPolicyReferencesInPermissionSet",
        "sso:GetInlinePolicyForPermissionSet",
        "sso:ListAccountsForProvisionedPermissionSet",
        "sso:ListAccountAssignments",
        "identitystore:ListGroupMemberships",
    ],
)
def test_without_a_right_nobody_is_said_to_be_unprivileged(aws: AwsServer, action: str) -> None:
    stand(aws, member("mjkim", groups=("g-ops",)), sets=(ADMINS, READERS))
    aws.deny(MANAGEMENT, action)

    facts = list(source(aws).collect())

    (found,), (gap,) = of_kind(facts, Account), of_kind(facts, Gap)
    assert (found.standing, found.privileged) == (Standing.WORKS, None)
    assert (gap.red, f"Grant {action} to the role OffboardingAudit" in gap.text) == (True, True)
    assert of_kind(facts, ScopeRead) == [ScopeRead(realm=STORE, scope="", kinds=(SubjectKind.ACCOUNT,))]


def test_a_system_that_knows_no_permission_sets_is_read_all_the_same(aws: AwsServer) -> None:
    stand(aws, member("mjkim"))
    aws.deny(MANAGEMENT, "sso:ListPermissionSets", code="UnknownOperationException")

    facts = list(source(aws).collect())

    (found,), (gap,) = of_kind(facts, Account), of_kind(facts, Gap)
    assert (found.standing, found.privileged) == (Standing.WORKS, None)
    assert "ListPermissionSets isn't answered as AWS does (UnknownOperationException, HTTP 403)" in gap.text


def test_without_the_right_to_somebodys_assignments_it_is_seen_whether_they_get_in(aws: AwsServer) -> None:
    stand(aws, member("mjkim"))
    aws.deny(MANAGEMENT, "sso:ListAccountAssignmentsForPrincipal")

    found, gap, scope = source(aws).detail([ref("mjkim")])

    assert isinstance(found, Account)
    assert (found.standing, found.privileged) == (Standing.WORKS, None)
    assert isinstance(gap, Gap)
    assert "Grant sso:ListAccountAssignmentsForPrincipal" in gap.text
    assert scope == ScopeRead(realm=STORE, scope=center_id("mjkim"), kinds=(SubjectKind.ACCOUNT,))


@pytest.mark.parametrize("action", ["sso:ListInstances", "identitystore:ListUsers", "AssumeRole"])
def test_without_a_right_that_everything_needs_nothing_is_concluded(aws: AwsServer, action: str) -> None:
    stand(aws, member("mjkim"))
    aws.deny(MANAGEMENT, action)

    with pytest.raises(FatalError, match=action.partition(":")[2] or "sts:AssumeRole"):
        list(source(aws).collect())


def test_throttled_out_is_tried_again(aws: AwsServer) -> None:
    stand(aws, member("mjkim"))
    aws.throttle(MANAGEMENT, "identitystore:ListUsers", times=50)

    with pytest.raises(RetriableError, match=f"sources.people {MANAGEMENT}: ListUsers still throttled"):
        list(source(aws, max_attempts=1).collect())


def test_no_instance_is_told_with_what_to_set(aws: AwsServer) -> None:
    aws.seed(AwsSeed(accounts=(account(MANAGEMENT),)))

    with pytest.raises(FatalError, match=r"no instance of Identity Center in region ap-northeast-2.*Set region"):
        list(source(aws).collect())


def test_another_store_than_the_one_that_is_named_is_not_taken(aws: AwsServer) -> None:
    stand(aws, member("mjkim"))

    assert people(source(aws, identity_store=STORE)).keys() == {"mjkim"}
    with pytest.raises(FatalError, match="no instance"):
        list(source(aws, identity_store="d-0000000000").collect())


def test_an_account_of_another_realm_is_a_mistake_of_the_caller(aws: AwsServer) -> None:
    stand(aws, member("mjkim"))

    with pytest.raises(ValueError, match="d-elsewhere"):
        list(source(aws).detail([ref("mjkim", "d-elsewhere")]))


def test_the_policy_that_ships_allows_just_what_is_asked(aws: AwsServer) -> None:
    stand(aws, member("mjkim", groups=("g-ops",)), sets=(ADMINS, READERS))

    list(source(aws).collect())
    list(source(aws).detail([ref("mjkim")]))

    asked = aws.requests(MANAGEMENT).keys() - {"AssumeRole", "GetCallerIdentity"}
    assert shipped_rights("Identity Center") == asked


def test_settings_name_a_region_and_an_account() -> None:
    assert settings().parts() == ("",)
    for wrong in ({"region": "Seoul"}, {"account": "12"}, {"identity_store": "x"}):
        with pytest.raises(ValueError, match="pattern"):
            settings(**wrong)
