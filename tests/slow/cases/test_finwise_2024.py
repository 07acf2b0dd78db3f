"""FinWise Bank, 2024-25: somebody used the bank's data the day after they had left, and nobody knew for a year.

Public: the use of 31 May 2024 came after the end of the employment; it was found on 18 June 2025, 383 days later.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

USED_ON, NOTICED = date(2024, 5, 31), date(2025, 6, 18)
CASE = PublicCase(
    name="FinWise 2024-25",
    worked="undisclosed",
    zone="America/Denver",
    left_on=date(2024, 5, 30),
    found=f"{(NOTICED - USED_ON).days} after the use",
    rules=("leaver-account-works", "used-after-departure"),
    dead_on=date(2025, 6, 19),
    assumed=(
        "The last day is 30 May 2024, the day before the use.",
        "It was a login of their own, which tells when it was used last; it's locked on 19 June 2025.",
    ),
)
DAY = timedelta(days=1)
ACCOUNT = login("dhale", number("60031"))
WORKS = {("leaver-account-works", "60031", ACCOUNT.label)}
USED = {("used-after-departure", "60031", ACCOUNT.label)}


def test_the_login_is_found_the_first_night_and_its_use_the_second(company: Callable[[str], Replay]) -> None:
    bank, core = company(CASE.zone), System(realm="core", accounts=[ACCOUNT])
    core.change(ACCOUNT.native_id, last_used_at=datetime(2024, 5, 28, 15, tzinfo=UTC))
    bank.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("60031", "60032")]
    bank.reads(accounts("core"), core)

    bank.night(CASE.left_on - DAY)
    assert bank.all() == NOTHING

    bank.hr.change("60031", employments=(CASE.ended(),))
    bank.night(CASE.left_on)
    assert bank.open() == WORKS

    core.change(ACCOUNT.native_id, last_used_at=datetime(2024, 5, 31, 18, 20, tzinfo=UTC))
    assert bank.night(USED_ON).first_line == "CRITICAL 1 used after departure"
    assert bank.open() == WORKS | USED

    bank.night(NOTICED)
    assert bank.open() == WORKS | USED

    core.change(ACCOUNT.native_id, **locked())
    bank.night(CASE.dead_on)
    assert bank.open() == USED, "only a person's verdict ends what happened"
    bank.judge("used-after-departure")
    bank.night(CASE.dead_on + DAY)
    assert bank.open() == NOTHING
    assert CASE.row(bank.measured(CASE.rules)) == documented(CASE)
