"""Whoever committed a key's public half had its other half at hand, perhaps: what a local Git repository tells of that.

Nothing is fetched, nothing of the repository's own configuration is run, and no private key is looked into: of a file
that holds one, the path alone is told.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from offboarding.custody.thumbprints import PublicKeyError, material_of, material_of_jwk, material_of_ssh
from offboarding.model.errors import FatalError

_PUBLIC = r'-----BEGIN (CERTIFICATE|PUBLIC KEY|RSA PUBLIC KEY)-----|^(ssh-(rsa|ed25519)|ecdsa-sha2-)|"kty"'
_PRIVATE = r"^-----BEGIN ([A-Z0-9]+ )*PRIVATE KEY-----"
_MOST_BYTES = 256 * 1024
"""A bigger file is no key's."""
_MOST_SECONDS = 120
_ENVIRONMENT = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_HARMLESS = ("core.fsmonitor=false", "log.showSignature=false", "protocol.allow=never", "core.hooksPath=/dev/null")
"""Settings of a repository that would run a program while it's read (git-config)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicHalf:
    """A file, as last committed, that shows a key's public half."""

    path: str
    material: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Committer:
    """Somebody who committed a file: author or committer."""

    mail: str
    commit: str
    """Of the last of them, shortened."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Repository:
    """A repository on this machine. Every method raises FatalError where Git can't read it."""

    folder: Path

    def public_halves(self) -> Iterator[PublicHalf]:
        """Yield each public key in the files of HEAD: PEM, certificates, SSH lines, JWKs."""
        for path in self._holding(_PUBLIC):
            for material in dict.fromkeys(_materials(self._content(path))):
                yield PublicHalf(path=path, material=material)

    def private_files(self) -> list[str]:
        """Paths that hold a private key in the clear or encrypted; nothing else is known of them here."""
        return list(self._holding(_PRIVATE))

    def committers(self, path: str) -> list[Committer]:
        """Everyone who ever committed the file, on any branch, by mail (.mailmap applied), the last one first.

        Raises FatalError where nobody did.
        """
        output = self._git("log", "--all", "--format=%h%x00%aI%x00%aE%x00%cI%x00%cE", "--", f":(top,literal){path}")
        found: dict[str, Committer] = {}
        for line in output.decode(errors="replace").split("\n")[:-1]:
            commit, written, author, committed, committer = line.split("\0")
            for at, mail in ((written, author), (committed, committer)):
                found.setdefault(mail.casefold(), Committer(mail=mail, commit=commit, at=datetime.fromisoformat(at)))
        if not found:
            raise FatalError(
                f"{self.folder}: no commit holds {path}. Name a file by its path from the top of the repository."
            )
        return list(found.values())

    def _holding(self, pattern: str) -> Iterator[str]:
        output = self._git("grep", "-I", "-l", "-z", "--no-textconv", "-E", "-e", pattern, "HEAD", allowed=(0, 1))
        for name in output.decode(errors="surrogateescape").split("\0"):
            if name:
                yield name.removeprefix("HEAD:")

    def _content(self, path: str) -> bytes:
        size = self._git("cat-file", "-s", f"HEAD:{path}")
        return self._git("cat-file", "blob", f"HEAD:{path}") if int(size) <= _MOST_BYTES else b""

    def _git(self, *words: str, allowed: tuple[int, ...] = (0,)) -> bytes:
        settings = [part for setting in _HARMLESS for part in ("-c", setting)]
        try:
            done = subprocess.run(
                ["git", "-C", os.fspath(self.folder), "--no-pager", *settings, *words],
                capture_output=True,
                check=False,
                stdin=subprocess.DEVNULL,
                timeout=_MOST_SECONDS,
                env={**os.environ, **_ENVIRONMENT},
            )
        except FileNotFoundError as error:
            raise FatalError("git isn't installed here: without it no repository can be looked at.") from error
        except subprocess.TimeoutExpired as error:
            raise FatalError(f"{self.folder}: git {words[0]} took longer than {_MOST_SECONDS} seconds.") from error
        if done.returncode not in allowed:
            said = done.stderr.decode(errors="replace").strip().splitlines()
            raise FatalError(f"{self.folder}: {said[-1] if said else f'git {words[0]} ended with {done.returncode}'}")
        return done.stdout


def _materials(content: bytes) -> Iterator[str]:
    """Yield what of the content has a thumbprint; a key that has none, or is broken, says nothing."""
    text = content.decode(errors="replace")
    for key in (*_of_pem(content), *_of_lines(text), *_of_json(text)):
        if key:
            yield key


def _of_pem(content: bytes) -> Iterator[str]:
    for block in content.split(b"-----BEGIN ")[1:]:
        pem, end, _ = block.partition(b"-----END ")
        head = pem.partition(b"-----")[0]
        if not end or head not in {b"CERTIFICATE", b"PUBLIC KEY", b"RSA PUBLIC KEY"}:
            continue
        whole = b"-----BEGIN " + pem + b"-----END " + head + b"-----\n"
        try:
            certificate = head == b"CERTIFICATE"
            key = x509.load_pem_x509_certificate(whole).public_key() if certificate else load_pem_public_key(whole)
            yield material_of(key)
        except (ValueError, UnsupportedAlgorithm):
            continue


def _of_lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        if line.startswith(("ssh-", "ecdsa-sha2-")):
            try:
                yield material_of_ssh(line)
            except PublicKeyError:
                continue


def _of_json(text: str) -> Iterator[str]:
    try:
        value = cast("object", json.loads(text))
    except (ValueError, RecursionError):
        return
    whole = cast("dict[str, object]", value) if isinstance(value, dict) else {}
    keys = whole.get("keys", [whole])
    for key in cast("list[object]", keys) if isinstance(keys, list) else []:
        if isinstance(key, dict):
            try:
                yield material_of_jwk(cast("dict[str, object]", key))
            except PublicKeyError:
                continue
