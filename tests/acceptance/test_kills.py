"""Killed at any message to the store or the tracker and run again, a task leaves what it would have left undisturbed.

`make stress` kills hundreds of times; these are some of them, by the same seed, and the check's own check.
"""

from collections.abc import Generator

import pytest

from include.offboarding.store import embedded
from tests.support.killing.broken import Fault
from tests.support.killing.drawing import SEED, TASKS, Kill, drawn, some
from tests.support.killing.relays import When
from tests.support.killing.scenes import Stage, stage
from tests.support.killing.tasks import Task
from tests.support.memory import Folder

KILLS, OF = 20, 300
pytestmark = pytest.mark.timeout(900)
"""Ticket systems and stores of their own, and forty processes, on a machine that may be busy elsewhere."""


@pytest.fixture(scope="module")
def made(store_server: embedded.EmbeddedServer, in_memory: Folder) -> Generator[Stage]:
    with stage(store_server, in_memory("killing")) as made:
        yield made


def test_undisturbed_there_is_enough_to_disturb(made: Stage) -> None:
    for task in TASKS:
        expected, counted = made.scenes[task].expected, made.scenes[task].trap.counted
        assert counted["store"] > 1000
        assert counted["tracker"] > 100
        assert all(len(tickets) == 1 for tickets in expected.tickets.values())
        assert sum(key.startswith("leaver-signing-key") for key in expected.rules.values()) == 7
        assert (expected.untold, expected.unfinished, expected.broken_at) == (0, 0, None)
        assert all(found.recorded == found.state for found in expected.findings.values())
    assert len(made.scenes["verify"].expected.alerts) > 0
    states = {task: {found.state for found in made.scenes[task].expected.findings.values()} for task in TASKS}
    assert states["release"] == {"open", "resolved", "held"}, "one batch of a first read, and no more"


def test_killed_anywhere_nothing_is_told_twice_and_nothing_is_lost(made: Stage) -> None:
    kills = some(SEED, drawn(SEED, made.lengths, OF), KILLS)

    came = {str(kill): made.play(kill).sentences for kill in kills}

    assert len(came) == KILLS
    assert {kill: said for kill, said in came.items() if said} == {}


# --- the check's own check -------------------------------------------------------------------------------------------


def at(made: Stage, task: Task, requests: tuple[str, ...], when: When) -> Kill:
    """About the last of these requests, where they first come one after the other."""
    heard = [request.replace("/offb/rest/data/", "") for request in made.scenes[task].trap.requests]
    last = next(
        nth
        for nth in range(len(requests), len(heard) + 1)
        if all(map(str.startswith, heard[nth - len(requests) : nth], requests))
    )
    return Kill(task=task, place="tracker", nth=last, of=len(heard), when=when, afresh=False)


OPENED = ("POST issue/@poe", "POST issue/@poe/")
SPOKEN = ("GET issue?", "GET msg?", "POST msg/@poe", "POST msg/@poe/")
SAID = (*SPOKEN, "GET issue/", "PATCH issue/")
""""How does it stand", and then a comment."""


def test_a_ticket_that_is_opened_unasked_is_found_to_be_two(made: Stage) -> None:
    found = made.play(at(made, "ticket", OPENED, "after"), Fault.OPENS_UNASKED)

    assert len(found.duplicates) == 1
    assert "2 tickets" in found.duplicates[0]


def test_what_is_said_again_is_found(made: Stage) -> None:
    found = made.play(at(made, "verify", SAID, "after"), Fault.SAYS_TWICE)

    assert len(found.duplicates) == 1
    assert "said again" in found.duplicates[0]


@pytest.mark.parametrize(("task", "requests"), [("ticket", OPENED), ("verify", SPOKEN)])
def test_what_counts_as_said_before_it_is_is_found_to_be_lost(
    made: Stage, task: Task, requests: tuple[str, ...]
) -> None:
    found = made.play(at(made, task, requests, "before"), Fault.MARKS_FIRST)

    assert found.lost
    assert found.duplicates == ()


def test_an_audit_chain_with_a_row_less_is_found(made: Stage) -> None:
    assert made.without_an_event("ticket").broken == ("the audit chain is broken at 4",)
