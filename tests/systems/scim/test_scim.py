"""Whoever an identity provider has pushed: what every roster must do, and what is said of a push of its own."""

import json
from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from pydantic import ValidationError

from offboarding.config.init.asking import Answers
from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model.errors import ConfigError, IncompleteReadError
from offboarding.rosters import scim
from offboarding.rosters.scim import ScimRoster
from offboarding.rosters.scim.paths import ENTERPRISE, USER
from offboarding.rosters.scim.service import PushRequest, UserService
from offboarding.store.connect import Session, opened
from offboarding.store.purge import purge
from offboarding.store.putting_right import hold_to_pushes
from tests.contract.roster_contract import STATUSES, Publish, RosterContract, publishing, row
from tests.support.feed import Feed
from tests.support.small_company import LEFT, worker
from tests.systems.scim.pushed import TOKEN, PushedPlace, attribute, connection, known_by, patch, published, user

pytestmark = pytest.mark.slow


@pytest.fixture
def publish(store_parameters: dict[str, str | int]) -> Generator[Publish]:
    place = PushedPlace(parameters=store_parameters)
    with opened(store_parameters) as session:
        yield publishing(partial(published, place, session), column=attribute, statuses=STATUSES)


class TestContract(RosterContract):
    """What was pushed does what every roster must."""

    def test_a_column_that_is_not_there_costs_the_read(self, publish: Publish) -> None:
        """Its attributes have no names of one word, as columns of a table have."""
        roster = publish([row("1")], absent=["last_working_day"])
        with pytest.raises(IncompleteReadError) as caught:
            list(roster.read())
        text = str(caught.value)
        assert text.startswith("rosters.hr: ")
        assert f'there is no column "{attribute("last_working_day")}" for last_working_day' in text
        assert f'"{attribute("worker_id")}"' in text, "names what there is"
        assert roster.summary is None


# --- who is listed ----------------------------------------------------------------------------------------------------

LAST = "urn:corp:hr:2.0:User:lastDay"


@pytest.fixture
def place(store_parameters: dict[str, str | int]) -> PushedPlace:
    return PushedPlace(parameters=store_parameters)


def push(place: PushedPlace, *users: Mapping[str, Any]) -> list[str]:
    """As the endpoint takes it; their ids."""
    service = UserService(place.settings())
    with place.users("hr") as kept:
        kept.heard(place.now)
        asked = [_asked("POST", "/v2/Users", each) for each in users]
        return [json.loads(service.answer(each, kept, lambda: place.now).body)["id"] for each in asked]


def _asked(method: str, path: str, body: Mapping[str, Any]) -> PushRequest:
    return PushRequest(
        method=method,
        path=path,
        query="",
        base_url="https://airflow.corp.example",
        content_type=None,
        body=json.dumps(body).encode(),
    )


def failure(roster: ScimRoster) -> str:
    with pytest.raises(IncompleteReadError) as caught:
        list(roster.read())
    assert roster.summary is None
    return str(caught.value)


def test_who_is_active_is_listed_and_who_is_not_is_not(place: PushedPlace) -> None:
    unsaid = {name: value for name, value in user("3").items() if name != "active"}
    push(place, user("1"), user("2", active=False), unsaid)
    roster = place.roster()
    found = {worker.worker_id: worker for worker in roster.read()}
    assert sorted(found) == ["1", "3"]
    one = found["1"]
    assert (one.name, one.mail, [each.value for each in one.logins]) == (
        "Worker 1",
        "w1@corp.example",
        ["w1@corp.example"],
    )
    assert (one.employments[0].status, one.employments[0].last_working_on) == ("active", None)
    assert list(roster.problems) == []
    assert roster.summary is not None
    assert not roster.summary.proved, "nothing says that all were pushed"


