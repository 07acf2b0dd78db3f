"""The store behind a real PgBouncer: by a pool in session mode as without, and in no other mode at all."""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from offboarding.model.errors import FatalError
from offboarding.store import embedded, reading
from offboarding.store.cluster import as_owner
from offboarding.store.connect import opened
from tests.integration.store.test_permissions import ADMINISTRATOR, parameters, run, server, strict_server
from tests.support import filled
from tests.support.source_tree import PROJECT

__all__ = ["server", "strict_server"]  # fixtures

UNPACKED = PROJECT / ".cache/pgbouncer/root/usr"
PGBOUNCER = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin") or shutil.which(UNPACKED / "sbin/pgbouncer")
SETTINGS = """
[databases]
* = host={server}
[pgbouncer]
unix_socket_dir = {folder}
unix_socket_mode = 0777
listen_port = 6432
auth_type = plain
auth_file = {folder}/users.txt
pool_mode = {mode}
default_pool_size = {size}
server_round_robin = {robin}
"""

Pool = Callable[..., dict[str, str | int]]

pytestmark = pytest.mark.skipif(PGBOUNCER is None, reason="scripts/pgbouncer.sh says why")


@pytest.fixture
def pool(server: embedded.EmbeddedServer) -> Iterator[Pool]:
    """Begins a pool of the store's server, and says how it is reached."""
    run(server, ADMINISTRATOR)
    own = parameters(server, "offboarding_checker")
    with ExitStack() as running:

        def begin(mode: str, *, size: int = 5, robin: int = 0) -> dict[str, str | int]:
            # A socket's path holds a hundred characters: fewer than pytest's own folders have.
            folder = Path(running.enter_context(TemporaryDirectory(prefix="offboarding-pool-")))
            (folder / "users.txt").write_text(f'"{own["user"]}" "{own["password"]}"\n', encoding="utf-8")
            settings = folder / "pgbouncer.ini"
            settings.write_text(
                SETTINGS.format(server=server.host, folder=folder, mode=mode, size=size, robin=robin), encoding="utf-8"
            )
            owner = server.data.stat()
            os.chown(folder, owner.st_uid, owner.st_gid)
            assert PGBOUNCER is not None
            libraries = ":".join(str(each) for each in (UNPACKED / "lib").glob("*-linux-*"))
            process = subprocess.Popen(
                [*as_owner(server.data), PGBOUNCER, "--quiet", settings],
                env={"LD_LIBRARY_PATH": libraries},
                stderr=subprocess.DEVNULL,
            )
            running.callback(process.wait)
            running.callback(process.kill)
            _wait_for(folder / ".s.PGSQL.6432")
            return {**own, "host": str(folder), "port": 6432}

        yield begin


def _wait_for(socket: Path) -> None:
    for _ in range(200):
        if socket.exists():
            return
        time.sleep(0.05)
    raise AssertionError("PgBouncer doesn't start")


@pytest.mark.parametrize("size", [5, 1])
def test_a_night_runs_by_a_pool_in_session_mode(pool: Pool, size: int) -> None:
    with opened(pool("session", size=size)) as session:
        filled.spend_night(session)

        assert reading.findings(session)


@pytest.mark.parametrize("robin", [0, 1])
@pytest.mark.parametrize("mode", ["transaction", "statement"])
def test_a_pool_that_shares_sessions_is_refused(pool: Pool, mode: str, robin: int) -> None:
    where = pool(mode, robin=robin)

    for _ in range(3):
        with pytest.raises(FatalError, match="session mode"), opened(where):
            pass
