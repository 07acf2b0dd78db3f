"""What may stand for a while, night after night, on a real store, with a tracker in a list."""

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from offboarding.interfaces import Tracker
from offboarding.model import Account, IdentityKeyKind, LeftOut, Problem, Severity, Standing, keys
from offboarding.model.errors import FatalError
from offboarding.report import night as report
from offboarding.runs.whole import whole_night
from offboarding.store import exceptions, reading, runs
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from offboarding.store.rows import RegisterEffect
from tests.support.begun import Begun
from tests.support.desk import SeenTicket, tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import CLOUD, HeardTracker, Office, access_key, login, switched_off, user
from tests.support.red import why_red
from tests.support.rows import CHANGES
from tests.support.small_company import LEFT, NIGHT, STAFF, number, tag, worker
from tests.support.variants import some_of

KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"
FIRST_DAY = (NIGHT + timedelta(days=1, hours=9)).date()
"""In Seoul, of the first night."""


def cloud_user() -> Account:
    return user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))


def kim_left(office: Office) -> Office:
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts = [login("kim", number("1042"))]
    office.cloud.accounts = [cloud_user()]
    office.cloud.credentials = [access_key(KEY, cloud_user())]
    return office


@pytest.fixture
def kim(office: Office) -> Office:
    """Kim has left, and a login and an access key of his still work."""
    return kim_left(office)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = kim_left(Office(session=session, tracker=HeardTracker(tracker)))
    office.night()
    return office


@pytest.fixture
def ticketed(begun: Begun) -> Office:
    """A night has opened a ticket on both."""
    return begun(first_night)


def granted(days: int = 1, **own: Any) -> dict[str, Any]:
    """An entry that counts for so many days from the first night's on."""
    expires = date.fromordinal(FIRST_DAY.toordinal() + days)
    return {"reason": "the job is moved in December", "approver": "Soyeon", "expires": expires, **own}


def states(office: Office) -> dict[str, str]:
    rows = office.session.execute("select rule, state from finding").fetchall()
    return {str(rule): str(state) for rule, state in rows}


def only(people: ListedPeople, office: Office) -> SeenTicket:
    (ticket,) = tickets_of(people, office.queue)
    return ticket


def screen(office: Office, run_id: int) -> str:
    return report.render(reading.night(office.session, run_id), "Asia/Seoul")


def test_an_excepted_item_holds_no_ticket_and_says_by_whom_until_when(ticketed: Office, people: ListedPeople) -> None:
    ticketed.let_stand = {"exceptions": [granted(3, worker="hr:1042", rule="leaver-access-key")]}
    told = ticketed.night()

    assert states(ticketed) == {"leaver-account-works": "open", "leaver-access-key": "excepted"}
    ticket = only(people, ticketed)
    assert ticket.is_open
    assert "[-] 2." in ticket.body
    assert "May stand: excepted until 2026-11-30 00:00 KST, approved by Soyeon." in " ".join(ticket.body.split())
    assert "excepted until" in ticket.comments[-1]
    assert "Excepted    1 finding (python -m offboarding findings --state excepted)" in screen(
        ticketed, told.run.run_id
    )


def test_it_changes_nothing_while_it_counts_and_stands_again_when_the_entry_has_expired(
    kim: Office, people: ListedPeople
) -> None:
    kim.let_stand = {"exceptions": [granted(1, worker="hr:1042")], "acknowledgements": [granted(9, source="aws")]}
    kim.night()
    assert tickets_of(people, kim.queue) == []
    assert set(states(kim).values()) == {"excepted"}
    entries = kim.session.execute("select * from exception order by 1").fetchall()
    events = kim.session.execute(CHANGES).fetchone()

    # Its last day is the second night's: that night's moment is an hour after the day has begun.
    kim.night()
    assert set(states(kim).values()) == {"excepted"}
    assert kim.session.execute("select * from exception order by 1").fetchall() == entries
    assert kim.session.execute(CHANGES).fetchone() == events
    kim.night()

    assert set(states(kim).values()) == {"open"}
    assert only(people, kim).is_open
    assert broken_at(kim.session) is None


