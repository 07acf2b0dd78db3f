"""What is said of certificates is what a real OpenVPN does with them: each row is a handshake."""

import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from offboarding.model import Account, AccountAction, Fact, Gap, Remedy, Standing, Subject, SubjectKind
from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.openvpn_clients.collection import read_collection
from offboarding.tickets.remedies import written_out
from tests.contract.source_contract import of
from tests.support import cases
from tests.support.ssh_host import SshHost, ssh_host, ssh_host_running
from tests.systems.openvpn_clients.host import COLLECT, HOME, PKI, OpenvpnHost

pytestmark = pytest.mark.hosts

__all__ = ["ssh_host", "ssh_host_running"]  # fixtures

WORKS, UNKNOWN, DEAD = Standing.WORKS, Standing.UNKNOWN, Standing.DEAD
CRL = "crl-verify crl.pem"


@pytest.fixture
def vpn(ssh_host: SshHost, tmp_path: Path) -> OpenvpnHost:
    if not Path("/dev/net/tun").exists():
        pytest.skip("OpenVPN can't run here: there is no /dev/net/tun")
    made = OpenvpnHost(host=ssh_host, folder=tmp_path)
    made.prepare()
    return made


def said_of(vpn: OpenvpnHost, name: str) -> Account:
    (found,) = (account for account in of(Account, vpn.facts()) if account.login == name)
    return found


def _as_it_is(vpn: OpenvpnHost) -> None:
    """The newest CRL lies where the server asks."""
    del vpn


def _old(vpn: OpenvpnHost) -> None:
    vpn.put("crl.pem", vpn.crl(days=-1))


def _forged(vpn: OpenvpnHost) -> None:
    vpn.put("crl.pem", vpn.crl(days=9, signed_by=ec.generate_private_key(ec.SECP256R1())))


def _of_another(vpn: OpenvpnHost) -> None:
    vpn.put("crl.pem", vpn.crl(days=9, of="Another"))


def _behind(vpn: OpenvpnHost) -> None:
    vpn.put("crl.pem", vpn.crl(days=9))


def _empty(vpn: OpenvpnHost) -> None:
    vpn.put("crl.pem", b"")


def _numbers(vpn: OpenvpnHost) -> None:
    (bob,) = (each for each in of(Account, vpn_facts_stopped(vpn)) if each.login == "bob")
    vpn.put(f"numbers/{int(bob.native_id.partition(':')[2], 16)}", b"")


def vpn_facts_stopped(vpn: OpenvpnHost) -> list[Fact]:
    vpn.host.do(f"printf 'server 10.9.0.0 255.255.255.0\\nca ../easy-rsa/pki/ca.crt\\n' > {HOME}/office.conf")
    return vpn.facts()


def _disabled(vpn: OpenvpnHost) -> None:
    vpn.put("ccd/alice", b"  disable # until Monday\n")


def _plain(vpn: OpenvpnHost) -> None:
    vpn.put("ccd/alice", b"#disable\n")


def _in_words(vpn: OpenvpnHost) -> None:
    vpn.issue("Kim Min")
    vpn.put("ccd/Kim Min", b"disable\n")


def _one_word(vpn: OpenvpnHost) -> None:
    vpn.issue("Kim Min")
    vpn.put("ccd/Kim_Min", b"disable\n")


def _default(vpn: OpenvpnHost) -> None:
    vpn.put("ccd/DEFAULT", b"disable\n")


def _ended(vpn: OpenvpnHost) -> None:
    vpn.issue("ended", ends=-timedelta(hours=1))


def _bare(vpn: OpenvpnHost) -> None:
    vpn.issue("bare")


def _servers(vpn: OpenvpnHost) -> None:
    vpn.issue("other", x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]))


