"""Whoever writes a decision into the store by hand decides nothing: the next night puts it right, and says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind
from offboarding.runs import pipeline
from offboarding.store import events, keyed, putting_right, reading, recorded
from offboarding.store.connect import Session
from offboarding_airflow import anchor
from tests.support.begun import Begun
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople
from tests.support.office import HeardTracker, Office, access_key, login, user
from tests.support.red import why_red
from tests.support.small_company import LEFT, NIGHT, STAFF, number, scoped, tag, worker
from tests.support.variants import some_of, variants

KIM = worker("1042", LEFT, mail="kim@corp.example", name="Kim Minjun")
KEY = "AKIAAAAAAAAAAAAAAAAA"
OPEN = {"leaver-account-works": "open", "leaver-access-key": "open", "used-after-departure": "open"}
RECORD = Callable[[str, object], None]


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    who = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
    office.hr.workers = [KIM, STAFF]
    office.directory.accounts = [login("kim", number("1042"), last_used_at=NIGHT - timedelta(days=2))]
    office.cloud.accounts = [who]
    office.cloud.credentials = [access_key(KEY, who)]
    office.night()
    assert states(office) == OPEN
    return office


@pytest.fixture
def kim(begun: Begun) -> Office:
    """Kim has left, a login and an access key of his still work, and the login was used since."""
    return begun(first_night)


def states(office: Office) -> dict[str, str]:
    rows = office.session.execute("select rule, state from finding").fetchall()
    return {str(rule): str(state) for rule, state in rows}


def said_of(office: Office) -> list[tuple[object, ...]]:
    """What findings are about, and where each stands."""
    return office.session.execute(
        "select finding_key, match_key, rule, realm, subject_kind, account_native_id, subject_native_id, person_uid,"
        " episode, ticket_key from finding order by 1"
    ).fetchall()


def red(office: Office, run_id: int) -> str:
    return "; ".join(why_red(reading.night(office.session, run_id)))


def attacked(record: RECORD, *, told: bool) -> None:
    """For the suite's last lines."""
    record("attacks", 1)
    record("silent", 0 if told else 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Forged:
    """What somebody writes with SQL, and what the night says of it."""

    sql: str
    told: str


FORGED = {
    "a rejected link": Forged(
        sql="insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select a.realm, a.native_id, p.person_uid, 'reject', 'not theirs', 'analyst'"
        " from account a, person p where p.worker_id = '1042'",
        told="decision 2 has no event in the record: it was set aside",
    ),
    "a confirmed link of somebody else": Forged(
        sql="insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select a.realm, a.native_id, p.person_uid, 'confirm', 'theirs', 'analyst'"
        " from account a, person p where p.worker_id = '1043'",
        told="decision 1 has no event in the record: it was set aside",
    ),
    "an exception": Forged(
        sql="insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason,"
        " approver, expires_at, valid_from, origin) values ('exception', null, 'hr', '1042', null, null, null, null,"
        " null, 'fine', 'Soyeon', '2030-01-01', now(), 'person')",
        told="exception or acknowledgement 1 has no event in the record: it was set aside",
    ),
    "a verdict": Forged(
        sql="with judged as (update finding set state = 'resolved', resolved_at = now(), resolution = 'verdict'"
        " where ticket_kind = 'event' returning finding_key)"
        " insert into verdict (finding_key, reason, author) select finding_key, 'fine', 'analyst' from judged",
        told="has no event in the record: it was set aside",
    ),
    "a state": Forged(
        sql="update finding set state = 'resolved', resolved_at = now(), resolution = 'seen dead'",
        told="stood resolved, and its last event says open: it was put back",
    ),
    "when it was first seen": Forged(
        sql="update finding set first_seen_at = first_seen_at + interval '1 day'",
        told="was first seen, or closed, otherwise than its events say: that was put back",
    ),
    "a severity": Forged(
        sql="update finding set severity = 'low'",
        told="is of severity low, and its last event says high: it was put back",
    ),
    "a departure that HR never told": Forged(
        sql="insert into notice (notice_id, person_uid, left_at, zone, reason, author, warn_at)"
        " select 'n-00000a', person_uid, now() - interval '400 days', 'UTC', 'gone', 'lee', now() from person"
        " where worker_id = '1043'",
        told="notice n-00000a has no event in the record: it was set aside",
    ),
    "a link": Forged(
        sql="update link set person_uid = (select person_uid from person where worker_id = '1043')"
        " where valid_to is null",
        told="links were changed past the record since they were last worked out: all were made anew",
    ),
    "links that ended": Forged(
        sql="update link set valid_to = now() where valid_to is null",
        told="links were changed past the record since they were last worked out: all were made anew",
    ),
    "a release": Forged(
        sql="insert into release (run_id, author, reason) select max(run_id), 'lee', 'fine' from run",
        told="release 1 has no event in the record: it was set aside",
    ),
    "a night taken out of the count": Forged(
        sql="insert into withdrawal (run_id, reason, author) select max(run_id), 'wrong', 'lee' from run",
        told="withdrawal of run 1 has no event in the record: it was set aside",
    ),
    "a store on trial that is none any more": Forged(
        sql="delete from trial",
        told="mark of a store on trial true is gone, and has an event (1): it was put back",
    ),
    "a finding that names somebody who works here": Forged(
        sql="update finding set person_uid = (select person_uid from person where worker_id = '1043')",
        told="says something else than its key was made of: it was put back",
    ),
    "a finding of another rule": Forged(
        sql="update finding set rule = 'orphan-account' where rule = 'leaver-account-works'",
        told="says something else than its key was made of: it was put back",
    ),
    "a finding of another rule, person and episode": Forged(
        sql="update finding set rule = 'orphan-account', person_uid = null, episode = 7",
        told="says something else than its key was made of: it was put back",
    ),
    "a finding about something else": Forged(
        sql="update finding set realm = 'elsewhere', subject_native_id = 'x', account_native_id = 'y'",
        told="says something else than its key was made of: it was put back",
    ),
    "a finding that isn't found again": Forged(
        sql="update finding set match_key = 'x' || finding_key",
        told="says something else than its key was made of: it was put back",
    ),
    "findings that were exchanged": Forged(
        sql="update finding set state = state; with s as (select finding_key, row_number() over (order by finding_key)"
        " as n from finding) update finding f set match_key = 'x' || s.n from s where s.finding_key = f.finding_key;"
        " update finding f set (match_key, rule) = (select o.finding_key, o.rule from finding o"
        " where o.finding_key <> f.finding_key and o.ticket_kind = 'revoke' limit 1)"
        " where f.ticket_kind = 'event'",
        told="says something else than its key was made of: it was put back",
    ),
    "a departure of another episode": Forged(
        sql="update departure set episode = episode + 1",
        told="was of episode 2, and its person is in episode 1: both were put back to 1",
    ),
    "somebody who came back, says SQL": Forged(
        sql="update departure set returned = true",
        told="departures were changed past the record since they were last worked out: all were made anew",
    ),
    "departures that ended": Forged(
        sql="update departure set valid_to = now(), returned = true",
        told="departures were changed past the record since they were last worked out: all were made anew",
    ),
    "a person in another episode": Forged(
        sql="update person set episode = episode + 1",
        told="was of episode 1, and its person is in episode 2: both were put back to 1",
    ),
    "an edited event": Forged(
        sql="update finding_event set text = 'seen dead' where seq = (select max(seq) from finding_event)",
        told="the record is broken at event",
    ),
    "a removed event": Forged(
        sql="delete from finding_event where seq = (select max(seq) from finding_event)",
        told="the record is broken at event",
    ),
}


TOGETHER = (
    "a confirmed link of somebody else",
    "an exception",
    "a departure that HR never told",
    "a release",
    "a night taken out of the count",
    "a store on trial that is none any more",
)
"""Rows of tables of their own: one night puts all of them right."""
WORDS_OF_THE_NIGHT = ("links that ended", "departures that ended", "an edited event", TOGETHER[0])
"""What else the store could be asked tells nothing of these; a second night does."""
ATTACKS = {
    "rows of their own": TOGETHER,
    **{each: (each,) for each in FORGED if each not in TOGETHER},
}


@variants(1, names=ATTACKS)
def test_what_is_forged_closes_nothing_and_is_told_once(
    kim: Office, people: ListedPeople, names: Sequence[str], record_property: RECORD
) -> None:
    before, about = [(ticket.title, ticket.is_open) for ticket in tickets_of(people, kim.queue)], said_of(kim)
    for each in names:
        kim.session.execute(FORGED[each].sql.encode())

    told = kim.night()

    said = red(kim, told.run.run_id)
    unheard = [each for each in names if FORGED[each].told not in said]
    record_property("attacks", len(names))
    record_property("silent", len(unheard))
    assert unheard == []
    assert states(kim) == OPEN
    assert said_of(kim) == about
    assert [(ticket.title, ticket.is_open) for ticket in tickets_of(people, kim.queue)] == before
    assert recorded.troubles(kim.session) == []
    assert recorded.states_changed(kim.session) == []
    assert (keyed.misfits(kim.session), keyed.other_episodes(kim.session)) == ([], [])
    if {*names} & {*WORDS_OF_THE_NIGHT}:
        assert red(kim, kim.night().run.run_id) == "", "red means new trouble"


@some_of(1, "name", ["an exception", "a state", "an edited event"])
def test_what_a_run_found_that_never_ends_is_told_by_the_next_night(
    kim: Office, name: str, record_property: RECORD
) -> None:
    kim.session.execute(FORGED[name].sql.encode())
    as_of = kim.as_of + timedelta(hours=2)
    pipeline.open_departure(kim.session, kim.settings, caller="broken off", as_of=as_of)

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told=FORGED[name].told in told)
    assert FORGED[name].told in told
    assert red(kim, kim.night().run.run_id) == "", "red means new trouble"


