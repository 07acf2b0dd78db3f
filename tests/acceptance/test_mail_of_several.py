"""Nobody's account is lost, or somebody else's, because another HR record bears the same mail or login.

Kim's entry is Kim's by their work mail alone. Whoever writes another record, a vendor's or a colleague's, gives it that
mail, and Kim leaves. Beside it stands who leaves and bears what a newcomer bears, whose entry was made ahead of the
first day; and an address that was really handed on.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, IdentityKeyKind, Worker
from offboarding.store.connect import Session
from tests.acceptance.test_own_entry import (
    BEGAN,
    COLLEAGUE,
    KEY,
    LEES,
    WORKS,
    QuietOffice,
    entry,
    evidence,
    is_used,
    links,
    standing,
)
from tests.support.office import HeardTracker, Office, access_key, user
from tests.support.small_company import KIM, LEE, job, mail, number, owner, worker
from tests.support.variants import variants

pytestmark = pytest.mark.slow

ENTRY = entry(mail(KIM))
STRANGER = worker("v1", job(start="2010-01-01"), mail=KIM, name="Someone")
RECORDS = {
    "a vendor's record": STRANGER,
    "a vendor who began after the entry was made": replace(STRANGER, employments=(job(start="2026-06-01"),)),
    "a vendor whose days nobody tells": replace(STRANGER, employments=(job(),)),
    "a colleague's former mail": replace(COLLEAGUE, former_mails=("kim+x@corp.example",)),
}
Record = Callable[[str, object], None]


@pytest.fixture
def office(store: Session) -> Office:
    made = QuietOffice(session=store, tracker=HeardTracker(cast("Tracker", None)), as_of=BEGAN)
    made.directory.lists_credentials = True
    made.hr.workers = [WORKS, COLLEAGUE]
    made.vendors.workers = [worker("v2")]
    made.directory.accounts = [LEES, ENTRY]
    return made


def written(office: Office, record: Worker) -> None:
    """The night that reads it."""
    if record.worker_id == COLLEAGUE.worker_id:
        office.hr.workers = [record if each.worker_id == record.worker_id else each for each in office.hr.workers]
    else:
        office.vendors.workers = [record, worker("v2")]
    office.night()


def leaves(office: Office, worker_id: str = "1042", *, days: int = 44) -> None:
    """Their last day is the one before the next night."""
    office.as_of += timedelta(days=days)
    last = (office.as_of - timedelta(days=1)).date().isoformat()
    office.hr.change(worker_id, employments=(job("left", last=last),))
    office.night()


def disputed_and_told(office: Office, record: Worker, record_property: Record) -> None:
    gone = standing(office, ENTRY)
    is_used(office, ENTRY)
    used = standing(office, ENTRY)
    record_property("attacks", 1)
    record_property("silent", int(not gone or "used-after-departure" not in used))

    assert links(office, ENTRY) == [("1042", "disputed"), (record.worker_id, "disputed")]
    assert gone["disputed-account"] == ("1042", "high", 24.0)
    assert used["used-after-departure"][:2] == ("1042", "critical")
    told = evidence(office, "disputed-account")
    assert "HR gives the mail to" in told
    assert f"worker {record.worker_id} at the same time" in told
    assert f"Worker {record.worker_id} works here." in told


@variants(2, record=RECORDS, days=[44, 200])
def test_a_mail_that_another_record_bears_from_the_start(
    office: Office, record: Worker, days: int, record_property: Record
) -> None:
    written(office, record)
    leaves(office, days=days)

    disputed_and_told(office, record, record_property)


@variants(2, record=RECORDS, days=[44, 200])
def test_a_mail_that_another_record_bears_later(
    office: Office, record: Worker, days: int, record_property: Record
) -> None:
    office.night()
    written(office, record)
    leaves(office, days=days)

    disputed_and_told(office, record, record_property)


@variants(1, record=RECORDS)
def test_a_mail_that_another_record_bears_after_the_departure(
    office: Office, record: Worker, record_property: Record
) -> None:
    office.night()
    leaves(office)
    written(office, record)

    disputed_and_told(office, record, record_property)


def test_a_mail_that_somebody_suspended_bears_too(office: Office) -> None:
    """Who is suspended works here: it may be theirs, and isn't the leaver's alone."""
    written(office, replace(STRANGER, employments=(job(start="2010-01-01", circumstance="suspended"),)))

    leaves(office)

    assert links(office, ENTRY) == [("1042", "disputed"), ("v1", "disputed")]


@variants(1, record=RECORDS)
def test_where_the_entry_says_more_it_stays_whose_it_is(office: Office, record: Worker) -> None:
    office.directory.accounts = [LEES, entry(number("1042"), mail(KIM))]
    written(office, record)
    leaves(office)

    assert links(office, ENTRY) == [("1042", "linked")]
    assert standing(office, ENTRY)["leaver-account-works"] == ("1042", "high", 24.0)


@variants(2, record=RECORDS, named={"owner": owner(IdentityKeyKind.MAIL, KIM), "mail": mail(KIM)})
def test_a_workload_s_owner_by_mail_is_each_of_them(
    office: Office, record: Worker, named: Any, record_property: Record
) -> None:
    workload = user("SVC", named, service_like=True)
    office.cloud.accounts = [workload]
    office.cloud.credentials = [access_key(KEY, workload)]
    written(office, record)
    leaves(office)
    found = standing(office, workload)
    record_property("attacks", 1)
    record_property("silent", int(not found))

    assert links(office, workload) == [("1042", "linked"), (record.worker_id, "linked")]
    assert found["leaver-owned-service-account"][0] == "1042"


# --- nobody who works here -------------------------------------------------------------------------------------------


CHOIS = {
    "former mail": {"former": (LEE,), "logins": ("choi",)},
    "mail": {"mail": LEE, "logins": ("choi",)},
    "login": {"mail": "choi@corp.example", "logins": ("choi", "leeh")},
}


@variants(2, how=[*CHOIS], ahead=[10, 14, 60])
def test_who_leaves_takes_no_newcomer_s_entry_along(office: Office, how: str, ahead: int) -> None:
    """It was made before Lee's first day, while Choi, whose record bears what it says, worked here."""
    first = datetime(2026, 7, 20, tzinfo=UTC)
    lee = worker("1043", job(start="2026-07-20"), mail=LEE, name="Lee Haneul", logins=("leeh",))
    choi = worker("1044", name="Choi", **cast("dict[str, Any]", CHOIS[how]))
    said = entry(uid="lee", name="leeh") if how == "login" else entry(mail(LEE), uid="lee")
    office.hr.workers = [lee, choi]
    office.directory.accounts = [replace(said, created_at=first - timedelta(days=ahead))]
    office.night()
    leaves(office, "1044", days=1)

    assert links(office, said) == [("1043", "disputed"), ("1044", "disputed")]
    assert set(standing(office, said)) == {"disputed-account"}
    assert "Worker 1043 works here." in evidence(office, "disputed-account")


