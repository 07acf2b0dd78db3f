"""Some people, now: a departure through the pipeline, on a real store and a tracker in a list."""

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import AccountKey, IdentityKeyKind, Standing
from offboarding.model.errors import FatalError, RetriableError
from offboarding.runs import order, pipeline, whole
from offboarding.store import departures, reading
from offboarding.store.connect import Session, opened
from tests.support.begun import Begun, beginnings, begun
from tests.support.departure import DepartureTold, departure
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import HeardTracker, Office, access_key, locked, login, user
from tests.support.red import why_red
from tests.support.rows import CHANGES
from tests.support.small_company import LEFT, WORKS, job, key, mail, number, tag, worker

__all__ = ["beginnings", "begun", "people", "tracker"]  # fixtures

KIM = worker("1042", WORKS, mail="kim@corp.example", logins=("kimm",), name="Kim Minjun")
PARK = worker("1044", LEFT, mail="park@corp.example", logins=("parkj",), name="Park Jisoo")
LEE = worker("1043", WORKS, mail="lee@corp.example", logins=("leeh",), name="Lee Haneul")
KIM_USER = user("AIDAKIM", tag(IdentityKeyKind.NUMBER, "1042"))
KIM_KEY, PARK_KEY = access_key("AKIAKIMKIMKIMKIMKIMK", KIM_USER), "AKIAPARKPARKPARKPARK"


def park_left(session: Session, tracker: Tracker) -> Office:
    office = Office(session=session, tracker=HeardTracker(tracker))
    office.hr.workers = [KIM, LEE, PARK]
    office.directory.lists_credentials = True
    office.directory.accounts = [login(who, number(of)) for who, of in (("kim", "1042"), ("lee", "1043"))]
    office.directory.accounts.append(login("park", number("1044")))
    office.cloud.accounts = [KIM_USER]
    office.cloud.credentials = [KIM_KEY]
    return office


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Office:
    """Kim and Lee work here; Park has left."""
    return park_left(store, tracker)


def first_night(session: Session, tracker: Tracker) -> Office:
    office = park_left(session, tracker)
    office.night()
    return office


@pytest.fixture
def seen(begun: Begun) -> Office:
    """The same, after a night."""
    return begun(first_night)


def kim_leaves(office: Office) -> None:
    office.hr.change("1042", employments=LEFT_JOBS)


LEFT_JOBS = (LEFT,)


def gone_night(session: Session, tracker: Tracker) -> Office:
    office = park_left(session, tracker)
    kim_leaves(office)
    office.night()
    return office


@pytest.fixture
def gone(begun: Begun) -> Office:
    """Kim has left as well, and a night has told so."""
    return begun(gone_night)


def login_key(value: str) -> AccountKey:
    return key(IdentityKeyKind.LOGIN, value)


def rows(office: Office, worker_id: str = "") -> dict[tuple[str, str], str]:
    """(rule, subject) -> state, of one worker or of all."""
    found = office.session.execute(
        "select f.rule, f.subject_native_id, f.state from finding f join worker w using (person_uid)"
        " where %(worker_id)s in ('', w.worker_id)",
        {"worker_id": worker_id},
    ).fetchall()
    return {(str(rule), str(subject)): str(state) for rule, subject, state in found}


KIMS = {("leaver-account-works", "kim"): "open", ("leaver-access-key", KIM_KEY.native_id): "open"}


def titles(people: ListedPeople, office: Office) -> list[str]:
    return [ticket.title for ticket in tickets_of(people, office.queue)]


def named(office: Office, word: str) -> tuple[str, ...]:
    """Whom a run is about that was given this word."""
    run = pipeline.open_departure(office.session, office.settings, caller=f"departure of {word}", as_of=office.as_of)
    pipeline.find_people(office.session, office.settings, run, [word])
    found = departures.people_of_run(office.session, run.run_id)
    return tuple(f"{person.id_space}:{person.worker_id}" for person in found)


# --- whom a word stands for ------------------------------------------------------------------------------------------


def test_a_person_is_named_in_many_ways(office: Office) -> None:
    office.aliases = {"corp.co.kr": "corp.example"}
    office.night()
    by_number = ("1042", "hr:1042", "HR: 1042", " 1042 ")
    by_mail = ("kim@corp.example", "KIM@corp.co.kr", "kim+aws@corp.example")

    assert {named(office, word) for word in (*by_number, *by_mail, "kimm", "KIMM")} == {("hr:1042",)}


