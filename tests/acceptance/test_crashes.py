"""One key, one ticket, in a real Roundup: killed at any line, unheard, or twice at once."""

import signal
from collections.abc import Callable
from dataclasses import replace

import httpx
import pytest

from demo.roundup import RoundupServer
from offboarding.model import Standing
from offboarding.model.errors import RetriableError
from offboarding.store.events import broken_at
from offboarding.trackers.roundup import build
from tests.acceptance.test_attempts import kim
from tests.support.crashing import Orders, started, told
from tests.support.desk import SeenTicket, tickets_of
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.relay import Do, relay
from tests.support.small_company import number
from tests.support.variants import variants
from tests.systems.roundup.tracker import RoundupPeople, people, roundup, settings, tracker

__all__ = ["kim", "people", "roundup", "tracker"]  # fixtures


def killed(office: Office, roundup: RoundupServer, parameters: dict[str, str | int], call: str, when: str) -> int:
    """The ticket task in a process that is killed there. Returns the run's id."""
    run_id = office.untold()
    process = started(orders(roundup, parameters, run_id, call, when))
    process.join(60)
    assert process.exitcode == -signal.SIGKILL
    return run_id


def orders(
    roundup: RoundupServer, parameters: dict[str, str | int], run_id: int, call: str = "", when: str = ""
) -> Orders:
    connection = roundup.connection("secops_roundup")
    return Orders(store=parameters, tracker=connection, run_id=run_id, call=call, when=when)


def each(people: RoundupPeople, office: Office) -> dict[str, SeenTicket]:
    """Ticket by worker; no worker has two."""
    found = tickets_of(people, office.queue)
    by_worker = {ticket.title.split(" (")[0].rpartition(" ")[2]: ticket for ticket in found}
    assert len(by_worker) == len(found)
    return by_worker


# --- killed ----------------------------------------------------------------------------------------------------------


@variants(1, when=["after", "before"])
def test_killed_about_opening_one_ticket_a_key_stands(
    kim: Office, people: RoundupPeople, roundup: RoundupServer, store_parameters: dict[str, str | int], when: str
) -> None:
    run_id = killed(kim, roundup, store_parameters, "open", when)
    assert len(tickets_of(people, kim.queue)) == (when == "after")

    told(kim.session, run_id, kim.tracker)

    assert set(each(people, kim)) == {"1042", "1043"}
    assert all(ticket.comments == () and ticket.is_open for ticket in each(people, kim).values())
    kim.night()
    assert kim.tracker.calls == []


def die(office: Office) -> None:
    office.directory.change("kim", **locked())


def grow(office: Office) -> None:
    office.directory.accounts.append(login("adm-kim", number("1042")))


def live_again(office: Office) -> None:
    office.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")


CALLS: dict[str, tuple[str, str, tuple[Callable[[Office], None], ...], bool]] = {
    "comment before": ("comment", "before", (grow,), True),
    "comment after": ("comment", "after", (grow,), True),
    "update after": ("update", "after", (grow,), True),
    "close before": ("close", "before", (die,), False),
    "close after": ("close", "after", (die,), False),
    "reopen before": ("reopen", "before", (die, live_again), True),
    "reopen after": ("reopen", "after", (die, live_again), True),
}
"""Call, when the process dies, what happened the nights before, whether the ticket is open in the end."""


@variants(1, at=CALLS)
def test_killed_about_any_call_the_next_attempt_says_it_once(
    kim: Office,
    people: RoundupPeople,
    roundup: RoundupServer,
    store_parameters: dict[str, str | int],
    at: tuple[str, str, tuple[Callable[[Office], None], ...], bool],
) -> None:
    call, when, changes, is_open = at
    kim.night()
    *before, last = changes
    for change in before:
        change(kim)
        kim.night()
    last(kim)

    run_id = killed(kim, roundup, store_parameters, call, when)
    told(kim.session, run_id, kim.tracker)

    ticket = each(people, kim)["1042"]
    assert ticket.is_open == is_open
    assert len(ticket.comments) == len(changes)
    assert ticket.body.count("[x]") == (last is die)
    kim.night()
    assert (kim.tracker.calls, broken_at(kim.session)) == ([], None)


@pytest.mark.slow
def test_a_deleted_ticket_is_renewed_once_though_it_was_killed_in_between(
    kim: Office, people: RoundupPeople, roundup: RoundupServer, store_parameters: dict[str, str | int]
) -> None:
    kim.night()
    people.delete(each(people, kim)["1042"].ref)

    run_id = killed(kim, roundup, store_parameters, "open", "after")
    told(kim.session, run_id, kim.tracker)

    assert set(each(people, kim)) == {"1042", "1043"}
    kim.night()
    assert kim.tracker.calls == []


def test_a_ticket_that_people_closed_before_we_heard_of_it_is_opened_again(
    kim: Office, people: RoundupPeople, roundup: RoundupServer, store_parameters: dict[str, str | int]
) -> None:
    run_id = killed(kim, roundup, store_parameters, "open", "after")
    ((worker_id, ticket),) = each(people, kim).items()
    people.close(ticket.ref)

    told(kim.session, run_id, kim.tracker)

    assert each(people, kim)[worker_id].is_open
    kim.night()
    assert kim.tracker.calls == []


@variants(1, when=["after", "before"])
def test_what_could_not_be_opened_again_in_time_is_closed_where_it_is_dead_by_then(
    kim: Office, people: RoundupPeople, roundup: RoundupServer, store_parameters: dict[str, str | int], when: str
) -> None:
    kim.night()
    die(kim)
    kim.night()
    live_again(kim)
    killed(kim, roundup, store_parameters, "reopen", when)
    assert each(people, kim)["1042"].is_open is (when == "after")
    die(kim)

    kim.night()

    assert not each(people, kim)["1042"].is_open
    kim.night()
    assert (kim.tracker.calls, broken_at(kim.session)) == ([], None)
    live_again(kim)
    kim.night()
    assert each(people, kim)["1042"].is_open


# --- unheard ---------------------------------------------------------------------------------------------------------


def test_a_tracker_that_did_it_and_was_not_heard(kim: Office, people: RoundupPeople, roundup: RoundupServer) -> None:
    lost: list[str] = []

    def lose_each_first_answer(method: str, path: str) -> Do:
        if method in {"POST", "PATCH"} and len(lost) < 3 and path not in lost:
            lost.append(path)
            return Do.LOSE_ANSWER
        return Do.PASS

    upstream = httpx.URL(roundup.url)
    with relay(f"http://{upstream.host}:{upstream.port}", lose_each_first_answer) as port:
        through = replace(roundup.connection("secops_roundup"), port=port)
        tracker = HeardTracker(build(settings(url=roundup.url), through))
        run_id = kim.untold()
        for _ in range(len(lost) + 6):
            try:
                told(kim.session, run_id, tracker)
                break
            except RetriableError:
                continue

    assert lost
    assert set(each(people, kim)) == {"1042", "1043"}


# --- at once ---------------------------------------------------------------------------------------------------------


def test_two_ticket_tasks_in_two_processes(
    kim: Office, people: RoundupPeople, roundup: RoundupServer, store_parameters: dict[str, str | int]
) -> None:
    run_id = kim.untold()

    processes = [started(orders(roundup, store_parameters, run_id)) for _ in range(2)]

    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0, 0]
    assert set(each(people, kim)) == {"1042", "1043"}
