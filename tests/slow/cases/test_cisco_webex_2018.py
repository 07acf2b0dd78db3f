"""Cisco WebEx, 2018: an engineer resigned, and what he had in the company's AWS went on working.

Public: he resigned in April 2018; on 24 September code of his deleted 456 virtual machines, and 16,000 WebEx Teams
accounts were down.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from offboarding.model import IdentityKeyKind
from tests.support.office import System, access_key, locked, login, user
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, tag, worker

EARLIEST, LATEST, DELETED = date(2018, 4, 1), date(2018, 4, 30), date(2018, 9, 24)
CASE = PublicCase(
    name="Cisco WebEx 2018",
    worked="access to AWS",
    zone="America/Los_Angeles",
    left_on=LATEST,
    found=f"{(DELETED - LATEST).days} to {(DELETED - EARLIEST).days}",
    rules=("leaver-access-key", "used-after-departure"),
    dead_on=date(2018, 9, 25),
    assumed=(
        "The last day is 30 April 2018: the month is public, the day isn't.",
        "It was an access key of his own user, used on 24 September and deleted the day after.",
        "His login to the company was closed on the last day.",
    ),
)
DAY = timedelta(days=1)
ACCOUNT, USER = login("vrao", number("20417")), user("AIDAVRAO", tag(IdentityKeyKind.NUMBER, "20417"))
KEY = access_key("AKIAVRAOVRAOVRAOVRAO", USER)
HELD = {("leaver-access-key", "20417", KEY.label)}
USED = {("used-after-departure", "20417", KEY.label)}


def test_the_key_is_found_the_first_night_and_its_use_stands_until_it_is_judged(
    company: Callable[[str], Replay],
) -> None:
    cisco, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    cloud = System(realm="111111111111", accounts=[USER], credentials=[KEY])
    cisco.hr.workers = [worker("20417", job(zone=CASE.zone), name="Vikram Rao"), worker("20418", job(zone=CASE.zone))]
    cisco.reads(accounts("corp-ldap"), directory)
    cisco.reads(accounts("aws", "aws_iam"), cloud)

    cisco.night(CASE.left_on - DAY)
    assert cisco.all() == NOTHING

    cisco.hr.change("20417", employments=(CASE.ended(),))
    directory.change(ACCOUNT.native_id, **locked())
    assert cisco.night(CASE.left_on).calls == ("open",)
    assert cisco.open() == HELD

    cisco.night(DELETED - DAY)
    assert cisco.open() == HELD

    cloud.credentials = [replace(KEY, last_used_at=datetime(2018, 9, 24, 20, tzinfo=UTC))]
    assert cisco.night(DELETED).first_line == "CRITICAL 1 used after departure"
    assert cisco.open() == HELD | USED

    cloud.remove(KEY.native_id)
    cisco.night(CASE.dead_on)
    assert cisco.open() == USED
    assert cisco.why_closed("leaver-access-key") == {"seen gone: it no longer exists"}

    cisco.judge("used-after-departure")
    cisco.night(CASE.dead_on + DAY)
    assert cisco.open() == NOTHING
    assert CASE.row(cisco.measured(CASE.rules)) == documented(CASE)
