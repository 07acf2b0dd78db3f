"""An entry that names an account by its label means whoever bore it when the entry began, and nobody who does later.

Beside the attacks stand their innocent twins, in which the entry goes on covering what it was written for.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account
from offboarding.model.errors import FatalError
from offboarding.report import night as report
from offboarding.runs import pipeline
from offboarding.store import reading, recorded
from offboarding.store.connect import Session
from tests.support.begun import Begun
from tests.support.office import HeardTracker, Office, login
from tests.support.red import why_red
from tests.support.small_company import LEFT, STAFF, number, worker
from tests.support.variants import variants
from tests.support.whole_night import NightTold

pytestmark = pytest.mark.slow

LEE_LEFT = worker("1044", LEFT, mail="lee@corp.example", name="Lee Haneul")
DESK = "uid=desk,dc=corp"
"""Of a login that Lee left behind, which may stand for a while."""
TAKEN = "bears a label that an exception names"
NOTHING = "no account read there is the one that an exception until"
RECORD = Callable[[str, object], None]


def desk(native_id: str = "desk") -> Account:
    return replace(login(native_id, number("1044")), label=DESK)


def granted(office: Office, *, days: int = 60, **own: Any) -> dict[str, Any]:
    expires = (office.as_of + timedelta(days=days)).date()
    return {"reason": "the kiosk is moved in December", "approver": "Soyeon", "expires": expires, **own}


def entry(office: Office, account: str = DESK, **own: Any) -> dict[str, Any]:
    return {"exceptions": [granted(office, source="corp-ldap", account=account, **own)]}


def kim_and_lee_left(office: Office) -> Office:
    office.hr.workers = [worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun"), LEE_LEFT, STAFF]
    office.directory.accounts = [login("kim", number("1042")), desk()]
    office.let_stand = entry(office)
    return office


@pytest.fixture
def company(office: Office) -> Office:
    """Kim and Lee have left, a login of each still works, and Lee's may, by the label it bears."""
    return kim_and_lee_left(office)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = kim_and_lee_left(Office(session=session, tracker=HeardTracker(tracker)))
    office.night()
    assert states(office) == {"kim": "open", "desk": "excepted"}
    return office


@pytest.fixture
def looked(begun: Begun) -> Office:
    """A night has seen who bears the label."""
    return begun(first_night)


def label_taken(session: Session, tracker: Tracker) -> Office:
    office = first_night(session, tracker)
    renamed_once_it_is_renamed(office)
    office.night()
    return office


@pytest.fixture
def taken(begun: Begun) -> Office:
    """Kim's bears the label since the second night."""
    return begun(label_taken)


def states(office: Office) -> dict[str, str]:
    """Of each login, by its own id."""
    rows = office.session.execute("select account_native_id, state from finding where rule = 'leaver-account-works'")
    return {str(native_id): str(state) for native_id, state in rows}


def screen(office: Office, told: NightTold) -> str:
    return " ".join(report.render(reading.night(office.session, told.run.run_id), "Asia/Seoul").split())


def takes_the_label(office: Office, native_id: str = "kim") -> None:
    office.directory.change(native_id, label=DESK)


def renamed_once_it_is_gone(office: Office) -> None:
    office.directory.remove("desk")
    takes_the_label(office)


def renamed_once_it_is_renamed(office: Office) -> None:
    office.directory.change("desk", label="uid=kiosk,dc=corp")
    takes_the_label(office)


def made_once_it_is_gone(office: Office) -> None:
    office.directory.remove("desk")
    office.directory.accounts.append(replace(login("kim-2", number("1042")), label=DESK))


def made_beside_it(office: Office) -> None:
    office.directory.accounts.append(replace(login("kim-2", number("1042")), label=DESK))


TAKEOVERS = [renamed_once_it_is_gone, renamed_once_it_is_renamed, made_once_it_is_gone, made_beside_it]


@pytest.mark.parametrize("take_over", TAKEOVERS)
def test_whoever_takes_a_label_over_is_not_covered_and_told_once(
    looked: Office, take_over: Callable[[Office], None], record_property: RECORD
) -> None:
    take_over(looked)
    said = screen(looked, looked.night())

    kims = {native_id: state for native_id, state in states(looked).items() if native_id.startswith("kim")}
    record_property("attacks", 1)
    record_property("silent", 0 if set(kims.values()) == {"open"} and TAKEN in said else 1)
    assert set(kims.values()) == {"open"}
    assert f"corp-ldap {list(kims)[-1]} {TAKEN}" in said
    assert DESK not in said
    assert TAKEN not in screen(looked, looked.night()), "once"


