"""A Linux host of its own, for tests that may be root: its /etc and homes lie in a namespace, and a real sshd is asked
there by whoever logs in, over a pipe. Import the fixtures to have them.
"""

import os
import subprocess
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pytest

from tests.support.lasting import Lasting
from tests.support.memory import Folder
from tests.support.unpacked import ROSTERS

PASSWORD = "canary-Pa55 of alice"
_BEGIN = """
set -e
mount -t tmpfs tmpfs /media
mkdir /media/etc /media/work /media/home
mount -t overlay -o lowerdir=/etc,upperdir=/media/etc,workdir=/media/work overlay /etc
mount --bind /media/home /home
mount -t tmpfs tmpfs /run
mkdir /run/sshd
echo 0123456789abcdef0123456789abcdef > /etc/machine-id
ssh-keygen -q -t ed25519 -N '' -f /etc/ssh/ssh_host_ed25519_key
grep -E '^(root|daemon|nobody):' /etc/passwd > /etc/passwd.kept
echo 'sshd:x:998:65534::/run/sshd:/usr/sbin/nologin' >> /etc/passwd.kept
grep -E '^(root|daemon|nobody):' /etc/shadow > /etc/shadow.kept
echo 'sshd:!*:20000::::::' >> /etc/shadow.kept
chmod 600 /etc/shadow.kept
cp /etc/group /etc/group.kept
cat > /etc/pam.d/sshd.kept <<PAM
@include common-auth
account required pam_nologin.so
@include common-account
session optional pam_permit.so
PAM
echo ready
exec sleep infinity
"""
_CLEAN = """
for file in passwd shadow group pam.d/sshd; do cp -p "/etc/$file.kept" "/etc/$file"; done
rm -rf /home/* /etc/ssh/keys
"""
_CONFIG = """
HostKey /etc/ssh/ssh_host_ed25519_key
Subsystem sftp internal-sftp
LogLevel DEBUG1
"""


@dataclass(frozen=True, slots=True)
class RunningHost:
    """Its first process, by which its files are reached."""

    pid: int


