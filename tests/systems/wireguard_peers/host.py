"""A real WireGuard server on a host of its own, by wireguard-go and wg, and a client that comes through the tunnel."""

import subprocess
import sys
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from offboarding.interfaces import ReadContext
from offboarding.model import Account, Fact
from offboarding.sources import wireguard_peers
from tests.support.ssh_host import SshHost
from tests.support.unpacked import WIREGUARD

COLLECT = Path(wireguard_peers.__file__).with_name("collect.sh")
CONF = "/etc/wireguard/wg0.conf"
PEOPLE = ("alice", "bob", "carl")
_TOOLS = WIREGUARD.root / "usr/bin"
# A namespace of each kind: with its first process all of them end, and interfaces and sockets with them. What other
# tests left in the host's folders is hidden.
_BEGIN = """
set -e
for folder in /run /etc/wireguard /etc/systemd /etc/NetworkManager /usr/local/sbin; do
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
done
ln -s "$1/wg" "$1/wireguard-go" /usr/local/sbin
mkdir /run/wireguard
ip link set lo up
ip netns add away
echo ready
exec sleep infinity
"""
# Its packets go over the host's loopback, and its interface lies where the tunnel is the only way. That it's another
# machine than the server, wg is told by a folder of sockets of its own.
_CLIENT = """
set -e
mount -t tmpfs tmpfs /run/wireguard
wireguard-go wg1 &
until [ -S /run/wireguard/wg1.sock ]; do kill -0 $!; sleep 0.05; done
printf '%s' "$1" > /run/wireguard/conf
wg setconf wg1 /run/wireguard/conf
ip link set wg1 netns away
ip -n away address add 10.9.0.2/24 dev wg1
ip -n away link set wg1 up
echo ready
wait
"""
# Nobody listens there: that the host says so came through the tunnel, and back.
_KNOCK = """
import socket, sys
with socket.socket() as tried:
    tried.settimeout(float(sys.argv[1]))
    try:
        tried.connect(("10.9.0.1", 9))
    except ConnectionRefusedError:
        print("answered")
    except TimeoutError:
        pass
"""


