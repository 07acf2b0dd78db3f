"""Feeds in an emulator of Google's storage: by whose key they are read, which object counts, and what goes wrong."""

from collections.abc import Callable, Iterator
from importlib import import_module
from types import SimpleNamespace

import pytest

from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster
from tests.systems.csv.conftest import build, publish
from tests.systems.csv.drop_contract import DropContract, Read
from tests.systems.csv.drops import drivers
from tests.systems.csv.google_bucket import GoogleBucket, google_bucket

pytestmark = pytest.mark.rosters

__all__ = ["build", "publish"]

Failure = Callable[[CsvRoster], OffboardingError]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GoogleBucket]:
    with drivers(), google_bucket(tmp_path_factory.mktemp("google")) as running:
        yield running


class TestBucket(DropContract):
    def test_a_key_that_google_does_not_know_is_a_persons_to_mend(
        self, place: GoogleBucket, roster: Read, failure: Failure, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """gcsfs asks six times, for half a minute; here without the waits."""
        monkeypatch.setattr(import_module("gcsfs.retry"), "random", SimpleNamespace(random=lambda: -64.0))
        place.put("hr.csv", "id\n1\n")

        error = failure(roster("hr.csv", place.connection(key="strangers")))

        assert isinstance(error, FatalError)
        assert "the login is refused (HttpError). Mend connection hr_drop, or have it let in there" in str(error)

    @pytest.mark.parametrize("status", (500, 503))
    def test_who_gives_no_tokens_for_now_is_asked_again(
        self, place: GoogleBucket, roster: Read, failure: Failure, monkeypatch: pytest.MonkeyPatch, status: int
    ) -> None:
        monkeypatch.setattr(import_module("gcsfs.retry"), "random", SimpleNamespace(random=lambda: -64.0))
        monkeypatch.setattr(import_module("google.auth._exponential_backoff").time, "sleep", lambda seconds: None)
        monkeypatch.setattr(place.front, "gives", status)

        error = failure(roster("hr.csv"))

        assert isinstance(error, RetriableError)
        assert "can't be reached (HttpError). It is tried again" in str(error)

    def test_what_may_not_be_read_says_so(
        self, place: GoogleBucket, folder: str, roster: Read, failure: Failure
    ) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        place.refuse()
        try:
            for path in ("hr.csv", "", "*.csv"):
                error = failure(roster(path))
                assert isinstance(error, FatalError)
                assert "reading is refused (OSError). Let the login of connection hr_drop list and read" in str(error)
        finally:
            place.refuse(refuses=False)

    def test_a_password_that_is_no_key_is_said_before_anybody_is_asked(
        self, place: GoogleBucket, roster: Read, failure: Failure
    ) -> None:
        for password in ("AIza-canary", '"canary"'):
            error = failure(roster("hr.csv", place.connection(password=password)))
            assert isinstance(error, ConfigError)
            assert "its password is no key of a service account. Paste the whole file that Google made" in str(error)
            assert "canary" not in str(error)

    def test_a_store_that_is_away_is_asked_again(self, place: GoogleBucket, roster: Read, failure: Failure) -> None:
        error = failure(roster("hr.csv", place.leading_to(1)))

        assert isinstance(error, RetriableError)
        assert "can't be reached (TransportError). It is tried again" in str(error)
