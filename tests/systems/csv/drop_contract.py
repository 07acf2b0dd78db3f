"""What every place must do where HR leaves its files: which file counts, and what goes wrong on the way.

    class TestPlace(DropContract):
        pass

with one fixture: `place`, a Drop that runs, for the whole file.
"""

import hashlib
import logging
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from types import ModuleType
from typing import ClassVar

import pytest

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster, deadlines
from tests.contract.roster_contract import RosterContract, Streams, failure_of
from tests.support.usual_read import AS_OF
from tests.systems.csv.conftest import Build, Deliver
from tests.systems.csv.drops import Drop

Read = Callable[..., CsvRoster]
_ROWS = 20_000
_WRITTEN = "somebody wrote to the file while it was read"
_MANY = "id,note\n" + "".join(f"{number},{'a' * 100}\n" for number in range(_ROWS))
"""More than a driver fetches at once, and than what it fetches ahead."""


_LOGS = {"asyncio", "httpcore", "httpx", "offboarding", "urllib3"}
"""Whoever may say something meanwhile: no driver, whose words we don't know."""


def ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


class DropContract(Streams, RosterContract):
    """The suite, with what every roster must do."""

    timed: ClassVar[ModuleType] = deadlines
    """Where it stands how long an answer may take."""
    silence: ClassVar[str] = "no answer came in time. It is tried again"
    """What is said of whoever gives none."""
    removed: ClassVar[tuple[str, ...]] = (_WRITTEN,)
    """What is said of a file that is gone before it was read; nothing where whoever has it open keeps it."""

    @pytest.fixture
    def folder(self, request: pytest.FixtureRequest) -> str:
        """A folder of this test's own."""
        return hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]

    @pytest.fixture
    def roster(self, place: Drop, folder: str, build: Build) -> Read:
        def made(path: str = "", fields: ConnectionFields | None = None, **given: object) -> CsvRoster:
            plain = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
            address = place.address(f"{folder}/{path}")
            return build(address, as_of=AS_OF, connection_fields=fields or place.connection(), **(plain | given))

        return made

    @pytest.fixture
    def deliver(self, place: Drop, folder: str) -> Deliver:
        def delivered(text: str) -> tuple[str, Mapping[str, object]]:
            place.put(f"{folder}/hr_20261124.csv", text)
            given = {"connection": "hr_drop", "connection_fields": place.connection()}
            return place.address(f"{folder}/"), given

        return delivered

    @pytest.fixture
    def failure(self, place: Drop, caplog: pytest.LogCaptureFixture) -> Callable[[CsvRoster], OffboardingError]:
        """What a read fails with; none of the place's secrets is in that, or in a log."""

        def failed(roster: CsvRoster) -> OffboardingError:
            with caplog.at_level(logging.DEBUG):
                error = failure_of(roster, *place.secrets)
            assert [secret for secret in place.secrets if secret in caplog.text] == []
            assert {record.name.partition(".")[0] for record in caplog.records} <= _LOGS
            assert str(error).startswith(f"rosters.hr: {place.address('').partition('//')[0]}//")
            return error

        return failed

    @pytest.mark.parametrize(
        ("path", "found"),
        (
            ("", "hr_20261123.csv"),
            ("hr_20261122.csv", "hr_20261122.csv"),
            ("*.csv", "hr_20261123.csv"),
            ("hr_?????122.csv", "hr_20261122.csv"),
            ("**/hr_*.csv", "hr_20261129.csv"),
            ("d*/hr_*.csv", "hr_20261129.csv"),
            ("*.txt", "notes.txt"),
        ),
    )
    def test_an_address_means_what_a_path_would(
        self, place: Drop, folder: str, roster: Read, path: str, found: str
    ) -> None:
        for name in ("hr_20261122.csv", "hr_20261123.csv", "deep/hr_20261129.csv", ".hidden.csv", "notes.txt"):
            place.put(f"{folder}/{name}", f"id\n{name.rpartition('/')[2]}\n")

        assert ids(roster(path, newest="name")) == [found]

    def test_a_long_file_is_read_to_its_end(self, place: Drop, folder: str, roster: Read) -> None:
        place.put(f"{folder}/hr.csv", _MANY)
        reading = roster("hr.csv")

        assert sum(1 for _ in reading.read()) == _ROWS
        assert list(reading.problems) == []
        assert reading.summary
        assert reading.summary.dated_at
        assert abs(reading.summary.dated_at - datetime.now(UTC)).total_seconds() < 3600

    @pytest.mark.parametrize("path", ("", "none.csv", "none/", "*.csv", "none/*.csv"))
    def test_where_nothing_lies_a_person_looks(
        self, roster: Read, failure: Callable[[CsvRoster], OffboardingError], path: str
    ) -> None:
        error = failure(roster(path))

        assert isinstance(error, FatalError)
        assert "See whether HR's delivery came, and whether path of roster hr is right" in str(error)

    @pytest.mark.parametrize("change", ("longer", "as long", "gone"))
    def test_a_file_that_changes_meanwhile_is_told(self, place: Drop, folder: str, roster: Read, change: str) -> None:
        place.put(f"{folder}/hr.csv", _MANY)
        reading = roster()  # its folder is listed first, and a listing may be kept
        workers = reading.read()
        next(workers)
        for _ in range(_ROWS - 10):  # the driver has fetched all of it by now
            next(workers)
        if change == "gone":
            place.remove(f"{folder}/hr.csv")
        else:
            place.put(f"{folder}/hr.csv", _MANY.replace("a", "b") + ("7,\n" if change == "longer" else ""))
        list(workers)

        said = self.removed if change == "gone" else (_WRITTEN,)
        assert tuple(problem.text for problem in reading.problems) == said
        assert reading.summary
        assert not reading.summary.proved

    def test_a_file_that_shrinks_meanwhile_is_not_taken_for_whole(self, place: Drop, folder: str, roster: Read) -> None:
        place.put(f"{folder}/hr.csv", _MANY)
        reading = roster("hr.csv")
        workers = reading.read()
        next(workers)
        place.put(f"{folder}/hr.csv", "id\n1\n")

        said: list[str] = []
        with suppress(RetriableError):  # where whoever holds it has less than what is asked for
            list(workers)
            said = [problem.text for problem in reading.problems]
        assert (reading.summary is None) is not (_WRITTEN in said)
        assert reading.summary is None or not reading.summary.proved

    def test_a_manifest_beside_it_proves_it(self, place: Drop, folder: str, roster: Read) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n2\n")
        given = {"manifest": {"path": "{name}.done", "pattern": r"rows=(?P<rows>\d+)"}}

        unfinished = roster(**given)
        assert ids(unfinished) == ["1", "2"]
        assert "its manifest hr.csv.done isn't there: the delivery isn't finished" in unfinished.problems[0].text
        place.put(f"{folder}/hr.csv.done", "rows=2")
        finished = roster(**given)
        assert ids(finished) == ["1", "2"]
        assert finished.summary
        assert finished.summary.proved

    def test_who_says_nothing_is_left_in_time(
        self,
        place: Drop,
        roster: Read,
        failure: Callable[[CsvRoster], OffboardingError],
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(self.timed, "ANSWER_SECONDS", 0.5)
        with socket.create_server(("127.0.0.1", 0)) as silent:
            error = failure(roster("hr.csv", place.leading_to(silent.getsockname()[1])))

        assert isinstance(error, RetriableError)
        assert self.silence in str(error)
