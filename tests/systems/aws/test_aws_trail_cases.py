"""What CloudTrail proves, from AWS's answers to a finding: all of it by real readers, against AWS on this machine."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from demo.aws import AwsServer
from demo.aws_key_seed import AwsSecretSeed, AwsSecretVersionSeed
from demo.aws_seed import AwsSeed, AwsUserSeed
from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.custody.register import Register
from offboarding.interfaces import Reader, RosterSettings
from offboarding.sources.aws import cloudtrail as aws_cloudtrail
from offboarding.sources.aws import iam as aws_iam
from offboarding.sources.aws import secrets as aws_secrets
from offboarding.store.connect import Session
from tests.support.night import ListedRoster, rows_of
from tests.support.small_company import LEFT, STAFF, worker
from tests.support.whole_night import NightTold, Readers, whole_night
from tests.systems.aws.cloud import CORE, account, aws_process, connection, person, user_id
from tests.systems.aws.trails import SECRET, event, somebody

pytestmark = pytest.mark.slow

__all__ = ["aws_process"]  # a fixture

KIM = worker("1042", LEFT, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
LEFT_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
NIGHT = LEFT_AT + timedelta(days=1, hours=1)
READ_AT = LEFT_AT - timedelta(days=3)
ROSTER = {"name": "hr", "kind": "csv", "coverage": "full", "id_space": "hr", "login_realm": "corp"}
AWS = {"connection": "aws_audit", "role_name": "OffboardingAudit", "accounts": [CORE], "regions": ["us-east-1"]}


def settings() -> Settings:
    given = {name: value for name, value in AWS.items() if name != "regions"}
    sources = (
        aws_iam.Settings.model_validate({"name": "aws", "kind": "aws_iam", "id_space": "hr", **given}),
        aws_secrets.Settings.model_validate({"name": "secrets", "kind": "aws_secrets", **AWS}),
        aws_cloudtrail.Settings.model_validate({"name": "trail", "kind": "aws_cloudtrail", **AWS}),
    )
    made = Settings(
        company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
        rosters=(),
        sources=(),
        policy=Policy.model_validate({"baseline": "ticket", "queue": "secops"}),
    )
    made = made.model_copy(update={"rosters": (RosterSettings.model_validate(ROSTER),), "sources": sources})
    return made.with_register(Register.model_validate({}))


def night(session: Session, server: AwsServer, *, at: datetime = NIGHT) -> NightTold:
    def reader(given: Settings, name: str, part: str, as_of: datetime) -> Reader:
        from offboarding.wiring import read_context

        own = given.source(name)
        module: Any = {"aws": aws_iam, "secrets": aws_secrets, "trail": aws_cloudtrail}[name]
        made = module.build(own, connection(server), part, read_context(given, as_of))
        if hasattr(made, "sleep"):
            made.sleep = lambda _: None
        return made

    readers = Readers(
        roster=lambda *_: ListedRoster([KIM, STAFF]),
        source=reader,
        trackers=lambda _: {},
    )
    told = whole_night(session, settings(), readers, caller=str(at), as_of=at)
    assert told.failed == ()
    return told


def helper(made_at: datetime) -> AwsUserSeed:
    return person("helper", created_at=made_at)


@pytest.fixture
def aws(aws_process: AwsServer) -> AwsServer:
    """Kim's user, a helper that somebody made, a secret."""
    version = AwsSecretVersionSeed(version_id="1" * 32, created_at=READ_AT - timedelta(days=300))
    secret = AwsSecretSeed(name="prod/login", created_at=version.created_at, versions=(version,))
    kim = person("mjkim", tags={"email": "kim@corp.example"}, keys=(), login=None)
    seed = account(CORE, kim, helper(READ_AT), secrets=(secret,))
    aws_process.seed(AwsSeed(accounts=(seed,), clock=NIGHT))
    return aws_process


def found(session: Session) -> set[tuple[str, str]]:
    return set(rows_of(session, "select rule, subject_native_id from finding where state <> 'resolved'"))


def test_an_account_that_a_leaver_made_is_found_by_the_trail(aws: AwsServer, store: Session) -> None:
    made = event(1, "iam:CreateUser", at=READ_AT, response={"user": {"userId": user_id("helper")}})
    aws.record(CORE, made)

    night(store, aws)

    assert ("leaver-created-account", user_id("helper")) in found(store)
    (evidence,) = rows_of(store, "select evidence::text from finding where rule = 'leaver-created-account'")
    assert (
        f"They made it on 2026-11-10 15:00 UTC: iam:CreateUser as arn:aws:iam::{CORE}:user/mjkim, event {made.event_id}"
        in evidence[0]
    )


def test_without_the_trail_nobody_says_who_made_it(aws: AwsServer, store: Session) -> None:
    night(store, aws)

    assert {rule for rule, _ in found(store)} == {"orphan-account", "uncustodied-signing-key"}


def test_a_secret_that_a_leaver_read_under_a_role_is_proved(aws: AwsServer, store: Session) -> None:
    session = somebody("reading", source_identity="kim@corp.example")
    aws.record(CORE, event(1, at=READ_AT, identity=session, request={"secretId": "prod/login"}))

    night(store, aws)

    assert rows_of(store, "select object, actor, failed from event") == [(SECRET, "", False)]
    secrets = {native_id for rule, native_id in found(store) if rule == "leaver-shared-secret"}
    assert len(secrets) == 1


def test_a_secret_that_was_refused_to_them_is_not(aws: AwsServer, store: Session) -> None:
    session = somebody("reading", source_identity="kim@corp.example")
    refused = event(1, at=READ_AT, identity=session, request={"secretId": "prod/login"}, error="AccessDenied")
    aws.record(CORE, refused)

    night(store, aws)

    assert {rule for rule, _ in found(store)} == {"orphan-account", "uncustodied-signing-key"}


def test_the_next_night_asks_for_what_is_new_alone(aws: AwsServer, store: Session) -> None:
    aws.record(CORE, *(replace(event(number), at=READ_AT) for number in range(60)))
    night(store, aws)
    aws.forget_requests()

    night(store, aws, at=NIGHT + timedelta(hours=2))

    assert aws.requests(CORE)["cloudtrail:LookupEvents"] == 1
