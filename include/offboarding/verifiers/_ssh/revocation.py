"""Asking a file that RevokedKeys names which keys it revokes: through ssh-keygen, or as a list of keys."""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from include.offboarding.verifiers._ssh.identity import Certificate, PublicKey
from include.offboarding.verifiers._ssh.lines import Unread, lines

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

    def revoked(self, asked: Mapping[str, PublicKey | Certificate]) -> tuple[set[str], int]:
        """The names of those that it revokes, by themselves or by their authority, and how often ssh-keygen was run.

        Raises RevocationError.
        """
        if self.is_krl:
            return _by_ssh_keygen(self.body, asked)
        return set(_by_list(self.body, asked)), 0


def _by_list(body: bytes, asked: Mapping[str, PublicKey | Certificate]) -> Iterator[str]:
    """As sshd looks through a text: the key itself, or the authority that signed it (sshkey_in_file, check_ca)."""
    listed = set[str]()
    for line in lines(body, options=False):
        if isinstance(line, Unread):
            raise RevocationError(f"line {line.number} {line.why}")
        listed.add((line.found.key if isinstance(line.found, Certificate) else line.found).fingerprint)
    for name, each in asked.items():
        mine = {each.key.fingerprint, each.ca_fingerprint} if isinstance(each, Certificate) else {each.fingerprint}
        if mine & listed:
            yield name


def _by_ssh_keygen(krl: bytes, asked: Mapping[str, PublicKey | Certificate]) -> tuple[set[str], int]:
    program = shutil.which("ssh-keygen")
    if program is None:
        raise RevocationError(f"is a KRL, which only ssh-keygen can read, and there is none. {INSTALL}")
    names = sorted(asked)
    revoked, runs = set[str](), 0
    with tempfile.TemporaryDirectory(prefix="offboarding-krl-") as folder:
        place = Path(folder)
        (place / "krl").write_bytes(krl)
        for number, name in enumerate(names):
            (place / f"{number}.pub").write_text(f"{asked[name].line}\n", "ascii")
        # Asked even of no key, so that a list that can't be read is told on the first night.
        for at in range(0, max(len(names), 1), _AT_ONCE):
            numbers = range(at, min(at + _AT_ONCE, len(names)))
            revoked |= {names[number] for number in _asked(program, place, numbers)}
            runs += 1
    return revoked, runs


def _asked(program: str, place: Path, numbers: Sequence[int]) -> set[int]:
    command = [program, "-Q", "-f", "krl", *[f"{number}.pub" for number in numbers]]
    if not numbers:
        command = [program, "-Q", "-l", "-f", "krl"]
    try:
        done = subprocess.run(
            command, cwd=place, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=_SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise RevocationError(
            f"can't be asked: ssh-keygen gave no answer ({type(error).__name__}). {INSTALL}"
        ) from error
    # 0: none is revoked; 1: some are. Anything else is an error of its own.
    answers = {int(match[1]): match[2] for match in map(_ANSWER.fullmatch, done.stdout.splitlines()) if match}
    if done.returncode not in {0, 1} or answers.keys() != set(numbers):
        said = " ".join(done.stderr.split())[:200] or f"exit code {done.returncode}"
        raise RevocationError(f"can't be read as a KRL ({said}). Make it anew, or collect it anew")
    return {number for number, answer in answers.items() if answer == "REVOKED"}
