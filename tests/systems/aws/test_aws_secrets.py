"""Secrets and SecureStrings against moto behind the proxy: versions, dates and stages, who may read them, the cost."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from structlog.testing import capture_logs

from demo.aws import AwsServer
from demo.aws_key_seed import AwsKmsKeySeed, AwsParameterSeed, AwsSecretSeed
from demo.aws_seed import AwsSeed, AwsUserSeed
from offboarding.model import Exportable, Fact, Gap, Key, KeyAccess, RequestCounts, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.aws.secrets import discover
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    CONTEXT,
    CORE,
    LAB,
    MADE,
    USED,
    account,
    aws,
    aws_process,
    bare,
    connection,
    of_kind,
    shipped_rights,
    user_id,
)
from tests.systems.aws.keyring import (
    KEY_MADE,
    SECRET_MADE,
    SEOUL,
    US,
    VALUE,
    encrypting,
    kms_arn,
    kms_id,
    parameter,
    secret,
    secret_arn,
    secrets_settings,
    secrets_source,
    version,
    version_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

KINDS = (SubjectKind.SHARED_SECRET, SubjectKind.SIGNING_KEY)
LATER = datetime(2025, 6, 1, 9, tzinfo=UTC)
LAMBDA = f"arn:aws:lambda:{US}:{CORE}:function:rotate"


def stand(
    server: AwsServer,
    *secrets: AwsSecretSeed,
    parameters: Sequence[AwsParameterSeed] = (),
    users: Sequence[AwsUserSeed] = (),
    keys: Sequence[AwsKmsKeySeed] = (),
    page_size: int = 100,
    **more: object,
) -> None:
    """Make these the whole of the first account."""
    own = {"secrets": secrets, "parameters": tuple(parameters), "kms_keys": tuple(keys), **more}
    server.seed(AwsSeed(accounts=(account(CORE, *users, **own),), page_size=page_size))


def keys_of(facts: Iterable[Fact]) -> dict[str, Key]:
    """By version, and by a parameter's native id."""
    return {key.version if len(key.version) > 5 else key.native_id: key for key in of_kind(facts, Key)}


def scope_of(facts: Iterable[Fact], service: str = "secretsmanager") -> ScopeRead:
    (scope,) = (each for each in of_kind(facts, ScopeRead) if each.scope == f"arn:aws:{service}:us-east-1:{CORE}:")
    return scope


def reading(*actions: str) -> dict[str, str]:
    """An inline policy that allows these on everything."""
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return {"Read": json.dumps({"Version": "2012-10-17", "Statement": statement})}


