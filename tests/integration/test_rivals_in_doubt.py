"""A rival's claim to a leaver's account counts until the rival's own departure is certain.

Kim left, and a second record with Kim's mail begins the next day: it may be Kim's. Then the departure of that record is
planned, inferred, or reported by a roster that the guard holds.
"""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from offboarding.interfaces import Tracker
from offboarding.model.errors import FatalError
from offboarding.store.connect import Session
from offboarding.store.reading.link_views import claims
from tests.integration.test_departure import rows
from tests.support.begun import Begun, beginnings, begun
from tests.support.deciding import add_notice, confirm_departure, submit
from tests.support.listed_tracker import people, tracker
from tests.support.office import DIRECTORY, HeardTracker, Office, login
from tests.support.small_company import KIM, LEFT, WORKS, job, mail, number, worker

__all__ = ["beginnings", "begun", "people", "tracker"]  # fixtures

STARTS = "2026-11-14"
SECOND = worker("2042", job(start=STARTS), mail=KIM, name="K. Min")
MANY = [str(1001 + each) for each in range(12)]
COLLEAGUES = [worker(each) for each in MANY]
DISPUTED = {("disputed-account", "kim"): "open"}


def disputed(session: Session, tracker: Tracker) -> Office:
    """Kim's account is in dispute, and has a ticket that says so."""
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.policy = {"min_roster_percent": 0}
    office.guard = {"leavers": {"absolute": 2}}
    office.hr.workers = [worker("1042", LEFT, mail=KIM, name="Kim Minjun"), SECOND, *COLLEAGUES]
    office.directory.accounts = [login("kim", mail(KIM)), *(login(f"u{number_}", number(number_)) for number_ in MANY)]
    office.night()
    assert rows(office, "1042") == DISPUTED
    return office


@pytest.fixture
def office(begun: Begun) -> Office:
    return begun(disputed)


def second_left(office: Office, how: str) -> None:
    if how == "inferred":
        office.hr.workers = [each for each in office.hr.workers if each.worker_id != "2042"]
    else:
        ended = {"planned": job(start=STARTS, end="2026-11-24"), "told": job("left", start=STARTS, last="2026-11-24")}
        office.hr.change("2042", employments=(ended[how],))


@pytest.mark.parametrize("how", ("planned", "inferred"))
def test_a_rival_whose_departure_nobody_confirmed_keeps_the_account_in_dispute(office: Office, how: str) -> None:
    second_left(office, how)

    office.night()

    assert rows(office, "1042") == DISPUTED
    claimants = {(each.worker_id, each.confirmed) for each in claims(office.session, DIRECTORY, "kim")}
    assert claimants == {("1042", True), ("2042", False)}
    confirm_departure(office.session, office.settings, departure="2042", reason="HR was asked", author="analyst")
    office.night()
    assert rows(office, "1042")["leaver-account-works", "kim"] == "open"


def test_what_rests_on_a_rivals_departure_waits_where_the_roster_that_tells_it_waits(office: Office) -> None:
    """Nothing is reported of Kim's account by the second record's departure, and its dispute is not closed."""
    second_left(office, "told")
    for each in MANY:
        office.hr.change(each, employments=(LEFT,))

    held = office.night()

    assert ("roster", "hr") in office.holds
    assert rows(office, "1042") == DISPUTED | {("leaver-account-works", "kim"): "held"}
    assert office.tracker.calls == []
    office.release(held.run.run_id)
    assert rows(office, "1042") == {("disputed-account", "kim"): "resolved", ("leaver-account-works", "kim"): "open"}


def test_a_rival_whose_departure_is_certain_has_no_claim_any_more(office: Office) -> None:
    second_left(office, "told")

    office.night()

    assert rows(office, "1042") == {("disputed-account", "kim"): "resolved", ("leaver-account-works", "kim"): "open"}


@pytest.mark.parametrize("how", ("works", "planned", "away", "told"))
def test_an_account_that_a_leaver_made_is_its_holders_until_they_have_certainly_left(office: Office, how: str) -> None:
    """An administrator made the account of a colleague on their own last day."""
    employment = {
        "works": WORKS,
        "planned": job(end="2026-11-24"),
        "away": job("leave", circumstance="suspended"),
        "told": job("left", last="2026-11-24"),
    }
    office.hr.workers += [worker("4001", LEFT), worker("3001", employment[how])]
    maker, made = login("maker", number("4001")), login("made", number("3001"))
    office.directory.accounts += [
        maker,
        replace(made, created_at=datetime(2026, 11, 13, 3, tzinfo=UTC), created_by=maker.label),
    ]

    office.night()

    assert (("leaver-created-account", "made") in rows(office, "4001")) is (how == "told")


def test_nobody_else_takes_an_account_by_a_notice_about_its_holder_whom_hr_lists(office: Office) -> None:
    """The notice would be withdrawn as soon as the account is confirmed as a leaver's."""
    office.guard["approvers"] = ["sam"]
    office.night()
    holder = {"who": MANY[0], "last": "2026-11-25T10:00 Asia/Seoul", "reason": "told", "author": "eve"}
    add_notice(office.session, office.settings, **holder)
    office.night()
    given = {"source": "corp-ldap", "account": f"u{MANY[0]}", "worker": "1042", "reason": "told"}

    with pytest.raises(FatalError, match="eve may not take an account from somebody who works here"):
        submit(office.session, office.settings, {"name": "link confirm", **given}, caller="1", author="eve")
