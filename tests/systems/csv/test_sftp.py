"""Feeds on a real SFTP server: who it must be, who logs in, which file counts, and what it may answer."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster
from offboarding.rosters.csv.sftp import login
from tests.contract.roster_contract import failure_of
from tests.systems.csv.conftest import Build, build, publish
from tests.systems.csv.drop_contract import AS_OF, DropContract, Read, ids
from tests.systems.csv.sshd import PASSPHRASE, PASSWORD, UID, Sshd, sshd

pytestmark = pytest.mark.rosters

__all__ = ["build", "publish"]

PLAIN = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
Failure = Callable[[CsvRoster], OffboardingError]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


def logins(server: Sshd) -> int:
    """How often anybody has shown a password or a key."""
    lines = (server.folder / "log").read_text("utf-8", "replace").splitlines()
    return sum("Accepted" in line or "Failed" in line for line in lines)


class TestDrop(DropContract):
    timed = login
    silence = "broke off before it gave a file"
    removed = ()

    # --- which file ---------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(("newest", "found"), (("time", "1"), ("name", "2")))
    def test_the_newest_is_told_by_time_or_by_name(
        self, place: Sshd, folder: str, roster: Read, newest: str, found: str
    ) -> None:
        place.put(f"{folder}/hr_2.csv", "id\n2\n", AS_OF - timedelta(hours=2))
        place.put(f"{folder}/hr_1.csv", "id\n1\n", AS_OF - timedelta(hours=1))

        assert ids(roster(newest=newest)) == [found]

    @pytest.mark.parametrize(("path", "found"), (("", "7"), ("**/hr_*.csv", "8"), ("d*/hr_*.csv", "8")))
    def test_a_link_to_a_folder_leads_nowhere_else(
        self, place: Sshd, folder: str, roster: Read, path: str, found: str
    ) -> None:
        place.put(f"{folder}/hr_7.csv", "id\n7\n")
        place.put(f"{folder}/deep/hr_8.csv", "id\n8\n")
        place.put(f"{folder}-elsewhere/hr_9.csv", "id\n9\n")
        (place.folder / "files" / folder / "dlinked").symlink_to(f"../{folder}-elsewhere")

        assert ids(roster(path, newest="name")) == [found]

    def test_a_link_to_a_file_counts(self, place: Sshd, folder: str, roster: Read) -> None:
        place.put(f"{folder}/kept/hr_7.csv", "id\n7\n")
        (place.folder / "files" / folder / "hr.csv").symlink_to("kept/hr_7.csv")
        (place.folder / "files" / folder / "gone.csv").symlink_to("kept/hr_8.csv")

        assert ids(roster()) == ["7"]

    # --- which server -------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("name", ("host_ed25519", "host_rsa"))
    def test_the_servers_key_may_be_any_of_those_named(self, place: Sshd, folder: str, roster: Read, name: str) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        told = "# as ssh-keyscan has it\n" + "".join(f"[h]:22 {place.key(f'{each}.pub')}" for each in ("locked", name))

        assert ids(roster(fields=place.connection({"host_key": told}))) == ["1"]

    @pytest.mark.parametrize("private_key", ("", "reader"))
    def test_another_server_is_told_nothing(
        self, place: Sshd, folder: str, roster: Read, failure: Failure, private_key: str
    ) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        before = logins(place)
        told = {"host_key": place.key("stranger.pub")}
        if private_key:
            told["private_key"] = place.key(private_key)

        error = failure(roster(fields=place.connection(told)))

        assert isinstance(error, FatalError)
        assert "shows the key SHA256:" in str(error)
        assert "write that into host_key; else somebody stands between" in str(error)
        assert logins(place) == before

    def test_a_key_of_another_kind_is_another_server(self, place: Sshd, roster: Read, failure: Failure) -> None:
        told = place.key("locked.pub")

        assert "(ssh-ed25519), which isn't host_key of" in str(
            failure(roster(fields=place.connection({"host_key": told})))
        )

    # --- who logs in --------------------------------------------------------------------------------------------------

    @pytest.mark.parametrize(
        ("key", "passphrase"), (("reader", ""), ("locked", PASSPHRASE)), ids=("plain key", "key with a passphrase")
    )
    def test_a_key_logs_in(self, place: Sshd, folder: str, roster: Read, key: str, passphrase: str) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n")
        told = {"host_key": place.key("host_ed25519.pub"), "private_key": place.key(key)}
        told |= {"private_key_passphrase": passphrase}

        assert ids(roster(fields=place.connection(told, password=""))) == ["1"]

    @pytest.mark.parametrize(
        ("extra", "changes", "said"),
        (
            ({}, {"password": "not-this-one"}, "refuses hr-reader (its password). Mend connection hr_drop"),
            ({"private_key": "stranger"}, {"password": ""}, "refuses hr-reader (its private_key)"),
            (
                {"private_key": "stranger"},
                {"password": "no-no"},
                "refuses hr-reader (its private_key and its password)",
            ),
            ({}, {"login": "nobody-here"}, "refuses nobody-here"),
            ({"private_key": "locked"}, {}, "private_key in its extra is encrypted: write its passphrase"),
            ({"private_key": "locked", "private_key_passphrase": "wrong"}, {}, "can't be read, or not by"),
            ({"private_key": "reader.pub"}, {}, "private_key in its extra can't be read"),
        ),
    )
    def test_a_login_that_is_refused_is_a_persons_to_mend(
        self,
        place: Sshd,
        roster: Read,
        failure: Failure,
        extra: dict[str, str],
        changes: dict[str, str],
        said: str,
    ) -> None:
        keys = {name: place.key(text) if name == "private_key" else text for name, text in extra.items()}
        told = {"host_key": place.key("host_ed25519.pub"), **keys}

        error = failure(roster(fields=place.connection(told, **changes)))

        assert isinstance(error, FatalError)
        assert said in str(error)

    def test_what_may_not_be_read_says_so(self, place: Sshd, folder: str, roster: Read, failure: Failure) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n").chmod(0o600)
        error = failure(roster())
        assert isinstance(error, FatalError)
        assert "reading is refused. Let hr-reader list and read there" in str(error)

        (place.folder / "files" / folder).chmod(0o700)
        assert "reading is refused" in str(failure(roster()))

    # --- deliveries ---------------------------------------------------------------------------------------------------

    def test_a_file_that_is_replaced_meanwhile_is_read_as_it_was(self, place: Sshd, folder: str, roster: Read) -> None:
        rows = "".join(f"{number}\n" for number in range(100_000))
        file = place.put(f"{folder}/hr.csv", f"id\n{rows}", AS_OF)
        reading = roster()
        workers = reading.read()
        next(workers)
        place.put(f"{folder}/hr.tmp", "id\nanother\n").rename(file)

        assert sum(1 for _ in workers) == 99_999
        assert list(reading.problems) == []

    def test_yesterdays_file_again_is_stale(self, place: Sshd, folder: str, roster: Read) -> None:
        place.put(f"{folder}/hr.csv", "id\n1\n", AS_OF - timedelta(days=2))
        reading = roster(max_age="36h")

        assert ids(reading) == ["1"]
        assert len(reading.problems) == 1

    def test_a_server_that_is_away_is_asked_again(self, place: Sshd, roster: Read, failure: Failure) -> None:
        error = failure(roster(fields=place.connection(port=1)))

        assert isinstance(error, RetriableError)
        assert "127.0.0.1:1 can't be reached (ConnectionRefusedError). It is tried again" in str(error)


# --- servers of their own ---------------------------------------------------------------------------------------------


def test_a_server_may_want_both(tmp_path: Path, build: Build) -> None:
    with sshd(tmp_path, methods="publickey,password") as server:
        server.put("hr.csv", "id\n1\n")
        told = {"host_key": server.key("host_ed25519.pub"), "private_key": server.key("reader")}
        both, alone = (server.connection(told, password=word) for word in (PASSWORD, ""))

        assert ids(build(server.address("hr.csv"), connection_fields=both, **PLAIN)) == ["1"]
        error = failure_of(build(server.address("hr.csv"), connection_fields=alone, **PLAIN), *server.secrets)

    assert "refuses hr-reader (its private_key). Mend connection hr_drop" in str(error)


@pytest.mark.parametrize(
    ("given", "said"),
    (
        ({"files": False}, "lets hr-reader in, and to no files"),
        ({"more": "KexAlgorithms sntrup761x25519-sha512"}, "have no way of speaking in common"),
    ),
    ids=("no files", "another way of speaking"),
)
def test_a_server_that_serves_otherwise_says_so(tmp_path: Path, build: Build, given: dict[str, Any], said: str) -> None:
    with sshd(tmp_path, **given) as server:
        roster = build(server.address("hr.csv"), connection_fields=server.connection(), **PLAIN)
        error = failure_of(roster, *server.secrets)

    assert isinstance(error, FatalError)
    assert said in str(error)


def test_a_server_that_breaks_off_is_asked_again(tmp_path: Path, build: Build) -> None:
    with sshd(tmp_path) as server:
        server.put("hr.csv", "id\n" + "".join(f"{number}\n" for number in range(300_000)))
        workers = build(server.address("hr.csv"), connection_fields=server.connection(), **PLAIN).read()
        next(workers)
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError):  # others come and go
                if process.stat().st_uid == UID:  # the server's end of this session
                    os.kill(int(process.name), signal.SIGKILL)

        with pytest.raises(RetriableError):
            list(workers)