def test_a_run_whose_people_are_refused_ends_red(seen: Office) -> None:
    words = ["hr:1042", "hr:99999"]
    run = pipeline.open_departure(seen.session, seen.settings, caller="one too many", as_of=seen.as_of)
    with pytest.raises(FatalError, match="ine 2"):
        pipeline.find_people(seen.session, seen.settings, run, words)

    found = seen.session.execute(
        "select status, finished_at is not null, waiting, summary -> 'red' from run where run_id = %s", [run.run_id]
    ).fetchone()
    unread = [f"roster {roster.name} couldn't be read" for roster in seen.settings.rosters]
    why = ("nobody was checked: whom it is about was refused", *unread)
    assert found == ("red", True, None, [*why])
    told = reading.own(seen.session, run.run_id)
    assert (why_red(told), told.parts) == (why, ()), "its report says the same, and that no system was to be asked"


def test_a_refused_run_that_finds_its_people_after_all_is_to_ask_every_source(seen: Office) -> None:
    run = pipeline.open_departure(seen.session, seen.settings, caller="mended", as_of=seen.as_of)
    expected = reading.own(seen.session, run.run_id).parts
    with pytest.raises(FatalError, match="ine 1"):
        pipeline.find_people(seen.session, seen.settings, run, ["hr:99999"])

    assert pipeline.find_people(seen.session, seen.settings, run, ["hr:1042"]) is True

    told = reading.own(seen.session, run.run_id)
    assert (told.parts, len(expected) > 0) == (expected, True)
    assert "nothing was concluded: correlation didn't come to its end" in why_red(told)


def test_several_people_are_checked_at_once(seen: Office, people: ListedPeople) -> None:
    kim_leaves(seen)
    seen.hr.change("1043", employments=LEFT_JOBS)

    told = departure(seen, "1042", "lee@corp.example", "kimm", "  ")

    assert told.said("people found")[0]["workers"] == ["hr:1042", "hr:1043"]
    assert rows(seen, "1042") == KIMS
    assert rows(seen, "1043") == {("leaver-account-works", "lee"): "open"}
    assert len(titles(people, seen)) == 3


@pytest.mark.parametrize(
    ("other", "word"),
    (
        (worker("77", WORKS, mail="new@corp.example", former=("kim@corp.example",)), "kim@corp.example"),
        (worker("78", WORKS, logins=("kimm",)), "kimm"),
        (worker("79", WORKS, logins=("1042",)), "1042"),
    ),
    ids=("a mail that two bore", "a login that two bear", "a number that is somebody's login"),
)
def test_a_word_for_two_people_names_them_and_nothing_is_done(seen: Office, other: Any, word: str) -> None:
    kim_leaves(seen)
    seen.hr.workers.append(other)
    before = rows(seen)
    seen.directory.looked_at.clear()

    with pytest.raises(FatalError) as caught:
        departure(seen, "lee@corp.example", word)

    assert str(caught.value) == (
        f"Line 2 of people stands for 2 people: hr:1042, hr:{other.worker_id}. Name the one by worker id."
    )
    assert (rows(seen), seen.directory.looked_at, seen.tracker.calls) == (before, [], [])


def test_the_same_number_in_two_id_spaces_is_two_people(office: Office) -> None:
    office.vendors.workers = [worker("1042", WORKS, mail="vendor@other.example")]
    office.night()
    kim_leaves(office)

    with pytest.raises(FatalError, match="Line 1 of people stands for 2 people: hr:1042, vendor:1042"):
        departure(office, "1042")

    assert rows(office, "1042") == {}
    departure(office, "hr:1042")
    assert rows(office, "1042") == KIMS


def test_nobody_is_nobody_and_the_word_shows_in_no_log(seen: Office) -> None:
    for word in ("nobody.here@corp.example", "999999", "elsewhere:1042", "*", "%"):
        with pytest.raises(FatalError) as caught:
            named(seen, word)

        assert str(caught.value) == (
            "Line 1 of people is nobody's worker id, mail or login: no roster has ever told of it."
        )


def test_no_word_at_all_is_said_so(office: Office) -> None:
    with pytest.raises(FatalError, match="Nobody is named"):
        departure(office, "  ", "")


# --- what is found ---------------------------------------------------------------------------------------------------