def test_a_ticket_closes_by_it_and_is_opened_again_after_it(ticketed: Office, people: ListedPeople) -> None:
    ticketed.let_stand = {"exceptions": [granted(3, worker="hr:1042")]}
    ticketed.night()
    closed = only(people, ticketed)
    assert not closed.is_open

    ticketed.let_stand = {}
    ticketed.night()

    again = only(people, ticketed)
    assert again.is_open
    assert any("stands again, the exception has ended" in said for said in again.comments)


def test_a_ticket_is_opened_again_after_it_though_nothing_can_be_read_that_night(
    ticketed: Office, people: ListedPeople
) -> None:
    ticketed.let_stand = {"exceptions": [granted(3, worker="hr:1042")]}
    ticketed.night()
    assert not only(people, ticketed).is_open

    ticketed.cloud.error = ticketed.directory.error = FatalError("no answer")
    ticketed.let_stand = {}
    ticketed.night()

    assert set(states(ticketed).values()) == {"unverified"}
    (again,) = (each for each in tickets_of(people, ticketed.queue) if "1042" in each.title)
    assert again.is_open


def test_what_is_excepted_is_still_looked_at_and_its_use_after_the_departure_is_not_covered(kim: Office) -> None:
    kim.let_stand = {"exceptions": [granted(9, worker="hr:1042")]}
    kim.directory.change("kim", last_used_at=NIGHT - timedelta(days=2))
    kim.night()
    used = {"used-after-departure": "open", "leaver-account-works": "excepted"}
    assert states(kim) == {**used, "leaver-access-key": "excepted"}
    kim.cloud.remove(KEY)

    kim.night()

    assert states(kim) == {**used, "leaver-access-key": "resolved"}


@some_of(
    3,
    ("own", "covered"),
    [
        ({"source": "aws", "account": "AIDAKIM"}, {"leaver-access-key"}),
        ({"source": "aws", "account": "AIDAKI"}, set()),
        ({"source": "corp-ldap", "rule": "leaver-account-works", "worker": "hr:1042"}, {"leaver-account-works"}),
        ({"source": "aws", "rule": "leaver-account-works", "worker": "hr:1042"}, set()),
        ({"worker": "hr:10"}, set()),
        ({"worker": "vendor:1042"}, set()),
    ],
    ids=str,
)
def test_covers_what_is_named_and_nothing_else(kim: Office, own: dict[str, str], covered: set[str]) -> None:
    kim.let_stand = {"exceptions": [granted(9, **own)]}

    kim.night()

    assert {rule for rule, state in states(kim).items() if state == "excepted"} == covered


EMPTY = (
    "insert into exception (kind, space, worker, reason, approver, expires_at, valid_from)"
    " values ('exception', %s, %s, 'r', 'a', %s, %s)"
)


def test_an_empty_text_is_no_entry_and_one_that_names_nobody_covers_nothing(ticketed: Office) -> None:
    until = ticketed.as_of + timedelta(days=9)
    with pytest.raises(psycopg.errors.CheckViolation), ticketed.session.transaction():
        ticketed.session.execute(EMPTY, ("hr", "", until, ticketed.as_of))

    for space, named in ((None, None), ("hr", None)):
        ticketed.session.execute(EMPTY, (space, named, until, ticketed.as_of))

    assert ticketed.session.execute("select finding_key from covering").fetchall() == []


@some_of(
    2,
    ("entry", "red"),
    [
        ({"source": "corp-ldap"}, False),
        ({"source": "corp-ldap", "part": "another"}, True),
        ({"source": "aws"}, True),
        ({"roster": "hr"}, True),
    ],
    ids=str,
)
def test_an_acknowledged_gap_is_shown_and_turns_no_night_red(kim: Office, entry: dict[str, str], *, red: bool) -> None:
    kim.directory.change("kim", standing=Standing.UNKNOWN, standing_reason="its lock isn't readable")
    kim.let_stand = {"acknowledgements": [granted(9, **entry)]}

    told = kim.night()

    seen = reading.night(kim.session, told.run.run_id)
    assert bool(why_red(seen)) is red
    assert "Known gaps" in screen(kim, told.run.run_id)
    assert "NOT CHECKED" in screen(kim, told.run.run_id)


