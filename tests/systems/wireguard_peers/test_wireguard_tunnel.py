"""What is said of peers is what a real WireGuard does with them: each row is a packet through the tunnel."""

from collections.abc import Generator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offboarding.model import AccountAction, Remedy, Standing, Subject, SubjectKind
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.wireguard_peers.collection import read_collection
from offboarding.tickets.remedies import written_out
from tests.support import cases
from tests.support.ssh_host import SshHost, ssh_host, ssh_host_running
from tests.support.unpacked import WIREGUARD
from tests.systems.wireguard_peers.host import CONF, PEOPLE, WireguardHost

pytestmark = pytest.mark.hosts

__all__ = ["ssh_host", "ssh_host_running"]  # fixtures

WORKS, UNKNOWN, DEAD = Standing.WORKS, Standing.UNKNOWN, Standing.DEAD
NO_FILE = f"rm {CONF}; "
DROPPED_SECONDS = 3


@pytest.fixture
def vpn(ssh_host: SshHost, tmp_path: Path) -> Generator[WireguardHost]:
    if not Path("/dev/net/tun").exists():
        pytest.skip("WireGuard can't run here: there is no /dev/net/tun")
    if why := WIREGUARD.why_not():
        pytest.skip(why)
    made = WireguardHost(host=ssh_host, folder=tmp_path)
    with made.up():
        yield made


def test_who_came_is_told_and_who_was_removed_is_gone(vpn: WireguardHost) -> None:
    vpn.do(f'{NO_FILE} wg set wg0 peer "$1" remove', vpn.public["carl"])

    alice, bob, carl = (vpn.account(login) for login in PEOPLE)

    assert alice
    assert bob
    assert (alice.standing, alice.standing_reason) == (WORKS, "WireGuard lets it in by wg0 (1 allowed IP)")
    told = vpn.do('wg show wg0 latest-handshakes | grep -F -- "$1"', vpn.public["alice"]).split()
    assert alice.last_used_at == datetime.fromtimestamp(int(told[1]), UTC)
    assert (bob.standing, bob.last_used_at) == (WORKS, None)
    assert carl is None


def test_no_key_leaves(vpn: WireguardHost) -> None:
    secrets = [vpn.preshared, *vpn.private.values()]
    both = vpn.do("wg show all dump; cat /etc/wireguard/*")
    assert all(each in both for each in (vpn.preshared, vpn.private["server"]))

    text = vpn.collect()

    assert {vpn.public[login] for login in PEOPLE} == set(read_collection(text.encode()).peers)
    assert not [each for each in secrets if each in text]


@pytest.mark.parametrize(
    ("typed", "gets_in", "standing"),
    [
        pytest.param("", True, WORKS, id="as it is"),
        pytest.param(NO_FILE, True, WORKS, id="and in no file"),
        pytest.param("wg set wg0 peer {alice} allowed-ips ''", False, UNKNOWN, id="no allowed IPs, and comes back"),
        pytest.param(NO_FILE + "wg set wg0 peer {alice} allowed-ips ''", False, DEAD, id="no allowed IPs"),
        pytest.param("wg set wg0 peer {alice} remove", False, UNKNOWN, id="removed, and comes back"),
        pytest.param(NO_FILE + "wg set wg0 peer {alice} remove", False, None, id="removed"),
        pytest.param(NO_FILE + "wg set wg0 peer {bob} allowed-ips 10.9.0.2/32", False, DEAD, id="bob has its IP"),
        pytest.param("wg set wg0 peer {alice} allowed-ips ''; wg syncconf wg0 " + CONF, True, WORKS, id="came back"),
    ],
)
def test_it_says_what_wireguard_does(vpn: WireguardHost, typed: str, gets_in: bool, standing: Standing | None) -> None:
    vpn.do(typed.format(**vpn.public))

    said = vpn.account("alice")

    assert vpn.answers(20 if gets_in else DROPPED_SECONDS) is gets_in
    assert (said and said.standing) == standing


def test_what_a_ticket_says_shuts_a_peer_and_lets_it_in_again(vpn: WireguardHost) -> None:
    key = vpn.public["alice"]
    account = cases.directory_account(login="alice", display_name="alice", native_id=key)
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id=key, label="alice", account_label="alice")
    traces, kept, shut, files, undo = (
        step.partition("\n")[2].replace("INTERFACE", "wg0").replace("IP,IP", "10.9.0.2/32")
        for remedy in (Remedy.KEEP_TRACES, Remedy.DISABLE)
        for step in written_out(
            [AccountAction(remedy=remedy, kind="wireguard_peers", account=account, subject=subject)]
        )
        if "\n" in step
    )

    assert [key in line for line in vpn.do(traces).splitlines()] == [True] * 3
    assert vpn.do(kept).split() == ["wg0", key, "10.9.0.2/32"]
    assert vpn.do(f"{files} || true") == f"{CONF}\n"
    vpn.do(f'{shut}; printf "%s" "$1" > {CONF}', vpn.conf("bob", "carl"))
    assert not vpn.answers(DROPPED_SECONDS)
    assert (said := vpn.account("alice"))
    assert said.standing is DEAD
    vpn.do(undo)
    assert vpn.answers()
    assert (said := vpn.account("alice"))
    assert said.standing is WORKS


def test_an_interface_that_ended_leaves_nothing_to_be_told(vpn: WireguardHost) -> None:
    vpn.do("ip link delete wg0; while [ -e /run/wireguard/wg0.sock ]; do sleep 0.05; done")

    with pytest.raises(CollectionError, match="no WireGuard interface is up"):
        read_collection(vpn.collect().encode())
