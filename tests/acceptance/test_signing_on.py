"""What still works where the identity provider says disabled: said with the thing, and found beside it."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from offboarding.interfaces import Tracker
from offboarding.model import IdentityKeyKind, Standing, SubjectKind, TicketPriority
from offboarding.model.errors import FatalError
from offboarding.store import reading, revocations
from offboarding.store.connect import Session
from offboarding.store.events import broken_at
from offboarding.store.reading.leavers import leavers
from offboarding.store.reading.standings import by_week, revoked_lately
from tests.support.begun import Begun
from tests.support.departure import departure
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, access_key, locked, login, switched_off, user
from tests.support.signed_on import SignedOn
from tests.support.small_company import LEFT, number, tag, worker
from tests.support.watching import hour

SHUT_AT = datetime(2026, 11, 13, 9, 30, tzinfo=UTC)
KIM, LEE, PARK = (
    user(f"AIDA{who}", tag(IdentityKeyKind.NUMBER, worker_id))
    for who, worker_id in (("KIM", "1042"), ("LEE", "1043"), ("PARK", "1044"))
)
KEPT = (
    "corp-ldap says disabled since 2026-11-13 09:30 UTC (pwdAccountLockedTime 000001010000Z), and people sign on here"
    " by it: this still works all the same."
)
TOLD = KEPT.replace("09:30 UTC", "18:30 KST")


def three_people(session: Session, tracker: Tracker) -> SignedOn:
    made = SignedOn(session=session, tracker=HeardTracker(tracker))
    made.hr.workers = [worker("1042", LEFT), worker("1043"), worker("1044", LEFT)]
    made.directory.accounts = [
        login(who, number(worker_id)) for who, worker_id in (("kim", "1042"), ("lee", "1043"), ("park", "1044"))
    ]
    made.cloud.accounts = [KIM, LEE, PARK]
    made.cloud.credentials = [access_key(f"AKIA{each.native_id[4:]:A<16}", each) for each in (KIM, LEE, PARK)]
    return made


@pytest.fixture
def company(store: Session, tracker: Tracker) -> SignedOn:
    """Kim and Park have left, Lee works here; each has a login in the directory, and an access key beside it."""
    return three_people(store, tracker)


def test_a_leaver_s_key_is_said_to_work_where_people_believe_that_it_is_shut_and_nobody_else_s(
    company: SignedOn, tracker: ListedTracker
) -> None:
    for shut in ("kim", "lee"):  # Lee is on leave
        company.directory.change(shut, **locked(), disabled_at=SHUT_AT)

    assert company.night().failed == ()

    bodies = {each.draft.title: " ".join(each.draft.body.split()) for each in tracker.there()}
    assert {"1042" in title: body.count(TOLD) for title, body in bodies.items()} == {True: 1, False: 0}
    assert not [body for body in bodies.values() if "aidalee" in body.lower()]
    assert evidence(company, "AKIAPARK") == []

    # The hour looks at the directory's account too, which nothing is open about.
    company.directory.looked_at.clear()
    assert hour(company).failed == []
    assert "kim" in company.directory.looked_at
    assert evidence(company, "AKIAKIM") == [KEPT]


def test_what_the_provider_could_not_be_asked_is_not_said_and_neither_is_what_it_lets_in(company: SignedOn) -> None:
    company.directory.change("kim", **locked())
    assert company.night().failed == ()
    assert len(evidence(company, "AKIAKIM")) == 1

    company.directory.shows_accounts, company.directory.denied = False, "corp-ldap: read is missing"
    company.directory.error = FatalError("corp-ldap: no answer")
    company.night()
    assert evidence(company, "AKIAKIM") == []

    company.directory.shows_accounts, company.directory.denied, company.directory.error = True, "", None
    company.directory.change("kim", standing=Standing.WORKS)
    assert company.night().failed == ()
    assert evidence(company, "AKIAKIM") == []


def evidence(company: SignedOn, key: str) -> list[str]:
    """What its finding says of the provider."""
    query = "select jsonb_array_elements_text(evidence) from finding where subject_native_id like %s"
    rows = company.session.execute(query, (f"{key}%",)).fetchall()
    return [str(text) for (text,) in rows if "says disabled" in str(text)]


# --- as a finding of its own ------------------------------------------------------------------------------------------

BESIDE, KEY = "leaver-local-account", "leaver-access-key"
KIM_KEY = "AKIAKIMAAAAAAAAAAAAA"


def night_of_the_lock(session: Session, tracker: Tracker) -> SignedOn:
    company = three_people(session, tracker)
    company.directory.change("kim", **locked(), disabled_at=SHUT_AT)
    assert company.night().failed == ()
    assert found(company) == {KEY: ("open", "works", ""), BESIDE: ("open", "works", "")}
    return company


@pytest.fixture
def told(begun: Begun) -> SignedOn:
    """Kim's account in the directory is locked, and a night has told what works all the same."""
    return begun(night_of_the_lock)


