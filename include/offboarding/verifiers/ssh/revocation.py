"""Asking a file that RevokedKeys names which keys it revokes: through ssh-keygen, or as a list of keys."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from offboarding.net.sshkeys.identity import SshCertificate, SshPublicKey
from offboarding.net.sshkeys.lines import Unread, lines

KRL_MAGIC = b"SSHKRL\n\0"
"""PROTOCOL.krl, 1."""

INSTALL = "Install it where the checker runs: package openssh-client on Debian and Ubuntu, openssh-clients on Red Hat"

_AT_ONCE = 300
"""Files on one command line."""
_SECONDS = 60
_ANSWER = re.compile(r"(?:.*/)?(\d+)\.pub(?: \(.*\))?: (ok|REVOKED)")


class RevocationError(ValueError):
    """It can't be told what is revoked. The text is a clause with the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocations:
    """A file of revoked keys."""

    path: str
    body: bytes = field(repr=False)

    @property
    def is_krl(self) -> bool:
        """A binary list, else a text of public keys."""
        return self.body.startswith(KRL_MAGIC)

    def ask(self, asked: Mapping[str, SshPublicKey | SshCertificate]) -> "RevocationFile":
        """Which of these it revokes, by themselves or by their authority. Raises RevocationError."""
        if self.is_krl:
            return _by_ssh_keygen(self.body, asked)
        return RevocationFile(revoked=frozenset(_by_list(self.body, asked)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationFile:
    """What a file of revoked keys says."""

    revoked: frozenset[str]
    unasked: frozenset[str] = frozenset()
    """Those that ssh-keygen can't read itself (RSA of less than 1,024 bits)."""
    runs: int = 0
    """How often ssh-keygen was run."""


def _by_list(body: bytes, asked: Mapping[str, SshPublicKey | SshCertificate]) -> Iterator[str]:
    """As sshd looks through a text: the key itself, or the authority that signed it (sshkey_in_file, check_ca)."""
    listed = set[str]()
    for line in lines(body, options=False):
        if isinstance(line, Unread):
            raise RevocationError(f"line {line.number} {line.sentence}")
        listed.add((line.found.key if isinstance(line.found, SshCertificate) else line.found).fingerprint)
    for name, each in asked.items():
        mine = {each.key.fingerprint, each.ca_fingerprint} if isinstance(each, SshCertificate) else {each.fingerprint}
        if mine & listed:
            yield name


def _by_ssh_keygen(krl: bytes, asked: Mapping[str, SshPublicKey | SshCertificate]) -> RevocationFile:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise RevocationError(f"is a KRL, which only ssh-keygen can read, and there is none. {INSTALL}")
    names = sorted(asked)
    with tempfile.TemporaryDirectory(prefix="offboarding-krl-") as folder:
        place = Path(folder)
        (place / "krl").write_bytes(krl)
        for number, name in enumerate(names):
            (place / f"{number}.pub").write_text(f"{asked[name].line}\n", "ascii")
        questions = _Questions(program=program, place=place)
        questions.need_krl()
        for at in range(0, len(names), _AT_ONCE):
            questions.ask(range(at, min(at + _AT_ONCE, len(names))))
    return RevocationFile(
        revoked=frozenset(names[number] for number in questions.revoked),
        unasked=frozenset(names[number] for number in questions.unasked),
        runs=questions.runs,
    )


@dataclass(slots=True, kw_only=True)
class _Questions:
    """Put to ssh-keygen about files that are called by their numbers, beside a KRL."""

    program: str
    place: Path
    revoked: set[int] = field(default_factory=set[int])
    unasked: set[int] = field(default_factory=set[int])
    runs: int = 0

    def need_krl(self) -> None:
        """Raises RevocationError where it can't be read, also when nothing is to be asked about."""
        done = self._run("-l")
        if done.returncode:
            said = " ".join(done.stderr.split())[:200] or f"exit code {done.returncode}"
            raise RevocationError(f"can't be read as a KRL ({said}). Make it anew, or collect it anew")

    def ask(self, numbers: range) -> None:
        """About several at once; one that ssh-keygen refuses ends the answer for all, so they are asked in halves."""
        done = self._run(*[f"{number}.pub" for number in numbers])
        answers = {int(match[1]): match[2] for match in map(_ANSWER.fullmatch, done.stdout.splitlines()) if match}
        # 0: none is revoked; 1: some are. Anything else is an error of its own.
        if done.returncode in {0, 1} and answers.keys() == set(numbers):
            self.revoked |= {number for number, answer in answers.items() if answer == "REVOKED"}
        elif len(numbers) == 1:
            self.unasked |= set(numbers)
        else:
            middle = len(numbers) // 2
            self.ask(numbers[:middle])
            self.ask(numbers[middle:])

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        self.runs += 1
        command = [self.program, "-Q", "-f", "krl", *arguments]
        try:
            return subprocess.run(
                command,
                cwd=self.place,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=_SECONDS,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise RevocationError(
                f"can't be asked: ssh-keygen gave no answer ({type(error).__name__}). {INSTALL}"
            ) from error
