"""The embedded PostgreSQL: shared, killed, in odd places, started by root and by ordinary users."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from offboarding.model.errors import ConfigError
from offboarding.store import embedded

PROJECT = Path(__file__).parents[2]

USER = """
import sys
from pathlib import Path
from offboarding.store import embedded
with embedded.server(Path(sys.argv[1]), durable=False) as server:
    with server.connect() as connection:
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute("CREATE TABLE IF NOT EXISTS visit (at timestamptz DEFAULT now())")
    print("in", flush=True)
    sys.stdin.read()
    with server.connect() as connection:
        connection.execute("INSERT INTO visit DEFAULT VALUES")
print("out", flush=True)
"""


class User:
    """Another process that uses the server until it is told to leave."""

    def __init__(self, folder: Path, prefix: tuple[str, ...] = ()) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-c", USER, str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONPATH": str(PROJECT / "include"), "PYTHONDONTWRITEBYTECODE": "1"},
        )

    def enter(self) -> "User":
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "in\n", self.process.communicate()
        return self

    def leave(self) -> None:
        said, complaint = self.process.communicate(timeout=60)
        assert (said, self.process.returncode) == ("out\n", 0), complaint

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()


def visits(folder: Path) -> int:
    with embedded.server(folder, durable=False) as server, server.connect() as connection:
        (count,) = connection.execute("SELECT count(*) FROM visit").fetchone() or (None,)
    assert isinstance(count, int)
    return count


def runs(folder: Path) -> bool:
    return (folder / "data" / "postmaster.pid").exists()


def postmaster(folder: Path) -> int:
    return int((folder / "data" / "postmaster.pid").read_bytes().split()[0])


def test_is_a_database_of_ours_that_knows_unicode(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False) as server, server.connect() as connection:
        row = connection.execute(
            "SELECT current_user, current_database(), lower('JÜRGEN'), current_setting('timezone')"
        ).fetchone()

    assert row == ("offboarding", "offboarding", "jürgen", "UTC")


def test_listens_on_no_port_and_stops_with_its_user(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False) as server:
        with server.connect() as connection:
            assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert runs(tmp_path)

    assert not runs(tmp_path)
    with pytest.raises(psycopg.OperationalError):
        server.connect()


def test_keeps_its_data(tmp_path: Path) -> None:
    User(tmp_path).enter().leave()
    User(tmp_path).enter().leave()

    assert visits(tmp_path) == 2


def test_survives_a_user_who_leaves_while_another_stays(tmp_path: Path) -> None:
    stays = User(tmp_path).enter()
    leaves = User(tmp_path).enter()
    leaves.leave()
    assert runs(tmp_path)

    stays.leave()

    assert not runs(tmp_path)
    assert visits(tmp_path) == 2


def test_first_starts_at_once_make_one_server(tmp_path: Path) -> None:
    users = [User(tmp_path) for _ in range(4)]
    for user in users:
        user.enter()
    for user in users:
        user.leave()

    assert not runs(tmp_path)
    assert visits(tmp_path) == 4


def test_two_users_in_one_process(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False) as outer:
        with embedded.server(tmp_path, durable=False):
            pass
        with outer.connect() as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)

    assert not runs(tmp_path)


def test_a_killed_user_is_forgotten(tmp_path: Path) -> None:
    killed = User(tmp_path).enter()
    stays = User(tmp_path).enter()
    killed.kill()
    stays.leave()

    assert not runs(tmp_path)


def test_a_killed_postmaster_is_started_again(tmp_path: Path) -> None:
    """Also where nobody reaps it, and its lock files name a zombie."""
    User(tmp_path).enter().leave()
    user = User(tmp_path).enter()
    os.kill(postmaster(tmp_path), signal.SIGKILL)
    user.kill()

    assert visits(tmp_path) == 1


def test_everything_killed_at_once(tmp_path: Path) -> None:
    user = User(tmp_path).enter()
    user.kill()
    os.kill(postmaster(tmp_path), signal.SIGKILL)

    assert visits(tmp_path) == 0


def test_a_killed_initdb_leaves_nothing_behind(tmp_path: Path) -> None:
    half = tmp_path / "data.new"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    with embedded.server(tmp_path, durable=False) as server, server.connect() as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


@pytest.mark.parametrize(
    "name", ["a space", "a 'quote' and a \"quote\"", "a,comma", "x" * 160, "100%", "back\\slash", "ümlaut"], ids=ascii
)
def test_any_path(tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    with embedded.server(folder, durable=False) as server:
        with psycopg.connect(**server.connection_kwargs()) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        if len(name) > 100:
            assert len(server.host) < 100

    assert not runs(folder)


def test_a_relative_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with embedded.server(Path("here"), durable=False) as server:
        assert server.data == tmp_path / "here" / "data"


def test_the_environment_of_the_caller_points_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PGHOST", "PGUSER", "PGDATA", "PGDATABASE"):
        monkeypatch.setenv(name, "elsewhere")
    monkeypatch.setenv("PGPORT", "1")

    with embedded.server(tmp_path, durable=False) as server, server.connect() as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("offboarding",)


def test_a_cluster_of_another_version_is_refused(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False):
        pass
    (tmp_path / "data" / "PG_VERSION").write_text("15\n")

    with pytest.raises(ConfigError, match="made by PostgreSQL 15"), embedded.server(tmp_path):
        pass


def test_its_log_holds_no_statement(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False) as server, server.connect() as connection:
        connection.execute("CREATE TABLE worker (mail text PRIMARY KEY)")
        connection.execute("INSERT INTO worker VALUES ('jane@corp.example')")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("INSERT INTO worker VALUES ('jane@corp.example')")

    log = (tmp_path / "postgresql.log").read_text()
    assert "worker_pkey" in log
    assert "jane" not in log


needs_root = pytest.mark.skipif(os.geteuid() != 0 or shutil.which("setpriv") is None, reason="needs root and setpriv")
# An ordinary user who can still read this Python and this project, wherever root keeps them.
KEEP = "--inh-caps=-all,+dac_override", "--ambient-caps=-all,+dac_override", "--securebits=+no_setuid_fixup"
ORDINARY = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *KEEP, "--")


@needs_root
def test_roots_server_does_not_run_as_root(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False):
        owner = Path(f"/proc/{postmaster(tmp_path)}").stat().st_uid
        assert owner == (tmp_path / "data").stat().st_uid
        assert owner != 0


@needs_root
def test_a_copy_that_became_roots_is_told_how_to_become_nobodys(tmp_path: Path) -> None:
    kept, copied = tmp_path / "kept", tmp_path / "copied"
    with embedded.server(kept, durable=False):
        pass
    subprocess.run(["cp", "-r", kept, copied], check=True)

    with pytest.raises(ConfigError) as refused, embedded.server(copied, durable=False):
        pass

    subprocess.run(shlex.split(str(refused.value).rpartition(": ")[2]), check=True)
    with embedded.server(copied, durable=False) as server, server.connect() as connection:
        connection.execute("select 1")


@needs_root
def test_an_ordinary_user(tmp_path: Path) -> None:
    folder = tmp_path / "users"
    folder.mkdir()
    os.chown(folder, 65534, 65534)

    User(folder, ORDINARY).enter().leave()

    assert (folder / "data").stat().st_uid == 65534
    assert not runs(folder)
    # And root may look into what the user made, without taking it away.
    assert visits(folder) == 1
    User(folder, ORDINARY).enter().leave()
    assert visits(folder) == 2


@needs_root
def test_a_folder_of_somebody_elses_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with embedded.server(tmp_path, durable=False):
        pass
    check = (
        "from pathlib import Path; import sys\n"
        "sys.path.insert(0, sys.argv[2])\n"
        "from offboarding.store import embedded\n"
        "from offboarding.model.errors import ConfigError\n"
        "import os; os.setgroups([]); os.setgid(65534); os.setuid(65534)\n"
        "try:\n"
        "    with embedded.server(Path(sys.argv[1])): pass\n"
        "except ConfigError as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", check, str(tmp_path), str(PROJECT)], capture_output=True, text=True, check=False
    )

    assert "run as its owner" in done.stdout, done.stderr
