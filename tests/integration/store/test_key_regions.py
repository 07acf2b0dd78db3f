"""Findings on keys where a reader looks in some regions alone: what lies elsewhere stays as it was, and open."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import KEY_KINDS, Key, ScopeRead, Standing, TicketKind
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading import key_views
from offboarding.store.tickets import missing_rights
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice
from tests.support.key_company import CLOUD, KeyCompany
from tests.support.keys_read import KeyReader, hours, secret, whole
from tests.support.listed_tracker import tracker
from tests.support.signing_access import ENDED, RULE, kept, once_kim_left, signs, states
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

US, SEOUL = (f"arn:aws:kms:{region}:{CLOUD}:" for region in ("us-east-1", "ap-northeast-2"))


def read(*regions: str, error: str = "") -> list[ScopeRead]:
    """How far a read of both kinds came: these regions, with what kept it from their end."""
    return [ScopeRead(realm=CLOUD, scope=region, kinds=KEY_KINDS, error=error) for region in regions]


def lying_in(region: str) -> Key:
    """A key whose id doesn't say where it lies."""
    name = f"{region}key/{region.split(':')[3]}-1"
    return kept(name.rpartition("/")[2], name)


def first_nights(session: Session, _tracker: Tracker) -> KeyCompany:
    return once_kim_left(session, (lying_in(US), lying_in(SEOUL)), read(US, SEOUL))


@pytest.fixture
def company(begun: Begun) -> KeyCompany:
    """Kim has left, and may have a key of each region sign."""
    return begun(first_nights)


def confirmed(company: KeyCompany) -> dict[str, datetime | None]:
    return {each.subject_label: each.last_confirmed_at for each in reading.findings(company.session, rule=RULE)}


def narrowed(company: KeyCompany) -> None:
    company.secrets.facts, company.secrets.scopes = [lying_in(US)], read(US)


def refused(company: KeyCompany) -> None:
    company.secrets.facts = [lying_in(US)]
    company.secrets.scopes = [*read(US), *read(SEOUL, error="ap-northeast-2 refuses the key")]


@some_of(1, "nobody_looks", [narrowed, refused])
def test_what_lies_where_nobody_looks_stays_open_and_is_not_checked(
    company: KeyCompany, nobody_looks: Callable[[KeyCompany], None]
) -> None:
    us, seoul = lying_in(US).label, lying_in(SEOUL).label
    assert states(company) == {us: "open", seoul: "open"}
    before = confirmed(company)[seoul]

    nobody_looks(company)
    for _ in range(3):
        company.judged()

    assert states(company) == {us: ENDED, seoul: "open"}
    assert confirmed(company)[seoul] == before
    (stands,) = (each for each in reading.findings(company.session, rule=RULE) if each.subject_label == seoul)
    assert stands.standing is Standing.UNKNOWN
    (copy,) = (
        each
        for view in key_views.keys(company.session)
        for each in view.copies
        if each.key.name == lying_in(SEOUL).name
    )
    assert (copy.key.standing, copy.confirmed_at) == (Standing.WORKS, before)

    company.secrets.facts, company.secrets.scopes = [lying_in(US)], read(US, SEOUL)
    for _ in range(2):
        company.judged()
    assert states(company) == {us: ENDED, seoul: "seen gone: the key no longer exists"}


def test_a_run_about_some_people_says_nothing_of_where_it_did_not_look(company: KeyCompany) -> None:
    narrowed(company)
    session, settings, at = company.session, company.settings, company.as_of + timedelta(hours=2)
    notice = add_notice(session, settings, who="1042", last=at.isoformat(), reason="dismissed", author="lee")
    run = pipeline.open_departure(session, settings, caller="now", as_of=at)
    pipeline.find_people(session, settings, run, [], [notice.notice_id])
    pipeline.collect(session, settings, run, settings.source("secrets"), "", company.secrets)
    pipeline.correlate(session, settings, run)
    pipeline.evaluate(session, settings, run)

    found = {each.subject_label: each for each in reading.findings(session, rule=RULE)}
    assert found[lying_in(SEOUL).label].standing is Standing.WORKS
    assert states(company) == {lying_in(US).label: ENDED, lying_in(SEOUL).label: "open"}


