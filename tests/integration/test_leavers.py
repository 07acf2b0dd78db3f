"""What a SIEM is told of leavers: everything that a use would show by, and nothing that somebody at work goes by."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind, Standing, SubjectKind
from offboarding.store.connect import Session
from offboarding.store.reading.leavers import LeaverIdentifier, leavers
from tests.support.begun import Begun, beginnings, begun
from tests.support.listed_tracker import tracker
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.small_company import KIM, LEE, LEFT, WORKS, job, mail, number, tag, worker
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "tracker"]  # fixtures

USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
ENTRY = login("kim", number("1042"), mail(KIM), login="kim")
KEY = access_key("AKIAAAAAAAAAAAAAAAAA", USER)
SSH = replace(access_key("APKAKIM", USER), kind=SubjectKind.SSH_KEY, fingerprint="SHA256:kim")
CERTIFICATE = replace(access_key("ab" * 32, ENTRY), kind=SubjectKind.CERTIFICATE)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.directory.lists_credentials = True
    office.hr.workers = [worker("1042", LEFT, mail=KIM), *(worker(f"20{place:02}") for place in range(11))]
    office.vendors.workers = [worker("V1")]
    office.directory.accounts = [ENTRY]
    office.directory.credentials = [CERTIFICATE]
    office.cloud.accounts = [USER]
    office.cloud.credentials = [KEY, SSH, replace(KEY, native_id="AIDAKIM", kind=SubjectKind.CONSOLE_PASSWORD)]
    office.night()
    return office


@pytest.fixture
def office(begun: Begun) -> Office:
    """Kim has left, with a directory login, a certificate on it, and an IAM user with two keys and a password."""
    return begun(first_night)


def found(office: Office, days: int | None = None) -> list[LeaverIdentifier]:
    since = office.session.execute("select max(reads_since) from run where finished_at is not null").fetchone()
    assert since
    assert isinstance(since[0], datetime)
    return leavers(office.session, as_of=office.as_of, days=days, since=since[0])


def listed(office: Office, days: int | None = None) -> set[tuple[str, str]]:
    told = found(office, days)
    return {(each.identifier_kind.value, each.identifier) for each in told if not each.shared and not each.waits}


ENTRYS = {
    ("native_id", "kim"),
    ("login", "kim"),
    ("dn", "uid=kim,dc=corp"),
    ("mail", KIM),
    ("thumbprint", "ab" * 32),
}
USERS = {
    ("native_id", "AIDAKIM"),
    ("login", "aidakim"),
    ("arn", "arn:aws:iam::111111111111:user/aidakim"),
    ("access_key_id", KEY.native_id),
    ("credential_id", "APKAKIM"),
    ("ssh_fingerprint", "SHA256:kim"),
}


def test_everything_that_a_use_would_show_by_is_listed(office: Office) -> None:
    assert listed(office) == ENTRYS | USERS


def test_each_says_whose_it_is_from_when_on_and_whether_it_works(office: Office) -> None:
    key = next(each for each in found(office) if each.identifier == KEY.native_id)

    assert (key.id_space, key.worker_id, key.basis) == ("hr", "1042", "actual")
    assert key.left_at == datetime(2026, 11, 13, 15, tzinfo=UTC)
    assert key.certain_at >= key.left_at
    assert (key.source, key.account_native_id, key.thing) == ("aws", "AIDAKIM", SubjectKind.ACCESS_KEY)
    assert (key.standing, key.gone_at) == (Standing.WORKS, None)


@some_of(
    1,
    "jobs",
    [(WORKS,), (job(last="2999-01-01"),), (job(end="2026-11-13"),), (job(last="2026-12-24"),)],
    ids=["at work", "no day", "a plan that nobody confirmed", "leaves later"],
)
def test_nobody_is_listed_who_has_not_left_for_certain(office: Office, jobs: tuple[object, ...]) -> None:
    office.hr.change("1042", employments=jobs)
    office.night()

    assert found(office) == []


def test_who_left_longer_ago_may_be_left_out(office: Office) -> None:
    assert listed(office, days=13)
    assert not listed(office, days=3)


def test_who_left_longer_ago_is_no_colleague(office: Office) -> None:
    """A key of two leavers is listed as the later one's, too, where the earlier one isn't asked for."""
    office.hr.workers.append(worker("1043", job("left", last="2026-10-01"), mail=LEE))
    office.cloud.accounts.append(user("AIDALEE", tag(IdentityKeyKind.NUMBER, "1043")))
    office.night()
    copies_key(office, "APKAKIM", "AIDALEE")

    assert listed(office, days=14) == ENTRYS | USERS


def test_what_stands_on_a_list_is_not_said_to_be_dead(office: Office) -> None:
    office.session.execute("update account set attested_at = now(), gone_at = now() where native_id = 'kim'")

    assert {each.standing for each in found(office) if each.account_native_id == "kim"} == {Standing.UNKNOWN}


def test_a_thing_that_is_gone_stays_listed_and_is_dead(office: Office) -> None:
    office.cloud.remove(KEY.native_id)
    office.night()

    (key,) = [each for each in found(office) if each.identifier == KEY.native_id]
    assert key.standing is Standing.DEAD
    assert key.gone_at


def test_what_was_not_read_is_not_said_to_work(office: Office) -> None:
    office.cloud.denied = "iam:ListAccessKeys is missing"
    office.night()

    (key,) = [each for each in found(office) if each.identifier == KEY.native_id]
    assert key.standing is Standing.UNKNOWN


def test_a_name_that_somebody_else_took_over_is_not_listed(office: Office) -> None:
    """The entry and the user were deleted, and made again for somebody who works here."""
    office.hr.workers.append(worker("1043", mail=LEE))
    heir = replace(login("kim2", number("1043"), mail(LEE), login="KIM"), label="UID=kim,dc=corp")
    office.directory.accounts = [heir]
    office.cloud.accounts = [replace(USER, native_id="AIDALEE", keys=())]
    office.night()

    names = {("login", "kim"), ("dn", "uid=kim,dc=corp"), ("login", "aidakim")}
    arn = ("arn", "arn:aws:iam::111111111111:user/aidakim")
    assert listed(office) == (ENTRYS | USERS) - names - {arn}


def test_a_key_that_a_colleague_uses_too_is_not_listed(office: Office) -> None:
    office.hr.workers.append(worker("1043", mail=LEE))
    other = user("AIDALEE", tag(IdentityKeyKind.NUMBER, "1043"))
    office.cloud.accounts.append(other)
    office.night()
    copies_key(office, "APKAKIM", "AIDALEE")

    assert listed(office) == (ENTRYS | USERS) - {("ssh_fingerprint", "SHA256:kim")}


def test_a_key_of_a_workload_that_a_colleague_answers_for_is_not_listed(office: Office) -> None:
    office.hr.workers.append(worker("1043", mail=LEE))
    office.cloud.accounts.append(user("AIDADEPLOY"))
    office.night()
    copies_key(office, "APKAKIM", "AIDADEPLOY")
    answers_for(office, "1042", "AIDADEPLOY")
    assert listed(office) == ENTRYS | USERS, "it's Kim's alone"

    answers_for(office, "1043", "AIDADEPLOY")
    assert listed(office) == (ENTRYS | USERS) - {("ssh_fingerprint", "SHA256:kim")}


def copies_key(office: Office, key: str, onto: str) -> None:
    office.session.execute(
        "insert into credential select a.account_pk, c.standing, c.can_reactivate, c.gone_at, c.kind, 'APKACOPY',"
        " c.label, c.standing_reason, c.effect, c.fingerprint, c.created_at, c.last_used_at, c.last_used_service,"
        " c.last_used_region, c.observed_at from credential c join account a on a.native_id = %s"
        " where c.native_id = %s",
        [onto, key],
    )


def answers_for(office: Office, worker_id: str, native_id: str) -> None:
    office.session.execute(
        "insert into link (account_pk, person_uid, relation, decision, score, definite, own_now, valid_from, evidence)"
        " select a.account_pk, w.person_uid, 'owns', 'linked', 100, true, true, now(), '[]'"
        " from account a, worker w where a.native_id = %s and w.worker_id = %s",
        [native_id, worker_id],
    )


def test_an_account_that_a_colleague_answers_for_is_not_listed(office: Office) -> None:
    office.hr.workers.append(worker("1043", mail=LEE))
    office.night()
    answers_for(office, "1043", "AIDAKIM")

    assert listed(office) == ENTRYS
    assert {(each.identifier_kind.value, each.identifier) for each in found(office) if each.shared} == USERS, "counted"


def test_departures_of_a_roster_that_the_guard_does_not_believe_are_not_listed(office: Office) -> None:
    """A file in which half the company has left; Kim's departure was accepted before it."""
    everybody = [each.worker_id for each in office.hr.workers[1:]]
    office.directory.accounts += [login(f"u{each}", number(each), login=f"u{each}") for each in everybody]
    office.night()
    for each in everybody:
        office.hr.change(each, employments=(job("left", last="2026-11-20"),))
    office.night()

    assert {kind for kind, _ in office.holds} >= {"roster"}
    assert listed(office) == ENTRYS | USERS
    assert {each.worker_id for each in found(office) if each.waits} == set(everybody)


