"""Columbia Sportswear, 2014-16: a director of IT made an account before he left, and read mail by it for years.

Public: he left in March 2014 for a vendor; on his last day but one he had made an account under an invented name. With
it he was in the company's network and others' mail more than 700 times. It was found in the summer of 2016, when
software was upgraded.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

EARLIEST, LATEST = date(2014, 3, 1), date(2014, 3, 31)
SUMMER, AUTUMN = date(2016, 6, 1), date(2016, 8, 31)
CASE = PublicCase(
    name="Columbia Sportswear 2014-16",
    worked="an account that he had made for himself",
    zone="America/Los_Angeles",
    left_on=LATEST,
    found=f"{(SUMMER - LATEST).days} to {(AUTUMN - EARLIEST).days}",
    rules=("leaver-created-account",),
    dead_on=AUTUMN,
    assumed=(
        "The last day is 31 March 2014, and the account is deleted on 31 August 2016.",
        "The month and the season are public, the days aren't.",
        "The product isn't public: played with a directory that says who made an account.",
    ),
)
DAY = timedelta(days=1)
OWN = login("tgrant", number("5150"), privileged=True)
MADE_UP = login("kwalsh", created_at=datetime(2014, 3, 30, 21, tzinfo=UTC), created_by=OWN.label)
DIGEST = {("orphan-account", "", "corp-ldap")}
HELD = {("leaver-created-account", "5150", MADE_UP.label)}


def test_what_he_made_on_his_last_day_but_one_is_found_the_first_night(company: Callable[[str], Replay]) -> None:
    columbia, directory = company(CASE.zone), System(realm="directory", accounts=[OWN])
    columbia.hr.workers = [worker(each, job(zone=CASE.zone, start="2000-05-01")) for each in ("5150", "5151")]
    columbia.reads(accounts("corp-ldap"), directory)

    columbia.night(CASE.left_on - 2 * DAY)
    assert columbia.all() == NOTHING

    directory.accounts.append(MADE_UP)
    columbia.night(CASE.left_on - DAY)
    assert columbia.open() == DIGEST, "claimed by nobody, and nobody's departure yet"

    columbia.hr.change("5150", employments=(CASE.ended(start="2000-05-01"),))
    directory.change(OWN.native_id, **locked())
    for day in (CASE.left_on, date(2015, 3, 31), SUMMER):
        columbia.night(day)
        assert columbia.open() - DIGEST == HELD
    assert f"It was made on 2014-03-30 21:00 UTC by an account of theirs ({OWN.label})" in columbia.evidence(
        "leaver-created-account"
    )

    directory.remove(MADE_UP.native_id)
    columbia.night(CASE.dead_on)
    assert columbia.open() == NOTHING
    assert CASE.row(columbia.measured(CASE.rules)) == documented(CASE)