def found(company: SignedOn, native_id: str = "AIDAKIM") -> dict[str, tuple[str, str, str]]:
    """Rule -> state, standing and why it's over, of what was found of an account in the cloud."""
    query = "select rule, state, standing, coalesce(resolution, '') from finding where account_native_id = %s"
    rows = company.session.execute(query, (native_id,)).fetchall()
    return {str(rule): (str(state), str(standing), str(over)) for rule, state, standing, over in rows}


def beside(company: SignedOn) -> dict[str, Any]:
    """The row of Kim's."""
    query = "select to_jsonb(f) from finding f where rule = %s and account_native_id = 'AIDAKIM'"
    rows: list[Any] = company.session.execute(query, (BESIDE,)).fetchall()
    return rows[0][0]


def test_it_stands_on_the_ticket_of_what_works_there_and_asks_for_no_more(
    told: SignedOn, tracker: ListedTracker
) -> None:
    own, (kim, _) = beside(told), sorted(tracker.there(), key=lambda each: "1042" not in each.draft.title)
    body = " ".join(kim.draft.body.split())

    assert len(tracker.there()) == 2, "Kim's and Park's"
    assert "1 thing of theirs still works." in body
    assert "Local account arn:aws:iam::111111111111:user/aidakim, aws (medium," in body
    assert f"It works: without corp-ldap, by AKIA...AAAA ({KIM_KEY})." in body
    assert own["due_at"] is None
    assert own["holds_ticket"] is False
    candidates = revocations.candidates(told.session, sources=["aws"], subjects=[SubjectKind.ACCOUNT])
    assert [(each.rule, each.holds_ticket) for each in candidates] == [(BESIDE, False)], "nobody may shut it by itself"
    assert found(told, "AIDAPARK").keys() == {KEY}, "the directory lets Park in"
    assert found(told, "AIDALEE") == {}, "Lee is on leave"
    assert [each.finding_key for each in reading.findings(told.session, rule=BESIDE)] == [own["finding_key"]]

    told.night()
    assert len(tracker.there()) == 2
    assert told.tracker.calls == []


def test_it_is_over_with_what_works_there_and_comes_back_with_it(told: SignedOn, tracker: ListedTracker) -> None:
    key = beside(told)["finding_key"]
    told.cloud.change(KIM_KEY, **switched_off())
    told.night()
    assert found(told)[KEY] == ("resolved", "works", "seen dead")
    assert found(told)[BESIDE] == ("resolved", "works", "nothing local")
    assert {"1042" in each.draft.title: each.is_open for each in tracker.there()} == {True: False, False: True}

    told.cloud.change(KIM_KEY, standing=Standing.WORKS, standing_reason="Status Active (ListAccessKeys)")
    told.night()
    assert found(told)[BESIDE] == ("open", "works", "")
    assert (beside(told)["finding_key"], beside(told)["reopened"]) == (key, 1)
    assert len(tracker.there()) == 2
    assert broken_at(told.session) is None


def test_where_the_provider_lets_in_again_the_thing_stands_alone(told: SignedOn, tracker: ListedTracker) -> None:
    told.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock", disabled_at=None)
    told.night()

    assert found(told) == {KEY: ("open", "works", ""), BESIDE: ("resolved", "works", "works at the provider")}
    assert all(each.is_open for each in tracker.there())