FORGED = {
    "a row more": "insert into excepted_account (source, label, realm, native_id, covered, run_id, valid_from)"
    " select source, label, realm, 'kim', true, run_id, valid_from from excepted_account where native_id = 'desk'",
    "an edited row": "update excepted_account set native_id = 'kim' where native_id = 'desk'",
    "two rows, exchanged": "update excepted_account"
    " set native_id = case native_id when 'kim' then 'desk' else 'kim' end",
    "what came later, covered": "update excepted_account set covered = true",
    "no row": "delete from excepted_account",
}


@variants(3, sql=FORGED)
def test_what_is_forged_covers_nobody(taken: Office, sql: str, record_property: RECORD) -> None:
    taken.session.execute(sql.encode())

    told = taken.night()

    red = "; ".join(why_red(reading.night(taken.session, told.run.run_id)))
    record_property("attacks", 1)
    record_property("silent", 0 if "excepted account" in red else 1)
    assert "excepted account" in red
    assert states(taken) == {"kim": "open", "desk": "excepted"}
    assert recorded.troubles(taken.session) == []


def test_what_is_renamed_stays_covered(looked: Office) -> None:
    looked.directory.change("desk", label="uid=kiosk,dc=corp")

    said = [screen(looked, looked.night()) for _ in range(3)]

    assert states(looked) == {"kim": "open", "desk": "excepted"}
    assert not any(TAKEN in each or NOTHING in each for each in said)


def test_the_same_entry_on_many_nights_writes_one_row(company: Office) -> None:
    for _ in range(3):
        company.night()

    rows = company.session.execute("select native_id, covered, valid_to from excepted_account").fetchall()
    assert rows == [("desk", True, None)]


def test_an_edited_entry_goes_on_meaning_the_same(looked: Office) -> None:
    renamed_once_it_is_renamed(looked)
    looked.let_stand = entry(looked, days=90, rule="leaver-account-works")

    looked.night()

    assert states(looked) == {"kim": "open", "desk": "excepted"}


def test_an_entry_of_another_label_means_who_bears_that(looked: Office) -> None:
    looked.let_stand = entry(looked, account="uid=kim,dc=corp")

    looked.night()

    assert states(looked) == {"kim": "excepted", "desk": "open"}


def test_an_entry_that_was_taken_out_and_is_written_anew_means_who_bears_the_label_then(looked: Office) -> None:
    looked.directory.remove("desk")
    looked.directory.accounts.append(desk("desk-2"))
    looked.night()
    assert states(looked)["desk-2"] == "open"

    looked.let_stand = {}
    looked.night()
    looked.let_stand = entry(looked)
    looked.night()

    assert states(looked)["desk-2"] == "excepted"


def test_a_native_id_needs_no_label(company: Office) -> None:
    company.let_stand = entry(company, account="desk")
    company.night()
    company.directory.change("kim", label="desk")

    said = screen(company, company.night())

    assert states(company) == {"kim": "open", "desk": "excepted"}
    assert NOTHING not in said


def test_an_entry_may_be_written_on_the_day_its_account_is_made(company: Office) -> None:
    company.let_stand = {}
    company.directory.remove("desk")
    company.night()

    company.let_stand = entry(company)
    company.directory.accounts.append(desk())
    company.night()

    assert states(company) == {"kim": "open", "desk": "excepted"}


def test_a_label_that_nothing_bears_is_told_once_and_nobodys_to_take(company: Office, record_property: RECORD) -> None:
    company.directory.remove("desk")
    first, second = (screen(company, company.night()) for _ in range(2))

    takes_the_label(company)
    said = screen(company, company.night())

    record_property("attacks", 1)
    record_property("silent", 0 if states(company) == {"kim": "open"} and TAKEN in said else 1)
    assert NOTHING in first
    assert NOTHING not in second
    assert states(company) == {"kim": "open"}
    assert TAKEN in said


def test_a_source_that_was_not_read_says_nothing_of_who_bears_a_label(company: Office) -> None:
    company.let_stand = {}
    company.night()
    company.let_stand = entry(company)
    company.directory.error = FatalError("corp-ldap: it doesn't answer")
    said = screen(company, company.night())
    assert NOTHING not in said

    company.directory.error = None
    company.night()

    assert states(company) == {"kim": "open", "desk": "excepted"}


def test_what_stood_before_labels_were_kept_goes_on_standing_at_the_first_look(looked: Office) -> None:
    # As a store of before has it: nothing is known of labels, and nothing recorded.
    with looked.session.transaction(), recorded.followed(looked.session, actor="the test"):
        looked.session.execute("delete from excepted_account")
    looked.as_of += timedelta(hours=1)

    run = pipeline.open_verify(looked.session, looked.settings, caller="an hour", as_of=looked.as_of)
    assert run is not None
    pipeline.evaluate(looked.session, looked.settings, run)

    assert states(looked) == {"kim": "open", "desk": "excepted"}
