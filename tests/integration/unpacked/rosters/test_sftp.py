"""Feeds on a real SFTP server: who it must be, who logs in, which file counts, and what it may answer."""

import hashlib
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offboarding.interfaces import Roster
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster
from tests.contract.roster_contract import RosterContract, failure_of
from tests.support.sshd import PASSPHRASE, PASSWORD, UID, Sshd, sshd
from tests.unit.rosters.conftest import Build, Deliver, build, publish

__all__ = ["build", "publish"]

Read = Callable[..., CsvRoster]
AS_OF = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    with sshd(tmp_path_factory.mktemp("sshd")) as running:
        yield running


@pytest.fixture
def drop(server: Sshd, request: pytest.FixtureRequest) -> str:
    """A folder of this test's own."""
    name = hashlib.sha256(request.node.nodeid.encode()).hexdigest()[:12]
    (server.folder / "files" / name).mkdir()
    return name


@pytest.fixture
def roster(server: Sshd, drop: str, build: Build) -> Read:
    def made(path: str = "", **given: object) -> CsvRoster:
        plain = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
        connection = given.pop("fields", server.connection())
        address = given.pop("address", server.address(f"{drop}/{path}"))
        return build(address, as_of=AS_OF, connection_fields=connection, **(plain | given))

    return made


@pytest.fixture
def deliver(server: Sshd, drop: str) -> Deliver:
    def delivered(text: str) -> tuple[str, Mapping[str, object]]:
        server.put(f"{drop}/hr_20261124.csv", text)
        return server.address(f"{drop}/"), {"connection": "hr_drop", "connection_fields": server.connection()}

    return delivered


class TestContract(RosterContract):
    pass


def ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


def failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, PASSWORD, PASSPHRASE, "BEGIN OPENSSH")


def logins(server: Sshd) -> int:
    """How often anybody has shown a password or a key."""
    lines = (server.folder / "log").read_text("utf-8", "replace").splitlines()
    return sum("Accepted" in line or "Failed" in line for line in lines)


# --- which file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "newest", "found"),
    (
        ("", "name", "hr_20261123.csv"),
        ("hr_20261122.csv", "name", "hr_20261122.csv"),
        ("*.csv", "name", "hr_20261123.csv"),
        ("hr_*22.csv", "name", "hr_20261122.csv"),
        ("**/hr_*.csv", "name", "hr_20261129.csv"),
        ("d*/hr_*.csv", "name", "hr_20261129.csv"),
        ("*.txt", "name", "notes.txt"),
        ("", "time", "hr_20261121.csv"),
    ),
)
def test_an_address_means_what_a_path_would(
    server: Sshd, drop: str, roster: Read, path: str, newest: str, found: str
) -> None:
    names = ("hr_20261122.csv", "hr_20261123.csv", "deep/hr_20261129.csv", ".hidden.csv", "notes.txt")
    for name in names:
        server.put(f"{drop}/{name}", f"id\n{Path(name).name}\n", AS_OF)
    server.put(f"{drop}/hr_20261121.csv", "id\nhr_20261121.csv\n", AS_OF + timedelta(hours=1))
    (server.folder / "files" / drop / "linked").symlink_to("deep")

    assert ids(roster(path, newest=newest)) == [found]


def test_a_link_to_a_file_counts(server: Sshd, drop: str, roster: Read) -> None:
    server.put(f"{drop}/kept/hr_7.csv", "id\n7\n")
    (server.folder / "files" / drop / "hr.csv").symlink_to("kept/hr_7.csv")
    (server.folder / "files" / drop / "gone.csv").symlink_to("kept/hr_8.csv")

    assert ids(roster()) == ["7"]


@pytest.mark.parametrize("path", ("", "none.csv", "none/", "*.csv", "none/*.csv"))
def test_where_nothing_lies_a_person_looks(roster: Read, path: str) -> None:
    error = failure(roster(path))

    assert isinstance(error, FatalError)
    assert "See whether HR's delivery came" in str(error)


