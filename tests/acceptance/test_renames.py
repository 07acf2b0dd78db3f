"""What is called otherwise is the same thing: the same findings, the same tickets, and no second one."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.small_company import LEFT, STAFF, job, mail, number, tag, worker
from tests.support.variants import some_of

KEY = "AKIAAAAAAAAAAAAAAAAA"
KIM = worker("1042", LEFT, mail="kim@corp.example", logins=("kim",), name="Kim Minjun")


def findings(session: Session) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute("select finding_key, state, ticket_key from finding").fetchall()}


def tickets(session: Session) -> set[tuple[object, ...]]:
    return {tuple(row) for row in session.execute("select ticket_key, ref, state from ticket").fetchall()}


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [KIM, STAFF]
    office.vendors.workers = [worker("V7", job("left", last="2026-11-13"), mail="v7@vendor.example", logins=("v7",))]
    office.directory.accounts = [login("kim", number("1042"), login="kim"), login("v7", login="v7")]
    cloud_user = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
    office.cloud.accounts = [cloud_user]
    office.cloud.credentials = [access_key(KEY, cloud_user)]
    office.night()
    assert len(tickets(office.session)) == 2
    return office


@pytest.fixture
def kim(begun: Begun) -> Office:
    """Kim has left; a login, an access key, and the login of a contractor who left too."""
    return begun(first_night)


def rename_source(office: Office) -> None:
    office.names = {"corp-ldap": "directory", "aws": "cloud"}


def rename_rosters(office: Office) -> None:
    office.names = {"hr": "people", "vendors": "freelancers"}


def rename_accounts(office: Office) -> None:
    office.directory.change("kim", label="uid=kim.minjun,ou=left,dc=corp", login="kim.minjun")
    office.cloud.change("AIDAKIM", label="arn:aws:iam::111111111111:user/old/minjun", login="minjun")


def renumber_worker(office: Office) -> None:
    office.hr.workers = [replace(KIM, worker_id="9042", previous_worker_ids=("1042",)), STAFF]
    office.directory.change("kim", keys=(number("9042"),))


def rename_worker(office: Office) -> None:
    office.hr.change("1042", name="Kim Min-jun", mail="minjun.kim@corp.example", logins=())


@some_of(
    1,
    "rename",
    [rename_source, rename_rosters, rename_accounts, renumber_worker, rename_worker],
    ids=lambda f: f.__name__,
)
def test_a_rename_opens_no_second_ticket(kim: Office, people: ListedPeople, rename: Callable[[Office], None]) -> None:
    before = findings(kim.session), tickets(kim.session)

    rename(kim)
    kim.night()

    assert (findings(kim.session), tickets(kim.session)) == before
    assert {"open", "close", "reopen"} & set(kim.tracker.calls) == set()
    assert len(tickets_of(people, kim.queue)) == 2
    kim.night()
    assert (kim.tracker.calls, findings(kim.session)) == ([], before[0])


def test_the_ticket_says_the_new_names(kim: Office, people: ListedPeople) -> None:
    rename_source(kim)
    rename_accounts(kim)
    kim.night()

    (ticket,) = [each for each in tickets_of(people, kim.queue) if "worker 1042" in each.title]
    assert "uid=kim.minjun,ou=left,dc=corp, directory" in ticket.body
    assert "user/old/minjun" in ticket.body
    assert "corp-ldap" not in ticket.body


def test_a_new_number_stands_on_the_same_ticket(kim: Office, people: ListedPeople) -> None:
    renumber_worker(kim)
    kim.night()

    (ticket,) = [each for each in tickets_of(people, kim.queue) if "Revoke" in each.title and "V7" not in each.title]
    assert "worker 9042" in ticket.title


def test_two_persons_who_turn_out_to_be_one_keep_their_tickets(office: Office, people: ListedPeople) -> None:
    """A contractor who was hired, and left: HR gives the mail and the login of before only later."""
    contractor = worker("V7", job("left", last="2026-11-01"), mail="han@corp.example", logins=("han",))
    employee = worker("2001", job("left", start="2026-11-02", last="2026-11-13"))
    office.vendors.workers = [contractor]
    office.hr.workers = [employee, STAFF]
    office.directory.accounts = [
        login("han", mail("han@corp.example"), login="han"),
        login("han2", number("2001")),
    ]
    office.night()
    before = {row[0] for row in findings(office.session)}
    assert len(tickets_of(people, office.queue)) == 2

    office.hr.workers = [replace(employee, mail="han@corp.example", logins=contractor.logins), STAFF]
    office.night()
    office.night()

    assert office.session.execute("select count(distinct person_uid)::int from worker").fetchone() == (2,)
    assert {row[0] for row in findings(office.session)} == before
    assert {row[1] for row in findings(office.session)} == {"open"}
    assert len(tickets_of(people, office.queue)) == 2
    assert office.tracker.calls == []


def test_an_employee_who_was_a_contractor_is_no_leaver_any_more(office: Office, people: ListedPeople) -> None:
    contractor = worker("V7", job("left", last="2026-11-13"), mail="han@corp.example", logins=("han",))
    office.vendors.workers = [contractor]
    office.hr.workers = [STAFF]
    office.directory.accounts = [login("han", mail("han@corp.example"), login="han")]
    office.night()
    (ticket,) = tickets_of(people, office.queue)
    assert ticket.is_open

    office.hr.workers = [
        worker("2001", job("active", start="2026-11-14"), mail="han@corp.example", logins=("han",)),
        STAFF,
    ]
    office.night()

    (ticket,) = tickets_of(people, office.queue)
    assert not ticket.is_open
