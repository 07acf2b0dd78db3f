"""Settings leave out of a system's reads what was read before: it isn't gone, and is told as *not checked*."""

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Standing
from offboarding.store import reading, tickets
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.listed_tracker import ListedTracker
from tests.support.night import rows_of
from tests.support.office import DIRECTORY, HeardTracker, Office, access_key, locked, login
from tests.support.small_company import LEFT, number, worker

TOKEN = "token/1"


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker("1042"), worker("1043")]
    office.directory.accounts = [
        login("kim", number("1042")),
        login(TOKEN, number("1042")),
        login("lee", number("1043")),
        login("token/2", number("1043")),
    ]
    assert office.night().failed == ()
    return office


@pytest.fixture
def company(begun: Begun) -> Office:
    """Kim has a login and a token, and so has Lee, who works here; a first night has seen them all."""
    return begun(first_night)


def leaves(office: Office) -> None:
    office.hr.workers = [worker("1042", LEFT), worker("1043")]


def found(office: Office) -> dict[str, tuple[str, Standing]]:
    """State and standing of all that was ever found, by account."""
    return {each.account_native_id: (each.state, each.standing) for each in reading.findings(office.session)}


def gone(office: Office) -> list[tuple[object, ...]]:
    asked = "select native_id from account where realm = %s and gone_at is not null order by 1"
    return office.session.execute(asked, [DIRECTORY]).fetchall()


def test_what_was_open_stays_open_and_is_not_checked(company: Office, tracker: ListedTracker) -> None:
    leaves(company)
    company.night()
    works = ("open", Standing.WORKS)
    assert found(company) == {"kim": works, TOKEN: works}
    before = {each.account_native_id: each.last_confirmed_at for each in reading.findings(company.session)}

    company.directory.left_out = ("token/",)
    company.directory.change("kim", **locked())
    for _ in range(3):
        assert company.night().failed == ()

    assert found(company) == {"kim": ("resolved", Standing.WORKS), TOKEN: ("open", Standing.UNKNOWN)}
    after = {each.account_native_id: each.last_confirmed_at for each in reading.findings(company.session)}
    assert after[TOKEN] == before[TOKEN]
    assert gone(company) == []
    (ticket,) = tracker.there()
    assert ticket.is_open
    (key,) = rows_of(company.session, "select ticket_key from ticket")
    row = tickets.ticket(company.session, *key)
    (last_seen_at,) = rows_of(company.session, "select last_seen_at from account where native_id = %s", TOKEN)
    seen_at = {item.account_native_id: item.seen_at for item in tickets.items(company.session, row)}
    assert (seen_at[TOKEN],) == last_seen_at

    company.directory.left_out = ()
    company.night()
    assert found(company)[TOKEN] == works
    company.directory.change(TOKEN, **locked())
    company.night()
    assert found(company)[TOKEN][0] == "resolved"
    assert not ticket.is_open


def test_whoever_leaves_afterwards_is_told_what_is_not_checked_any_more(company: Office) -> None:
    company.directory.left_out = ("token/",)
    company.night()
    assert gone(company) == []

    leaves(company)
    company.night()

    assert found(company) == {"kim": ("open", Standing.WORKS), TOKEN: ("unverified", Standing.UNKNOWN)}


def test_a_night_without_change_changes_nothing_of_what_is_left_out(company: Office) -> None:
    company.night()
    (read_at,) = rows_of(
        company.session, "select observed_at from scope where realm = %s and kind = 'account'", DIRECTORY
    )
    company.directory.left_out = ("token/",)
    company.night()
    asked = "select native_id, last_seen_at, observed_at, digest, xmin::text from account order by 1"
    before = company.session.execute(asked).fetchall()
    assert {(row[0], row[1]) for row in before if row[1]} == {(TOKEN, *read_at), ("token/2", *read_at)}

    company.night()
    assert company.session.execute(asked).fetchall() == before


def test_what_was_dead_may_work_by_now(company: Office) -> None:
    company.directory.change(TOKEN, **locked())
    company.directory.change("kim", **locked())
    company.night()
    company.directory.left_out = ("token/",)
    company.night()

    leaves(company)
    company.night()

    assert found(company) == {TOKEN: ("unverified", Standing.UNKNOWN)}


def test_what_it_holds_is_not_gone_either(company: Office) -> None:
    company.directory.lists_credentials = True
    tokens = [each for each in company.directory.accounts if "/" in each.native_id]
    company.directory.credentials = [access_key("AKIA1", each) for each in tokens]
    company.night()
    company.directory.left_out = ("token/",)
    company.night()

    asked = "select count(*)::int, count(gone_at)::int from credential"
    assert company.session.execute(asked).fetchall() == [(2, 0)]


def test_what_is_read_again_is_like_any_other(company: Office) -> None:
    company.directory.left_out = ("token/",)
    company.night()
    company.directory.left_out = ()
    company.directory.remove("token/2")
    company.night()

    assert company.session.execute("select native_id from account where last_seen_at is not null").fetchall() == []
    assert gone(company) == [("token/2",)]
    leaves(company)
    company.night()
    assert found(company)[TOKEN] == ("open", Standing.WORKS)
