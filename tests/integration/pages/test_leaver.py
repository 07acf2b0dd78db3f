"""A leaver's page, and that each look at it is written down."""

import html

import pytest

from offboarding.report.pages import Onlooker, leaver
from offboarding.runs import pipeline
from offboarding.store import events, looks, reading
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import MORNING, VIEWER, ZONE, Get, get, night, one_night, store_template

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
DOE = "/leaver/hr%3AE1042"
HIDDEN = [*filled.NAMES, "@corp.example", "jdoe", "spoe", filled.DOE_DN, filled.DOE_ARN, "employeeNumber E1042"]


def page_of(session: Session, *, named: bool) -> leaver.LeaverPage:
    onlooker = Onlooker(name=VIEWER, zone=ZONE, now=MORNING, named=named)
    return leaver.leaver(session, "hr:E1042", onlooker)


def kept(session: Session) -> list[tuple[object, ...]]:
    return session.execute("select viewer, kind, subject, named from look order by seq").fetchall()


def test_it_tells_in_order_what_happened(night: Session) -> None:
    page = page_of(night, named=False)

    texts = [each.text for each in page.happened]
    assert texts[0] == "left at the end of 2026-11-13 (Asia/Seoul), by HR's word: roster hr"
    (used,) = (each for each in page.happened if each.loud)
    assert used.finding == page.rows[0].key, "two findings tell of one use: the worst leads to it"
    shortened = f"{filled.DOE[:12]}...{filled.DOE[-6:]}"
    assert used.text == f"used after the departure, 9 days after: corp-ldap, account {shortened}"
    found = next(number for number, text in enumerate(texts) if ": found by used-after-departure" in text)
    assert any(text.endswith(": open") for text in texts[found:])
    assert [each.at for each in page.happened] == sorted(each.at for each in page.happened)
    assert {row.key for row in page.rows} >= {each.finding for each in page.happened if each.finding}


@pytest.mark.parametrize(
    ("left_at", "day"),
    [("2026-11-25 00:00", "2026-11-24"), ("2026-11-24 12:00", "2026-11-24"), ("2026-11-24 00:00:01", "2026-11-24")],
)
def test_a_notice_tells_the_last_day_and_not_the_one_behind_it(night: Session, left_at: str, day: str) -> None:
    """Its last moment is a day's end: midnight, which is the next day's beginning."""
    night.execute(
        "insert into notice (notice_id, person_uid, left_at, zone, reason, author, made_at, warn_at)"
        " values ('n-000001', %s, %s::timestamp at time zone %s, %s, 'why', 'hr.lead', now(), now())",
        (reading.worker_called(night, "hr:E1042").person_uid, left_at, ZONE, ZONE),
    )

    texts = [each.text for each in page_of(night, named=False).happened]

    assert f"notice n-000001: their last day is {day}" in texts


def test_what_no_source_told_begins_with_what_it_is(night: Session) -> None:
    night.execute("update finding set subject_kind = 'worker', source = '' where rule = 'used-after-departure'")

    texts = [each.text for each in page_of(night, named=True).happened]

    assert any("found by used-after-departure" in text for text in texts)
    assert not any(text.startswith(":") for text in texts)


def test_a_close_says_when_it_was_seen_dead(night: Session) -> None:
    run = filled.spend_night(
        night,
        filled.Seen(directory=filled.directory(), key=filled.Standing.DEAD),
        caller="the next night",
        later=filled.timedelta(days=1),
    )
    pipeline.report(night, filled.settings(), run)

    page = page_of(night, named=False)

    assert any(each.text.endswith(": resolved: seen dead") for each in page.happened)


def test_each_account_says_why_it_is_theirs(night: Session) -> None:
    accounts = {each.source: each for each in page_of(night, named=False).accounts}

    ldap, cloud = accounts["corp-ldap"], accounts[f"aws {filled.CLOUD}"]
    assert (ldap.native_id, ldap.label, ldap.standing) == (filled.DOE, "", "works")
    assert ldap.link.startswith("linked since ")
    assert list(ldap.why) == ["the same login as HR's (uid)", "the same number as HR's (employeeNumber)"]
    assert ldap.rivals[0].startswith("worker vendor:E1042, works here: candidate") if ldap.rivals else True
    assert "the same number as HR's (tag employee-id)" in cloud.why
    assert [each.split(": ")[0] for each in cloud.credentials] == [f"access key {filled.DOE_KEY}"]


