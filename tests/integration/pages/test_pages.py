"""The pages in Airflow, over a store that lies on a real PostgreSQL. Who may look: tests/slow/test_standalone.py."""

import html
import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from inspect import signature
from itertools import pairwise

import psycopg
import pytest
from fastapi.routing import APIRoute

from offboarding import wiring
from offboarding.model import Severity
from offboarding.report.pages import AskedInVainError, finding, listing, tonight
from offboarding.report.pages.listing import Asked
from offboarding.runs import pipeline
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding_airflow import pages, plugin
from offboarding_airflow.pages import guard, states, subjects
from offboarding_airflow.pages.acts import acts
from tests.support import filled
from tests.support.shown_pages import (
    HOSTILE,
    MORNING,
    ZONE,
    Get,
    Tags,
    every_path,
    get,
    keys_on,
    night,
    one_night,
    poisoned,
    store_template,
)
from tests.support.variants import some_of

__all__ = ["get", "night", "one_night", "store_template"]

# Airflow's own API imports starlette's client for tests (by way of svcs), and that one warns of httpx.
pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")


# --- tonight ----------------------------------------------------------------------------------------------------------


def test_before_the_first_night_it_says_that_nobody_is_checked(store: Session) -> None:
    page = tonight.tonight(store, ZONE, MORNING)

    assert page.silence == "No night has ever run to its end."
    assert page.is_red
    assert [each.text for each in page.to_do] == ["Let the first night run: the DAG offboarding_nightly."]


def test_a_paused_nightly_dag_is_shown_as_red(night: Session, get: Get) -> None:
    """A role User may pause it, and nothing fails then. That other DAGs are paused says nothing of the nights."""
    said = "offboarding_nightly is paused in Airflow. No night begins by itself, and nobody is checked."
    get.airflow.paused = ("offboarding_verify",)
    assert said not in get("/").text

    get.airflow.paused = ("offboarding_nightly",)
    assert said in get("/").text
    assert '<span class="verdict red">RED</span>' in get("/").text
    assert night


def test_what_to_do_comes_in_the_order_in_which_it_cannot_wait(night: Session) -> None:
    page = tonight.tonight(night, ZONE, MORNING)

    assert [each.text for each in page.to_do] == [
        "Look into 1 use after a departure.",
        "Mend what turned the night red.",
        "See to 5 new findings.",
    ]
    (use,) = page.to_do[0].rows
    assert (use.severity, use.worker) == (Severity.CRITICAL, "hr:E1042")
    assert any(filled.DENIED in line for line in page.to_do[1].lines)
    assert page.to_do[1].reads
    assert page.is_red


def test_a_night_that_read_everything_is_led_to_no_read(night: Session) -> None:
    run = filled.spend_night(night, filled.Seen(closed_cloud=True), caller="whole", later=timedelta(days=1))
    pipeline.report(night, filled.settings(), run)
    night.execute("update revocation set status = status where false")

    page = tonight.tonight(night, ZONE, MORNING)

    (mend,) = [each for each in page.to_do if each.text == "Mend what turned the night red."]
    assert [line.rpartition(": ")[2] for line in mend.lines] == ["it was set aside"]
    assert not mend.reads


def test_a_finding_that_is_about_nothing_but_a_person_says_its_rule(night: Session, get: Get) -> None:
    night.execute("update finding set subject_kind = 'worker' where rule = 'used-after-departure'")

    page = re.sub("<[^>]*>", "", get("/").text)

    assert "critical used-after-departure, worker hr:E1042, due" in " ".join(page.split())


def test_what_was_not_read_is_not_checked_and_never_nothing(night: Session) -> None:
    reads = {each.name: each for each in tonight.tonight(night, ZONE, MORNING).reads}

    denied, read = reads[f"aws {filled.CLOSED_CLOUD}"], reads["corp-ldap"]
    assert (denied.state, denied.is_red, denied.amount) == ("not checked", True, "")
    assert denied.says == (filled.DENIED,)
    assert (read.state, read.is_red, read.amount) == ("read", False, "4 accounts")


def test_what_is_open_is_counted_and_past_due_by_the_moment_of_whoever_looks(night: Session) -> None:
    on_the_night = tonight.tonight(night, ZONE, filled.AS_OF)
    later = tonight.tonight(night, ZONE, filled.AS_OF + timedelta(days=365))
    standing = reading.findings(night, state="open")

    assert sum(each.findings for each in on_the_night.severities) == len(standing)
    assert sum(each.late for each in on_the_night.severities) == len(on_the_night.overdue) == 0
    due = [each for each in standing if each.due_at is not None]
    assert len(later.overdue) == len(due) > 1
    assert later.to_do[2].text == f"See to {len(due) - 1} findings past due.", "the use is told once, above"