@pytest.mark.parametrize(("began", "decision"), [(1, "disputed"), (-30, "disputed"), (-31, "linked")])
def test_who_is_taken_on_from_a_list_that_tells_no_last_day_may_work_here(
    office: Office, began: int, decision: str
) -> None:
    """Under another number and login: what both records bear is the mail, and the list has them no more."""
    said, others = entry(uid="ext", name="ext-lee"), [worker(f"v{number}") for number in range(2, 14)]
    office.vendors.workers = [worker("v1", mail=LEE, logins=("ext-lee",)), *others]
    office.directory.accounts = [said]
    office.night()
    assert links(office, said) == [("v1", "linked")]

    first = (office.as_of + timedelta(days=1 + began)).astimezone(ZoneInfo("Asia/Seoul")).date().isoformat()
    office.vendors.workers = others
    office.hr.workers = [WORKS, worker("1045", job(start=first), mail=LEE, logins=("leeh",))]
    office.night()
    assert links(office, said) == [("v1", decision)]
    assert ("leaver-account-works" in standing(office, said)) is (decision == "linked")


@pytest.mark.parametrize(("began", "decision"), [(1, "disputed"), (30, "disputed"), (31, "linked")])
@pytest.mark.parametrize("kept", ["login", "mail"])
def test_who_is_taken_on_and_keeps_one_of_both_may_work_here(
    office: Office, kept: str, began: int, decision: str
) -> None:
    """A contract ends, HR hires them under another number, and the entry says what the vendor's record does."""
    said = entry(mail("lee@vendor.example"), uid="lee", name="leeh")
    office.directory.accounts = [said]
    office.vendors.workers = [worker("v1", mail="lee@vendor.example", logins=("leeh",)), worker("v2")]
    office.night()
    assert links(office, said) == [("v1", "linked")]

    last = office.as_of.date()
    over, first = last.isoformat(), (last + timedelta(days=began)).isoformat()
    office.as_of += timedelta(days=40)
    left = worker("v1", job("left", last=over), mail="lee@vendor.example", logins=("leeh",))
    office.vendors.workers = [left, worker("v2")]
    same: dict[str, Any] = (
        {"logins": ("leeh",), "mail": LEE} if kept == "login" else {"logins": ("lee",), "mail": "lee@vendor.example"}
    )
    office.hr.workers = [WORKS, COLLEAGUE, worker("1045", job(start=first), **same)]
    office.night()

    assert links(office, said)[-1] == ("v1", decision)
    assert ("leaver-account-works" in standing(office, said)) is (decision == "linked")


HANDED_ON: dict[str, tuple[dict[str, Any], Account]] = {
    "mail": ({"mail": LEE}, entry(mail(LEE), uid="old")),
    "login": ({"logins": ("leeh",)}, entry(uid="old", name="leeh")),
}


@pytest.mark.parametrize(("bears", "old"), HANDED_ON.values(), ids=HANDED_ON)
def test_what_was_handed_on_stays_with_who_bore_it_then(office: Office, bears: dict[str, Any], old: Account) -> None:
    before = worker("900", job("left", start="2010-01-01", last="2024-06-30"), name="Lee Haneul", **bears)
    office.hr.workers = [before, worker("1043", job(start="2026-01-07"), name="Lee Harin", **bears)]
    office.directory.accounts = [replace(old, created_at=datetime(2015, 3, 1, tzinfo=UTC))]
    office.night()

    assert links(office, old) == [("900", "linked")]
    assert "leaver-account-works" in standing(office, old)
