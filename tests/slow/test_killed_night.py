"""A night under Airflow, killed in the middle of its tickets, and another one after it."""

from collections.abc import Generator

import pytest

from offboarding.store import embedded
from tests.support.killing.drawing import Kill
from tests.support.killing.nights import Nights, nights
from tests.support.killing.stands import Stands
from tests.support.memory import Folder

pytestmark = pytest.mark.timeout(600)
"""Airflow begins twice; a machine that is busy elsewhere takes minutes for that."""


@pytest.fixture(scope="module")
def airflow(store_server: embedded.EmbeddedServer, in_memory: Folder) -> Generator[Nights]:
    with nights(store_server, in_memory("nights")) as made:
        yield made


def test_killed_with_one_ticket_of_three_opened_the_next_night_opens_the_others(airflow: Nights) -> None:
    """`make stress` compares with a night that nobody disturbed, anywhere on its way; this one costs half of that."""
    last = Kill(task="night", place="tracker", nth=9, of=18, when="after", again="where it was")

    stood = airflow.killed_and_again(last)

    assert isinstance(stood, Stands)
    assert [len(tickets) for tickets in stood.tickets.values()] == [1, 1, 1]
    assert {ticket.comments for tickets in stood.tickets.values() for ticket in tickets} == {()}
    assert len(stood.findings) == 6
    assert {(found.state, found.recorded, found.told) for found in stood.findings.values()} == {("open",) * 3}
    assert {found.ticket for found in stood.findings.values()} == set(stood.tickets)
    assert (stood.untold, stood.unfinished, stood.broken_at) == (0, 1, None)