def test_one_finding_may_be_acknowledged_by_its_key(kim: Office) -> None:
    kim.directory.change("kim", standing=Standing.UNKNOWN, standing_reason="its lock isn't readable")
    told = kim.night()
    assert why_red(reading.night(kim.session, told.run.run_id))
    key = kim.session.execute("select finding_key from finding where state = 'unverified'").fetchone()
    assert key is not None

    kim.let_stand = {"acknowledgements": [granted(9, finding=f"f-{str(key[0])[:8]}")]}
    told = kim.night()

    assert not why_red(reading.night(kim.session, told.run.run_id))


# --- what an exception never covers -----------------------------------------------------------------------------------


def whose(office: Office) -> dict[str, Any]:
    office.let_stand = {"exceptions": [granted(60, worker="hr:1042"), granted(60, worker="hr:1043")]}
    return office.let_stand


@some_of(1, "again", [False, True], ids=["of the same moment", "that is played again"])
def test_what_began_later_is_not_covered_by_a_night(ticketed: Office, *, again: bool) -> None:
    """By its moment it began when the entry was first read."""
    ticketed.let_stand = {"exceptions": [granted(20, worker="hr:1042")]}
    first = ticketed.night()
    ticketed.cloud.credentials = [*ticketed.cloud.credentials, access_key("AKIANEW", cloud_user())]

    if again:
        play_again(ticketed, first.run.run_id)
    else:
        ticketed.night(days=0)
    ticketed.night()

    found = ticketed.session.execute("select subject_native_id, state from finding order by 1").fetchall()
    assert found == [(KEY, "excepted"), ("AKIANEW", "open"), ("kim", "excepted")]


def play_again(office: Office, run_id: int) -> None:
    caller = runs.caller_of(office.session, run_id)
    whole_night(office.session, office.settings, office.readers(), caller=caller, as_of=office.as_of)


@pytest.mark.parametrize("is_listed", [True, False], ids=["both are listed", "one is gone"])
@some_of(1, ("named", "other"), [("1042", "1043"), ("1043", "1042")])
def test_a_worker_is_who_had_the_number_when_the_entry_was_first_read(
    ticketed: Office, named: str, other: str, *, is_listed: bool
) -> None:
    """HR gives it as another leaver's previous number since."""
    ticketed.hr.workers = [KIM, worker("1043", LEFT, name="Lee Haneul")]
    ticketed.directory.accounts += [login("lee", number("1043"))]
    ticketed.night()
    ticketed.let_stand = {"exceptions": [granted(20, worker=f"hr:{named}")]}
    ticketed.night()
    covered = excepted(ticketed)
    assert covered

    ticketed.hr.change(other, previous_worker_ids=(named,))
    if not is_listed:
        ticketed.hr.workers = [each for each in ticketed.hr.workers if each.worker_id != named]
    ticketed.night()

    assert excepted(ticketed) == covered


def excepted(office: Office) -> set[str]:
    rows = office.session.execute("select finding_key from finding where state = 'excepted'").fetchall()
    return {str(key) for (key,) in rows}


def test_what_began_or_works_again_after_an_exception_is_not_covered(kim: Office) -> None:
    whose(kim)
    kim.night()
    assert set(states(kim).values()) == {"excepted"}
    (works,) = kim.cloud.credentials
    kim.cloud.credentials = [replace(works, **switched_off())]
    kim.hr.workers = [KIM, worker("1043", LEFT, name="Lee Haneul")]
    kim.directory.accounts += [login("lee", number("1043"))]
    kim.night()

    found = kim.session.execute(
        "select account_native_id, rule, state from finding where rule <> 'leaver-access-key-inactive' order by 1"
    ).fetchall()
    assert found == [
        ("AIDAKIM", "leaver-access-key", "resolved"),
        ("kim", "leaver-account-works", "excepted"),
        ("lee", "leaver-account-works", "open"),
    ]

    kim.cloud.credentials = [works]
    kim.night()

    assert states(kim)["leaver-access-key"] == "open"


