"""Kind `wireguard_peers`: whom a WireGuard server lets in (docs/configuration/wireguard_peers.md).

`collect.sh` tells of a server, on the server, and never asks for a private or a preshared key. Read from below:
`collection` takes that apart, `source` tells accounts.
"""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.sources._collected import files
from offboarding.sources.wireguard_peers.settings import WireguardSettings
from offboarding.sources.wireguard_peers.source import WireguardPeers

Settings = WireguardSettings


def build(settings: WireguardSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> Source:
    """The source of one server; no file is opened before its first fact is wanted."""
    del connection
    return WireguardPeers(settings, part, context)


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """What a first configuration should say of a folder of them."""
    del connection, asker
    return files.propose(
        where,
        "wireguard_peers",
        "A peer has no name: write a register of whose key is whose, and say where it lies by register_file.",
    )
