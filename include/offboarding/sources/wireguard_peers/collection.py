"""What `collect.sh` tells of a server, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from offboarding.model.days import epoch_moment
from offboarding.sources._collected.lines import CollectedMachine, number_in, take_counted

PUBLIC_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
"""32 bytes (wg(8))."""


@dataclass(slots=True, kw_only=True)
class WireguardPeer:
    """A public key, wherever on the machine it stands."""

    interfaces: dict[str, int] = field(default_factory=dict[str, int])
    """Those that are up and list it, each with the number of its allowed IPs."""
    handshake_at: datetime | None = None
    """The latest; None where there was none since the interface began."""
    files: list[str] = field(default_factory=list[str])
    """Those by which it comes back when an interface starts."""


@dataclass(slots=True, kw_only=True)
class WireguardServer(CollectedMachine):
    """A machine."""

    peers: dict[str, WireguardPeer] = field(default_factory=dict[str, WireguardPeer])
    """By public key."""
    odd: list[str] = field(default_factory=list[str])
    """Files in which what stands in a peer's public key's place is none."""


def read_collection(body: bytes) -> WireguardServer:
    """The machine. Raises CollectionError."""
    return take_counted(body, "wireguard_peers", WireguardServer(), _WORDS, "peers")


def _peer(found: WireguardServer, text: str) -> None:
    """An interface that is up, a key, its latest handshake, and the number of its allowed IPs."""
    interface, key, handshake, addresses = text.split(" ")
    peer, seconds = _of(found, key), number_in(handshake)
    if not interface or interface in peer.interfaces:
        raise ValueError
    peer.interfaces[interface] = number_in(addresses)
    if seconds and (at := epoch_moment(seconds)):
        peer.handshake_at = max(peer.handshake_at or at, at)


def _kept(found: WireguardServer, text: str) -> None:
    key, _, file = text.partition(" ")
    peer = _of(found, key)
    if not file:
        raise ValueError
    if file not in peer.files:
        peer.files.append(file)


def _odd(found: WireguardServer, text: str) -> None:
    found.odd.append(text)


_WORDS: Mapping[str, Callable[[WireguardServer, str], None]] = {
    "kept": _kept,
    "odd": _odd,
    "peer": _peer,
}


def _of(found: WireguardServer, key: str) -> WireguardPeer:
    if not PUBLIC_KEY.fullmatch(key):
        raise ValueError
    return found.peers.setdefault(key, WireguardPeer())