class TestSecrets:
    def test_a_secret_with_all_that_is_known_of_it(self, aws: AwsServer) -> None:
        stand(aws, secret("login/db", tags={"owner": "auth team"}))

        (found,) = of_kind(secrets_source(aws).collect(), Key)

        native_id = f"{secret_arn('login/db')}#{version_id('login/db 1')}"
        assert found == Key(
            realm=CORE,
            native_id=native_id,
            material=f"ref:{CORE}/{native_id}",
            kind=SubjectKind.SHARED_SECRET,
            name=secret_arn("login/db"),
            label=f"login/db, version {version_id('login/db 1')} ({US})",
            version=version_id("login/db 1"),
            created_at=SECRET_MADE,
            carryable=Exportable.YES,
            carryable_reason="Whoever may read it can copy its value.",
            verifies=True,
            standing=Standing.WORKS,
            standing_reason="Secrets Manager: the current version (AWSCURRENT)",
            owner="auth team",
        )

    def test_each_version_has_its_own_date_whatever_was_edited_since(self, aws: AwsServer) -> None:
        versions = (
            version("first", SECRET_MADE),
            version("second", KEY_MADE, "AWSPREVIOUS"),
            version("third", LATER, "AWSCURRENT"),
            version("fourth", USED, "AWSPENDING"),
        )
        stand(aws, secret("db", *versions, changed_at=USED))

        found = keys_of(secrets_source(aws).collect())

        third = version_id("third")
        assert {name: (key.created_at, key.standing, key.standing_reason) for name, key in found.items()} == {
            version_id("first"): (
                SECRET_MADE,
                Standing.DEAD,
                f"Secrets Manager: deprecated; superseded on 2025-06-01 by version {third}",
            ),
            version_id("second"): (
                KEY_MADE,
                Standing.DEAD,
                f"Secrets Manager: superseded on 2025-06-01 by version {third}",
            ),
            third: (LATER, Standing.WORKS, "Secrets Manager: the current version (AWSCURRENT)"),
            version_id("fourth"): (USED, Standing.UNKNOWN, "Secrets Manager: being rotated in (AWSPENDING)"),
        }
        assert {key.verifies for key in found.values()} == {True}
        assert len({key.material for key in found.values()}) == len(found)

    def test_the_one_before_may_still_work_where_a_rotation_alternates(self, aws: AwsServer) -> None:
        versions = (version("old", KEY_MADE, "AWSPREVIOUS"), version("new", LATER, "AWSCURRENT", "AWSPENDING"))
        stand(aws, secret("db", *versions, rotation_lambda=LAMBDA))

        found = keys_of(secrets_source(aws).collect())

        assert found[version_id("old")].standing is Standing.UNKNOWN
        assert "may alternate between two logins" in found[version_id("old")].standing_reason
        assert found[version_id("new")].standing is Standing.WORKS

    def test_a_stage_of_ones_own_is_somebodys(self, aws: AwsServer) -> None:
        stand(aws, secret("db", version("old", KEY_MADE, "blue"), version("new", LATER, "AWSCURRENT")))

        found = keys_of(secrets_source(aws).collect())[version_id("old")]

        assert (found.standing, "staged blue" in found.standing_reason) == (Standing.UNKNOWN, True)

    def test_to_delete_a_secret_ends_no_acceptance_of_it(self, aws: AwsServer) -> None:
        stand(aws, secret("db", deleted_at=USED), users=(bare("admin", attached=(ADMIN_POLICY,)),))

        facts = list(secrets_source(aws).collect())

        (found,) = of_kind(facts, Key)
        assert (found.verifies, found.standing) == (False, Standing.UNKNOWN)
        assert "marked for deletion on 2026-11-23" in found.standing_reason
        assert of_kind(facts, KeyAccess) == []
        assert scope_of(facts).error == ""

    def test_signing_keys_by_name_and_by_tag(self, aws: AwsServer) -> None:
        stand(
            aws,
            secret("login/jwt-2024"),
            secret("webhooks", tags={"Signing-Key": "yes"}),
            secret("db", tags={"signing-key": "false"}),
            parameters=(parameter("/login/jwt-seed"),),
        )

        found = of_kind(secrets_source(aws, signing_keys=["*/jwt-*"]).collect(), Key)

        assert {key.label.split(",")[0]: key.kind for key in found} == {
            "login/jwt-2024": SubjectKind.SIGNING_KEY,
            "webhooks": SubjectKind.SIGNING_KEY,
            "db": SubjectKind.SHARED_SECRET,
            "/login/jwt-seed": SubjectKind.SIGNING_KEY,
        }

    def test_a_replica_is_a_copy_of_the_same(self, aws: AwsServer) -> None:
        stand(aws, secret("db", replicas=(SEOUL,)), regions=(US, SEOUL))

        found = of_kind(secrets_source(aws).collect(), Key)

        assert {key.name for key in found} == {secret_arn("db"), secret_arn("db", SEOUL)}
        assert {key.material for key in found} == {f"ref:{CORE}/{secret_arn('db')}#{version_id('db 1')}"}

    def test_a_rotation_is_seen(self, aws: AwsServer) -> None:
        stand(aws, secret("db"))
        aws.secrets_operator(CORE).put_secret_value(SecretId="db", SecretString="another value")

        found = keys_of(secrets_source(aws).collect())

        old = found.pop(version_id("db 1"))
        (new,) = found.values()
        assert (old.standing, new.standing) == (Standing.DEAD, Standing.WORKS)
        assert new.created_at is not None
        assert new.created_at > LATER

    def test_what_is_left_out_is_said(self, aws: AwsServer) -> None:
        stand(aws, secret("prod/db"), secret("prod/tmp"), secret("test/db"), parameters=(parameter("/test/x"),))

        facts = list(secrets_source(aws, include=["prod/*"], exclude=["*/tmp"]).collect())

        assert [key.name for key in of_kind(facts, Key)] == [secret_arn("prod/db")]
        (gap,) = of_kind(facts, Gap)
        assert (gap.red, "3 left out" in gap.text) == (False, True)
        assert aws.requests(CORE)["secretsmanager:ListSecretVersionIds"] == 1


