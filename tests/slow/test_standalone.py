"""The DAGs under a whole Airflow, as people and systems meet it: by REST, by message, and where it asks somebody.

One Airflow for all of it, and one company, whose story goes on from test to test: they run in the file's order.
"""

import html
import re
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote, urljoin

import httpx
import pytest
import yaml

from demo.standalone import Standalone, User, standalone
from offboarding.store import events, guard, looks, reading
from offboarding.store.guard import Hold
from offboarding_airflow import pages, plugin
from offboarding_airflow.pages.acts import acts
from offboarding_airflow.pushes import PUSHES
from tests.support import canaries
from tests.support.canaries import Processes
from tests.support.memory import Folder
from tests.support.queued_company import PEOPLE, SALARY, QueuedCompany, queued_company
from tests.support.standalone import QUICK
from tests.systems.scim.pushed import known_by
from tests.systems.scim.pushed import user as scim_user

pytestmark = pytest.mark.timeout(600)
NIGHTLY, DEPARTURE = "offboarding_nightly", "offboarding_departure"
RELEASE = "offboarding_release"
LINK, DECIDE, APPROVE = "offboarding_decide_link", "offboarding_decide", "offboarding_approve"
BY_MESSAGE, *DOUBTED = PEOPLE[:3]
"""Who is told by message; and who leaves in one night too many."""
ROLES = {"viewer": "viewer", "op": "op", "lead": "user", "stranger": ""}
APPROVER = "lead"
WHY = "canary-dismissed-for-cause"
WHOSE = {"source": "corp-ldap", "account": "u1", "worker": "hr:10442", "reason": "why"}
REFUSED, APPROVED = "HR sent the file of another company", "a team of two, asked HR"


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The company, and the Airflow that checks it."""

    company: QueuedCompany
    airflow: Standalone
    processes: Processes
    client: httpx.Client
    """Nobody's: made once, since each reads every certificate authority."""

    def user(self, name: str) -> User:
        return self.airflow.users[name]

    def holds(self) -> list[Hold]:
        """Every line that waits or waited."""
        with self.company.at_the_store() as (_, session):
            return guard.holds(session, every=True)

    def sent(self, told: object) -> str:
        """A message is sent; the run that it begins."""
        before = self.airflow.admin.runs(DEPARTURE)
        self.company.mailbox.send(told)
        return self.airflow.until(lambda: self.airflow.admin.runs(DEPARTURE)[len(before) :], "a run begins")[0]

    def asked(self, but: tuple[str, ...] = ()) -> str:
        """The run of `offboarding_release` that waits for an answer; not these."""
        admin = self.airflow.admin

        def waiting() -> str:
            found = [run for run in admin.runs(RELEASE) if run not in but]
            return next((run for run in found if self.airflow.waits(RELEASE, run, "ask")), "")

        return self.airflow.until(waiting, "somebody is asked")

    def question(self, run: str) -> str:
        """What a person is asked, as the page shows it."""
        path = f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/ask/-1/hitlDetails"
        return str(self.user(APPROVER).client.get(path).raise_for_status().json()["body"])

    def answer(self, who: str, run: str, option: str, reason: str) -> httpx.Response:
        path = f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/ask/-1/hitlDetails"
        told = {"chosen_options": [option], "params_input": {"reason": reason}}
        return self.user(who).client.patch(path, json=told)


@pytest.fixture(scope="module")
def house(in_memory: Folder) -> Generator[House]:
    folder = in_memory("queued company")
    (folder / "tmp").mkdir()
    with queued_company(folder, approvers=[APPROVER]) as company, canaries.watched(folder) as processes:
        company.night("the first night, which is accepted")
        with (
            standalone(
                folder / "airflow",
                {**company.environment, **QUICK, "TMPDIR": str(folder / "tmp")},
                roles=ROLES,
                dags=(NIGHTLY, DEPARTURE, RELEASE, LINK, DECIDE, APPROVE),
            ) as airflow,
            httpx.Client(trust_env=False, timeout=60) as client,
        ):
            yield House(company=company, airflow=airflow, processes=processes, client=client)


