"""An OpenLDAP server of our own on 127.0.0.1, for the demo and the tests: real behaviour, nothing installed.

The program is the machine's, or what scripts/slapd.sh unpacked into .cache/slapd. Everything a server writes lies in
the folder it is given. slapd(8), slapd.conf(5), slapadd(8), slapo-ppolicy(5).
"""

import os
import random
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from offboarding.model.errors import ConfigError, FatalError

PROJECT = Path(__file__).resolve().parents[1]
UNPACKED = PROJECT / ".cache" / "slapd" / "root"
OWN_SCHEMA = Path(__file__).with_name("schema") / "openssh-lpk.schema"
SCHEMAS = ("core", "cosine", "nis", "inetorgperson")
START_SECONDS = 20
STOP_SECONDS = 10
PORTS = range(16000, 32000)
"""Below what Linux and macOS take for connections of their own (ip_local_port_range)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Where an OpenLDAP server lies."""

    binary: Path
    """slapd itself; called as `slapd -T add` it is slapadd."""
    modules: Path | None
    """The folder of back_mdb and ppolicy; None where they are compiled in."""
    schemas: Path
    libraries: Path | None
    """Libraries unpacked beside it, that the machine lacks."""

    def environment(self) -> dict[str, str]:
        """What it runs with: nothing of ours but the path to its libraries."""
        library_path = {"LD_LIBRARY_PATH": str(self.libraries)} if self.libraries else {}
        return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C"} | library_path


@dataclass(frozen=True, slots=True, kw_only=True)
class Tls:
    """PEM files; the server offers StartTLS, and LDAPS on a port of its own."""

    certificate: Path
    key: Path
    authority: Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a server serves, and to whom."""

    suffix: str
    """DN of the base entry, dc=corp,dc=example."""
    admin_dn: str
    """Below the suffix; no rule of access and no limit binds it."""
    admin_password: str = field(repr=False)
    ldif: Path | None = None
    """Loaded by slapadd, in place of what the folder held; its entryUUID, createTimestamp and pwdAccountLockedTime are
    kept. None: what the folder holds stays."""
    port: int = 0
    """0: any free one."""
    tls: Tls | None = None
    tls_port: int = 0
    """For LDAPS; 0: any free one."""
    paged_total_limit: int | None = None
    """Most entries that a paged search gives in all (limits, size.prtotal): how a directory truncates silently."""
    unindexed_limit: int | None = None
    """Most entries that a search may look through that no index narrows (limits, size.unchecked); else it's refused."""
    ppolicy: bool = True
    """Whether the overlay ppolicy is there at all, with its schema and its control."""
    config_readers: Sequence[str] = ()
    """DNs of accounts that may read cn=config."""
    default_policy_dn: str | None = None
    """Loads the ppolicy overlay; this entry's rules hold for accounts without pwdPolicySubentry."""
    readers: Sequence[str] = ()
    """DNs of accounts that read everything except passwords: locks (pwdAccountLockedTime) and policies included."""
    access: Sequence[str] = ()
    """More slapd.access(5) rules, that come before ours: `to attrs=pwdAccountLockedTime by * none`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server that runs."""

    folder: Path
    port: int
    tls_port: int | None
    process: subprocess.Popen[bytes] = field(repr=False)
    host: str = "127.0.0.1"

    @property
    def uri(self) -> str:
        """Plain LDAP; StartTLS where it has a certificate."""
        return f"ldap://{self.host}:{self.port}"

    def stop(self) -> None:
        """Ask it to end, and wait until it has; a second call does nothing."""
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.process.kill()
        self.process.wait()


@contextmanager
def running(folder: Path, settings: Settings) -> Generator[Server]:
    """A server for as long as the block runs."""
    server = start(folder, settings)
    try:
        yield server
    finally:
        server.stop()