def test_after_a_restore_it_is_partial_until_everybody_was_pushed_again(place: PushedPlace) -> None:
    """Who was told inactive after the backup is active in the restored store, and nobody would tell it again."""
    _, two, three = push(place, user("1"), user("2"), user("3"))
    service = UserService(place.settings())
    with place.users("hr") as kept:
        assert hold_to_pushes(kept.session, 3) == []
        assert hold_to_pushes(kept.session, 4), "before the first run"
        assert hold_to_pushes(kept.session, 4) == [], "it is noticed once"

        def doubts() -> list[str]:
            roster = place.roster()
            list(roster.read())
            return [problem.text for problem in roster.problems if "restored from a backup" in problem.text]

        assert ["3 of 3 users" in text for text in doubts()] == [True]
        found = replace(_asked("GET", "/v2/Users", {}), query='filter=userName eq "w1@corp.example"', body=b"")
        assert json.loads(service.answer(found, kept, lambda: place.now).body)["totalResults"] == 1
        away = patch({"op": "replace", "path": "active", "value": False})
        assert service.answer(_asked("PATCH", f"/v2/Users/{two}", away), kept, lambda: place.now).status == 204
        assert ["1 of 3 users" in text for text in doubts()] == [True], "somebody whom it no longer has"
        gone = replace(_asked("DELETE", f"/v2/Users/{three}", {}), body=b"")
        assert service.answer(gone, kept, lambda: place.now).status == 204
        assert doubts() == []


def test_a_day_that_is_told_counts_and_inactive_alone_is_none(place: PushedPlace) -> None:
    place.own = {"columns": {"worker_id": "employeeNumber", "last_working_day": LAST}}
    schema, _, name = LAST.rpartition(":")
    push(
        place,
        user("1", active=False, **{schema: {name: "2026-11-20"}}),
        user("2", active=True, **{schema: {name: "2026-12-31"}}),
        user("3", active=False),
    )
    told = {
        worker.worker_id: (worker.employments[0].status, worker.employments[0].last_working_on)
        for worker in place.roster().read()
    }
    assert told == {"1": ("left", date(2026, 11, 20)), "2": ("active", date(2026, 12, 31))}


@pytest.mark.parametrize(
    ("day", "is_listed"),
    [
        ("9999-12-31", False),
        (" ", False),
        ("2027-12-31", False),
        ("2026-11-26", False),
        ("2026-11-25", True),
        (" 2026-11-20 ", True),
    ],
)
def test_of_somebody_inactive_a_day_counts_that_is_one_and_has_come(
    place: PushedPlace, day: str, *, is_listed: bool
) -> None:
    """NIGHT is the 25th in Seoul. Without such a day they are off the list, which two reads and bounds make of it."""
    schema, _, name = LAST.rpartition(":")
    for column in ("last_working_day", "end"):
        place.own = {"columns": {"worker_id": "employeeNumber", column: LAST}}
        number = str(len(column))
        push(place, user(number, active=False, **{schema: {name: day}}), user(f"9{number}"))
        roster = place.roster()
        listed = {worker.worker_id: worker.employments[0] for worker in roster.read()}
        assert (number in listed) is is_listed, column
        assert list(roster.problems) == []
        assert not is_listed or listed[number].status == "left"


def test_a_day_of_somebody_inactive_that_can_not_be_read_is_told(place: PushedPlace) -> None:
    schema, _, name = LAST.rpartition(":")
    place.own = {"columns": {"worker_id": "employeeNumber", "last_working_day": LAST}}
    push(place, user("1", active=False, **{schema: {name: "20.11.2026"}}), user("2"))
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["2"]
    assert roster.left_out.problems or list(roster.problems)


STATE = "urn:corp:hr:2.0:User:state"
WORDS = {"A": "active", "L": "leave", "T": "left"}


@pytest.mark.parametrize("coverage", ["active", "full"])
def test_inactive_is_off_the_list_whatever_status_says_that_they_work_here(place: PushedPlace, coverage: str) -> None:
    """HR's word that they are on leave says why, and that they have left is more than that they are off the list."""
    columns = {"worker_id": "employeeNumber", "status": STATE, "last_working_day": LAST}
    place.own = {"columns": columns, "statuses": WORDS, "coverage": coverage}
    own = STATE.rpartition(":")[0]
    push(place, user("1", **{own: {"state": "A"}}))
    for number, told in {"2": {"state": "A"}, "3": {"state": "L"}, "4": {"state": "T"}}.items():
        push(place, user(number, active=False, **{own: told}))
    push(place, user("5", active=False, **{own: {"state": "A", "lastDay": "2026-11-20"}}))
    found = {worker.worker_id: worker.employments[0].status for worker in place.roster().read()}
    assert found == {"1": "active", "3": "leave", "4": "left", "5": "active"}


