"""What one read of keys does to what another told: copies, their standings, access, events, and what can't be kept."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offboarding.model import (
    AccountKey,
    Gap,
    IdentityKeyKind,
    IdentityKeyOrigin,
    ReadPhase,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
)
from offboarding.model.errors import FatalError
from offboarding.store.connect import Session
from offboarding.store.sources import SourceRead
from tests.support.keys_read import ISSUER, KeyReader, access, event, hours, secret, signing_key, whole
from tests.support.small_company import NIGHT

A, B = signing_key("kid-1"), signing_key("kid-2")
WHOLE = whole(ISSUER)
AWS = "111111111111"
SECRET = secret()
SECRETS = whole(AWS, SubjectKind.SHARED_SECRET)
COPIES = "select native_id, standing, gone_at is not null from key_copy order by native_id"
DATES = (
    "select first_seen_at, not_seen_at, untrusted_since, gone_at, last_seen_at from key_copy where native_id = 'kid-1'"
)
STRETCHES = (
    "select c.native_id, s.standing, s.valid_from, s.valid_to from key_standing s join key_copy c using (copy_pk)"
    " order by c.native_id, s.valid_from"
)
STANDING = "select principal, carries, standing, valid_from, valid_to from key_access order by principal, valid_from"


@pytest.fixture
def login(store: Session) -> KeyReader:
    return KeyReader(store)


@pytest.fixture
def secrets(store: Session) -> KeyReader:
    return KeyReader(store, name="secrets", kind="aws_secrets")


def test_a_copy_is_dated_by_the_reads_that_showed_it_and_that_did_not(login: KeyReader) -> None:
    login.read(WHOLE, at=hours(0))
    login.read(A, WHOLE, at=hours(24))
    login.read(A, WHOLE, at=hours(48))
    assert login.ask(DATES) == [(hours(24), hours(0), None, None, None)]

    login.read(WHOLE, at=hours(72))
    login.read(WHOLE, at=hours(96))
    assert login.ask(DATES) == [(hours(24), hours(0), hours(72), hours(72), hours(48))]
    assert login.ask(STRETCHES) == [
        ("kid-1", "works", hours(24), hours(72)),
        ("kid-1", "gone", hours(72), None),
    ]
    assert login.ask("select observed_at, complete, error from key_scope") == [(hours(96), True, "")]


def test_a_copy_of_the_first_read_of_all_may_be_older_than_any_read(login: KeyReader) -> None:
    login.read(A, WHOLE, at=hours(0))

    assert login.ask(DATES) == [(hours(0), None, None, None, None)]


def test_a_key_that_is_trusted_again_has_not_been_dead(login: KeyReader) -> None:
    login.read(A, WHOLE, at=hours(0))
    login.read(replace(A, standing=Standing.DEAD), WHOLE, at=hours(24))
    login.read(replace(A, standing=Standing.DEAD), WHOLE, at=hours(48))
    assert login.ask(DATES)[0][2] == hours(24)

    login.read(A, WHOLE, at=hours(72))
    assert login.ask(DATES)[0][2] is None

    login.read(WHOLE, at=hours(96))
    login.read(A, WHOLE, at=hours(120))
    assert login.ask(DATES) == [(hours(0), None, None, None, None)]
    assert [row[1] for row in login.ask(STRETCHES)] == ["works", "dead", "works", "gone", "works"]


def test_what_cannot_be_told_begins_the_wait_again(login: KeyReader) -> None:
    login.read(replace(A, standing=Standing.DEAD), WHOLE, at=hours(0))
    login.read(replace(A, standing=Standing.UNKNOWN), WHOLE, at=hours(24))

    assert login.ask(DATES)[0][2] is None


@pytest.mark.parametrize(
    "nothing",
    (
        (),
        (whole(ISSUER, error="the server answered HTML"),),
        (whole(ISSUER, SubjectKind.SHARED_SECRET),),
        (Gap(realm=ISSUER, text="down", red=True),),
        (ScopeRead(realm=ISSUER, scope="kid-1", kinds=(SubjectKind.SIGNING_KEY,)),),
    ),
)
def test_what_was_not_read_to_its_end_is_still_trusted(login: KeyReader, nothing: tuple[Any, ...]) -> None:
    login.read(A, WHOLE)

    login.read(*nothing)

    assert login.ask(COPIES) == [("kid-1", "works", False)]
    assert login.ask("select untrusted_since from key_copy") == [(None,)]


def test_a_failed_read_says_so_of_the_scope_and_keeps_what_was_confirmed(login: KeyReader) -> None:
    login.read(A, WHOLE, at=hours(0))
    login.read(whole(ISSUER, error="the server answered HTML"), at=hours(24))

    confirmed = login.ask("select observed_at, complete, error, error_at from key_scope")
    assert confirmed == [(hours(0), True, "the server answered HTML", hours(24))]


def test_an_older_read_that_ends_later_changes_nothing(login: KeyReader) -> None:
    login.read(A, WHOLE, at=hours(0))
    older = login.begun(hours(24))
    login.read(A, B, WHOLE, at=hours(48))

    login.merged(older, replace(A, standing=Standing.DEAD), WHOLE)

    assert login.ask(COPIES) == [("kid-1", "works", False), ("kid-2", "works", False)]


def test_the_same_again_writes_no_row(login: KeyReader) -> None:
    login.read(A, access(A, "u1"), WHOLE, at=hours(0))
    rows = "select xmin::text from {} order by 1"
    tables = ("signing_key", "key_copy", "key_standing", "key_access", "realm")
    before = [login.ask(rows.format(table)) for table in tables]

    login.read(A, access(A, "u1"), WHOLE, at=hours(24))

    assert [login.ask(rows.format(table)) for table in tables] == before


def test_the_same_material_in_two_systems_is_one_key_and_a_reused_kid_two(login: KeyReader, secrets: KeyReader) -> None:
    login.read(A, WHOLE)
    secrets.read(signing_key("alias/login", realm=AWS, material=A.material, verifies=False), whole(AWS))
    login.read(signing_key("kid-1", material="jkt:other"), WHOLE)

    copies = login.ask(
        "select k.material, c.realm, c.gone_at is null from key_copy c join signing_key k using (key_pk) order by 1, 2"
    )
    assert copies == [("jkt:kid-1", AWS, True), ("jkt:kid-1", ISSUER, False), ("jkt:other", ISSUER, True)]


def test_readers_of_one_realm_tell_nothing_of_each_other_s_keys(store: Session, secrets: KeyReader) -> None:
    kms = KeyReader(store, name="kms", kind="aws_kms")
    mac = secret("mrk-1", standing_reason="enabled")
    both = whole(AWS, SubjectKind.SHARED_SECRET, SubjectKind.SIGNING_KEY)
    later = kms.begun(hours(12))
    secrets.read(SECRET, access(SECRET, "u1"), SECRETS, at=hours(0))

    kms.merged(later, mac, access(mac, "u1"), both)
    secrets.read(SECRET, access(SECRET, "u1"), SECRETS, at=hours(6))
    kms.read(both, at=hours(24))

    assert secrets.ask(COPIES) == [("arn:secret#1", "works", False), ("mrk-1", "works", True)]
    assert secrets.ask("select key, valid_to from key_access order by key") == [
        ("arn:secret", None),
        ("mrk-1", hours(24)),
    ]


def test_whoever_reads_the_accounts_keeps_the_realm(store: Session, secrets: KeyReader) -> None:
    secrets.read(SECRET, SECRETS)
    assert secrets.ask("select kind, source from realm") == [("aws_secrets", "secrets")]

    night = secrets.begun()
    accounts = SourceRead.begin(
        store, source="aws", kind="aws_iam", part=AWS, phase=ReadPhase.COLLECT, run_id=night.run_id
    )
    accounts.stage([ScopeRead(realm=AWS, scope="", kinds=(SubjectKind.ACCOUNT,))])
    accounts.merge(RequestCounts())
    secrets.read(SECRET, SECRETS)

    assert secrets.ask("select kind, source, part from realm") == [("aws_iam", "aws", AWS)]
    assert secrets.ask("select source, source_kind from key_copy") == [("secrets", "aws_secrets")]


def test_access_is_dated_and_only_a_whole_read_ends_it(secrets: KeyReader) -> None:
    first, second = access(SECRET, "u1"), access(SECRET, "u2")
    secrets.read(SECRET, first, second, SECRETS, at=hours(0))
    secrets.read(SECRET, first, whole(AWS, SubjectKind.SHARED_SECRET, error="denied"), at=hours(24))
    secrets.read(SECRET, replace(first, standing=Standing.UNKNOWN), SECRETS, at=hours(48))
    secrets.read(SECRET, replace(first, standing=Standing.UNKNOWN), SECRETS, at=hours(72))

    assert secrets.ask(STANDING) == [
        ("u1", True, "works", hours(0), hours(48)),
        ("u1", True, "unknown", hours(48), None),
        ("u2", True, "works", hours(0), hours(48)),
    ]


def test_access_to_a_kind_that_could_not_be_read_stands(secrets: KeyReader) -> None:
    mac = signing_key("mrk-1", realm=AWS, name="mrk-1")
    both = whole(AWS, SubjectKind.SHARED_SECRET, SubjectKind.SIGNING_KEY)
    secrets.read(SECRET, mac, access(SECRET, "u1"), access(mac, "u2"), both, at=hours(0))

    secrets.read(SECRET, SECRETS, whole(AWS, SubjectKind.SIGNING_KEY, error="kms:ListKeys denied"), at=hours(24))

    assert secrets.ask("select principal, valid_to is null from key_access order by 1") == [("u1", False), ("u2", True)]


def test_two_policies_that_grant_the_same_are_one_access_the_surest(secrets: KeyReader) -> None:
    sure = access(SECRET, "u1", reason="policy B")
    unsure = access(SECRET, "u1", standing=Standing.UNKNOWN, reason="policy A")
    for _ in range(2):
        secrets.read(SECRET, unsure, sure, replace(sure, reason="policy C", standing=Standing.DEAD), SECRETS)

    assert secrets.ask("select standing, reason from key_access") == [("works", "policy B")]


def test_an_event_is_kept_once_with_whoever_it_may_be(store: Session) -> None:
    trail = KeyReader(store, name="trail", kind="aws_cloudtrail", tells="events")
    by = (
        AccountKey(
            kind=IdentityKeyKind.LOGIN,
            value="Kim@Corp.example",
            origin=IdentityKeyOrigin.ATTRIBUTE,
            name="session name",
        ),
        AccountKey(
            kind=IdentityKeyKind.NUMBER, value="\x00", origin=IdentityKeyOrigin.ATTRIBUTE, name="source identity"
        ),
    )
    read = event(SECRET, at=NIGHT, actor_keys=by)
    nothing_more = ScopeRead(realm=AWS, scope="", kinds=())

    outcomes = [trail.read(read, replace(read, object="arn:other"), nothing_more) for _ in range(2)]

    assert [(outcome.events, outcome.status) for outcome in outcomes] == [(2, "complete")] * 2
    assert trail.ask("select event_id, object, deed, at from event order by object") == [
        ("e1", "arn:other", "read", NIGHT),
        ("e1", "arn:secret", "read", NIGHT),
    ]
    assert trail.ask("select kind, value from event_key order by kind") == [
        ("login", "kim@corp.example"),
        ("mail", "kim@corp.example"),
    ]


@pytest.mark.parametrize(
    ("bad", "said"),
    (
        (signing_key("kid\x00"), "native_id holds a NUL"),
        (signing_key("k", material="jkt:\x00"), "material holds a NUL"),
        (signing_key("k" * 1_001), "native_id is 1001 bytes long"),
        (signing_key("k", material="jkt:" + "x" * 2_400), "material is 2404 bytes long"),
        (signing_key("k", material="thumbprint"), "material begins with neither"),
        (signing_key("k", label="x" * 20_001), "label is 20001 bytes long"),
        (signing_key("k", owner="\ud800"), "owner is no Unicode text"),
        (access(A, "u" * 1_000, principal_realm="r" * 999, action="a" * 999), "names are"),
        (event(A, "e\x00", at=NIGHT), "event_id holds a NUL"),
    ),
)
def test_what_cannot_be_kept_is_a_defect_and_nothing_looks_gone_by_it(login: KeyReader, bad: Any, said: str) -> None:
    login.read(A, WHOLE, at=hours(0))

    outcome = login.read(B, bad, WHOLE, at=hours(24))

    assert outcome.status == "partial"
    assert said in outcome.gaps[0][0]
    assert "defect of the reader jwks" in outcome.gaps[0][0]

    assert login.ask(COPIES) == [("kid-1", "works", False), ("kid-2", "works", False)]


def test_a_name_just_short_enough_is_kept(login: KeyReader) -> None:
    long = signing_key("k" * 1_000, name="n" * 400, material="jkt:" + "é" * 1_150)

    assert login.read(long, WHOLE).status == "complete"


def test_keys_of_two_systems_in_one_read_are_refused_by_name(login: KeyReader) -> None:
    read = login.begun()

    with pytest.raises(FatalError, match=r"login: it told of https://login.corp.example and of elsewhere"):
        login.merged(read, A, signing_key("x", realm="elsewhere"))


def test_a_cache_and_a_key_s_words_come_back_as_they_were(login: KeyReader) -> None:
    login.read(replace(A, cache=timedelta(hours=24), owner="team-auth"), WHOLE)

    assert login.ask("select cache, owner, source, kind from key_copy") == [
        (timedelta(hours=24), "team-auth", "login", "signing_key")
    ]
