"""The same thing a second time: a ticket follows each time, as it did the first."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest

from offboarding.config.settings import Settings
from offboarding.model import Standing
from offboarding.model.errors import FatalError, RetriableError
from offboarding.store import outbox
from offboarding.store.connect import opened
from tests.support.crashing import desk_of, plan_of
from tests.support.database import cloned
from tests.support.listed_tracker import ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.small_company import number
from tests.support.two_trackers import Away, TwoTrackers, drafts, kim_has_left, reds, told_nowhere
from tests.support.variants import some_of


@pytest.fixture
def kim(office: Office) -> TwoTrackers:
    """Kim has left, and a login of his still works."""
    made = kim_has_left(office)
    made.cloud.credentials = []
    return made


@dataclass(slots=True, kw_only=True)
class Restored(TwoTrackers):
    """Whose trackers' entries may say that a store before this one opened what is there."""

    takes_over: bool = False

    @property
    def settings(self) -> Settings:
        settings = TwoTrackers.settings.__get__(self)
        entries = [each.model_copy(update={"takes_over": self.takes_over}) for each in settings.trackers]
        return settings.model_copy(update={"trackers": tuple(entries)})


def except_it(kim: TwoTrackers) -> None:
    expires = (kim.as_of + timedelta(days=15)).date()
    granted = {"source": "corp-ldap", "account": "kim", "reason": "a job", "approver": "Soyeon", "expires": expires}
    kim.let_stand = {"exceptions": [granted]}


def test_each_exception_closes_the_ticket_and_each_end_of_one_opens_it(kim: TwoTrackers) -> None:
    kim.night()

    for times in (1, 2):
        except_it(kim)
        kim.night()
        (ticket,) = kim.inner().there()
        assert not ticket.is_open, times

        kim.let_stand = {}
        kim.night()
        (ticket,) = kim.inner().there()
        assert ticket.is_open, times
        assert (reds(kim), told_nowhere(kim)) == ((), [])


@some_of(1, "told", ["close", "reopen"])
def test_what_another_worker_tells_while_a_plan_is_made_is_told_once(
    kim: TwoTrackers, store_parameters: Mapping[str, Any], told: str
) -> None:
    """Two workers at once: between a ticket's state and what was said of it, the other says it."""
    kim.night()
    kim.directory.change("kim", **locked())
    if told == "reopen":
        kim.night()
        kim.directory.accounts = [login("kim", number("1042"))]
    run_id = kim.untold(days=1)
    there = kim.inner()

    with opened(store_parameters) as session:
        others = plan_of(session, run_id)
        others.make()
        plan = plan_of(kim.session, run_id)
        with patch.object(outbox, "unheard", side_effect=_first(desk_of(others, there).drain, outbox.unheard)) as met:
            plan.make()
        desk_of(plan, there).drain()

    (ticket,) = there.there()
    assert met.called
    assert ticket.is_open == (told == "reopen")
    assert kim.session.execute("select count(*) from outbox where op = %s", [told]).fetchone() == (1,)


def _first(act: Callable[[], object], then: Callable[..., Any]) -> Callable[..., Any]:
    def both(*args: Any) -> Any:
        with patch.object(outbox, "unheard", then):
            act()
        return then(*args)

    return both


def test_an_end_that_was_overtaken_while_the_tracker_was_away_is_told_the_next_time(kim: TwoTrackers) -> None:
    kim.night()
    except_it(kim)
    kim.night()
    there = kim.tracker.inner
    kim.tracker.inner, kim.let_stand = Away(RetriableError("trackers.secops: no answer")), {}
    with pytest.raises(RetriableError):
        kim.night()
    kim.tracker.inner = there
    except_it(kim)
    kim.night()

    kim.let_stand = {}
    kim.night()

    (ticket,) = kim.inner().there()
    assert ticket.is_open
    assert told_nowhere(kim) == []


def test_a_store_restored_from_before_a_later_ticket_keeps_that_one(
    store_server: Any, store_parameters: Mapping[str, Any]
) -> None:
    with opened(store_parameters) as session:
        made = kim_has_left(Office(session=session, tracker=HeardTracker(ListedTracker())))
        kim = Restored(**{each.name: getattr(made, each.name) for each in fields(made) if each.init})
        kim.cloud.credentials = []
        kim.night()
    with cloned(store_server, store_parameters["dbname"]) as before:
        with opened(store_parameters) as session:
            kim.session = session
            kim.directory.change("kim", **locked())
            kim.night()
            kim.session.execute("update ticket set closed_at = closed_at - interval '60 days'")
            kim.directory.accounts = [login("kim", number("1042"))]
            kim.night()
        assert [ticket.is_open for ticket in kim.inner().there()] == [False, True]

        with opened(store_server.connection_kwargs(dbname=before)) as session:
            kim.session = session
            with pytest.raises(FatalError, match="refused by secops"):
                kim.night()
            assert [ticket.is_open for ticket in kim.inner().there()] == [False, True]

            kim.takes_over = True
            kim.night()
            kim.night()

            assert [ticket.is_open for ticket in kim.inner().there()] == [False, True]
            assert (reds(kim), told_nowhere(kim)) == ((), [])


def test_a_ticket_whose_only_thing_cannot_be_told_any_more_counts_none_that_works(kim: TwoTrackers) -> None:
    kim.night()
    kim.directory.change("kim", standing=Standing.UNKNOWN, standing_reason="its lock isn't readable")

    kim.night()

    (draft,) = drafts(kim.inner())
    assert "Of 1 thing of theirs it can't be told whether it works." in draft.body
    assert "0 things" not in draft.body


@some_of(
    1,
    ("tickets", "goes"),
    [(["unverified"], "jira"), (["review"], "secops"), (["review", "unverified"], "jira")],
    ids=str,
)
def test_a_ticket_that_asks_for_a_right_goes_where_a_route_names_such(
    kim: TwoTrackers, tickets: list[str], goes: str
) -> None:
    kim.policy = {"unverified_nights": 1, "routes": [{"tickets": tickets, "queue": "jira:PLATFORM"}]}
    kim.directory.change("kim", standing=Standing.UNKNOWN, standing_reason="its lock isn't readable")

    kim.night()

    asked = {name for name, there in (("secops", kim.inner()), ("jira", kim.jira)) if drafts(there)}
    assert asked == {goes}
