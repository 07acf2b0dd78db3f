"""What the tests of every system may ask for: a store and a company for its night, a certificate, and no waiting."""

import pytest

from demo.certificates import make_certificate
from demo.slapd import Tls
from offboarding.interfaces import Tracker
from offboarding.net.service import asking
from offboarding.store.connect import Session
from tests.support.begun import beginnings, begun
from tests.support.listed_tracker import people, tracker
from tests.support.office import HeardTracker, Office

__all__ = ["beginnings", "begun", "people", "tracker"]


@pytest.fixture(autouse=True)
def waits(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Seconds that a system asked us to wait; nobody does."""
    waited: list[int] = []
    monkeypatch.setattr(asking, "sleep", waited.append)
    return waited


@pytest.fixture
def office(store: Session, tracker: Tracker) -> Office:
    """Nobody works there yet."""
    return Office(session=store, tracker=HeardTracker(tracker))


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    """A certificate of 127.0.0.1, by an authority of its own."""
    return make_certificate(tmp_path_factory.mktemp("tls"))