# --- what a form takes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dag", "conf", "named"),
    [
        (DEPARTURE, {"people": "10442"}, "people"),
        (DEPARTURE, {"people": [""]}, "people"),
        (DEPARTURE, {"people": [{"id": "10442"}]}, "people"),
        (DEPARTURE, {"people": ["10442"] * 101}, "people"),
        (DEPARTURE, {"notices": ["w10442@corp.example"]}, "notices"),
        (DEPARTURE, {"people": ["10442"], "as_of": "yesterday"}, "as_of"),
        (LINK, {}, "decision"),
        (LINK, {"decision": WHOSE}, "name"),
        (LINK, {"decision": {**WHOSE, "name": "link reject", "worker": " "}}, "worker"),
        (APPROVE, {"decision": {**WHOSE, "name": "link reject"}}, "link reject"),
        (APPROVE, {"decision": {"name": "release", "run": 1}}, "'reason' is a required property"),
        (DECIDE, {"decision": {"name": "verdict", "finding": "f-7c31a0b2", "reason": "x", "author": "lead"}}, "author"),
    ],
)
def test_a_wrong_form_is_refused_and_nothing_begins(
    house: House, dag: str, conf: dict[str, object], named: str
) -> None:
    answer = house.airflow.admin.asked_for(dag, **conf)

    assert answer.status_code == 400
    assert named in answer.json()["detail"]
    assert house.airflow.admin.runs(dag) == []


def test_a_right_one_is_taken(house: House) -> None:
    """The DAG is paused meanwhile, so that the run does nothing."""
    admin = house.airflow.admin
    admin.pause(DEPARTURE)

    answer = admin.asked_for(DEPARTURE, people=["10442"], notices=["n-4f2a91"], as_of="2026-11-25T15:00:00+09:00")

    assert (answer.status_code, answer.json()["state"]) == (200, "queued")
    run = answer.json()["dag_run_id"]
    assert admin.client.delete(f"/api/v2/dags/{DEPARTURE}/dagRuns/{run}").is_success
    admin.pause(DEPARTURE, paused=False)


def test_who_may_only_look_begins_nothing(house: House) -> None:
    answer = house.user("viewer").asked_for(APPROVE, decision={"name": "release", "run": 1, "reason": "why"})

    assert answer.status_code == 403
    assert house.airflow.admin.runs(APPROVE) == []


# --- from a message to a ticket ---------------------------------------------------------------------------------------


def test_a_message_leads_to_one_ticket_however_often_it_is_sent(house: House) -> None:
    company, airflow = house.company, house.airflow
    company.leave(BY_MESSAGE)

    once = house.sent({"people": [f"hr:{BY_MESSAGE}"]})
    again = house.sent({"people": [f"hr:{BY_MESSAGE}"]})
    poison = house.sent({"people": ["w10057@corp.example"], "why": WHY})

    for run in (once, again):
        assert airflow.ended(DEPARTURE, run) == "success", airflow.admin.log(DEPARTURE, run, "tell")
    assert company.tickets() == [BY_MESSAGE]
    assert airflow.ended(DEPARTURE, poison) == "failed", "somebody has to look at what was set aside"
    assert company.mailbox.left() == 0


def test_what_cannot_be_taken_is_set_aside_with_its_reason(house: House) -> None:
    ((body, reason),) = house.company.mailbox.aside()

    assert "w10057@corp.example" in body
    assert reason == "1 of its fields are unknown: people and notices are all that it may hold"
    told = house.airflow.admin.client.get("/api/v2/assets/events").raise_for_status().text
    assert "from_trigger" in told
    assert f"hr:{BY_MESSAGE}" not in told
    assert "w10057@corp.example" not in told
    assert WHY not in told


def made_by_hand(house: House, asset: str, dag: str, extra: dict[str, object]) -> str:
    """Somebody who may make asset events makes one by REST; the run that it begins."""
    user = house.user("op")
    (found,) = user.client.get("/api/v2/assets", params={"name_pattern": asset}).raise_for_status().json()["assets"]
    before = house.airflow.admin.runs(dag)
    user.client.post("/api/v2/assets/events", json={"asset_id": found["id"], "extra": extra}).raise_for_status()
    return house.airflow.until(lambda: house.airflow.admin.runs(dag)[len(before) :], "a run begins")[0]


