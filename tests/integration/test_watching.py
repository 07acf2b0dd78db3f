"""Every hour, until it's dead: open findings looked at again, through the pipeline, on a real store and tracker."""

from dataclasses import replace
from datetime import datetime, timedelta
from threading import Thread
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind, Standing, TicketPriority
from offboarding.model.errors import RetriableError
from offboarding.runs import pipeline
from offboarding.store.connect import Session, opened
from offboarding.store.events import broken_at
from tests.support.alerts import HeardNotifier
from tests.support.begun import Begun, beginnings, begun
from tests.support.desk import SeenTicket, tickets_of
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import HeardTracker, Office, access_key, locked, login, switched_off, user
from tests.support.rows import note_all
from tests.support.small_company import LEFT, WORKS, number, tag, worker
from tests.support.variants import some_of
from tests.support.watching import HourTold, hour

__all__ = ["beginnings", "begun", "people", "tracker"]  # fixtures

KIM = worker("1042", LEFT, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
LEE = worker("1043", WORKS, mail="lee@corp.example", logins=("leeh",), name="Lee Haneul")
KIM_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
KIM_KEY = access_key("AKIAKIMKIMKIMKIMKIMK", KIM_USER)
LOGIN, KEY = ("leaver-account-works", "kim"), ("leaver-access-key", KIM_KEY.native_id)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [KIM, LEE]
    office.directory.lists_credentials = True
    office.directory.accounts = [login("kim", number("1042")), login("lee", number("1043"))]
    office.cloud.accounts = [KIM_USER]
    office.cloud.credentials = [KIM_KEY]
    office.night()
    office.directory.looked_at.clear()
    office.cloud.looked_at.clear()
    return office


@pytest.fixture
def office(begun: Begun) -> Office:
    """Kim has left, and a login and an access key of his still work; a night has ticketed them."""
    return begun(first_night)


def states(office: Office) -> dict[tuple[str, str], str]:
    """(rule, subject) -> state of every finding."""
    rows = office.session.execute("select rule, subject_native_id, state from finding").fetchall()
    return {(str(rule), str(subject)): str(state) for rule, subject, state in rows}


def only(people: ListedPeople, office: Office) -> SeenTicket:
    (ticket,) = tickets_of(people, office.queue)
    return ticket


def close_by_hand(people: ListedPeople, office: Office) -> None:
    people.close(only(people, office).ref)


def kept(office: Office) -> Any:
    return office.session.execute(
        "select finding_key, state, standing, standing_reason, seen.n from finding,"
        " lateral (select count(*) as n from finding_event e where e.finding_key = finding.finding_key) seen"
        " order by finding_key"
    ).fetchall()


# --- what is read ----------------------------------------------------------------------------------------------------


def test_exactly_the_accounts_with_open_findings_are_looked_at(office: Office) -> None:
    office.directory.accounts.append(login("kim2", number("1042")))

    told = hour(office)

    assert (office.directory.looked_at, office.cloud.looked_at) == (["kim"], ["AIDAKIM"])
    assert told.red == ""
    assert states(office) == {LOGIN: "open", KEY: "open"}


def test_what_is_done_with_is_not_looked_at_again(office: Office) -> None:
    office.directory.accounts.append(login("kim2", number("1042")))
    office.night()
    office.directory.change("kim2", **locked())
    office.night()
    office.directory.looked_at.clear()

    hour(office)

    assert office.directory.looked_at == ["kim"]


def test_no_inventory_and_no_feed_is_read(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> None:
        raise AssertionError("nobody asked for that")

    for reader in (type(office.directory), type(office.hr)):
        for name in ("collect", "collect_for", "read"):
            if hasattr(reader, name):
                monkeypatch.setattr(reader, name, never)

    assert hour(office).red == ""


def test_a_source_without_open_findings_is_not_asked(office: Office) -> None:
    office.directory.change("kim", **locked())
    office.night()
    office.directory.looked_at.clear()

    hour(office)

    assert office.directory.looked_at == []
    assert office.cloud.looked_at


def test_nothing_open_is_quiet(office: Office) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KIM_KEY.native_id)
    office.night()
    before = office.session.execute("select count(*) from run").fetchone()

    told = hour(office)

    assert (told.run, told.due, told.logs) == (None, None, [])
    assert office.session.execute("select count(*) from run").fetchone() == before
    assert office.tracker.calls == []


def test_without_change_nothing_is_said_and_nothing_written(office: Office) -> None:
    before = kept(office)

    hour(office)
    hour(office, hours=2)

    assert kept(office) == before
    assert office.tracker.calls == []


# --- dead ------------------------------------------------------------------------------------------------------------


def test_what_died_is_ticked_with_evidence_and_the_rest_holds_the_ticket(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())

    told = hour(office)

    ticket = only(people, office)
    assert states(office) == {LOGIN: "resolved", KEY: "open"}
    assert ticket.is_open
    assert "[x] 1." in ticket.body or "[x] 2." in ticket.body
    assert "seen dead: pwdAccountLockedTime 000001010000Z" in " ".join(ticket.body.split())
    assert "seen dead" in ticket.comments[-1]
    assert [line["status"] for line in told.said("open findings looked at")] == ["green"]


def test_when_all_is_dead_the_ticket_closes(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KIM_KEY.native_id)

    hour(office)

    assert set(states(office).values()) == {"resolved"}
    assert not only(people, office).is_open
    assert broken_at(office.session) is None


def test_a_key_that_is_switched_off_closes_its_ticket_as_at_night(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.change(KIM_KEY.native_id, **switched_off())

    hour(office)

    assert states(office)[KEY] == "resolved"
    assert states(office)["leaver-access-key-inactive", KIM_KEY.native_id] == "open"
    assert not only(people, office).is_open


@some_of(1, "many", [1, 2, 4])
def test_a_system_in_which_nothing_is_left_closes_nothing_before_an_inventory(
    office: Office, people: ListedPeople, many: int
) -> None:
    """Restarted empty between two nights: the guard would hold it, and the hour has no inventory to tell it by."""
    office.cloud.remove(KIM_KEY.native_id)
    office.directory.accounts += [login(f"kim{each}", number("1042")) for each in range(1, many)]
    office.night()
    before = states(office)
    everyone, office.directory.accounts = office.directory.accounts, []

    told = hour(office)
    hour(office, hours=2)

    assert states(office) == before
    assert only(people, office).is_open
    (line,) = told.said("not closed before the night's inventory: too much is gone")
    assert (line["sources"], line["findings"]) == (["corp-ldap"], many)
    office.directory.accounts = everyone
    assert hour(office, hours=3).red == ""
    assert states(office) == before


def test_an_account_that_was_deleted_closes_its_finding_where_others_of_its_system_are_there(office: Office) -> None:
    office.directory.accounts.append(login("kim2", number("1042")))
    office.night()
    office.directory.remove("kim")

    hour(office)

    assert states(office)[LOGIN] == "resolved"


def test_a_look_that_tells_of_credentials_alone_shows_that_an_account_is_there(office: Office) -> None:
    """As AWS does: of a user that is there it tells what they hold."""
    other = user("AIDAKIM2", tag(IdentityKeyKind.NUMBER, "1042"))
    office.cloud.accounts.append(other)
    office.cloud.credentials.append(access_key("AKIAOTHEROTHEROTHERO", other))
    office.cloud.shows_accounts = False
    office.night()
    office.cloud.remove("AIDAKIM")

    hour(office)

    assert states(office)[KEY] == "resolved"


def test_a_deleted_account_that_was_alone_waits_for_the_inventory(office: Office, people: ListedPeople) -> None:
    office.cloud.remove(KIM_KEY.native_id)
    office.night()
    office.directory.remove("kim")

    hour(office)
    assert states(office)[LOGIN] == "open"
    office.night()

    assert states(office)[LOGIN] == "resolved"
    assert not only(people, office).is_open


def test_absence_closes_nothing_where_a_right_is_missing(office: Office, people: ListedPeople) -> None:
    office.cloud.remove(KIM_KEY.native_id)
    office.cloud.denied = "ListAccessKeys denied"

    told = hour(office)

    assert states(office) == {LOGIN: "open", KEY: "open"}
    assert only(people, office).is_open
    assert told.red


def test_what_can_no_longer_be_told_stays_open_silently(office: Office, people: ListedPeople) -> None:
    office.cloud.change(KIM_KEY.native_id, standing=Standing.UNKNOWN, standing_reason="GetAccessKeyLastUsed denied")

    hour(office)

    assert states(office) == {LOGIN: "open", KEY: "open"}
    assert only(people, office).comments == ()


# --- sources that fail -----------------------------------------------------------------------------------------------


def test_a_failed_source_keeps_its_state_and_the_run_is_red_for_it(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KIM_KEY.native_id)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(office.cloud), "detail", _failing(office, type(office.cloud).detail))
        told = hour(office)

    assert states(office) == {LOGIN: "resolved", KEY: "open"}
    assert "aws" in told.red
    assert "corp-ldap" not in told.red
    assert only(people, office).is_open

    assert hour(office, hours=2).red == ""
    assert states(office)[KEY] == "resolved"


def test_an_acknowledged_gap_is_green(office: Office) -> None:
    office.let_stand = {
        "acknowledgements": [
            {
                "source": "aws",
                "covers": "unread",
                "reason": "its role is being moved",
                "approver": "ciso",
                "expires": (office.as_of + timedelta(days=10)).date(),
            }
        ]
    }

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(office.cloud), "detail", _failing(office, type(office.cloud).detail))
        told = hour(office)

    assert told.failed
    assert told.red == ""
    assert states(office) == {LOGIN: "open", KEY: "open"}


