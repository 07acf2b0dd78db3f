"""Deciding by a page: what a form begins, in whose name, and what is refused before anything begins.

Under a whole Airflow: tests/slow/test_standalone.py.
"""

import html
import re
from collections.abc import Mapping
from html.parser import HTMLParser
from urllib.parse import urljoin

import pytest

from offboarding.decisions import forms
from offboarding.runs import pipeline
from offboarding.store import events
from offboarding.store.connect import Session
from offboarding_airflow.pages import outcomes
from offboarding_airflow.pages.acts import acts
from tests.support import filled
from tests.support.airflow_side import AUTHOR
from tests.support.shown_pages import HOSTILE, Get, Tags, get, night, one_night, store_template

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")
SLOW = pytest.mark.slow
LINK, REASON = "offboarding_decide_link", "asked the scanner's team, CHG-1881"


class Fields(HTMLParser):
    """A page's form, as a browser would send it: name -> what stands there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._open = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = str(given.get("name") or "")
        if tag in ("input", "select", "textarea") and name:
            self.found[name] = str(given.get("value") or "")
            self._open = name if tag != "input" else ""
        if tag == "option" and "selected" in given and self._open:
            self.found[self._open] = str(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._open and data.strip():
            self.found[self._open] = self.found[self._open] or data.strip()

    def handle_endtag(self, tag: str) -> None:
        self._open = "" if tag in ("select", "textarea", "option") and tag != "option" else self._open


def form_on(page: str) -> dict[str, str]:
    return {name: "" if value == "-" else value for name, value in Fields(page).found.items()}


def review_form(get: Get, verdict: str = "reject") -> dict[str, str]:
    """The review's form over the one account that is in question, with that chosen of its one claimant."""
    form = form_on(get("/review", named=True).text)
    (choice,) = [name for name in form if name.startswith("decision.")]
    return {**form, choice: verdict, "reason": REASON}


def sent(get: Get, path: str, form: Mapping[str, str], status: int = 303) -> str:
    """What the page says where nothing began; else what came of it."""
    answer = get(path, named=True, form=dict(form))
    assert answer.status_code == status, answer.text
    if status != 303:
        return html.unescape(answer.text)
    led = re.sub(r"^(\.\./)*", "/", answer.headers["location"])
    return html.unescape(get(led, named=True).text)


def decided(session: Session) -> list[tuple[object, ...]]:
    return session.execute(
        "select native_id, verdict, reason, author from link_decision order by decision_id"
    ).fetchall()


# --- whose accounts are -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("verdict", ["confirm", "reject"])
def test_a_choice_is_a_decision_in_the_name_of_whoever_chose(night: Session, get: Get, verdict: str) -> None:
    says = sent(get, "/review", review_form(get, verdict))

    assert "Decided." in says
    assert REASON not in says
    assert decided(night) == [(filled.POE_MAYBE, verdict, REASON, AUTHOR)]
    assert events.broken_at(night) is None
    ((dag, run),) = get.airflow.runs
    assert (dag, run.startswith("page__")) == (LINK, True)
    assert night.execute("select caller from submission").fetchall() == [(f"{dag} {run}",)]
    assert "Already decided:" in get("/review", named=True).text


def test_a_form_that_is_sent_twice_decides_once(night: Session, get: Get) -> None:
    form = review_form(get)

    first, again = get("/review", named=True, form=form), get("/review", named=True, form=form)

    assert (first.status_code, again.status_code) == (303, 409), "it sees that it's decided"
    assert len(decided(night)) == len(get.airflow.runs) == 1


def test_one_that_is_sent_twice_before_it_runs_begins_one_run(night: Session, get: Get) -> None:
    get.airflow.is_away = True
    form = review_form(get)

    answers = [get("/review", named=True, form=form) for _ in range(2)]

    assert {answer.headers["location"] for answer in answers} == {f"decided/link/{form['token']}?of=1"}
    assert len(get.airflow.runs) == 1


def two_choices(get: Get) -> tuple[dict[str, str], dict[str, str]]:
    """The review's form twice, under one token: each with another choice alone, of one account and two people."""
    form = review_form(get)
    (name,) = [each for each in form if each.startswith("about.")]
    other = {name.replace("about", "decision"): "", "about.9.9": form[name].replace("hr:E1043", "hr:E1042")}
    return form, {**form, **other, "decision.9.9": "reject", "reason": "asked Kim Lee"}


