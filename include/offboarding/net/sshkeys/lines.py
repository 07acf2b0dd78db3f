"""The lines of sshd's text files, read as sshd reads them.

sshd passes over a line that it can't read. Here it's told, since it may be half of one that was cut off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offboarding.net.sshkeys.identity import CERTIFICATE, IdentityError, SshCertificate, SshPublicKey, identity, shown

_TYPE = re.compile(r"(?:ssh|ecdsa|sk|webauthn)-[A-Za-z0-9@.+-]+")
# Options hold no space outside double quotes; a quote inside is written \" (OpenSSH, sshkey_advance_past_options).
# One way to read each character, as sshkey_advance_past_options has it, and none to try again.
_OPTIONS = re.compile(r'(?:\\"|"(?:\\"|(?!\\")[^"])*+"|(?!\\")[^\s"])++')
_OPTION = re.compile(r'([A-Za-z0-9@.-]+)(?:="((?:\\"|(?!\\")[^"])*+)")?(?:,|$)')
_EXPIRY = re.compile(r"(\d{8})(\d{4})?(\d{2})?(Z?)")
_LAST_ZONE = timedelta(hours=12)
"""UTC-12: where a day ends last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFileLine:
    """A line that holds a key."""

    number: int
    """From 1."""
    found: SshPublicKey | SshCertificate
    comment: str
    """What stands behind the key, for people."""
    options: tuple[str, ...] = ()
    """Names in small letters, in their order; their values may hold secrets (command="..."), so they aren't kept."""
    expires_at: datetime | None = None
    """By expiry-time; a host's own time is taken for the latest that it can be."""

    @property
    def is_authority(self) -> bool:
        """Whether it names an authority whose certificates the account accepts."""
        return "cert-authority" in self.options


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line that no sshd could use."""

    number: int
    why: str
    """A clause with the fix, which holds nothing of the line."""


def lines(body: bytes, *, options: bool) -> Iterator[KeyFileLine | Unread]:
    """Each line but empty ones and comments. `options`: they may stand before a key, as in authorized_keys.

    A line feed alone ends one, and a NUL hides the rest of it, as with getline(3): of what stands before the NUL it's
    told what it is, and of the rest that it wasn't read.
    """
    for number, raw in enumerate(body.decode("utf-8-sig", "backslashreplace").split("\n"), 1):
        read, nul, _ = raw.partition("\0")
        text = read.strip()
        if nul:
            why = "holds a NUL, and what stands behind it isn't read. Collect the file anew, or mend the line"
            yield Unread(number=number, why=why)
        if text and not text.startswith("#"):
            yield _line(number, text, options=options)


def _line(number: int, text: str, *, options: bool) -> KeyFileLine | Unread:
    words, leading = text.split(maxsplit=2), ""
    if not _TYPE.fullmatch(words[0]):
        match = _OPTIONS.match(text)
        leading = match[0] if match else ""
        words = text[len(leading) :].split(maxsplit=2)
        if not leading or not words or not _TYPE.fullmatch(words[0]):
            return Unread(number=number, why="holds no SSH key. Take the line out, or collect the file anew")
        if not options:
            return Unread(number=number, why="begins with options, which sshd doesn't take here. Take them out")
    if len(words) < 2:
        return Unread(number=number, why=f"ends after {shown(words[0])}. Collect the file anew, or mend the line")
    try:
        found = identity(words[0], words[1])
    except Exception as error:  # noqa: BLE001 - a parser of what strangers write
        why = error if isinstance(error, IdentityError) else "its contents can't be decoded"
        return Unread(number=number, why=f"is no key: {why}. Collect the file anew, or mend the line")
    if options and words[0].endswith(CERTIFICATE):
        return Unread(number=number, why="is a certificate, which sshd takes from clients alone. Take the line out")
    comment = shown(words[2]) if len(words) > 2 else ""
    names, expiry = _options(leading)
    return KeyFileLine(number=number, found=found, comment=comment, options=names, expires_at=_expiry(expiry))


def _options(text: str) -> tuple[tuple[str, ...], str]:
    """Their names, and what expiry-time says."""
    found = [(match[1].lower(), match[2] or "") for match in _OPTION.finditer(text)]
    return tuple(name for name, _ in found), next((value for name, value in found if name == "expiry-time"), "")


def _expiry(text: str) -> datetime | None:
    """A day or moment, in UTC with a Z, else in the host's own zone, which isn't known here (sshd(8))."""
    match = _EXPIRY.fullmatch(text)
    if match is None:
        return None
    try:
        at = datetime.strptime(match[1] + (match[2] or "0000") + (match[3] or "00"), "%Y%m%d%H%M%S").replace(tzinfo=UTC)
        return at if match[4] else at + _LAST_ZONE
    except (ValueError, OverflowError):
        return None