def test_how_soon_things_are_shut_is_told_over_ninety_days(night: Session) -> None:
    before = tonight.tonight(night, ZONE, MORNING).lately
    run = filled.spend_night(
        night, filled.Seen(key=filled.Standing.DEAD), caller="the next night", later=timedelta(days=1)
    )
    pipeline.report(night, filled.settings(), run)
    night.execute(
        "update finding set resolved_at = left_at + interval '12 days', first_seen_at = left_at + interval '11 days'"
        " where state = 'resolved' and left_at is not null"
    )
    left = filled.AS_OF.replace(day=13, hour=15, minute=0)

    page = tonight.tonight(night, ZONE, left + timedelta(days=40))

    assert (before.revoked, before.from_departure) == ("", "")
    assert before.exposure == "23 days, of 2 things"
    assert page.lately.revoked == "1 thing"
    assert page.lately.from_departure == "median 12 days, 90 % within 12 days"
    assert page.lately.from_found == "median 24 hours, 90 % within 24 hours"
    assert page.lately.exposure == "52 days, of 2 things"
    gone = tonight.tonight(night, ZONE, left + timedelta(days=103)).lately
    assert (gone.revoked, gone.exposure) == ("", "90 days, of 1 thing")


def test_a_night_stands_behind_its_run(night: Session, get: Get) -> None:
    assert tonight.night_page(night, "night", ZONE, MORNING) == replace(
        tonight.tonight(night, ZONE, MORNING), silence=""
    )
    assert tonight.night_page(night, "another run", ZONE, MORNING) is None
    assert "No night of the checker" in get("/runs/others/night").text
    (tab,) = [view for view in plugin.OffboardingPlugin().external_views if view["destination"] == "dag_run"]
    href = tab["href"].replace("{DAG_ID}", "offboarding_nightly").replace("{RUN_ID}", "night")
    assert "Night of 2026-11-24" in get(f"/{href}".removeprefix(plugin.PREFIX)).text


def test_the_tab_of_a_run_does_not_say_that_it_is_the_last_night(night: Session, get: Get) -> None:
    current = 'aria-current="page"'

    assert current in get("/").text
    assert current not in get("/runs/offboarding_nightly/night").text


def test_what_is_past_due_is_a_list_of_its_own(night: Session) -> None:
    later = filled.AS_OF + timedelta(days=365)
    late = listing.listing(night, Asked(due="late"), ZONE, later)

    assert len(late.rows) == len(tonight.tonight(night, ZONE, later).overdue) > 1
    assert listing.listing(night, Asked(due="late"), ZONE, filled.AS_OF).rows == ()


def test_a_night_of_the_day_before_yesterday_is_silence(night: Session) -> None:
    page = tonight.tonight(night, ZONE, datetime.now(UTC) + timedelta(hours=50))

    assert page.silence.startswith("No night has ended for 50 hours")


def test_what_waits_is_told_with_the_line_that_tripped(store: Session) -> None:
    run = filled.spend_night(store, policy=filled.Policy(baseline="hold"))
    pipeline.report(store, filled.settings(), run)

    page = tonight.tonight(store, ZONE, MORNING)

    assert page.waiting_findings > 0
    assert any("of a first read" in line for line in page.waiting)
    assert "Decide on what waits." in [each.text for each in page.to_do]


# --- findings ---------------------------------------------------------------------------------------------------------


def test_pages_of_a_list_hold_each_finding_once_and_in_order(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "PAGE", 2)
    whole = [finding.row(each, ZONE, MORNING).key for each in reading.findings(night)]
    seen, after = [], ""

    for _ in range(len(whole)):
        page = listing.listing(night, Asked(state="all", after=after), ZONE, MORNING)
        seen += [row.key for row in page.rows]
        if not (after := page.next_after):
            break

    assert seen == whole
    assert len(whole) > 3


@pytest.mark.parametrize("asked", [{"severity": "critical"}, {"source": "aws"}, {"worker": "hr:E1042"}])
def test_a_list_holds_what_is_asked_for_and_all_of_it(night: Session, asked: dict[str, str]) -> None:
    page = listing.listing(night, Asked(state="all", **asked), ZONE, MORNING)

    def fits(each: reading.FindingView) -> bool:
        has = {"severity": each.severity.value, "source": each.source, "worker": f"{each.id_space}:{each.worker_id}"}
        return all(has[name] == value for name, value in asked.items())

    expected = [each for each in reading.findings(night) if fits(each)]
    assert [row.key for row in page.rows] == [finding.row(each, ZONE, MORNING).key for each in expected]
    assert 0 < len(expected) < len(reading.findings(night))