def test_what_becomes_critical_is_covered_no_more_and_is_red_once(kim: Office) -> None:
    whose(kim)
    kim.night()
    assert set(states(kim).values()) == {"excepted"}

    kim.policy = {"severities": {"leaver-access-key": "critical"}}
    told = kim.night()

    assert states(kim) == {"leaver-account-works": "excepted", "leaver-access-key": "open"}
    (why,) = why_red(reading.night(kim.session, told.run.run_id))
    assert "(leaver-access-key) is critical, and an exception of the file names it" in why
    again = kim.night()
    assert why_red(reading.night(kim.session, again.run.run_id)) == ()
    assert "is critical, and an exception" in screen(kim, again.run.run_id)


def test_what_is_newly_excepted_or_lowered_by_the_register_is_named_once_and_red_where_it_was_critical(
    ticketed: Office,
) -> None:
    lowered = RegisterEffect(
        finding_key="ab" * 16, rule="leaver-signing-key", severity=Severity.CRITICAL, lowered_to=None
    )
    whose(ticketed)

    def night() -> int:
        run_id = ticketed.night().run.run_id
        runs.note_register_effects(ticketed.session, run_id, [lowered])
        return run_id

    first, second = night(), night()
    shown, shown_again = screen(ticketed, first), screen(ticketed, second)

    for rule in ("leaver-account-works", "leaver-access-key"):
        assert re.search(rf"new: f-[0-9a-f]{{8}} (high|medium|low), {rule}", shown)
    assert "Register f-abababab critical, leaver-signing-key: custody.yaml alone" in " ".join(shown.split())
    assert len(why_red(reading.night(ticketed.session, first))) == 1
    assert ("new: f-" in shown_again, "f-abababab" in shown_again) == (False, False)
    assert why_red(reading.night(ticketed.session, second)) == ()


# --- a finding's short key --------------------------------------------------------------------------------------------

BEGINNING = "7c31a0b2"


@pytest.fixture
def alike(kim: Office, monkeypatch: pytest.MonkeyPatch) -> Office:
    """Every finding's key begins as an attacker can have it begin: 32 bits are found in a second."""
    row = kim.session.execute("select pg_get_functiondef('finding_key_of'::regproc)").fetchone()
    assert row is not None
    made = (
        str(row[0])
        .replace("select left(encode", "select overlay(left(encode")
        .replace("'hex'), 32)", f"'hex'), 32) placing '{BEGINNING}' from 1)")
    )
    kim.session.execute(made.encode())
    monkeypatch.setattr(keys, "_digest", lambda *parts, real=keys._digest: BEGINNING + real(*parts)[8:])
    return kim


def by_short_key(kind: str) -> dict[str, Any]:
    return {kind: [granted(20, finding=f"f-{BEGINNING}")]}


@some_of(1, "known", [True, False], ids=["of several", "of none"])
def test_a_short_key_that_is_not_one_finding_s_covers_nothing_and_is_red_once(alike: Office, *, known: bool) -> None:
    if known:
        alike.night()
    alike.let_stand = by_short_key("exceptions")

    told = alike.night()

    assert set(states(alike).values()) == {"open"}
    assert [BEGINNING in reason for reason in why_red(reading.night(alike.session, told.run.run_id))] == [True]
    again = alike.night()
    assert set(states(alike).values()) == {"open"}
    assert why_red(reading.night(alike.session, again.run.run_id)) == ()
    assert f"Not covered f-{BEGINNING}" in " ".join(screen(alike, again.run.run_id).split())

    alike.policy = {"exceptions_need_decision": True}
    asked = alike.night()
    assert waiting(alike, asked.run.run_id) == [], "it covers nothing, approved or not"


