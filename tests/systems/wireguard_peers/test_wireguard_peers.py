"""What is said of a peer, and of files that aren't whole, aren't fresh, or aren't what they should be."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from offboarding.model import Account, Gap, ScopeRead, Standing
from offboarding.model.errors import FatalError, RetriableError
from offboarding.sources._collected.files import propose
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.wireguard_peers.collection import read_collection
from tests.contract.source_contract import error_of, of, refs, sought
from tests.systems.wireguard_peers.written_wireguard import CONTEXT, HANDSHAKE_AT, WrittenServer


@pytest.fixture
def server(tmp_path: Path) -> WrittenServer:
    made = WrittenServer(folder=tmp_path / "collected")
    for login in ("alice", "bob"):
        made.person(login)
    return made


CONF = "kept {key} /etc/wireguard/wg0.conf"
OPEN, SHUT = "peer wg0 {key} 0 2", "peer wg0 {key} 0 0"


@pytest.mark.parametrize(
    ("lines", "standing", "says"),
    [
        pytest.param([OPEN], Standing.WORKS, "by wg0 (2 allowed IPs)", id="listed"),
        pytest.param([OPEN, CONF], Standing.WORKS, "by wg0", id="listed and kept"),
        pytest.param([SHUT, "peer wg1 {key} 0 1"], Standing.WORKS, "by wg1 (1 allowed IP)", id="at another"),
        pytest.param([SHUT], Standing.DEAD, "on wg0 without allowed IPs", id="without allowed IPs"),
        pytest.param([SHUT, CONF], Standing.UNKNOWN, "wg0.conf brings it back", id="comes back"),
        pytest.param([CONF], Standing.UNKNOWN, "on no interface that is up", id="in a file alone"),
        pytest.param(
            [SHUT, "odd /etc/a.netdev"], Standing.UNKNOWN, "a.netdev may bring it back", id="perhaps in a file"
        ),
    ],
)
def test_a_peer_works_while_an_interface_lets_it_in_or_may_again(
    server: WrittenServer, lines: list[str], standing: Standing, says: str
) -> None:
    key = server.keys["alice"]
    server.tell("alice", *(line.format(key=key) for line in lines))

    account = server.account("alice")

    assert account.standing is standing
    assert says in account.standing_reason


def test_the_latest_handshake_is_the_last_use_and_none_is_never_said(server: WrittenServer) -> None:
    key, later = server.keys["alice"], HANDSHAKE_AT + timedelta(hours=1)
    server.tell("alice", server.line(key), server.line(key, interface="wg1", at=later))
    server.tell("bob", server.line(server.keys["bob"], at=None))

    assert server.account("alice").last_used_at == later
    assert server.account("bob").last_used_at is None


def test_a_handshake_that_no_calendar_has_costs_itself(server: WrittenServer) -> None:
    server.tell("alice", f"peer wg0 {server.keys['alice']} 999999999999999 1")

    alice, bob = server.account("alice"), server.account("bob")

    assert (alice.standing, alice.last_used_at) == (Standing.WORKS, None)
    assert bob.last_used_at == HANDSHAKE_AT


def test_a_peer_that_the_register_does_not_name_is_nobodys_and_told(server: WrittenServer) -> None:
    key = server.keys.pop("alice")
    server.write()

    (account,) = (each for each in of(Account, server.source().collect()) if each.native_id == key)

    assert (account.login, account.keys) == ("", ())
    assert account.label == f"peer@vpn1 ({key[:8]}...)"
    assert {each.login for each in of(Account, server.source(register_file="").collect())} == {""}


def test_a_key_of_two_people_costs_itself_and_shows_nobody_gone(server: WrittenServer) -> None:
    server.register.append(f"{server.keys['alice']},carl")
    server.write()

    facts = list(server.source().collect())

    assert [account.login for account in of(Account, facts)] == ["bob"]
    assert "names its key for more than one login" in error_of(facts)
    with pytest.raises(FatalError, match="more than one login"):
        list(server.source().collect_for(sought("bob"), []))


@pytest.mark.parametrize(
    ("body", "says"),
    [
        pytest.param(b"key,login\n", "doesn't begin with public_key,login", id="another header"),
        pytest.param(b"", "doesn't begin with", id="empty"),
        pytest.param(b"public_key,login\nAAAA,alice\n", "row 2 of the register .* is no public key", id="no key"),
        pytest.param(b"public_key,login\n\xff", "isn't CSV in UTF-8", id="no text"),
        pytest.param(b'public_key,login\n"AAAA', "isn't CSV in UTF-8", id="cut within quotes"),
    ],
)
def test_a_register_that_is_not_whole_tells_nothing(server: WrittenServer, body: bytes, says: str) -> None:
    server.register_file.write_bytes(body)

    with pytest.raises(FatalError, match=says):
        list(server.source().collect())
    server.register_file.unlink()
    with pytest.raises(FatalError, match=r"can't be read \(No such file"):
        list(server.source().collect())


def test_wherever_it_is_cut_it_is_none(server: WrittenServer) -> None:
    body = server.text.encode()

    for length in range(len(body)):
        with pytest.raises(CollectionError):
            read_collection(body[:length])
    assert len(read_collection(body).peers) == 2


def test_no_line_can_be_missing_in_between(server: WrittenServer) -> None:
    lines = server.text.encode().split(b"\n")

    for at in range(len(lines)):
        with pytest.raises(CollectionError):
            read_collection(b"\n".join((*lines[:at], *lines[at + 1 :])))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        pytest.param(lambda text: text.replace("peers 1\n", "peers 2\n"), "another version of", id="new"),
        pytest.param(lambda text: text.replace("wireguard_peers", "ssh_hosts"), "isn't what collect.sh", id="other"),
        pytest.param(lambda text: text.replace("lines 2", "lines 3"), "in 2 lines where it should in 3", id="few"),
        pytest.param(lambda text: text.replace("peer wg0 ", "peer wg0 x"), "line 6 isn't as collect.sh", id="no key"),
        pytest.param(lambda text: text.replace(" 1\npeer", " x\npeer"), "line 6 isn't as", id="no number"),
        pytest.param(lambda text: text.replace("machine 0", "machine x"), "line 4 isn't as", id="no machine's id"),
    ],
)
def test_what_it_does_not_write_is_none(server: WrittenServer, change: Callable[[str], str], says: str) -> None:
    with pytest.raises(CollectionError, match=says):
        read_collection(change(server.text).encode())


def test_a_clone_of_the_machine_shows_none_of_its_peers_gone(server: WrittenServer) -> None:
    known = refs(server.source().collect())
    twin = WrittenServer(folder=server.folder, name="vpn2")
    twin.write()

    for each in (server, twin):
        with pytest.raises(FatalError, match="are one machine by their /etc/machine-id"):
            list(each.source(machines=["vpn1", "vpn2"]).detail(known))


def test_an_old_file_and_none_tell_nothing(server: WrittenServer) -> None:
    server.at = CONTEXT.as_of - timedelta(hours=27)
    server.write()
    with pytest.raises(FatalError, match="may be 26 hours old"):
        list(server.source().collect())

    (server.folder / "vpn1").unlink()
    with pytest.raises(RetriableError, match="there is no file vpn1"):
        list(server.source().collect())


def test_another_machine_in_its_place_shows_nobody_gone(server: WrittenServer) -> None:
    known = refs(server.source().collect(), "alice")
    server.machine = "f" * 32
    server.write()

    facts = list(server.source().detail(known))

    (scope,) = of(ScopeRead, facts)
    assert "another machine than the account was seen on" in scope.error
    assert of(Account, facts) == []


def test_what_can_not_be_read_in_a_file_of_the_server_is_red(server: WrittenServer) -> None:
    server.peers["odd"] = ["odd /etc/wireguard/wg0.conf"]
    server.write()
    (server.folder / "vpn9").write_text("")

    red = [gap.text for gap in of(Gap, server.source().collect()) if gap.red]

    assert len(red) == 2
    assert "in /etc/wireguard/wg0.conf a peer's public key can't be read" in red[0]
    assert "vpn9 lies in" in red[1]


def test_nobody_is_gone_while_a_file_of_the_server_may_list_them(server: WrittenServer) -> None:
    known = refs(server.source().collect(), "alice")
    server.tell("alice", "odd /etc/systemd/network/wg0.netdev")

    (looked,) = of(ScopeRead, server.source().detail(known))

    assert "nobody is gone while /etc/systemd/network/wg0.netdev" in looked.error
    assert "nobody is gone" in error_of(list(server.source().collect()))
    with pytest.raises(FatalError, match="nobody is gone"):
        list(server.source().collect_for(sought("bob"), []))


def test_a_first_configuration_names_servers_and_no_other_kinds_files(server: WrittenServer) -> None:
    (server.folder / "web1").write_text("offboarding ssh_hosts 1\nmachine 0123\n")

    proposal = propose(str(server.folder), "wireguard_peers")

    assert proposal.settings == {"folder": str(server.folder), "machines": ["vpn1"]}