@pytest.mark.parametrize(
    "asked",
    [
        {"state": "opne"},
        {"severity": "<b>"},
        {"rule": "no-such-rule"},
        {"source": "\0"},
        {"worker": "no\0body"},
        {"worker": "E9999"},
        {"worker": "1" * 10_000},
        {"after": "f-7c31"},
        {"after": "' or true --"},
    ],
)
def test_what_there_is_not_is_said_in_a_sentence(night: Session, asked: dict[str, str]) -> None:
    with pytest.raises(AskedInVainError):
        listing.listing(night, Asked(**asked), ZONE, MORNING)


# --- what a browser gets ----------------------------------------------------------------------------------------------


def test_each_page_leads_on_and_names_nobody(night: Session, get: Get) -> None:
    """As the report: ids, and no names, mails, labels or reasons."""
    first, listed = get("/"), get("/findings?state=all")
    keys = keys_on(listed.text)
    whole = [first, listed, *(get(f"/findings/{key}") for key in keys)]

    assert [page.status_code for page in whole] == [200] * len(whole)
    assert len(keys) == len(reading.findings(night))
    assert set(keys_on(first.text)) <= set(keys)
    text = " ".join(html.unescape(page.text) for page in whole).lower()
    hidden = [*filled.NAMES, "@corp.example", "jdoe", "spoe", filled.DOE_DN, filled.DOE_ARN]
    assert [word for word in hidden if word.lower() in text] == []
    assert "E1042".lower() in text, "that is how something is found there"


def test_a_finding_says_what_explain_says(night: Session) -> None:
    (use,) = [each for each in reading.findings(night) if each.rule == "used-after-departure"]

    page = finding.finding_page(night, use.finding_key[:8], ZONE, MORNING)

    told = {section.title: " ".join(section.lines) for section in page.sections}
    assert page.subject == f"account {filled.DOE} (corp-ldap, {filled.DIRECTORY})"
    assert "worker hr:E1042, gone since 2026-11-14 00:00 KST: linked, score" in told["Whose"]
    assert told["Gone"] == "left at the end of 2026-11-13 (Asia/Seoul), by HR's word: roster hr"
    assert "it works (last read" in told["Does it work?"]
    assert ", after the departure" in told["Does it work?"]
    assert "exposed for 11 days since the departure, as of 2026-11-25 01:30 KST" in told["Does it work?"]
    assert "A person's verdict" in told["Closes when"]
    assert "open, run " in told["What happened"]


def test_counts_beside_a_list_are_of_what_is_asked_for(night: Session, get: Get) -> None:
    night.execute(
        "update finding set due_at = now() + case rule when 'leaver-access-key' then -1 else 1 end * '1 day'::interval"
    )
    every = reading.findings(night)
    asked = {
        "/findings?state=all": ("Of all", every),
        "/findings?severity=high": ("By this filter, in any state", [e for e in every if e.severity == "high"]),
        "/findings?source=aws": ("By this filter, in any state", [e for e in every if e.source == "aws"]),
        "/findings?worker=hr:E1043": ("By this filter, in any state", [e for e in every if e.worker_id == "E1043"]),
        "/findings?due=late": (
            "By this filter, in any state",
            [e for e in every if e.state == "open" and e.rule == "leaver-access-key"],
        ),
    }
    for path, (says, found) in asked.items():
        page = html.unescape(get(path).text)
        numbers = sorted(Counter(each.state.value for each in found).items())
        assert f"{says}: {', '.join(f'{number} {state}' for state, number in numbers)}." in page, path
        assert found

    assert "in any state" not in get("/findings?worker=nobody").text


def test_how_long_a_resolved_one_was_exposed_ends_when_it_was_resolved(night: Session) -> None:
    night.execute(
        "update finding set state = 'resolved', resolution = 'seen dead', resolved_at = '2026-11-20 09:00+09'"
        " where rule = 'leaver-access-key'"
    )
    (found,) = [each for each in reading.findings(night) if each.rule == "leaver-access-key"]

    page = finding.finding_page(night, found.finding_key[:8], ZONE, MORNING)

    told = {section.title: " ".join(section.lines) for section in page.sections}
    assert "exposed for 6 days since the departure, until it was resolved 2026-11-20 09:00 KST" in told["Does it work?"]