def test_a_gap_known_by_a_short_key_is_of_one_finding(alike: Office) -> None:
    for system, name in ((alike.directory, "kim"), (alike.cloud, "AIDAKIM")):
        system.change(name, standing=Standing.UNKNOWN, standing_reason="its lock isn't readable")
    alike.night()
    alike.let_stand = by_short_key("acknowledgements")

    told = alike.night()

    assert [BEGINNING in reason for reason in why_red(reading.night(alike.session, told.run.run_id))] == [False, True]


# --- what an acknowledgement covers -----------------------------------------------------------------------------------

LACKS, LACKS_MORE = "ListServiceSpecificCredentials isn't answered", "GetCredentialReport denied"
ROSTER, SOURCE, UNREAD = {"roster": "hr"}, {"source": "aws"}, {"covers": "unread"}
AWAY = FatalError("sources.aws: nobody answers")


def red(office: Office) -> tuple[str, ...]:
    return why_red(reading.night(office.session, office.night().run.run_id))


def known(office: Office, *entries: dict[str, str]) -> None:
    office.let_stand = {"acknowledgements": [granted(20, **entry) for entry in entries]}


def known_lack(session: Session, tracker: Tracker) -> Office:
    office = kim_left(Office(session=session, tracker=HeardTracker(tracker)))
    office.cloud.lacks = [LACKS]
    assert red(office) == (f"aws {CLOUD} was read in part",)
    known(office, SOURCE)
    assert red(office) == ()
    return office


@pytest.fixture
def lacking(begun: Begun) -> Office:
    """Its cloud always lacks one call, and that is known: nights are green."""
    return begun(known_lack)


def test_what_is_known_to_be_read_in_part_is_red_where_it_is_not_read_or_lacks_more(lacking: Office) -> None:
    """What is lacking is compared with the last night that could ask."""
    lacking.cloud.look_error = AWAY
    assert red(lacking) == (f"aws {CLOUD} was read in part: leavers' accounts there couldn't be asked about",)

    lacking.cloud.error, lacking.cloud.look_error = AWAY, None
    assert red(lacking) == (f"aws {CLOUD} couldn't be read",)
    lacking.cloud.error, lacking.cloud.lacks = None, [LACKS, LACKS_MORE]
    assert red(lacking) == (f"aws {CLOUD} was read in part, and lacks more than the night before",)

    lacking.cloud.error = AWAY
    assert red(lacking) == (f"aws {CLOUD} couldn't be read",)
    lacking.cloud.error = None
    assert red(lacking) == ()
    lacking.cloud.lacks = [LACKS_MORE]
    assert red(lacking) == ()


def test_a_system_that_is_known_to_be_off_turns_no_night_red_and_is_shown(ticketed: Office) -> None:
    known(ticketed, {**SOURCE, **UNREAD})
    ticketed.cloud.error = AWAY

    told = ticketed.night()

    assert why_red(reading.night(ticketed.session, told.run.run_id)) == ()
    shown = screen(ticketed, told.run.run_id)
    assert "Known gaps  aws unread until" in shown
    assert "nobody answers" in shown
    assert states(ticketed)["leaver-access-key"] == "open"
    ticketed.cloud.error, ticketed.cloud.lacks = None, [LACKS]
    assert red(ticketed) == ()


def test_a_roster_is_known_likewise(ticketed: Office) -> None:
    ticketed.hr.problems = [Problem(record="row 7", text="no worker id", fix="Mend it.")]
    assert red(ticketed) == ("roster hr was read in part",)
    known(ticketed, ROSTER)
    assert red(ticketed) == ()

    ticketed.hr.error = FatalError("rosters.hr: nobody answers")
    assert red(ticketed) == ("roster hr couldn't be read",)

    known(ticketed, {**ROSTER, **UNREAD})
    assert red(ticketed) == ()


