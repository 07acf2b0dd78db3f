"""Feeds that are OpenPGP messages (RFC 9580): decrypted, and signed by whom HR's certificate says.

sqop does it, in a process of its own. It speaks the Stateless OpenPGP interface: the private key comes to it through a
pipe, and what it decrypts comes back through another, so that neither lies in a file of a name, and as much of it as we
take is all that it unpacks (https://datatracker.ietf.org/doc/draft-dkg-openpgp-stateless-cli/).
"""

import io
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, BinaryIO, cast

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.net import plain_file
from offboarding.rosters.csv.bounds import BoundedStream, Digested, FileBounds, WrongFileError

PRIVATE_KEY, PASSPHRASE = OWN_FIELDS = ("pgp_private_key", "pgp_passphrase")
"""In a connection's extra; no business of a store's."""
MOST_BYTES_OF_A_KEY = 48 << 10
"""It's told at once through a pipe, which takes 64 KB."""
MOST_BYTES_OF_CERTIFICATES = 1 << 20
ARMORED = b"-----BEGIN PGP MESSAGE"
_PROGRAM = "sqop"
_CHUNK = 1 << 16
_PASSED_ON = ("PATH", "LD_LIBRARY_PATH", "TMPDIR")
_BEGINS = {1: (3, 6), 3: (4, 5, 6), 4: (3, 6), 8: (0, 1, 2, 3)}
"""Kinds of packets that a message begins with, and what each begins with: its version, or the way of packing."""
_MARKER = b"\x03PGP"
_WRONG = {
    29: (f"is encrypted, and not for {PRIVATE_KEY}", "Have it encrypted for that one, or mend the connection"),
    67: (f"can't be decrypted: {PRIVATE_KEY} has a passphrase, and {PASSPHRASE} isn't it", "Mend the connection"),
}
"""By exit status, as the interface defines them."""
_DAMAGED = (
    "is no whole OpenPGP message: it was cut off, or changed on its way",
    "See whether its delivery was still under way; else ask HR for the whole file",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKeys:
    """What opens HR's messages, and whose they must be."""

    private_key: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    certificates: Path | None = None
    """The file of those of which one must have signed; None where anybody's file is taken."""


def message_keys(connection: ConnectionFields | None, signed_by: str | None = None, where: str = "") -> MessageKeys:
    """Those of a roster. Raises ConfigError where one of them can't be right; `where` is the roster's place."""
    private_key, passphrase = _own_fields(connection)
    if connection and private_key and not _is_private(private_key, passphrase):
        raise ConfigError(
            f"{where}: connection {connection.conn_id}: {PRIVATE_KEY} in its extra is no private key, or too large. "
            "Write there what `gpg --armor --export-secret-keys` prints of one key, from its first line to its last."
        )
    certificates = None if signed_by is None else plain_file.PROJECT / signed_by
    if certificates and not _holds_certificates(certificates, where):
        raise ConfigError(
            f"{where}.signed_by: {certificates} holds no OpenPGP certificate. Have HR's exported into it: "
            "`gpg --armor --export`."
        )
    return MessageKeys(private_key=private_key, passphrase=passphrase, certificates=certificates)


def _own_fields(connection: ConnectionFields | None) -> tuple[str, str]:
    if connection is None:
        return "", ""
    private_key, passphrase = (str(connection.extra.get(name) or "") for name in OWN_FIELDS)
    return private_key.strip(), passphrase


def _is_private(text: str, passphrase: str) -> bool:
    kind = "PGP PRIVATE KEY BLOCK-----"
    fits = max(len(each.encode()) for each in (text, passphrase)) <= MOST_BYTES_OF_A_KEY
    return text.startswith(f"-----BEGIN {kind}") and text.endswith(f"-----END {kind}") and fits


def _holds_certificates(path: Path, where: str) -> bool:
    try:
        content = plain_file.read(path, MOST_BYTES_OF_CERTIFICATES)
    except OSError as error:
        raise ConfigError(
            f"{where}.signed_by: {path} can't be read ({error.strerror}). Put HR's OpenPGP certificate there."
        ) from error
    # Armored, or the packet of a public key, which begins with its version.
    binary = content[:1] in (b"\x98", b"\x99", b"\xc6")
    return (binary or b"-----BEGIN PGP PUBLIC KEY BLOCK" in content) and len(content) <= MOST_BYTES_OF_CERTIFICATES


def is_message(start: bytes) -> bool:
    """Whether a file that begins so is an OpenPGP message, armored or not."""
    if start.lstrip().startswith(ARMORED):
        return True
    if len(start) < len(_MARKER) + 1 or not start[0] & 0x80:
        return False
    if start[0] & 0x40:
        tag, octets = start[0] & 0x3F, 5 if start[1] == 255 else 2 if 192 <= start[1] < 224 else 1
    else:
        tag, octets = start[0] >> 2 & 0xF, (1, 2, 4, 0)[start[0] & 3]
    marker = start[1:].startswith(_MARKER)
    return marker or (len(start) > octets + 1 and start[octets + 1] in _BEGINS.get(tag, ()))


@contextmanager
def decrypted(message: BinaryIO, keys: MessageKeys, bounds: FileBounds) -> Generator[Digested]:
    """What a message holds. Raises WrongFileError where it can't be opened, isn't whole or isn't signed as it must be.

    It is gone through twice: nothing of it is looked at before it was seen to be whole, and signed.
    """
    if not keys.private_key:
        raise WrongFileError(
            "is encrypted with PGP, no delimited text",
            f"Write the private key as {PRIVATE_KEY} into the extra of the roster's connection, or have it decrypted "
            "where it is delivered",
        )
    program = shutil.which(_PROGRAM)
    if program is None:
        raise WrongFileError(
            f"is encrypted with PGP, and there is no {_PROGRAM} here that could decrypt it",
            f"Install {_PROGRAM} where the tasks run: Debian and Ubuntu have a package of that name",
        )
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(message, copy, _CHUNK)
        with _running(program, copy, keys, bounds) as plain:
            looked_through = BoundedStream(plain, bounds)
            while looked_through.read(_CHUNK):
                pass
        with _running(program, copy, keys, bounds) as plain:
            yield Digested(plain, bounds)


@contextmanager
def _running(program: str, message: IO[bytes], keys: MessageKeys, bounds: FileBounds) -> Generator[BinaryIO]:
    """What it holds, as the program tells it. It ends with the block, and when the time is up."""
    message.seek(0)
    read, write = os.pipe()
    private_key, passphrase = _through_a_pipe(keys.private_key), _through_a_pipe(keys.passphrase)
    inputs = [write, private_key, passphrase]
    command = [program, "decrypt", f"@FD:{private_key}"]
    command += [f"--with-key-password=@FD:{passphrase}"] if keys.passphrase else []
    if keys.certificates:
        command += [f"--verify-with={keys.certificates}", f"--verify-out=@FD:{write}"]
    with os.fdopen(read, "rb") as verified:
        try:
            process = subprocess.Popen(
                command,
                stdin=message,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                pass_fds=inputs,
                env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
            )
        finally:
            for each in inputs:
                os.close(each)
        watch = threading.Timer(max(0, bounds.until - time.monotonic()), process.kill)
        watch.start()
        try:
            yield cast("BinaryIO", _Decrypted(process, verified, keys, bounds))
        finally:
            watch.cancel()
            process.kill()
            process.communicate()


def _through_a_pipe(secret: str) -> int:
    """The end of a pipe from which it can be read once."""
    read, write = os.pipe()
    with os.fdopen(write, "wb") as file:
        file.write(secret.encode())
    return read


class _Decrypted(io.RawIOBase):
    """What the program tells, whose end is one only where the program says that all is well."""

    def __init__(
        self, process: subprocess.Popen[bytes], verified: IO[bytes], keys: MessageKeys, bounds: FileBounds
    ) -> None:
        super().__init__()
        self._process = process
        self._verified = verified
        self._keys = keys
        self._bounds = bounds
        self._ended = False

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override] - of any buffer
        """Up to a buffer full."""
        assert self._process.stdout
        chunk = os.read(self._process.stdout.fileno(), len(buffer))
        if not chunk and not self._ended:
            self._end()
            self._ended = True
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def _end(self) -> None:
        status = self._process.wait()
        self._bounds.check(0)
        if status:
            raise WrongFileError(*_WRONG.get(status, _DAMAGED))
        if self._keys.certificates and not self._verified.read().strip():
            raise WrongFileError(
                "bears no signature that holds: none at all, another's, or of a key that was revoked or had expired",
                f"See who put it there. Where HR signs by another key now, put its certificate into "
                f"{self._keys.certificates}",
            )