class TestParameters:
    ARN = f"arn:aws:ssm:{US}:{CORE}:parameter/login/salt"

    def test_a_secure_string_by_its_current_version(self, aws: AwsServer) -> None:
        stand(
            aws, parameters=(parameter("/login/salt", version=7, tags={"owner": "auth"}), parameter("p", type="String"))
        )

        (found,) = of_kind(secrets_source(aws).collect(), Key)

        assert found == Key(
            realm=CORE,
            native_id=f"{self.ARN}#7",
            material=f"ref:{CORE}/{self.ARN}#7",
            kind=SubjectKind.SHARED_SECRET,
            name=self.ARN,
            label=f"/login/salt, version 7 ({US})",
            version="7",
            created_at=SECRET_MADE,
            carryable=Exportable.YES,
            carryable_reason="Whoever may read it can copy its value.",
            verifies=True,
            standing=Standing.WORKS,
            standing_reason="Parameter Store: the current version",
            owner="auth",
        )

    def test_a_new_version_is_another_secret(self, aws: AwsServer) -> None:
        stand(aws, parameters=(parameter("/login/salt"),))
        aws.parameters_operator(CORE).put_parameter(Name="/login/salt", Value="another", Overwrite=True)

        (found,) = of_kind(secrets_source(aws).collect(), Key)

        assert found.native_id == f"{self.ARN}#2"
        assert found.created_at is not None
        assert found.created_at > LATER

    def test_their_history_is_never_asked_for(self, aws: AwsServer) -> None:
        stand(aws, secret("db"), parameters=(parameter("/login/salt"),))
        list(secrets_source(aws).collect())

        values = {"GetSecretValue", "BatchGetSecretValue", "GetParameter", "GetParameters", "GetParametersByPath"}
        asked = {action.rpartition(":")[2] for action in aws.requests(CORE)}
        assert not asked & (values | {"GetParameterHistory"})
        assert not {right.rpartition(":")[2] for right in shipped_rights("secrets")} & (
            values | {"GetParameterHistory"}
        )

    def test_they_can_be_left_alone_which_is_said(self, aws: AwsServer) -> None:
        stand(aws, secret("db"), parameters=(parameter("/login/salt"),))

        facts = list(secrets_source(aws, parameters=False).collect())

        assert len(of_kind(facts, Key)) == 1
        assert ["Parameter Store" in gap.text for gap in of_kind(facts, Gap)] == [True]
        assert of_kind(facts, ScopeRead) == [scope_of(facts)]
        assert not [action for action in aws.requests(CORE) if action.startswith("ssm:")]


