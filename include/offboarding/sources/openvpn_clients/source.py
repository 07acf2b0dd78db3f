"""The source that the kind builds: a machine's collected file, read anew for each call."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from offboarding.interfaces import ReadContext
from offboarding.model import (
    Account,
    AccountKey,
    AccountRef,
    Fact,
    Gap,
    IdentityKey,
    IdentityKeyKind,
    IdentityKeyOrigin,
    RequestCounts,
    ScopeRead,
    Standing,
    SubjectKind,
    counted,
)
from offboarding.model.errors import FatalError
from offboarding.sources._bearers import borne
from offboarding.sources._collected.files import MachineFile
from offboarding.sources._owners import OwnerRegister
from offboarding.sources.openvpn_clients.admission import judged
from offboarding.sources.openvpn_clients.collection import read_collection
from offboarding.sources.openvpn_clients.folders import kept_folder
from offboarding.sources.openvpn_clients.issued import Issued, IssuedCertificate, authority_id, issued_in
from offboarding.sources.openvpn_clients.server import VpnServer, served
from offboarding.sources.openvpn_clients.settings import OpenvpnSettings

_ACCOUNT = SubjectKind.ACCOUNT
REGISTER = OwnerRegister("common_name", re.compile(r".+"), "common name")
"""A name is often a device's."""
_FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadMachine:
    """A machine, taken apart."""

    realm: str
    servers: list[VpnServer]
    issued: Issued
    owners: dict[str, tuple[str, ...]]
    seen: dict[str, datetime]
    """Common names that are connected, as of when."""


