"""What `collect.sh` writes of a Linux host: written here, since nobody's machine may be changed for a demo or a test.

That the script itself writes so, tests/systems/ssh_hosts/test_ssh_hosts.py holds on a real one.
"""

import base64
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

SETTINGS = {
    "usepam": "yes",
    "passwordauthentication": "yes",
    "pubkeyauthentication": "yes",
    "permitrootlogin": "without-password",
    "authorizedkeysfile": ".ssh/authorized_keys",
    "authorizedkeyscommand": "none",
    "strictmodes": "yes",
}
PAM = (
    ("sshd", ""),
    ("sshd", "@include common-auth"),
    ("sshd", "account required pam_nologin.so"),
    ("sshd", "@include common-account"),
    ("common-auth", ""),
    ("common-auth", "auth [success=1 default=ignore] pam_unix.so"),
    ("common-auth", "auth requisite pam_deny.so"),
    ("common-auth", "auth required pam_permit.so"),
    ("common-account", ""),
    ("common-account", "account [success=1 new_authtok_reqd=done default=ignore] pam_unix.so"),
    ("common-account", "account requisite pam_deny.so"),
    ("common-account", "account required pam_permit.so"),
)
SYSTEM_USER = """\
user daemon:1:1:daemon:/usr/sbin:/usr/sbin/nologin
password none 20000 99999 - -
shell there
gids 1
setting usepam yes
"""


def key_line(number: int) -> str:
    """A key that nobody has the other half of."""
    blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + number.to_bytes(32, "big")
    return f"ssh-ed25519 {base64.b64encode(blob).decode()}"


@dataclass(slots=True, kw_only=True)
class WrittenUser:
    """A block of the file."""

    login: str
    uid: int
    password: str = "set 20000 99999 - -"
    shell: str = "/bin/bash"
    there: str = "there"
    home: str = ""
    gids: str = ""
    settings: dict[str, str] = field(default_factory=lambda: dict(SETTINGS))
    files: list[str] = field(default_factory=list[str])
    """Lines below, each file's first."""

    def authorize(self, *lines: str) -> None:
        """Its one file of keys."""
        self.files = [f"file {self._home}/.ssh/authorized_keys", *(f"key {line}" for line in lines)]

    @property
    def _home(self) -> str:
        return self.home or f"/home/{self.login}"

    @property
    def text(self) -> str:
        """As it's written."""
        lines = [
            f"user {self.login}:{self.uid}:{self.uid}:{self.login.title()},,,:{self._home}:{self.shell}",
            f"password {self.password}",
            f"shell {self.there}",
            f"gids {self.gids or self.uid}",
            *(f"setting {word} {value}" for word, value in self.settings.items()),
            *self.files,
        ]
        return "".join(f"{line}\n" for line in lines)


@dataclass(slots=True, kw_only=True)
class WrittenHost:
    """A host, and the folder that its file is collected into."""

    folder: Path
    name: str = "web1"
    machine: str = "0123456789abcdef0123456789abcdef"
    at: datetime = datetime(2026, 11, 24, 16, 0, tzinfo=UTC)
    users: dict[str, WrittenUser] = field(default_factory=dict[str, WrittenUser])
    more: list[str] = field(default_factory=list[str])
    """Lines of the host itself."""
    groups: list[str] = field(default_factory=lambda: ["root:0", "sudo:27"])
    _next: int = 1000

    def person(self, login: str) -> WrittenUser:
        """A user with a password and a key."""
        self._next += 1
        user = WrittenUser(login=login, uid=self._next)
        user.authorize(key_line(self._next))
        self.users[login] = user
        self.write()
        return user

    @property
    def text(self) -> str:
        """The file."""
        users = [*(user.text for user in self.users.values()), SYSTEM_USER]
        head = [
            "offboarding ssh_hosts 1",
            f"at {self.at:%Y-%m-%dT%H:%M:%SZ}",
            f"name {self.name}",
            f"machine {self.machine}",
            "nss passwd: files systemd",
            *(f"pam {file} {line}".rstrip() for file, line in PAM),
            *self.more,
            "running 0",
            *(f"group {group}" for group in self.groups),
            *(f"group {user.login}:{user.uid}" for user in self.users.values()),
            f"users {len(users)}",
            "odd 0",
        ]
        return "".join(f"{line}\n" for line in head) + "".join(users) + "end\n"

    def write(self) -> None:
        """Collect it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / self.name).write_text(self.text, "utf-8")
