"""How soon things were shut and what stood open, week by week: on the page, and as its charts have it."""

import json
from datetime import UTC, datetime, timedelta
from typing import LiteralString

import pytest

from offboarding.model import Resolution
from offboarding.report.pages import tonight
from offboarding.report.pages.charts import Chart
from offboarding.report.pages.lately import Lately, lately_revoked
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import MORNING, ZONE, Get, Tags, get, night, one_night, store_template
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")

NOW = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
"""A Wednesday at noon in Seoul."""
MONDAY = datetime(2026, 11, 15, 15, 0, tzinfo=UTC)
"""Monday 16 November begins in Seoul; in New York it's Sunday morning."""
WEEKS = (
    *("2026-08-27", "2026-08-31", "2026-09-07", "2026-09-14", "2026-09-21", "2026-09-28", "2026-10-05"),
    *("2026-10-12", "2026-10-19", "2026-10-26", "2026-11-02", "2026-11-09", "2026-11-16", "2026-11-23"),
)
"""The first has the days since 90 days ago alone."""
INSTANT = timedelta(microseconds=1)


@pytest.fixture
def things(night: Session) -> tuple[str, str]:
    """Two things of a leaver's, of which the record says nothing yet, and no night has ended."""
    night.execute("delete from finding_event")
    night.execute("update run set finished_at = null")
    first, second = (
        str(key)
        for (key,) in night.execute(
            "select finding_key from finding where ticket_kind = 'revoke' and left_at is not null and basis <> 'away'"
            " order by 1"
        )
    )
    return first, second


def told(session: Session, key: str, at: datetime, was: str | None, became: str) -> None:
    """The record says that it changed."""
    session.execute(
        "insert into finding_event (seq, finding_key, at, actor, from_state, to_state, text, prev_hash, hash)"
        " values ((select coalesce(max(seq), 0) + 1 from finding_event), %s, %s, 'run 1', %s, %s, '', '', '')",
        (key, at, was, became),
    )


def shut(session: Session, key: str, at: datetime, *, left: datetime) -> None:
    """It was seen shut then."""
    session.execute(
        "update finding set state = 'resolved', resolution = %s, resolved_at = %s, left_at = %s where finding_key = %s",
        (Resolution.SEEN_DEAD, at, left, key),
    )


def ended(session: Session, *at: datetime, kind: str = "nightly") -> None:
    """A run ended then."""
    for each in at:
        session.execute(
            "insert into run (kind, caller, as_of, reads_since, started_at, finished_at)"
            " values (%(kind)s, %(at)s::text, %(at)s, %(at)s, %(at)s, %(at)s)",
            {"kind": kind, "at": each},
        )


def shown(session: Session, zone: str = ZONE) -> Lately:
    return lately_revoked(session, zone, NOW)


def values(chart: Chart | None, name: str) -> dict[str, float | None]:
    """Of one series, by week."""
    assert chart is not None
    (series,) = [each for each in chart.series if each.name == name]
    return dict(zip(chart.labels, series.values, strict=True))


def known(chart: Chart | None, name: str) -> dict[str, float | None]:
    return {week: value for week, value in values(chart, name).items() if value is not None}


# --- time to revoke ---------------------------------------------------------------------------------------------------


