"""The demo's ticket system: whoever dies, the next start finds the same tracker at the same address."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from demo.roundup import roundup_server
from offboarding.model.errors import FatalError
from tests.systems.roundup.tracker import client

pytestmark = pytest.mark.slow

PROJECT = Path(__file__).parents[3]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "a folder = with 'all sorts'" / "roundup"


def server_pid(folder: Path) -> int:
    return int((folder / "server.pid").read_text())


def make_ticket(server, login: str = "offboarding") -> int:
    with client(server, login) as rest:
        return rest.post("issue", json={"title": "still here"}).status_code


def titles(server) -> list[str]:
    with client(server, "analyst") as rest:
        return [hit["title"] for hit in rest.get("issue", params={"@fields": "title"}).json()["data"]["collection"]]


def refuses(url: str) -> bool:
    try:
        httpx.get(url, trust_env=False)
    except httpx.ConnectError:
        return True
    return False


def test_a_second_start_is_the_same_tracker_at_the_same_address(folder) -> None:
    with roundup_server(folder) as first:
        assert make_ticket(first) == 201
    assert refuses(first.url)

    with roundup_server(folder) as second:
        assert second == first
        assert titles(second) == ["still here"]


def test_passwords_are_this_folder_s_own_and_nobody_else_reads_them(folder) -> None:
    with roundup_server(folder) as server:
        kept = json.loads(server.credentials_path.read_text())

        assert stat.S_IMODE(server.credentials_path.stat().st_mode) == 0o600
        assert kept == server.passwords
        assert len(set(kept.values())) == 3
        assert not any(password in repr(server) for password in kept.values())
        assert server.connection("x").password == kept["offboarding"]


def test_a_person_sees_it_without_a_login_and_may_log_in_to_work(folder) -> None:
    with roundup_server(folder) as server:
        assert make_ticket(server, "analyst") == 201

        assert "still here" in httpx.get(server.url, trust_env=False).text


def test_after_a_killed_server_the_next_start_is_as_ever(folder) -> None:
    with roundup_server(folder) as first:
        make_ticket(first)
        os.kill(server_pid(folder), signal.SIGKILL)

    with roundup_server(folder) as second:
        assert second.url == first.url
        assert titles(second) == ["still here"]


def test_a_server_that_hangs_is_replaced(folder, monkeypatch) -> None:
    monkeypatch.setattr("demo.roundup.STOP_SECONDS", 0.3)
    monkeypatch.setattr("demo.roundup.START_SECONDS", 2.0)
    with roundup_server(folder) as first:
        hanging = server_pid(folder)
        os.kill(hanging, signal.SIGSTOP)

        with roundup_server(folder) as second:
            assert second.url == first.url
            assert server_pid(folder) != hanging
            assert make_ticket(second) == 201


def test_a_killed_owner_leaves_a_server_that_the_next_one_takes_over_and_stops(folder) -> None:
    script = "import sys, time, pathlib; from demo.roundup import roundup_server\n"
    script += "with roundup_server(pathlib.Path(sys.argv[1])) as s: print(s.url, flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", script, folder], cwd=PROJECT, stdout=subprocess.PIPE) as owner:
        assert owner.stdout
        url = owner.stdout.readline().decode().strip()
        owner.kill()

    assert not refuses(url)
    with roundup_server(folder) as server:
        assert server.url == url
    assert refuses(url)


def test_a_file_that_goes_while_the_folder_is_looked_through_is_nobodys(folder) -> None:
    with roundup_server(folder):
        pass

    # What a listing has and a look at it no longer finds, as SQLite's own beside a database that is being closed.
    (folder / "tracker" / "db" / "fleeting").symlink_to(folder / "gone")
    with roundup_server(folder) as server:
        assert make_ticket(server) == 201


def test_the_last_one_out_stops_it(folder) -> None:
    with roundup_server(folder) as outer:
        with roundup_server(folder) as inner:
            assert inner == outer
        assert make_ticket(outer) == 201
    assert refuses(outer.url)


def test_where_the_port_is_taken_another_works_and_stays(folder) -> None:
    with roundup_server(folder) as first:
        make_ticket(first)

    with socket.create_server(("127.0.0.1", first.port)), roundup_server(folder) as second:
        assert second.port != first.port
        assert make_ticket(second) == 201  # it takes changes at its new address only if it knows it
        assert titles(second) == ["still here"] * 2

    with roundup_server(folder) as third:
        assert third.port == second.port


def test_a_wished_port_is_taken_while_it_is_free(folder) -> None:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        wished = probe.getsockname()[1]

    with roundup_server(folder, port=wished) as server:
        assert server.port == wished


def test_a_killed_installation_is_begun_again(folder) -> None:
    (folder / "tracker.unfinished" / "db").mkdir(parents=True)

    with roundup_server(folder) as server:
        assert make_ticket(server) == 201


def test_lost_passwords_are_told_with_the_way_out(folder) -> None:
    with roundup_server(folder) as server:
        server.credentials_path.unlink()

    with pytest.raises(FatalError, match="remove"), roundup_server(folder):
        pass
