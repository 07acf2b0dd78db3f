"""A previous number that is another employed worker's own merges nobody, and no leaver's ticket closes unasked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Tracker
from offboarding.model import Coverage, Employment
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import HeardTracker, Office, login
from tests.support.small_company import LEFT, job, mail, number, worker
from tests.support.variants import some_of

LEAVER, COLLEAGUE, MANAGER = "1001", "1002", "1060"


def one_left(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(LEAVER, LEFT), worker(COLLEAGUE), worker(MANAGER)]
    office.directory.accounts = [login(f"u{each}", number(each)) for each in (LEAVER, COLLEAGUE, MANAGER)]
    office.night()
    return office


def leavers(office: Office) -> list[tuple[object, ...]]:
    revoked = "select subject_native_id, state from finding where rule = 'leaver-account-works' order by 1"
    return office.session.execute(revoked).fetchall()


def open_tickets(office: Office, people: ListedPeople) -> list[str]:
    return [ticket.title for ticket in tickets_of(people, office.queue) if ticket.is_open]


def review_findings(office: Office) -> set[tuple[object, ...]]:
    found = "select subject_native_id, state from finding where rule = 'disputed-account'"
    return set(office.session.execute(found).fetchall())


def test_a_manager_s_number_in_the_column_of_previous_ones_closes_and_opens_no_ticket(
    begun: Begun, people: ListedPeople, record_property: Callable[[str, object], None]
) -> None:
    office = begun(one_left)
    before = open_tickets(office, people)
    right = office.hr.workers
    office.hr.workers = [replace(each, previous_worker_ids=(MANAGER,)) for each in right[:2]] + right[2:]
    office.night()
    closed = set(before) - set(open_tickets(office, people))
    record_property("attacks", 1)
    record_property("silent", int(bool(closed)))
    assert not closed
    assert review_findings(office) == {(f"u{LEAVER}", "open")}

    office.hr.workers = right
    office.night()

    assert review_findings(office) == {(f"u{LEAVER}", "resolved")}
    assert leavers(office) == [(f"u{LEAVER}", "open")]
    office.hr.change(MANAGER, employments=(LEFT,))
    office.night()
    assert leavers(office) == [(f"u{LEAVER}", "open"), (f"u{MANAGER}", "open")]
    assert sum(title.startswith("Revoke what still works of") for title in open_tickets(office, people)) == 2


@some_of(1, "listed", [True, False], ids=("listed as left", "no longer listed"))
def test_a_colleagues_row_that_comes_to_name_a_leavers_number_closes_no_ticket(
    begun: Begun, people: ListedPeople, record_property: Callable[[str, object], None], *, listed: bool
) -> None:
    office = begun(one_left)
    office.policy = {"min_roster_percent": 0}
    before = open_tickets(office, people)
    leaver, colleague, manager = office.hr.workers
    office.hr.workers = [*([leaver] if listed else []), replace(colleague, previous_worker_ids=(LEAVER,)), manager]

    office.night()

    closed = set(before) - set(open_tickets(office, people))
    record_property("attacks", 1)
    record_property("silent", int(bool(closed)))
    assert not closed
    assert review_findings(office) == {(f"u{LEAVER}", "open")}


@some_of(1, "listed", [True, False], ids=("listed as left", "no longer listed"))
def test_a_leaver_whose_number_a_new_row_names_is_not_closed_without_a_question(
    begun: Begun, people: ListedPeople, record_property: Callable[[str, object], None], *, listed: bool
) -> None:
    office = begun(one_left)
    office.policy = {"min_roster_percent": 0}
    leaver, *others = office.hr.workers
    office.hr.workers = [*([leaver] if listed else []), *others, worker("1070", previous=(LEAVER,))]

    office.night()

    asked = [title for title in open_tickets(office, people) if title.startswith("Confirm departures")]
    record_property("attacks", 1)
    record_property("silent", int(not asked))
    assert len(asked) == 1
    hidden = "select state, severity from finding where rule = 'departure-hidden'"
    assert office.session.execute(hidden).fetchall() == [("open", "high")]


@dataclass(slots=True, kw_only=True)
class OneSpace(Office):
    """Two lists of who works here number people in one space."""

    @property
    def settings(self) -> Settings:
        made = super(OneSpace, self).settings
        own = {"id_space": "hr", "coverage": Coverage.ACTIVE}
        return made.model_copy(update={"rosters": tuple(each.model_copy(update=own) for each in made.rosters)})


@pytest.fixture
def lists(store: Session, tracker: Tracker) -> OneSpace:
    office = OneSpace(session=store, tracker=HeardTracker(tracker))
    office.hr.workers = [worker(LEAVER, mail="kim@corp.example"), *(worker(str(2000 + each)) for each in range(20))]
    office.vendors.workers = [worker("3000")]
    office.directory.accounts = [login(f"u{LEAVER}", number(LEAVER), mail("kim@corp.example"))]
    office.night()
    return office


def test_two_rows_that_name_one_number_hide_nobody(lists: OneSpace) -> None:
    """The second row is in a roster that is read later."""
    lists.hr.workers[0] = worker("1070", previous=(LEAVER,))
    lists.vendors.workers.append(worker("3001", previous=(LEAVER,)))

    lists.night()

    assert review_findings(lists) == {(f"u{LEAVER}", "open")}
    assert lists.session.execute("select basis from departure where valid_to is null").fetchall() == [("inferred",)]


def test_a_previous_number_that_says_nothing_hides_nobody(lists: OneSpace) -> None:
    lists.hr.workers[0] = worker("0000", mail="kim@corp.example")
    lists.night()
    lists.hr.workers[0] = worker("1070", previous=("0000",))

    lists.night()

    assert (f"u{LEAVER}", "open") in leavers(lists)


OVER = job("left", start="2010-01-01", last="2014-12-31")


@some_of(1, ("beside", "ahead", "gone"), [((), 7, False), ((), 90, True), ((OVER,), 90, True)])
def test_whoever_gets_another_number_for_a_later_employment_has_left_until_then(
    lists: OneSpace, beside: tuple[Employment, ...], ahead: int, *, gone: bool
) -> None:
    start = str((lists.as_of + timedelta(days=ahead)).date())
    lists.hr.workers[0] = worker("1070", *beside, job("future", start=start), previous=(LEAVER,))

    lists.night()

    assert leavers(lists) == ([(f"u{LEAVER}", "open")] if gone else [])
    left = lists.session.execute("select left_at from departure where valid_to is null and not returned").fetchall()
    assert left == ([(lists.as_of,)] if gone else [])