def test_a_region_that_is_read_for_the_first_time_makes_no_key_of_it_a_new_one(store: Session) -> None:
    reader = KeyReader(store, name="kms", kind="aws_kms")
    reader.read(lying_in(US), *read(US), at=hours(0))
    reader.read(lying_in(US), lying_in(SEOUL), *read(US, SEOUL), at=hours(24))

    dates = "select native_id, first_seen_at, not_seen_at from key_copy order by native_id"
    assert reader.ask(dates) == [
        (lying_in(SEOUL).native_id, hours(24), None),
        (lying_in(US).native_id, hours(0), None),
    ]


def test_a_copy_goes_by_the_last_try_that_covers_it(store: Session) -> None:
    reader = KeyReader(store, name="kms", kind="aws_kms")
    asked = (
        "select c.native_id, r.confirmed_at, r.error from key_copy c join copy_read r using (copy_pk) order by 1 desc"
    )
    us, seoul = lying_in(US).native_id, lying_in(SEOUL).native_id
    reader.read(lying_in(US), lying_in(SEOUL), whole(CLOUD), at=hours(0))
    reader.read(lying_in(US), *read(US), *read(SEOUL, error="denied"), at=hours(24))
    assert reader.ask(asked) == [(us, hours(24), ""), (seoul, hours(0), "denied")]

    reader.read(lying_in(US), *read(US), at=hours(48))
    assert reader.ask(asked) == [(us, hours(48), ""), (seoul, hours(0), "denied")]

    reader.read(lying_in(US), lying_in(SEOUL), *read(US, SEOUL), at=hours(72))
    assert reader.ask(asked) == [(us, hours(72), ""), (seoul, hours(72), "")]
    # No read of everything comes any more, and none is waited for.
    assert reader.ask("select distinct scope from key_scope order by 1 desc") == [(US,), (SEOUL,)]


def test_what_is_missing_in_several_regions_is_told_once(store: Session) -> None:
    reader = KeyReader(store, name="kms", kind="aws_kms")

    outcome = reader.read(*read(US, SEOUL, error="kms:ListKeys denied"), at=hours(0))

    assert (outcome.status, outcome.gaps) == ("partial", (("kms:ListKeys denied", True),))


def test_access_to_what_lies_nowhere_known_goes_by_its_name(store: Session) -> None:
    """As of a key whose public half may not be read, which is left out."""
    reader = KeyReader(store, name="kms", kind="aws_kms")
    standing = "select key from key_access where valid_to is null order by key"
    reader.read(signs(lying_in(US)), signs(lying_in(SEOUL)), *read(US, SEOUL), at=hours(0))

    reader.read(*read(US), at=hours(24))
    assert reader.ask(standing) == [(lying_in(SEOUL).name,)]
    reader.read(*read(US), *read(SEOUL, error="denied"), at=hours(48))
    assert reader.ask(standing) == [(lying_in(SEOUL).name,)]
    reader.read(*read(SEOUL), at=hours(72))
    assert reader.ask(standing) == []


DIGEST = "uncustodied-signing-key"


@some_of(
    1,
    ("lies", "scopes", "state"),
    [
        pytest.param(False, read(US), "resolved", id="empty, no longer read"),
        pytest.param(True, read(US), "open", id="with a key, no longer read"),
        pytest.param(False, [*read(US), *read(SEOUL, error="denied")], "open", id="empty, refused"),
    ],
)
def test_a_digest_waits_for_a_region_where_a_key_lies_or_that_refuses(
    company: KeyCompany, lies: bool, scopes: list[ScopeRead], state: str
) -> None:
    mine = secret(f"{US}secret#1", realm=CLOUD)
    company.secrets.facts = [mine, *([lying_in(SEOUL)] if lies else [])]
    company.judged()
    assert [row[1] for row in company.findings("f.state") if row[0] == DIGEST] == ["open"]

    company.secrets.facts, company.secrets.scopes = [], scopes
    company.judged()

    assert [row[1] for row in company.findings("f.state") if row[0] == DIGEST] == [state]


def test_of_a_region_that_is_no_longer_read_no_right_is_missing(store: Session) -> None:
    reader = KeyReader(store, name="kms", kind="aws_kms")
    row: Any = SimpleNamespace(kind=TicketKind.UNVERIFIED, holder=f"unverified:{CLOUD}")
    reader.read(*read(US), *read(SEOUL, error="denied"), at=hours(0))
    assert missing_rights(store, row) == ["denied"]

    reader.read(*read(US), at=hours(24))
    assert missing_rights(store, row) == []
