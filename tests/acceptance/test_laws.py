"""The laws of docs/architecture.md hold after each run of any history; and a house that breaks them is found out.

More of it: LAWS_EXAMPLES=500 LAWS_STEPS=40 python -m pytest tests/acceptance/test_laws.py
"""

import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from offboarding.guard import holds
from offboarding.model import Fact, TicketDraft, TicketRef
from offboarding.rules.leaver_local_account import LeaverLocalAccount
from offboarding.store import embedded
from offboarding.store.reading import night_states
from offboarding.tickets import desk
from tests.support.laws.machine import Laws
from tests.support.listed_tracker import ListedTracker
from tests.support.office import System

EXAMPLES, STEPS = int(os.environ.get("LAWS_EXAMPLES", "0")), int(os.environ.get("LAWS_STEPS", "0"))
DRAWN = settings(
    max_examples=EXAMPLES or 4,
    stateful_step_count=STEPS or 14,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    report_multiple_bugs=False,
    phases=(Phase.generate,),  # to shorten a history takes longer than to read it
    suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much),
)


def machine(server: embedded.EmbeddedServer, kind: type[ListedTracker] = ListedTracker) -> type[Laws]:
    """Histories on this server, told to this kind of tracker."""
    return type("Company", (Laws,), {"server": server, "tracker_kind": kind, "happened": Counter[str]()})


def test_random_histories(store_server: embedded.EmbeddedServer) -> None:
    company = machine(store_server)

    run_state_machine_as_test(company, settings=DRAWN)

    if EXAMPLES:
        return
    # Histories in which nothing happens prove nothing. Which of the rare things do is the draw's.
    often = {what for what, count in company.happened.items() if count}
    assert {"open", "update", "comment", "close", "held"} <= often
    assert len({"reopen", "let through", "refused", "went down", "due"} & often) > 2


# --- must fail --------------------------------------------------------------------------------------------------------


class Forgetful(ListedTracker):
    """A tracker that doesn't find what it has: after a crash it is told to open the ticket a second time."""

    def find(self, key: str) -> TicketRef | None:
        del key
        return None


class Twice(ListedTracker):
    """A desk that opens each ticket twice."""

    def open(self, draft: TicketDraft) -> TicketRef:
        super().open(draft)
        return super().open(draft)


def opens_twice(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    del patch
    return Twice


def does_not_search_before_it_opens(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    del patch
    return Forgetful


def takes_a_failed_source_for_an_empty_one(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    collect = System.collect

    def emptied(self: System) -> Iterator[Fact]:
        if self.error:
            self.error, self.accounts = None, []
        yield from collect(self)

    patch.setattr(System, "collect", emptied)
    return ListedTracker


def leaves_what_people_closed(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    patch.setattr(desk.TicketDesk, "_reopen_by_itself", lambda *_: None)
    return ListedTracker


def closes_whatever_it_is_told_to(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    class Eager(ListedTracker):
        def comment(self, ref: TicketRef, event_key: str, text: str) -> None:
            super().comment(ref, event_key, text)
            self.close(ref, "done")

    del patch
    return Eager


def writes_no_event(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    def nothing(*_: object, **__: object) -> None: ...

    patch.setattr(holds, "append_events", nothing)
    return ListedTracker


def says_nothing_of_the_provider(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    patch.setattr(LeaverLocalAccount, "evaluate", lambda *_: iter(()))
    return ListedTracker


def says_nothing_of_what_joins_a_hold(patch: pytest.MonkeyPatch) -> type[ListedTracker]:
    patch.setattr(night_states, "joined", lambda *_: [])
    return ListedTracker


def leaves(company: Laws) -> None:
    company.good_night(day=[("leaves", 0)])


def goes_down(company: Laws) -> None:
    company.night_that_goes_down(day=[], leaver=0, calls=0, after=True)
    company.good_night(day=[])


def fails(company: Laws) -> None:
    # The guard would hold a source that is suddenly empty.
    company.office.guard = {"objects": {}, "unlinked": {}}
    leaves(company)
    company.night(day=[], failing="directory")


def is_closed(company: Laws) -> None:
    leaves(company)
    company.good_night(day=[("people_close_their_ticket", 0)])


def is_revoked_in_part(company: Laws) -> None:
    leaves(company)
    company.good_night(day=[("login_is_locked", 0)])


def leaves_behind_a_hold(company: Laws) -> None:
    company.good_night(day=[("everybody_is_terminated", 0)])
    company.good_night(day=[("joins", 6), ("joins", 7)])
    company.good_night(day=[("leaves", 0)])


Breaks = Callable[[pytest.MonkeyPatch], type[ListedTracker]]


BROKEN: tuple[tuple[Breaks, Callable[[Laws], None], str], ...] = (
    (opens_twice, leaves, "one key, one ticket"),
    (does_not_search_before_it_opens, goes_down, "one key, one ticket"),
    (takes_a_failed_source_for_an_empty_one, fails, "wasn't looked at, and was closed"),
    (leaves_what_people_closed, is_closed, "works, and its ticket is closed"),
    (closes_whatever_it_is_told_to, is_revoked_in_part, "was closed, and .* work"),
    (says_nothing_of_the_provider, is_revoked_in_part, "said to be local"),
    (writes_no_event, leaves, "a state without an event"),
    (says_nothing_of_what_joins_a_hold, leaves_behind_a_hold, "newly waits in a run that succeeded"),
)
HISTORIES = tuple(dict.fromkeys(history for _, history, _ in BROKEN if history is not leaves))
"""Others begin as `leaves` does."""


@contextmanager
def closing_down(company: Laws) -> Generator[Laws]:
    try:
        yield company
    finally:
        company.teardown()


@pytest.mark.slow
@pytest.mark.parametrize(("breaks", "history", "law"), BROKEN)
def test_a_broken_house_is_found_out(
    store_server: embedded.EmbeddedServer,
    monkeypatch: pytest.MonkeyPatch,
    breaks: Breaks,
    history: Callable[[Laws], None],
    law: str,
) -> None:
    with closing_down(machine(store_server, breaks(monkeypatch))()) as broken:
        broken.most_of_them_work_here()
        with pytest.raises(AssertionError, match=law):
            history(broken)


@pytest.mark.slow
@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_a_whole_house_is_not(store_server: embedded.EmbeddedServer, history: Callable[[Laws], None]) -> None:
    """The same histories break no law where nothing is broken."""
    with closing_down(machine(store_server)()) as whole:
        whole.most_of_them_work_here()
        history(whole)