@some_of(
    3,
    ("zone", "at", "week"),
    [
        (ZONE, MONDAY, "2026-11-16"),
        (ZONE, MONDAY - INSTANT, "2026-11-09"),
        ("America/New_York", MONDAY, "2026-11-09"),
        ("America/New_York", MONDAY + timedelta(hours=14), "2026-11-16"),
        ("America/New_York", MONDAY + timedelta(hours=14) - INSTANT, "2026-11-09"),
        # Before the clocks were put back it's four hours to midnight in UTC.
        ("America/New_York", datetime(2026, 10, 26, 4, 0, tzinfo=UTC), "2026-10-26"),
        ("America/New_York", datetime(2026, 10, 26, 4, 0, tzinfo=UTC) - INSTANT, "2026-10-19"),
        (ZONE, NOW - timedelta(days=90), "2026-08-27"),
        (ZONE, NOW - INSTANT, "2026-11-23"),
    ],
)
def test_a_week_begins_on_monday_where_the_company_is(
    night: Session, things: tuple[str, str], zone: str, at: datetime, week: str
) -> None:
    shut(night, things[0], at, left=at - timedelta(days=5))

    page = shown(night, zone)

    assert known(page.revoking, "median") == known(page.revoking, "90 % within") == {week: 5.0}
    assert [(each.since, each.revoked, each.median) for each in page.weeks if each.revoked] == [(week, 1, "5 days")]
    assert page.revoked == "1 thing", "what all weeks have is what is told of all together"


def test_weeks_are_told_from_ninety_days_ago_until_now(night: Session, things: tuple[str, str]) -> None:
    shut(night, things[0], NOW - timedelta(days=90) - INSTANT, left=NOW - timedelta(days=95))

    page = shown(night)

    assert tuple(week.since for week in page.weeks) == WEEKS
    assert (page.revoked, page.revoking) == ("", None), "what was shut before isn't among it"


def test_a_week_in_which_nothing_was_seen_shut_is_a_gap(night: Session, things: tuple[str, str]) -> None:
    shut(night, things[0], MONDAY, left=MONDAY - timedelta(hours=20))
    shut(night, things[1], MONDAY, left=MONDAY - timedelta(hours=10))

    page = shown(night)

    assert page.revoking is not None
    assert page.revoking.unit == "hours", "no day is told where each took less than two"
    assert values(page.revoking, "median") == {**dict.fromkeys(WEEKS), "2026-11-16": 15.0}
    assert values(page.revoking, "90 % within") == {**dict.fromkeys(WEEKS), "2026-11-16": 19.0}
    assert [week.median for week in page.weeks if week.revoked == 0] == [""] * 13


@pytest.mark.parametrize(
    "changed",
    [
        "update finding set resolution = 'attested' where finding_key = %s",
        "update finding set basis = 'away' where finding_key = %s",
        "update finding set ticket_kind = 'event' where finding_key = %s",
        "update finding set left_at = resolved_at + interval '1 hour' where finding_key = %s",
    ],
)
def test_what_says_nothing_of_how_soon_it_was_shut_is_in_no_week(
    night: Session, things: tuple[str, str], changed: LiteralString
) -> None:
    shut(night, things[0], MONDAY, left=MONDAY - timedelta(days=5))
    night.execute(changed, (things[0],))

    assert shown(night).revoking is None


# --- what stood open --------------------------------------------------------------------------------------------------


def test_what_stood_at_a_weeks_end_is_what_the_record_says(night: Session, things: tuple[str, str]) -> None:
    first, second = things
    ended(night, *(MONDAY + timedelta(weeks=number, hours=-9) for number in range(-3, 2)), NOW - timedelta(hours=9))
    told(night, first, MONDAY - timedelta(weeks=20), None, "held")
    told(night, first, MONDAY - timedelta(weeks=20), "held", "open")
    told(night, second, MONDAY - timedelta(weeks=2), None, "unverified")
    told(night, second, MONDAY - timedelta(weeks=1) - INSTANT, "unverified", "held")
    told(night, second, MONDAY - timedelta(days=1), "held", "excepted")
    told(night, first, MONDAY, "open", "resolved")
    told(night, first, NOW - timedelta(hours=1), "resolved", "open")
    told(night, second, NOW, "excepted", "resolved")

    page = shown(night)

    stood = {"2026-10-19": 1, "2026-10-26": 1, "2026-11-02": 2, "2026-11-09": 2, "2026-11-16": 1, "2026-11-23": 2}
    assert known(page.standing, "open") == stood
    assert [each.stood for each in page.weeks] == [*[""] * 8, *map(str, stood.values())]


