"""What `collect.sh` tells of a server, taken apart strictly: what was cut off, or is written otherwise, is none."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from offboarding.sources._collected import CollectionError, framed, plain

PUBLIC_KEY = re.compile(r"[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=")
"""32 bytes (wg(8))."""
_MACHINE = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"\d{1,15}")


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
class WireguardServer:
    """A machine."""

    made_at: datetime | None = None
    name: str = ""
    """What it calls itself."""
    machine: str = ""
    """Made of its machine-id."""
    expected: int = -1
    """How many lines tell of peers."""
    lines: int = 0
    peers: dict[str, WireguardPeer] = field(default_factory=dict[str, WireguardPeer])
    """By public key."""
    odd: list[str] = field(default_factory=list[str])
    """Files in which what stands in a peer's public key's place is none."""


def read_collection(body: bytes) -> WireguardServer:
    """The machine. Raises CollectionError."""
    found = WireguardServer()
    for number, row in enumerate(framed(body, "wireguard_peers"), 2):
        word, _, rest = row.decode("utf-8", "backslashreplace").partition(" ")
        try:
            _WORDS[word](found, rest)
        except CollectionError:
            raise
        except (ValueError, LookupError, OverflowError):
            raise CollectionError(f"line {number} isn't as collect.sh writes it. Collect it anew") from None
    if found.lines != found.expected:
        raise CollectionError(
            f"tells of peers in {found.lines} lines where it should in {max(found.expected, 0)}. Collect it anew"
        )
    if not (found.made_at and found.machine and found.name):
        raise CollectionError("lacks what collect.sh always tells. Collect it anew")
    return found


def _refused(found: WireguardServer, text: str) -> None:
    del found
    raise CollectionError(f"tells nothing: on that machine {plain(text)} (docs/permissions/wireguard_peers.md)")


def _at(found: WireguardServer, text: str) -> None:
    found.made_at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _name(found: WireguardServer, text: str) -> None:
    found.name = plain(text)


def _machine(found: WireguardServer, text: str) -> None:
    if not _MACHINE.fullmatch(text):
        raise ValueError
    found.machine = text


def _lines(found: WireguardServer, text: str) -> None:
    found.expected = _number(text)


def _peer(found: WireguardServer, text: str) -> None:
    """An interface that is up, a key, its latest handshake, and the number of its allowed IPs."""
    interface, key, handshake, addresses = text.split(" ")
    peer, seconds = _of(found, key), _number(handshake)
    if not interface or interface in peer.interfaces:
        raise ValueError
    peer.interfaces[interface] = _number(addresses)
    if seconds:
        at = datetime.fromtimestamp(seconds, UTC)
        peer.handshake_at = max(peer.handshake_at or at, at)
    found.lines += 1


def _kept(found: WireguardServer, text: str) -> None:
    key, _, file = text.partition(" ")
    peer = _of(found, key)
    if not file:
        raise ValueError
    if file not in peer.files:
        peer.files.append(file)
    found.lines += 1


def _odd(found: WireguardServer, text: str) -> None:
    found.odd.append(text)
    found.lines += 1


_WORDS: Mapping[str, Callable[[WireguardServer, str], None]] = {
    "at": _at,
    "kept": _kept,
    "lines": _lines,
    "machine": _machine,
    "name": _name,
    "odd": _odd,
    "peer": _peer,
    "refused": _refused,
}


def _of(found: WireguardServer, key: str) -> WireguardPeer:
    if not PUBLIC_KEY.fullmatch(key):
        raise ValueError
    return found.peers.setdefault(key, WireguardPeer())


def _number(text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ValueError
    return int(text)