TURNED = {
    "each into another": "update ticket set kind = 'unverified', holder = 'unverified:x', episode = 1, generation = n.n"
    " from (select ticket_key as k, row_number() over () as n from ticket) n where n.k = ticket_key",
    "one into another's": "update ticket set holder = (select person_uid::text from person where worker_id = '1043')"
    " where kind = 'revoke'",
    "items onto a made one": "insert into ticket (ticket_key, kind, holder, queue, episode, generation, tracker,"
    " state, ref, wanted_at) select 'offb-000000000000', 'unverified', 'x', queue, 1, 1, tracker, state, '999',"
    " now() from ticket where kind = 'revoke'",
}


@some_of(1, "name", TURNED)
def test_a_ticket_that_was_turned_into_another_is_what_it_was(
    kim: Office, people: ListedPeople, name: str, record_property: RECORD
) -> None:
    before = [(ticket.title, ticket.is_open) for ticket in tickets_of(people, kim.queue)]
    kim.session.execute(TURNED[name].encode())
    if name == "items onto a made one":
        kim.session.execute("update finding set ticket_key = 'offb-000000000000'")

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="was edited in the store and is corrected" in told)
    assert "was edited in the store and is corrected" in told
    assert [(ticket.title, ticket.is_open) for ticket in tickets_of(people, kim.queue)] == before
    assert red(kim, kim.night().run.run_id) == ""
    assert [(ticket.title, ticket.is_open) for ticket in tickets_of(people, kim.queue)] == before


