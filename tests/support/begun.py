"""What many tests of a file begin with, played once: each goes on from there with a copy of its own.

A night is most of what such a test costs, and the first ones are the same for all of them.
"""

import functools
from collections.abc import Callable, Generator
from contextlib import ExitStack
from copy import deepcopy
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import pytest

from offboarding.interfaces import Tracker
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from tests.support.database import cloned
from tests.support.listed_tracker import ListedTracker


class _HasStore(Protocol):
    @property
    def session(self) -> Session: ...


_Company = TypeVar("_Company", bound=_HasStore)
Play = Callable[[Session, Tracker], _Company]
"""Makes a company and plays its first nights: a function of the file's own, by which its beginning is known."""


class Begun(Protocol):
    """Gives the company as it was when these nights had been played, with a store and tickets of this test's own."""

    def __call__(self, play: Play[_Company], /) -> _Company: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beginning:
    store: str
    company: Any
    tracker: ListedTracker


@pytest.fixture(scope="module")
def beginnings(store_server: embedded.EmbeddedServer) -> Generator[Callable[[Play[Any]], _Beginning]]:
    """Plays each once a file."""
    with ExitStack() as stack:

        @functools.cache
        def played(play: Play[Any]) -> _Beginning:
            name, tracker = stack.enter_context(cloned(store_server)), ListedTracker()
            with opened(store_server.connection_kwargs(dbname=name)) as session:
                return _Beginning(store=name, company=play(session, tracker), tracker=tracker)

        yield played


@pytest.fixture
def begun(
    beginnings: Callable[[Play[Any]], _Beginning], store_server: embedded.EmbeddedServer, tracker: ListedTracker
) -> Generator[Begun]:
    """Copies a beginning for one test, whose `tracker` holds the tickets of then."""
    with ExitStack() as stack:

        def copied(play: Play[_Company]) -> _Company:
            beginning = beginnings(play)
            name = stack.enter_context(cloned(store_server, beginning.store))
            session = stack.enter_context(opened(store_server.connection_kwargs(dbname=name)))
            tracker.tickets = deepcopy(beginning.tracker.tickets)
            own = {id(beginning.company.session): session, id(beginning.tracker): tracker}
            return deepcopy(beginning.company, own)

        yield copied