def test_a_roster_known_for_a_value_that_is_left_out_is_red_while_it_is_read_in_part(ticketed: Office) -> None:
    """Nobody is missed by such a read: a colleague's unkeepable mail says nothing of that."""
    ticketed.hr.left_out = LeftOut(problems=(Problem(record="row 5", text="the mail can't be kept", fix="Mend it."),))
    known(ticketed, ROSTER)
    assert red(ticketed) == ()

    ticketed.hr.problems = [Problem(record="row 7", text="no worker id", fix="Mend it.")]
    for _ in range(2):
        assert red(ticketed) == ("roster hr was read in part",)

    known(ticketed, {**ROSTER, "reason": "row 7 is known as well"})
    assert red(ticketed) == ()


def test_what_was_known_before_it_could_say_so_is_what_is_read_in_part(lacking: Office) -> None:
    """Of entries that a store holds already."""
    held = lacking.session.execute("select distinct covers from exception where kind = 'acknowledgement'").fetchall()

    assert held == [(None,)]


def waiting(office: Office, run_id: int) -> list[int]:
    return [each.exception_id for each in reading.night(office.session, run_id).undecided]


def test_an_exception_covers_nothing_before_its_decision_nor_with_other_words(
    ticketed: Office, people: ListedPeople
) -> None:
    ticketed.policy = {"exceptions_need_decision": True}
    ticketed.let_stand = {"exceptions": [granted(9, worker="hr:1042")]}
    told = ticketed.night()

    (entry,) = waiting(ticketed, told.run.run_id)
    assert set(states(ticketed).values()) == {"open"}
    assert only(people, ticketed).is_open
    assert f"exception approve {entry} " in " ".join(screen(ticketed, told.run.run_id).split())
    assert why_red(reading.night(ticketed.session, told.run.run_id)) == ()

    exceptions.decide(ticketed.session, entry, reason="agreed", author="lee")
    told = ticketed.night()

    assert set(states(ticketed).values()) == {"excepted"}
    assert waiting(ticketed, told.run.run_id) == []
    assert broken_at(ticketed.session) is None

    ticketed.let_stand = {"exceptions": [granted(20, worker="hr:1042")]}
    (later,) = waiting(ticketed, ticketed.night().run.run_id)
    assert later != entry, "its words are others"
    assert set(states(ticketed).values()) == {"open"}


def test_a_short_key_that_waits_for_a_decision_means_the_finding_that_it_began_when_it_was_read(alike: Office) -> None:
    alike.cloud.credentials = []
    alike.night()
    alike.policy, alike.let_stand = {"exceptions_need_decision": True}, by_short_key("exceptions")
    (entry,) = waiting(alike, alike.night().run.run_id)
    alike.cloud.credentials = [access_key(KEY, cloud_user())]
    alike.night()

    exceptions.decide(alike.session, entry, reason="agreed", author="lee")
    alike.night()

    assert states(alike) == {"leaver-account-works": "excepted", "leaver-access-key": "open"}
    stored = alike.session.execute("select finding from exception where valid_to is null").fetchall()
    assert stored == alike.session.execute("select finding_key from finding where state = 'excepted'").fetchall()


def test_an_exception_in_force_waits_once_the_policy_asks_for_decisions(ticketed: Office) -> None:
    ticketed.let_stand = {"exceptions": [granted(9, worker="hr:1042")]}
    assert waiting(ticketed, ticketed.night().run.run_id) == []
    assert set(states(ticketed).values()) == {"excepted"}

    ticketed.policy = {"exceptions_need_decision": True}
    assert len(waiting(ticketed, ticketed.night().run.run_id)) == 1

    assert set(states(ticketed).values()) == {"open"}


def test_a_decision_that_was_written_past_the_record_covers_nothing(ticketed: Office) -> None:
    ticketed.policy = {"exceptions_need_decision": True}
    ticketed.let_stand = {"exceptions": [granted(9, worker="hr:1042")]}
    (entry,) = waiting(ticketed, ticketed.night().run.run_id)
    ticketed.session.execute(
        "insert into exception_decision (exception_id, author, reason) values (%s, 'lee', 'r')", (entry,)
    )

    told = ticketed.night()

    assert set(states(ticketed).values()) == {"open"}
    assert waiting(ticketed, told.run.run_id) == [entry]