@pytest.mark.parametrize(
    ("prepared", "options", "who", "gets_in", "standing"),
    [
        pytest.param(_as_it_is, (), "alice", True, WORKS, id="good"),
        pytest.param(_as_it_is, (CRL,), "alice", True, WORKS, id="good, beside a CRL"),
        pytest.param(_as_it_is, (), "bob", True, WORKS, id="revoked, and no CRL is asked"),
        pytest.param(_as_it_is, (CRL,), "bob", False, DEAD, id="revoked"),
        pytest.param(_as_it_is, (f'crl-verify "{HOME}/crl.pem" # ours',), "bob", False, DEAD, id="quoted"),
        pytest.param(_behind, (CRL,), "bob", True, WORKS, id="revoked, and the CRL is behind"),
        pytest.param(_of_another, (CRL,), "bob", True, WORKS, id="revoked, and the CRL is another's"),
        pytest.param(_old, (CRL,), "alice", False, UNKNOWN, id="CRL is over"),
        pytest.param(_forged, (CRL,), "alice", False, UNKNOWN, id="CRL isn't signed"),
        pytest.param(_empty, (CRL,), "alice", False, UNKNOWN, id="CRL is empty"),
        pytest.param(_numbers, ("crl-verify numbers dir",), "bob", False, DEAD, id="number in the folder"),
        pytest.param(_numbers, ("crl-verify numbers dir",), "alice", True, WORKS, id="number not in the folder"),
        pytest.param(_ended, (), "ended", False, DEAD, id="ended"),
        pytest.param(_bare, (), "bare", True, WORKS, id="no usages"),
        pytest.param(_bare, ("remote-cert-tls client",), "bare", False, DEAD, id="no usages where they're asked"),
        pytest.param(_as_it_is, ("remote-cert-tls client",), "alice", True, WORKS, id="usages are asked"),
        pytest.param(_servers, (), "other", False, DEAD, id="a server's"),
        pytest.param(_disabled, ("client-config-dir ccd",), "alice", False, DEAD, id="disabled"),
        pytest.param(_plain, ("client-config-dir ccd",), "alice", True, WORKS, id="disabled in a comment"),
        pytest.param(_in_words, ("client-config-dir ccd",), "Kim Min", False, DEAD, id="disabled by a name in words"),
        pytest.param(_one_word, ("client-config-dir ccd",), "Kim Min", True, WORKS, id="a file called otherwise"),
        pytest.param(_default, ("client-config-dir ccd",), "alice", False, DEAD, id="disabled by default"),
        pytest.param(_as_it_is, ("client-config-dir ccd", "ccd-exclusive"), "alice", False, DEAD, id="exclusive"),
        pytest.param(_plain, ("client-config-dir ccd", "ccd-exclusive"), "alice", True, WORKS, id="exclusive, with"),
        pytest.param(_as_it_is, ("tls-verify /bin/false",), "alice", False, UNKNOWN, id="a script refuses"),
        pytest.param(_as_it_is, ("tls-verify /bin/true",), "alice", True, UNKNOWN, id="a script lets in"),
    ],
)
def test_it_says_what_openvpn_does(
    vpn: OpenvpnHost,
    prepared: Callable[[OpenvpnHost], None],
    options: tuple[str, ...],
    who: str,
    gets_in: bool,
    standing: Standing,
) -> None:
    prepared(vpn)
    with vpn.running(*options):
        with vpn.connecting(who) as got_in:
            assert got_in is gets_in
        said = said_of(vpn, who)

    assert said.standing is standing, said.standing_reason
    assert (standing is UNKNOWN) or (standing is WORKS) == got_in