@some_of(1, "shown", ["", "1043"])
def test_whoever_is_shown_as_another_is_themselves(kim: Office, shown: str, record_property: RECORD) -> None:
    about = said_of(kim)
    kim.session.execute(
        "update person set shown_worker_pk = coalesce((select shown_worker_pk from person where worker_id = %s), 0)"
        " where worker_id = '1042'",
        [shown],
    )

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="worker hr:1042 was displayed as another person" in told)
    assert "worker hr:1042 was displayed as another person" in told
    assert (states(kim), said_of(kim)) == (OPEN, about)
    assert red(kim, kim.night().run.run_id) == ""


def test_what_the_guard_compares_with_is_restored_where_it_is_deleted(kim: Office, record_property: RECORD) -> None:
    kim.guard = {"leavers": {"absolute": 1}}
    kim.hr.workers += [worker(each) for each in ("2001", "2002")]
    kim.directory.accounts += [login(each, number(each)) for each in ("2001", "2002")]
    kim.night()
    kim.session.execute("delete from guard_accepted")
    for each in ("2001", "2002"):
        kim.hr.change(each, employments=(LEFT,))

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="the guard's reference values of roster hr were deleted" in told)
    assert "the guard's reference values of roster hr were deleted" in told
    assert "the guard holds roster hr: 2 new leavers" in told


def test_a_merged_person_who_keeps_a_finding_is_no_edit(kim: Office) -> None:
    kim.session.execute(
        "insert into person_alias (alias_uid, person_uid, merged_at, evidence) select a.person_uid, k.person_uid,"
        " now(), '[]' from person a, person k where a.worker_id = '1043' and k.worker_id = '1042'"
    )
    kim.session.execute(
        "update worker set person_uid = (select person_uid from person where worker_id = '1042')"
        " where worker_id = '1043'"
    )
    run = pipeline.open_departure(kim.session, kim.settings, caller="later", as_of=kim.as_of + timedelta(hours=2))

    assert "displayed as another person" not in "; ".join(putting_right.troubles_then(kim.session, run.run_id))


def test_what_the_guard_compares_with_lies_ahead_of_no_run(kim: Office, record_property: RECORD) -> None:
    kim.session.execute("update guard_accepted set as_of = '2036-01-01', last_departure_id = 1000000")

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="the guard's reference values of roster hr were dated after" in told)
    assert "the guard's reference values of roster hr were dated after" in told
    assert red(kim, kim.night().run.run_id) == ""