@some_of(1, "value", HOSTILE.values(), ids=HOSTILE)
def test_whatever_a_system_tells_is_text_and_nothing_else(night: Session, get: Get, value: str) -> None:
    poisoned(night, value)
    shown = [(path, get(path, named=named)) for path in every_path(get) for named in (False, True)]

    for path, page in shown:
        # Whom nobody can be called by, nobody is shown.
        assert page.status_code == 200 or (page.status_code == 404 and path.startswith("/leaver/"))
        assert Tags(page.text).foreign() == []
        assert str(7777 * 1111) not in page.text
        assert not re.search("[\u202a-\u202e\u2066-\u2069\u2028\x01\x1b]", page.text)


@pytest.mark.parametrize(
    ("url", "led"),
    [
        ("https://tickets.corp.example/231", True),
        ("javascript:alert(1)", False),
        ("data:text/html,<script>alert(1)</script>", False),
        ("//elsewhere.example/", False),
        ("", False),
    ],
)
def test_a_ticket_is_a_link_where_its_address_is_one(night: Session, get: Get, url: str, led: bool) -> None:
    key = reading.findings(night)[0].finding_key
    with night.transaction():
        night.execute(
            "insert into ticket"
            " (ticket_key, kind, holder, queue, episode, generation, tracker, state, ref, url, wanted_at)"
            " values ('t', 'revoke', 'holder', 'it', 1, 1, 'secops', 'open', '231', %s, now())",
            (url,),
        )
        night.execute("update finding set ticket_key = 't' where finding_key = %s", (key,))

    links = [each.get("href") for each in Tags(get(f"/findings/{key}").text).named("a")]

    assert (url in links) is led
    assert [each for each in links if each and ":" in each] == ([url] if led else [])


def test_a_ticket_that_is_refused_leads_to_what_stands_on_it(night: Session, get: Get) -> None:
    key = reading.findings(night)[0].finding_key
    with night.transaction():
        night.execute(
            "insert into ticket (ticket_key, kind, holder, queue, episode, generation, tracker, state, wanted_at)"
            " values ('offb-3fa9c1d2e4b7', 'revoke', 'holder', 'it', 1, 1, 'secops', 'wanted', now())"
        )
        night.execute(
            "insert into refusal values"
            " ('offb-3fa9c1d2e4b7', '403, no right', (select min(started_at) from run), '', 0)"
        )
        night.execute("update finding set ticket_key = 'offb-3fa9c1d2e4b7' where finding_key = %s", (key,))

    page = get("/").text

    assert "secops refuses ticket offb-3fa9c1d2e4b7: 403, no right" in page
    short = f"f-{key[:8]}"
    assert f'<li>on ticket offb-3fa9c1d2e4b7: <a href="findings/{short}">{short}</a></li>' in page


def test_a_browser_may_do_nothing_with_it_but_show_it(night: Session, get: Get) -> None:
    for path in (*every_path(get), "/pages.css", "/findings/f-00000000"):
        answer = get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'self';")
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "no-store"
        assert "set-cookie" not in answer.headers


def test_whoever_reads_by_ear_or_by_keyboard_finds_their_way(night: Session, get: Get) -> None:
    for path in every_path(get):
        page = get(path).text
        tags = Tags(page)
        assert tags.named("html") == [{"lang": "en"}]
        assert len(tags.named("h1")) == len(tags.named("main")) == 1
        assert all("scope" in each for each in tags.named("th"))
        assert len(tags.named("caption")) == len(tags.named("table"))
        typed = [each for each in tags.named("input") if each.get("type") != "hidden"]
        fields = len(tags.named("select")) + len(typed) + len(tags.named("textarea"))
        assert len(tags.named("label")) == fields
        levels = [int(tag[1]) for tag, _ in tags.found if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert all(below - above <= 1 for above, below in pairwise(levels))


@pytest.mark.parametrize(
    "path",
    ["/findings/f-00000000", "/findings/x", "/findings?rule=none", "/findings?after=1", "/leaver/E9999", "/key/none"],
)
def test_what_is_not_there_is_not_found(night: Session, get: Get, path: str) -> None:
    assert get(path).status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("worker=E1024&severity=high", "There is no worker E1024. Did you mean"),
        ("worker=%3Cb%3Enobody&severity=high", "There is no worker &lt;b&gt;nobody."),
        ("source=azure&severity=high", "There is no source &#39;azure&#39;. Choose one of the list."),
        ("after=1&severity=high", "The address asks for a page that there isn&#39;t. Begin with the first."),
    ],
)
def test_a_filter_that_finds_nothing_is_said_above_the_form(night: Session, get: Get, asked: str, said: str) -> None:
    page = get(f"/findings?{asked}")

    tags = Tags(page.text)
    assert page.status_code == 404
    assert f'role="alert">{said}' in page.text
    assert [each["name"] for each in tags.named("select")] == ["state", "severity", "rule", "source", "due"]
    assert [each["value"] for each in tags.named("option") if "selected" in each] == ["open", "high"]
    assert "No finding is so." not in page.text
    assert keys_on(page.text) == []


