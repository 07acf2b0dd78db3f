"""Users of IAM whom clusters on EKS let in by access entries."""

from collections.abc import Generator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.model import AccountAction, Fact, Gap, Remedy, ScopeRead, Standing, Subject, SubjectKind, Trust
from offboarding.sources.aws.iam import build
from offboarding.sources.aws.iam.remedy import disable
from tests.contract.source_contract import of
from tests.support import cases
from tests.systems.aws.cloud import (
    CONTEXT,
    CORE,
    MADE,
    account,
    aws,
    aws_process,
    connection,
    person,
    settings,
    shipped_rights,
)
from tests.systems.aws.eks_service import AccessEntry, EksCluster, EksService, eks_before

__all__ = ["aws", "aws_process"]  # fixtures
pytestmark = pytest.mark.slow

KIM = f"arn:aws:iam::{CORE}:user/kim"
ABROAD = "arn:aws:iam::999999999999:user/lee"
REGION, ELSEWHERE = "us-east-1", "eu-central-1"
LATER = MADE + timedelta(days=1)


@pytest.fixture
def eks(aws: AwsServer) -> Generator[EksService]:
    """A cluster that lets Kim in."""
    aws.seed(AwsSeed(accounts=(account(CORE, person("kim")),)))
    with eks_before(aws.endpoint_url, REGION) as service:
        entry = AccessEntry(username="kim", policies={"AmazonEKSClusterAdminPolicy": ()}, created_at=LATER)
        service.clusters["seoul"] = EksCluster(entries={KIM: entry})
        yield service
        assert service.wrong == []


def facts(eks: EksService, *regions: str) -> list[Fact]:
    own = settings(eks_regions=list(regions or (REGION,)), accounts=[CORE])
    fields = connection(AwsServer(0), extra={"endpoint_url": eks.endpoint_url})
    return list(build(own, fields, CORE, CONTEXT).collect())


def trusts(found: list[Fact]) -> list[Trust]:
    return [each for each in found if isinstance(each, Trust)]


def error(found: list[Fact]) -> str:
    """Why there may be other trusts than are told; "" where nothing was refused."""
    scopes = [each for each in of(ScopeRead, found) if SubjectKind.ROLE in each.kinds and not each.scope]
    assert all(each.error for each in scopes)
    return ", ".join(each.error for each in scopes)


def whole(found: list[Fact]) -> set[str]:
    """What trusts were read to their end, by how their ids begin, whatever else was refused."""
    scopes = [each for each in of(ScopeRead, found) if SubjectKind.ROLE in each.kinds and each.scope]
    assert all(each.kinds == (SubjectKind.ROLE,) and not each.error for each in scopes)
    return {each.scope for each in scopes}


def change(eks: EksService, **changes: Any) -> None:
    entries = eks.clusters["seoul"].entries
    entries[KIM] = replace(entries[KIM], **changes)


def test_an_entry_lets_its_user_in_with_its_policies(eks: EksService) -> None:
    found = facts(eks)

    (trust,) = trusts(found)
    assert (trust.realm, trust.principal_realm, trust.principal) == (CORE, CORE, KIM)
    assert (trust.standing, trust.privileged, trust.privileged_by) == (
        Standing.WORKS,
        True,
        "AmazonEKSClusterAdminPolicy",
    )
    assert "lets it in as kim, with AmazonEKSClusterAdminPolicy" in trust.standing_reason
    assert (error(found), whole(found)) == ("", {"AROA", f"access-entry/{REGION}/"})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"policies": {"AmazonEKSClusterAdminPolicy": ("team",)}}, "with AmazonEKSClusterAdminPolicy in team"),
        ({"policies": {}, "groups": ("team",)}, "with group team"),
        ({"policies": {}}, "with no policy"),
        ({"policies": {"AmazonEKSViewPolicy": ()}}, "with AmazonEKSViewPolicy"),
    ],
)
def test_with_less_it_lets_in_too_and_who_is_privileged_is_not_told(
    eks: EksService, changes: dict[str, Any], says: str
) -> None:
    change(eks, **changes)

    (trust,) = trusts(facts(eks))

    assert (trust.standing, trust.privileged) == (Standing.WORKS, None)
    assert trust.standing_reason.endswith(says)


def test_a_user_who_was_made_anew_under_the_name_is_not_let_in(eks: EksService) -> None:
    change(eks, created_at=MADE - timedelta(days=1))

    assert [each.standing for each in trusts(facts(eks))] == [Standing.DEAD]


def test_nor_is_one_whose_name_is_the_same_but_for_letters_case(eks: EksService, aws: AwsServer) -> None:
    aws.seed(AwsSeed(accounts=(account(CORE, person("Kim")),)))
    change(eks, created_at=MADE - timedelta(days=1))

    assert [each.standing for each in trusts(facts(eks))] == [Standing.DEAD]


def test_another_account_s_user_is_joined_there(eks: EksService) -> None:
    eks.clusters["seoul"].entries[ABROAD] = AccessEntry(username="lee", created_at=LATER)

    found = {each.principal: each.principal_realm for each in trusts(facts(eks))}

    assert found == {KIM: CORE, ABROAD: "999999999999"}


def test_lists_are_read_to_their_last_page_in_each_region(eks: EksService) -> None:
    users = [f"arn:aws:iam::{CORE}:user/u{number}" for number in range(5)]
    entry = AccessEntry(username="u", policies=dict.fromkeys("abcde", ()), created_at=LATER)
    eks.clusters |= {f"c{number}": EksCluster(entries=dict.fromkeys(users, entry)) for number in range(3)}

    found = trusts(facts(eks, ELSEWHERE, REGION))

    assert len(found) == 1 + 3 * 5
    assert all(each.standing_reason.endswith("a, b, c, d, e") for each in found if each.principal != KIM)