@dataclass(slots=True, kw_only=True)
class SshHost:
    """The host, as whoever administers it sees it."""

    running: RunningHost
    folder: Path
    """Of the test: people's keys, and what was collected."""
    _next: int = 64_400

    def do(self, script: str, *arguments: str, **environment: str) -> str:
        """As root on the host, by a shell; its output."""
        return self.run(["sh", "-c", f"set -e\n{script}", "sh", *arguments], environment)

    def configure(self, *lines: str) -> None:
        """What sshd asks from now on."""
        self.do('printf "%s" "$1" > /etc/ssh/sshd_config', "\n".join((*lines, _CONFIG)))

    def person(self, login: str, *, password: str = "", shell: str = "/bin/sh") -> None:
        """A user with a home; without a password there's none that fits (`*`)."""
        self._next += 1
        hashed = self._hashed(password) if password else "*"
        self.do(
            'printf "%s\\n" "$1:x:$2:$2:$1 of Sales,,,:/home/$1:$3" >> /etc/passwd\n'
            'printf "%s\\n" "$1:$4:20000:0:99999:7:::" >> /etc/shadow\n'
            'printf "%s\\n" "$1:x:$2:" >> /etc/group; mkdir -p "/home/$1/.ssh"; chown -R "$2:$2" "/home/$1"',
            login,
            str(self._next),
            shell,
            hashed,
        )

    def shadow(self, login: str, number: int, value: str) -> None:
        """Let a field of somebody's line in /etc/shadow be this."""
        self.do(
            'awk -F: -v OFS=: -v login="$1" -v number="$2" -v value="$3" \'$1 == login { $number = value } { print }\''
            " /etc/shadow > /etc/shadow.new; cat /etc/shadow.new > /etc/shadow",
            login,
            str(number),
            value,
        )

    def key(self, name: str, kind: str = "ed25519") -> str:
        """A person's new key; its public half as a line."""
        path = self.folder / name
        subprocess.run(["ssh-keygen", "-q", "-t", kind, "-N", "", "-C", name, "-f", str(path)], check=True)
        return path.with_suffix(".pub").read_text("ascii").strip()

    def authorize(self, login: str, *lines: str, file: str = ".ssh/authorized_keys") -> None:
        """Write a user's file of keys."""
        body = "".join(f"{line}\n" for line in lines)
        self.do('printf "%s" "$2" > "/home/$1/$3"; chown -- "$1" "/home/$1/$3"', login, body, file)

    def lets_in_by_key(self, login: str, name: str, *, asks: str = "true") -> bool:
        """Whether sshd takes the key, and runs what is asked for."""
        identity = ["-i", str(self.folder / name), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes"]
        return self._ssh(login, [*identity, "-o", "PreferredAuthentications=publickey"], asks)

    def lets_in_by_password(self, login: str, password: str = PASSWORD) -> bool:
        """Whether sshd takes the password."""
        say = self.folder / "say"
        say.write_text('#!/bin/sh\nprintf "%s\\n" "$SAID"\n')
        say.chmod(0o700)
        asked = ["-o", "PreferredAuthentications=password,keyboard-interactive", "-o", "NumberOfPasswordPrompts=1"]
        told = {"SSH_ASKPASS": str(say), "SSH_ASKPASS_REQUIRE": "force", "SAID": password}
        return self._ssh(login, [*asked, "-o", "PubkeyAuthentication=no"], "true", told)

    def _ssh(self, login: str, options: Sequence[str], asks: str, more: Mapping[str, str] | None = None) -> bool:
        proxy = " ".join((*self.enter(), "/usr/sbin/sshd", "-i", "-e", "-f", "/etc/ssh/sshd_config"))
        command = ["ssh", "-F", "none", "-o", f"ProxyCommand={proxy} 2>>{self.folder / 'log'}", *options]
        command += ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "ConnectTimeout=20"]
        done = subprocess.run(
            [*command, "-l", login, "web1", asks],
            env={**os.environ, "SSH_AUTH_SOCK": "", **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return done.returncode == 0

    def _hashed(self, password: str) -> str:
        command = ["openssl", "passwd", "-6", "-stdin"]
        return subprocess.run(command, input=password, capture_output=True, text=True, check=True).stdout.strip()

    def enter(self) -> list[str]:
        """What runs a command on the host."""
        return ["nsenter", "--target", str(self.running.pid), "--mount", "--root", "--wd=/"]

    def run(self, command: Sequence[str], environment: Mapping[str, str], status: int = 0) -> str:
        done = subprocess.run(
            [*self.enter(), *command],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", **environment},
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == status, (
            done.stderr.decode(errors="replace") + done.stdout.decode(errors="replace")[-500:]
        )
        return done.stdout.decode("utf-8", "surrogateescape")


@contextmanager
def _started(folder: Path) -> Generator[RunningHost]:
    log = folder / "log"
    with ROSTERS.running(["sh", "-c", _BEGIN], log, lambda: "ready" in log.read_text("utf-8", "replace")) as process:
        yield RunningHost(process.pid)


@pytest.fixture(scope="session")
def ssh_host_running(lasting: Lasting, in_memory: Folder) -> RunningHost:
    """One for the whole session."""
    return lasting("ssh-host", lambda: _started(in_memory("ssh-host")))


_Host = TypeVar("_Host", bound=SshHost)


def cleaned(host: _Host) -> _Host:
    """With the system's own users alone, and sshd as it comes."""
    host.do(_CLEAN)
    host.configure()
    return host


@pytest.fixture
def ssh_host(ssh_host_running: RunningHost, tmp_path: Path) -> SshHost:
    """The host for one test."""
    return cleaned(SshHost(running=ssh_host_running, folder=tmp_path))
