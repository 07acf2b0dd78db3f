"""The endpoint that identity providers push to, over HTTPS, on a real store."""

import asyncio
import json
import logging
import socket
import ssl
import time
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import httpx
import httpx2
import pytest
import yaml
from airflow import settings
from airflow.api_fastapi.common.http_access_log import HttpAccessLogMiddleware
from airflow.models.team import Team
from airflow.models.variable import Variable
from fastapi import FastAPI
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_server.routing import ROUTES
from scim2_tester import Status, check_server
from sqlalchemy import Table
from structlog.testing import capture_logs

from demo.slapd import Tls
from offboarding.model.errors import ConfigError, RetriableError
from offboarding.rosters.scim import endpoint
from offboarding.rosters.scim.paths import ENTERPRISE, USER
from offboarding.store.connect import Session
from offboarding.store.purge import purge
from offboarding.wiring import pushing
from offboarding_airflow import plugin
from offboarding_airflow.pushes import PUSHES, PUSHES_IN_AIRFLOW
from tests.systems.scim.pushed import (
    OTHER_TOKEN,
    TOKEN,
    KeptPushes,
    PushedPlace,
    as_fast_as_it_asks,
    body_of,
    connection,
    known_by,
    patch,
    pushed,
    served,
    user,
)

__all__ = ["as_fast_as_it_asks"]
pytestmark = pytest.mark.slow
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
SECRET = "canary-Pa55word"
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


@pytest.fixture
def place(store_parameters: dict[str, str | int], tls: Tls) -> Generator[PushedPlace]:
    with served(PushedPlace(parameters=store_parameters), tls) as running:
        yield running


@pytest.fixture
def idp(place: PushedPlace) -> Generator[httpx.Client]:
    """Whoever pushes for the roster hr."""
    with place.client() as client:
        yield client


def changed(idp: httpx.Client, user_id: str, *operations: dict[str, Any]) -> dict[str, Any]:
    """The user, once a PATCH was taken."""
    answer = idp.patch(f"/Users/{user_id}", json=patch(*operations))
    assert answer.status_code in (200, 204), answer.text
    found: dict[str, Any] = body_of(idp.get(f"/Users/{user_id}"))
    return found


# --- by the RFCs ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("as_fast_as_it_asks")
def test_does_what_scim_s_own_tester_asks(place: PushedPlace) -> None:
    """scim2-tester creates, finds, changes and removes each attribute that we say we have, by scim2-client."""
    place.own = {"columns": {"worker_id": "employeeNumber", "mail": "emails.value", "end": "urn:corp:hr:2.0:User:last"}}
    assert place.tls
    headers, trusting = {"Authorization": f"Bearer {TOKEN}"}, ssl.create_default_context(cafile=place.tls.authority)
    with httpx2.Client(base_url=place.url, headers=headers, verify=trusting) as client:
        results = check_server(SyncSCIMClient(client))
    assert [(each.title, each.reason) for each in results if each.status is not Status.SUCCESS] == []
    assert {"object_creation", "object_replacement", "object_deletion", "search_with_attributes"} <= {
        each.title for each in results
    }
    assert len([each for each in results if "urn:corp:hr:2.0:User:last" in str(each.reason)]) == 3


