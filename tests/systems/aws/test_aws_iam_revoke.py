"""An access key is set inactive, a user with a password denied everything, by a second connection; and undone."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, cast

import boto3
import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.interfaces import ConnectionFields, Revoker
from offboarding.model import Credential, Effect, Fact, Revocable, Standing, StepSeen, SubjectKind
from offboarding.model.errors import FatalError, OffboardingError, UncertainError
from offboarding.runs.doctor.systems import FAILED, GOOD, Doctor
from offboarding.runs.whole import Readers
from offboarding.sources.aws.iam import Settings as AwsSettings
from offboarding.sources.aws.iam import discover, revoke
from tests.support.revoker import CALLERS, REVOKER_ROLE, revoker_of_aws
from tests.support.revoker import ROLES as BOTH
from tests.systems.aws import cloud
from tests.systems.aws.cloud import CORE, aws, aws_process, key_id, user_id

pytestmark = pytest.mark.slow

__all__ = ["aws", "aws_process"]  # fixtures

KEY, PASSWORD = SubjectKind.ACCESS_KEY, SubjectKind.CONSOLE_PASSWORD
POLICY = revoke.POLICY_NAME


@pytest.fixture(autouse=True)
def seeded(aws: AwsServer) -> None:
    users = (cloud.person("mjkim", keys=(cloud.key("mjkim"), cloud.key("mjkim", 2))), cloud.person("hnlee"))
    aws.seed(AwsSeed(accounts=(cloud.account(CORE, *users, roles=BOTH), CALLERS)))


@pytest.fixture
def revoker(aws: AwsServer) -> Revoker:
    return by(aws)


def by(aws: AwsServer, **given: Any) -> Revoker:
    settings = cloud.settings(revoke_connection="aws_revoke", revoke_role_name=REVOKER_ROLE)
    return revoke.build(settings, cloud.connection(aws, **(revoker_of_aws() | given)), cloud.connection(aws), CORE)


def thing(kind: SubjectKind = KEY, name: str = "mjkim", native_id: str = "") -> Revocable:
    own = key_id(name) if kind is KEY else user_id(name)
    return Revocable(realm=CORE, kind=kind, native_id=native_id or own, account_native_id=user_id(name), login=name)


def credential(facts: Iterable[Fact], about: Revocable) -> Credential:
    (found,) = [
        each
        for each in cloud.of_kind(facts, Credential)
        if (each.kind, each.native_id) == (about.kind, about.native_id)
    ]
    return found


def as_read(aws: AwsServer, about: Revocable) -> Credential:
    return credential(cloud.source(aws).detail([cloud.ref(about.login)]), about)


def test_a_key_is_set_inactive_and_active_again(aws: AwsServer, revoker: Revoker) -> None:
    before = revoker.before(thing())
    revoker.revoke(thing(), before)
    with pytest.raises(FatalError, match="somebody changed it since"):
        revoker.revoke(thing(), before)

    assert before == {"status": "Active"}
    assert revoker.seen(thing(), before) is StepSeen.SET
    assert as_read(aws, thing()).standing is Standing.DEAD
    assert as_read(aws, thing(native_id=key_id("mjkim", 2))).standing is Standing.WORKS

    revoker.undo(thing(), before)
    revoker.undo(thing(), before)

    assert revoker.seen(thing(), before) is StepSeen.BEFORE
    assert as_read(aws, thing()).standing is Standing.WORKS


def test_a_user_with_a_password_is_denied_everything_and_no_more(aws: AwsServer, revoker: Revoker) -> None:
    about = thing(PASSWORD)

    before = revoker.before(about)
    revoker.revoke(about, before)
    with pytest.raises(FatalError, match="somebody changed it since"):
        revoker.revoke(about, before)

    assert revoker.seen(about, before) is StepSeen.SET
    seen = as_read(aws, about)
    assert (seen.standing, seen.effect) == (Standing.WORKS, Effect.CONTAINED)

    revoker.undo(about, before)
    revoker.undo(about, before)

    assert aws.operator(CORE).list_user_policies(UserName="mjkim")["PolicyNames"] == []
    assert as_read(aws, about).effect is Effect.FULL


def test_another_policy_of_that_name_is_left_alone(aws: AwsServer, revoker: Revoker) -> None:
    text = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]}'
    operator, about = aws.operator(CORE), thing(PASSWORD)
    before = revoker.before(about)
    operator.put_user_policy(UserName="mjkim", PolicyName=POLICY, PolicyDocument=text)

    with pytest.raises(FatalError, match=f"its user has another {POLICY}: nothing was done"):
        revoker.before(about)
    for change in (revoker.revoke, revoker.undo):
        with pytest.raises(FatalError, match="somebody changed it since, and nothing was done"):
            change(about, before)
    document: Any = operator.get_user_policy(UserName="mjkim", PolicyName=POLICY)["PolicyDocument"]
    assert document["Statement"][0]["Action"] == "s3:*"


@pytest.mark.parametrize("about", [thing(), thing(PASSWORD)], ids=lambda about: about.kind)
def test_what_is_shut_already_isn_t_ours(revoker: Revoker, about: Revocable) -> None:
    revoker.revoke(about, revoker.before(about))

    with pytest.raises(FatalError, match=r"is shut already|is denied everything already"):
        revoker.before(about)


def test_a_key_that_changed_hands_is_left_alone(aws: AwsServer, revoker: Revoker) -> None:
    """The user was deleted, and another one of the same name made."""
    before = revoker.before(thing())
    stranger = replace(thing(), account_native_id="AIDASOMEBODYELSE00001")

    with pytest.raises(FatalError, match="isn't there any more, or is on another user"):
        revoker.before(stranger)
    assert revoker.seen(stranger, before) is StepSeen.CHANGED
    with pytest.raises(FatalError, match="nothing was done"):
        revoker.revoke(stranger, before)
    assert as_read(aws, thing()).standing is Standing.WORKS


def test_a_renamed_user_s_key_is_found(aws: AwsServer, revoker: Revoker) -> None:
    before = revoker.before(thing())
    revoker.revoke(thing(), before)
    aws.operator(CORE).update_user(UserName="mjkim", NewUserName="kim-old")

    revoker.undo(thing(), before)

    assert revoker.seen(thing(), before) is StepSeen.BEFORE


def test_a_renamed_user_s_password_is_found(aws: AwsServer, revoker: Revoker) -> None:
    """By its UserId; and its name is told as it is now, before anything is shut."""
    about = thing(PASSWORD)
    before = revoker.before(about)
    revoker.revoke(about, before)
    aws.operator(CORE).update_user(UserName="mjkim", NewUserName="break-glass", NewPath="/admins/")

    assert revoker.seen(about, before) is StepSeen.SET
    assert revoker.called(about) == ("break-glass", f"arn:aws:iam::{CORE}:user/admins/break-glass")
    assert revoker.called(thing()) == revoker.called(about)
    revoker.undo(about, before)

    assert aws.operator(CORE).list_user_policies(UserName="break-glass")["PolicyNames"] == []


def test_two_sessions_of_one_role_are_one_login(aws: AwsServer) -> None:
    """As a platform gives them to a connection without a login: each of another name."""
    base = cloud.connection(aws)

    def session(name: str) -> ConnectionFields:
        sts: Any = boto3.client(
            "sts",
            region_name="us-east-1",
            endpoint_url=str(base.extra["endpoint_url"]),
            aws_access_key_id=base.login,
            aws_secret_access_key=base.password,
        )
        role = f"arn:aws:iam::{CORE}:role/OffboardingAudit"
        given = sts.assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
        return replace(
            base,
            conn_id=name,
            login=given["AccessKeyId"],
            password=given["SecretAccessKey"],
            extra={**base.extra, "aws_session_token": given["SessionToken"]},
        )

    settings = cloud.settings(accounts=[CORE], role_name=None, revoke_connection="aws_revoke")
    with pytest.raises(FatalError, match="are one login"):
        revoke.build(settings, session("one"), session("other"), CORE).check()


def test_what_is_gone_is_gone(aws: AwsServer, revoker: Revoker) -> None:
    operator = aws.operator(CORE)
    operator.delete_access_key(UserName="mjkim", AccessKeyId=key_id("mjkim"))
    operator.delete_login_profile(UserName="mjkim")

    for about in (thing(), thing(PASSWORD)):
        with pytest.raises(FatalError, match="isn't there any more"):
            revoker.before(about)


def test_doctor_tries_each_account_of_an_organization_and_no_closed_one(aws: AwsServer) -> None:
    open_one, denied = (cloud.account(name, roles=BOTH) for name in (CORE, cloud.LAB))
    closed = cloud.account(cloud.PAYMENTS, state="SUSPENDED", denied=("AssumeRole",))
    members = (open_one, closed, replace(denied, denied=("AssumeRole",)), CALLERS)
    aws.seed(AwsSeed(accounts=members, management_account_id=CALLERS.account_id))
    own = cloud.settings(accounts=[], organization=True, revoke_connection="aws_revoke", revoke_role_name=REVOKER_ROLE)
    policy = Policy.model_validate({"revocation": {"sources": ["aws"], "subjects": ["access_key"]}})
    company = Company(time_zone="Asia/Seoul", mail_domains=("corp.example",))
    settings = Settings(company=company, rosters=(), sources=(), policy=policy).model_copy(update={"sources": (own,)})
    reader, writer = cloud.connection(aws), cloud.connection(aws, **revoker_of_aws())
    readers = Readers(
        roster=never,
        source=lambda _, __, part, ___: cloud.source(aws, part, accounts=[], organization=True),
        parts=lambda _, __: lambda source: discover(cast("AwsSettings", source), reader, cloud.CONTEXT),
        trackers=lambda _: {},
    )
    doctor = Doctor(
        settings=settings,
        readers=readers,
        as_of=cloud.MADE,
        session=None,
        revokers=lambda _, __, part: revoke.build(own, writer, reader, part),
    )

    found = {each.part: each.state for each in doctor.run() if each.room == "revoker"}

    assert found == {CORE: GOOD, cloud.LAB: FAILED, cloud.PAYMENTS: GOOD, CALLERS.account_id: FAILED}


def never(*_: object) -> Any:
    raise AssertionError("there are no rosters")


def test_a_missing_right_is_named(aws: AwsServer, revoker: Revoker) -> None:
    before = revoker.before(thing())
    aws.deny(CORE, "UpdateAccessKey")

    with pytest.raises(FatalError, match=rf"Grant iam:UpdateAccessKey to the role {REVOKER_ROLE}") as told:
        revoker.revoke(thing(), before)
    assert not isinstance(told.value, UncertainError)
    assert revoker.seen(thing(), before) is StepSeen.BEFORE


def test_what_aws_refuses_for_certain_was_not_done(aws: AwsServer, revoker: Revoker) -> None:
    before = revoker.before(thing())
    aws.deny(CORE, "UpdateAccessKey", code="ValidationError")

    with pytest.raises(OffboardingError) as told:
        revoker.revoke(thing(), before)

    assert not isinstance(told.value, UncertainError)


def test_what_is_cut_off_may_have_been_done(aws: AwsServer, revoker: Revoker) -> None:
    before = revoker.before(thing())
    aws.cut(CORE, "UpdateAccessKey")

    with pytest.raises(UncertainError):
        revoker.revoke(thing(), before)


def test_the_reader_s_own_key_is_refused_as_the_second_connection(aws: AwsServer) -> None:
    """Whichever role it takes on: who can take on one that writes, can write."""
    same = by(aws, login="AKIA0000000000CALLER", password="s3cret of the caller")

    with pytest.raises(FatalError, match=r"are one login .*: who reads must not be able to write"):
        same.before(thing())


def test_the_users_that_the_checker_logs_in_by_are_never_shut(aws: AwsServer) -> None:
    """Where a connection's user is in the account that is read."""
    settings = cloud.settings(accounts=[CORE], role_name=None, revoke_connection="aws_revoke")
    here = cloud.connection(aws, login=key_id("hnlee"), password="never checked")
    writer = cloud.connection(aws, login=key_id("mjkim"), password="never checked")
    made = revoke.build(settings, writer, here, CORE)

    for name in ("hnlee", "mjkim"):
        with pytest.raises(FatalError, match="the checker itself logs in: never shut"):
            made.before(thing(name=name))