def test_what_nobody_looked_at_is_not_known(night: Session, things: tuple[str, str]) -> None:
    told(night, things[0], MONDAY - timedelta(weeks=20), None, "open")
    ended(night, MONDAY - timedelta(hours=26) + INSTANT, MONDAY + timedelta(days=7, hours=-26), MONDAY + INSTANT)
    ended(night, NOW - timedelta(hours=1), kind="departure")

    page = shown(night)

    assert known(page.standing, "open") == {"2026-11-09": 1}
    assert known(page.standing, "not known") == dict.fromkeys(set(WEEKS) - {"2026-11-09"}, 1)
    assert [week.stood for week in page.weeks].count("") == 13


def test_a_night_that_was_taken_out_of_the_count_saw_nothing(night: Session, things: tuple[str, str]) -> None:
    told(night, things[0], MONDAY, None, "open")
    ended(night, NOW - timedelta(hours=1))
    assert known(shown(night).standing, "open") == {"2026-11-23": 1}

    night.execute("insert into withdrawal (run_id, reason, author) select max(run_id), 'r', 'a' from run")

    assert shown(night).standing is None


def test_only_what_was_a_leavers_counts(night: Session, things: tuple[str, str]) -> None:
    del things
    ended(night, NOW - timedelta(hours=1))
    others = night.execute(
        "select finding_key from finding where left_at is null or ticket_kind not in ('revoke', 'rotate')"
    ).fetchall()
    for (key,) in others:
        told(night, str(key), MONDAY, None, "open")

    assert known(shown(night).standing, "open") == {"2026-11-23": 0}, "a night looked, and none stood"


def test_the_record_comes_to_what_stands(night: Session) -> None:
    """Whatever came to pass: found, told, seen dead, found again."""
    for number, key in enumerate((filled.Standing.DEAD, filled.Standing.WORKS, filled.Standing.DEAD), start=1):
        seen, later = filled.Seen(key=key), timedelta(days=number)
        run = filled.spend_night(night, seen, caller=f"night {number}", later=later)
        pipeline.report(night, filled.settings(), run)
    ((stands,),) = night.execute(
        "select count(*) from finding where state in ('held', 'open', 'excepted')"
        " and left_at is not null and basis <> 'away' and ticket_kind in ('revoke', 'rotate')"
    )

    chart = lately_revoked(night, ZONE, datetime.now(UTC)).standing

    assert list(values(chart, "open").values())[-1] == stands == 1


def test_after_one_night_this_week_alone_is_known(night: Session) -> None:
    page = lately_revoked(night, ZONE, datetime.now(UTC))

    assert [week.stood for week in page.weeks] == [*[""] * (len(page.weeks) - 1), "2"]
    assert page.revoking is None


# --- the page ---------------------------------------------------------------------------------------------------------


def test_before_the_first_night_there_is_no_chart(store: Session, get: Get) -> None:
    page = tonight.tonight(store, ZONE, MORNING).lately

    assert (page.weeks, page.revoking, page.standing) == ((), None, None)
    assert [each for _, each in Tags(get("/").text).found if "data-chart" in each] == []


def test_a_chart_stands_on_the_page_as_data_and_beside_it_the_same_in_numbers(night: Session, get: Get) -> None:
    text = get("/").text

    (chart,) = [json.loads(each["data-chart"] or "") for _, each in Tags(text).found if "data-chart" in each]
    assert chart["unit"] == "findings"
    assert chart["series"][0]["name"] == "open"
    assert [each["values"][-1] for each in chart["series"]] == [2, None]
    assert len(chart["labels"]) == len(chart["series"][0]["values"])
    rows = [each for each in chart["labels"] if f'<th scope="row" class="unbroken">{each}</th>' in text]
    assert rows == chart["labels"]
    assert text.count("<td>not known</td>") == len(rows) - 1
    assert "<canvas" not in text
