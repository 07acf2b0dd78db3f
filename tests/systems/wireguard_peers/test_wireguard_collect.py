"""What the script tells of a WireGuard server, beside a `wg` that answers as the real one does."""

import base64
from pathlib import Path

import pytest

from offboarding.sources import wireguard_peers
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.wireguard_peers.collection import WireguardServer, read_collection
from tests.support.ssh_host import SshHost, ssh_host, ssh_host_running

pytestmark = pytest.mark.hosts

__all__ = ["ssh_host", "ssh_host_running"]  # fixtures

COLLECT = Path(wireguard_peers.__file__).with_name("collect.sh")
SECRET = base64.b64encode(b"canary of a private or preshared").decode()
ALICE, BOB, CARL, DORA, ERIN, FAYE = (base64.b64encode(bytes([number]) * 32).decode() for number in range(1, 7))
WG = f"""#!/bin/sh
case "$2 $3" in
"interfaces ") echo ${{INTERFACES-wg0 wg1}} ;;
"wg0 latest-handshakes") printf '{ALICE}\t1763888400\n{BOB}\t0\n' ;;
"wg0 allowed-ips") printf '{ALICE}\t10.0.0.2/32 fd00::2/128\n{BOB}\t(none)\n' ;;
"wg1 latest-handshakes") [ -z "$BROKEN" ] || exit 1 ;;
"wg1 allowed-ips") ;;
*) echo '{SECRET}' ;;
esac
"""
FILES = {
    "/etc/wireguard/wg0.conf": f"""[Interface]
PrivateKey = {SECRET}
# alice's laptop
[Peer]
PublicKey = {ALICE}
PresharedKey = {SECRET}
AllowedIPs = 10.0.0.2/32
[PEER]
 publickey={BOB}# bob
#[Peer]
#PublicKey = {CARL}
[Peer]
PublicKey = {SECRET[:20]}
""",
    "/etc/systemd/network/wg1.netdev": f"""[WireGuard]
PrivateKey={SECRET}
[WireGuardPeer]
PublicKey={DORA}
PresharedKey={SECRET}""",
    "/run/systemd/network/10-netplan-wg2.netdev": f"""[WireGuard]
PrivateKey={SECRET}

[WireGuardPeer]
PublicKey={FAYE}
AllowedIPs=10.0.0.7/32
""",
    "/etc/NetworkManager/system-connections/a vpn.nmconnection": f"""[wireguard]
private-key={SECRET}

[wireguard-peer.{ERIN}]
preshared-key={SECRET}
""",
}


@pytest.fixture
def server(ssh_host: SshHost) -> SshHost:
    folders = "/etc/wireguard /etc/systemd/network /run/systemd/network /etc/NetworkManager/system-connections"
    ssh_host.do("mountpoint -q /usr/local/sbin || mount -t tmpfs tmpfs /usr/local/sbin")
    ssh_host.do(f"rm -rf {folders}; mkdir -p {folders}")
    ssh_host.do('printf "%s" "$1" > /usr/local/sbin/wg; chmod 755 /usr/local/sbin/wg', WG)
    for path, text in FILES.items():
        ssh_host.do('printf "%s" "$2" > "$1"', path, text)
    return ssh_host


def told(server: SshHost, **environment: str) -> WireguardServer:
    """By a collection that is made now."""
    text = server.do('sh "$1" || true', str(COLLECT), **environment)
    assert SECRET[:20] not in text
    return read_collection(text.encode())


def test_it_tells_peers_and_what_brings_them_back_and_nothing_secret(server: SshHost) -> None:
    found = told(server)

    conf, netdev, made, connection = FILES
    assert {key: (peer.interfaces, peer.files) for key, peer in found.peers.items()} == {
        ALICE: ({"wg0": 2}, [conf]),
        BOB: ({"wg0": 0}, [conf]),
        DORA: ({}, [netdev]),
        FAYE: ({}, [made]),
        ERIN: ({}, [connection]),
    }
    assert [bool(found.peers[key].handshake_at) for key in (ALICE, BOB)] == [True, False]
    assert found.odd == [conf]


def test_an_interface_that_can_not_be_read_is_no_empty_one(server: SshHost) -> None:
    with pytest.raises(CollectionError, match="wg could not tell of every interface"):
        told(server, BROKEN="yes")


def test_where_no_interface_is_up_nothing_is_told(server: SshHost) -> None:
    with pytest.raises(CollectionError, match="no WireGuard interface is up"):
        told(server, INTERFACES="")


def test_without_root_it_tells_nothing(server: SshHost) -> None:
    text = server.do('setpriv --reuid 65534 --clear-groups sh "$1" || true', str(COLLECT))

    assert text.endswith("refused it was not run as root\nend\n")