def test_certificates_within_the_configuration_count_and_no_key_is_told(vpn: OpenvpnHost) -> None:
    ca, crl = (vpn.host.do(f"cat {path}") for path in (f"{PKI}/ca.crt", f"{HOME}/crl.pem"))
    blocks = (f"<ca>\n{ca}</ca>", f"<crl-verify>\n{crl}</crl-verify>")
    with vpn.running(*blocks, ca=""):
        with vpn.connecting("bob") as bob, vpn.connecting("alice") as alice:
            assert (bob, alice) == (False, False)  # the log tells of both at once
        assert said_of(vpn, "bob").standing is DEAD
        assert said_of(vpn, "alice").standing is WORKS
        text = vpn.host.do('sh "$1"', str(COLLECT))
    # Its first line; further ones hold the public half, which a certificate tells.
    keys = [vpn.host.do(f"sed -n 2p {PKI}/private/{name}.key").strip() for name in ("server", "ca", "alice")]
    assert all(keys)
    assert not [line for line in keys if line in text]


def test_who_is_connected_is_seen(vpn: OpenvpnHost) -> None:
    for version in ("status-version 1", "status-version 2", "status-version 3"):
        with vpn.running(version), vpn.connecting("alice") as got_in:
            assert got_in
            time.sleep(1.5)
            assert said_of(vpn, "alice").last_used_at


def test_what_was_written_after_it_began_is_not_what_it_goes_by(vpn: OpenvpnHost) -> None:
    with vpn.running():
        time.sleep(2.1)
        vpn.host.do(f"echo '{CRL}' >> {HOME}/office.conf")
        said = said_of(vpn, "bob")

    assert said.standing is UNKNOWN
    assert "was written after it began" in said.standing_reason


def test_one_that_does_not_run_is_told_and_a_client_is_not(vpn: OpenvpnHost) -> None:
    vpn_facts_stopped(vpn)
    vpn.host.do("printf 'client\\nremote vpn.example\\nca server/none.crt\\n' > /etc/openvpn/out.conf")

    facts = vpn.facts()

    assert {account.standing for account in of(Account, facts) if account.login == "alice"} == {UNKNOWN}
    assert not [gap for gap in of(Gap, facts) if gap.red and "out.conf" in gap.text]


def test_an_index_that_is_something_else_is_not_told(vpn: OpenvpnHost) -> None:
    vpn.host.do("mkdir /etc/openvpn/notes; echo 'our plans' > /etc/openvpn/notes/index.txt")

    facts = vpn_facts_stopped(vpn)

    assert "alice" in {account.login for account in of(Account, facts)}
    assert "plans" not in vpn.host.do('sh "$1"', str(COLLECT))
    assert not [gap for gap in of(Gap, facts) if gap.red and "notes" in gap.text]


def test_without_root_or_a_server_it_tells_nothing(vpn: OpenvpnHost) -> None:
    text = vpn.host.do('setpriv --reuid 65534 --clear-groups sh "$1" || true', str(COLLECT))
    assert text.endswith("refused it was not run as root\nend\n")

    vpn.host.do("rm -rf /etc/openvpn")
    with pytest.raises(CollectionError, match="no OpenVPN server is there"):
        read_collection(vpn.host.do('sh "$1" || true', str(COLLECT)).encode())


@pytest.mark.parametrize("name", ["alice", "Kim Min"])
def test_what_a_ticket_says_refuses_a_name_and_lets_it_in_again(vpn: OpenvpnHost, name: str) -> None:
    account = cases.directory_account(login=name, display_name=name, native_id="0f:1a")
    subject = Subject(kind=SubjectKind.ACCOUNT, native_id="0f:1a", label=name, account_label=name)
    action = AccountAction(remedy=Remedy.DISABLE, kind="openvpn_clients", account=account, subject=subject)
    steps = written_out([action])
    refuse, undo = (
        step.partition("\n")[2].replace("DIR", f"{HOME}/ccd")
        for step in steps
        if step.startswith(("Where there is a DIR", "Undo"))
    )

    if name != "alice":
        vpn.issue(name)
    with vpn.running("client-config-dir ccd"):
        for typed, standing in ((refuse, DEAD), (undo, WORKS)):
            vpn.host.do(typed)
            with vpn.connecting(name) as got_in:
                assert got_in is (standing is WORKS)
            assert said_of(vpn, name).standing is standing