def test_where_nothing_is_left_to_say_disabled_it_is_over_and_the_thing_is_not(told: SignedOn) -> None:
    told.directory.remove("kim")
    hour(told)
    assert found(told)[BESIDE] == ("open", "works", ""), "an hour takes no inventory"
    assert told.night().failed == ()
    assert found(told) == {KEY: ("open", "works", ""), BESIDE: ("resolved", "works", "none at the provider")}


def test_where_the_configuration_names_no_provider_it_is_over(told: SignedOn) -> None:
    told.said = False
    told.night()
    assert found(told) == {KEY: ("open", "works", ""), BESIDE: ("resolved", "works", "none at the provider")}


def test_a_provider_that_cannot_be_read_leaves_it_unchecked_and_begins_none(told: SignedOn) -> None:
    told.directory.error = told.directory.look_error = FatalError("corp-ldap: no answer")
    told.directory.change("park", **locked())
    told.night()
    assert found(told) == {KEY: ("open", "works", ""), BESIDE: ("open", "unknown", "")}
    assert not [text for text in beside(told)["evidence"] if text.startswith("corp-ldap says disabled")]
    assert found(told, "AIDAPARK").keys() == {KEY}, "nothing was ever known of Park there"

    # What is dead there is dead whatever the provider says.
    told.cloud.change(KIM_KEY, **switched_off())
    told.night()
    assert found(told)[BESIDE][2] == "nothing local"

    told.directory.error = told.directory.look_error = None
    told.night()
    assert found(told, "AIDAPARK")[BESIDE] == ("open", "works", "")


def test_what_could_not_be_read_there_closes_nothing(told: SignedOn) -> None:
    told.cloud.denied = "access keys: ListAccessKeys denied"
    told.cloud.change(KIM_KEY, **switched_off())
    told.night()
    assert found(told) == {KEY: ("open", "unknown", ""), BESIDE: ("open", "unknown", "")}

    told.cloud.look_error = told.cloud.error = FatalError("aws: no answer")
    told.directory.remove("kim")
    told.night()
    assert found(told)[BESIDE][0] == "open"


def test_an_hour_sees_both_ends(told: SignedOn) -> None:
    told.directory.look_error = FatalError("corp-ldap: no answer")
    hour(told)
    assert found(told)[BESIDE] == ("open", "unknown", "")

    told.directory.look_error = None
    hour(told)
    assert found(told)[BESIDE] == ("open", "works", "")
    told.directory.change("kim", standing=Standing.WORKS)
    hour(told)
    assert found(told)[BESIDE] == ("resolved", "works", "works at the provider")
    told.directory.change("kim", **locked())
    hour(told)
    assert found(told)[BESIDE] == ("open", "works", "")

    told.cloud.change(KIM_KEY, **switched_off())
    assert hour(told).failed == []
    assert found(told)[BESIDE] == ("resolved", "works", "nothing local")


def test_a_departure_says_it_at_once(company: SignedOn, tracker: ListedTracker) -> None:
    gone = company.hr.workers
    company.hr.workers = [worker("1042"), *gone[1:]]
    company.night()
    assert found(company) == {}
    company.hr.workers = gone
    company.directory.change("kim", **locked(), disabled_at=SHUT_AT)

    departure(company, "1042")

    assert found(company) == {KEY: ("open", "works", ""), BESIDE: ("open", "works", "")}
    assert len([each for each in tracker.there() if "1042" in each.draft.title]) == 1


def test_what_is_excepted_there_leaves_no_ticket_open_for_it(told: SignedOn, tracker: ListedTracker) -> None:
    granted = {"reason": "a job is moved", "approver": "Soyeon", "expires": date(2026, 12, 24), "rule": KEY}
    told.let_stand = {"exceptions": [{"worker": "hr:1042", **granted}]}
    told.night()

    assert {rule: state for rule, (state, _, _) in found(told).items()} == {KEY: "excepted", BESIDE: "open"}
    (kim,) = (each for each in tracker.there() if "1042" in each.draft.title)
    assert not kim.is_open
    assert not [text for _, text in kim.said if "can be switched on again" in text]