# --- which server -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ("host_ed25519", "host_rsa"))
def test_the_servers_key_may_be_any_of_those_named(server: Sshd, drop: str, roster: Read, name: str) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n")
    told = "# as ssh-keyscan has it\n" + "".join(f"[h]:22 {server.key(f'{each}.pub')}" for each in ("locked", name))

    assert ids(roster(fields=server.connection({"host_key": told}))) == ["1"]


@pytest.mark.parametrize("private_key", ("", "reader"))
def test_another_server_is_told_nothing(server: Sshd, drop: str, roster: Read, private_key: str) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n")
    before = logins(server)
    told = {"host_key": server.key("stranger.pub")}
    if private_key:
        told["private_key"] = server.key(private_key)

    error = failure(roster(fields=server.connection(told)))

    assert isinstance(error, FatalError)
    assert "shows the key SHA256:" in str(error)
    assert "write that into host_key; else somebody stands between" in str(error)
    assert logins(server) == before


def test_a_key_of_another_kind_is_another_server(server: Sshd, roster: Read) -> None:
    told = server.key("locked.pub")

    assert "(ssh-ed25519), which isn't host_key of" in str(
        failure(roster(fields=server.connection({"host_key": told})))
    )


# --- who logs in ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "passphrase"), (("reader", ""), ("locked", PASSPHRASE)), ids=("plain key", "key with a passphrase")
)
def test_a_key_logs_in(server: Sshd, drop: str, roster: Read, key: str, passphrase: str) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n")
    told = {"host_key": server.key("host_ed25519.pub"), "private_key": server.key(key)}
    told |= {"private_key_passphrase": passphrase}

    assert ids(roster(fields=server.connection(told, password=""))) == ["1"]


def test_a_server_may_want_both(tmp_path: Path, build: Build) -> None:
    with sshd(tmp_path, methods="publickey,password") as server:
        server.put("hr.csv", "id\n1\n")
        told = {"host_key": server.key("host_ed25519.pub"), "private_key": server.key("reader")}
        given = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
        both, alone = (server.connection(told, password=word) for word in (PASSWORD, ""))

        assert ids(build(server.address("hr.csv"), connection_fields=both, **given)) == ["1"]
        error = failure(build(server.address("hr.csv"), connection_fields=alone, **given))

    assert "refuses hr-reader (its private_key). Mend connection hr_drop" in str(error)


@pytest.mark.parametrize(
    ("extra", "changes", "said"),
    (
        ({}, {"password": "not-this-one"}, "refuses hr-reader (its password). Mend connection hr_drop"),
        ({"private_key": "stranger"}, {"password": ""}, "refuses hr-reader (its private_key)"),
        ({"private_key": "stranger"}, {"password": "no-no"}, "refuses hr-reader (its private_key and its password)"),
        ({}, {"login": "nobody-here"}, "refuses nobody-here"),
        ({"private_key": "locked"}, {}, "private_key in its extra is encrypted: write its passphrase"),
        ({"private_key": "locked", "private_key_passphrase": "wrong"}, {}, "can't be read, or not by"),
        ({"private_key": "reader.pub"}, {}, "private_key in its extra can't be read"),
    ),
)
def test_a_login_that_is_refused_is_a_persons_to_mend(
    server: Sshd, roster: Read, extra: dict[str, str], changes: dict[str, str], said: str
) -> None:
    keys = {name: server.key(text) if name == "private_key" else text for name, text in extra.items()}
    told = {"host_key": server.key("host_ed25519.pub"), **keys}

    error = failure(roster(fields=server.connection(told, **changes)))

    assert isinstance(error, FatalError)
    assert said in str(error)


def test_a_server_that_lets_in_and_gives_no_files_says_so(tmp_path: Path, build: Build) -> None:
    given = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
    with sshd(tmp_path, files=False) as server:
        error = failure(build(server.address("hr.csv"), connection_fields=server.connection(), **given))

    assert isinstance(error, FatalError)
    assert "lets hr-reader in, and to no files" in str(error)