def test_what_the_night_had_not_seen_is_found(seen: Office, people: ListedPeople) -> None:
    kim_leaves(seen)
    new = login("kim2", mail("kim@corp.example"), number("1042"))
    other = user("AIDANEW", tag(IdentityKeyKind.NUMBER, "1042"))
    seen.directory.accounts.append(new)
    seen.cloud.accounts.append(other)
    seen.cloud.credentials.append(access_key("AKIANEWNEWNEWNEWNEWN", other))

    departure(seen, "1042")

    new_ones = {("leaver-account-works", "kim2"): "open", ("leaver-access-key", "AKIANEWNEWNEWNEWNEWN"): "open"}
    assert rows(seen, "1042") == KIMS | new_ones
    assert any("1042" in title for title in titles(people, seen))


def test_other_spellings_of_their_keys_are_looked_for(office: Office) -> None:
    office.aliases = {"corp.co.kr": "corp.example"}
    office.night()
    kim_leaves(office)
    office.directory.accounts += [login("alias", mail("kim@corp.co.kr")), login("adm-kimm", login_key("adm-kimm"))]

    departure(office, "1042")

    assert rows(office, "1042") == KIMS | {
        ("leaver-account-works", "alias"): "open",
        ("probable-account", "adm-kimm"): "open",
    }


def test_an_account_that_is_more_likely_another_leavers_is_left_to_the_night(seen: Office) -> None:
    kim_leaves(seen)
    both = login("both", mail("kim@corp.example"), number("1044"))
    seen.directory.accounts.append(both)

    departure(seen, "1042")
    assert set(rows(seen, "1042")) == set(KIMS)
    assert rows(seen, "1044") == {("leaver-account-works", "park"): "open"}

    seen.night()
    assert ("disputed-account", "both") in rows(seen, "1044")


def test_only_their_accounts_are_looked_at(seen: Office) -> None:
    kim_leaves(seen)
    seen.directory.looked_at.clear()

    departure(seen, "1042")

    assert (seen.directory.looked_at, seen.cloud.looked_at) == (["kim"], ["AIDAKIM"])


def test_who_has_not_left_is_said_so_and_not_looked_at(seen: Office) -> None:
    seen.directory.looked_at.clear()

    told = departure(seen, "1043")

    (said,) = told.said("not a leaver at this moment: nothing is told of them")
    assert (said["worker"], said["standing"], said["findings"]) == ("hr:1043", "works here", 0)
    assert (rows(seen, "1043"), seen.directory.looked_at, told.red) == ({}, [], "")


def test_who_leaves_tomorrow_has_not_left(seen: Office) -> None:
    last = (seen.as_of + timedelta(days=1)).date()
    seen.hr.change("1042", employments=(replace(LEFT, last_working_on=last),))

    told = departure(seen, "1042")

    (said,) = told.said("not a leaver at this moment: nothing is told of them")
    assert said["standing"] in ("leaves later", "works here")
    assert rows(seen, "1042") == {}


def test_before_the_first_night_it_works_too(office: Office, people: ListedPeople) -> None:
    departure(office, "1044")

    assert rows(office) == {("leaver-account-works", "park"): "open"}
    (title,) = titles(people, office)
    assert "1044" in title


# --- others stay as they were ----------------------------------------------------------------------------------------


def test_others_findings_stay_as_they_were(seen: Office) -> None:
    assert rows(seen, "1044") == {("leaver-account-works", "park"): "open"}
    before = seen.session.execute("select f::text from finding f join worker w using (person_uid)").fetchall()
    seen.directory.change("park", **locked())
    seen.hr.change("1043", employments=LEFT_JOBS)
    kim_leaves(seen)

    departure(seen, "1042")

    after = seen.session.execute(
        "select f::text from finding f join worker w using (person_uid) where w.worker_id <> '1042'"
    ).fetchall()
    assert after == before
    assert rows(seen, "1042") == KIMS


def test_what_died_since_the_night_is_closed_of_these_people_alone(gone: Office) -> None:
    gone.directory.change("kim", **locked())
    gone.directory.change("park", **locked())

    departure(gone, "1042")

    assert rows(gone, "1042") == {**KIMS, ("leaver-account-works", "kim"): "resolved"}
    assert rows(gone, "1044") == {("leaver-account-works", "park"): "open"}


def test_what_waits_of_theirs_and_of_others_goes_on_waiting(office: Office) -> None:
    office.policy = {"baseline": "hold"}
    office.night()
    parks = {("leaver-account-works", "park"): "held"}
    assert rows(office) == parks

    of_park = departure(office, "1044")

    assert rows(office, "1044") == parks
    assert [line["state"] for line in of_park.said("finding")] == ["held"]
    assert of_park.red == ""
    kim_leaves(office)

    of_kim = departure(office, "1042", hours=2)

    assert rows(office, "1044") == parks
    assert rows(office, "1042") == KIMS
    assert of_kim.red == ""