def test_whoever_left_by_hr_s_word_and_is_active_has_left_and_is_told(place: PushedPlace) -> None:
    place.own = {"columns": {"worker_id": "employeeNumber", "status": STATE}, "statuses": WORDS, "coverage": "full"}
    own = STATE.rpartition(":")[0]
    push(place, user("1", **{own: {"state": "T"}}), user("2", **{own: {"state": "A"}}))
    roster = place.roster()
    assert {worker.worker_id: worker.employments[0].status for worker in roster.read()} == {"1": "left", "2": "active"}
    assert list(roster.problems) == [], "everybody else is read whole"
    (problem,) = roster.left_out.problems
    assert problem.text.startswith("1 user of the status left")


def test_where_nobody_is_active_a_status_makes_no_roster_of_nobody(place: PushedPlace) -> None:
    place.own = {"columns": {"worker_id": "employeeNumber", "status": STATE}, "statuses": WORDS, "coverage": "full"}
    own = STATE.rpartition(":")[0]
    push(place, *(user(each, active=False, **{own: {"state": "A"}}) for each in ("1", "2")))
    assert "none of 2 users is active any more" in failure(place.roster())


def test_a_manager_is_told_by_their_number(place: PushedPlace) -> None:
    (boss,) = push(place, user("7"))
    managers = {"1": boss, "2": "7", "3": str(uuid4())}
    push(place, *(user(n, **{ENTERPRISE: {"employeeNumber": n, "manager": {"value": m}}}) for n, m in managers.items()))
    assert {worker.worker_id: worker.manager for worker in place.roster().read()} == {
        "7": "",
        "1": "7",
        "2": "7",
        "3": "",
    }


def renumber(place: PushedPlace, user_id: str, *numbers: str) -> None:
    path = f"{ENTERPRISE}:employeeNumber"
    service = UserService(place.settings())
    with place.users("hr") as kept:
        for number in numbers:
            body = patch({"op": "replace", "path": path, "value": number})
            answer = service.answer(_asked("PATCH", f"/v2/Users/{user_id}", body), kept, lambda: place.now)
            assert answer.status == 204


@pytest.mark.parametrize(
    ("numbers", "number", "former"),
    [
        (["9"], "9", ("1",)),
        (["8", "9"], "9", ("1", "8")),
        (["9", "9"], "9", ("1",)),
        (["9", "1"], "1", ()),
        (["", "1"], "1", ()),
        (["", "9"], "9", ("1",)),
        (["8", "9", "8"], "8", ("1",)),
    ],
)
def test_whoever_gets_another_number_is_the_same_worker(
    place: PushedPlace, numbers: list[str], number: str, former: tuple[str, ...]
) -> None:
    ids = push(place, user("1"), user("2"))
    renumber(place, ids[0], *numbers)
    roster = place.roster()
    told = {worker.worker_id: tuple(worker.previous_worker_ids) for worker in roster.read()}
    assert told == {number: former, "2": ()}
    assert list(roster.problems) == []


def test_two_active_users_of_one_number_are_told_and_are_not_taken_for_one(place: PushedPlace) -> None:
    ids = push(place, user("1"), user("2"), user("3"))
    renumber(place, ids[0], "2")
    roster = place.roster()
    assert sorted((each.worker_id, tuple(each.previous_worker_ids)) for each in roster.read()) == [
        *([("2", ())] * 2),
        ("3", ()),
    ]
    (problem,) = roster.problems
    assert problem.text == "1 number borne by two users or more, who are active"
    renumber(place, ids[0], "9")
    roster = place.roster()
    assert {each.worker_id: tuple(each.previous_worker_ids) for each in roster.read()} == {
        "9": ("1",),
        "2": (),
        "3": (),
    }
    assert list(roster.problems) == []


def test_a_user_without_a_number_is_told(place: PushedPlace) -> None:
    ids = push(place, user("1"), user("", externalId="00u9"))
    roster = place.roster()
    assert [worker.worker_id for worker in roster.read()] == ["1"]
    (problem,) = roster.problems
    assert ids[1] in problem.record
    assert problem.text == "the worker id is empty"


def test_the_number_may_be_another_attribute(place: PushedPlace) -> None:
    place.own = {"columns": {"worker_id": "externalId"}}
    push(place, user("1"))
    assert [worker.worker_id for worker in place.roster().read()] == ["00u1"]