def test_a_server_that_speaks_otherwise_says_so(tmp_path: Path, build: Build) -> None:
    given = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
    with sshd(tmp_path, more="KexAlgorithms sntrup761x25519-sha512") as server:
        error = failure(build(server.address("hr.csv"), connection_fields=server.connection(), **given))

    assert isinstance(error, FatalError)
    assert "have no way of speaking in common" in str(error)


def test_what_may_not_be_read_says_so(server: Sshd, drop: str, roster: Read) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n").chmod(0o600)
    error = failure(roster())
    assert isinstance(error, FatalError)
    assert "reading is refused. Let hr-reader list and read there" in str(error)

    (server.folder / "files" / drop).chmod(0o700)
    assert "reading is refused" in str(failure(roster()))


# --- deliveries -------------------------------------------------------------------------------------------------------


def test_a_file_that_is_written_to_meanwhile_is_told(server: Sshd, drop: str, roster: Read) -> None:
    rows = "".join(f"{number}\n" for number in range(100_000))
    file = server.put(f"{drop}/hr.csv", f"id\n{rows}", AS_OF)
    reading = roster()
    workers = reading.read()
    next(workers)
    with file.open("a") as more:
        more.write("100000\n")
    list(workers)

    assert [problem.text for problem in reading.problems] == ["somebody wrote to the file while it was read"]
    assert reading.summary
    assert not reading.summary.proved


def test_a_file_that_is_replaced_meanwhile_is_read_as_it_was(server: Sshd, drop: str, roster: Read) -> None:
    rows = "".join(f"{number}\n" for number in range(100_000))
    file = server.put(f"{drop}/hr.csv", f"id\n{rows}", AS_OF)
    reading = roster()
    workers = reading.read()
    next(workers)
    server.put(f"{drop}/hr.tmp", "id\nanother\n").rename(file)

    assert sum(1 for _ in workers) == 99_999
    assert list(reading.problems) == []


def test_a_manifest_beside_it_proves_it(server: Sshd, drop: str, roster: Read) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n2\n")
    given = {"manifest": {"path": "{name}.done", "pattern": r"rows=(?P<rows>\d+)"}}

    unfinished = roster(**given)
    assert ids(unfinished) == ["1", "2"]
    assert "its manifest hr.csv.done isn't there: the delivery isn't finished" in unfinished.problems[0].text
    server.put(f"{drop}/hr.csv.done", "rows=2")
    finished = roster(**given)
    assert ids(finished) == ["1", "2"]
    assert finished.summary
    assert finished.summary.proved


def test_yesterdays_file_again_is_stale(server: Sshd, drop: str, roster: Read) -> None:
    server.put(f"{drop}/hr.csv", "id\n1\n", AS_OF - timedelta(days=2))
    reading = roster(max_age="36h")

    assert ids(reading) == ["1"]
    assert len(reading.problems) == 1


# --- what goes wrong on the way ---------------------------------------------------------------------------------------


def test_a_server_that_is_away_is_asked_again(server: Sshd, roster: Read) -> None:
    error = failure(roster(fields=server.connection(port=1)))

    assert isinstance(error, RetriableError)
    assert "127.0.0.1:1 can't be reached (ConnectionRefusedError). It is tried again" in str(error)


def test_a_server_that_breaks_off_is_asked_again(tmp_path: Path, build: Build) -> None:
    given = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_drop"}
    with sshd(tmp_path) as server:
        server.put("hr.csv", "id\n" + "".join(f"{number}\n" for number in range(300_000)))
        workers = build(server.address("hr.csv"), connection_fields=server.connection(), **given).read()
        next(workers)
        for process in Path("/proc").glob("[0-9]*"):
            if process.stat().st_uid == UID:  # the server's end of this session
                os.kill(int(process.name), signal.SIGKILL)

        with pytest.raises(RetriableError):
            list(workers)
