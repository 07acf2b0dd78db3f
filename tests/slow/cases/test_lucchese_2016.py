"""Lucchese, 2016: an administrator was dismissed, and back within the hour by an account named as a printer.

Public: in September 2016 he left the building at half past ten; by half past eleven the servers for mail and orders
were down, by an account that he had made, named as an office printer. 300 people were sent home.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest

from offboarding.decisions import moments
from tests.support.deciding import add_notice
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import System, locked, login
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay, accounts
from tests.support.small_company import job, number, worker

CASE = PublicCase(
    name="Lucchese 2016",
    worked="an account that he had made, named as an office printer",
    zone="America/Denver",
    left_on=date(2016, 9, 1),
    left=time(10, 30),
    found="1 hour",
    rules=("leaver-created-account",),
    dead_on=date(2016, 9, 1),
    dead=time(11, 0),
    assumed=(
        "The last day is 1 September 2016: the month and the hours are public.",
        "He made the account on 15 August.",
        "The product isn't public: played with a directory that says who made an account.",
        "A person gives notice when he leaves, ahead of HR's feed, and triggers the check five minutes later.",
        "The account is locked at 11:00.",
    ),
)
DAY, MADE_ON = timedelta(days=1), date(2016, 8, 15)
OWN = login("rvega", number("611"), privileged=True)
PRINTER = login("2ndfloor-laser", created_at=datetime(2016, 8, 15, 20, tzinfo=UTC), privileged=True)
BY_HIM = login("2ndfloor-laser", created_at=PRINTER.created_at, created_by=OWN.label, privileged=True)
DIGEST = {("orphan-account", "", "corp-ldap")}
HELD = {("leaver-created-account", "611", BY_HIM.label)}


def at(hour: int, minute: int) -> datetime:
    return datetime.combine(CASE.left_on, time(hour, minute))


@pytest.fixture
def boots(company: Callable[[str], Replay], monkeypatch: pytest.MonkeyPatch) -> Replay:
    """He works there."""
    # The notice is of that day, and by the clock it is long ago.
    monkeypatch.setattr(moments, "_FURTHEST", timedelta(days=36_500))
    boots = company(CASE.zone)
    boots.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("611", "612")]
    return boots


def dismissed(boots: Replay) -> None:
    """A person's notice."""
    last = f"2016-09-01T10:30 {CASE.zone}"
    add_notice(boots.session, boots.settings, who="611", last=last, reason="dismissed", author="analyst")


def test_the_printer_is_told_as_his_while_he_is_on_his_way_home(boots: Replay, people: ListedPeople) -> None:
    directory = System(realm="directory", accounts=[OWN])
    boots.reads(accounts("corp-ldap"), directory)
    boots.night(MADE_ON - DAY)
    assert boots.all() == NOTHING

    directory.accounts.append(BY_HIM)
    boots.night(CASE.left_on - DAY)
    assert boots.open() == DIGEST

    dismissed(boots)
    directory.change(OWN.native_id, **locked())
    assert boots.departure(at(10, 35), "611").calls == ("comment", "update"), "on the ticket where it stood already"
    (ticket,) = tickets_of(people, "secops")
    assert (ticket.priority, ticket.comments[-1].endswith(": added")) == ("high", True)
    assert boots.open() - DIGEST == HELD
    assert boots.severities()["leaver-created-account"] == "high"

    directory.change(BY_HIM.native_id, **locked())
    boots.departure(at(11, 5), "611")
    assert boots.open() - DIGEST == NOTHING
    boots.hr.change("611", employments=(CASE.ended(),))
    boots.night(CASE.left_on)
    assert boots.open() == NOTHING
    assert CASE.row(boots.measured(CASE.rules)) == documented(CASE)


def test_a_directory_that_does_not_say_who_made_it_shows_it_as_nobodys(boots: Replay) -> None:
    directory = System(realm="directory", accounts=[OWN])
    boots.reads(accounts("corp-ldap"), directory)
    boots.night(MADE_ON - DAY)
    directory.accounts.append(PRINTER)
    boots.night(MADE_ON)
    assert boots.open() == DIGEST
    assert PRINTER.label in boots.evidence("orphan-account")

    dismissed(boots)
    directory.change(OWN.native_id, **locked())
    boots.departure(at(10, 35), "611")
    boots.hr.change("611", employments=(CASE.ended(),))
    boots.night(CASE.left_on)
    assert boots.all() == DIGEST
