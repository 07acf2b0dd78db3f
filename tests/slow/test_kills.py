"""Killed at any message to the store or the tracker and run again, a task leaves what it would have left undisturbed.

`make stress` kills hundreds of times; these are some of them, by the same seed, and the check's own check.
"""

from collections.abc import Generator

import pytest

from offboarding.store import embedded
from tests.support.killing.controls import CONTROLS, Control
from tests.support.killing.drawing import SEED, drawn, some
from tests.support.killing.scenes import Stage, stage
from tests.support.memory import Folder

KILLS, OF = 20, 300
pytestmark = pytest.mark.timeout(900)
"""Ticket systems and stores of their own, and forty processes, on a machine that may be busy elsewhere."""


@pytest.fixture(scope="module")
def made(store_server: embedded.EmbeddedServer, in_memory: Folder) -> Generator[Stage]:
    with stage(store_server, in_memory("killing")) as made:
        yield made


def test_undisturbed_there_is_enough_to_disturb(made: Stage) -> None:
    assert made.scenes.keys() == {"verify", "due", "ticket", "release"}
    for scene in made.scenes.values():
        expected, counted = scene.expected, scene.trap.counted
        assert counted["store"] > 1000
        assert counted["tracker"] > 80
        assert all(len(tickets) == 1 for tickets in expected.tickets.values())
        assert sum(key.startswith("leaver-signing-key") for key in expected.rules.values()) == 7
        assert (expected.untold, expected.unfinished, expected.broken_at) == (0, 0, None)
        assert all(found.recorded == found.state for found in expected.findings.values())
    assert len(made.scenes["verify"].expected.alerts) > 0
    released = {found.state for found in made.scenes["release"].expected.findings.values()}
    assert released == {"open", "resolved", "held"}, "one batch of a first read, and no more"


def test_killed_anywhere_nothing_is_told_twice_and_nothing_is_lost(made: Stage) -> None:
    kills = some(SEED, drawn(SEED, made.lengths, OF), KILLS)

    came = {str(kill): made.play(kill).sentences for kill in kills}

    assert len(came) == KILLS
    assert {kill: said for kill, said in came.items() if said} == {}


# --- the check's own check -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: f"{control.task} {control.fault.name}")
def test_what_is_broken_is_found_out(made: Stage, control: Control) -> None:
    assert control.sentences(made)


def test_an_audit_chain_with_a_row_less_is_found(made: Stage) -> None:
    assert made.without_an_event("ticket").broken == ("the audit chain is broken at 4",)
