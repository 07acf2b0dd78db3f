"""exposure: what somebody who leaves may know, what is to be replaced first before the rest."""

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from offboarding.model import (
    ActionKind,
    AuditEvent,
    Credential,
    Employment,
    Exportable,
    IdentityKeyKind,
    PrincipalKind,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import RetriableError
from offboarding.runs import pipeline
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.reading import exposure
from tests.integration.commands.conftest import Type, Typed, connected
from tests.integration.commands.test_custody import SETTINGS
from tests.integration.commands.test_jsonl import promised
from tests.support.database import TEMPLATE, cloned
from tests.support.deciding import add_notice
from tests.support.key_company import CLOUD, KIM_GONE, KeyCompany
from tests.support.keys_read import access, event, secret, signing_key, whole
from tests.support.registered import custodian, entry
from tests.support.small_company import WORKS, account, job, owner
from tests.support.variants import some_of

READ_AT = datetime(2026, 11, 8, 3, tzinfo=UTC)
LOGIN, OLD = signing_key("2024-05"), signing_key("2023-01", standing=Standing.DEAD)
DATABASE = secret("arn:aws:secretsmanager:x:111111111111:secret:db#v1")
SEALED = secret("arn:aws:kms:x:111111111111:key/1#1", carryable=Exportable.NO, carryable_reason="Origin AWS_KMS.")
BUILD = account("svc-build", owner(IdentityKeyKind.NUMBER, "1042"), service=True)
BILLING = account("svc-billing", owner(IdentityKeyKind.NUMBER, "1043"), service=True)
ROBOT = replace(account("robot", realm=CLOUD), has_own_login=False, privileged=True, privileged_by="group admins")
BUILD_KEY = Credential(
    realm="d1",
    account_native_id="svc-build",
    kind=SubjectKind.SSH_KEY,
    native_id="SHA256:build",
    label="ssh-ed25519 SHA256:build",
    standing=Standing.WORKS,
    standing_reason="on the entry",
)
MADE = AuditEvent(
    realm=CLOUD,
    event_id="e9",
    at=READ_AT,
    action="iam:CreateUser",
    deed=ActionKind.MADE,
    object_realm=CLOUD,
    object="robot",
    actor_realm=CLOUD,
    actor="AIDAKIM",
    actor_label="arn:user/kim",
)


def kims_secrets(session: Session) -> KeyCompany:
    """Kim is a custodian of login's key and of one that is refused, read the database's password, reaches one that
    can't leave, answers for a workload and made another; Lee answers for a workload.
    """
    company = KeyCompany(session=session)
    company.login.facts = [LOGIN, OLD]
    reaches = access(SEALED, "signers", kind=PrincipalKind.GROUP, principal_realm="d1")
    company.groups = {"signers": ["kim"]}
    company.secrets.facts = [DATABASE, SEALED, reaches]
    company.trail.facts = [
        event(DATABASE, at=READ_AT, deed=ActionKind.READ, actor="AIDAKIM", actor_label="arn:user/kim"),
        MADE,
    ]
    company.register = [
        entry("login-key", custodian("1042"), places=(("login", "2024-05"),), signs_for="every login"),
        entry("old-key", custodian("1042"), places=(("login", "2023-01"),)),
    ]
    company.accounts += [BUILD, BILLING]
    company.credentials = [BUILD_KEY]
    company.users += [ROBOT]
    return company


def reported(company: KeyCompany, *, days: float = 1) -> None:
    """A night to its end."""
    pipeline.report(company.session, company.settings, company.judged(days=days))


@pytest.fixture(scope="module")
def two_nights(store_server: embedded.EmbeddedServer) -> Iterator[str]:
    with cloned(store_server) as name:
        with opened(store_server.connection_kwargs(dbname=name)) as session:
            company = kims_secrets(session)
            reported(company)
            reported(company)
        yield name


@pytest.fixture
def store_template(request: pytest.FixtureRequest, two_nights: str) -> str:
    return two_nights if "company" in request.fixturenames else TEMPLATE


@pytest.fixture
def company(store: Session, two_nights: str) -> KeyCompany:
    """After these nights, at which everybody works here; what is refused was seen refused twice."""
    del two_nights
    company = kims_secrets(store)
    company.as_of = datetime(2026, 11, 10, 16, tzinfo=UTC)
    return company


@pytest.fixture
def keys(
    company: KeyCompany,
    typed: Type,
    configured: Path,
    store_parameters: Mapping[str, str | int],
    monkeypatch: pytest.MonkeyPatch,
) -> Type:
    del company
    configured.write_text(yaml.safe_dump(SETTINGS), encoding="utf-8")
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    monkeypatch.setenv("COLUMNS", "220")
    return typed


def order(done: Typed) -> list[tuple[str, str, str, str]]:
    assert done.code == 0, done.err
    return [(line["remedy"], line["grade"], line["standing"], line["label"]) for line in done.lines]


def flowed(done: Typed) -> str:
    """A report without its lines' ends."""
    assert done.code == 0, done.err
    return " ".join(done.out.split())


def test_what_is_surest_and_works_is_replaced_first_and_what_is_refused_is_not(keys: Type) -> None:
    done = keys("exposure", "hr:1042", "--format", "jsonl")

    assert order(done) == [
        ("rotate", "proved", "works", DATABASE.label),
        ("rotate", "registered", "works", "login-key"),
        ("rotate", "could", "works", BUILD_KEY.label),
        ("rotate", "could", "works", BUILD.label),
        ("rotate", "inferred", "unknown", ROBOT.label),
        ("cut access", "could", "works", SEALED.label),
        ("nothing", "registered", "dead", "old-key"),
    ]
    assert all(set(line) == promised("exposure") for line in done.lines)
    assert [line["place"] for line in done.lines] == [1, 2, 3, 4, 5, 6, 7]
    assert done.lines[1]["opens"] == "every login"
    assert "event e9" in done.lines[4]["why"][0]
    assert done.lines[4]["standing_reason"] == "no secret of it has been read"


def test_whether_an_account_is_privileged_that_nobody_tells_is_not_no(keys: Type) -> None:
    told = {line["label"]: line["privileged"] for line in keys("exposure", "1042", "--format", "jsonl").lines}

    assert (told["login-key"], told[ROBOT.label], told[BUILD_KEY.label]) == (False, True, None)


def test_whoever_knew_none_of_it_is_told_of_their_own_alone(keys: Type) -> None:
    assert order(keys("exposure", "1043", "--format", "jsonl")) == [("rotate", "could", "works", BILLING.label)]


def test_people_are_told_as_of_which_night_and_what_was_not_looked_at(keys: Type, company: KeyCompany) -> None:
    company.secrets.error = RetriableError("secrets: no answer.")
    reported(company)

    done = keys("exposure", "1042")

    assert done.code == 0
    assert "Worker hr:1042 may know, by the night of 2026-11-12 01:00 KST" in done.out
    assert "7 keys and secrets, of which 5 to rotate." in done.out
    assert "- secrets: no answer." in done.out.partition("NOT CHECKED, so that there may be more:")[2]
    told = {label: standing for _, _, standing, label in order(keys("exposure", "1042", "--format", "jsonl"))}
    assert told[DATABASE.label] == "unknown", "an earlier night's read isn't this night's"
    assert "secrets: no answer." in keys("exposure", "1042", "--format", "jsonl").err


@some_of(
    1,
    ("jobs", "notice", "said"),
    [
        pytest.param((job(last="2026-11-20"),), "", "who leaves then", id="HR's day"),
        pytest.param((job(end="2026-11-20"),), "", "whose contract ends then", id="a contract's end"),
        pytest.param((WORKS,), "2026-11-20T18:00 Asia/Seoul", "who leaves then", id="a notice"),
    ],
)
def test_ahead_of_a_departure_the_night_says_how_much_to_rotate_by_then(
    keys: Type, company: KeyCompany, jobs: tuple[Employment, ...], notice: str, said: str
) -> None:
    company.workers[0] = replace(company.workers[0], employments=jobs)
    if notice:
        add_notice(company.session, company.settings, who="1042", last=notice, reason="r", author="a")
    reported(company)

    command = "python -m offboarding exposure hr:1042"
    wanted = f"rotate 5 keys and secrets by 2026-11-20, for worker hr:1042, {said}: {command}"
    assert wanted in flowed(keys("report"))
    assert len([line for line in order(keys("exposure", "1042", "--format", "jsonl")) if line[0] == "rotate"]) == 5
    assert company.session.execute("select count(*) from finding where person_uid is not null").fetchone() == (0,)


def test_of_whoever_leaves_later_than_the_first_it_is_said_that_nobody_looked(
    keys: Type, company: KeyCompany, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exposure, "MOST", 1)
    company.workers = [
        replace(each, employments=(job(last=last),))
        for each, last in zip(company.workers, ("2026-11-21", "2026-11-20"), strict=True)
    ]
    reported(company)

    told = flowed(keys("report"))
    assert "rotate 1 key or secret by 2026-11-20, for worker hr:1043" in told
    assert "by 2026-11-21" not in told
    assert (
        "of 1 person who leaves later it wasn't looked at what they may know: python -m offboarding exposure ID" in told
    )


def test_a_part_that_was_not_read_whole_is_not_checked(keys: Type, company: KeyCompany) -> None:
    company.login.scopes = [whole(LOGIN.realm, error="login: it ended early.")]
    company.login.facts = []
    reported(company)

    (login,) = [line for line in order(keys("exposure", "1042", "--format", "jsonl")) if line[3] == "login-key"]

    assert login == ("rotate", "registered", "unknown", "login-key")


def test_what_was_made_after_they_left_they_do_not_know(keys: Type, company: KeyCompany) -> None:
    company.workers[0] = KIM_GONE
    company.login.facts = [
        replace(LOGIN, native_id="2026-12", material="jkt:2026-12", created_at=datetime(2026, 11, 16, tzinfo=UTC)),
    ]
    company.register = [entry("login-key", custodian("1042"), places=(("login", "2026-12"),))]
    company.credentials = [replace(BUILD_KEY, created_at=datetime(2026, 11, 16, tzinfo=UTC))]
    reported(company, days=8)

    told = {label: remedy for remedy, _, _, label in order(keys("exposure", "1042", "--format", "jsonl"))}

    assert told["login-key"] == "nothing"
    assert told[DATABASE.label] == "rotate"
    assert BUILD_KEY.label not in told


def test_a_file_for_a_spreadsheet_holds_the_same(keys: Type) -> None:
    rows = list(csv.DictReader(io.StringIO(keys("exposure", "1042", "--format", "csv").out.removeprefix("\ufeff"))))

    assert [row["label"].removeprefix("'") for row in rows] == [
        line["label"] for line in keys("exposure", "1042", "--format", "jsonl").lines
    ]
    assert {row["standing"] for row in rows} == {"works", "NOT CHECKED", "refused"}


def test_a_narrow_table_holds_the_same(keys: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    assert "login-key" in keys("exposure", "1042").out


def test_nobody_is_a_sentence(keys: Type) -> None:
    done = keys("exposure", "hr:1402")

    assert (done.code, done.out) == (1, "")
    assert "there is no worker hr:1402." in done.err


def test_before_any_night_that_is_said(
    typed: Type, store_parameters: Mapping[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))

    done = typed("exposure", "1042")

    assert (done.code, done.out) == (1, "")
    assert "no roster has been read yet" in done.err