def test_whose_departure_is_not_believed_still_works_here(office: Office) -> None:
    """A file in which half the company has left: who took over the name, has the key, and answers for the user."""
    office.hr.workers.append(worker("1043", mail=LEE))
    everybody = [each.worker_id for each in office.hr.workers[1:]]
    heir = login("u1043", number("1043"), login="kim")
    office.directory.accounts = [heir, *(login(f"u{each}", number(each), login=f"u{each}") for each in everybody[:-1])]
    office.cloud.accounts.append(user("AIDALEE", tag(IdentityKeyKind.NUMBER, "1043")))
    office.night()
    for each in everybody:
        office.hr.change(each, employments=(job("left", last="2026-11-20"),))
    office.night()
    assert {each.worker_id for each in found(office) if each.waits} == set(everybody)

    copies_key(office, "APKAKIM", "AIDALEE")
    assert listed(office) == (ENTRYS | USERS) - {("login", "kim"), ("ssh_fingerprint", "SHA256:kim")}
    assert not any(each.shared for each in found(office) if each.waits)
    answers_for(office, "1043", "AIDAKIM")
    assert listed(office) == ENTRYS - {("login", "kim")}


def test_a_first_night_that_waits_for_a_release_lists_nothing(store: Session, tracker: Tracker) -> None:
    office = Office(session=store, tracker=HeardTracker(tracker), policy={"baseline": "hold"})
    office.hr.workers = [worker("1042", LEFT, mail=KIM)]
    office.vendors.workers = [worker("V1")]
    office.directory.accounts = [ENTRY]
    office.night()

    assert found(office)
    assert listed(office) == set()


def test_the_list_is_the_same_each_time(office: Office) -> None:
    first = found(office)
    assert found(office) == first
    office.night()
    assert found(office) == first


def test_who_comes_back_is_taken_off(office: Office) -> None:
    office.hr.change("1042", employments=(LEFT, job(start="2026-11-25")))
    office.as_of += timedelta(days=1)
    office.night()

    assert found(office) == []
