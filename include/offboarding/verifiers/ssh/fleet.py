"""A fleet's files, sorted by what they are to sshd."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.net.sshkeys.identity import SshCertificate
from offboarding.net.sshkeys.lines import KeyFileLine, Unread, lines
from offboarding.verifiers._collected.folder import CollectedFile, Folder, fits
from offboarding.verifiers.ssh.entries import CollectedCertificate, Role, TrustedKey, TrustedLine
from offboarding.verifiers.ssh.revocation import KRL_MAGIC, Revocations
from offboarding.verifiers.ssh.settings import Fleet

_LINES_TOLD = 3
"""Of one file: a web page in its place has hundreds."""


@dataclass(slots=True, kw_only=True)
class Collected:
    """What was found in a fleet's folder."""

    folder: Folder
    entries: dict[str, TrustedKey] = field(default_factory=dict[str, TrustedKey])
    """Native id -> the key."""
    certificates: dict[str, CollectedCertificate] = field(default_factory=dict[str, CollectedCertificate])
    revocations: list[tuple[str, Revocations]] = field(default_factory=list[tuple[str, Revocations]])
    """(host, list) each."""

    def add(self, role: Role, file: CollectedFile, line: KeyFileLine) -> None:
        """Another place of a key."""
        if isinstance(line.found, SshCertificate):
            return
        place = TrustedLine(
            host=file.host,
            path=file.path,
            line=line.number,
            comment=line.comment,
            options=line.options,
            expires_at=line.expires_at,
            odd_options=line.odd_options,
        )
        entry = TrustedKey(role=role, key=line.found)
        self.entries.setdefault(entry.native_id, entry).places.append(place)


def read_fleet(fleet: Fleet, where: str, as_of: datetime) -> Collected:
    """All of a fleet's files. Raises FatalError where the folder can't be listed."""
    collected = Collected(folder=Folder(fleet, where, as_of))
    patterns = (*fleet.krl, *fleet.certificates, *fleet.trusted_ca, *fleet.authorized_keys)
    for file in collected.folder.files(_any_of(patterns)):
        if file.private:
            collected.folder.problem(
                file.path, "holds a private key, so nothing of it was read. Collect it anew without"
            )
        elif _any_of(fleet.krl)(file.path):
            collected.revocations.append((file.host, Revocations(path=file.path, body=file.body)))
        elif _any_of(fleet.certificates)(file.path):
            _certificates(collected, file, own=True)
        elif _any_of(fleet.trusted_ca)(file.path):
            for line in _lines(collected, file, options=False):
                if isinstance(line.found, SshCertificate):
                    collected.folder.problem(file.path, f"line {line.number} is a certificate, not an authority's key")
                collected.add(Role.CA, file, line)
        else:
            for line in _lines(collected, file, options=True):
                collected.add(Role.ACCOUNT_CA if line.is_authority else Role.KEY, file, line)
    return collected


def read_certificates(fleet: Fleet, where: str, as_of: datetime, into: Collected) -> Sequence[str]:
    """Add the certificates that lie among another fleet's files. Returns what couldn't be read there.

    Raises FatalError as `read_fleet`.
    """
    other = Collected(folder=Folder(fleet, where, as_of))
    wanted = _any_of(fleet.certificates)
    for file in other.folder.files(wanted):
        if not file.private and wanted(file.path) and not _any_of(fleet.krl)(file.path):
            _certificates(other, file, own=False)
    for native_id, held in other.certificates.items():
        into.certificates.setdefault(native_id, held)
    return other.folder.problems


def _certificates(collected: Collected, file: CollectedFile, *, own: bool) -> None:
    for line in _lines(collected, file, options=False):
        if isinstance(line.found, SshCertificate):
            held = CollectedCertificate(certificate=line.found, path=file.path, line=line.number, own=own)
            collected.certificates.setdefault(held.native_id, held)
        else:
            collected.folder.problem(file.path, f"line {line.number} is a plain key, not a certificate. Take it out")


def _lines(collected: Collected, file: CollectedFile, *, options: bool) -> Iterator[KeyFileLine]:
    """Those that hold a key; the others are problems."""
    if file.body.startswith(KRL_MAGIC) or (b"\0" in file.body and not file.body.strip(b"\0\r\n")):
        collected.folder.problem(file.path, "holds no text but binary data. Collect it anew, or mend the patterns")
        return
    unread = 0
    for line in lines(file.body, options=options):
        if isinstance(line, KeyFileLine):
            yield line
            continue
        unread += 1
        if unread <= _LINES_TOLD:
            collected.folder.problem(file.path, _sentence(line))
    if unread > _LINES_TOLD:
        collected.folder.problem(file.path, f"has {unread - _LINES_TOLD} more such lines")


def _sentence(line: Unread) -> str:
    return f"line {line.number} {line.sentence}"


def _any_of(patterns: Sequence[str]) -> Callable[[str], bool]:
    return lambda path: any(fits(path, pattern) for pattern in patterns)