@pytest.mark.parametrize("mode", ["CONFIG_MAP", ""])
def test_a_cluster_that_goes_by_its_config_map_has_no_entries_and_that_is_said(eks: EksService, mode: str) -> None:
    eks.clusters["seoul"].mode = mode

    found = facts(eks)

    assert trusts(found) == []
    assert "ListAccessEntries" not in eks.asked
    assert [each.red for each in of(Gap, found) if "aws-auth" in each.text] == [False]


def test_where_both_count_both_are_said(eks: EksService) -> None:
    eks.clusters["seoul"].mode = "API_AND_CONFIG_MAP"

    found = facts(eks)

    assert [each.principal for each in trusts(found)] == [KIM]
    assert [each for each in of(Gap, found) if "aws-auth" in each.text]


def test_roles_are_said_and_no_users(eks: EksService) -> None:
    roles = [f"arn:aws:iam::{CORE}:role/Nodes{number}" for number in range(6)]
    eks.clusters["seoul"].entries |= dict.fromkeys(roles, AccessEntry(username="x", created_at=LATER))

    found = facts(eks)

    assert [each.principal for each in trusts(found)] == [KIM]
    assert any(f"lets in 6 roles ({', '.join(roles[:5])} and 1 more):" in each.text for each in of(Gap, found))


CALLS = ("ListClusters", "DescribeCluster", "ListAccessEntries", "DescribeAccessEntry", "ListAssociatedAccessPolicies")


@pytest.mark.parametrize("call", CALLS)
def test_a_right_that_is_missing_shows_nobody_gone(eks: EksService, call: str) -> None:
    eks.denied.add(call)

    found = facts(eks)

    assert trusts(found) == []
    assert f"Grant eks:{call} to the role" in error(found)
    assert [each.error for each in of(ScopeRead, found) if SubjectKind.ACCOUNT in each.kinds] == [""]


@pytest.mark.parametrize("call", CALLS)
def test_a_right_that_is_missing_leaves_the_roles_read(eks: EksService, call: str) -> None:
    eks.denied.add(call)

    assert whole(facts(eks)) == {"AROA"}


@pytest.mark.parametrize("call", CALLS[1:])
def test_what_one_cluster_refuses_leaves_the_others_read(eks: EksService, call: str) -> None:
    eks.clusters["busan"] = EksCluster(entries=dict(eks.clusters["seoul"].entries))
    eks.denied.add(f"{call} busan")

    found = facts(eks, ELSEWHERE, REGION)

    assert f"eks:{call}" in error(found)
    assert "busan" in error(found)
    assert [each.label for each in trusts(found)] == [f"EKS cluster seoul in {REGION}"]
    assert whole(found) == {"AROA", f"access-entry/{ELSEWHERE}/", f"access-entry/{REGION}/seoul/"}


def test_a_region_that_is_not_enabled_leaves_the_others_read_and_is_named(eks: EksService) -> None:
    eks.not_enabled.add(ELSEWHERE)

    found = facts(eks, ELSEWHERE, REGION)

    assert [each.principal for each in trusts(found)] == [KIM]
    assert f"{ELSEWHERE} refuses the key (ListClusters: UnrecognizedClientException). Enable the region" in error(found)
    assert whole(found) == {"AROA", f"access-entry/{REGION}/"}
    assert [each.error for each in of(ScopeRead, found) if SubjectKind.ACCOUNT in each.kinds] == [""]


def test_what_is_deleted_meanwhile_is_no_failure(eks: EksService) -> None:
    eks.vanishing |= {"busan", ABROAD}

    found = facts(eks)

    assert ([each.principal for each in trusts(found)], error(found)) == ([KIM], "")
    assert whole(found) == {"AROA", f"access-entry/{REGION}/"}


def test_the_shipped_policy_has_what_is_asked(eks: EksService) -> None:
    facts(eks)

    assert {f"eks:{call}" for call in eks.asked} == shipped_rights("EKS") == {f"eks:{call}" for call in CALLS}


def test_without_regions_nothing_of_eks_is_asked(eks: EksService) -> None:
    own = settings(accounts=[CORE])
    fields = connection(AwsServer(0), extra={"endpoint_url": eks.endpoint_url})

    found = list(build(own, fields, CORE, CONTEXT).collect())

    assert (eks.asked, error(found), whole(found)) == ([], "", {"AROA"})


def test_the_entry_is_deleted_and_made_again_and_hostile_names_stay_words(eks: EksService) -> None:
    hostile = f"arn:aws:iam::{CORE}:user/it's; x"
    subject = Subject(
        kind=SubjectKind.ROLE, native_id=f"access-entry/{REGION}/seoul/{hostile}", label="EKS cluster seoul"
    )
    action = AccountAction(remedy=Remedy.DISABLE, kind="aws_iam", account=cases.directory_account(), subject=subject)

    typed = "\n".join(disable(action))

    assert f"aws eks delete-access-entry --region {REGION} --cluster-name seoul --principal-arn 'arn:" in typed
    assert "it'\"'\"'s; x'" in typed
    assert "aws eks create-access-entry" in typed


def test_a_call_that_eks_does_not_know_is_noted(eks: EksService) -> None:
    eks.answer(REGION, "/clusters", {"unheard": "1"})
    assert eks.wrong == ["ListClusters: unheard is unknown"]
    eks.wrong.clear()