@pytest.mark.parametrize("kind", [SubjectKind.SSH_KEY, SubjectKind.ROLE, SubjectKind.ROOT_ACCOUNT])
def test_what_can_only_be_deleted_has_no_step(kind: SubjectKind, revoker: Revoker) -> None:
    about = replace(thing(), kind=kind)

    assert revoke.step(about) is None
    with pytest.raises(FatalError, match="can't be shut so that it opens again"):
        revoker.before(about)


@pytest.mark.parametrize(("kind", "sid"), [(KEY, "AccessKeys"), (PASSWORD, "ConsolePasswords")])
def test_the_page_names_the_rights_that_each_thing_asks_and_no_more(
    aws: AwsServer, revoker: Revoker, kind: SubjectKind, sid: str
) -> None:
    aws.operator(CORE).update_user(UserName="hnlee", NewUserName="lee")
    revoker.check()
    about, beside = thing(kind, "hnlee"), {"AssumeRole", "GetCallerIdentity"}

    def asked(work: Callable[[], object]) -> set[str]:
        aws.forget_requests()
        work()
        return {f"iam:{action}" for action in set(aws.requests(CORE)) - beside}

    def shut() -> None:
        before = revoker.before(about)
        revoker.called(about)
        revoker.revoke(about, before)

    assert asked(shut) == rights(f"See{sid}") | rights(f"Shut(AndOpen)?{sid}")
    before = {"status": "Active", "policy": ""}
    assert asked(lambda: revoker.undo(about, before)) == rights(f"See{sid}") | rights(f"(ShutAnd)?Open{sid}")


def rights(sid: str) -> set[str]:
    return cloud.shipped_rights("AWS", page="docs/revocation.md", sid=sid)