def start(folder: Path, settings: Settings) -> Server:
    """Start a server whose files lie in `folder`, and wait until it answers.

    What a killed predecessor left in the folder, its process included, is ended first. Raises ConfigError where there
    is no slapd, FatalError with slapd's own words where it doesn't start.
    """
    program = find_program()
    folder = folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    end_leftover(folder)
    configuration = folder / "slapd.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(_configuration(folder, settings, program), encoding="utf-8")
    _load(folder, settings.ldif, program)
    port = settings.port or _same_port(folder)
    tls_port = (settings.tls_port or _free_port()) if settings.tls else None
    urls = f"ldap://127.0.0.1:{port}" + (f" ldaps://127.0.0.1:{tls_port}" if tls_port else "")
    with (folder / "slapd.log").open("wb") as log:
        process = subprocess.Popen(
            [program.binary, "-d", "none", "-h", urls, "-f", configuration],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd=folder,
            env=program.environment(),
            # A Ctrl-C meant for the demo must not end its directory before the demo has said goodbye.
            start_new_session=True,
        )
    server = Server(folder=folder, port=port, tls_port=tls_port, process=process)
    _wait_until_it_answers(server)
    return server


def find_program() -> Program:
    """The slapd that scripts/slapd.sh unpacked, else the machine's own. Raises ConfigError without either."""
    candidates = (
        UNPACKED / "usr/sbin/slapd",
        Path(
            shutil.which("slapd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or "/usr/sbin/slapd"
        ),
        Path("/usr/libexec/slapd"),
        Path("/usr/local/libexec/slapd"),
        Path("/opt/homebrew/opt/openldap/libexec/slapd"),
    )
    for binary in candidates:
        if os.access(binary, os.X_OK):
            return _program(binary)
    message = "there is no slapd on this machine: run scripts/slapd.sh, or install OpenLDAP's server"
    raise ConfigError(message)


def _program(binary: Path) -> Program:
    unpacked = binary.is_relative_to(UNPACKED)
    root = UNPACKED if unpacked else Path("/")
    lib = [root / "usr/lib", root / "usr/lib64", root / "usr/libexec", root / "usr/local/libexec"]
    modules = [folder / name for folder in lib for name in ("ldap", "openldap")]
    etc = [
        root / "etc/ldap",
        root / "etc/openldap",
        root / "usr/local/etc/openldap",
        Path("/opt/homebrew/etc/openldap"),
    ]
    schemas = next((folder / "schema" for folder in etc if (folder / "schema" / "core.schema").exists()), None)
    if schemas is None:
        message = f"{binary} has no schema files beside it: reinstall OpenLDAP's server"
        raise ConfigError(message)
    return Program(
        binary=binary,
        modules=next((folder for folder in modules if list(folder.glob("back_mdb.*"))), None),
        schemas=schemas,
        libraries=next((root / "usr/lib").glob("*-linux-*"), None) if unpacked else None,
    )


def _configuration(folder: Path, settings: Settings, program: Program) -> str:
    """slapd.conf(5). Arguments are quoted: paths hold spaces, DNs hold quotes."""
    lines = [f"include {_quoted(program.schemas / f'{name}.schema')}" for name in SCHEMAS]
    lines += [f"include {_quoted(OWN_SCHEMA)}", f"pidfile {_quoted(folder / 'slapd.pid')}"]
    if program.modules:
        lines += [f"modulepath {_quoted(program.modules)}", "moduleload back_mdb"]
        lines += ["moduleload ppolicy"] if settings.ppolicy else []
    if settings.tls:
        lines += [
            f"TLSCACertificateFile {_quoted(settings.tls.authority)}",
            f"TLSCertificateFile {_quoted(settings.tls.certificate)}",
            f"TLSCertificateKeyFile {_quoted(settings.tls.key)}",
            "TLSVerifyClient never",
        ]
    if settings.config_readers:
        names = " ".join(f"by dn.exact={_quoted(dn)} read" for dn in settings.config_readers)
        lines += ["database config", f"access to * {names}"]
    lines += [
        "database mdb",
        # The file is sparse: what isn't used takes no room.
        "maxsize 4294967296",
        # The data is made anew at each start.
        "dbnosync",
        f"directory {_quoted(folder / 'data')}",
        f"suffix {_quoted(settings.suffix)}",
        f"rootdn {_quoted(settings.admin_dn)}",
        f"rootpw {_quoted(settings.admin_password)}",
        "index objectClass,uid,mail,employeeNumber,entryUUID,member,memberUid eq",
    ]
    if settings.paged_total_limit is not None:
        lines.append(f"limits * size.soft=unlimited size.hard=unlimited size.prtotal={settings.paged_total_limit}")
    if settings.unindexed_limit is not None:
        lines.append(f"limits * size.soft=unlimited size.hard=unlimited size.unchecked={settings.unindexed_limit}")
    else:
        lines.append("sizelimit unlimited")
    lines += [f"access {rule}" for rule in settings.access]
    lines += ["access to attrs=userPassword by self =w by anonymous auth by * none"]
    # A reader sees operational attributes too; anyone else may only log in.
    lines += ["access to * " + "".join(f"by dn.exact={_quoted(dn)} read " for dn in settings.readers) + "by * auth"]
    if settings.default_policy_dn:
        lines += ["overlay ppolicy", f"ppolicy_default {_quoted(settings.default_policy_dn)}"]
    return "\n".join(lines) + "\n"


def _quoted(value: Path | str) -> str:
    """An argument of slapd.conf(5): in double quotes, with backslashes before a quote or a backslash."""
    text = str(value)
    if "\n" in text:
        message = f"slapd.conf cannot hold a line break: {text!r}"
        raise ConfigError(message)
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _load(folder: Path, ldif: Path | None, program: Program) -> None:
    data = folder / "data"
    if ldif is not None:
        shutil.rmtree(data, ignore_errors=True)
    data.mkdir(mode=0o700, exist_ok=True)
    if ldif is None:
        return
    # -q: no consistency checks between entries, which are for a database that is in use.
    command = [program.binary, "-T", "add", "-q", "-f", folder / "slapd.conf", "-l", ldif.resolve()]
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, env=program.environment(), check=False)
    if done.returncode:
        message = f"slapadd doesn't take {ldif}: {done.stderr.strip()[-1000:]}"
        raise FatalError(message)