def _failing(office: Office, other: Any) -> Any:
    def detail(self: Any, accounts: Any) -> Any:
        if self is office.cloud:
            raise RetriableError("sources.aws: nobody answers")
        return other(self, accounts)

    return detail


# --- works again -----------------------------------------------------------------------------------------------------


def test_a_ticket_closed_by_a_person_is_reopened_with_what_works_and_since_when(
    office: Office, people: ListedPeople
) -> None:
    office.directory.change("kim", **locked())
    close_by_hand(people, office)

    hour(office)

    ticket = only(people, office)
    assert ticket.is_open
    said = ticket.comments[-1]
    assert "closed, and it's open again: 1 thing on it still works" in said
    assert KIM_KEY.native_id[-4:] in said
    assert "works, seen " in said
    assert "on this list since " in said
    assert "KST" in said
    assert "uid=kim" not in said


def test_a_ticket_about_nobodys_accounts_is_reopened_too(office: Office, people: ListedPeople) -> None:
    office.directory.accounts.append(login("stray"))
    office.night()
    (review,) = [each for each in tickets_of(people, office.queue) if each.title.startswith("Review")]
    people.close(review.ref)

    hour(office)

    (review,) = [each for each in tickets_of(people, office.queue) if each.title.startswith("Review")]
    assert review.is_open
    assert "1 thing on it is still to be decided" in review.comments[-1]


