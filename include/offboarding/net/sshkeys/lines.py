"""The lines of sshd's text files, read as sshd reads them.

sshd passes over a line that it can't read. Here it's reported, since it may be half of one that was cut off.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from offboarding.net.sshkeys.identity import IdentityError, SshCertificate, SshPublicKey, identity, shown

# Words are divided by spaces and tabs alone (OpenSSH, sshkey_read): any other white space is a part of its word.
_BLANK = " \t"
_KEY = re.compile(r"([^ \t]+)(?:[ \t]+([^ \t]+)(?:[ \t]+(.*))?)?", re.DOTALL)
_TYPE = re.compile(r"(?:(?:ssh|ecdsa|sk|webauthn)-[A-Za-z0-9@.+-]+|rsa-sha2-(?:256|512))")
# Options hold no space outside double quotes; a quote inside is written \" (OpenSSH, sshkey_advance_past_options).
# One way to read each character, as sshkey_advance_past_options has it, and none to try again.
_OPTIONS = re.compile(r'(?:\\"|"(?:\\"|(?!\\")[^"])*+"|(?!\\")[^ \t"])++')
_OPTION = re.compile(r'([A-Za-z0-9@.-]+)(?:="((?:\\"|(?!\\")[^"])*+)")?(?:,(?!$)|$)')
_EXPIRY = re.compile(r"(\d{8})(?:(\d{4})(\d{2})?)?(Z|UTC)?", re.ASCII | re.IGNORECASE)
_LAST_ZONE = timedelta(hours=12)
"""UTC-12: where a day ends last."""
_EXPIRY_TIME = "expiry-time"


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
    odd_options: bool = False
    """The options are not written as sshd(8) says, or expiry-time names no moment: sshd may refuse the line."""

    @property
    def is_authority(self) -> bool:
        """Whether it names an authority whose certificates the account accepts."""
        return "cert-authority" in self.options

    @property
    def fingerprint(self) -> str:
        """Of the key, or of the key that a certificate is for."""
        return (self.found.key if isinstance(self.found, SshCertificate) else self.found).fingerprint

    @property
    def label(self) -> str:
        """For people."""
        return f"{self.found.type} {self.fingerprint}" + (f" ({self.comment})" if self.comment else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A line that no sshd could use."""

    number: int
    why: str
    """A clause, which holds nothing of the line."""
    fix: str = "Collect the file anew, or mend the line"
    """Of a collected file."""

    @property
    def sentence(self) -> str:
        """Both, without a full stop."""
        return f"{self.why}. {self.fix}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _LeadingOptions:
    """What stands before a key."""

    names: tuple[str, ...] = ()
    expires_at: datetime | None = None
    odd: bool = False


def lines(body: bytes, *, options: bool) -> Iterator[KeyFileLine | Unread]:
    """Each line but empty ones and comments. `options`: they may stand before a key, as in authorized_keys.

    A line feed alone ends one, and a NUL hides the rest of it, as with getline(3): of what stands before the NUL it's
    told what it is, and of the rest that it wasn't read.
    """
    for number, raw in enumerate(body.decode("utf-8", "backslashreplace").split("\n"), 1):
        read, nul, _ = raw.partition("\0")
        text = read.lstrip(_BLANK)
        if nul:
            yield Unread(number=number, why="holds a NUL, and what stands behind it isn't read")
        if text.strip() and not text.startswith("#"):
            yield _line(number, text, options=options)


def fingerprint_of_key(text: str, *, options: bool = False) -> tuple[str, str]:
    """("SHA256:...", "ssh-ed25519 SHA256:...") of the one public key in a text; ("", its first word) where there is
    none, or more than one.
    """
    found = list(lines(text.encode("utf-8", "surrogatepass"), options=options))
    if len(found) == 1 and isinstance(found[0], KeyFileLine) and isinstance(found[0].found, SshPublicKey):
        return found[0].fingerprint, f"{found[0].found.type} {found[0].fingerprint}"
    return "", shown(text.partition(" ")[0])[:40]


def _line(number: int, text: str, *, options: bool) -> KeyFileLine | Unread:
    """As sshd does (auth_check_authkey_line): a key, else options and a key."""
    found = _key(number, text, _LeadingOptions())
    if isinstance(found, Unread):
        match = _OPTIONS.match(text)
        behind = text[match.end() :].lstrip(_BLANK) if match else ""
        second = _key(number, behind, _options(match[0])) if match and behind else found
        if isinstance(second, KeyFileLine) and not options:
            why = "begins with options, which sshd doesn't take here"
            return Unread(number=number, why=why, fix="Take them out")
        # Of two reasons the one of the word that is a type.
        found = second if isinstance(second, KeyFileLine) or not _begins_with_type(text) else found
    if options and isinstance(found, KeyFileLine) and isinstance(found.found, SshCertificate):
        why = "is a certificate, which sshd takes from clients alone"
        return Unread(number=number, why=why, fix="Take the line out")
    return found


def _begins_with_type(text: str) -> bool:
    match = _KEY.match(text)
    return bool(match and _TYPE.fullmatch(match[1].rstrip()))


def _key(number: int, text: str, before: _LeadingOptions) -> KeyFileLine | Unread:
    match = _KEY.match(text)
    if match is None or not _TYPE.fullmatch(match[1].rstrip()):
        return Unread(number=number, why="holds no SSH key", fix="Take the line out, or collect the file anew")
    kind, body, comment = match.groups()
    if not body or not body.strip() or kind != kind.rstrip():
        return Unread(number=number, why=f"ends after {shown(kind)}")
    try:
        found = identity(kind, body)
    except Exception as error:  # noqa: BLE001 - a parser of what strangers write
        why = error if isinstance(error, IdentityError) else "its contents can't be decoded"
        return Unread(number=number, why=f"is no key: {why}")
    return KeyFileLine(
        number=number,
        found=found,
        comment=shown(comment or ""),
        options=before.names,
        expires_at=before.expires_at,
        odd_options=before.odd,
    )


def _options(text: str) -> _LeadingOptions:
    """Return what a list of options says, read from its beginning as sshauthopt_parse reads it: the first end counts.

    What cannot be read costs none of the names before it, and is odd.
    """
    found, at = list[tuple[str, str]](), 0
    while match := _OPTION.match(text, at):
        found.append((match[1].lower(), match[2] or ""))
        at = match.end()
    ends = [_expiry(value) for name, value in found if name == _EXPIRY_TIME]
    return _LeadingOptions(
        names=tuple(name for name, _ in found),
        expires_at=min((end for end in ends if end), default=None),
        odd=at < len(text) or None in ends,
    )


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