def test_a_read_that_was_dated_ahead_hides_no_later_leaver(kim: Office, record_property: RECORD) -> None:
    kim.session.execute("update roster_read set observed_at = '2036-01-01'")
    kim.hr.change("1043", employments=(LEFT,))
    kim.directory.accounts.append(login("lee", number("1043")))

    kim.night()

    told = kim.session.execute("select from finding where subject_native_id = 'lee'").fetchone() is not None
    attacked(record_property, told=told)
    assert told


def test_who_edits_a_decision_that_stands_gets_it_back(kim: Office, record_property: RECORD) -> None:
    given = {"rule": "leaver-access-key", "worker": "hr:1042", "reason": "moved in May", "approver": "Soyeon"}
    expires = (kim.as_of + timedelta(days=9)).date()
    kim.let_stand = {"exceptions": [{**given, "expires": expires}]}
    kim.night()
    kim.session.execute("update exception set rule = null, expires_at = '2030-01-01'")

    said = red(kim, kim.night().run.run_id)

    attacked(record_property, told="exception or acknowledgement 1 says something else than its event" in said)
    assert "exception or acknowledgement 1 says something else than its event" in said
    assert states(kim) == {**OPEN, "leaver-access-key": "excepted"}
    assert kim.session.execute("select rule, reason from exception").fetchall() == [
        ("leaver-access-key", "moved in May")
    ]


def test_two_decisions_that_were_exchanged_are_what_they_were(kim: Office, record_property: RECORD) -> None:
    # Each stands where the other belongs: put back one by one, neither could be, and no night would pass.
    with kim.session.transaction(), recorded.followed(kim.session, actor="analyst"):
        kim.session.execute(
            "insert into link_decision (realm, native_id, person_uid, verdict, reason, author) select a.realm,"
            " a.native_id, p.person_uid, 'confirm', 'theirs: ' || a.native_id, 'analyst' from account a, person p"
            " where p.worker_id = '1042' and a.native_id not in (select native_id from link_decision)"
        )
    said = "select decision_id, realm, native_id, revoked_at from link_decision order by 1"
    before = kim.session.execute(said.encode()).fetchall()
    with kim.session.transaction():
        kim.session.execute("update link_decision set revoked_at = now()")
        kim.session.execute(
            "update link_decision d set (realm, native_id) = (select o.realm, o.native_id from link_decision o"
            " where o.decision_id <> d.decision_id)"
        )
        kim.session.execute("update link_decision set revoked_at = null")

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="decision 1 says something else than its event" in told)
    assert "decision 1 says something else than its event" in told
    assert kim.session.execute(said.encode()).fetchall() == before
    assert recorded.troubles(kim.session) == []


def test_a_hold_that_was_edited_keeps_its_words(kim: Office, record_property: RECORD) -> None:
    with kim.session.transaction(), recorded.followed(kim.session, actor="analyst"):
        kim.session.execute(
            "insert into guard_hold (kind, name, opened_run, last_run, numbers, findings, closings, status, decided_at,"
            " decided_by, decided_for) select 'roster', 'hr', max(run_id), max(run_id), '[]', 0, 0, 'rejected', now(),"
            " 'analyst', 'a test' from run"
        )
    kim.session.execute("update guard_hold set status = 'released'")

    told = red(kim, kim.night().run.run_id)

    attacked(record_property, told="hold 1 says something else than its event" in told)
    assert "hold 1 says something else than its event" in told
    assert kim.session.execute("select status, decided_for from guard_hold").fetchall() == [("rejected", "a test")]


def test_what_no_rule_says_again_stays_aside_and_nothing_is_told_of_it(
    kim: Office, people: ListedPeople, record_property: RECORD
) -> None:
    before = [(ticket.title, ticket.status, ticket.texts) for ticket in tickets_of(people, kim.queue)]
    about = said_of(kim)
    edit = "update finding set realm = 'x' || realm, subject_native_id = 'gone', episode = 3"
    kim.session.execute(edit.encode())
    kim.directory.remove("kim")
    kim.cloud.remove("AIDAKIM")

    told = red(kim, kim.night().run.run_id)

    aside = "it was set aside, and nobody is told of it until a rule says it again"
    attacked(record_property, told=aside in told)
    assert aside in told
    now = tickets_of(people, kim.queue)
    assert [each for each in before if each not in [(one.title, one.status, one.texts) for one in now]] == []
    assert len(now) == len(before)
    assert set(states(kim).values()) == {"open"}
    assert red(kim, kim.night().run.run_id) == "", "red means new trouble"
    assert keyed.misfits(kim.session) != []
    assert len(said_of(kim)) == len(about)


