"""The AWS source against moto, behind a proxy that behaves as AWS does. Each fault of other tools has its test here."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsLoginSeed, AwsSeed, AwsUserSeed
from offboarding.interfaces import Source
from offboarding.model import (
    CREDENTIAL_KINDS,
    Account,
    AccountRef,
    Credential,
    Effect,
    Fact,
    Gap,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.sources.aws._api.client.organization import ROOT_UNCHECKED
from offboarding.sources.aws.iam import FEDERATED, AwsIamSource, build
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    ALLOW_ALL,
    CONTEXT,
    CORE,
    DENY_ALL,
    LAB,
    MADE,
    PAYMENTS,
    READ_POLICY,
    SSH_FINGERPRINT,
    USED,
    account,
    aws,
    aws_process,
    bare,
    certificate,
    connection,
    everything,
    group,
    key,
    key_id,
    of_kind,
    person,
    ref,
    settings,
    shipped_rights,
    source,
    ssh_key,
    user_id,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

ALL_KINDS = CREDENTIAL_KINDS


def whole() -> list[ScopeRead]:
    """All accounts, and all roles: how the ids of others that let users in begin, nobody read."""
    accounts = ScopeRead(realm=CORE, scope="", kinds=(SubjectKind.ACCOUNT,))
    return [accounts, ScopeRead(realm=CORE, scope="AROA", kinds=(SubjectKind.ROLE,))]


def stand(server: AwsServer, *users: AwsUserSeed, page_size: int = 100, report_polls: int = 0, **more: object) -> None:
    """Make these users the whole of the first account; the others are empty."""
    accounts = (account(CORE, *users, **more), account(PAYMENTS), account(LAB))
    server.seed(AwsSeed(accounts=accounts, page_size=page_size, report_polls=report_polls))


def accounts_of(made: AwsIamSource) -> dict[str, Account]:
    return {found.login: found for found in of_kind(made.collect(), Account)}


def detail(made: AwsIamSource, *refs: AccountRef) -> list[Fact]:
    return list(made.detail(refs))


def credentials(facts: Sequence[Fact]) -> dict[SubjectKind, Credential]:
    return {found.kind: found for found in of_kind(facts, Credential)}


class TestSomePeople:
    def test_a_known_user_is_told_as_it_is_called_and_tagged_now(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), person("hnlee"), report_polls=1)
        operator = aws.operator(CORE)
        operator.tag_user(UserName="mjkim", Tags=[{"Key": "service", "Value": "backup"}])

        facts = list(source(aws).collect_for([], [ref("mjkim")]))

        (found,) = of_kind(facts, Account)
        assert (found.login, found.service_like, found.standing) == ("mjkim", True, Standing.WORKS)
        assert facts[-1] == ScopeRead(realm=CORE, scope=user_id("mjkim"), kinds=(SubjectKind.ACCOUNT,))

    def test_where_the_report_isn_t_ready_known_users_stand_as_they_did_and_that_is_a_gap(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), report_polls=99)

        first, *others = source(aws, slept=[]).collect_for([], [ref("mjkim")])

        assert first == ScopeRead(realm=CORE, scope="", kinds=())
        (gap,) = of_kind(others, Gap)
        assert others == [gap]
        assert gap.red
        assert "was not ready" in gap.text
        assert gap.text.endswith("Until then known users stand as the last look left them")

    @pytest.mark.parametrize("action", ["GetCredentialReport", "ListServiceSpecificCredentials"])
    def test_a_right_that_is_missing_for_known_users_is_a_gap(self, aws: AwsServer, action: str) -> None:
        stand(aws, person("mjkim"))
        aws.deny(CORE, action)

        facts = list(source(aws).collect_for([], [ref("mjkim")]))

        assert [gap.red for gap in of_kind(facts, Gap) if f"Grant iam:{action}" in gap.text] == [True]
        assert [account.login for account in of_kind(facts, Account)] == ["mjkim"]


class TestInventory:
    def test_it_keeps_the_promises_of_a_source(self, aws: AwsServer) -> None:
        made: Source = source(aws)

        facts = list(made.collect())

        assert facts[-4:] == [
            *whole(),
            Gap(realm=CORE, text=ROOT_UNCHECKED, red=False),
            Gap(realm=CORE, text=FEDERATED, red=False),
        ]
        assert of_kind(facts, Credential) == []

    def test_a_user_with_all_that_is_known_of_it(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim", path="/staff/", tags={"employee-id": "E1042"}, attached=(ADMIN_POLICY,)))

        found = accounts_of(source(aws))["mjkim"]

        assert (found.realm, found.native_id) == (CORE, user_id("mjkim"))
        assert found.label == f"arn:aws:iam::{CORE}:user/staff/mjkim"
        assert repr(found.created_at) == repr(MADE)
        assert (found.standing, found.has_own_login) == (Standing.WORKS, False)
        assert found.standing_reason == "credential report: a console password, 1 active access key"
        assert found.last_used_at == USED
        assert [(each.kind.value, each.value) for each in found.keys] == [("login", "mjkim"), ("number", "E1042")]
        assert (found.privileged, found.privileged_by) == (True, "policy AdministratorAccess")
        assert found.service_like is False

    def test_a_role_of_another_account_reads_that_account_alone(self, aws: AwsServer) -> None:
        aws.seed(AwsSeed(accounts=(account(CORE, person("a")), account(PAYMENTS, person("b")))))

        assert accounts_of(source(aws, CORE)).keys() == {"a"}
        assert accounts_of(source(aws, PAYMENTS)).keys() == {"b"}

    def test_who_is_privileged_also_through_groups_and_own_policies(self, aws: AwsServer) -> None:
        own_policy = f"arn:aws:iam::{CORE}:policy/everything"
        stand(
            aws,
            bare("grouped", groups=("ops",)),
            bare("inlined", inline={"temp": ALLOW_ALL}),
            bare("customer", attached=(own_policy,)),
            bare("reader", attached=(READ_POLICY,)),
            groups=(group("ops", ADMIN_POLICY),),
            policies={"everything": ALLOW_ALL},
            page_size=2,
        )

        found = accounts_of(source(aws))

        assert {name: each.privileged_by for name, each in found.items()} == {
            "grouped": "policy AdministratorAccess of group ops",
            "inlined": "policy temp",
            "customer": "policy everything",
            "reader": "",
        }
        assert found["reader"].privileged is False

    def test_service_like_by_pattern_and_by_tag(self, aws: AwsServer) -> None:
        stand(aws, bare("svc-backup"), bare("deploy", tags={"Service": "ci"}), bare("mjkim", tags={"service": "no"}))

        found = accounts_of(source(aws))

        assert {name: each.service_like for name, each in found.items()} == {
            "svc-backup": True,
            "deploy": True,
            "mjkim": False,
        }

    def test_tag_names_are_configurable(self, aws: AwsServer) -> None:
        stand(aws, bare("deploy", tags={"Contact": "kim@corp.example"}))

        found = accounts_of(source(aws, tags={"owner": ["contact"]}))["deploy"]

        assert [each.name for each in found.keys] == ["user name", "tag contact"]

    def test_last_use_is_the_latest_of_all(self, aws: AwsServer) -> None:
        old, new = USED - timedelta(days=90), USED - timedelta(days=1)
        keys = (key("mjkim", 1, last_used_at=old), key("mjkim", 2, last_used_at=new))
        stand(aws, person("mjkim", keys=keys, login=AwsLoginSeed(created_at=MADE, last_used_at=old)))

        assert accounts_of(source(aws))["mjkim"].last_used_at == new

    def test_names_with_commas_and_quotes(self, aws: AwsServer) -> None:
        stand(aws, person("kim,min=jun"), bare("after"))

        found = accounts_of(source(aws))

        assert {name: each.standing for name, each in found.items()} == {
            "kim,min=jun": Standing.WORKS,
            "after": Standing.DEAD,
        }

    def test_a_user_with_keys_alone_is_seen_as_one_with_a_password_is(self, aws: AwsServer) -> None:
        stand(aws, person("keys-only", login=None), person("unused", login=None, keys=(key("u", last_used_at=None),)))

        found = accounts_of(source(aws))

        assert {each.standing for each in found.values()} == {Standing.WORKS}

    def test_an_inactive_key_is_no_way_in_and_can_be_switched_on_again(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim", login=None, keys=(key("mjkim", active=False),)))

        found = accounts_of(source(aws))["mjkim"]

        assert found.standing is Standing.DEAD
        assert "1 inactive, which can be switched on again" in found.standing_reason


class TestReport:
    def test_it_is_asked_for_and_waited_for_with_back_off(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), report_polls=3)
        slept: list[float] = []
        made = source(aws, slept=slept)

        assert accounts_of(made)["mjkim"].standing is Standing.WORKS
        assert slept == [0.5, 1.0, 2.0, 4.0]
        assert made.requests == RequestCounts(inventory=1 + 4, detail=0, overhead=1 + 4)

    def test_a_report_that_is_never_ready_is_tried_again_later(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), report_polls=1000)
        slept: list[float] = []

        with pytest.raises(RetriableError, match=f"sources.aws {CORE}: the credential report was not ready after 64 s"):
            list(source(aws, slept=slept).collect())
        assert slept == sorted(slept)

    def test_a_user_made_since_the_report_is_unknown_and_one_deleted_since_is_not_there(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), bare("gone"))
        list(source(aws).collect())
        operator = aws.operator(CORE)
        operator.delete_user(UserName="gone")
        operator.create_user(UserName="new")

        found = accounts_of(source(aws))

        assert found.keys() == {"mjkim", "new"}
        assert found["new"].standing is Standing.UNKNOWN
        assert found["new"].last_used_at is None

    def test_a_user_made_again_under_the_same_name_takes_nothing_from_the_old_ones_row(self, aws: AwsServer) -> None:
        stand(aws, bare("mjkim"), bare("other"))
        list(source(aws).collect())
        operator = aws.operator(CORE)
        operator.delete_user(UserName="mjkim")
        operator.create_user(UserName="mjkim")

        found = accounts_of(source(aws))["mjkim"]

        assert found.native_id != user_id("mjkim")
        assert found.standing is Standing.UNKNOWN

    def test_it_is_frozen_for_four_hours_then_made_anew(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim", keys=()))
        list(source(aws).collect())
        aws.operator(CORE).delete_login_profile(UserName="mjkim")

        assert accounts_of(source(aws))["mjkim"].standing is Standing.WORKS
        aws.advance(timedelta(hours=4))
        assert accounts_of(source(aws))["mjkim"].standing is Standing.DEAD

    def test_a_second_read_of_an_unchanged_account_says_the_very_same(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), bare("b"), bare("c", attached=(ADMIN_POLICY,)))
        first = list(source(aws).collect())
        aws.advance(timedelta(days=1))

        assert list(source(aws).collect()) == first

    @pytest.mark.parametrize("action", ["GenerateCredentialReport", "GetCredentialReport"])
    def test_one_that_may_not_be_read_leaves_the_users_and_a_gap(self, aws: AwsServer, action: str) -> None:
        aws.deny(CORE, action)

        facts = list(source(aws).collect())

        (found,) = of_kind(facts, Account)
        assert (found.standing, found.standing_reason) == (Standing.UNKNOWN, "the credential report can't be read")
        assert of_kind(facts, ScopeRead) == whole()
        (gap,) = (each for each in of_kind(facts, Gap) if each.red)
        assert gap.text == (
            f"sources.aws {CORE}: {action} denied (AccessDenied). Grant iam:{action} to the role OffboardingAudit "
            "(docs/permissions/aws.md)"
        )


class TestDetail:
    def test_everything_that_a_user_holds(self, aws: AwsServer) -> None:
        keys = (key("mjkim"), key("mjkim", 2, active=False, last_used_at=None))
        used = key("mjkim", last_used_service="codecommit", last_used_region="ap-northeast-2")
        stand(aws, person("mjkim", keys=(used, keys[1]), ssh_keys=(ssh_key("mjkim"),)))

        facts = detail(source(aws), ref("mjkim"))

        active, inactive, password, ssh, scope = facts
        expected = Credential(
            realm=CORE,
            account_native_id=user_id("mjkim"),
            kind=SubjectKind.ACCESS_KEY,
            native_id=key_id("mjkim"),
            label="AKIA...KKK1",
            standing=Standing.WORKS,
            standing_reason="ListAccessKeys: Active",
            created_at=MADE,
            last_used_at=USED,
            last_used_service="codecommit",
            last_used_region="ap-northeast-2",
        )
        unused = replace(expected, last_used_at=None, last_used_service="", last_used_region="")
        assert active == expected
        assert inactive == replace(
            unused,
            native_id=key_id("mjkim", 2),
            label="AKIA...KKK2",
            standing=Standing.DEAD,
            standing_reason="ListAccessKeys: Inactive",
            can_reactivate=True,
        )
        assert password == replace(
            unused,
            kind=SubjectKind.CONSOLE_PASSWORD,
            native_id=user_id("mjkim"),
            label="console password",
            standing_reason="GetLoginProfile: there is a password",
            last_used_at=USED,
        )
        assert isinstance(ssh, Credential)
        assert (ssh.kind, ssh.native_id) == (SubjectKind.SSH_KEY, "APKA" + key_id("mjkim")[4:])
        assert scope == ScopeRead(realm=CORE, scope=user_id("mjkim"), kinds=ALL_KINDS)

    def test_s3_tells_no_region(self, aws: AwsServer) -> None:
        found = credentials(detail(source(aws), ref("mjkim")))[SubjectKind.ACCESS_KEY]

        assert (found.last_used_service, found.last_used_region) == ("s3", "")

    def test_an_ssh_keys_fingerprint_is_told_where_the_budget_allows(self, aws: AwsServer) -> None:
        one_key = (key("mjkim"),)
        stand(aws, person("mjkim", keys=one_key, ssh_keys=(ssh_key("mjkim"), ssh_key("mjkim", 2, active=False))))

        facts = detail(source(aws), ref("mjkim"))
        first, second = (each for each in of_kind(facts, Credential) if each.kind is SubjectKind.SSH_KEY)

        assert (first.fingerprint, first.label) == (SSH_FINGERPRINT, f"ssh-ed25519 {SSH_FINGERPRINT}")
        assert (second.fingerprint, second.label) == ("", f"SSH key {second.native_id}")
        assert (second.standing, second.can_reactivate) == (Standing.DEAD, True)

    def test_a_deleted_user_is_gone_and_nothing_else_is_said(self, aws: AwsServer) -> None:
        facts = detail(source(aws), ref("never-was"))

        kinds = (SubjectKind.ACCOUNT, *ALL_KINDS)
        assert facts == [ScopeRead(realm=CORE, scope=user_id("never-was"), kinds=kinds)]

    def test_a_renamed_user_is_found_by_its_id(self, aws: AwsServer) -> None:
        aws.operator(CORE).update_user(UserName="mjkim", NewUserName="minjun.kim")

        facts = detail(source(aws), ref("mjkim"))

        assert credentials(facts).keys() == {SubjectKind.ACCESS_KEY, SubjectKind.CONSOLE_PASSWORD}
        assert credentials(facts)[SubjectKind.ACCESS_KEY].native_id == key_id("mjkim")

    def test_a_user_renamed_since_the_inventory_of_the_same_night_is_found_too(self, aws: AwsServer) -> None:
        made = source(aws)
        list(made.collect())
        aws.operator(CORE).update_user(UserName="mjkim", NewUserName="minjun.kim")

        assert credentials(detail(made, ref("mjkim"))).keys() == {
            SubjectKind.ACCESS_KEY,
            SubjectKind.CONSOLE_PASSWORD,
        }

    def test_a_user_deleted_since_the_inventory_of_the_same_night_is_gone(self, aws: AwsServer) -> None:
        made = source(aws)
        list(made.collect())
        operator = aws.operator(CORE)
        operator.delete_access_key(UserName="mjkim", AccessKeyId=key_id("mjkim"))
        operator.delete_login_profile(UserName="mjkim")
        operator.delete_user(UserName="mjkim")

        (scope,) = detail(made, ref("mjkim"))

        assert isinstance(scope, ScopeRead)
        assert SubjectKind.ACCOUNT in scope.kinds

    @pytest.mark.parametrize("after_inventory", [True, False])
    def test_another_user_of_the_same_name_is_somebody_else(self, aws: AwsServer, *, after_inventory: bool) -> None:
        stand(aws, bare("mjkim"))
        made = source(aws)
        if after_inventory:
            list(made.collect())
        operator = aws.operator(CORE)
        operator.delete_user(UserName="mjkim")
        operator.create_user(UserName="mjkim")
        operator.create_login_profile(UserName="mjkim", Password="Somebody-else's-1")

        facts = detail(made, ref("mjkim"))

        assert of_kind(facts, Credential) == []
        assert SubjectKind.ACCOUNT in of_kind(facts, ScopeRead)[0].kinds

    def test_a_password_is_read_live_whatever_the_report_says(self, aws: AwsServer) -> None:
        list(source(aws).collect())
        aws.operator(CORE).delete_login_profile(UserName="mjkim")

        facts = detail(source(aws), ref("mjkim"))

        assert accounts_of(source(aws))["mjkim"].standing_reason.startswith("credential report: a console password")
        assert credentials(facts).keys() == {SubjectKind.ACCESS_KEY}
        assert of_kind(facts, ScopeRead)[0].kinds == ALL_KINDS

    def test_an_unconditional_deny_contains_what_works(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim", inline={"quarantine": DENY_ALL}, attached=(ADMIN_POLICY,)))

        found = credentials(detail(source(aws), ref("mjkim")))[SubjectKind.ACCESS_KEY]

        assert (found.standing, found.effect) == (Standing.WORKS, Effect.CONTAINED)

    @pytest.mark.parametrize(
        ("action", "kind"),
        [
            ("ListAccessKeys", SubjectKind.ACCESS_KEY),
            ("GetLoginProfile", SubjectKind.CONSOLE_PASSWORD),
            ("ListSSHPublicKeys", SubjectKind.SSH_KEY),
            ("ListSigningCertificates", SubjectKind.CERTIFICATE),
            ("ListServiceSpecificCredentials", SubjectKind.SERVICE_CREDENTIAL),
        ],
    )
    def test_a_denied_call_is_not_checked_and_the_others_are(
        self, aws: AwsServer, action: str, kind: SubjectKind
    ) -> None:
        stand(aws, everything("mjkim"))
        aws.deny(CORE, action)

        facts = detail(source(aws), ref("mjkim"))

        complete, missing = of_kind(facts, ScopeRead)
        assert set(complete.kinds) == set(ALL_KINDS) - {kind}
        assert complete.error == ""
        assert missing.kinds == (kind,)
        assert missing.error.startswith(f"sources.aws {CORE}: {action} denied (AccessDenied). Grant iam:{action} to")
        assert credentials(facts).keys() == set(ALL_KINDS) - {kind}

    @pytest.mark.parametrize("action", ["GetAccessKeyLastUsed", "ListUsers", "GetSSHPublicKey"])
    def test_a_denied_look_at_the_last_use_leaves_a_gap_and_what_works_works(self, aws: AwsServer, action: str) -> None:
        stand(aws, person("mjkim", ssh_keys=(ssh_key("mjkim"),)))
        aws.deny(CORE, action)

        facts = detail(source(aws), ref("mjkim"))

        (gap,) = of_kind(facts, Gap)
        assert (gap.red, f"Grant iam:{action}" in gap.text) == (True, True)
        assert {each.standing for each in of_kind(facts, Credential)} == {Standing.WORKS}
        assert [each.kinds for each in of_kind(facts, ScopeRead)] == [ALL_KINDS]

    def test_one_users_missing_key_takes_nobody_else_along(self, aws: AwsServer) -> None:
        names = ["a", "b", "c"]
        stand(aws, *(person(name) for name in names))
        made = source(aws)
        list(made.collect())
        operator = aws.operator(CORE)
        operator.update_user(UserName="b", NewUserName="bb")

        facts = detail(made, *(ref(name) for name in names))

        assert [each.scope for each in of_kind(facts, ScopeRead)] == [user_id(name) for name in names]
        assert len(of_kind(facts, Credential)) == 6

    def test_an_account_of_another_realm_is_a_mistake_of_the_caller(self, aws: AwsServer) -> None:
        with pytest.raises(ValueError, match=PAYMENTS):
            detail(source(aws, CORE), ref("mjkim", PAYMENTS))

    def test_nobody_to_look_at_costs_nothing(self, aws: AwsServer) -> None:
        assert detail(source(aws)) == []
        assert aws.requests(CORE) == {}


class TestBudget:
    USERS, LEAVERS = 300, 5

    @pytest.mark.parametrize("page_size", [1000, 100])
    def test_at_most_eight_and_pages_and_six_a_leaver(self, aws: AwsServer, page_size: int) -> None:
        names = [f"user{number:03}" for number in range(self.USERS)]
        two_keys = [(key(name), key(name, 2)) for name in names]
        users = [
            person(name, keys=keys, ssh_keys=(ssh_key(name), ssh_key(name, 2)), certificates=(certificate(name),))
            for name, keys in zip(names, two_keys, strict=True)
        ]
        stand(aws, *users, page_size=page_size)
        made = source(aws)

        list(made.collect())
        collected = made.requests
        facts = detail(made, *(ref(name) for name in names[: self.LEAVERS]))

        pages = -(-self.USERS // page_size)
        assert collected == RequestCounts(inventory=1 + 3 + pages, detail=0, overhead=1 + 1)
        assert made.requests.detail == pages + 1 + 6 * self.LEAVERS
        assert collected.inventory + made.requests.detail <= 8 + 3 + pages + 6 * self.LEAVERS
        assert len(of_kind(facts, Credential)) == 6 * self.LEAVERS

    @pytest.mark.parametrize("page_size", [1000, 100])
    def test_also_where_another_process_reads_the_detail(self, aws: AwsServer, page_size: int) -> None:
        names = [f"user{number:03}" for number in range(self.USERS)]
        stand(aws, *(person(name) for name in names), page_size=page_size)
        list(source(aws).collect())
        later = source(aws)
        detail(later, *(ref(name) for name in names[: self.LEAVERS]))

        asked = dict(aws.requests(CORE))
        overhead = asked.pop("AssumeRole") + asked["GenerateCredentialReport"] - 1
        pages = -(-self.USERS // page_size)
        assert overhead == 2 + 1
        assert asked["GetCallerIdentity"] == 2  # once a process
        assert sum(asked.values()) - (asked["GenerateCredentialReport"] - 1) <= 8 + 3 + pages + 6 * self.LEAVERS
        assert later.requests.detail == 2 * pages + 1 + 5 * self.LEAVERS

    def test_the_policy_that_ships_allows_just_what_is_asked(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim", ssh_keys=(ssh_key("mjkim"),)))
        made = source(aws)

        list(made.collect())
        detail(made, ref("mjkim"))

        asked = aws.requests(CORE).keys() - {"AssumeRole", "GetCallerIdentity"}
        assert shipped_rights("member") == {f"iam:{action}" for action in asked}

    def test_the_meter_says_what_the_server_counted(self, aws: AwsServer) -> None:
        made = source(aws)
        list(made.collect())
        detail(made, ref("mjkim"))

        counts = made.requests
        assert counts.inventory + counts.detail + counts.overhead == sum(aws.requests(CORE).values())


class TestTroubles:
    def test_an_account_that_refuses_is_told_with_the_right_and_the_others_go_on(self, aws: AwsServer) -> None:
        aws.deny(LAB, "AssumeRole")

        with pytest.raises(FatalError) as caught:
            list(source(aws, LAB, account_names={LAB: "lab"}).collect())

        assert str(caught.value).startswith(
            f"sources.aws {LAB} (lab): AssumeRole on OffboardingAudit denied (AccessDenied). Grant sts:AssumeRole"
        )
        assert "docs/permissions/aws.md" in str(caught.value)
        assert accounts_of(source(aws, CORE)).keys() == {"mjkim"}

    def test_the_external_id_is_sent(self, aws: AwsServer) -> None:
        stand(aws, person("mjkim"), external_id="offboarding-7")

        assert accounts_of(source(aws, external_id="offboarding-7")).keys() == {"mjkim"}
        with pytest.raises(FatalError, match="external id"):
            list(source(aws).collect())

    def test_a_connection_of_its_own_account_needs_no_role(self, aws: AwsServer) -> None:
        stand(aws, person("auditor"))
        own = connection(aws, login=key_id("auditor"))

        made = build(settings(role_name=None, accounts=[CORE]), own, CORE, CONTEXT)

        assert accounts_of(made).keys() == {"auditor"}

    def test_a_connection_that_leads_elsewhere_is_not_taken_for_the_account(self, aws: AwsServer) -> None:
        stand(aws, person("auditor"))
        own = connection(aws, login=key_id("auditor"))

        made = build(settings(role_name=None, accounts=[PAYMENTS]), own, PAYMENTS, CONTEXT)

        with pytest.raises(FatalError, match=f"sources.aws {PAYMENTS}: connection aws_audit leads to account {CORE}"):
            list(made.collect())

    @pytest.mark.parametrize("action", ["AssumeRole", "GenerateCredentialReport", "GetAccountAuthorizationDetails"])
    def test_a_little_throttling_is_waited_out_and_told_apart(self, aws: AwsServer, action: str) -> None:
        aws.throttle(CORE, action, times=1)
        made = source(aws)

        assert accounts_of(made).keys() == {"mjkim"}
        assert made.requests.inventory == 1 + 4
        assert made.requests.overhead == 1 + 1 + 1

    @pytest.mark.parametrize("action", ["GetAccountAuthorizationDetails", "ListAccessKeys"])
    def test_throttled_out_is_tried_again_later_and_never_an_empty_account(self, aws: AwsServer, action: str) -> None:
        aws.throttle(CORE, action, times=50)
        made = source(aws, max_attempts=2)
        facts: list[Fact] = []

        with pytest.raises(RetriableError, match=f"sources.aws {CORE}: {action} still throttled .* at attempt 2"):
            facts.extend(made.detail([ref("mjkim")]))
        assert facts == []

    def test_without_the_authorization_details_nothing_is_concluded(self, aws: AwsServer) -> None:
        aws.deny(CORE, "GetAccountAuthorizationDetails")
        facts: list[Fact] = []

        with pytest.raises(FatalError, match="Grant iam:GetAccountAuthorizationDetails to the role OffboardingAudit"):
            facts.extend(source(aws).collect())
        assert facts == []

    def test_a_refused_key_is_a_persons_matter(self, aws: AwsServer) -> None:
        made = build(settings(), connection(aws, login="AKIANOBODYSKEY000000"), CORE, CONTEXT)

        with pytest.raises(FatalError, match="the access key of connection aws_audit is refused"):
            list(made.collect())

    def test_a_server_that_is_not_there_is_tried_again(self, aws: AwsServer) -> None:
        nowhere = connection(aws, extra={"endpoint_url": "http://127.0.0.1:9"})
        made = build(settings(max_attempts=1), nowhere, CORE, CONTEXT)

        with pytest.raises(RetriableError, match="AWS could not be reached"):
            list(made.collect())

    def test_no_credentials_anywhere_is_told(self, aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
        empty = connection(aws, login="", password="")
        made = build(settings(), empty, CORE, CONTEXT)

        with pytest.raises(FatalError, match="connection aws_audit has no access key"):
            list(made.collect())

    def test_credentials_of_the_extra_are_taken(self, aws: AwsServer) -> None:
        extra = {
            "endpoint_url": aws.endpoint_url,
            "aws_access_key_id": "AKIA0000000000CALLER",
            "aws_secret_access_key": "s3cret of the extra",
            "region_name": "ap-northeast-2",
        }
        made = build(settings(), connection(aws, login="", password="", extra=extra), CORE, CONTEXT)

        assert accounts_of(made).keys() == {"mjkim"}

    def test_no_secret_shows_in_any_error(self, aws: AwsServer) -> None:
        aws.deny(CORE, "AssumeRole")
        made = source(aws)

        with pytest.raises(OffboardingError) as caught:
            list(made.collect())

        assert "s3cret" not in f"{caught.value!r} {made.access!r} {asdict(made.access.asker)}"