def _same_port(folder: Path) -> int:
    """The one that the folder's last server had, where it's free: a directory that moves is another address."""
    kept = folder / "port"
    if not (kept.exists() and _is_free(int(kept.read_text("ascii")))):
        kept.write_text(str(_free_port()), "ascii")
    return int(kept.read_text("ascii"))


def _free_port() -> int:
    """One that nobody uses. The kernel gives none of these to who asks for any, so it is still free a moment later."""
    for port in random.sample(PORTS, 100):
        if _is_free(port):
            return port
    message = f"there is no free port for slapd: none of a hundred between {PORTS[0]} and {PORTS[-1]}"
    raise FatalError(message)


def _is_free(port: int) -> bool:
    with socket.socket() as probe, suppress(OSError):
        # What the last connections left behind holds no port back, as it holds slapd back none.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
        return True
    return False


def _wait_until_it_answers(server: Server) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.process.poll() is None:
        # Another program may hold the port: only our own process, still alive after the answer, is ours.
        with suppress(OSError), socket.create_connection((server.host, server.port), timeout=1):
            if _listening(server):
                return
        time.sleep(0.02)
    said = (server.folder / "slapd.log").read_text(encoding="utf-8", errors="replace").strip()[-1000:]
    server.kill()
    message = f"slapd didn't start on port {server.port}: {said or 'it said nothing'}"
    raise FatalError(message)


def _listening(server: Server) -> bool:
    """slapd writes its pid file after it has bound its ports, so the port's answer is its own."""
    return _pid(server.folder) == server.process.pid and server.process.poll() is None


def _pid(folder: Path) -> int | None:
    try:
        return int((folder / "slapd.pid").read_text(encoding="ascii"))
    except (FileNotFoundError, ValueError):
        return None


def end_leftover(folder: Path) -> None:
    """End the server that a killed demo or test left running on this folder; where there is none, nothing happens."""
    pid = _pid(folder)
    if pid is not None and _serves(pid, folder):
        os.kill(pid, signal.SIGTERM)
        end = time.monotonic() + STOP_SECONDS
        while _serves(pid, folder) and time.monotonic() < end:
            time.sleep(0.02)
        if _serves(pid, folder):
            os.kill(pid, signal.SIGKILL)
    (folder / "slapd.pid").unlink(missing_ok=True)


def _serves(pid: int, folder: Path) -> bool:
    """Whether that process is a slapd with our configuration file: numbers of processes are used again."""
    arguments = Path(f"/proc/{pid}/cmdline")
    if Path("/proc/self").exists():
        # Empty for a process that has ended and that nobody has waited for.
        shown = os.fsdecode(arguments.read_bytes()) if arguments.exists() else ""
    else:
        command = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        shown = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return "slapd" in shown and str(folder / "slapd.conf") in shown
