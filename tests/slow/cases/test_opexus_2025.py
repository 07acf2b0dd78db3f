"""Opexus, 2025: two brothers were dismissed in one call, and the account of one of them was missed.

Public: they were told at about 16:50 on 18 February 2025; one couldn't get in any more, the other could, and within the
hour about 96 databases were gone. Nobody can wait for the night here: a departure is checked at once.
"""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from structlog.testing import capture_logs

from offboarding.decisions import moments
from tests.support.deciding import add_notice
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

CASE = PublicCase(
    name="Opexus 2025",
    worked="the account of one of two brothers",
    zone="America/New_York",
    left_on=date(2025, 2, 18),
    left=time(16, 50),
    found="minutes",
    rules=("leaver-account-works",),
    dead_on=date(2025, 2, 18),
    dead=time(18, 0),
    assumed=(
        "A person gives notice of both at 16:50, ahead of HR's feed, and triggers their check five minutes later.",
        "The missed account is locked at 18:00.",
    ),
)
DAY, BROTHERS = timedelta(days=1), ("70011", "70012")
ONE, OTHER = login("amir", number("70011")), login("adil", number("70012"))
MISSED = {("leaver-account-works", "70012", OTHER.label)}


def at(hour: int, minute: int) -> datetime:
    return datetime.combine(CASE.left_on, time(hour, minute))


def test_two_at_once_are_each_checked_whole_within_minutes(
    company: Callable[[str], Replay], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The notices are of that day, and by the clock it is long ago.
    monkeypatch.setattr(moments, "_FURTHEST", timedelta(days=36_500))
    host, directory = company(CASE.zone), System(realm="directory", accounts=[ONE, OTHER])
    host.hr.workers = [worker(each, job(zone=CASE.zone)) for each in (*BROTHERS, "70013")]
    host.reads(accounts("corp-ldap"), directory)

    host.night(CASE.left_on - DAY)
    assert host.all() == NOTHING

    for each in BROTHERS:
        last = f"2025-02-18T16:50 {CASE.zone}"
        add_notice(host.session, host.settings, who=each, last=last, reason="dismissed in a call", author="analyst")
    directory.change(ONE.native_id, **locked())
    with capture_logs() as logs:
        told = host.departure(at(16, 55), *BROTHERS)

    checked = {line["worker"]: line["findings"] for line in logs if line["event"] == "person checked"}
    assert checked == {"hr:70011": 0, "hr:70012": 1}
    assert (host.open(), told.calls) == (MISSED, ("open",))

    host.departure(at(17, 30), *BROTHERS)
    assert host.open() == MISSED

    directory.change(OTHER.native_id, **locked())
    host.departure(at(18, 5), *BROTHERS)
    assert host.open() == NOTHING
    for each in BROTHERS:
        host.hr.change(each, employments=(CASE.ended(),))
    host.night(CASE.left_on)
    assert host.all() == MISSED
    assert CASE.row(host.measured(CASE.rules)) == documented(CASE)