# --- whether it's all -------------------------------------------------------------------------------------------------


def test_where_nothing_was_heard_for_long_nobody_s_absence_counts(place: PushedPlace) -> None:
    push(place, user("1"))
    for days, text in ((14, []), (15, ["2026-11-24, and max_quiet is 14 days"])):
        roster = place.roster(as_of=place.now + timedelta(days=days))
        assert [worker.worker_id for worker in roster.read()] == ["1"]
        assert [each.text for each in roster.problems] == [
            f"nothing was heard from the identity provider since {each}" for each in text
        ]
    loose = place.roster(as_of=place.now + timedelta(days=15), max_quiet="30d")
    list(loose.read())
    assert list(loose.problems) == []


@pytest.mark.parametrize(("many", "minutes", "is_doubted"), [(6, 30, True), (5, 30, False), (6, 61, False)])
def test_a_sync_that_is_under_way_is_told(place: PushedPlace, many: int, minutes: int, is_doubted: bool) -> None:
    push(place, *(user(str(number)) for number in range(20)))
    place.now += timedelta(hours=9)
    push(place, *(user(str(number)) for number in range(20, 20 + many)))
    roster = place.roster(as_of=place.now + timedelta(minutes=minutes))
    list(roster.read())
    texts = [each.text for each in roster.problems]
    told = f"{many} users came and 0 were deleted within the last hour, of {20 + many}: a sync is under way"
    assert texts == ([told] if is_doubted else [])


def test_before_anybody_was_pushed_and_when_nobody_is_left_it_says_so(place: PushedPlace) -> None:
    assert "nobody has been pushed yet" in failure(place.roster())
    push(place, user("1", active=False))
    assert "none of 1 user is active any more: was the app taken from everybody" in failure(place.roster())
    with place.users("hr") as users:
        (row,) = users.read()
        users.delete(row.user_id, place.now)
    assert "every user was deleted" in failure(place.roster())


def test_what_columns_ask_for_since_is_asked_of_everybody_first(place: PushedPlace) -> None:
    push(place, user("1"))
    asking: dict[str, Any] = {"columns": {"worker_id": "employeeNumber", "last_working_day": LAST}}
    text = failure(place.roster(**asking))
    assert f'there is no column "{LAST}" for last_working_day' in text
    assert "have the identity provider push everybody again" in text

    place.own = asking
    push(place, user("2"))
    assert sorted(worker.worker_id for worker in place.roster().read()) == ["1", "2"]


def test_users_of_another_roster_are_not_read(place: PushedPlace) -> None:
    push(place, user("1"))
    assert "nobody has been pushed yet" in failure(place.roster("vendors"))


# --- what may be written ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        *("password", "phoneNumbers", 'phoneNumbers[type eq "work"].value', "addresses.country", "photos.value"),
        *("name", "emails", "emails.display", "name.nick", "manager", "userName.value", 'userName[type eq "x"]'),
        *("urn:ietf:params:scim:schemas:core:2.0:User:employeeNumber", f"{ENTERPRISE}:userName", f"{LAST}.part"),
        *("employee number", 'emails[type ne "work"].value', ""),
    ],
)
def test_an_attribute_that_is_not_kept_can_not_be_asked_for(place: PushedPlace, text: str) -> None:
    with pytest.raises(ValidationError):
        place.settings(columns={"worker_id": "employeeNumber", "type": text})


@pytest.mark.parametrize("active", ["active", f"{USER}:active"])
def test_inactive_is_not_said_to_mean_that_somebody_left(place: PushedPlace, active: str) -> None:
    columns = {"worker_id": "employeeNumber", "status": active}
    words = {"true": "active", "false": "left"}
    with pytest.raises(ValidationError, match="who is no longer assigned"):
        place.settings(coverage="full", columns=columns, statuses=words)
    push(place, user("1", active=False), user("2"))
    away = place.roster(coverage="full", columns=columns, statuses=words | {"false": "suspended"})
    assert {each.worker_id: each.employments[0].circumstance for each in away.read()} == {"1": "suspended", "2": ""}