@dataclass(slots=True, kw_only=True)
class WireguardHost:
    """The host, as whoever administers it sees it. `alice` is the client; whoever else is a peer never comes."""

    host: SshHost
    folder: Path
    private: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    """By login, and the server's own as `server`."""
    preshared: str = field(default="", repr=False)
    """Alice's."""
    public: dict[str, str] = field(default_factory=dict[str, str])
    _pid: int = 0

    def do(self, script: str, *arguments: str) -> str:
        """As root on the host, by a shell; its output."""
        done = subprocess.run(
            [*self._enter(), "sh", "-c", f"set -e\n{script}", "sh", *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @contextmanager
    def up(self) -> Generator[None]:
        """The server with all of them as peers, by its file, and alice who has come."""
        apart = ["unshare", "--mount", "--net", "--pid", "--fork", "--kill-child", "sh", "-c", _BEGIN, "sh"]
        # Whatever ends the tests ends it.
        command = ["setpriv", "--pdeathsig", "KILL", *self.host.enter(), *apart, str(_TOOLS)]
        with self._running(command, "host") as process:
            self._wait("host", process)
            self._pid = process.pid
            self._make_keys()
            server = "wireguard-go wg0 & until [ -S /run/wireguard/wg0.sock ]; do kill -0 $!; sleep 0.05; done"
            conf = f'printf "%s" "$1" > {CONF}; wg setconf wg0 {CONF}'
            address = "ip address add 10.9.0.1/24 dev wg0; ip link set wg0 up; echo ready; wait"
            with self._inside("server", f"{server}; {conf}; {address}", self.conf()):
                client = ["unshare", "--mount", "sh", "-c", _CLIENT, "sh", self._client_conf()]
                with self._inside("client", 'exec "$@"', *client):
                    assert self.answers()
                    yield

    def conf(self, *people: str) -> str:
        """What the server's file says, with these as peers."""
        text = f"[Interface]\nPrivateKey = {self.private['server']}\nListenPort = 51820\n"
        for number, login in enumerate(PEOPLE, 2):
            if login in (people or PEOPLE):
                text += f"# {login}\n[Peer]\nPublicKey = {self.public[login]}\nAllowedIPs = 10.9.0.{number}/32\n"
                text += f"PresharedKey = {self.preshared}\n" if login == "alice" else ""
        return text

    def answers(self, seconds: float = 20) -> bool:
        """Whether what alice sends is let through, and answered."""
        away = f"--net={Path('/proc', str(self._pid), 'root') / 'run/netns/away'}"
        done = subprocess.run(
            ["nsenter", away, sys.executable, "-c", _KNOCK, str(seconds)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
        return "answered" in done.stdout

    def collect(self) -> str:
        """What the script tells now, whether it refuses or not."""
        return self.do('sh "$1" || true', str(COLLECT))

    def facts(self) -> list[Fact]:
        """Of a collection that is made now."""
        folder, register = self.folder / "collected", self.folder / "register.csv"
        folder.mkdir(exist_ok=True)
        (folder / "vpn1").write_text(self.collect(), "utf-8")
        rows = [f"{self.public[login]},{login}\n" for login in PEOPLE]
        register.write_text("".join(["public_key,login\n", *rows]), "utf-8")
        given = {"name": "vpn", "kind": "wireguard_peers", "folder": str(folder), "machines": ["vpn1"]}
        own = wireguard_peers.Settings.model_validate(given | {"register_file": str(register)})
        context = ReadContext(as_of=datetime.now(UTC), default_zone="Asia/Seoul")
        return list(wireguard_peers.build(own, None, "vpn1", context).collect())

    def account(self, login: str) -> Account | None:
        """What is said of a peer; None where it's gone."""
        found = [fact for fact in self.facts() if isinstance(fact, Account) and fact.login == login]
        return found[0] if found else None

    def _make_keys(self) -> None:
        self.preshared = self.do("wg genpsk").strip()
        for login in ("server", *PEOPLE):
            self.private[login] = self.do("wg genkey").strip()
            self.public[login] = self.do('printf "%s\\n" "$1" | wg pubkey', self.private[login]).strip()

    def _client_conf(self) -> str:
        peer = f"PublicKey = {self.public['server']}\nPresharedKey = {self.preshared}\nAllowedIPs = 10.9.0.0/24\n"
        return f"[Interface]\nPrivateKey = {self.private['alice']}\n[Peer]\n{peer}Endpoint = 127.0.0.1:51820\n"

    def _enter(self) -> list[str]:
        inner = f"--pid=/proc/{self._pid}/ns/pid_for_children"
        # By default wireguard-go goes into the background, and keeps our pipes.
        own = ["env", "WG_PROCESS_FOREGROUND=1", "PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin"]
        return ["nsenter", "--target", str(self._pid), "--mount", "--net", inner, "--root", "--wd=/", *own]

    @contextmanager
    def _inside(self, name: str, script: str, *arguments: str) -> Generator[None]:
        with self._running([*self._enter(), "sh", "-c", f"set -e\n{script}", "sh", *arguments], name) as process:
            self._wait(name, process)
            yield

    @contextmanager
    def _running(self, command: Sequence[str], name: str) -> Generator[subprocess.Popen[bytes]]:
        log = self.folder / f"{name}.log"
        with (
            log.open("wb") as output,
            subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output) as process,
        ):
            try:
                yield process
            finally:
                process.kill()

    def _wait(self, name: str, process: subprocess.Popen[bytes]) -> None:
        log, end = self.folder / f"{name}.log", time.monotonic() + 20
        while "ready" not in (said := log.read_text("utf-8", "replace")):
            assert process.poll() is None, said[-2000:]
            assert time.monotonic() < end, said[-2000:]
            time.sleep(0.05)
