"""A leaver's credentials beside password, access keys and SSH keys, and who gets in through a role."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed, AwsUserSeed
from offboarding.model import Account, Credential, Gap, ScopeRead, Standing, SubjectKind, Trust
from offboarding.sources.aws.iam import FEDERATED
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    AS_OF,
    CERTIFICATE_ENDS,
    CORE,
    MADE,
    PAYMENTS,
    USED,
    account,
    aws,
    aws_process,
    bare,
    certificate,
    key,
    of_kind,
    person,
    ref,
    role,
    service_credential,
    source,
    user_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

SOON = AS_OF + timedelta(days=30)


def held(server: AwsServer, user: AwsUserSeed, kind: SubjectKind, page_size: int = 100) -> list[Credential]:
    server.seed(AwsSeed(accounts=(account(CORE, bare("other"), user),), page_size=page_size))
    facts = list(source(server).detail([ref(user.name)]))
    assert [scope.error for scope in of_kind(facts, ScopeRead)] == [""]
    return [found for found in of_kind(facts, Credential) if found.kind is kind]


class TestServiceCredentials:
    def test_an_api_key_with_its_end(self, aws: AwsServer) -> None:
        one = service_credential("mjkim", expires_at=SOON)

        (found,) = held(aws, bare("mjkim", service_credentials=(one,)), SubjectKind.SERVICE_CREDENTIAL)

        assert found == Credential(
            realm=CORE,
            account_native_id=user_id("mjkim"),
            kind=SubjectKind.SERVICE_CREDENTIAL,
            native_id=one.credential_id,
            label="Bedrock API key ACCA...KKK1",
            standing=Standing.WORKS,
            standing_reason="ListServiceSpecificCredentials: Active",
            created_at=MADE,
            expires_at=SOON,
        )

    @pytest.mark.parametrize(
        ("changes", "standing", "again"),
        [
            ({"status": "Active"}, Standing.WORKS, False),
            ({"status": "Inactive"}, Standing.DEAD, True),
            ({"status": "Inactive", "expires_at": SOON}, Standing.DEAD, True),
            ({"status": "Inactive", "expires_at": AS_OF}, Standing.DEAD, False),
            ({"status": "Active", "expires_at": AS_OF - timedelta(days=1)}, Standing.DEAD, False),
            ({"status": "Expired", "expires_at": MADE}, Standing.DEAD, False),
            ({"status": "Paused"}, Standing.UNKNOWN, False),
        ],
    )
    def test_standing(self, aws: AwsServer, changes: dict[str, Any], standing: Standing, again: bool) -> None:
        one = replace(service_credential("mjkim"), **changes)

        (found,) = held(aws, bare("mjkim", service_credentials=(one,)), SubjectKind.SERVICE_CREDENTIAL)

        assert (found.standing, found.can_reactivate) == (standing, again)

    def test_each_service_by_its_name_and_all_pages(self, aws: AwsServer) -> None:
        services = ("codecommit", "cassandra", "logs", "newest")
        several = tuple(
            service_credential("mjkim", place, service=f"{service}.amazonaws.com")
            for place, service in enumerate(services)
        )

        found = held(aws, bare("mjkim", service_credentials=several), SubjectKind.SERVICE_CREDENTIAL, page_size=1)

        assert [each.label.rsplit(" ", 1)[0] for each in found] == [
            "CodeCommit Git password",
            "Keyspaces password",
            "CloudWatch Logs API key",
            "newest.amazonaws.com credential",
        ]

    def test_nobody_elses(self, aws: AwsServer) -> None:
        other = bare("other", service_credentials=(service_credential("other"),))
        aws.seed(AwsSeed(accounts=(account(CORE, other, bare("mjkim")),)))

        assert of_kind(source(aws).detail([ref("mjkim")]), Credential) == []

    def test_a_user_with_nothing_else_has_a_way_in(self, aws: AwsServer) -> None:
        works = bare("key-user", service_credentials=(service_credential("a"), service_credential("b")))
        off = bare("off", service_credentials=(service_credential("c", status="Inactive"),))
        aws.seed(AwsSeed(accounts=(account(CORE, works, off),)))

        found = {each.login: each for each in of_kind(source(aws).collect(), Account)}

        assert found["key-user"].standing is Standing.WORKS
        assert found["key-user"].standing_reason.endswith("2 active credentials for single services")
        assert found["off"].standing is Standing.DEAD

    def test_an_inventory_without_the_right_has_a_gap_and_everything_else(self, aws: AwsServer) -> None:
        aws.deny(CORE, "ListServiceSpecificCredentials")

        facts = list(source(aws).collect())

        (gap,) = (each for each in of_kind(facts, Gap) if each.red)
        assert "Grant iam:ListServiceSpecificCredentials to the role OffboardingAudit" in gap.text
        assert [each.standing for each in of_kind(facts, Account)] == [Standing.WORKS]


class TestCertificates:
    def test_a_certificate_with_its_end_and_nothing_of_its_text(self, aws: AwsServer) -> None:
        one = certificate("mjkim")

        (found,) = held(aws, bare("mjkim", certificates=(one,)), SubjectKind.CERTIFICATE)

        assert (found.native_id, found.label) == (one.certificate_id, f"signing certificate {one.certificate_id}")
        assert (found.standing, found.expires_at, found.created_at) == (Standing.WORKS, CERTIFICATE_ENDS, MADE)
        assert len(bytes.fromhex(found.fingerprint)) == 32
        assert not [line for line in one.body.splitlines() if line in repr(found)]

    def test_an_inactive_one_can_be_switched_on_again(self, aws: AwsServer) -> None:
        (found,) = held(aws, bare("mjkim", certificates=(certificate("mjkim", active=False),)), SubjectKind.CERTIFICATE)

        assert (found.standing, found.can_reactivate) == (Standing.DEAD, True)

    def test_one_that_cannot_be_read_stands_all_the_same(self, aws: AwsServer) -> None:
        (found,) = held(aws, bare("mjkim", certificates=(certificate("mjkim", body="?"),)), SubjectKind.CERTIFICATE)

        assert (found.standing, found.expires_at, found.fingerprint) == (Standing.WORKS, None, "")


class TestSessions:
    @pytest.mark.parametrize(
        ("active", "used_at", "until"),
        [
            (False, AS_OF - timedelta(hours=2), AS_OF + timedelta(hours=34, minutes=15)),
            (False, AS_OF - timedelta(hours=36, minutes=14), AS_OF + timedelta(minutes=1)),
            (False, AS_OF - timedelta(hours=36, minutes=15), None),
            (False, None, None),
            (True, AS_OF - timedelta(hours=2), None),
        ],
    )
    def test_they_outlive_a_dead_key_by_36_hours_of_its_last_use(
        self, aws: AwsServer, active: bool, used_at: object, until: object
    ) -> None:
        user = person("mjkim", keys=(key("mjkim", active=active, last_used_at=used_at),))

        (found,) = held(aws, user, SubjectKind.ACCESS_KEY)

        assert found.sessions_until == until


class TestPasswordUse:
    def test_it_is_told_also_where_two_keys_use_up_the_requests(self, aws: AwsServer) -> None:
        user = person("mjkim", keys=(key("mjkim"), key("mjkim", 2)), certificates=(certificate("mjkim"),))

        (found,) = held(aws, user, SubjectKind.CONSOLE_PASSWORD, page_size=1)

        assert found.last_used_at == USED


class TestRoles:
    ADMIN = role(
        "admin",
        {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{CORE}:user/mjkim"}, "Action": "sts:AssumeRole"},
        attached=(ADMIN_POLICY,),
    )

    def test_a_role_that_names_a_user_of_another_account(self, aws: AwsServer) -> None:
        aws.seed(
            AwsSeed(accounts=(account(CORE, person("mjkim")), account(PAYMENTS, iam_roles=(self.ADMIN,))), page_size=1)
        )

        facts = list(source(aws, PAYMENTS).collect())

        (found,) = of_kind(facts, Trust)
        assert (found.realm, found.principal_realm) == (PAYMENTS, CORE)
        assert (found.native_id, found.label) == (self.ADMIN.role_id, f"arn:aws:iam::{PAYMENTS}:role/admin")
        assert found.principal == f"arn:aws:iam::{CORE}:user/mjkim"
        assert (found.standing, found.privileged) == (Standing.WORKS, True)
        covered = facts.index(ScopeRead(realm=PAYMENTS, scope="AROA", kinds=(SubjectKind.ROLE,)))
        assert facts.index(found) < covered

    def test_roles_cost_no_call_of_their_own(self, aws: AwsServer) -> None:
        aws.seed(AwsSeed(accounts=(account(CORE, person("mjkim"), iam_roles=(self.ADMIN,)),)))
        made = source(aws)

        list(made.collect())

        assert made.requests.inventory == 1 + 4

    def test_a_second_look_reads_no_roles(self, aws: AwsServer) -> None:
        several = tuple(replace(self.ADMIN, role_id=f"AROA{n}", name=f"r{n}") for n in range(9))
        aws.seed(AwsSeed(accounts=(account(CORE, person("mjkim"), iam_roles=several),), page_size=2))
        made = source(aws)

        assert of_kind(made.detail([ref("mjkim")]), Trust) == []
        assert aws.requests(CORE)["GetAccountAuthorizationDetails"] == 1


class TestFederation:
    SAML = role(
        "okta",
        {
            "Effect": "Allow",
            "Principal": {"Federated": f"arn:aws:iam::{CORE}:saml-provider/okta"},
            "Action": "sts:AssumeRoleWithSAML",
        },
    )

    def test_with_a_source_of_identity_center_nothing_is_missing(self, aws: AwsServer) -> None:
        said = [gap.text for gap in of_kind(source(aws, identity_center="people").collect(), Gap)]

        assert FEDERATED not in said
        assert not [text for text in said if "inventoried" in text]

    def test_but_who_comes_in_by_another_provider(self, aws: AwsServer) -> None:
        aws.seed(AwsSeed(accounts=(account(CORE, iam_roles=(self.SAML,)),)))

        said = of_kind(source(aws, identity_center="people").collect(), Gap)

        texts = [gap.text for gap in said if not gap.red]
        assert f"people who come in through arn:aws:iam::{CORE}:saml-provider/okta are not inventoried" in texts
