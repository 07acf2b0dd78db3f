"""Nuance and Geisinger, 2023: a vendor dismissed somebody, and the customer's records stayed open to them.

Public: on 29 November 2023 the health system saw that a former employee of its vendor had been at patients' records two
days after they were dismissed; the vendor then cut the access off. More than a million patients were concerned.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

LAST_DAY, NOTICED = date(2023, 11, 27), date(2023, 11, 29)
CASE = PublicCase(
    name="Nuance 2023",
    worked="a vendor's dismissed employee's access to a customer's records",
    zone="America/New_York",
    left_on=LAST_DAY,
    found=str((NOTICED - LAST_DAY).days),
    rules=("leaver-account-works", "used-after-departure"),
    dead_on=NOTICED,
    assumed=(
        "It was used on the day on which it was noticed, and shut on that day; so the last day is 27 November 2023.",
        "The product isn't public: played with a login of their own, which tells when it was used last.",
        "The customer's roster names the vendor's people, and the vendor tells who left by the evening.",
    ),
)
DAY, USED_AT = timedelta(days=1), datetime(2023, 11, 29, 16, tzinfo=UTC)
ACCOUNT = login("vnd-rlane", number("V-4471"))
WORKS = {("leaver-account-works", "V-4471", ACCOUNT.label)}
USED = {("used-after-departure", "V-4471", ACCOUNT.label)}
DIGEST = {("orphan-account", "", "records")}
OWN, VENDORS = worker("2201", job(zone=CASE.zone)), worker("V-4471", job(zone=CASE.zone))


def test_by_the_vendors_word_it_is_found_the_first_night(company: Callable[[str], Replay]) -> None:
    health, records = company(CASE.zone), System(realm="records", accounts=[ACCOUNT])
    health.hr.workers = [OWN, VENDORS]
    health.reads(accounts("records"), records)

    health.night(CASE.left_on - DAY)
    assert health.all() == NOTHING

    health.hr.change("V-4471", employments=(CASE.ended(),))
    for day in (CASE.left_on, CASE.left_on + DAY):
        health.night(day)
        assert health.open() == WORKS, "a night and a day before it was used"

    records.change(ACCOUNT.native_id, last_used_at=USED_AT, **locked())
    assert health.night(NOTICED).first_line == "CRITICAL 1 used after departure"
    assert health.open() == USED

    health.judge("used-after-departure")
    health.night(NOTICED + DAY)
    assert health.open() == NOTHING
    assert CASE.row(health.measured(CASE.rules)) == documented(CASE)


def test_without_it_nobody_is_a_leaver(company: Callable[[str], Replay]) -> None:
    health, records = company(CASE.zone), System(realm="records", accounts=[ACCOUNT])
    health.hr.workers = [OWN]
    health.reads(accounts("records"), records)

    health.night(CASE.left_on - DAY)
    records.accounts = [replace(ACCOUNT, last_used_at=USED_AT)]
    health.night(NOTICED)
    assert health.all() == DIGEST
    assert ACCOUNT.label in health.evidence("orphan-account")
