"""Keys and messages of OpenPGP, made by sqop as a script unpacks it, or by GnuPG where this machine has it."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from offboarding.interfaces import ConnectionFields
from tests.support.unpacked import ROSTERS

PASSPHRASE = "canary-Pa55-of-the-feed"
GPG = shutil.which("gpg")


def in_reach(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let sqop be found, as if it were installed."""
    monkeypatch.setenv("PATH", f"{ROSTERS.root / 'usr/bin'}{os.pathsep}{os.environ['PATH']}")
    libraries = sorted((ROSTERS.root / "usr/lib").glob("*-linux-*"))
    monkeypatch.setenv("LD_LIBRARY_PATH", os.pathsep.join(map(str, libraries)))


def sqop(*words: str | Path, given: bytes = b"") -> bytes:
    """What it says to that."""
    return subprocess.run([ROSTERS.root / "usr/bin/sqop", *words], input=given, capture_output=True, check=True).stdout


@dataclass(frozen=True, slots=True, kw_only=True)
class Keyring:
    """Keys in a folder: `NAME.key`, and `NAME.cert` for those who don't hold it."""

    folder: Path

    def made(self, *names: str) -> "Keyring":
        """A key each."""
        (self.folder / "passphrase").write_text(PASSPHRASE)
        for name in names:
            phrase = [f"--with-key-password={self.folder / 'passphrase'}"] if name == "locked" else []
            (self.folder / f"{name}.key").write_bytes(sqop("generate-key", *phrase, f"{name} <{name}@corp.example>"))
            (self.folder / f"{name}.cert").write_bytes(sqop("extract-cert", given=self.read(f"{name}.key")))
        return self

    def read(self, name: str) -> bytes:
        """A file."""
        return (self.folder / name).read_bytes()

    def message(self, content: bytes, to: str = "ours", by: str = "hr", *, armored: bool = True) -> bytes:
        """Signed, unless nobody does, and encrypted."""
        signed = [f"--sign-with={self.folder / f'{by}.key'}"] if by else []
        words = [*signed, *([] if armored else ["--no-armor"]), self.folder / f"{to}.cert"]
        return sqop("encrypt", *words, given=content)

    def connection(self, key: str = "ours", **extra: str) -> ConnectionFields:
        """As an administrator makes it."""
        told: Mapping[str, str] = {"pgp_private_key": self.read(f"{key}.key").decode(), **extra}
        return ConnectionFields(conn_id="hr_pgp", extra=told)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gnupg:
    """GnuPG with a home of its own."""

    home: Path

    def __call__(self, *words: str | Path, given: bytes = b"") -> bytes:
        """What it says to that."""
        assert GPG
        usual = ["--homedir", self.home, "--batch", "--yes", "--pinentry-mode", "loopback", "--passphrase", ""]
        command = [GPG, *usual, "--trust-model", "always", *words]
        return subprocess.run(command, input=given, capture_output=True, check=True).stdout

    def message(self, content: bytes, *options: str, by: str = "hr@corp.example") -> bytes:
        """Signed and encrypted for us."""
        return self("-u", by, "-r", "ours@corp.example", "--sign", "--encrypt", *options, given=content)