def test_names_are_shown_to_whoever_may_decide_and_to_nobody_else(night: Session, get: Get) -> None:
    masked, whole = (html.unescape(get(DOE, named=named).text) for named in (False, True))

    assert [word for word in HIDDEN if word.lower() in masked.lower()] == []
    assert "E1042" in masked
    assert [word for word in (filled.NAMES[0], filled.DOE_DN, filled.DOE_ARN) if word not in whole] == []
    assert "employeeNumber" in whole
    assert "the same login as HR's" in masked
    assert "the same login as HR's" not in whole, "what the evidence says isn't said twice"


def test_it_says_from_when_until_when_days_are_counted(night: Session, get: Get) -> None:
    said = html.unescape(get(DOE).text)

    assert "Gone until now" in said
    assert (
        "Gone is counted from the departure until now; exposed, on a finding's page, from the departure until" in said
    )


def test_a_look_is_in_the_record_before_anything_is_shown(night: Session, get: Get) -> None:
    uid = reading.worker_called(night, "hr:E1042").person_uid

    get(DOE)
    get(DOE, named=True)
    get("/leaver/E9999")
    get("/findings")

    assert kept(night) == [(VIEWER, "worker", uid, False), (VIEWER, "worker", uid, True)]
    assert looks.broken_at(night) is None


def test_whose_look_cannot_be_written_down_sees_nothing(night: Session, get: Get) -> None:
    night.execute("alter table look add constraint full_up check (false) not valid")

    with pytest.raises(Exception, match="full_up"):
        get(DOE)


@pytest.mark.parametrize(
    "meddling",
    [
        "update look set viewer = 'somebody else' where seq = 2",
        "update look set named = false where seq = 2",
        "delete from look where seq = 2",
        "delete from look where seq = 1",
    ],
)
def test_a_look_that_was_edited_is_found(night: Session, meddling: str) -> None:
    for number in range(3):
        looks.note(night, viewer=f"v{number}", kind=looks.LookKind.KEY, subject="m", named=True)
    night.execute(meddling.encode())

    assert looks.broken_at(night) is not None


@pytest.mark.parametrize("meddling", ["delete from look where seq = 3", "delete from look"])
def test_the_record_knows_how_many_there_were(night: Session, meddling: str) -> None:
    for number in range(3):
        looks.note(night, viewer=f"v{number}", kind=looks.LookKind.KEY, subject="m", named=True)
    assert looks.broken_at(night) is None
    before = events.head(night)
    looks.seal(night, run_id=1)
    looks.seal(night, run_id=1)
    after = events.head(night)

    night.execute(meddling.encode())

    assert looks.broken_at(night) == (3 if "seq" in meddling else 1)
    assert before is not None
    assert after is not None
    assert after.seq == before.seq + 1, "once, and again only when somebody has looked since"


@pytest.mark.parametrize("since", [0, 1, 4])
def test_looks_that_were_cut_off_are_never_vouched_for(night: Session, since: int) -> None:
    """Not by a later night either, whether anybody has looked since or not."""
    for number in range(3):
        looks.note(night, viewer=f"v{number}", kind=looks.LookKind.KEY, subject="m", named=True)
    looks.seal(night, run_id=1)
    before = events.head(night)
    night.execute("delete from look where seq > 1")
    for number in range(since):
        looks.note(night, viewer=f"w{number}", kind=looks.LookKind.KEY, subject="m", named=True)

    looks.seal(night, run_id=1)

    assert looks.broken_at(night) == min(2 + since, 3)
    assert events.head(night) == before


def test_what_another_site_has_a_browser_ask_is_no_look(night: Session, get: Get) -> None:
    foreign = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "empty"}
    image = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "image"}
    framed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "iframe"}

    assert [get(DOE, headers=each).status_code for each in (foreign, image, framed)] == [403] * 3
    assert kept(night) == []
    followed = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document", "Sec-Fetch-Mode": "navigate"}
    ours = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Dest": "iframe"}
    assert [get(DOE, headers=each).status_code for each in (followed, ours)] == [200, 200]


@pytest.mark.parametrize(
    "path", ["/leaver/hr%3AE1042", "/leaver/hr:E1042", "/leaver/%20E1042%2F..", "/leaver/a/b/c", "/leaver/E1042%0D%0A"]
)
def test_the_way_back_is_right_whatever_the_id_holds(night: Session, get: Get, path: str) -> None:
    steps = path.count("/") - 1

    assert f'href="{"../" * steps}pages.css"' in get(path).text