class TestAccess:
    def test_by_an_identity_policy(self, aws: AwsServer) -> None:
        reader = bare("mjkim", inline=reading("secretsmanager:GetSecretValue", "ssm:GetParameter*"))
        stand(aws, secret("db"), parameters=(parameter("/login/salt"),), users=(reader, bare("nobody")))

        found = [one for one in of_kind(secrets_source(aws).collect(), KeyAccess) if one.principal != CORE]

        assert {(one.key, one.action) for one in found} == {
            (secret_arn("db"), "secretsmanager:GetSecretValue"),
            *(
                (TestParameters.ARN, f"ssm:{action}")
                for action in ("GetParameter", "GetParameters", "GetParametersByPath", "GetParameterHistory")
            ),
        }
        assert {(one.principal, one.carries, one.standing) for one in found} == {
            (user_id("mjkim"), True, Standing.WORKS)
        }

    def test_by_the_secrets_own_policy(self, aws: AwsServer) -> None:
        who = f"arn:aws:iam::{LAB}:role/ci"
        statement = {
            "Effect": "Allow",
            "Principal": {"AWS": who},
            "Action": "secretsmanager:GetSecretValue",
            "Resource": "*",
        }
        stand(aws, secret("db", policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})))

        found = [one for one in of_kind(secrets_source(aws).collect(), KeyAccess) if one.principal == who]

        assert [(one.principal_realm, one.action, one.carries) for one in found] == [
            (LAB, "secretsmanager:GetSecretValue", True)
        ]

    def test_who_may_not_decrypt_may_not_read(self, aws: AwsServer) -> None:
        both = bare("both", inline=reading("secretsmanager:GetSecretValue", "ssm:GetParameter", "kms:Decrypt"))
        half = bare("half", inline=reading("secretsmanager:GetSecretValue", "ssm:GetParameter"))
        stand(
            aws,
            secret("db", kms_key_id=kms_arn("disk")),
            parameters=(parameter("/login/salt", kms_key_id="alias/disk"),),
            keys=(encrypting("disk", aliases=("alias/disk",)),),
            users=(both, half),
        )

        found = [one for one in of_kind(secrets_source(aws).collect(), KeyAccess) if one.principal != CORE]

        assert Counter((one.principal, one.action) for one in found) == {
            (user_id("both"), "secretsmanager:GetSecretValue"): 1,
            (user_id("both"), "ssm:GetParameter"): 1,
        }
        assert aws.requests(CORE)["kms:DescribeKey"] == 1  # a name for it alone has to be looked up

    def test_who_says_who_may_read_needs_no_decryption(self, aws: AwsServer) -> None:
        half = bare("half", inline=reading("secretsmanager:*"))
        stand(aws, secret("db", kms_key_id=kms_id("disk")), keys=(encrypting("disk"),), users=(half,))

        found = [one for one in of_kind(secrets_source(aws).collect(), KeyAccess) if one.principal == user_id("half")]

        assert [(one.action, one.carries) for one in found] == [("secretsmanager:PutResourcePolicy", False)]

    def test_a_key_whose_policy_may_not_be_read_leaves_it_unknown(self, aws: AwsServer) -> None:
        both = bare("both", inline=reading("secretsmanager:GetSecretValue", "kms:Decrypt"))
        stand(aws, secret("db", kms_key_id=kms_arn("disk")), keys=(encrypting("disk"),), users=(both,))
        aws.deny(CORE, "kms:GetKeyPolicy")

        facts = list(secrets_source(aws).collect())

        reads = [one for one in of_kind(facts, KeyAccess) if one.principal == user_id("both")]
        assert [one.standing for one in reads] == [Standing.UNKNOWN]
        assert ["Grant kms:GetKeyPolicy" in gap.text for gap in of_kind(facts, Gap)] == [True]

    def test_a_key_of_another_account_is_not_asked_about(self, aws: AwsServer) -> None:
        both = bare("both", inline=reading("secretsmanager:GetSecretValue", "kms:Decrypt"))
        stand(aws, secret("db", kms_key_id=kms_arn("disk", account_id=LAB)), users=(both,))

        facts = list(secrets_source(aws).collect())

        reads = [one for one in of_kind(facts, KeyAccess) if one.principal == user_id("both")]
        assert [one.standing for one in reads] == [Standing.UNKNOWN]
        assert of_kind(facts, Gap) == []
        assert not [action for action in aws.requests(CORE) if action.startswith("kms:")]


