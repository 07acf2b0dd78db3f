"""A store after a small company's night: something of everything that people read about.

Jordan Doe (E1042) left on Friday 13 November 2026 in Seoul; the night is that of 24 November. Their directory login
works and was used nine days after, their access key works. Sam Poe (E1043) left too: one account is probably theirs.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest

from offboarding.config.policy import Policy
from offboarding.config.settings import Company, Settings
from offboarding.interfaces import RosterSettings
from offboarding.model import (
    Account,
    AccountKey,
    Coverage,
    Credential,
    Employment,
    EmploymentStatus,
    Fact,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    Problem,
    RequestCounts,
    ScopedValue,
    ScopeRead,
    Standing,
    SubjectKind,
    Worker,
)
from offboarding.model.errors import FatalError
from offboarding.runs import pipeline
from offboarding.sources import ldap
from offboarding.sources.aws import iam as aws_iam
from offboarding.store import runs
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.listed import FactSource
from tests.support.night import ListedRoster
from tests.support.usual_read import AS_OF

USED_AT = datetime(2026, 11, 22, 17, 10, tzinfo=UTC)
MADE_AT = datetime(2021, 3, 1, tzinfo=UTC)
DIRECTORY = "7d1c5a52-0000-4c0e-9d0f-000000000000"
CLOUD = "222222222222"
CLOSED_CLOUD = "333333333333"
DOE, LEE, POE_MAYBE, STRAY = (f"3f0e7a10-000{number}-4c0e-9d0f-00000000000{number}" for number in range(1, 5))
DOE_DN = "uid=jdoe,ou=people,dc=corp,dc=example"
DOE_USER, STRAY_USER = "AIDAEXAMPLEDOE0000001", "AIDAEXAMPLESTRAY00002"
DOE_ARN = f"arn:aws:iam::{CLOUD}:user/jdoe"
DOE_KEY = "AKIAEXAMPLEDOE007Q3A"
DENIED = f"aws: {CLOSED_CLOUD}: AssumeRole denied. Grant sts:AssumeRole on OffboardingAudit (docs/permissions/aws.md)"
FEDERATED = "federated access not inventoried (no Identity Center source)"
NAMES = ("Jordan Doe", "Sam Poe", "Kim Lee")
"""Of people, which no log may hold."""


def settings(policy: Policy | None = None) -> Settings:
    """Two rosters, a directory and two AWS accounts; what is found first is told at once, unless `policy` says not."""
    return Settings(
        company=Company(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
        rosters=(
            RosterSettings(name="hr", kind="csv", coverage=Coverage.FULL, id_space="hr", login_realm="corp"),
            RosterSettings(name="vendors", kind="csv", coverage=Coverage.FULL, id_space="vendor"),
        ),
        sources=(
            ldap.Settings(
                name="corp-ldap",
                kind="ldap",
                connection="corp_ldap",
                base_dn="dc=corp,dc=example",
                ppolicy_default="cn=default,dc=corp,dc=example",
                witness="uid=locked,dc=corp,dc=example",
                id_space="hr",
                login_realm="corp",
            ),
            aws_iam.Settings(
                name="aws",
                kind="aws_iam",
                connection="aws",
                role_name="Audit",
                accounts=(CLOUD, CLOSED_CLOUD),
                id_space="hr",
                login_realm="corp",
            ),
        ),
        policy=policy or Policy(baseline="ticket"),
    )


def worker(worker_id: str, name: str, login: str, *, left: date | None = None) -> Worker:
    return Worker(
        worker_id=worker_id,
        name=name,
        mail=f"{login}@corp.example",
        logins=(ScopedValue(value=login, source=None),),
        employments=(
            Employment(
                status=EmploymentStatus.LEFT if left else EmploymentStatus.ACTIVE,
                start_on=date(2021, 1, 4),
                last_working_on=left,
                end_on=None,
                zone="Asia/Seoul",
                type="employee",
            ),
        ),
        record=f"row of {worker_id}",
    )


PEOPLE = (
    worker("E1042", NAMES[0], "jdoe", left=date(2026, 11, 13)),
    worker("E1043", NAMES[1], "spoe", left=date(2026, 11, 2)),
    worker("E1044", NAMES[2], "klee"),
)
CONTRACTORS = (worker("77", "Ann Chu", "achu"), worker("E1042", "Bo Ek", "boek"))
"""Another E1042: in another id space he is somebody else."""


def account(realm: str, native_id: str, label: str, login: str, *keys: AccountKey, used: datetime | None) -> Account:
    return Account(
        realm=realm,
        native_id=native_id,
        label=label,
        login=login,
        keys=(
            *keys,
            AccountKey(kind=IdentityKeyKind.LOGIN, value=login, origin=IdentityKeyOrigin.ATTRIBUTE, name="uid"),
        ),
        created_at=MADE_AT,
        standing=Standing.WORKS,
        standing_reason="pwdAccountLockedTime absent under cn=default" if realm == DIRECTORY else "1 active key",
        has_own_login=realm == DIRECTORY,
        privileged=False,
        last_used_at=used,
    )


def number(value: str) -> AccountKey:
    return AccountKey(
        kind=IdentityKeyKind.NUMBER, value=value, origin=IdentityKeyOrigin.ATTRIBUTE, name="employeeNumber"
    )


def directory(*, doe: bool = True) -> list[Fact]:
    """The whole directory; without Jordan Doe's entry if it's gone."""
    entries = [
        account(DIRECTORY, DOE, DOE_DN, "jdoe", number("E1042"), used=USED_AT),
        account(DIRECTORY, LEE, "uid=klee,ou=people,dc=corp,dc=example", "klee", number("E1044"), used=None),
        account(DIRECTORY, POE_MAYBE, "uid=adm-spoe,ou=people,dc=corp,dc=example", "adm-spoe", used=None),
        account(DIRECTORY, STRAY, "uid=scanner,ou=things,dc=corp,dc=example", "scanner", used=None),
    ]
    kinds = (SubjectKind.ACCOUNT, SubjectKind.SSH_KEY)
    return [*(entries if doe else entries[1:]), ScopeRead(realm=DIRECTORY, scope="", kinds=kinds)]


def cloud() -> list[Fact]:
    """The inventory of one AWS account: users, without their credentials."""
    tag = AccountKey(kind=IdentityKeyKind.NUMBER, value="E1042", origin=IdentityKeyOrigin.TAG, name="tag employee-id")
    return [
        account(CLOUD, DOE_USER, DOE_ARN, "jdoe", tag, used=None),
        account(CLOUD, STRAY_USER, f"arn:aws:iam::{CLOUD}:user/ci", "ci", used=None),
        ScopeRead(realm=CLOUD, scope="", kinds=(SubjectKind.ACCOUNT,)),
        Gap(realm=CLOUD, text=FEDERATED, red=False),
    ]


def doe_key(standing: Standing = Standing.WORKS) -> list[Fact]:
    """Jordan Doe's access key, asked about live."""
    return [
        Credential(
            realm=CLOUD,
            account_native_id=DOE_USER,
            kind=SubjectKind.ACCESS_KEY,
            native_id=DOE_KEY,
            label="AKIA...7Q3A",
            standing=standing,
            standing_reason="ListAccessKeys says Active" if standing is Standing.WORKS else "ListAccessKeys: Inactive",
            created_at=MADE_AT,
        ),
        ScopeRead(
            realm=CLOUD,
            scope=DOE_USER,
            kinds=(SubjectKind.ACCESS_KEY, SubjectKind.CONSOLE_PASSWORD, SubjectKind.SSH_KEY),
        ),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a night sees."""

    people: Sequence[Worker] = PEOPLE
    problems: Sequence[Problem] = ()
    directory: Sequence[Fact] | None = None
    key: Standing = Standing.WORKS
    closed_cloud: bool = False
    """Whether the second AWS account lets us in: it does not, by default."""


def spend_night(
    session: Session,
    seen: Seen | None = None,
    *,
    caller: str = "night",
    later: timedelta = timedelta(),
    **changes: Policy,
) -> Run:
    """A whole night up to its report, as the DAG runs it, without a tracker."""
    seen, given = seen or Seen(), settings(changes.get("policy"))
    run = pipeline.open_run(session, given, caller=caller, as_of=AS_OF + later)
    pipeline.find_parts(session, given, run, lambda source: source.parts())
    for name, people, problems in (("hr", seen.people, seen.problems), ("vendors", CONTRACTORS, ())):
        roster = ListedRoster(people, problems)
        pipeline.read_roster(session, given, run, given.roster(name), roster)
    entries = list(directory() if seen.directory is None else seen.directory)
    counted = RequestCounts(inventory=4, detail=6, overhead=1)
    ldap_reader, aws_reader = FactSource(entries, entries), FactSource(cloud(), doe_key(seen.key), counted)
    read = [("corp-ldap", "", ldap_reader), ("aws", CLOUD, aws_reader)]
    for name, part, reader in read:
        pipeline.collect(session, given, run, given.source(name), part, reader)
    if seen.closed_cloud:
        empty = [ScopeRead(realm=CLOSED_CLOUD, scope="", kinds=(SubjectKind.ACCOUNT,))]
        read.append(("aws", CLOSED_CLOUD, FactSource(empty)))
        pipeline.collect(session, given, run, given.source("aws"), CLOSED_CLOUD, read[-1][2])
    else:
        with pytest.raises(FatalError):
            pipeline.collect(session, given, run, given.source("aws"), CLOSED_CLOUD, Denied())
    pipeline.correlate(session, given, run)
    for name, part, reader in read:
        pipeline.detail(session, given, run, given.source(name), part, reader)
    pipeline.evaluate(session, given, run)
    pipeline.guard(session, given, run)
    # There is no tracker to report anything to.
    runs.note_step(session, run.run_id, "ticket")
    return run


class Denied(FactSource):
    """A source that refuses."""

    def __init__(self) -> None:
        super().__init__([])

    def collect(self) -> Iterator[Fact]:
        raise FatalError(DENIED)
        yield
