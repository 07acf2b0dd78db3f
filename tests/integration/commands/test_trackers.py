"""route, tracker test and tracker move, over a company of two on real systems."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from offboarding.model.errors import FatalError
from offboarding.store import runs
from offboarding.tickets import moving
from offboarding.trackers.roundup import RoundupTracker
from tests.integration.commands.conftest import Type
from tests.support.tiny_company import TinyCompany

TWO = [{"name": name, "kind": "roundup", "connection": "secops_roundup"} for name in ("secops", "cloud")]
"""One Roundup by two names: what stands where is told by our own store."""


@pytest.fixture
def configured_anew(tiny: TinyCompany, at_work: Type) -> Iterator[TinyCompany]:
    """Whose configuration a test may change."""
    text = tiny.config.read_text("utf-8")
    yield tiny
    tiny.config.write_text(text, encoding="utf-8")


def configure(tiny: TinyCompany, **changes: Any) -> None:
    file = {**yaml.safe_load(tiny.config.read_text("utf-8")), **changes}
    tiny.config.write_text(yaml.safe_dump(file), encoding="utf-8")


def test_a_ticket_is_opened_commented_and_closed(tiny: TinyCompany, at_work: Type) -> None:
    before = tiny.tickets()

    done = at_work("tracker", "test", "secops")

    assert (done.code, done.err) == (0, "")
    assert [line.split()[0] for line in done.out.splitlines()] == ["opened", "commented", "closed"]
    (made,) = set(tiny.tickets()) - set(before)
    assert made.startswith("A test by the offboarding checker: nothing to do [offb-")


def test_a_test_s_ticket_is_closed_though_no_comment_may_be_made(
    tiny: TinyCompany, at_work: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise FatalError("trackers.secops: 403")

    monkeypatch.setattr(RoundupTracker, "comment", refused)

    done = at_work("tracker", "test", "secops")

    assert (done.code, done.err) == (1, "trackers.secops: 403\n")
    assert [line.split()[0] for line in done.out.splitlines()] == ["opened", "closed"]


def test_a_test_s_ticket_that_can_t_be_closed_is_left_to_people(
    tiny: TinyCompany, at_work: Type, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object) -> None:
        raise FatalError("trackers.secops: 403")

    monkeypatch.setattr(RoundupTracker, "close", refused)

    done = at_work("tracker", "test", "secops")

    assert done.code == 1
    assert re.search(r"trackers.secops: 403\ntrackers.secops: close \d+ by hand: http", done.err)


def test_a_tracker_that_is_not_there_is_named_with_those_that_are(at_work: Type) -> None:
    done = at_work("tracker", "test", "jira")

    assert (done.code, done.out) == (1, "")
    assert "there is no jira. There is: secops." in done.err


def test_a_route_is_explained_and_tickets_move(configured_anew: TinyCompany, at_work: Type) -> None:
    routes = [
        {"severities": ["critical"], "queue": "cloud:incident"},
        {"sources": ["aws"], "queue": "cloud:payments", "assignee": "oncall"},
    ]
    configure(configured_anew, trackers=TWO, policy={"baseline": "ticket"})
    assert at_work("nightly").code == 0
    (found,) = (each for each in at_work("findings", "--format", "jsonl").lines if each["rule"] == "leaver-access-key")
    configure(configured_anew, policy={"baseline": "ticket", "routes": routes})

    said = at_work("route", found["key"]).out
    shown = at_work("tracker", "move", "secops", "cloud")
    moved = at_work("tracker", "move", "secops", "cloud", "--yes")

    assert "policy.routes[0], to queue cloud:incident: no, its severity is high" in said
    assert "policy.routes[1], to queue cloud:payments and oncall: fits" in said
    assert "It goes to tracker cloud, queue payments, by that route; a new ticket is oncall's." in said
    assert "of secops, and stays there: http" in said
    assert (shown.code, moved.code) == (0, 0)
    assert "Nothing was changed. To do it:" in shown.err
    assert moved.out.splitlines()[-1] == "Moved: 3 tickets open in cloud."
    assert shown.out.splitlines()[0] == moved.out.splitlines()[0] == "3 tickets from secops to cloud:"
    assert {each["ticket"]["tracker"] for each in at_work("findings", "--format", "jsonl").lines} == {"cloud"}
    assert "no ticket of secops is open" in at_work("tracker", "move", "secops", "cloud", "--yes").err

    with configured_anew.at_the_store() as session:
        night = runs.last_finished_night(session)
        assert night
        moving.move(session, night, ["secops", "cloud"], "cloud", "secops")
    said = at_work("route", found["key"]).out
    configure(configured_anew, trackers=TWO, policy={"baseline": "ticket"})
    with configured_anew.at_the_store() as session:
        session.execute("update finding set state = 'held', ticket_key = null where rule = 'leaver-access-key'")
    held = at_work("route", found["key"]).out
    configure(configured_anew, trackers=[TWO[0]], policy={"baseline": "ticket"})
    shown = at_work("tracker", "move", "cloud", "secops").err

    assert said.splitlines()[-1] == "Its ticket is yet to be opened in secops, and it stays on that one."
    assert held.splitlines()[-1] == (
        "What goes there stands on the ticket that is yet to be opened in secops, and it joins that one."
    )
    assert "If secops is the same system by another name, call it cloud again" in shown