def test_the_first_night_is_held_although_a_departure_came_before(office: Office) -> None:
    office.policy = {"baseline": "hold"}
    kim_leaves(office)
    departure(office, "1042")
    assert rows(office) == KIMS

    office.night()

    assert rows(office, "1044") == {("leaver-account-works", "park"): "held"}


def many_leave(office: Office) -> DepartureTold:
    kim_leaves(office)
    office.hr.change("1043", employments=LEFT_JOBS)
    return departure(office, "1042", "1043")


def test_people_whom_a_person_named_are_not_held(seen: Office) -> None:
    seen.policy = {"max_new_tickets": 0}

    told = many_leave(seen)

    assert {*rows(seen, "1042").values(), *rows(seen, "1043").values()} == {"open"}
    assert told.red == ""


def test_more_people_than_a_person_may_name_wait(seen: Office) -> None:
    seen.policy = {"max_named": 1}

    told = many_leave(seen)

    assert {*rows(seen, "1042").values(), *rows(seen, "1043").values()} == {"held"}
    assert (
        "the guard holds people whom a person named: 2 people named at once, 1 at most go through in a day" in told.red
    )


# --- one ticket, whoever comes first ---------------------------------------------------------------------------------


def test_the_night_after_opens_no_second_ticket(seen: Office, people: ListedPeople) -> None:
    kim_leaves(seen)
    departure(seen, "1042")
    first = titles(people, seen)
    assert seen.tracker.calls == ["open"]

    seen.night()

    assert seen.tracker.calls == []
    assert titles(people, seen) == first
    assert rows(seen, "1042") == KIMS


def test_a_departure_after_the_night_says_nothing_new(gone: Office, people: ListedPeople) -> None:
    first = titles(people, gone)
    before = gone.session.execute(CHANGES).fetchone()

    departure(gone, "1042")

    assert gone.tracker.calls == []
    assert titles(people, gone) == first
    assert gone.session.execute(CHANGES).fetchone() == before


def test_a_departure_in_the_midst_of_a_night_makes_the_same_tickets(
    office: Office, people: ListedPeople, store_parameters: dict[str, str | int]
) -> None:
    """The night has read and judged; before it has told anyone, a departure runs through in another session."""
    office.night()
    kim_leaves(office)
    settings, run = office.settings, _night_up_to_the_guard(office)
    with opened(store_parameters) as second:
        told = departure(office, "1042", session=second)
    assert told.red == ""
    first = titles(people, office)
    office.tracker.calls.clear()

    pipeline.ticket(office.session, settings, run, {"secops": lambda: office.tracker})

    assert office.tracker.calls == []
    assert titles(people, office) == first
    assert len(first) == 2
    assert rows(office, "1042") == KIMS


def test_a_night_that_goes_on_takes_no_departure_back_that_is_later_than_its_moment(
    office: Office, people: ListedPeople
) -> None:
    """Kim's last day ends while the night reads, and somebody asks about Kim."""
    office.night()
    office.hr.change("1042", employments=(job("active", last=f"{office.as_of:%F}", zone="America/New_York"),))
    as_of = office.as_of + timedelta(hours=1)
    run = pipeline.open_run(office.session, office.settings, caller="a long night", as_of=as_of)
    departure(office, "1042", hours=40)
    assert rows(office, "1042") == KIMS

    work = whole.work_of(office.session, office.settings, office.readers(), run, lambda _: None)
    order.walk(work, partial(whole.by_itself, office.session, run))

    assert rows(office, "1042") == KIMS
    assert [ticket.is_open for ticket in tickets_of(people, office.queue) if "1042" in ticket.title] == [True]


def _night_up_to_the_guard(office: Office) -> Any:
    session, settings, readers = office.session, office.settings, office.readers()
    run = pipeline.open_run(session, settings, caller=f"night {office.queue}", as_of=office.as_of + timedelta(hours=1))
    for roster in settings.rosters:
        pipeline.read_roster(session, settings, run, roster, readers.roster(settings, roster.name, run.as_of))
    parts = [(source, part) for source in settings.sources for part in source.parts()]
    for source, part in parts:
        reader = readers.source(settings, source.name, part, run.as_of)
        pipeline.collect(session, settings, run, source, part, reader)
    pipeline.correlate(session, settings, run)
    for source, part in parts:
        reader = readers.source(settings, source.name, part, run.as_of)
        pipeline.detail(session, settings, run, source, part, reader)
    pipeline.evaluate(session, settings, run)
    pipeline.guard(session, settings, run)
    return run


