"""Feeds in Azurite, the emulator of Azure's storage: by which key they are read, which blob counts, what goes wrong."""

import base64
from collections.abc import Callable, Iterator

import pytest

from offboarding.model.errors import ConfigError, FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster, deadlines
from tests.systems.csv.azurite import Azurite, azurite
from tests.systems.csv.conftest import build, publish
from tests.systems.csv.drop_contract import DropContract, Read, ids
from tests.systems.csv.drops import drivers

pytestmark = pytest.mark.rosters

__all__ = ["build", "publish"]

Failure = Callable[[CsvRoster], OffboardingError]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Azurite]:
    with drivers(), azurite(tmp_path_factory.mktemp("azurite")) as running:
        yield running


class TestContainer(DropContract):
    @pytest.mark.parametrize(
        ("key", "said"),
        (
            (base64.b64encode(b"canary" * 12).decode(), "reading is refused (HttpResponseError). Let the login of"),
            (
                "canary-no-base64",
                "the login is refused (AzureSigningError). Mend connection hr_drop, or have it",
            ),
        ),
    )
    def test_a_key_that_is_refused_is_a_persons_to_mend(
        self, place: Azurite, folder: str, roster: Read, failure: Failure, key: str, said: str
    ) -> None:
        """Azure answers 403 to a wrong key and to one that may not read."""
        place.put(f"{folder}/hr.csv", "id\n1\n")
        for path in ("hr.csv", "", "*.csv"):
            error = failure(roster(path, place.connection(key=key)))
            assert isinstance(error, FatalError)
            assert said in str(error)
            assert key not in str(error)

    def test_a_signature_that_may_read_and_list_is_enough(
        self, place: Azurite, folder: str, roster: Read, failure: Failure
    ) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        for path in ("hr.csv", "", "*.csv"):
            assert ids(roster(path, place.by_signature("rl"))) == ["1"]

        for permission, path in (("l", "hr.csv"), ("r", "*.csv")):
            fields = place.by_signature(permission)
            error = failure(roster(path, fields))
            assert isinstance(error, FatalError)
            assert "reading is refused (HttpResponseError). Let the login of connection hr_drop list" in str(error)
            assert fields.password.partition("Signature=")[2] not in str(error)

    def test_a_connection_string_that_airflow_would_show_is_refused(
        self, place: Azurite, roster: Read, failure: Failure
    ) -> None:
        told = place.connection().password
        error = failure(roster("hr.csv", place.connection(password="", extra={"connection_string": told})))

        assert isinstance(error, ConfigError)
        assert "Paste it as the password, without a login" in str(error)

    def test_a_store_that_is_away_is_asked_again(
        self, place: Azurite, roster: Read, failure: Failure, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The client asks four times, for a minute and a half; here it is left before."""
        monkeypatch.setattr(deadlines, "ANSWER_SECONDS", 0.5)
        error = failure(roster("hr.csv", place.leading_to(1)))

        assert isinstance(error, RetriableError)
        assert "no answer came in time. It is tried again" in str(error)