def test_what_no_realm_tells_of_can_be_asked_for_by_its_source(night: Session, get: Get) -> None:
    """A source of keys, or the register of custody: its findings stand under a name that no account has."""
    night.execute("update finding set source = 'custody.yaml' where rule = 'used-after-departure'")
    night.execute("update finding set source = '' where finding_key = (select max(finding_key) from finding)")

    page = get("/findings?source=custody.yaml")

    assert page.status_code == 200
    assert {each.rule for each in reading.findings(night, source="custody.yaml")} == {"used-after-departure"}
    assert len(keys_on(page.text)) == len(reading.findings(night, source="custody.yaml"))
    named = {each.source for each in reading.findings(night)} - {""}
    listed = [str(each["value"]) for each in Tags(page.text).named("option")]
    assert named <= set(listed)
    assert listed.count("custody.yaml") == 1


def test_the_worker_that_was_typed_still_stands_there(night: Session, get: Get) -> None:
    (typed,) = Tags(get("/findings?worker=E1024").text).named("input")

    assert typed["value"] == "E1024"


_FIELDS = {
    "findings": ("state", "severity", "rule", "source", "due", "worker", "after"),
    "findings.csv": ("state", "severity", "rule", "source", "due", "worker"),
    "findings.jsonl": ("state", "severity", "rule", "source", "due", "worker"),
    "review": ("after", "finding"),
    "sources": ("after",),
    "waivers": ("after",),
    "record": ("before",),
}
_ODD = ("%00", "a%00b", "-1", str(2**63), "1" + "0" * 30, "9" * 5_000, "x", "%ed%a0%80", "%25", "'")


@some_of(1, "named", [False, True])
def test_an_address_that_nothing_can_be_called_is_refused_in_a_sentence(night: Session, get: Get, named: bool) -> None:
    asked = [f"/{page}?{field}={odd}" for page, fields in _FIELDS.items() for field in fields for odd in _ODD]
    asked += [f"/{page}/{odd}" for page in ("findings", "leaver", "key", "runs/offboarding_nightly") for odd in _ODD]
    asked += ["/runs/%00/night"]

    answers = {path: get(path, named=named) for path in asked}

    assert {path: each.status_code for path, each in answers.items() if each.status_code not in (200, 400, 404)} == {}
    refused = [path for path, each in answers.items() if each.status_code != 200]
    assert [path for path in asked if "%00" in path and path not in refused] == []
    assert [path for path in refused if 'role="alert"' not in answers[path].text] == []


def test_every_field_of_an_address_is_among_these(get: Get) -> None:
    routes = {**states.ROUTES, **subjects.ROUTES}
    fields = {
        path.strip("/"): {name for name, each in signature(page).parameters.items() if each.default is not each.empty}
        for path, page in routes.items()
    }
    assert {page: names for page, names in fields.items() if names} == {p: set(names) for p, names in _FIELDS.items()}


def test_a_store_that_is_away_is_said_and_no_empty_page(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    away = json.dumps({"host": "127.0.0.1", "port": 1, "login": "nobody", "password": "a-secret", "schema": "none"})
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", away)

    answer = get("/")

    assert answer.status_code == 503
    assert "PostgreSQL can&#39;t be reached" in answer.text
    assert "It doesn't mean that nothing was found" in answer.text
    assert "a-secret" not in answer.text


# --- what it can't do -------------------------------------------------------------------------------------------------


def test_it_only_reads(night: Session, get: Get) -> None:
    del night, get
    with wiring.looking() as (_, session), pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        session.execute("delete from finding")


def test_each_route_is_a_get_but_forms_and_the_whole_app_is_guarded() -> None:
    app = pages.app()

    assert all(isinstance(route, APIRoute) for route in app.routes), "what isn't one isn't guarded by the app"
    posted = {route.path for route in app.routes if isinstance(route, APIRoute) and route.methods != {"GET"}}
    assert posted == {"/search", "/review", *(f"/decide/{path}" for path in acts())}
    assert app.router.dependencies
    assert (app.docs_url, app.redoc_url, app.openapi_url) == (None, None, None)


def test_where_airflows_guard_is_another_nobody_may_look(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "airflow.api_fastapi.core_api.security", None)

    assert guard.may_look() is guard.noting() is guard.may_trigger("any") is guard.nobody
    with pytest.raises(Exception, match="nobody may look"):
        guard.nobody()