def test_an_edit_behind_the_guard_is_told_to_no_tracker(
    kim: Office, people: ListedPeople, record_property: RECORD
) -> None:
    before = [(ticket.title, ticket.texts) for ticket in tickets_of(people, kim.queue)]
    told = kim.night()
    lee = "update finding set told = '', left_at = now(), person_uid = (select person_uid from person"
    kim.session.execute(f"{lee} where worker_id = '1043')".encode())

    pipeline.ticket(kim.session, kim.settings, told.run, {"secops": lambda: kim.tracker})

    assert [(ticket.title, ticket.texts) for ticket in tickets_of(people, kim.queue)] == before
    said = red(kim, kim.night().run.run_id)
    attacked(record_property, told="it was put back" in said)
    assert "it was put back" in said


def test_findings_of_a_person_who_turned_out_to_be_another_one_are_put_back_to_that_one(
    kim: Office, record_property: RECORD
) -> None:
    kim.hr.workers.append(worker("0917", LEFT, name="Kim M."))
    kim.cloud.accounts.append(user("AIDAOLD", tag(IdentityKeyKind.NUMBER, "0917")))
    kim.cloud.credentials.append(access_key("AKIABBBBBBBBBBBBBBBB", kim.cloud.accounts[-1]))
    kim.night()
    for each in ("0917", "1042"):
        kim.hr.change(each, mail="kim@corp.example", logins=(scoped("kim"),))
    kim.night()
    moved = "select count(*)::int from finding where match_key <> finding_key"
    assert kim.session.execute(moved.encode()).fetchone() == (1,)
    about = said_of(kim)
    edit = "update finding set person_uid = (select person_uid from person where worker_id = '1043')"
    kim.session.execute(edit.encode())

    said = red(kim, kim.night().run.run_id)

    attacked(record_property, told="it was put back" in said)
    assert "it was put back" in said
    assert said_of(kim) == about


def test_a_record_whose_end_was_cut_between_runs_is_told_by_where_it_ended(
    kim: Office, record_property: RECORD
) -> None:
    """A decision after the night, deleted with its event: what is left is whole in itself."""
    with kim.session.transaction(), recorded.followed(kim.session, actor="lee"):
        kim.session.execute("insert into release (run_id, author, reason) select max(run_id), 'lee', 'fine' from run")
    head = events.head(kim.session)
    assert head is not None
    kim.session.execute("delete from finding_event where seq = %s", [head.seq])
    kim.session.execute("delete from release")
    told = kim.night()
    assert red(kim, told.run.run_id) == "", "nobody kept where it ended"

    found = putting_right.hold_to_head(kim.session, told.run.run_id, head)

    said = red(kim, told.run.run_id)
    attacked(record_property, told=f"no longer holds event {head.seq}" in said)
    assert f"no longer holds event {head.seq}" in said
    assert found
    now = events.head(kim.session)
    assert now is not None
    assert putting_right.hold_to_head(kim.session, kim.night().run.run_id, now) == []
    assert kim.session.execute("select restored_at is not null from store_place").fetchone() == (True,)


def test_a_decision_after_a_cut_does_not_hide_it_from_the_next_run(
    kim: Office, monkeypatch: pytest.MonkeyPatch, record_property: RECORD
) -> None:
    """A store is cut or restored, and somebody decides by a form before the next run compares."""
    variables = dict[str, str]()

    def get(key: str, default: str | None) -> str | None:
        return variables.get(key, default)

    monkeypatch.setattr(anchor, "_in_a_task", lambda: True)
    monkeypatch.setattr(anchor.Variable, "get", get)
    monkeypatch.setattr(anchor.Variable, "set", variables.__setitem__)
    for author in ("lee", "sam"):
        with anchor.anchored(kim.session), kim.session.transaction(), recorded.followed(kim.session, actor=author):
            kim.session.execute(
                "insert into release (run_id, author, reason) select max(run_id), %s, 'fine' from run", [author]
            )
        if author == "lee":
            kim.session.execute("delete from finding_event where seq = (select max(seq) from finding_event)")
            kim.session.execute("delete from release")
    first, second = kim.night().run.run_id, kim.night().run.run_id

    anchor.compare_with_anchor(kim.session, first)
    anchor.compare_with_anchor(kim.session, second)

    attacked(record_property, told="its end was cut" in red(kim, first))
    assert "its end was cut" in red(kim, first)
    assert red(kim, second) == "", "it is reported once"