def test_an_attribute_of_our_own_is_itself_whatever_it_is_called(place: PushedPlace) -> None:
    """HR's own `active` isn't the provider's, and HR's own `manager` is no user's id."""
    own, number = "urn:corp:hr:2.0:User", str(uuid4())
    columns = {"worker_id": "employeeNumber", "status": f"{own}:active", "manager": f"{own}:manager"}
    place.own = {"columns": columns, "statuses": {"true": "active", "no": "left"}, "coverage": "full"}
    push(place, user("1", active=True, **{own: {"active": "no", "manager": number}}))
    (worker,) = place.roster().read()
    assert (worker.employments[0].status, worker.manager) == ("left", number)


@pytest.mark.parametrize(
    "password",
    [TOKEN, "", known_by(TOKEN).upper(), known_by(TOKEN, TOKEN, TOKEN), f"{known_by(TOKEN)} {TOKEN}", "sha256:abc"],
)
def test_a_connection_that_holds_anything_but_hashes_is_refused_and_not_repeated(
    place: PushedPlace, password: str
) -> None:
    context = ReadContext(as_of=place.now, default_zone="Asia/Seoul", pushed=place.users)
    with pytest.raises(ConfigError) as caught:
        scim.build(place.settings(), ConnectionFields(conn_id="hr_scim", password=password), context)
    assert "is to be sha256:... of a token" in str(caught.value)
    assert TOKEN not in str(caught.value)


def test_one_hash_twice_is_refused(place: PushedPlace) -> None:
    """It would be no roster's alone, and let nobody in."""
    context = ReadContext(as_of=place.now, default_zone="Asia/Seoul", pushed=place.users)
    with pytest.raises(ConfigError, match="has one hash twice"):
        scim.build(place.settings(), connection(TOKEN, TOKEN), context)


def test_proposes_a_list_of_who_works_here() -> None:
    flags = Answers(given={"columns.worker_id": "externalId"}, interactive=False).about("hr")
    proposal = scim.propose("hr_scim", connection(), flags)
    made = scim.Settings.model_validate({"name": "hr", "kind": "scim", "connection": "hr_scim", **proposal.settings})
    assert (made.coverage, made.columns["worker_id"]) == ("active", "externalId")
    assert "/offboarding-scim/v2" in proposal.notes[0]


# --- how long it's kept -----------------------------------------------------------------------------------------------


def test_names_and_mails_of_whoever_is_long_inactive_are_forgotten(place: PushedPlace, store: Session) -> None:
    one, other = push(place, user("1", active=False), user("2"))
    told = purge(store, place.now + timedelta(days=1), keep=False)
    assert told.rows["what was pushed of whoever is long inactive"] == 1
    rows = store.execute("select user_id::text, worker_id, active, resource = '{}' from pushed_user order by worker_id")
    assert rows.fetchall() == [(one, "1", False, True), (other, "2", True, False)]


def test_whoever_has_not_left_keeps_what_was_pushed_however_long_they_are_inactive(
    place: PushedPlace, store: Session
) -> None:
    """On leave for years, by an attribute of HR's: without their record they would be off the list."""
    push(place, user("1", active=False), user("2", active=False))
    feed = Feed(session=store)
    feed.read(1, worker("1"), worker("2"))
    feed.read(20, worker("1"), worker("2", LEFT))
    assert feed.left() == {"2": "actual"}
    purge(store, place.now + timedelta(days=1), keep=False)
    rows = store.execute("select worker_id, resource = '{}' from pushed_user order by worker_id")
    assert rows.fetchall() == [("1", False), ("2", True)]


def test_who_is_forgotten_makes_no_read_partial(place: PushedPlace, store: Session) -> None:
    state = "urn:corp:hr:2.0:User:state"
    columns = {"worker_id": "employeeNumber", "status": state, "last_working_day": LAST}
    place.own.update(coverage="full", columns=columns, statuses={"works": "active", "left": "left"})
    own = "urn:corp:hr:2.0:User"
    gone = user("1", active=False, **{own: {"state": "left", "lastDay": "2020-05-29"}})
    push(place, gone, *(user(each, **{own: {"state": "works"}}) for each in ("2", "3")))
    assert purge(store, place.now + timedelta(days=1), keep=False).rows["what was pushed of whoever is long inactive"]
    roster = place.roster()
    assert sorted(each.worker_id for each in roster.read()) == ["2", "3"]
    assert list(roster.problems) == []
