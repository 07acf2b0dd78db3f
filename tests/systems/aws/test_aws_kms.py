"""KMS keys against moto behind the proxy: what they are, whether they sign, who may use them, and what it costs."""

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from demo.aws import AwsServer
from demo.aws_key_seed import AwsKmsKeySeed
from demo.aws_seed import AwsSeed, AwsUserSeed
from offboarding.model import (
    Exportable,
    Fact,
    Gap,
    Key,
    KeyAccess,
    PrincipalKind,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources.aws.kms import discover
from tests.systems.aws.cloud import (
    ADMIN_POLICY,
    CONTEXT,
    CORE,
    LAB,
    USED,
    account,
    aws,
    aws_process,
    bare,
    connection,
    of_kind,
    role,
    shipped_rights,
    user_id,
)
from tests.systems.aws.keyring import (
    KEY_MADE,
    SEOUL,
    US,
    encrypting,
    grant,
    kms_arn,
    kms_id,
    kms_settings,
    kms_source,
    mac,
    material,
    signing,
)

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

KINDS = (SubjectKind.SIGNING_KEY,)


def stand(server: AwsServer, *keys: AwsKmsKeySeed, users: tuple[AwsUserSeed, ...] = (), **more: object) -> None:
    """Make these keys the whole of the first account."""
    page_size = more.pop("page_size", 100)
    assert isinstance(page_size, int)
    server.seed(AwsSeed(accounts=(account(CORE, *users, kms_keys=keys, **more),), page_size=page_size))


def keys_of(facts: Iterable[Fact]) -> dict[str, Key]:
    return {key.native_id: key for key in of_kind(facts, Key)}


def only_key(server: AwsServer) -> Key:
    (key,) = of_kind(kms_source(server).collect(), Key)
    return key


def scope_of(facts: Iterable[Fact], region: str = US) -> ScopeRead:
    (scope,) = (each for each in of_kind(facts, ScopeRead) if each.scope == f"arn:aws:kms:{region}:{CORE}:")
    return scope


def policy(*statements: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(principal: str, *actions: str, **more: object) -> dict[str, object]:
    return {"Effect": "Allow", "Principal": {"AWS": principal}, "Action": list(actions), "Resource": "*", **more}


class TestKeys:
    def test_a_signing_key_with_all_that_is_known_of_it(self, aws: AwsServer) -> None:
        stand(
            aws,
            signing("tokens", aliases=("alias/tokens", "alias/login"), tags={"Owner": "auth team"}, last_used_at=USED),
        )

        assert only_key(aws) == Key(
            realm=CORE,
            native_id=kms_id("tokens"),
            material=material("tokens"),
            lasting_id=True,
            kind=SubjectKind.SIGNING_KEY,
            name=kms_arn("tokens"),
            label=f"alias/login, alias/tokens ({kms_arn('tokens')})",
            algorithm="ECC_NIST_P256",
            created_at=KEY_MADE,
            carryable=Exportable.NO,
            carryable_reason="Origin AWS_KMS: the material was made in KMS, and no call hands it out.",
            verifies=False,
            standing=Standing.WORKS,
            standing_reason="DescribeKey: KeyState Enabled",
            last_used_at=USED,
            owner="auth team",
        )

    def test_a_mac_key_is_verified_by_kms_and_has_no_public_half(self, aws: AwsServer) -> None:
        stand(aws, mac("webhooks"))

        found = only_key(aws)

        assert (found.material, found.verifies) == (f"ref:{CORE}/{kms_id('webhooks')}", True)
        assert (found.standing, found.algorithm) == (Standing.WORKS, "HMAC_256")
        assert "kms:GetPublicKey" not in aws.requests(CORE)

    def test_keys_that_encrypt_and_awss_own_are_none(self, aws: AwsServer) -> None:
        stand(aws, encrypting("disk"), signing("awss", manager="AWS"))

        facts = list(kms_source(aws).collect())

        assert facts == [ScopeRead(realm=CORE, scope=f"arn:aws:kms:{US}:{CORE}:", kinds=KINDS)]
        assert aws.requests(CORE).keys() & {"kms:GetPublicKey", "kms:ListAliases"} == set()

    @pytest.mark.parametrize(
        ("origin", "expected"),
        [
            ("AWS_KMS", Exportable.NO),
            ("EXTERNAL", Exportable.YES),
            ("AWS_CLOUDHSM", Exportable.UNKNOWN),
            ("EXTERNAL_KEY_STORE", Exportable.UNKNOWN),
        ],
    )
    def test_only_imported_material_can_be_carried_for_sure(
        self, aws: AwsServer, origin: str, expected: Exportable
    ) -> None:
        stand(aws, signing("tokens", origin=origin))

        found = only_key(aws)

        assert found.carryable is expected
        assert found.carryable_reason.startswith(f"Origin {origin}: ")

    @pytest.mark.parametrize(
        ("state", "expected", "word"),
        [
            ("Enabled", Standing.WORKS, "Enabled"),
            ("Updating", Standing.WORKS, "Updating"),
            ("Disabled", Standing.DEAD, "it can be enabled again"),
            ("PendingDeletion", Standing.DEAD, "PendingDeletion on 2026-12-09; until then the deletion can be"),
            ("PendingReplicaDeletion", Standing.DEAD, "last replica"),
            ("PendingImport", Standing.DEAD, "can be imported again"),
            ("Creating", Standing.UNKNOWN, "is being made"),
            ("Unavailable", Standing.UNKNOWN, "disconnected"),
        ],
    )
    def test_each_state(self, aws: AwsServer, state: str, expected: Standing, word: str) -> None:
        ends = KEY_MADE.replace(year=2026, month=12, day=9)
        stand(aws, mac("webhooks", state=state, deletion_at=ends), signing("tokens", state=state, deletion_at=ends))

        found = keys_of(kms_source(aws).collect())

        assert {key.standing for key in found.values()} == {expected}
        assert all(word in key.standing_reason for key in found.values())
        assert found[kms_id("webhooks")].verifies is True

    def test_a_refusal_of_an_imported_macs_is_not_everybodys(self, aws: AwsServer) -> None:
        stand(aws, mac("a", origin="EXTERNAL"), mac("b", origin="EXTERNAL", state="Disabled"))

        found = keys_of(kms_source(aws).collect())

        assert (found[kms_id("a")].verifies, found[kms_id("b")].verifies) == (True, False)

    def test_a_disabled_key_shows_no_public_half_and_is_told_all_the_same(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"))
        aws.kms_operator(CORE).disable_key(KeyId=kms_id("tokens"))

        facts = list(kms_source(aws).collect())

        (found,) = of_kind(facts, Key)
        assert (found.standing, found.material) == (Standing.DEAD, f"ref:{CORE}/{kms_id('tokens')}")
        assert found.standing_reason.endswith("(KMS shows no public half while the key is Disabled)")
        assert scope_of(facts).error == ""
        assert "kms:GetPublicKey" not in aws.requests(CORE)

    def test_imported_material_that_expires(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens", origin="EXTERNAL", valid_to=USED))

        assert only_key(aws).expires_at == USED

    def test_when_imported_material_was_made_nobody_knows(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens", origin="EXTERNAL"))

        assert only_key(aws).created_at is None

    def test_a_public_half_without_a_thumbprint_is_told_and_cannot_be_compared(self, aws: AwsServer) -> None:
        odd = ec.generate_private_key(ec.SECP224R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        stand(aws, signing("odd", private_key=odd.decode()))

        facts = list(kms_source(aws).collect())

        assert of_kind(facts, Key)[0].material == f"ref:{CORE}/{kms_id('odd')}"
        (gap,) = of_kind(facts, Gap)
        assert (gap.red, "can't be recognised in other systems" in gap.text) == (False, True)


class TestRegions:
    def test_every_enabled_region_is_read(self, aws: AwsServer) -> None:
        stand(aws, signing("a"), signing("b", region=SEOUL), regions=(US, SEOUL))

        facts = list(kms_source(aws).collect())

        assert {key.name for key in of_kind(facts, Key)} == {kms_arn("a"), kms_arn("b", SEOUL)}
        assert of_kind(facts, Gap) == []

    def test_the_same_key_in_several_regions_is_one_with_several_copies(self, aws: AwsServer) -> None:
        both = (signing("mrk-tokens", replicas=(SEOUL,)), mac("mrk-webhooks", replicas=(SEOUL,)))
        stand(aws, *both, regions=(US, SEOUL))

        found = of_kind(kms_source(aws).collect(), Key)

        assert Counter(key.material for key in found) == {
            material("mrk-tokens"): 2,
            f"ref:{CORE}/{kms_id('mrk-webhooks')}": 2,
        }
        assert {key.native_id for key in found} == {
            kms_arn(name, region) for name in ("mrk-tokens", "mrk-webhooks") for region in (US, SEOUL)
        }

    def test_regions_that_are_listed_are_the_only_ones_and_that_is_said(self, aws: AwsServer) -> None:
        stand(aws, signing("a"), signing("b", region=SEOUL), regions=(US, SEOUL))

        facts = list(kms_source(aws, regions=[SEOUL]).collect())

        assert [key.name for key in of_kind(facts, Key)] == [kms_arn("b", SEOUL)]
        assert of_kind(facts, ScopeRead) == [scope_of(facts, SEOUL)]
        (gap,) = of_kind(facts, Gap)
        assert (gap.red, "only ap-northeast-2 read" in gap.text) == (False, True)
        assert "DescribeRegions" not in aws.requests(CORE)

    def test_a_region_that_refuses_keeps_the_others_and_concludes_nothing(self, aws: AwsServer) -> None:
        stand(aws, signing("a"), signing("b", region=SEOUL), regions=(US, SEOUL))
        aws.deny(CORE, "kms:ListKeys", only=SEOUL)

        facts = list(kms_source(aws).collect())

        assert [key.name for key in of_kind(facts, Key)] == [kms_arn("a")]
        error = scope_of(facts, SEOUL).error
        assert error.startswith(f"sources.kms {CORE}: ListKeys denied for {SEOUL} (AccessDenied")
        assert "Grant kms:ListKeys to the role OffboardingAudit" in error
        assert scope_of(facts).error == ""

    def test_a_region_that_is_not_enabled_is_said(self, aws: AwsServer) -> None:
        stand(aws, signing("a"))

        facts = list(kms_source(aws, regions=[US, SEOUL]).collect())

        assert [key.name for key in of_kind(facts, Key)] == [kms_arn("a")]
        assert f"{SEOUL} refuses the key" in scope_of(facts, SEOUL).error
        assert scope_of(facts).error == ""

    def test_regions_that_may_not_be_listed_are_a_persons_matter(self, aws: AwsServer) -> None:
        stand(aws, signing("a"))
        aws.deny(CORE, "DescribeRegions")

        with pytest.raises(FatalError, match="Grant ec2:DescribeRegions to the role OffboardingAudit"):
            list(kms_source(aws).collect())

    def test_many_keys_come_in_pages(self, aws: AwsServer) -> None:
        seeds = [signing(f"key {number}", aliases=(f"alias/k{number}",)) for number in range(7)]
        tags = {f"t{number}": "x" for number in range(3)}
        grants = tuple(
            grant(f"g{number}", f"arn:aws:iam::{LAB}:role/r{number}", "Sign", "GetPublicKey") for number in range(3)
        )
        last = signing("last", tags={**tags, "owner": "auth"}, grants=grants)
        stand(aws, *seeds, last, page_size=2)

        facts = list(kms_source(aws).collect())

        found = keys_of(facts)
        assert len(found) == 8
        assert found[kms_id("key 6")].label.startswith("alias/k6 (")
        assert found[kms_id("last")].owner == "auth"
        assert {one.principal for one in of_kind(facts, KeyAccess) if one.principal_realm == LAB} == {
            f"arn:aws:iam::{LAB}:role/r{number}" for number in range(3)
        }


class TestAccess:
    def test_by_identity_policies_where_the_keys_own_hands_over(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"), users=(bare("admin", attached=(ADMIN_POLICY,)), bare("nobody")))

        facts = list(kms_source(aws).collect())

        found = [one for one in of_kind(facts, KeyAccess) if one.principal == user_id("admin")]
        assert {one.action for one in found} == {"kms:Sign", "kms:PutKeyPolicy", "kms:CreateGrant"}
        assert {(one.carries, one.standing, one.key) for one in found} == {(False, Standing.WORKS, kms_arn("tokens"))}
        assert not [one for one in of_kind(facts, KeyAccess) if one.principal == user_id("nobody")]

    def test_by_the_keys_own_policy(self, aws: AwsServer) -> None:
        own = policy(
            allow(f"arn:aws:iam::{CORE}:user/mjkim", "kms:GenerateMac", Sid="Webhooks"),
            allow(f"arn:aws:iam::{CORE}:role/ops", "kms:*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "true"}}),
        )
        roles = (role("ops", {"Effect": "Allow", "Principal": {"AWS": CORE}, "Action": "sts:AssumeRole"}),)
        admin = bare("admin", attached=(ADMIN_POLICY,))
        stand(aws, mac("webhooks", policy=own), users=(bare("mjkim"), admin), iam_roles=roles)

        found = {(one.principal, one.action): one for one in of_kind(kms_source(aws).collect(), KeyAccess)}

        mine = found[user_id("mjkim"), "kms:GenerateMac"]
        assert (mine.standing, "statement Webhooks" in mine.reason) == (Standing.WORKS, True)
        ops = found[f"arn:aws:iam::{CORE}:role/ops", "kms:GenerateMac"]
        assert (ops.principal_kind, ops.standing) == (PrincipalKind.ROLE, Standing.UNKNOWN)
        assert not [who for who, _ in found if who == user_id("admin")]

    def test_by_a_grant(self, aws: AwsServer) -> None:
        own = policy(allow(f"arn:aws:iam::{LAB}:root", "kms:DescribeKey"))
        grants = (
            grant("one", f"arn:aws:iam::{CORE}:user/mjkim", "Sign", "DescribeKey"),
            grant("two", f"arn:aws:iam::{CORE}:user/mjkim", "Sign"),
            grant("three", f"arn:aws:iam::{LAB}:role/ci", "Sign", constrained=True),
            grant("four", "lambda.amazonaws.com", "Sign"),
            grant("five", "AIDAGONEGONEGONEGONE1", "Sign"),
        )
        stand(aws, signing("tokens", policy=own, grants=grants), users=(bare("mjkim"),))

        found = of_kind(kms_source(aws).collect(), KeyAccess)

        mine, other = (
            KeyAccess(
                realm=CORE,
                key=kms_arn("tokens"),
                principal_kind=kind,
                principal_realm=realm,
                principal=who,
                action="kms:Sign",
                carries=False,
                standing=standing,
                reason=reason,
            )
            for kind, realm, who, standing, reason in (
                (
                    PrincipalKind.ACCOUNT,
                    CORE,
                    user_id("mjkim"),
                    Standing.WORKS,
                    f"grant {grants[0].grant_id}; grant {grants[1].grant_id}",
                ),
                (
                    PrincipalKind.ROLE,
                    LAB,
                    f"arn:aws:iam::{LAB}:role/ci",
                    Standing.UNKNOWN,
                    (
                        f"grant {grants[2].grant_id}; whether it applies depends on its constraints, "
                        "that account's own policies"
                    ),
                ),
            )
        )
        assert found == [mine, other]

    def test_each_principal_and_action_is_told_once(self, aws: AwsServer) -> None:
        grants = (grant("one", f"arn:aws:iam::{CORE}:user/admin", "Sign"),)
        stand(aws, signing("tokens", grants=grants), users=(bare("admin", attached=(ADMIN_POLICY,)),))

        found = of_kind(kms_source(aws).collect(), KeyAccess)

        about = Counter((one.principal, one.action) for one in found)
        assert set(about.values()) == {1}
        signs = next(one for one in found if (one.principal, one.action) == (user_id("admin"), "kms:Sign"))
        assert "AdministratorAccess" in signs.reason
        assert "grant " in signs.reason

    def test_a_multi_region_primary_can_be_replicated(self, aws: AwsServer) -> None:
        stand(
            aws,
            signing("mrk-tokens", replicas=(SEOUL,)),
            users=(bare("admin", attached=(ADMIN_POLICY,)),),
            regions=(US, SEOUL),
        )

        found = of_kind(kms_source(aws).collect(), KeyAccess)

        assert {one.key for one in found if one.action == "kms:ReplicateKey"} == {kms_arn("mrk-tokens")}


class TestBudget:
    KEYS, OTHERS = 10, 25

    def test_one_a_key_and_five_more_of_one_that_signs(self, aws: AwsServer) -> None:
        signs = [signing(f"s{number}") for number in range(self.KEYS)]
        macs = [mac(f"m{number}") for number in range(self.KEYS)]
        rest = [encrypting(f"e{number}") for number in range(self.OTHERS)]
        stand(aws, *signs, *macs, *rest, users=(bare("admin", attached=(ADMIN_POLICY,)),), regions=(US, SEOUL))
        made = kms_source(aws)

        list(made.collect())

        regions = 2
        lists, aliases = regions, 1
        describe, more = 2 * self.KEYS + self.OTHERS, 5 * self.KEYS + 4 * self.KEYS
        access = 1 + 1 + 1  # the account's details, a list of AWS's policies that are attached, and one text
        asked = 1  # whether the account is in an organization
        assert made.requests == RequestCounts(
            inventory=2 + lists + aliases + describe + more + access, overhead=1 + asked
        )

    def test_an_account_without_signing_keys_costs_its_regions_and_keys(self, aws: AwsServer) -> None:
        stand(aws, *(encrypting(f"e{number}") for number in range(self.OTHERS)), regions=(US, SEOUL))
        made = kms_source(aws)

        list(made.collect())

        assert made.requests == RequestCounts(inventory=2 + 2 + self.OTHERS, overhead=1)

    def test_the_meter_says_what_the_server_counted(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"), mac("webhooks"))
        made = kms_source(aws)
        list(made.collect())

        assert made.requests.inventory + made.requests.overhead == sum(aws.requests(CORE).values())

    def test_the_policy_that_ships_allows_just_what_is_asked(self, aws: AwsServer) -> None:
        own_boundary = bare("mjkim", attached=(ADMIN_POLICY,))
        stand(aws, signing("tokens"), mac("webhooks"), users=(own_boundary,))
        list(kms_source(aws).collect())

        asked = {
            action if ":" in action else f"ec2:{action}" if action == "DescribeRegions" else f"iam:{action}"
            for action in aws.requests(CORE).keys() - {"AssumeRole", "GetCallerIdentity"}
        }
        # Asked only of a policy that is a boundary and attached to nobody.
        assert shipped_rights("KMS") == asked | {"iam:GetPolicy"}


class TestTroubles:
    @pytest.mark.parametrize("action", ["DescribeKey", "GetPublicKey", "GetKeyPolicy", "ListGrants"])
    def test_a_key_that_may_not_be_looked_at_keeps_the_others_and_concludes_nothing(
        self, aws: AwsServer, action: str
    ) -> None:
        stand(aws, signing("tokens"), signing("other"))
        aws.deny(CORE, f"kms:{action}", only=kms_id("tokens"))

        facts = list(kms_source(aws).collect())

        assert kms_id("other") in keys_of(facts)
        assert scope_of(facts).error == (
            f"sources.kms {CORE}: {action} denied for {kms_arn('tokens')} (AccessDeniedException). Grant kms:{action} "
            "to the role OffboardingAudit (docs/permissions/aws.md). A key whose own policy names no `:root` of the "
            "account must name the role itself."
        )

    def test_one_whose_public_half_may_not_be_read_is_not_taken_for_another(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"))
        aws.deny(CORE, "kms:GetPublicKey")

        assert of_kind(kms_source(aws).collect(), Key) == []

    def test_many_that_refuse_are_one_sentence(self, aws: AwsServer) -> None:
        stand(aws, *(signing(f"s{number}") for number in range(9)))
        aws.deny(CORE, "kms:GetKeyPolicy")

        error = scope_of(kms_source(aws).collect()).error

        assert error.count("GetKeyPolicy denied") == 1
        assert "and 6 more (" in error

    @pytest.mark.parametrize("action", ["ListAliases", "ListResourceTags"])
    def test_without_names_and_owners_keys_are_known_all_the_same(self, aws: AwsServer, action: str) -> None:
        stand(aws, signing("tokens", aliases=("alias/tokens",), tags={"owner": "auth"}))
        aws.deny(CORE, f"kms:{action}")

        facts = list(kms_source(aws).collect())

        assert keys_of(facts).keys() == {kms_id("tokens")}
        assert scope_of(facts).error == ""
        (gap,) = of_kind(facts, Gap)
        assert gap.red
        assert f"Grant kms:{action} to the role OffboardingAudit" in gap.text

    def test_when_it_was_used_last_is_nice_to_know(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens", last_used_at=USED))
        aws.deny(CORE, "kms:GetKeyLastUsage")

        facts = list(kms_source(aws).collect())

        assert of_kind(facts, Key)[0].last_used_at is None
        assert (scope_of(facts).error, of_kind(facts, Gap)) == ("", [])

    def test_who_has_access_is_part_of_it_in_every_region(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"), regions=(US, SEOUL))
        aws.deny(CORE, "GetAccountAuthorizationDetails")

        facts = list(kms_source(aws).collect())

        assert keys_of(facts).keys() == {kms_id("tokens")}
        assert "Grant iam:GetAccountAuthorizationDetails" in scope_of(facts).error
        assert scope_of(facts).error == scope_of(facts, SEOUL).error

    @pytest.mark.parametrize("action", ["ListPolicies", "GetPolicyVersion"])
    def test_policies_that_may_not_be_read_are_told(self, aws: AwsServer, action: str) -> None:
        stand(aws, signing("tokens"), users=(bare("admin", attached=(ADMIN_POLICY,)),))
        aws.deny(CORE, action)

        error = scope_of(kms_source(aws).collect()).error

        assert "AdministratorAccess" in error
        assert f"iam:{action}" in error

    def test_throttling_is_waited_out_and_told_where_it_lasts(self, aws: AwsServer) -> None:
        stand(aws, signing("tokens"))
        aws.throttle(CORE, "kms:DescribeKey", 1)
        assert only_key(aws).native_id == kms_id("tokens")

        aws.throttle(CORE, "kms:DescribeKey", 50)
        with pytest.raises(RetriableError, match="DescribeKey still throttled"):
            list(kms_source(aws, max_attempts=2).collect())

    def test_a_closed_account_is_said_and_nothing_concluded(self, aws: AwsServer) -> None:
        members = (account("999999999999"), account(CORE, state="SUSPENDED", kms_keys=(signing("tokens"),)))
        aws.seed(AwsSeed(accounts=members, management_account_id="999999999999"))
        own = kms_settings(organization=True, management_account="999999999999", accounts=[])

        assert discover(own, connection(aws), CONTEXT) == (CORE, "999999999999")
        facts = list(kms_source(aws, organization=True, management_account="999999999999", accounts=[]).collect())

        (gap,) = facts
        assert isinstance(gap, Gap)
        assert (gap.red, gap.realm) == (False, CORE)
        assert "closed or suspended" in gap.text


def test_a_key_that_was_used_since(aws: AwsServer) -> None:
    stand(aws, signing("tokens"))
    aws.kms_operator(CORE).sign(KeyId=kms_id("tokens"), Message=b"x", SigningAlgorithm="ECDSA_SHA_256")
    aws.advance(timedelta(days=1))

    assert only_key(aws).last_used_at is not None