def test_a_ticket_closed_by_a_person_after_the_work_was_done_stays_closed(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KIM_KEY.native_id)
    close_by_hand(people, office)

    hour(office)

    assert not only(people, office).is_open
    assert "reopen" not in office.tracker.calls


def test_a_key_that_is_activated_again_is_reopened_and_counted(office: Office, people: ListedPeople) -> None:
    for times in (1, 2):
        office.cloud.change(KIM_KEY.native_id, **switched_off())
        hour(office, hours=2 * times)
        assert states(office)[KEY] == "resolved"

        office.cloud.change(
            KIM_KEY.native_id, standing=Standing.WORKS, standing_reason="Status Active", can_reactivate=False
        )
        told = hour(office, hours=2 * times + 1)

        assert states(office)[KEY] == "open"
        assert [line["finding"] for line in told.said("works again")]
        ticket = only(people, office)
        again = "came back once" if times == 1 else "came back 2 times"
        assert again in ticket.comments[-1]
        assert f"it was done {'once' if times == 1 else '2 times'}" in " ".join(ticket.body.split())


def test_a_ticket_that_closed_is_reopened_when_its_key_is_activated_again(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.change(KIM_KEY.native_id, **switched_off())
    hour(office)
    assert not only(people, office).is_open

    office.cloud.change(
        KIM_KEY.native_id, standing=Standing.WORKS, standing_reason="Status Active", can_reactivate=False
    )
    hour(office, hours=2)

    ticket = only(people, office)
    assert ticket.is_open
    assert "works again" in ticket.comments[-1]


def test_a_new_key_on_a_watched_account_goes_on_the_same_ticket(office: Office, people: ListedPeople) -> None:
    office.cloud.credentials.append(access_key("AKIANEWNEWNEWNEWNEWN", KIM_USER))

    hour(office)

    assert states(office)["leaver-access-key", "AKIANEWNEWNEWNEWNEWN"] == "open"
    assert "added" in only(people, office).comments[-1]


def test_what_waits_of_theirs_since_a_night_goes_on_waiting(office: Office) -> None:
    office.guard = {"criticals": {"absolute": 0}}
    office.directory.change("kim", last_used_at=office.as_of, last_used_exact=True)
    office.night()
    waits = ("used-after-departure", "kim")
    assert states(office)[waits] == "held"
    office.guard = {}

    hour(office)

    assert states(office)[waits] == "held"
    office.night()
    assert states(office)[waits] == "open"


def test_what_a_night_has_found_and_not_yet_guarded_is_the_nights(office: Office) -> None:
    """A night has judged; before its guard looks, an hour runs through."""
    office.directory.accounts.append(login("kim2", number("1042")))
    office.as_of += timedelta(days=1)
    settings, readers = office.settings, office.readers()
    run = pipeline.open_run(office.session, settings, caller=f"night {office.queue}", as_of=office.as_of)
    for roster in settings.rosters:
        pipeline.read_roster(office.session, settings, run, roster, readers.roster(settings, roster.name, run.as_of))
    for step in (pipeline.collect, pipeline.detail):
        for source in settings.sources:
            for part in source.parts():
                step(
                    office.session, settings, run, source, part, readers.source(settings, source.name, part, run.as_of)
                )
        if step is pipeline.collect:
            pipeline.correlate(office.session, settings, run)
    pipeline.evaluate(office.session, settings, run)
    found = ("leaver-account-works", "kim2")
    assert states(office)[found] == "held"

    hour(office)
    assert states(office)[found] == "held"

    pipeline.guard(office.session, settings, run)
    assert states(office)[found] == "open"


# --- past due --------------------------------------------------------------------------------------------------------


def test_past_due_raises_the_priority_once_comments_once_and_tells_once(office: Office, people: ListedPeople) -> None:
    heard = HeardNotifier()
    before = only(people, office)
    hour(office, hours=23, notifiers=[heard])
    assert (heard.alerts, only(people, office).priority) == ([], before.priority)

    for hours in (25, 26, 27):
        hour(office, hours=hours, notifiers=[heard])

    after = only(people, office)
    order = [each.value for each in reversed(TicketPriority)]
    assert order.index(after.priority) == order.index(before.priority) + 1
    (said,) = after.comments
    assert said.startswith("Past due since 27 November 2026 01:00 KST, and its priority is raised: 2 things on it")
    (alert,) = heard.alerts
    assert alert.subject == "Offboarding: 1 ticket past due"
    assert f"#{after.ref.ref} in secops, due 2026-11-27 01:00 KST: 2 findings still open" in alert.body
    assert not [word for word in ("Kim", "kim@", "uid=", "1042") if word in alert.body]


def test_several_that_turn_late_are_one_message(office: Office) -> None:
    heard = HeardNotifier()
    office.hr.workers += [replace(KIM, worker_id="2042", mail="park@corp.example", name="Park", logins=())]
    office.directory.accounts.append(login("park", number("2042")))
    office.night()

    hour(office, hours=25, notifiers=[heard])

    assert [alert.subject for alert in heard.alerts] == ["Offboarding: 2 tickets past due"]


def test_a_person_who_lowers_the_priority_again_has_the_last_word(office: Office, people: ListedPeople) -> None:
    hour(office, hours=25)
    ticket = only(people, office)
    comments = ticket.comments

    hour(office, hours=26)

    assert only(people, office).comments == comments
    assert office.tracker.calls == []


def test_whoever_cannot_be_told_is_told_the_next_time(office: Office, people: ListedPeople) -> None:
    heard = HeardNotifier(error=RetriableError("notifiers.soc: takes no mail now"))
    with pytest.raises(RetriableError, match="couldn't be told at once"):
        hour(office, hours=25, notifiers=[heard])
    assert "Past due since" in only(people, office).comments[-1], "the tracker was told all the same"
    heard.error = None

    hour(office, hours=26, notifiers=[heard])
    hour(office, hours=27, notifiers=[heard])

    assert [alert.subject for alert in heard.alerts] == ["Offboarding: 1 ticket past due"]


def test_a_night_counts_what_is_past_due_and_says_nothing_of_it(office: Office, people: ListedPeople) -> None:
    office.night(days=2)

    assert (office.tracker.calls, only(people, office).comments) == ([], ())


# --- whose last day ended --------------------------------------------------------------------------------------------


def leaves(office: Office, worker_id: str, day: datetime) -> None:
    office.hr.change(worker_id, employments=(_until(day),))


def _until(day: datetime) -> Any:
    return replace(LEFT, last_working_on=day.date())


def test_whose_last_day_ends_is_checked_within_the_hour(office: Office, people: ListedPeople) -> None:
    """Lee's last day is told beforehand: at its end nobody waits for the night."""
    leaves(office, "1043", office.as_of + timedelta(days=1))
    office.night(days=0)
    assert ("leaver-account-works", "lee") not in states(office)
    hours = 23  # to midnight in Seoul

    early = hour(office, hours=hours - 0.1)
    assert early.due is None

    told = hour(office, hours=hours + 0.1)

    assert told.due is not None
    assert states(office)["leaver-account-works", "lee"] == "open"
    assert len(tickets_of(people, office.queue)) == 2
    assert told.due_red == ""

    again = hour(office, hours=hours + 1.1)
    assert again.due is None
    assert len(tickets_of(people, office.queue)) == 2


def test_whose_contract_was_extended_meanwhile_is_left_alone(office: Office, people: ListedPeople) -> None:
    day = office.as_of + timedelta(days=1)
    leaves(office, "1043", day)
    office.night(days=0)
    office.hr.change("1043", employments=(WORKS,))

    told = hour(office, hours=48)

    assert told.due is not None
    assert ("leaver-account-works", "lee") not in states(office)
    assert len(tickets_of(people, office.queue)) == 1


def test_whose_moment_a_notice_told_beforehand_is_checked_then(office: Office) -> None:
    moment = office.as_of + timedelta(hours=5)
    office.session.execute(
        "insert into notice (notice_id, person_uid, left_at, zone, reason, author, warn_at)"
        " select 'n-0a1b2c', person_uid, %s, 'Asia/Seoul', 'signed this morning', 'hr-desk', %s from worker"
        " where worker_id = '1043'",
        (moment, moment + timedelta(days=7)),
    )
    note_all(office.session)
    assert hour(office, hours=4.9).due is None

    told = hour(office, hours=5.1)

    assert told.due is not None
    assert told.due_red == ""
    assert states(office)["leaver-account-works", "lee"] == "open"
    assert hour(office, hours=6).due is None


def test_a_departure_that_fails_is_made_again_the_next_hour(office: Office) -> None:
    leaves(office, "1043", office.as_of + timedelta(days=1))
    office.night(days=0)
    office.directory.error = RetriableError("sources.corp-ldap: nobody answers")
    assert "corp-ldap couldn't be read" in hour(office, hours=48).due_red

    office.directory.error = None
    told = hour(office, hours=49)

    assert told.due is not None
    assert states(office)["leaver-account-works", "lee"] == "open"
    assert hour(office, hours=50).due is None


# --- two at once -----------------------------------------------------------------------------------------------------


def test_two_hours_at_once_say_everything_once(office: Office, people: ListedPeople) -> None:
    office.directory.change("kim", **locked())
    office.cloud.remove(KIM_KEY.native_id)
    outcomes: list[HourTold] = []

    def run() -> None:
        with opened(office.session.info.get_parameters()) as session:
            outcomes.append(hour(office, session=session, hours=25))

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(outcomes) == 2
    ticket = only(people, office)
    assert not ticket.is_open
    assert len([text for text in ticket.comments if "Nothing is left to do here" in text]) == 1
    assert broken_at(office.session) is None


def test_what_the_night_could_not_tell_makes_no_hour_red(office: Office) -> None:
    """The night said so, and is red for it; an hour looks at what is open."""
    untold = access_key("AKIAKIMKIMKIMUNTOLD", KIM_USER, standing=Standing.UNKNOWN, standing_reason="not told")
    office.cloud.credentials.append(untold)
    office.night()
    assert states(office)["leaver-access-key", untold.native_id] == "unverified"

    assert hour(office).red == ""