class TestBudget:
    SECRETS = 12

    @pytest.mark.parametrize("page_size", [100, 5])
    def test_two_a_secret_and_one_a_parameter(self, aws: AwsServer, page_size: int) -> None:
        secrets = [secret(f"s{number}", kms_key_id=kms_arn("disk")) for number in range(self.SECRETS)]
        parameters = [parameter(f"p{number}") for number in range(self.SECRETS)]
        stand(
            aws,
            *secrets,
            parameters=parameters,
            keys=(encrypting("disk"),),
            users=(bare("u"),),
            regions=(US, SEOUL),
            page_size=page_size,
        )
        made = secrets_source(aws)

        found = of_kind(made.collect(), Key)

        assert len(found) == 2 * self.SECRETS
        pages = -(-self.SECRETS // page_size)
        lists = 2 * (pages + 1)
        assert made.requests == RequestCounts(inventory=2 + lists + 2 * self.SECRETS + self.SECRETS + 1 + 1, overhead=2)

    def test_many_versions_come_in_pages(self, aws: AwsServer) -> None:
        versions = [version(f"v{number}", KEY_MADE) for number in range(9)]
        stand(aws, secret("db", *versions, version("now", LATER, "AWSCURRENT")), page_size=4)

        assert len(keys_of(secrets_source(aws).collect())) == 10

    def test_the_policy_that_ships_allows_just_what_is_asked(self, aws: AwsServer) -> None:
        stand(
            aws,
            secret("db", kms_key_id=kms_id("disk")),
            parameters=(parameter("/login/salt"),),
            keys=(encrypting("disk"),),
            users=(bare("mjkim", attached=(ADMIN_POLICY,)),),
        )
        list(secrets_source(aws).collect())

        asked = {
            action if ":" in action else f"ec2:{action}" if action == "DescribeRegions" else f"iam:{action}"
            for action in aws.requests(CORE).keys() - {"AssumeRole", "GetCallerIdentity"}
        }
        # Asked only of a policy that is a boundary and attached to nobody.
        assert shipped_rights("secrets") == asked | {"iam:GetPolicy"}


class TestTroubles:
    @pytest.mark.parametrize("action", ["ListSecretVersionIds", "GetResourcePolicy"])
    def test_a_secret_that_may_not_be_looked_at_keeps_the_others_and_concludes_nothing(
        self, aws: AwsServer, action: str
    ) -> None:
        stand(aws, secret("db"), secret("other"))
        aws.deny(CORE, f"secretsmanager:{action}", only=secret_arn("db"))

        facts = list(secrets_source(aws).collect())

        assert version_id("other 1") in keys_of(facts)
        assert scope_of(facts) == ScopeRead(
            realm=CORE,
            scope=f"arn:aws:secretsmanager:us-east-1:{CORE}:",
            kinds=KINDS,
            error=(
                f"sources.secrets {CORE}: {action} denied for {secret_arn('db')} (AccessDeniedException). Grant "
                f"secretsmanager:{action} to the role OffboardingAudit (docs/permissions/aws.md)"
            ),
        )

    def test_parameters_that_may_not_be_listed_are_told(self, aws: AwsServer) -> None:
        stand(aws, secret("db"))
        aws.deny(CORE, "ssm:DescribeParameters")

        facts = list(secrets_source(aws).collect())

        assert len(of_kind(facts, Key)) == 1
        assert "Grant ssm:DescribeParameters to the role OffboardingAudit" in scope_of(facts, "ssm").error
        assert scope_of(facts).error == ""

    def test_tags_of_parameters_are_nice_to_have_and_missed(self, aws: AwsServer) -> None:
        stand(aws, parameters=(parameter("/login/salt", tags={"owner": "auth"}),))
        aws.deny(CORE, "ssm:ListTagsForResource")

        facts = list(secrets_source(aws).collect())

        assert (of_kind(facts, Key)[0].owner, scope_of(facts).error) == ("", "")
        assert scope_of(facts, "ssm").error == ""
        assert ["Grant ssm:ListTagsForResource" in gap.text for gap in of_kind(facts, Gap) if gap.red] == [True]

    def test_throttling_is_waited_out_and_told_where_it_lasts(self, aws: AwsServer) -> None:
        stand(aws, secret("db"))
        aws.throttle(CORE, "secretsmanager:ListSecretVersionIds", 1)
        assert len(of_kind(secrets_source(aws).collect(), Key)) == 1

        aws.throttle(CORE, "secretsmanager:ListSecretVersionIds", 50)
        with pytest.raises(RetriableError, match="ListSecretVersionIds still throttled"):
            list(secrets_source(aws, max_attempts=2).collect())

    def test_an_account_that_refuses_is_told(self, aws: AwsServer) -> None:
        stand(aws, secret("db"))
        aws.deny(CORE, "AssumeRole")

        with pytest.raises(FatalError, match="AssumeRole on OffboardingAudit denied"):
            list(secrets_source(aws).collect())

    def test_a_closed_account_is_said_and_nothing_concluded(self, aws: AwsServer) -> None:
        members = (account("999999999999"), account(CORE, state="SUSPENDED", secrets=(secret("db"),)))
        aws.seed(AwsSeed(accounts=members, management_account_id="999999999999"))
        changes: dict[str, Any] = {"organization": True, "management_account": "999999999999", "accounts": []}

        assert discover(secrets_settings(**changes), connection(aws), CONTEXT) == (CORE, "999999999999")
        (gap,) = secrets_source(aws, **changes).collect()
        assert isinstance(gap, Gap)
        assert not gap.red

    def test_no_value_is_in_any_fact_or_log(self, aws: AwsServer) -> None:
        stand(aws, secret("db"), parameters=(parameter("/login/salt"),), users=(bare("u", created_at=MADE),))
        made = secrets_source(aws)

        with capture_logs() as logs:
            facts = list(made.collect())

        assert VALUE not in repr(facts) + repr(logs) + repr(vars(made))
