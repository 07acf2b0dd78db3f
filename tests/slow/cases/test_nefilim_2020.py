"""A company that Nefilim extorted, 2020-21: an administrator had died, and services went on under his account.

Public (a responder's account of 26 January 2021, without dates or a name): the account belonged to somebody who had
died about three months before. It was kept on purpose, because services used it. Intruders had it for over four weeks,
then came by a domain administrator's, and encrypted more than 100 systems.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

CASE = PublicCase(
    name="Nefilim 2020-21",
    worked="the account of an administrator who had died, kept for services",
    zone="UTC",
    left_on=date(2020, 9, 4),
    found="about 90, or four weeks more",
    rules=("leaver-account-works", "used-after-departure"),
    dead_on=date(2021, 1, 4),
    assumed=(
        "Neither dates nor place are public: the last day is 4 September 2020, the ransomware's day 3 January 2021.",
        "HR tells of a death as of any other end.",
        "A service logs on the day after, and a person says so; each later use is asked about again.",
        "The services are moved, and the account locked, on 4 January.",
    ),
)
INTRUDED, DAY = date(2020, 12, 4), timedelta(days=1)
ACCOUNT = login("mbauer", number("1177"), privileged=True, privileged_by="group Domain Admins")
WORKS = {("leaver-account-works", "1177", ACCOUNT.label)}
USED = {("used-after-departure", "1177", ACCOUNT.label)}


def test_a_dead_mans_account_is_a_leavers_and_its_services_make_it_no_smaller(
    company: Callable[[str], Replay], people: ListedPeople
) -> None:
    firm, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    firm.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("1177", "1178")]
    firm.reads(accounts("corp-ldap"), directory)

    firm.night(CASE.left_on - DAY)
    assert firm.all() == NOTHING

    firm.hr.change("1177", employments=(CASE.ended(),))
    firm.night(CASE.left_on)
    assert firm.open() == WORKS

    directory.change(ACCOUNT.native_id, last_used_at=datetime(2020, 9, 5, 3, tzinfo=UTC))
    assert firm.night(CASE.left_on + DAY).first_line == "CRITICAL 1 used after departure"
    assert firm.open() == WORKS | USED
    assert any("whether a job of theirs runs with it" in each.body for each in tickets_of(people, "secops"))

    firm.judge("used-after-departure")
    firm.night(CASE.left_on + 2 * DAY)
    assert firm.open() == WORKS, "a verdict on its use doesn't let the account stand"

    for day in (CASE.left_on + 3 * DAY, INTRUDED, CASE.dead_on - DAY):
        directory.change(ACCOUNT.native_id, last_used_at=datetime(day.year, day.month, day.day, 3, tzinfo=UTC))
        firm.night(day)
        assert firm.open() == WORKS | USED, "what a person said of one use isn't said of the next"
        firm.judge("used-after-departure")

    directory.change(ACCOUNT.native_id, **locked())
    firm.night(CASE.dead_on)
    assert firm.open() == NOTHING
    assert CASE.row(firm.measured(CASE.rules)) == documented(CASE)