def test_a_form_that_is_sent_again_with_something_else_is_refused_and_said(night: Session, get: Get) -> None:
    get.airflow.is_away = True
    first, second = two_choices(get)
    assert get("/review", named=True, form=first).status_code == 303

    says = sent(get, "/review", second, 409)

    assert "Nothing was decided: this form was sent already, with other content" in says
    assert form_on(says)["reason"] == "asked Kim Lee"
    assert form_on(says)["token"] != first["token"]
    assert [conf["decision"]["worker"] for conf in get.airflow.runs.values()] == ["hr:E1043"]
    assert get("/review", named=True, form=first).status_code == 303, "the same is the same"


def test_one_that_is_sent_again_with_less_is_refused_too(night: Session, get: Get) -> None:
    get.airflow.is_away = True
    first, second = two_choices(get)
    both = {**second, **{name: value for name, value in first.items() if name.startswith("decision.")}}
    assert get("/review", named=True, form=both).status_code == 303

    says = sent(get, "/review", {**both, "decision.9.9": ""}, 409)

    assert "this form was sent already, with other content" in says
    assert len(get.airflow.runs) == 2


def test_a_decision_s_form_decides_nothing_else_under_its_token(night: Session, get: Get) -> None:
    get.airflow.is_away = True
    form = {**form_on(get("/decide/check?people=hr%3AE1042", named=True).text)}
    assert get("/decide/check", named=True, form=form).status_code == 303

    says = sent(get, "/decide/check", {**form, "people": "hr:E1043"}, 409)

    assert "Nothing is begun: this form was sent already, with other content" in says
    assert form_on(says)["people"] == "hr:E1043"
    assert list(get.airflow.runs.values()) == [{"people": ["hr:E1042"]}]


def test_what_is_left_open_is_not_decided(night: Session, get: Get) -> None:
    says = sent(get, "/review", review_form(get, ""), 400)

    assert "Choose at least one" in says
    assert get.airflow.runs == {}


@pytest.mark.parametrize(
    "changed", [{"reason": "  "}, {"reason": ""}, {"verdict": "maybe"}, {"about": "{}"}, {"about": "["}]
)
def test_a_wrong_one_is_refused_in_a_sentence_and_nothing_begins(
    night: Session, get: Get, changed: dict[str, str]
) -> None:
    form = review_form(get, changed.get("verdict", "reject"))
    form |= {name: changed["about"] for name in form if name.startswith("about.") and "about" in changed}

    says = sent(get, "/review", {**form, "reason": changed.get("reason", REASON)}, 400)

    assert "Nothing was decided: " in says
    assert get.airflow.runs == {}