@pytest.mark.usefixtures("as_fast_as_it_asks")
def test_the_tester_sees_what_is_wrong(place: PushedPlace, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: a service that keeps nothing of a change."""
    monkeypatch.setattr("offboarding.store.pushed.PushedUsersStore.change", lambda *_: None)
    assert place.tls
    headers, trusting = {"Authorization": f"Bearer {TOKEN}"}, ssl.create_default_context(cafile=place.tls.authority)
    with httpx2.Client(base_url=place.url, headers=headers, verify=trusting) as client:
        results = check_server(SyncSCIMClient(client), include_tags={"crud:update", "patch:replace"})
    assert [each for each in results if each.status is Status.ERROR]


def test_says_what_it_can_not_do(idp: httpx.Client) -> None:
    told = body_of(idp.get("/ServiceProviderConfig"))
    assert [name for name in ("bulk", "sort", "etag", "changePassword") if told[name]["supported"]] == []
    assert told["patch"]["supported"]
    assert [each["name"] for each in body_of(idp.get("/ResourceTypes"))["Resources"]] == ["User"]
    assert idp.get("/Groups").status_code == 404
    assert idp.post("/Bulk", json={}).status_code == 501
    assert idp.get("/Me").status_code == 501


def test_pages_hold_everybody_once(idp: httpx.Client) -> None:
    ids = pushed(idp, *[user(str(number)) for number in range(7)])
    pages = [body_of(idp.get(f"/Users?startIndex={first}&count=3")) for first in (1, 4, 7)]
    assert {page["totalResults"] for page in pages} == {7}
    assert sorted(each["id"] for page in pages for each in page["Resources"]) == sorted(ids)
    assert body_of(idp.get("/Users?count=0"))["totalResults"] == 7
    beyond = idp.get("/Users?startIndex=99999999999999999999")
    assert (beyond.status_code, body_of(beyond).get("Resources", [])) == (200, [])
    for query in ("startIndex=-5&count=-1", "startIndex=0"):
        assert idp.get(f"/Users?{query}").status_code == 200
    assert idp.get("/Users?count=many").status_code == 400


def test_nothing_is_kept_that_no_column_asks_for(idp: httpx.Client, store: Session) -> None:
    more = {
        "password": SECRET,
        "phoneNumbers": [{"value": "+82-10-0000-1111"}],
        "addresses": [{"streetAddress": "Teheran-ro 1"}],
        "photos": [{"value": "https://photos.example/1.jpg"}],
        "nickName": "MJ",
    }
    own = {"employeeNumber": "1", "department": "Sales", "manager": {"value": "7", "displayName": "Lee Seoyeon"}}
    with capture_logs() as logs:
        (user_id,) = pushed(idp, user("1", **more, **{ENTERPRISE: own}, **{"urn:corp:x:2.0:User": {"badge": "B-1"}}))
        changed(idp, user_id, {"op": "replace", "path": "password", "value": SECRET})
        changed(idp, user_id, {"op": "replace", "value": {"password": SECRET, "nickName": "Minjun"}})
        idp.put(f"/Users/{user_id}", json=user("1", **more))
    kept = str(store.execute("select u::text from pushed_user u").fetchall())
    hidden = (SECRET, "+82", "Teheran", "photos.example", "MJ", "Minjun", "Sales", "Seoyeon", "B-1")
    assert [text for text in hidden if text in kept] == []
    assert [text for text in (*hidden, "w1@corp.example", "Worker", TOKEN) if text in str(logs)] == []
    assert "w1@corp.example" in kept


def test_the_server_s_access_log_does_not_say_who_was_looked_for(
    idp: httpx.Client, caplog: pytest.LogCaptureFixture
) -> None:
    access = logging.getLogger("uvicorn.access")
    access.addHandler(caplog.handler)
    access.setLevel(logging.INFO)
    found = idp.get("/Users", params={"filter": 'userName eq "w1@corp.example"'})
    access.removeHandler(caplog.handler)
    assert (found.status_code, body_of(found)["totalResults"]) == (200, 0)
    assert "GET /offboarding-scim/v2/Users" in caplog.text
    assert "corp.example" not in caplog.text


def test_of_somebody_who_is_deleted_only_that_they_were_there_is_kept(
    place: PushedPlace, idp: httpx.Client, store: Session
) -> None:
    (user_id,) = pushed(idp, user("1"))
    assert idp.delete(f"/Users/{user_id}").status_code == 204
    assert [idp.request(method, f"/Users/{user_id}").status_code for method in ("GET", "DELETE")] == [404, 404]
    kept = store.execute("select user_id::text, user_name, user_name_key, resource::text, worker_id from pushed_user")
    assert kept.fetchall() == [(user_id, "", "", "{}", "1")]
    assert store.execute("select external_id, active, deleted_at from pushed_user").fetchall() == [
        (None, None, place.now)
    ]
    assert pushed(idp, user("1")) != [user_id]


# --- as identity providers write it -----------------------------------------------------------------------------------

ENTRA: dict[str, tuple[list[dict[str, Any]], Callable[[dict[str, Any]], object], object]] = {
    "active as a word, the operation with a capital": (
        [{"op": "Replace", "path": "active", "value": "False"}],
        lambda found: found["active"],
        False,
    ),
    "active as a word, without a path": (
        [{"op": "Replace", "value": {"active": "False"}}],
        lambda found: found["active"],
        False,
    ),
    "a mail that is there": (
        [{"op": "Replace", "path": 'emails[type eq "work"].value', "value": "new@corp.example"}],
        lambda found: [each["value"] for each in found["emails"]],
        ["new@corp.example"],
    ),
    "a mail that isn't there yet": (
        [{"op": "Add", "path": 'emails[type eq "other"].value', "value": "other@corp.example"}],
        lambda found: {each["type"]: each["value"] for each in found["emails"]},
        {"work": "w1@corp.example", "other": "other@corp.example"},
    ),
    "a mail without a path": (
        [{"op": "Replace", "value": {'emails[type eq "work"].value': "new@corp.example", "name.familyName": "Lee"}}],
        lambda found: (found["emails"][0]["value"], found["name"]["familyName"], found["name"]["givenName"]),
        ("new@corp.example", "Lee", "Worker"),
    ),
    "the number, by its whole name": (
        [{"op": "Add", "path": f"{ENTERPRISE}:employeeNumber", "value": "2042"}],
        lambda found: found[ENTERPRISE]["employeeNumber"],
        "2042",
    ),
    "the manager as an id alone": (
        [{"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "7"}],
        lambda found: found[ENTERPRISE]["manager"],
        {"value": "7"},
    ),
    "the manager taken out": (
        [
            {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": "7"},
            {"op": "Remove", "path": f"{ENTERPRISE}:manager"},
        ],
        lambda found: "manager" in found[ENTERPRISE],
        False,
    ),
    "several at once, one of them nobody's": (
        [
            {"op": "Replace", "path": "displayName", "value": "Kim Minjun"},
            {"op": "Add", "path": 'phoneNumbers[type eq "work"].value', "value": "+82"},
            {"op": "Replace", "path": "userName", "value": "minjun@corp.example"},
        ],
        lambda found: (found["userName"], "phoneNumbers" in found),
        ("minjun@corp.example", False),
    ),
}


@pytest.mark.parametrize("shape", ENTRA)
def test_takes_what_entra_writes(idp: httpx.Client, shape: str) -> None:
    operations, told, expected = ENTRA[shape]
    (user_id,) = pushed(idp, user("1"))
    assert told(changed(idp, user_id, *operations)) == expected


def test_finds_users_as_entra_and_okta_look_for_them(idp: httpx.Client) -> None:
    ids = pushed(idp, user("1"), user("2"))
    filters = {
        'userName eq "W1@CORP.example"': ids[:1],
        'userName eq "nobody@corp.example"': [],
        'externalId eq "00u2"': ids[1:],
        'externalId eq "00U2"': [],
        f'id eq "{ids[0]}" and active eq true': ids[:1],
        f'id eq "{ids[0]}" and active eq false': [],
        f'id eq "{ids[0]}" and {ENTERPRISE}:manager eq "7"': [],
        'userName eq "w1@corp.example" and emails[type eq "work" and value eq "w1@corp.example"]': ids[:1],
    }
    for text, expected in filters.items():
        answer = idp.get("/Users", params={"filter": text, "startIndex": 1, "count": 100})
        assert (answer.status_code, [each["id"] for each in body_of(answer)["Resources"]]) == (200, expected), text


def test_okta_puts_whole_users_and_deactivates_by_it(idp: httpx.Client) -> None:
    assert body_of(idp.get("/Users?startIndex=1&count=2"))["totalResults"] == 0
    (user_id,) = pushed(idp, user("1", groups=[], password=SECRET, locale="en-US"))
    read = body_of(idp.get(f"/Users/{user_id}"))
    answer = idp.put(f"/Users/{user_id}", json=read | {"active": False})
    assert (answer.status_code, body_of(answer)["active"]) == (200, False)
    # It says nothing of active in this one, and that makes nobody work here again.
    answer = idp.put(f"/Users/{user_id}", json={name: value for name, value in read.items() if name != "active"})
    assert (answer.status_code, body_of(answer)["active"]) == (200, False)
    assert changed(idp, user_id, {"op": "replace", "value": {"active": True}})["active"] is True


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "remove", "path": "active"},
        {"op": "replace", "path": "active", "value": None},
        {"op": "replace", "value": {"active": None}},
        {"op": "add", "path": "active", "value": None},
    ],
)
def test_nobody_works_here_again_by_what_was_not_said(
    idp: httpx.Client, store: Session, operation: dict[str, Any]
) -> None:
    (user_id,) = pushed(idp, user("1", active=False))
    told = store.execute("select inactive_at from pushed_user").fetchone()
    idp.patch(f"/Users/{user_id}", json=patch(operation))
    assert store.execute("select active from pushed_user").fetchone() == (False,)
    assert store.execute("select inactive_at from pushed_user").fetchone() == told


BACK = {"op": "replace", "path": "active", "value": True}


@pytest.mark.parametrize("how", ["PATCH", "PUT", "POST"])
def test_whoever_comes_back_after_purge_is_who_they_were(
    place: PushedPlace, idp: httpx.Client, store: Session, how: str
) -> None:
    one, _ = pushed(idp, user("1", active=False), user("2"))
    purge(store, place.now + timedelta(days=1), keep=False)
    assert store.execute("select count(*) from pushed_user where resource = '{}'").fetchone() == (1,)
    for text in ('userName eq "W1@corp.example"', 'externalId eq "00u1"', 'id eq "' + one + '"'):
        (found,) = body_of(idp.get("/Users", params={"filter": text}))["Resources"]
        assert (found["id"], found["userName"], found["active"]) == (one, "w1@corp.example", False)
        assert (found[ENTERPRISE]["employeeNumber"], "emails" in found) == ("1", False)
    if how == "POST":
        assert body_of(idp.post("/Users", json=user("1")))["id"] == one
        assert idp.post("/Users", json=user("1")).status_code == 409, "once"
    elif how == "PUT":
        assert idp.put(f"/Users/{one}", json=user("1")).status_code == 200
    else:
        assert idp.patch(f"/Users/{one}", json=patch(BACK)).status_code == 204
    found = store.execute("select worker_id, active, inactive_at from pushed_user where user_id::text = %s", (one,))
    assert found.fetchall() == [("1", True, None)]
    assert {worker.worker_id for worker in place.roster().read()} == {"1", "2"}


def test_a_name_and_a_number_that_purge_left_are_not_changed_by_another_change(
    place: PushedPlace, idp: httpx.Client, store: Session
) -> None:
    (one,) = pushed(idp, user("1", active=False))
    purge(store, place.now + timedelta(days=1), keep=False)
    name = {"op": "replace", "path": "userName", "value": "lee@corp.example"}
    assert idp.patch(f"/Users/{one}", json=patch(name, BACK)).status_code == 204
    found = store.execute("select user_name, external_id, worker_id from pushed_user").fetchall()
    assert found == [("lee@corp.example", "00u1", "1")]


def test_a_feed_of_which_all_is_refused_is_not_heard(place: PushedPlace, idp: httpx.Client, store: Session) -> None:
    assert idp.post("/Users", json=user("1", userName=" ")).status_code == 400
    assert idp.get(f"/Users/{uuid4()}").status_code == 404
    assert store.execute("select from pushed_feed").fetchall() == []
    pushed(idp, user("1"))
    assert store.execute("select heard_at from pushed_feed").fetchall() == [(place.now,)]


def test_a_user_keeps_who_they_are_whatever_is_put(idp: httpx.Client) -> None:
    one, other = pushed(idp, user("1"), user("2"))
    answer = idp.put(f"/Users/{one}", json=user("1") | {"id": other, "meta": {"created": "1999-01-01T00:00:00Z"}})
    found = body_of(answer)
    assert (answer.status_code, found["id"], found["meta"]["created"][:4]) == (200, one, "2026")


# --- several at once --------------------------------------------------------------------------------------------------


def test_the_same_again_makes_no_second_one(idp: httpx.Client) -> None:
    pushed(idp, user("1"), user("2"))
    for again in (user("1"), user("1", userName="W1@CORP.EXAMPLE")):
        answer = idp.post("/Users", json=again)
        assert (answer.status_code, body_of(answer)["scimType"]) == (409, "uniqueness")
    (second,) = body_of(idp.get("/Users", params={"filter": 'externalId eq "00u2"'}))["Resources"]
    taken = idp.patch(
        f"/Users/{second['id']}", json=patch({"op": "replace", "path": "userName", "value": "w1@corp.example"})
    )
    assert taken.status_code == 409
    assert body_of(idp.get(f"/Users/{second['id']}")) == second


def test_of_several_at_once_one_makes_it_and_each_change_is_kept(place: PushedPlace, idp: httpx.Client) -> None:
    def at_once(asked: list[Callable[[], httpx.Response]]) -> list[int]:
        with ThreadPoolExecutor(len(asked)) as pool:
            return sorted(answer.status_code for answer in pool.map(lambda ask: ask(), asked))

    assert at_once([lambda: idp.post("/Users", json=user("1"))] * 6) == [201, *[409] * 5]
    (made,) = body_of(idp.get("/Users"))["Resources"]
    values = {"name.givenName": "Minjun", "name.familyName": "Kim", "externalId": "x", "userName": "minjun"}
    operations = [patch({"op": "replace", "path": path, "value": value}) for path, value in values.items()]
    asked = [lambda body=body: idp.patch(f"/Users/{made['id']}", json=body) for body in operations]
    assert at_once(asked) == [204] * 4  # pyrefly: ignore[bad-argument-type]
    assert place.kept.changes == 5
    found = body_of(idp.get(f"/Users/{made['id']}"))
    assert (found["name"], found["externalId"], found["userName"]) == (
        {"givenName": "Minjun", "familyName": "Kim"},
        "x",
        "minjun",
    )


# --- what Airflow keeps of pushes -------------------------------------------------------------------------------------


def test_a_request_that_changes_something_is_kept_once_and_no_other(place: PushedPlace, idp: httpx.Client) -> None:
    (one,) = pushed(idp, user("1"))
    away = patch({"op": "replace", "path": "active", "value": False}, {"op": "replace", "path": "title", "value": "x"})
    assert idp.patch(f"/Users/{one}", json=away).status_code == 204
    assert (place.kept.changes, place.kept.written) == (2, 2)
    for refused in (idp.post("/Users", json=user("1")), idp.delete(f"/Users/{uuid4()}")):
        assert refused.status_code in (404, 409)
    assert idp.get("/Users").status_code == idp.get(f"/Users/{one}").status_code == 200
    assert (place.kept.changes, place.kept.written) == (2, 2)
    assert idp.delete(f"/Users/{one}").status_code == 204
    assert (place.kept.changes, place.kept.written) == (3, 3)


def test_while_airflow_can_not_keep_it_a_push_is_refused_and_the_next_request_keeps_it(
    place: PushedPlace, idp: httpx.Client, store: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise RetriableError("Airflow's database does not answer")

    with monkeypatch.context() as broken:
        broken.setattr(KeptPushes, "read", away)
        assert idp.post("/Users", json=user("1")).status_code == 503
        assert store.execute("select from pushed_user").fetchall() == [], "nothing is changed that was not compared"
    with monkeypatch.context() as broken:
        broken.setattr(KeptPushes, "write", away)
        assert idp.post("/Users", json=user("1")).status_code == 503
    assert place.kept.changes is None
    assert idp.get("/Users").status_code == 200
    assert place.kept.changes == 1


# --- who is let in ----------------------------------------------------------------------------------------------------


def paths_of(user_id: str) -> set[str]:
    """Each that there is."""
    filled = {route.pattern.format(endpoint="Users", resource_id=user_id) for route in ROUTES}
    return {*filled, "/Groups", "/nowhere", "/%2e%2e/%2e%2e/api/v2/connections"}


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "Bearer",
        f"Bearer {TOKEN}x",
        f"Bearer {TOKEN[:-1]}",
        f"Basic {TOKEN}",
        TOKEN,
        f"Bearer {connection().password}",
        f"Bearer {connection().password.removeprefix('sha256:')}",
        f"Bearer {TOKEN} {TOKEN}",
    ],
)
def test_nobody_else_is_let_in_anywhere(place: PushedPlace, idp: httpx.Client, given: str | None) -> None:
    (user_id,) = pushed(idp, user("1"))
    with place.client("") as nobody:
        headers = {} if given is None else {"Authorization": given}
        for path in paths_of(user_id):
            for method in METHODS:
                answer = nobody.request(method, path, headers=headers, json=user("2"))
                assert answer.status_code == 401, (method, path)
                assert answer.headers["www-authenticate"].startswith("Bearer")
    assert body_of(idp.get("/Users"))["totalResults"] == 1


def test_another_roster_s_token_shows_and_changes_its_own_users_alone(place: PushedPlace, idp: httpx.Client) -> None:
    (user_id,) = pushed(idp, user("1"))
    before = body_of(idp.get(f"/Users/{user_id}"))
    with place.client(OTHER_TOKEN) as other:
        assert body_of(other.get("/Users"))["totalResults"] == 0
        assert body_of(other.get("/Users", params={"filter": f'id eq "{user_id}"'}))["totalResults"] == 0
        bodies = {"PUT": user("1"), "PATCH": patch({"op": "replace", "path": "active", "value": False})}
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            assert other.request(method, f"/Users/{user_id}", json=bodies.get(method)).status_code == 404, method
        # The same name is nobody's there.
        assert pushed(other, user("1")) != [user_id]
    assert body_of(idp.get(f"/Users/{user_id}")) == before


def test_two_tokens_let_in_at_once_and_one_that_is_taken_out_no_longer(
    place: PushedPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "KEPT_SECONDS", 0)
    with place.client(TOKEN) as old, place.client("the-one-that-comes-after-0123456789ab") as new:

        def let_in() -> list[int]:
            return [client.get("/Users").status_code for client in (old, new)]

        assert let_in() == [200, 401]
        place.tokens["hr"] = (TOKEN, "the-one-that-comes-after-0123456789ab")
        assert let_in() == [200, 200]
        place.tokens["hr"] = ("the-one-that-comes-after-0123456789ab",)
        assert let_in() == [401, 200]


def test_a_token_of_two_rosters_is_nobody_s(place: PushedPlace, idp: httpx.Client) -> None:
    place.tokens = {"hr": (TOKEN,), "vendors": (TOKEN,)}
    assert idp.get("/Users").status_code == 401


def test_a_token_that_could_be_guessed_lets_nobody_in(place: PushedPlace) -> None:
    place.tokens = {"hr": ("hunter2",)}
    with place.client("hunter2") as client:
        assert client.get("/Users").status_code == 401


@pytest.mark.parametrize("error", [ConfigError(f"rosters: {SECRET}"), ZeroDivisionError(SECRET)])
def test_nobody_is_let_in_while_the_configuration_can_not_be_read(
    place: PushedPlace, idp: httpx.Client, error: Exception
) -> None:
    place.broken = error
    with capture_logs() as logs:
        for method in METHODS:
            answer = idp.request(method, "/Users", json=user("1"))
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "60")
            assert SECRET not in answer.text
    said = str(logs)
    if isinstance(error, ZeroDivisionError):
        assert SECRET not in said
        assert "ZeroDivisionError" in said
        assert "in _loaded" in said, "and where"


def test_what_breaks_within_says_nothing_of_itself(
    place: PushedPlace, idp: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr("offboarding.store.pushed.PushedUsersStore.add", broken)
    with capture_logs() as logs:
        answer = idp.post("/Users", json=user("1"))
    assert (answer.status_code, body_of(answer)["schemas"]) == (500, [ERROR])
    assert SECRET not in answer.text + str(logs)
    assert "RuntimeError" in str(logs)
    assert "in broken" in str(logs), "and where"


def test_who_asks_too_fast_waits_and_others_do_not(
    place: PushedPlace, idp: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "A_SECOND", 0)
    answer = idp.get("/Users")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    monkeypatch.setattr(endpoint, "A_SECOND", 50)
    assert idp.get("/Users").status_code == 200


def test_half_sent_bodies_of_one_roster_keep_no_other_waiting(
    place: PushedPlace, idp: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(endpoint, "MOST_WAITING", 3)
    assert place.tls
    where = httpx.URL(place.url)
    trusting = ssl.create_default_context(cafile=place.tls.authority)
    half = (
        f"POST {where.path}/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {OTHER_TOKEN}\r\n"
        "Content-Length: 500\r\n\r\n{"
    )
    with ExitStack() as stack, place.client(OTHER_TOKEN) as other:
        for _ in range(3):
            plain = stack.enter_context(socket.create_connection((where.host, where.port or 443)))
            stack.enter_context(trusting.wrap_socket(plain, server_hostname=where.host)).sendall(half.encode())
        deadline = time.monotonic() + 10
        while other.get("/Users").status_code != 429:
            assert time.monotonic() < deadline, "they hold their own roster's places"
        assert idp.get("/Users").status_code == 200


# --- what nobody should send ------------------------------------------------------------------------------------------


def deep(levels: int) -> bytes:
    return b'{"userName":"x","a":' + b"[" * levels + b"]" * levels + b"}"


WIDE = "".join(map(chr, range(0x4E00, 0x4E00 + 900)))
"""As long as a value may be, and too many bytes for an index."""
BAD_BODIES: dict[str, tuple[bytes, int]] = {
    "nothing": (b"", 400),
    "no JSON": (b"userName=x", 400),
    "a list": (b"[]", 400),
    "no name": (b'{"active":true}', 400),
    "a blank name": (json.dumps(user("1", userName=" ")).encode(), 400),
    "a number for a name": (json.dumps(user("1", userName=7)).encode(), 400),
    "NUL": (json.dumps(user("1", userName="a\0b")).encode(), 400),
    "NUL in what is dropped": (json.dumps(user("1", nickName="a\0b")).encode(), 400),
    "half a character": (b'{"schemas":[],"userName":"a\\ud800b"}', 400),
    "bytes of no encoding": (b'{"userName":"\xff\xfe"}', 400),
    "a long value": (json.dumps(user("1", externalId="x" * 1001)).encode(), 400),
    "a long name": (json.dumps(user("1", userName="x" * 100_001)).encode(), 400),
    "many mails": (json.dumps(user("1", emails=[{"value": f"{n}@x.example"} for n in range(21)])).encode(), 400),
    "very many mails": (json.dumps(user("1", emails=[{"value": "a"}] * 2000)).encode(), 400),
    "deep": (deep(20), 400),
    "deeper": (deep(100_000), 400),
    "active as neither": (json.dumps(user("1", active="perhaps")).encode(), 400),
    "another's schema": (b'{"schemas":["urn:x:y"],"userName":7}', 400),
    "a name of nothing that shows": (json.dumps(user("1", userName="\u200b\u00a0")).encode(), 400),
    "a wide name": (json.dumps(user("1", userName=WIDE)).encode(), 400),
    "a wide id": (json.dumps(user("1", externalId=WIDE)).encode(), 400),
    "a wide number": (json.dumps(user("1", **{ENTERPRISE: {"employeeNumber": WIDE}})).encode(), 400),
    "twice": (b'{"userName":"a@x.example","userName":"b@x.example"}', 400),
    "twice by case": (json.dumps(user("1") | {"ACTIVE": False}).encode(), 400),
    "twice by its schema": (json.dumps(user("1") | {f"{USER}:active": False}).encode(), 400),
    "too large": (json.dumps(user("1", nickName="x" * 1_000_001)).encode(), 413),
}


@pytest.mark.parametrize("what", BAD_BODIES)
def test_a_body_that_can_not_be_taken_is_refused_and_changes_nothing(
    idp: httpx.Client, store: Session, what: str
) -> None:
    body, status = BAD_BODIES[what]
    answer = idp.post("/Users", content=body, headers={"Content-Type": "application/scim+json"})
    assert answer.status_code == status, answer.text
    told = body_of(answer)
    assert (told["schemas"], told["status"]) == ([ERROR], str(status))
    assert store.execute("select count(*) from pushed_user").fetchone() == (0,)
    pushed(idp, user("1"))


def test_a_body_without_a_length_is_read_no_further_than_shows_that_it_is_too_large(idp: httpx.Client) -> None:
    def endless() -> Generator[bytes]:
        for _ in range(200):
            yield b" " * 100_000

    try:
        assert idp.post("/Users", content=endless()).status_code == 413
    except httpx.WriteError:
        """It was hung up on as it wrote on."""


def test_a_body_that_is_no_json_by_its_type_is_refused(idp: httpx.Client) -> None:
    answer = idp.post("/Users", content=json.dumps(user("1")), headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415


BAD_PATCHES: dict[str, Any] = {
    "no operation": {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"], "Operations": []},
    "too many": patch(*[{"op": "add", "path": "externalId", "value": "x"}] * 101),
    "an operation that isn't": patch({"op": "move", "path": "externalId", "value": "x"}),
    "no object": patch("replace"),  # pyrefly: ignore[bad-argument-type] - that is the mistake
    "a path of no attribute's form": patch({"op": "replace", "path": "((((", "value": "x"}),
    "a long path": patch({"op": "replace", "path": 'emails[value eq "' + "x" * 600 + '"].value', "value": "x"}),
    "a nested path": patch({"op": "replace", "path": "emails[" + "(" * 400 + "]", "value": "x"}),
    "the id": patch({"op": "replace", "path": "id", "value": "x"}),
    "the name taken away": patch({"op": "remove", "path": "userName"}),
    "NUL": patch({"op": "replace", "path": "externalId", "value": "a\0b"}),
    "a long value": patch({"op": "replace", "path": "externalId", "value": "x" * 1001}),
    "one that is good and one that isn't": patch(
        {"op": "replace", "path": "externalId", "value": "good"}, {"op": "replace", "path": "id", "value": "x"}
    ),
}


@pytest.mark.parametrize("what", BAD_PATCHES)
def test_a_change_that_can_not_be_made_is_made_in_no_part(idp: httpx.Client, what: str) -> None:
    (user_id,) = pushed(idp, user("1"))
    before = idp.get(f"/Users/{user_id}").json()
    answer = idp.patch(f"/Users/{user_id}", json=BAD_PATCHES[what])
    assert answer.status_code == 400, answer.text
    assert body_of(answer)["schemas"] == [ERROR]
    assert idp.get(f"/Users/{user_id}").json() == before


PATCH_OP = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}
LONG_PATH = "emails[" + " and ".join(['type eq "work"'] * 5000) + "].value"
LONG_CHANGES: dict[str, dict[str, Any]] = {
    "names that hold filters": patch(
        {"op": "replace", "value": {f'emails[type eq "w{each}"].value': "x" for each in range(900)}}
    ),
    "fewer of these": patch(
        *({"op": "replace", "value": {f'emails[type eq "w{each}"].value': "x" for each in range(20)}} for _ in range(6))
    ),
    "mails": patch(*({"op": "add", "path": "emails", "value": [{"value": "x"}] * 21} for _ in range(9))),
    "names": patch(*({"op": "add", "value": {f"a{each}": "x" for each in range(900)}} for _ in range(20))),
    "numbers": patch({"op": "add", "path": "title", "value": [[1] * 300] * 300}),
    "a path in other case": PATCH_OP | {"Operations": [{"op": "replace", "PATH": LONG_PATH, "value": "x"}]},
    "values in other case": PATCH_OP | {"Operations": [{"op": "replace", "VALUE": {LONG_PATH: "x"}}]},
    "operations twice": PATCH_OP
    | {"Operations": [], "operations": [{"op": "replace", "path": LONG_PATH, "value": "x"}]},
    "active twice": patch({"op": "replace", "value": {"active": False, "ACTIVE": True}}),
}


@pytest.mark.parametrize("what", LONG_CHANGES)
def test_a_change_that_would_take_long_is_refused(idp: httpx.Client, what: str) -> None:
    (user_id,) = pushed(idp, user("1"))
    before = idp.get(f"/Users/{user_id}").json()
    began = time.monotonic()
    answer = idp.patch(f"/Users/{user_id}", json=LONG_CHANGES[what])
    assert (answer.status_code, body_of(answer)["schemas"]) == (400, [ERROR]), answer.text
    assert time.monotonic() - began < 5
    assert idp.get(f"/Users/{user_id}").json() == before


def test_a_search_that_would_take_long_is_refused(idp: httpx.Client) -> None:
    asked = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"]}
    for more in ({"filter": "(" * 600}, {"attributes": ["x" * 501]}, {"attributes": ["x"] * 1900}):
        assert idp.post("/Users/.search", json=asked | more).status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "userName",
        'userName eq "',
        'userName sw "w"',
        'userName eq "w1@corp.example" or active eq true',
        'not (userName eq "w1@corp.example")',
        "active eq true",
        'nobody eq "x"',
        "userName eq 7",
        "(" * 400 + 'userName eq "x"',
        'userName eq "' + "x" * 600 + '"',
        'userName eq "a\0b"',
        'userName eq "a\\u0000b"',
        'externalId eq "\\ud800"',
        'userName eq "w1@corp.example" and id eq "\\u0000"',
        "userName pr",
        "'; drop table pushed_user; --",
    ],
)
def test_a_filter_that_takes_long_or_is_none_is_refused(idp: httpx.Client, text: str) -> None:
    pushed(idp, user("1"))
    for answer in (
        idp.get("/Users", params={"filter": text}),
        idp.post(
            "/Users/.search", json={"schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"], "filter": text}
        ),
    ):
        assert answer.status_code == 400, answer.text
        assert body_of(answer)["schemas"] == [ERROR]


def test_a_query_of_many_fields_is_refused(idp: httpx.Client) -> None:
    answer = idp.get("/Users", params={f"field{each}": "x" for each in range(21)})
    assert (answer.status_code, body_of(answer)["detail"]) == (400, "A query has at most 20 fields.")


@pytest.mark.parametrize(
    "user_id", ["1", "%00", "%2e%2e", "' or 1=1", "00000000-0000-0000-0000-00000000000", "x" * 5000]
)
def test_an_id_that_is_none_is_nobody_s(idp: httpx.Client, user_id: str) -> None:
    assert idp.get(f"/Users/{user_id}").status_code == 404
    (known,) = pushed(idp, user("1"))
    assert idp.get(f"/Users/{known.upper()}").status_code == 404


# --- as Airflow mounts it ---------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
def test_airflow_s_plugin_serves_the_rosters_of_the_configuration_to_whoever_bears_their_token(
    store_parameters: dict[str, str | int], store: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "offboarding.yaml"
    rosters = [{"name": name, "kind": "scim", "connection": name, "coverage": "active"} for name in ("hr", "lost")]
    sources = [{"name": "corp-ldap", "kind": "ldap", "connection": "ldap", "base_dn": "dc=corp"}]
    path.write_text(
        yaml.safe_dump({"company": {"time_zone": "Asia/Seoul"}, "rosters": rosters, "sources": sources}),
        encoding="utf-8",
    )
    named = {"host": "host", "port": "port", "login": "user", "schema": "dbname"}
    lies_at = {name: store_parameters[word] for name, word in named.items()}
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", json.dumps(lies_at))
    monkeypatch.setenv("AIRFLOW_CONN_HR", json.dumps({"conn_type": "generic", "password": known_by(TOKEN)}))
    # It holds the token itself, and keeps nobody else from pushing.
    monkeypatch.setenv("AIRFLOW_CONN_LOST", json.dumps({"conn_type": "generic", "password": OTHER_TOKEN}))
    pushing.endpoint.cache_clear()
    tables = [cast("Table", model.__table__) for model in (Team, Variable)]
    Variable.metadata.create_all(settings.engine, tables=tables)
    airflow = FastAPI()
    airflow.add_middleware(HttpAccessLogMiddleware)
    airflow.mount(plugin.PREFIX, plugin.pages)
    airflow.mount(plugin.PUSHED["scim"], plugin.pushed("scim"))

    async def ask(token: str) -> httpx.Response:
        transport = httpx.ASGITransport(app=airflow)
        async with httpx.AsyncClient(transport=transport, base_url="https://airflow.corp.example") as client:
            bearer = {"Authorization": f"Bearer {token}"}
            looked_for = {"filter": 'userName eq "w1@corp.example"'}
            return await client.post("/offboarding-scim/v2/Users", json=user("1"), headers=bearer, params=looked_for)

    async def ask_both() -> list[httpx.Response]:
        return [await ask(token) for token in (TOKEN, OTHER_TOKEN)]

    with capture_logs() as logs:
        answer, refused = asyncio.run(ask_both())
    assert [each["status_code"] for each in logs if each["event"] == "request finished"] == [201, 401]
    assert "corp.example" not in str(logs)
    assert (answer.status_code, refused.status_code) == (201, 401)
    where = f"https://airflow.corp.example/offboarding-scim/v2/Users/{body_of(answer)['id']}"
    assert body_of(answer)["meta"]["location"] == where
    assert store.execute("select roster, worker_id from pushed_user").fetchall() == [("hr", "1")]
    assert (Variable.get(PUSHES), PUSHES_IN_AIRFLOW.read()) == ("1", 1)
    Variable.set(PUSHES, "a word")
    with capture_logs() as logs:
        assert asyncio.run(ask(TOKEN)).status_code == 503
    assert [each["event"] for each in logs if PUSHES in each["event"]]
    Variable.delete(PUSHES)
    assert PUSHES_IN_AIRFLOW.read() is None
    pushing.endpoint.cache_clear()
