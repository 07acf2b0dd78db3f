"""A credit union in New York, 2021: somebody asked for her access to be shut, and nobody saw whether it was.

Public: a part-time employee who worked from home was dismissed on 19 May 2021; the credit union asked the firm that
looks after its computers to disable her remote access, and it wasn't done. On 21 May she logged in with her own name
and password, and within 40 minutes deleted more than 20,000 files and the protection against ransomware.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

LAST_DAY, USED_ON = date(2021, 5, 19), date(2021, 5, 21)
CASE = PublicCase(
    name="Credit union 2021",
    worked="a login to work from home: disabling it was asked for, and not done",
    zone="America/New_York",
    left_on=LAST_DAY,
    found=f"not public; misused after {(USED_ON - LAST_DAY).days}",
    rules=("leaver-account-works", "used-after-departure"),
    dead_on=date(2021, 5, 24),
    assumed=(
        "The product isn't public: played with a directory's login, which tells when it was used last.",
        "Whoever asked for it to be disabled closes our ticket on 20 May; the next night opens it again.",
        "It's locked on 24 May.",
    ),
)
DAY = timedelta(days=1)
ACCOUNT = login("jkeller", number("3307"))
WORKS = {("leaver-account-works", "3307", ACCOUNT.label)}
USED = {("used-after-departure", "3307", ACCOUNT.label)}


def test_what_was_asked_for_is_open_until_it_has_been_seen_done(
    company: Callable[[str], Replay], people: ListedPeople
) -> None:
    union, directory = company(CASE.zone), System(realm="directory", accounts=[ACCOUNT])
    directory.change(ACCOUNT.native_id, last_used_at=datetime(2021, 5, 18, 14, tzinfo=UTC))
    union.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("3307", "3308")]
    union.reads(accounts("corp-ldap"), directory)

    union.night(CASE.left_on - DAY)
    assert union.all() == NOTHING

    union.hr.change("3307", employments=(CASE.ended(),))
    assert union.night(CASE.left_on).calls == ("open",)
    assert union.open() == WORKS

    (ticket,) = tickets_of(people, "secops")
    people.close(ticket.ref)
    assert "reopen" in union.night(CASE.left_on + DAY).calls, "asked for isn't done"
    (ticket,) = tickets_of(people, "secops")
    assert ticket.is_open
    assert union.open() == WORKS

    directory.change(ACCOUNT.native_id, last_used_at=datetime(2021, 5, 21, 20, tzinfo=UTC))
    assert union.night(USED_ON).first_line == "CRITICAL 1 used after departure"
    assert union.open() == WORKS | USED

    directory.change(ACCOUNT.native_id, **locked())
    union.night(CASE.dead_on)
    assert union.open() == USED
    union.judge("used-after-departure")
    union.night(CASE.dead_on + DAY)
    assert union.open() == NOTHING
    assert CASE.row(union.measured(CASE.rules)) == documented(CASE)
