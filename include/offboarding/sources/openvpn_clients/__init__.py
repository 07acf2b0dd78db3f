"""Kind `openvpn_clients`: whose certificates an OpenVPN server lets in (docs/configuration/openvpn_clients.md).

`collect.sh` tells of a server, on the server, and tells no key. Read from below: `collection` takes that apart,
`issued` which certificates there are, `admission` whether a server lets one in, `source` tells accounts.
"""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.sources._collected import files
from offboarding.sources.openvpn_clients.settings import OpenvpnSettings

Settings = OpenvpnSettings


def build(settings: OpenvpnSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> Source:
    """The source of one server; no file is opened before its first fact is wanted."""
    from offboarding.sources.openvpn_clients.source import OpenvpnClients  # noqa: PLC0415 - it brings cryptography

    del connection
    return OpenvpnClients(settings, part, context)


def propose(where: str, connection: ConnectionFields | None, asker: Chooser) -> Proposal:
    """What a first configuration should say of a folder of them."""
    del connection, asker
    return files.propose(
        where,
        "openvpn_clients",
        "Where the authority isn't on a server, say by issued_folders where its index.txt and its certificates lie.",
    )