class OpenvpnClients:
    """One machine's OpenVPN servers as a `Source`."""

    def __init__(self, settings: OpenvpnSettings, machine: str, context: ReadContext) -> None:
        self._settings = settings
        self._machine = machine
        self._context = context
        self._file = MachineFile(settings, machine, context)
        self._where = self._file.where

    @property
    def requests(self) -> RequestCounts:
        """Files so far."""
        return self._file.requests

    def collect(self) -> Iterator[Fact]:
        """Yield every certificate, and one ScopeRead of the realm at the end.

        Raises RetriableError where there's no file yet, FatalError where it, a folder or the register can't be read.
        """
        read = self._read("inventory")
        yield from self._gaps(read)
        yield from self._accounts(read)
        yield ScopeRead(realm=read.realm, scope="", kinds=(_ACCOUNT,), error=self._not_whole(read))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what may be one of these people's and isn't known yet. Raises as `collect`."""
        read = self._read("inventory")
        yield ScopeRead(realm=read.realm, scope="", kinds=())
        yield from self._gaps(read)
        yield from borne(self._accounts(read), keys, known)
        if error := self._not_whole(read):
            raise FatalError(error)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these certificates as the newest file has them, each with a ScopeRead.

        One whose record is gone is shown gone only where every server refuses its number. Raises as `collect`.
        """
        if not accounts:
            return
        read = self._read("detail")
        yield from self._gaps(read)
        there = {account.native_id: account for account in self._accounts(read)}
        for ref in accounts:
            error = ""
            if ref.realm != read.realm:
                # Another machine under the same name says nothing of what this one let in.
                error = (
                    f"{self._where}: this is another machine than the account was seen on. If it was set up anew, the"
                    " next night tells; else mend the collection."
                )
            elif ref.native_id in there:
                yield there[ref.native_id]
            elif ref.native_id in read.issued.certificates:
                error = self._disputed(1)
            else:
                error = self._still_works(read, ref.native_id)
            yield ScopeRead(realm=read.realm, scope=ref.native_id, kinds=(_ACCOUNT,), error=error)

    def _still_works(self, read: ReadMachine, native_id: str) -> str:
        """Why a certificate that nobody lists any more isn't gone: a deleted file shuts no door."""
        issuer, _, serial = native_id.partition(":")
        unlisted = IssuedCertificate(issuer=issuer, serial=int(serial, 16), ends_at=_FOREVER)
        standing, reason = judged(read.servers, unlisted, read.issued.authorities, self._context.as_of)
        if standing is Standing.DEAD:
            return ""
        return (
            f"{self._where}: what the authority kept of the certificate number {serial} is gone, and that shuts it"
            f" nowhere ({reason}). Revoke it by its number, or put its record back."
        )

    def _read(self, purpose: str) -> ReadMachine:
        machine = self._file.read(purpose, read_collection)
        where = f"sources.{self._settings.name}"
        folders = [kept_folder(where, path) for path in self._settings.issued_folders]
        servers = [server for each in machine.servers if (server := served(each))]
        return ReadMachine(
            realm=f"openvpn:{machine.machine}",
            servers=servers,
            issued=issued_in([*machine.folders, *folders]),
            owners=REGISTER.read(where, self._settings.register_file),
            seen=_seen(servers),
        )

    def _accounts(self, read: ReadMachine) -> Iterator[Account]:
        """Yield each, but those that the register gives to more than one, or whose number isn't one certificate's."""
        for native_id, certificate in read.issued.certificates.items():
            whose = read.owners.get(certificate.common_name, ())
            if len(whose) < 2 and native_id not in read.issued.twice:
                yield self._account(read, certificate, whose[0] if whose else "")

    def _account(self, read: ReadMachine, certificate: IssuedCertificate, registered: str) -> Account:
        standing, reason = judged(read.servers, certificate, read.issued.authorities, self._context.as_of)
        login = registered or certificate.common_name
        keys = [(IdentityKeyKind.LOGIN, login, "register" if registered else "common name")] if login else []
        keys += [(IdentityKeyKind.MAIL, mail, "certificate's mail") for mail in certificate.mails]
        origin = IdentityKeyOrigin.ATTRIBUTE
        return Account(
            realm=read.realm,
            native_id=certificate.native_id,
            label=f"{login or 'certificate'}@{self._machine} (number {certificate.serial:x}, {certificate.issuer[:6]})",
            login=login,
            display_name=certificate.common_name,
            keys=tuple(AccountKey(kind=kind, value=value, origin=origin, name=name) for kind, value, name in keys),
            created_at=certificate.starts_at,
            standing=standing,
            standing_reason=reason,
            reached_by=self._machine,
            # A certificate is asked by the server itself; where a script is asked as well, it's never said to work.
            keeps_password=True,
            service_like=bool(login) and self._context.is_workload(login),
            last_used_at=None if standing is Standing.DEAD else read.seen.get(certificate.common_name),
        )

    def _not_whole(self, read: ReadMachine) -> str:
        """Why there may be others than are told; "" where these are all."""
        sentences = [f"{self._where}: {text}." for text in (*read.issued.odd[:1], *_unlisted(read)[:1])]
        disputed = [
            each for each in read.issued.certificates.values() if len(read.owners.get(each.common_name, ())) > 1
        ]
        number = len({each.native_id for each in disputed} | read.issued.twice)
        return " ".join((*sentences, self._disputed(number))) if number else " ".join(sentences)

    def _disputed(self, number: int) -> str:
        return (
            f"{self._where}: {counted(number, 'certificate')} can't be checked: the register"
            f" {self._settings.register_file} names it for more than one login, or two have one number. Leave the one"
            " that holds it."
        )

    def _gaps(self, read: ReadMachine) -> Iterator[Gap]:
        red = [*_odd(read), *read.issued.odd, *_unlisted(read), *self._file.unlisted()]
        for text in dict.fromkeys(red):
            yield Gap(realm=read.realm, text=f"{self._where}: {text}", red=True)
        yield Gap(
            realm=read.realm,
            text=f"{self._where}: not looked at: certificates that no collected record tells of; what scripts, plugins"
            " and passwords decide; what the firewall lets a client reach",
            red=False,
        )


def _odd(read: ReadMachine) -> Iterator[str]:
    """Yield what lets people in that no certificate here tells of."""
    for server in read.servers:
        if server.odd:
            yield f"whom {server.path} lets in can't be told: {server.odd[0]}"
        if server.static_key:
            yield (
                f"{server.path} is in static key mode: whoever has its file gets in, and nobody is told apart. Write"
                " the file into the custody register, or use certificates"
            )
        elif server.passwords_alone:
            yield f"{server.path} lets in without a certificate, as {', '.join(server.more) or 'nobody'} decides"
    known = {each.common_name for each in read.issued.certificates.values()}
    if strangers := len(read.seen.keys() - known):
        who = f"{counted(strangers, 'client')} connected by a name that no collected certificate bears"
        yield f"{who}: collect what was issued"


def _unlisted(read: ReadMachine) -> list[str]:
    """Authorities that let in, of which nothing tells whom."""
    return [
        f"{server.path} trusts an authority ({authority_id(each.subject)[:6]}), and nothing says what that issued: name"
        " a folder with its index.txt in issued_folders"
        for server in read.servers
        for each in server.authorities
        if server.asks_certificate and not read.issued.tell_of(each)
    ]


def _seen(servers: Iterable[VpnServer]) -> dict[str, datetime]:
    found: dict[str, datetime] = {}
    for server in servers:
        # Elsewhere it's a user's name, and says nothing of whose certificate was used.
        for name, at in server.connected.items() if server.by_name else ():
            found[name] = max(found.get(name, at), at)
    return found