def test_an_event_made_by_hand_deletes_nothing_and_is_told(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    """By REST, as whoever may: with another's message and handle, and with words in place of them."""
    lie = {"message_id": "m-1", "handle": "AQEB", "people": [f"hr:{DOUBTED[0]}"], "notices": [], "refused": ""}

    run = made_by_hand(house, "departures", DEPARTURE, {"from_trigger": True, "payload": {"messages": [lie, "m\0"]}})

    assert house.airflow.ended(DEPARTURE, run) == "failed"
    said = house.airflow.admin.log(DEPARTURE, run, "find_people")
    assert "2 of what began this run is no message that was received here" in said
    assert house.company.tickets() == [BY_MESSAGE]
    record_property("attacks", 1)
    record_property("silent", 0)


def test_a_question_made_by_hand_asks_nobody(house: House, record_property: Callable[[str, object], None]) -> None:
    run = made_by_hand(house, "offboarding_waits", RELEASE, {"run": 1})

    assert house.airflow.ended(RELEASE, run) == "failed"
    assert "made by hand, and by no night" in house.airflow.admin.log(RELEASE, run, "ask")
    record_property("attacks", 1)
    record_property("silent", 0)


def test_a_moment_that_has_not_come_is_refused_by_rest(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    """It would be the last night for good."""
    for dag in (NIGHTLY, DEPARTURE):
        run = house.user("op").trigger(dag, as_of="2099-01-01T00:00:00+00:00")
        assert house.airflow.ended(dag, run) == "failed"
        assert "lies ahead: by the store's clock it is" in house.airflow.admin.log(dag, run, "open_run")
    record_property("attacks", 2)
    record_property("silent", 0)


# --- what the guard holds ---------------------------------------------------------------------------------------------


def test_a_night_too_many_leave_is_red_and_asks_somebody(house: House) -> None:
    house.company.leave(BY_MESSAGE, *DOUBTED)

    night = house.airflow.admin.trigger(NIGHTLY)

    assert house.airflow.ended(NIGHTLY, night) == "failed"
    assert house.airflow.admin.task(NIGHTLY, night, "end") == "failed"
    assert house.airflow.admin.task(NIGHTLY, night, "ask_queue") == "success"
    assert "the guard holds roster hr: " in house.airflow.admin.log(NIGHTLY, night, "end")
    asked = house.question(house.asked())
    assert [each for each in DOUBTED if f"worker hr:{each}: f-" in asked] == DOUBTED
    assert f"/dags/{NIGHTLY}/runs/{quote(night, safe='')}/tasks/report)" in asked
    assert [(hold.kind, hold.name, hold.status) for hold in house.holds()] == [("roster", "hr", "waiting")]
    assert house.company.tickets() == [BY_MESSAGE]


@pytest.mark.parametrize("who", ["viewer", "op", "admin"])
def test_who_may_not_answer_gets_403_and_nothing_is_decided(house: House, who: str) -> None:
    run = house.asked()

    assert house.answer(who, run, "Approve", "let me").status_code == 403

    assert house.airflow.admin.task(RELEASE, run, "ask") == "awaiting_input"
    assert [hold.status for hold in house.holds()] == ["waiting"]
    assert house.company.tickets() == [BY_MESSAGE]


def test_refused_nothing_of_it_is_told(house: House) -> None:
    run = house.asked()

    assert house.answer(APPROVER, run, "Reject", REFUSED).status_code == 200

    assert house.airflow.ended(RELEASE, run) == "success", house.airflow.admin.log(RELEASE, run, "ask")
    (hold,) = house.holds()
    assert (hold.status, hold.decided_by, hold.decided_for) == ("rejected", APPROVER, REFUSED)
    assert hold.decided_at is not None
    assert house.company.tickets() == [BY_MESSAGE]


def test_the_form_releases_for_no_one_else(house: House) -> None:
    told = house.company.night("the next night, on which it is so again")
    op, admin = house.user("op"), house.airflow.admin

    run = op.trigger(APPROVE, decision={"name": "release", "run": told.run.run_id, "reason": "let me"})

    assert house.airflow.ended(APPROVE, run) == "failed"
    said = admin.log(APPROVE, run, "decide")
    assert f"guard.approvers says that {APPROVER} may" in said
    assert "error_detail" not in said, "no trace stands under the sentence"
    assert house.holds()[-1].status == "waiting"
    assert house.company.tickets() == [BY_MESSAGE]


def test_an_answer_cannot_be_written_in_somebody_elses_name(house: House) -> None:
    """Whoever may edit a DAG's runs may call a task done, and say what it returned."""
    op = house.user("op")
    before = tuple(house.airflow.admin.runs(RELEASE))
    op.trigger(RELEASE)
    run = house.asked(but=before)
    path = f"/api/v2/dags/{RELEASE}/dagRuns/{run}/taskInstances/ask"
    forged = {
        "chosen_options": ["Approve"],
        "params_input": {"reason": "let me"},
        "responded_by_user": {"id": APPROVER, "name": APPROVER},
    }

    assert op.client.post(f"{path}/xcomEntries", json={"key": "return_value", "value": forged}).is_success
    assert op.client.patch(path, json={"new_state": "success"}).is_success

    assert house.airflow.ended(RELEASE, run) == "success"
    assert house.holds()[-1].status == "waiting"
    assert house.company.tickets() == [BY_MESSAGE]


def test_approved_it_stands_in_the_tracker_and_who_and_when_in_the_record(house: House) -> None:
    before = tuple(house.airflow.admin.runs(RELEASE))
    house.user("op").trigger(RELEASE)
    run = house.asked(but=before)

    assert house.answer(APPROVER, run, "Approve", APPROVED).status_code == 200

    assert house.airflow.ended(RELEASE, run) == "success", house.airflow.admin.log(RELEASE, run, "ask")
    assert sorted(house.company.tickets()) == sorted([BY_MESSAGE, *DOUBTED])
    hold = house.holds()[-1]
    assert (hold.status, hold.decided_by, hold.decided_for) == ("released", APPROVER, APPROVED)
    with house.company.at_the_store() as (_, session):
        released = session.execute("select author, reason, released_at is not null from release").fetchall()
        changed = session.execute(
            "select text from finding_event where actor = %s and about is null order by seq", [APPROVER]
        ).fetchall()
        assert released == [(APPROVER, APPROVED, True)]
        assert {text for (text,) in changed} == {
            f"rejected by {APPROVER}: {REFUSED}",
            f"released by {APPROVER}: {APPROVED}",
        }
        assert events.broken_at(session) is None
    assert house.answer(APPROVER, run, "Reject", "once more").status_code == 409


# --- the pages --------------------------------------------------------------------------------------------------------


def asked(house: House, who: str, method: str, path: str, **headers: str) -> httpx.Response:
    """As somebody: by name, as nobody, or with a token that is none."""
    token = {"nobody": {}, "garbage": {"Authorization": "Bearer abc.def.ghi"}}.get(who)
    if token is None:
        token = {"Authorization": house.user(who).client.headers["Authorization"]}
    answer = house.client.request(method, f"{house.airflow.url}{path}", headers={**token, **headers})
    house.client.cookies.clear()
    return answer


@pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
def test_nobody_sees_a_page_whom_airflow_does_not_let(
    house: House, record_property: Callable[[str, object], None]
) -> None:
    """Each route, by each method: an app that a plugin mounts has no authorisation of its own."""
    with house.company.at_the_store() as (_, session):
        (key,) = session.execute("select finding_key from finding limit 1").fetchone() or ("",)
    routes = [str(getattr(route, "path", "")).replace(":path", "") for route in pages.app().routes]
    worker = quote(f"hr:{BY_MESSAGE}", safe="")
    given = {"key": key, "worker": worker, "material": "KEY", "dag": NIGHTLY, "run": "none", "token": "0" * 32}
    # No key that several hold is known here, and that is said with another status than 200.
    paths = list(
        dict.fromkeys(f"{plugin.PREFIX}{route.format(**given)}" for route in routes if "material" not in route)
    )
    paths.append(f"{plugin.PREFIX}/key/{given['material']}")
    hidden = [f"{plugin.PREFIX}/{path}" for path in ("docs", "redoc", "openapi.json", "templates/page.html")]
    all_of_them, search = len(paths), f"{plugin.PREFIX}/search"
    # What decides is for whoever may trigger its DAG: to see the form, to send it, and to hear what came of it.
    forms = [f"{plugin.PREFIX}/decide/{path}" for path in acts()]
    deciding = [*forms, *(f"{plugin.PREFIX}/decided/{path}/{given['token']}" for path in acts())]
    changing = [*forms, f"{plugin.PREFIX}/review"]

    assert all_of_them == len(set(paths))
    assert set(deciding) | set(changing) <= set(paths)
    for who, lets in (("viewer", 403), ("op", 200)):
        answers = {path: asked(house, who, "GET", path).status_code for path in paths}
        assert answers.pop(paths[-1]) == 404
        assert answers == {path: lets if path in deciding else 200 for path in answers}, who
        foreign = {asked(house, who, "GET", path, Origin="https://elsewhere.example").status_code for path in paths}
        assert foreign == {403}, who
    refused = {"nobody": 401, "garbage": 403, "stranger": 403}
    for who, status in refused.items():
        answers = [asked(house, who, "GET", path) for path in paths]
        assert [answer.status_code for answer in answers] == [status] * all_of_them, who
        assert not any(re.search(rf"\bf-[0-9a-f]|{BY_MESSAGE}", answer.text) for answer in answers)
    for who in ("admin", *refused):
        for method in ("HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"):
            shut = [path for path in paths if method != "POST" or path not in (*changing, search)]
            assert {asked(house, who, method, path).status_code for path in shut} == {405}, (who, method)
        assert asked(house, who, "POST", search).status_code == refused.get(who, 200)
        foreign = asked(house, who, "POST", search, Origin="https://elsewhere.example")
        assert foreign.status_code == refused.get(who, 403)
        assert {asked(house, who, "GET", path).status_code for path in hidden} == {404}
    # Whoever may gets as far as being told that this is no form of a page's.
    for who in ("admin", "op", "viewer", *refused):
        status = {"admin": 404, "op": 404, "viewer": 403, **refused}[who]
        assert {asked(house, who, "POST", path).status_code for path in changing} == {status}, who
        foreign = {asked(house, who, "POST", path, Origin="https://elsewhere.example").status_code for path in changing}
        assert foreign == {refused.get(who, 403)}, who
    cookie = {"Cookie": f"_token={house.user('op').client.headers['Authorization'].removeprefix('Bearer ')}"}
    for headers in (cookie, {**cookie, "Origin": "https://elsewhere.example"}, {**cookie, "Origin": "null"}):
        assert {asked(house, "nobody", "POST", path, **headers).status_code for path in changing} == {403}
    assert house.airflow.admin.runs(LINK) == []
    record_property("attacks", all_of_them * (len(refused) + 2) + len(changing) * (len(refused) + 4))
    record_property("silent", 0)


@pytest.mark.parametrize(("who", "named"), [("viewer", False), ("op", True), ("lead", True)])
def test_names_are_for_whoever_may_decide_and_each_look_is_written_down(house: House, who: str, named: bool) -> None:
    """By Airflow's own right to trigger the form that decides whose an account is."""
    page = asked(house, who, "GET", f"{plugin.PREFIX}/leaver/hr:{BY_MESSAGE}")

    assert page.status_code == 200
    assert (f"Person {BY_MESSAGE}" in page.text) is named
    with house.company.at_the_store() as (_, session):
        looked = session.execute("select viewer, kind, named from look order by seq desc limit 1").fetchone()
        assert looks.broken_at(session) is None
    assert looked == (who, "worker", named)


def posted(house: House, who: str, path: str, form: Mapping[str, str]) -> httpx.Response:
    """As a browser sends a form of ours: by cookie, from here."""
    bearer = house.user(who).client.headers["Authorization"].removeprefix("Bearer ")
    headers = {"Cookie": f"_token={bearer}", "Origin": house.airflow.url}
    url = f"{house.airflow.url}{plugin.PREFIX}{path}"
    return httpx.post(url, data=dict(form), headers=headers, trust_env=False, timeout=60)


def came_of(house: House, who: str, path: str, form: Mapping[str, str]) -> str:
    """What the page says once the run has ended."""
    answer = posted(house, who, path, form)
    assert answer.status_code == 303, answer.text
    led = urljoin(f"{plugin.PREFIX}{path}", answer.headers["location"])
    return house.airflow.until(
        lambda: "" if "Not yet known" in (page := asked(house, who, "GET", led).text) else html.unescape(page),
        "the page says what came of it",
    )


def test_what_is_decided_by_a_page_is_a_run_in_their_name(house: House) -> None:
    """By Airflow's own API, within the process that serves the page."""
    form = {"token": "1" * 32, "source": "corp-ldap", "worker": f"hr:{BY_MESSAGE}", "reason": "asked their team"}
    with house.company.at_the_store() as (_, session):
        found = session.execute(
            "select a.native_id, p.person_uid::text from account a join link l using (account_pk)"
            " join person p using (person_uid) where p.worker_id = %s and l.valid_to is null limit 1",
            [BY_MESSAGE],
        ).fetchone()
    assert found is not None
    form |= {"account": str(found[0]), "decision": "confirm"}

    says = came_of(house, "lead", "/decide/link", form)

    assert "Decided." in says, says
    run = f"page__{form['token']}_0"
    assert house.airflow.admin.runs(LINK) == [run]
    seen = house.airflow.admin.client.get(f"/api/v2/dags/{LINK}/dagRuns/{run}").raise_for_status().json()
    assert (seen["triggering_user_name"], seen["run_type"]) == ("lead", "manual")
    with house.company.at_the_store() as (_, session):
        assert session.execute("select author, verdict from link_decision").fetchall() == [("lead", "confirm")]
        assert events.broken_at(session) is None
    assert posted(house, "viewer", "/decide/link", {**form, "token": "2" * 32}).status_code == 403
    again = came_of(house, "lead", "/decide/link", {**form, "token": "3" * 32})
    assert "Nothing is decided." in again
    assert "confirmed" in again, "the sentence of the task's log"
    assert posted(house, "lead", "/decide/link", {**form, "reason": " "}).status_code == 400
    assert len(house.airflow.admin.runs(LINK)) == 2


def test_airflow_leads_to_the_pages_and_they_show_the_night(house: House) -> None:
    told = house.airflow.admin.client.get("/api/v2/plugins").raise_for_status().json()
    (ours,) = [each for each in told["plugins"] if each["name"] == "offboarding"]
    view, tab = ours["external_views"]
    assert tab["destination"] == "dag_run"
    with house.company.at_the_store() as (_, session):
        last = reading.last_night(session)

    page = asked(house, "viewer", "GET", f"/{view['href']}")

    assert last is not None
    assert f"run {last.run_id}" in page.text
    assert "corp-ldap" in page.text
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    listed = asked(house, "viewer", "GET", f"{plugin.PREFIX}/findings?worker=hr:{BY_MESSAGE}&state=all")
    assert f"hr:{BY_MESSAGE}" in listed.text
    assert f"Person {BY_MESSAGE}" not in listed.text + page.text


# --- what is late -----------------------------------------------------------------------------------------------------


def test_a_night_that_is_not_done_in_time_is_told_by_mail(house: House) -> None:
    """It waits, since its DAG is paused: no worker has to be there for it."""
    admin, post = house.airflow.admin, house.company.post
    admin.pause(NIGHTLY)
    before = len(post.mails)
    due = (datetime.now(UTC) - timedelta(days=1)).replace(microsecond=0)

    answer = admin.client.post(f"/api/v2/dags/{NIGHTLY}/dagRuns", json={"logical_date": due.isoformat(), "conf": {}})

    run = answer.raise_for_status().json()["dag_run_id"]
    mail = house.airflow.until(lambda: post.mails[before:], "somebody is told", 60)[0]
    assert mail["Subject"] == "Offboarding: the night isn't done by 06:00"
    body = mail.get_body()
    assert body is not None
    assert f"{house.airflow.url}/dags/{NIGHTLY}/runs/{quote(run, safe='')}" in str(body.get_content())
    assert admin.client.delete(f"/api/v2/dags/{NIGHTLY}/dagRuns/{run}").is_success
    admin.pause(NIGHTLY, paused=False)


# --- what is left behind ----------------------------------------------------------------------------------------------


def test_a_night_that_every_system_refuses_says_so(house: House) -> None:
    house.company.change_passwords()

    night = house.airflow.admin.trigger(NIGHTLY)

    assert house.airflow.ended(NIGHTLY, night) == "failed"
    with house.company.at_the_store() as (_, session):
        ((said,),) = session.execute("select error from source_read where run_id = (select max(run_id) from run)")
        assert "the server refused the login" in str(said)


def test_no_secret_lies_in_anything_that_all_of_this_has_left_behind(house: House) -> None:
    """Logs, both databases, XComs, rendered templates, tickets, files, and the process list meanwhile."""
    company = house.company
    systems_own = ("directory/", "roundup/credentials.json", "hr.csv")
    with company.at_the_store() as (_, session):
        store = dict(canaries.tables(session))
    database = dict([canaries.sqlite(house.airflow.home / "airflow.db")])
    files = dict(canaries.files(company.folder, but=systems_own))
    logs = {name: content for name, content in files.items() if name.startswith("airflow/logs/")}
    tracker = {name: content for name, content in files.items() if name.startswith("roundup/")}
    listed = dict([house.processes.place])

    secrets = {**company.secrets, "what a message said": WHY}
    assert canaries.found(secrets, {**store, **database, **files, **listed}) == []
    for place in (store, database, logs, tracker):
        assert canaries.found({"a leaver's number": BY_MESSAGE}, place), "that is how something is found there"
    assert canaries.found({"Airflow": "airflow standalone"}, listed)
    company.leave()
    assert canaries.found({"a salary": SALARY}, dict(canaries.files(company.folder, but=("directory/",)))) == [
        "a salary in hr.csv"
    ]


# --- who works here, as it's pushed -----------------------------------------------------------------------------------


def test_who_bears_a_roster_s_token_pushes_and_no_login_of_airflow_s_does(house: House) -> None:
    """The last of all: from here on the company has one more roster."""
    users, token = f"{house.airflow.url}{plugin.PUSHED['scim']}/v2/Users", "an-identity-provider-s-0123456789abcdef"

    def by_token() -> httpx.Response:
        return httpx.get(users, headers={"Authorization": f"Bearer {token}"}, trust_env=False, timeout=60)

    assert by_token().status_code == 503, "no roster is pushed yet"
    path = Path(house.company.environment["OFFBOARDING_CONFIG"])
    given = yaml.safe_load(path.read_text("utf-8"))
    given["rosters"].append({"name": "pushed", "kind": "scim", "connection": "pushed", "coverage": "active"})
    path.write_text(yaml.safe_dump(given), encoding="utf-8")
    made = {"connection_id": "pushed", "conn_type": "generic", "password": known_by(token)}
    house.airflow.admin.client.post("/api/v2/connections", json=made).raise_for_status()

    house.airflow.until(lambda: by_token().status_code == 200, "it's served")

    bearer = {"Authorization": f"Bearer {token}"}
    answer = httpx.post(users, headers=bearer, json=scim_user("1"), trust_env=False, timeout=60)
    assert answer.status_code == 201
    assert answer.json()["meta"]["location"].startswith(f"{users}/")
    assert by_token().json()["totalResults"] == 1
    assert house.airflow.admin.client.get(f"/api/v2/variables/{PUSHES}").json()["value"] == "1"
    for who in ("admin", "viewer", "nobody", "garbage"):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            for beneath in ("/v2/Users", "/v2/ServiceProviderConfig", f"/v2/Users/{answer.json()['id']}", "/"):
                refused = asked(house, who, method, f"{plugin.PUSHED['scim']}{beneath}")
                assert refused.status_code == 401, (who, method, beneath)
    assert httpx.get(f"{house.airflow.url}/api/v2/dags", headers=bearer, trust_env=False).status_code in (401, 403)
