"""How runs ended is held against the record, and what changes of it later in the regular way is no edit."""

from datetime import timedelta

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Coverage, ReadPhase, RequestCounts
from offboarding.runs.whole import whole_night
from offboarding.store import events, reading, run_ends, runs, withdrawals
from offboarding.store.accepted_reads import accept_read
from offboarding.store.connect import Session
from offboarding.store.locks import lock_findings
from offboarding.store.rosters import RosterRead, RosterRow
from offboarding.store.sources import SourceRead
from tests.support.begun import Begun, beginnings, begun
from tests.support.listed_tracker import people, tracker
from tests.support.office import HeardTracker, Office
from tests.support.small_company import LEFT, STAFF, worker
from tests.support.variants import some_of

__all__ = ["beginnings", "begun", "people", "tracker"]  # fixtures


def two_nights(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [worker("1042", LEFT), STAFF, *(worker(str(each)) for each in range(2000, 2040))]
    office.night()
    office.hr.workers = office.hr.workers[:5]
    office.night()
    assert run_ends.troubles(office.session) == []
    return office


@pytest.fixture
def ended(begun: Begun) -> Office:
    """After a night that read all, and one whose roster was read short."""
    return begun(two_nights)


def last_said(session: Session) -> tuple[object, ...] | None:
    return session.execute(
        "select about, actor, text::jsonb ? 'reads' from finding_event order by seq desc limit 1"
    ).fetchone()


def begin_again(office: Office, run_id: int) -> None:
    roster = RosterRow(name="hr", id_space="hr", login_realm=None, coverage=Coverage.FULL)
    RosterRead.begin(office.session, roster, run_id, office.as_of)


def test_a_run_ends_with_the_event_whose_hash_its_report_prints(ended: Office) -> None:
    assert last_said(ended.session) == ("run:2", "run 2", True)
    assert reading.night(ended.session, 2).record == events.head(ended.session)


def test_a_read_that_somebody_accepts_is_no_edit(ended: Office) -> None:
    accept_read(ended.session, 2, "hr", reason="a site closed", author="analyst")

    assert last_said(ended.session) == ("run:2", "analyst", True)
    assert run_ends.troubles(ended.session) == []


def test_reads_that_are_drawn_back_with_a_withdrawn_run_are_no_edit(ended: Office) -> None:
    with ended.session.transaction():
        lock_findings(ended.session)
        began = runs.run(ended.session, 1).reads_since - timedelta(days=1)
        withdrawals.withdraw(ended.session, 2, reason="r", author="analyst", moment=began)

    assert ended.session.execute("select count(*) from roster_read where observed_at > %s", [began]).fetchone() == (0,)
    assert run_ends.troubles(ended.session) == []


def test_a_task_that_is_repeated_after_the_run_ended_is_no_edit(ended: Office) -> None:
    begin_again(ended, 2)
    assert last_said(ended.session) == ("run:2", "run 2", False)
    assert run_ends.troubles(ended.session) == [], "its reads are told once it ends again"
    ended.session.execute("update run set as_of = as_of - interval '1 day' where run_id = 2")
    assert "run 2 says something else" in run_ends.troubles(ended.session)[0]
    ended.session.execute("update run set as_of = as_of + interval '1 day' where run_id = 2")

    caller = runs.caller_of(ended.session, 2)
    whole_night(ended.session, ended.settings, ended.readers(), caller=caller, as_of=ended.as_of)

    assert last_said(ended.session) == ("run:2", "run 2", True)
    assert run_ends.troubles(ended.session) == []


@some_of(1, "forged", ["update source_read set status = 'failed'", "update run set waiting = 7"])
def test_what_was_edited_stays_so_whatever_is_written_down_later(ended: Office, forged: str) -> None:
    ended.session.execute(forged.encode())
    found = run_ends.troubles(ended.session)

    accept_read(ended.session, 2, "hr", reason="a site closed", author="analyst")
    begin_again(ended, 1)

    assert len(found) == 2
    assert run_ends.troubles(ended.session) == found


def test_an_event_that_somebody_made_illegible_stops_nothing(ended: Office) -> None:
    ended.session.execute("update finding_event set text = 'x' where about = 'run:2'")

    accept_read(ended.session, 2, "hr", reason="a site closed", author="analyst")

    assert len(run_ends.troubles(ended.session)) == 1


@some_of(1, "what", ["roster", "source"])
def test_a_read_that_ends_after_the_report_is_no_edit(ended: Office, what: str) -> None:
    """Its task was given up, and went on."""
    store = ended.session
    roster = RosterRow(name="hr", id_space="hr", login_realm=None, coverage=Coverage.FULL)
    source = SourceRead.begin(store, source="corp-ldap", kind="ldap", part="", phase=ReadPhase.COLLECT, run_id=2)
    late = RosterRead.begin(store, roster, 2, ended.as_of)
    runs.close_run(store, 2, red=["a read has no end"], waiting=0)
    assert run_ends.troubles(store) == []

    if what == "roster":
        late.fail("the server is away")
    else:
        source.fail("the server is away", RequestCounts())

    assert run_ends.troubles(store) == []
