"""Feeds on a real SMB share, Samba's: who logs in, how it's encrypted, which file counts, and what goes wrong."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster, deadlines
from tests.support.unpacked import SAMBA
from tests.systems.csv.conftest import Build, build, publish
from tests.systems.csv.drop_contract import AS_OF, DropContract, Read, ids
from tests.systems.csv.drops import drivers
from tests.systems.csv.smbd import LOGIN, OTHER, UIDS, Smbd, smbd

pytestmark = pytest.mark.rosters

__all__ = ["build", "publish"]

PLAIN = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
Failure = Callable[[CsvRoster], OffboardingError]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Smbd]:
    if why := SAMBA.why_not():
        pytest.skip(why)
    with drivers(), smbd(tmp_path_factory.mktemp("smbd")) as running:
        yield running


class TestShare(DropContract):
    def test_the_newest_is_told_by_time(self, place: Smbd, folder: str, roster: Read) -> None:
        place.put(f"{folder}/hr_2.csv", "id\n2\n", AS_OF - timedelta(hours=2))
        place.put(f"{folder}/hr_1.csv", "id\n1\n", AS_OF - timedelta(hours=1))

        assert ids(roster()) == ["1"]

    @pytest.mark.parametrize(
        ("changes", "said"),
        (
            ({"password": "not-this-one"}, "the login is refused (LogonFailure). Mend connection hr_drop, or have it"),
            ({"login": "nobody-here"}, "the login is refused (LogonFailure). Mend connection hr_drop, or have it"),
            ({"login": OTHER}, "reading is refused (SMBOSError). Let the login of connection hr_drop list and read"),
        ),
    )
    def test_a_login_that_is_refused_is_a_persons_to_mend(
        self, place: Smbd, folder: str, roster: Read, failure: Failure, changes: dict[str, Any], said: str
    ) -> None:
        """Also where another has logged in before, by the right password."""
        place.put(f"{folder}/hr.csv", "id\n1\n")
        assert ids(roster()) == ["1"]

        error = failure(roster(fields=place.connection(**changes)))

        assert isinstance(error, FatalError)
        assert said in str(error)
        assert ids(roster()) == ["1"]

    def test_what_may_not_be_read_says_so(self, place: Smbd, folder: str, roster: Read, failure: Failure) -> None:
        os.chown(place.put(f"{folder}/hr.csv", "id\n1\n"), 0, 0)
        (place.folder / "files" / folder / "hr.csv").chmod(0o600)
        error = failure(roster())
        assert isinstance(error, FatalError)
        assert "Let the login of connection hr_drop list and read there" in str(error)

        (place.folder / "files" / folder).chmod(0o700)
        assert "reading is refused" in str(failure(roster()))

    def test_a_share_that_is_not_there_is_a_persons_to_mend(self, place: Smbd, build: Build, failure: Failure) -> None:
        error = failure(build("smb://127.0.0.1/none/hr.csv", connection_fields=place.connection(), **PLAIN))

        assert isinstance(error, FatalError)
        assert "See whether HR's delivery came" in str(error)

    def test_who_keeps_a_file_to_himself_is_waited_for(
        self, place: Smbd, folder: str, roster: Read, failure: Failure
    ) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        with place.open(f"{folder}/hr.csv", share_access=None):
            error = failure(roster("hr.csv"))
        assert isinstance(error, RetriableError)
        assert "somebody has the file open and lets nobody else. It is tried again" in str(error)

        assert ids(roster("hr.csv")) == ["1"]

    def test_a_server_that_is_away_is_asked_again(self, place: Smbd, roster: Read, failure: Failure) -> None:
        error = failure(roster("hr.csv", place.connection(port=1)))

        assert isinstance(error, RetriableError)
        assert "can't be reached (ValueError). It is tried again" in str(error)


def test_a_server_that_does_not_encrypt_is_refused(tmp_path: Path, build: Build) -> None:
    with drivers(), smbd(tmp_path, more="server smb encrypt = off") as server:
        server.put("hr.csv", "id\n1\n")
        plain = server.connection(extra={"encrypt": False})

        with pytest.raises(RetriableError, match="SMBException") as refused:
            list(build(server.address("hr.csv"), connection_fields=server.connection(), **PLAIN).read())
        assert "mend path or the connection" in str(refused.value)
        assert ids(build(server.address("hr.csv"), connection_fields=plain, **PLAIN)) == ["1"]


@pytest.mark.parametrize(
    ("sent", "said"),
    ((signal.SIGKILL, "the store broke off: "), (signal.SIGSTOP, "no answer came in time")),
    ids=("broken off", "silent"),
)
def test_a_server_that_breaks_off_is_asked_again(
    tmp_path: Path, build: Build, monkeypatch: pytest.MonkeyPatch, sent: signal.Signals, said: str
) -> None:
    with drivers(), smbd(tmp_path) as server:
        server.put("hr.csv", "id\n" + "".join(f"{number}\n" for number in range(100_000)))
        workers = build(server.address("hr.csv"), connection_fields=server.connection(), **PLAIN).read()
        next(workers)
        monkeypatch.setattr(deadlines, "ANSWER_SECONDS", 0.5)
        ends = [each for each in Path("/proc").glob("[0-9]*") if UIDS[LOGIN] in _uids(each)]
        for end in ends:  # the server's of this session
            os.kill(int(end.name), sent)

        try:
            with pytest.raises(RetriableError, match=rf"hr\.csv can't be read to its end \({said}"):
                list(workers)
        finally:
            for end in ends if sent is signal.SIGSTOP else []:
                os.kill(int(end.name), signal.SIGKILL)
        assert ends


def _uids(process: Path) -> list[int]:
    with suppress(FileNotFoundError, ProcessLookupError):
        lines = (process / "status").read_text().splitlines()
        return [int(uid) for uid in next(line for line in lines if line.startswith("Uid:")).split()[1:]]
    return []