# --- what can't be read ----------------------------------------------------------------------------------------------


def test_a_source_that_fails_closes_nothing_and_the_rest_is_told(seen: Office, people: ListedPeople) -> None:
    kim_leaves(seen)
    seen.directory.error = RetriableError("sources.corp-ldap: nobody answers")

    told = departure(seen, "1042")

    assert rows(seen, "1042") == {("leaver-access-key", KIM_KEY.native_id): "open"}
    assert "corp-ldap couldn't be read" in told.red
    assert "What could be checked was told" in told.red
    assert any("1042" in title for title in titles(people, seen))


def test_what_is_not_looked_at_stays_as_it_was(gone: Office) -> None:
    before = gone.session.execute("select finding_key, standing, standing_reason, state from finding").fetchall()
    gone.directory.error = RetriableError("sources.corp-ldap: nobody answers")
    gone.cloud.error = RetriableError("sources.aws: nobody answers")

    told = departure(gone, "1042")

    after = gone.session.execute("select finding_key, standing, standing_reason, state from finding").fetchall()
    assert after == before
    assert gone.tracker.calls == []
    assert told.red


def test_what_cannot_be_told_is_unverified_and_red(seen: Office) -> None:
    kim_leaves(seen)
    seen.cloud.change(KIM_KEY.native_id, standing=Standing.UNKNOWN, standing_reason="GetAccessKeyLastUsed denied")

    told = departure(seen, "1042")

    assert rows(seen, "1042")["leaver-access-key", KIM_KEY.native_id] == "unverified"
    assert "of 1 finding it can't be told whether they work" in told.red


def test_what_cannot_be_told_of_others_is_their_nights(office: Office) -> None:
    park = user("AIDAPARK", tag(IdentityKeyKind.NUMBER, "1044"))
    office.cloud.accounts.append(park)
    office.cloud.credentials.append(
        access_key(PARK_KEY, park, standing=Standing.UNKNOWN, standing_reason="GetAccessKeyLastUsed denied")
    )
    office.night()
    kim_leaves(office)

    told = departure(office, "1042")

    assert told.red == ""
    assert why_red(reading.own(office.session, told.run.run_id)) == (), "and its report says the same"


def test_a_roster_that_fails_keeps_the_other_from_nothing(seen: Office) -> None:
    kim_leaves(seen)
    seen.vendors.error = RetriableError("rosters.vendors: nobody answers")

    told = departure(seen, "1042")

    assert rows(seen, "1042") == KIMS
    assert "roster vendors couldn't be read" in told.red


def test_nights_alone_count_as_missed(seen: Office) -> None:
    seen.directory.error = RetriableError("sources.corp-ldap: nobody answers")
    departure(seen, "1044")
    departure(seen, "1044", hours=2)

    night = seen.night()

    with pytest.raises(FatalError) as caught:
        pipeline.end(seen.session, night.run)
    assert "corp-ldap couldn't be read" in str(caught.value)
    assert "nights" not in str(caught.value).split("corp-ldap")[1]


# --- the run itself --------------------------------------------------------------------------------------------------


def test_a_departure_is_not_checked_backwards_and_none_stops_a_night(seen: Office) -> None:
    with pytest.raises(FatalError, match="lies before the last night's"):
        departure(seen, "1044", hours=-1)

    departure(seen, "1044", hours=5)
    seen.as_of += timedelta(hours=-20)
    seen.night()


def test_a_retry_finds_the_run_that_it_began(office: Office) -> None:
    first = departure(office, "1044", caller="manual__1")
    again = departure(office, "1044", caller="manual__1", hours=9)

    assert (again.run.run_id, again.run.as_of) == (first.run.run_id, first.run.as_of)
    assert office.tracker.calls == []


def test_a_night_of_the_same_name_is_another_run(office: Office) -> None:
    told = departure(office, "1044", caller="manual__1")

    night = pipeline.open_run(office.session, office.settings, caller="manual__1", as_of=office.as_of)

    assert (told.run.kind, night.kind) == ("departure", "nightly")
    assert night.run_id != told.run.run_id


def test_logs_hold_worker_ids_and_nobodys_name_mail_or_login(seen: Office) -> None:
    kim_leaves(seen)

    told = departure(seen, "kim@corp.example", "leeh")

    said = repr(told.logs)
    assert "hr:1042" in said
    assert not [word for word in ("Kim Minjun", "kim@", "kimm", "Lee Haneul", "leeh", "uid=kim") if word in said]
