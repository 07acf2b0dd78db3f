"""SSH public keys as sshd's AuthorizedKeysCommand would read them (sshd(8), AUTHORIZED_KEYS FILE FORMAT)."""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass

from offboarding.custody.thumbprints import ssh_fingerprint

_TYPE = re.compile(
    r"(?:ssh-(?:rsa|dss|ed25519|ed448)|ecdsa-sha2-nistp\d+|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com"
    r"|(?:ssh|ecdsa|sk)-[a-z0-9-]+-cert-v01@openssh\.com)"
)
# Options before the type hold no space outside double quotes; a quote inside is written \".
_OPTIONS = re.compile(r'(?:"(?:\\.|[^"\\])*"|[^\s"])+\s+')


@dataclass(frozen=True, slots=True, kw_only=True)
class SshKeySummary:
    """An SSH public key, without itself."""

    type: str
    """Such as "ssh-ed25519"."""
    fingerprint: str
    """As `ssh-keygen -l` prints it: "SHA256:" and base64 without padding."""
    comment: str

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.type} {self.fingerprint}" + (f" ({self.comment})" if self.comment else "")


class KeyFormatError(ValueError):
    """A line that is no public key. The text says why and never holds the line, which may be a private key."""


def lines(value: bytes) -> Iterator[str]:
    """The lines of one attribute value that sshd would look at: people paste whole files."""
    for line in value.decode("utf-8", "backslashreplace").split("\n"):
        if line.strip() and not line.lstrip().startswith("#"):
            yield line.strip()


def parse(line: str) -> SshKeySummary:
    """The key on one line. Raises KeyFormatError."""
    kind, body, comment = _fields(line)
    try:
        blob = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError) as error:
        raise KeyFormatError("its base64 is broken") from error
    # RFC 4253 6.6: the blob begins with its own type, as a string with a length of four octets.
    length = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + length] != kind.encode() or len(blob) <= 4 + length:
        raise KeyFormatError(f"its contents are no {kind} key")
    return SshKeySummary(type=kind, fingerprint=ssh_fingerprint(blob), comment=comment)


def _fields(line: str) -> tuple[str, str, str]:
    words = line.split(maxsplit=2)
    if not _TYPE.fullmatch(words[0]):
        options = _OPTIONS.match(line)
        words = line[options.end() :].split(maxsplit=2) if options else []
    if len(words) < 2 or not _TYPE.fullmatch(words[0]):
        raise KeyFormatError("it names no key type that OpenSSH knows, or holds no key")
    return words[0], words[1], words[2] if len(words) > 2 else ""
