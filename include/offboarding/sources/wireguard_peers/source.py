"""The source that the kind builds: a server's collected file, read anew for each call."""

from collections.abc import Iterator, Sequence

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
from offboarding.sources.wireguard_peers.collection import (
    PUBLIC_KEY,
    WireguardPeer,
    WireguardServer,
    read_collection,
)
from offboarding.sources.wireguard_peers.settings import WireguardSettings

_ACCOUNT = SubjectKind.ACCOUNT
REGISTER = OwnerRegister("public_key", PUBLIC_KEY, "public key")
"""No server knows whose a peer is."""
_SHOWN = 8
"""Letters of a key by which people tell it from others."""


class WireguardPeers:
    """One server's peers as a `Source`."""

    def __init__(self, settings: WireguardSettings, machine: str, context: ReadContext) -> None:
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
        """Yield every peer, and one ScopeRead of the realm at the end.

        Raises RetriableError where there's no file yet, FatalError where it or the register can't be read.
        """
        server, owners = self._read("inventory")
        yield from self._gaps(server)
        yield from self._accounts(server, owners)
        yield ScopeRead(realm=_realm(server), scope="", kinds=(_ACCOUNT,), error=self._not_whole(server, owners))

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield what may be one of these people's and isn't known yet. Raises as `collect`."""
        server, owners = self._read("inventory")
        yield ScopeRead(realm=_realm(server), scope="", kinds=())
        yield from self._gaps(server)
        yield from borne(self._accounts(server, owners), keys, known)
        if error := self._not_whole(server, owners):
            raise FatalError(error)

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Yield these peers as the newest file has them, each with a ScopeRead; one that isn't there, by that alone.

        Raises as `collect`.
        """
        if not accounts:
            return
        server, owners = self._read("detail")
        yield from self._gaps(server)
        there = {account.native_id: account for account in self._accounts(server, owners)}
        for ref in accounts:
            error = ""
            if ref.realm != _realm(server):
                # Another machine under the same name says nothing of what became of this one's peers.
                error = (
                    f"{self._where}: this is another machine than the account was seen on. If it was set up anew, the"
                    " next night tells; else mend the collection."
                )
            elif ref.native_id in there:
                yield there[ref.native_id]
            elif ref.native_id in server.peers:
                error = self._disputed(ref.native_id, 1)
            elif server.odd:
                error = self._odd(server)
            yield ScopeRead(realm=_realm(server), scope=ref.native_id, kinds=(_ACCOUNT,), error=error)

    def _read(self, purpose: str) -> tuple[WireguardServer, dict[str, tuple[str, ...]]]:
        server = self._file.read(purpose, read_collection)
        return server, REGISTER.read(f"sources.{self._settings.name}", self._settings.register_file)

    def _accounts(self, server: WireguardServer, owners: dict[str, tuple[str, ...]]) -> Iterator[Account]:
        """Yield each, but those that the register gives to more than one."""
        for key, peer in server.peers.items():
            whose = owners.get(key, ())
            if len(whose) < 2:
                yield self._account(server, key, peer, whose[0] if whose else "")

    def _account(self, server: WireguardServer, key: str, peer: WireguardPeer, login: str) -> Account:
        standing, reason = _judged(peer, server.odd)
        kind, origin = IdentityKeyKind.LOGIN, IdentityKeyOrigin.ATTRIBUTE
        named = (AccountKey(kind=kind, value=login, origin=origin, name="register"),) if login else ()
        return Account(
            realm=_realm(server),
            native_id=key,
            label=f"{login or 'peer'}@{self._machine} ({key[:_SHOWN]}...)",
            login=login,
            keys=named,
            standing=standing,
            standing_reason=reason,
            reached_by=self._machine,
            # A server asks nobody else, and knows of no directory.
            keeps_password=True,
            service_like=bool(login) and self._context.is_workload(login),
            last_used_at=peer.handshake_at,
        )

    def _not_whole(self, server: WireguardServer, owners: dict[str, tuple[str, ...]]) -> str:
        """Why there may be other peers than are told; "" where these are all."""
        sentences = [self._odd(server)] if server.odd else []
        if disputed := [key for key in server.peers if len(owners.get(key, ())) > 1]:
            sentences.append(self._disputed(disputed[0], len(disputed)))
        return " ".join(sentences)

    def _odd(self, server: WireguardServer) -> str:
        what = "may bring back a peer whose public key can't be read as one. Mend it"
        return f"{self._where}: nobody is gone while {server.odd[0]} {what}."

    def _disputed(self, key: str, number: int) -> str:
        more = f", and {number - 1} more," if number > 1 else ""
        return (
            f"{self._where}: the peer {key[:_SHOWN]}...{more} isn't checked: the register"
            f" {self._settings.register_file} names its key for more than one login. Leave the one that holds it."
        )

    def _gaps(self, server: WireguardServer) -> Iterator[Gap]:
        red = [f"in {file} a peer's public key can't be read as one: mend it" for file in dict.fromkeys(server.odd)]
        for text in (*red, *self._file.unlisted()):
            yield Gap(realm=_realm(server), text=f"{self._where}: {text}", red=True)
        yield Gap(
            realm=_realm(server),
            text=f"{self._where}: not looked at: interfaces in containers and network namespaces; peers that other"
            " software adds when an interface starts; what the firewall lets a peer reach",
            red=False,
        )


def _realm(server: WireguardServer) -> str:
    """The machine, whatever it's called."""
    return f"wireguard:{server.machine}"


def _judged(peer: WireguardPeer, odd: Sequence[str]) -> tuple[Standing, str]:
    """As good as the best of its interfaces. Packets from an address that isn't among a peer's allowed IPs are dropped
    (wg(8), AllowedIPs), and so are all of a peer that has none. `odd`: files that may list it in a way that isn't read.
    """
    open_at = [f"{name} ({counted(count, 'allowed IP')})" for name, count in peer.interfaces.items() if count]
    if open_at:
        return Standing.WORKS, f"WireGuard lets it in by {', '.join(open_at)}"
    where = f"on {', '.join(peer.interfaces)} without allowed IPs" if peer.interfaces else "on no interface that is up"
    if peer.files:
        files = ", ".join(peer.files)
        return Standing.UNKNOWN, f"WireGuard: {where}, and {files} brings it back when the interface starts"
    if odd:
        return Standing.UNKNOWN, f"WireGuard: {where}, and {odd[0]} may bring it back: a key there can't be read"
    return Standing.DEAD, f"WireGuard: {where}, and no file that was looked at brings it back"