def test_no_longer_excepted_it_asks_nobody_about_a_provider_that_cannot_be_read(
    told: SignedOn, tracker: ListedTracker
) -> None:
    granted = {"reason": "a job is moved", "approver": "Soyeon", "expires": date(2026, 12, 24), "rule": BESIDE}
    told.let_stand = {"exceptions": [{"worker": "hr:1042", **granted}]}
    told.night()
    assert found(told)[BESIDE][0] == "excepted"

    told.let_stand = {}
    told.directory.error = told.directory.look_error = FatalError("corp-ldap: no answer")
    for _ in range(4):
        told.night()
    assert found(told)[BESIDE] == ("held", "unknown", "")
    assert not [each.draft.title for each in tracker.there() if "aws" in each.draft.title]

    told.directory.error = told.directory.look_error = None
    told.night()
    assert found(told)[BESIDE] == ("open", "works", "")


def test_the_guard_counts_what_works_there_once(company: SignedOn) -> None:
    company.directory.change("kim", **locked())
    company.directory.change("park", **locked())
    company.guard = {"findings": {"absolute": 2}, "closings": {"absolute": 2}}
    company.policy = {"max_new_tickets": 2}
    company.night()
    assert company.holds == {}
    assert found(company)[BESIDE][0] == "open"

    for each in ("KIM", "PARK"):
        company.cloud.change(f"AKIA{each:A<16}", **switched_off())
    company.night()
    assert company.holds == {}
    assert found(company)[BESIDE][0] == "resolved"


def test_a_provider_that_lost_too_much_says_nothing_of_what_stands_elsewhere(told: SignedOn) -> None:
    told.guard = {"objects": {"absolute": 0}}
    told.directory.accounts = []
    run = told.night().run

    assert [name for _, name in told.holds] == ["corp-ldap"]
    assert found(told)[BESIDE] == ("open", "works", "")

    told.release(run.run_id, holds=[hold.hold_id for hold in told.holds.values()])
    assert found(told)[BESIDE] == ("resolved", "works", "none at the provider")


def test_how_soon_it_was_shut_is_counted_once(told: SignedOn) -> None:
    assert revoked_lately(told.session, now=told.as_of, days=90).exposed == 3, "Kim's key, and Park's with the login"
    assert this_week(told) == (0, 3)

    told.cloud.change(KIM_KEY, **switched_off())
    told.night()

    assert revoked_lately(told.session, now=told.as_of, days=90).revoked == 1
    assert this_week(told) == (1, 3), "the key stands as inactive now"


def test_a_user_that_is_gone_was_shut_as_often_as_it_let_in(told: SignedOn) -> None:
    told.cloud.remove(KIM.native_id)
    told.night()

    assert found(told)[BESIDE][0] == "resolved"
    assert this_week(told)[0] == revoked_lately(told.session, now=told.as_of, days=90).revoked == 1


def this_week(company: SignedOn) -> tuple[int, int]:
    """How much was seen shut, and how much of what was found stands open."""
    # What the record says is of the moment in which it was written.
    now = datetime.now(UTC) + timedelta(days=1)
    before, week = by_week(company.session, [now - timedelta(days=90), now], within=timedelta(days=90))
    return week.revoked, before.grown + week.grown


def test_the_ticket_is_due_and_as_urgent_as_what_works_is(company: SignedOn, tracker: ListedTracker) -> None:
    company.policy = {"severities": {KEY: "low"}}
    company.night()
    (kim,) = (each for each in tracker.there() if "1042" in each.draft.title)
    due_at = kim.draft.due_at

    company.directory.change("kim", **locked())
    company.night()

    assert found(company)[BESIDE][0] == "open"
    assert "Local account" in kim.draft.body
    assert (kim.draft.due_at, kim.draft.priority) == (due_at, TicketPriority.LOW), "as the key's"


def test_while_it_waits_what_is_known_of_the_leaver_does_not(told: SignedOn) -> None:
    told.directory.change("park", **locked())
    told.guard = {"findings": {"absolute": 0}}
    told.night()

    assert found(told, "AIDAPARK") == {KEY: ("open", "works", ""), BESIDE: ("held", "works", "")}
    listed = leavers(told.session, as_of=told.as_of, days=None, since=told.as_of)
    assert {each.waits for each in listed if each.account_native_id == "AIDAPARK"} == {False}