CHANGES = {
    "evidence": "update link set score = score - 1",
    "the account": "update account set label = 'somebody else''s'",
    "another decision": (
        "insert into link_decision (realm, native_id, person_uid, verdict, reason, author)"
        " select realm, native_id, p.person_uid, 'reject', 'why', 'another' from account a, person p"
        " where label like '%adm-spoe%'"
    ),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_nothing_is_decided_over_a_page_that_is_stale(night: Session, get: Get, change: str) -> None:
    form = review_form(get)
    night.execute(change.encode())
    before = decided(night)

    says = sent(get, "/review", form, 409)

    assert "has changed since it was shown" in says
    assert REASON in says, "what was typed is still there"
    assert decided(night) == before
    assert get.airflow.runs == {}


def test_nor_where_it_changes_before_the_run_decides(night: Session, get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outcomes, "SECONDS", 0)
    get.airflow.is_away = True
    form = review_form(get)
    waits = sent(get, "/review", form)
    night.execute("update link set score = score - 1")
    get.airflow.is_away = False
    get.airflow.carry_out()

    says = html.unescape(get(f"/decided/link/{form['token']}", named=True).text)

    assert "Not yet known." in waits
    assert "Nothing is decided." in says
    assert "has changed since it was shown" in says
    assert decided(night) == []


def test_one_account_is_confirmed_for_one_person_at_most(night: Session, get: Get) -> None:
    form = review_form(get, "confirm")
    (name,) = [each for each in form if each.startswith("about.")]
    other = {"about.9.9": form[name].replace("hr:E1043", "hr:E1042"), "decision.9.9": "confirm"}

    assert "two were confirmed for one" in sent(get, "/review", {**form, **other}, 400)
    says = sent(get, "/review", {**form, **other, "decision.9.9": "reject"})

    assert says.count("Decided.") == 2
    assert [verdict for _, verdict, *_ in decided(night)] == ["confirm", "reject"]


# --- the other forms --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", forms.every().values(), ids=lambda form: form.name)
def test_each_form_has_its_own_fields_and_no_other(night: Session, get: Get, form: forms.Form) -> None:
    fields = form_on(get(f"/decide/{form.slug}", named=True).text)

    assert set(fields) - {"token", "seen"} == set(form.schemas())
    assert "\\n" not in get("/decide", named=True).text + get(f"/decide/{form.slug}", named=True).text


def test_a_form_that_lacks_something_is_shown_again_with_what_was_typed(night: Session, get: Get) -> None:
    form = form_on(get("/decide/verdict?finding=f-0000&reason=no", named=True).text)
    assert (form["finding"], form["reason"]) == ("f-0000", ""), "no address fills in a reason"

    says = sent(get, "/decide/verdict", {**form, "finding": "nothing"}, 400)

    assert "verdict: finding" in says
    assert form_on(says)["finding"] == "nothing"
    again = sent(get, "/decide/verdict", {**form, "finding": "nothing", "reason": "asked\r\nthem"}, 400)
    assert form_on(again)["reason"] == "asked\nthem", "and its lines"
    assert get.airflow.runs == {}


def test_what_is_no_finding_s_key_is_said_as_the_command_says_it(night: Session, get: Get) -> None:
    form = form_on(get("/decide/verdict", named=True).text)

    says = sent(get, "/decide/verdict", {**form, "finding": "f-zzzz", "reason": REASON}, 400)

    assert "'f-zzzz' is no finding's key. One is f-7c31a0b2, or any beginning of at least 4 digits." in says
    assert "pattern" not in says
    assert acts()["verdict"].schemas["finding"]["pattern"], "Airflow's own form refuses it before anything begins"


@pytest.mark.parametrize(
    ("form", "typed", "says"),
    [
        ("notice_withdraw", {"notice": "x"}, "notice is 'x', and takes this: its id, such as n-4f2a91."),
        ("notice_withdraw", {"notice": "n-4f2a91", "reason": "x" * 2001}, "reason is longer than 2000 characters."),
        ("notice_add", {"who": "hr:E1042", "last": "x"}, "last is 'x', and takes this: now, 2026-11-25T15:00+09:00,"),
        ("release", {"run": "first"}, "run is 'first', and takes this: a run's number, as its report tells it,"),
        ("reject", {"holds": "three"}, "holds[0] is 'three', and takes this: numbers of what the guard holds,"),
        (
            "acknowledge",
            {"until": "2026-13-01"},
            "until is '2026-13-01', and takes this: the last day on which it counts",
        ),
        ("acknowledge", {"until": "2099-01-01"}, "acknowledge: one of source, roster, finding and queue is missing."),
        (
            "acknowledge",
            {"until": "", "reason": ""},
            (
                "until is missing. reason is missing. one of source, roster, finding and queue is missing. It needs"
                " until, reason, one of source, roster, finding and queue."
            ),
        ),
        (
            "acknowledge",
            {"until": "2099-01-01", "source": "aws", "roster": "hr"},
            "source and roster can't stand together.",
        ),
        ("acknowledge", {"queue": "q"}, "queue is 'q', and takes this: the queue of departures, by that word"),
    ],
)
def test_what_a_field_does_not_take_is_said_by_its_name_with_what_it_takes(
    night: Session, get: Get, form: str, typed: dict[str, str], says: str
) -> None:
    fields = form_on(get(f"/decide/{form}", named=True).text)

    page = html.unescape(sent(get, f"/decide/{form}", {**fields, "reason": REASON, **typed}, 400))

    assert says in page
    assert [word for word in ("String", "Input should", "pattern", "valid") if word in page] == []
    assert get.airflow.runs == {}


def test_what_only_the_run_can_see_is_told_once_it_has(night: Session, get: Get) -> None:
    form = form_on(get("/decide/verdict", named=True).text)

    says = sent(get, "/decide/verdict", {**form, "finding": "f-00000000", "reason": REASON})

    assert "Nothing is decided." in says
    assert "there is no finding f-00000000" in says


@pytest.mark.parametrize("path", ["/", "/findings?state=held", "/runs/offboarding_nightly/night"])
def test_what_waits_leads_to_airflows_own_question(store: Session, get: Get, path: str) -> None:
    """Which lies beside our pages, however deep the page lies, and opens a tab of its own."""
    run = filled.spend_night(store, policy=filled.Policy(baseline="hold"))
    pipeline.report(store, filled.settings(), run)

    links = {
        urljoin(f"https://airflow.corp.example/below/offboarding{path}", str(each["href"])): each.get("target")
        for each in Tags(get(path).text).named("a")
    }

    asked = "https://airflow.corp.example/below/dags/offboarding_release/required_actions?response_received=false"
    assert links[asked] == "_blank"
    assert [url for url in links if "/dags/" in url] == [asked]


def test_where_nothing_waits_nothing_leads_to_a_question(night: Session, get: Get) -> None:
    assert "required_actions" not in get("/").text + get("/findings").text + get("/findings?state=held").text


def test_what_waits_is_let_through_or_refused_as_it_was_shown(store: Session, get: Get) -> None:
    run = filled.spend_night(store, policy=filled.Policy(baseline="hold"))
    pipeline.report(store, filled.settings(), run)
    shown = get("/decide/release", named=True).text
    form = form_on(shown)

    assert "of a first read" in html.unescape(shown)
    assert "\\n" not in shown, "lines are lines"
    assert (form["run"], bool(form["seen"])) == (str(run.run_id), True)
    assert "has changed since it was shown" in sent(
        get, "/decide/release", {**form, "seen": "0" * 32, "reason": REASON}, 409
    )
    assert "Decided." in sent(get, "/decide/release", {**form, "reason": REASON})
    assert store.execute("select author, reason from release").fetchall() == [(AUTHOR, REASON)]
    assert "Nothing waits for a person." in get("/decide/release", named=True).text
    assert "has changed" in sent(get, "/decide/release", {**form, "token": "0" * 32, "reason": REASON}, 409)


def test_a_departure_that_hr_leaves_open_is_chosen_and_decided(night: Session, get: Get) -> None:
    night.execute("update departure set basis = 'planned', confirmed = false where valid_to is null")
    listed = Tags(get("/decide/departure", named=True).text).named("a")
    (first, *_) = [str(each["href"]) for each in listed if "departure=" in str(each["href"])]
    form = form_on(get(f"/decide/{first}", named=True).text)

    says = sent(get, "/decide/departure", {**form, "decision": "deny", "reason": REASON})

    assert form["seen"]
    assert "Decided." in says
    assert night.execute("select verdict, author from departure_word").fetchall() == [("deny", AUTHOR)]
    assert "has changed" in sent(get, "/decide/departure", {**form, "decision": "deny", "reason": REASON}, 409)


def test_people_are_checked_now_by_their_ids(night: Session, get: Get) -> None:
    form = form_on(get("/decide/check?people=hr%3AE1042", named=True).text)

    says = sent(get, "/decide/check", {**form, "people": form["people"] + "\r\nhr:E1043"})

    assert list(get.airflow.runs.values()) == [{"people": ["hr:E1042", "hr:E1043"]}]
    assert "Done." in says
    many = sent(get, "/decide/check", {**form, "people": "\n".join(["x"] * 101)}, 400)
    assert "Nothing is begun: people names 101, and takes 100 at most." in many
    none = sent(get, "/decide/check", {**form, "people": " , "}, 400)
    assert "Nothing is begun: people names nobody: give worker ids, such as hr:10442, one a line." in none


def again(get: Get, path: str) -> str | None:
    """Where a page asks by itself for what came of it meanwhile."""
    answer = get(path, named=True)
    (part,) = [each for _, each in Tags(answer.text).found if each.get("id") == "again"]
    assert "refresh" not in answer.headers
    assert part.get("hx-trigger") == (f"every {outcomes.AGAIN}s" if "hx-get" in part else None)
    return urljoin(path, part["hx-get"]) if "hx-get" in part else None


@pytest.mark.parametrize(
    ("path", "typed"), [("check", {"people": "hr:E1042"}), ("link_revoke", {"number": "1"})], ids=["check", "decision"]
)
def test_a_page_looks_again_until_it_is_known_what_came_of_it(
    night: Session, get: Get, monkeypatch: pytest.MonkeyPatch, path: str, typed: dict[str, str]
) -> None:
    monkeypatch.setattr(outcomes, "SECONDS", 0)
    get.airflow.is_away = True
    form = form_on(get(f"/decide/{path}", named=True).text)
    sends = get(f"/decide/{path}", named=True, form={**form, **typed})
    came = urljoin(f"/decide/{path}", sends.headers["location"])

    page = get(came, named=True)
    assert "Not yet known." in page.text
    assert "[&#39;" not in page.text, "a list is told by its items"
    assert f"looks again by itself, every {outcomes.AGAIN} seconds" in page.text
    next_look = again(get, came)
    assert next_look == f"{came}?of=1&looked=1"
    assert next_look is not None

    get.airflow.is_away = False
    get.airflow.carry_out()
    assert again(get, next_look) is None
    assert "Not yet known." not in get(next_look, named=True).text


def test_a_green_run_of_which_the_store_has_no_decision_is_not_said_to_go_on(night: Session, get: Get) -> None:
    form = form_on(get("/decide/link_revoke", named=True).text)
    get.airflow.is_away = True
    sends = get("/decide/link_revoke", named=True, form={**form, "number": "1"})
    came = urljoin("/decide/link_revoke", sends.headers["location"])
    get.airflow.is_away = False

    page = html.unescape(get(came, named=True).text)

    assert "Airflow ended the run green, and the store that this page reads has no decision of it" in page
    assert "hasn't ended it" not in page
    assert again(get, came) is None


def test_it_looks_no_more_after_a_while_or_once_somebody_says_so(
    night: Session, get: Get, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outcomes, "LOOKS", 3)
    get.airflow.is_away = True
    form = form_on(get("/decide/check", named=True).text)
    sends = get("/decide/check", named=True, form={**form, "people": "hr:E1042"})
    came = here = urljoin("/decide/check", sends.headers["location"])
    looks = 0
    while (after := again(get, here)) is not None:
        here, looks = after, looks + 1

    assert looks == 3
    assert "This page looks no more by itself." in get(here, named=True).text
    links = {each["href"] for each in Tags(get(came, named=True).text).named("a")}
    assert {"?of=1&looked=3", "?of=1"} <= links, "to stop it, and to look again"
    assert again(get, f"{came}?of=1&looked=-1") is None, "nobody's"


# --- who may, and what is no form of ours -----------------------------------------------------------------------------


def test_whoever_may_not_is_led_to_no_form_and_told_what_it_takes(night: Session, get: Get) -> None:
    masked, whole = (get("/decide", named=named).text for named in (False, True))

    def led(page: str) -> set[str]:
        return {str(each["href"]) for each in Tags(page).named("a") if str(each["href"]).startswith("decide/")}

    assert led(masked) == set()
    assert led(whole) == {f"decide/{path}" for path in acts()}
    assert "requires the right to trigger <code>" in masked
    assert "requires the right to trigger <code>" not in whole
    assert [act.dag for act in acts().values() if f"<code>{act.dag}</code>" not in masked] == []


@pytest.mark.parametrize("path", ["/review", "/decide/link", "/decide/check"])
def test_who_may_not_decide_sees_no_form_and_sends_none(night: Session, get: Get, path: str) -> None:
    form = review_form(get)

    assert get(path, form=form).status_code == 403
    shown = get(path)
    assert shown.status_code == (200 if path == "/review" else 403)
    assert Tags(shown.text).named("html") == [{"lang": "en"}]
    assert Tags(shown.text).named("form") == []
    if path != "/review":
        assert f"trigger {acts()[path.rpartition('/')[2]].dag}." in shown.text, "what it takes"
    assert get.airflow.runs == {}


FOREIGN = {
    "another site's": {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"},
    "another site's, by a link": {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Dest": "document"},
    "a neighbour's": {"Sec-Fetch-Site": "same-site"},
    "typed by hand": {"Sec-Fetch-Site": "none"},
    "an old browser's": {"Origin": "https://elsewhere.example"},
    "of a page in a sandbox": {"Origin": "null"},
    "of nowhere": {},
    "of nowhere, with another login": {"Authorization": "Basic YTpi"},
}


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize(
    "path", ["/review", *(pytest.param(f"/decide/{each}", marks=SLOW) for each in ("link", "check", "release"))]
)
def test_a_form_of_another_site_begins_nothing(night: Session, get: Get, path: str, headers: dict[str, str]) -> None:
    form = {**review_form(get), "people": "hr:E1042"}

    assert get(path, named=True, form=form, headers=headers).status_code == 403
    assert get.airflow.runs == {}


@pytest.mark.parametrize(
    ("headers", "says"),
    [
        ({}, "No Origin was sent"),
        ({"Authorization": "Basic YTpi"}, "No Origin was sent"),
        ({"Origin": "null"}, "Another site's page asked for this one."),
        ({"Origin": "https://elsewhere.example"}, "Another site's page asked for this one."),
        ({"Sec-Fetch-Site": "same-site"}, "Another site's page asked for this one."),
    ],
)
def test_a_program_is_told_what_it_lacks_and_another_site_what_it_is(
    night: Session, get: Get, headers: dict[str, str], says: str
) -> None:
    answer = get("/review", named=True, form=review_form(get), headers=headers)

    assert answer.status_code == 403
    assert says in html.unescape(answer.text)


@pytest.mark.parametrize(
    "headers", [{"Authorization": "Bearer theirs"}, {"Sec-Fetch-Site": "same-origin", "Origin": "null"}]
)
def test_a_token_or_our_own_page_is_taken(night: Session, get: Get, headers: dict[str, str]) -> None:
    assert get("/review", named=True, form=review_form(get), headers=headers).status_code == 303


@pytest.mark.parametrize(
    ("refuses", "status", "says"),
    [
        (401, 401, "Airflow doesn't let you"),
        (403, 403, "Airflow doesn't let you"),
        (404, 503, "knows no DAG"),
        (500, 503, "Airflow answers 500"),
    ],
)
def test_what_airflow_refuses_is_refused_and_said(
    night: Session, get: Get, refuses: int, status: int, says: str
) -> None:
    form = review_form(get)
    get.airflow.refuses = refuses

    assert says in sent(get, "/review", form, status)
    assert get.airflow.runs == {}
    assert decided(night) == []


@pytest.mark.parametrize("token", ["", "x", "0" * 31, "../" + "0" * 29, "0" * 33])
def test_no_run_is_called_by_what_is_no_token(night: Session, get: Get, token: str) -> None:
    assert get("/review", named=True, form={**review_form(get), "token": token}).status_code == 404
    assert get.airflow.runs == {}


def test_what_nobody_sent_came_to_nothing(night: Session, get: Get) -> None:
    assert "Nothing was begun." in get(f"/decided/link/{'0' * 32}", named=True).text
    assert get(f"/decided/link/{'0' * 32}?of=21", named=True).status_code == 404


def test_too_much_is_refused_before_it_is_read(night: Session, get: Get) -> None:
    assert get("/review", named=True, form={"reason": "k" * 500_000}).status_code == 413
    assert get("/review", named=True, form={f"decision.{number}": "x" for number in range(500)}).status_code == 413


@pytest.mark.slow
@pytest.mark.parametrize("path", ["verdict", "link", "check"])
@pytest.mark.parametrize("value", HOSTILE.values(), ids=HOSTILE)
def test_whatever_is_typed_is_text(night: Session, get: Get, path: str, value: str) -> None:
    form = form_on(get(f"/decide/{path}", named=True).text)
    answer = get(f"/decide/{path}", named=True, form={**form, **dict.fromkeys(acts()[path].schemas, value)})
    pages = [answer.text]
    if answer.status_code == 303:
        pages.append(get(re.sub(r"^(\.\./)*", "/", answer.headers["location"]), named=True).text)

    assert answer.status_code in (303, 400)
    for page in pages:
        assert Tags(page).foreign() == []
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\x01\x1b]", page)
    assert decided(night) == []
