"""What is said of a client's certificate, by what the server asks."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from offboarding.model import (
    Standing,
)
from tests.support.pki import AS_OF, Authority
from tests.systems.openvpn_clients.written_openvpn import CLIENT, WrittenVpn, told

pytestmark = pytest.mark.slow
CCD = "option client-config-dir\tccd"
WORKS, UNKNOWN, DEAD = Standing.WORKS, Standing.UNKNOWN, Standing.DEAD


@pytest.fixture
def server(tmp_path: Path) -> WrittenVpn:
    made = WrittenVpn(folder=tmp_path / "collected")
    for login in ("alice", "bob"):
        made.person(login)
    return made


@pytest.mark.parametrize(
    ("options", "standing", "says"),
    [
        pytest.param(["option auth-user-pass-verify"], UNKNOWN, "asks by auth-user-pass-verify", id="password too"),
        pytest.param(["option plugin"], UNKNOWN, "then asks by plugin", id="plugin"),
        pytest.param(["option tls-verify"], UNKNOWN, "then asks by tls-verify", id="script"),
        pytest.param(["option management-client-auth"], UNKNOWN, "management-client-auth", id="management"),
        pytest.param(["option auth-user-pass-optional"], WORKS, "lets it in", id="optional password alone"),
        pytest.param(["option verify-client-cert\tnone"], UNKNOWN, "no server here asks", id="no certificate asked"),
        pytest.param(["option client-cert-not-required"], UNKNOWN, "no server here asks", id="the same, long ago"),
        pytest.param(["option verify-client-cert\toptional"], WORKS, "lets it in", id="optional certificate"),
        pytest.param(["option verify-client-cert\tx"], UNKNOWN, "isn't known here", id="another word"),
        pytest.param(["option capath\tcas"], UNKNOWN, "from a folder (capath)", id="authorities in a folder"),
        pytest.param(["option pkcs12"], UNKNOWN, "beside its key", id="authorities in a bundle"),
        pytest.param(["option peer-fingerprint"], UNKNOWN, "a list of fingerprints", id="fingerprints"),
        pytest.param(["option config"], UNKNOWN, "names another", id="another configuration"),
        pytest.param(["odd its ca cannot be found"], UNKNOWN, "its ca cannot be found", id="odd"),
        pytest.param(["changed configuration"], UNKNOWN, "was written after it began: restart it", id="changed"),
        pytest.param(["option remote-cert-tls\tclient"], DEAD, "remote-cert-tls", id="usage lacks"),
        pytest.param([CCD, "client disabled alice"], DEAD, "`disable` stands", id="disabled by name"),
        pytest.param([CCD, "client disabled DEFAULT"], DEAD, "`disable` stands", id="disabled by default"),
        pytest.param([CCD, "client disabled DEFAULT", "client plain alice"], WORKS, "lets it in", id="own file"),
        pytest.param([CCD, "client disabled bob"], WORKS, "lets it in", id="another is disabled"),
        pytest.param([CCD, "client odd alice"], UNKNOWN, "names another", id="own file names another"),
        pytest.param(
            [CCD, "option ccd-exclusive", "client plain DEFAULT"], DEAD, "no file of its name", id="exclusive"
        ),
        pytest.param([CCD, "option ccd-exclusive", "client plain alice"], WORKS, "lets it in", id="exclusive, with"),
        pytest.param(
            [CCD, "client disabled alice", "option username-as-common-name"],
            UNKNOWN,
            "calls clients otherwise",
            id="called by a user's name",
        ),
        pytest.param(["option secret"], UNKNOWN, "no server here asks", id="static key"),
    ],
)
def test_what_a_server_asks_besides(server: WrittenVpn, options: Sequence[str], standing: Standing, says: str) -> None:
    server.options = (*server.options, *options)

    account = server.account("alice")

    assert account.standing is standing
    assert says in account.standing_reason


def test_a_client_s_file_is_called_as_the_client_is(server: WrittenVpn) -> None:
    for login in ("Kim Min", "김민/2"):
        server.person(login)
    server.options = (*server.options, CCD, "client disabled Kim Min", "client disabled 김민_2", "client disabled bo_b")

    assert [server.account(name).standing for name in ("Kim Min", "김민/2", "bob")] == [DEAD, DEAD, WORKS]
    server.options = ("option server", CCD, "client disabled Kim_Min")
    assert server.account("Kim Min").standing is WORKS


def _old(server: WrittenVpn) -> dict[str, Any]:
    return {"crl": server.authority.crl(at=AS_OF - timedelta(days=9), until=AS_OF - timedelta(days=1))}


def _old_with(server: WrittenVpn) -> dict[str, Any]:
    at, until = AS_OF - timedelta(days=9), AS_OF - timedelta(days=1)
    return {"crl": server.authority.crl(server.clients["alice"], at=at, until=until)}


def _revoked_here(server: WrittenVpn) -> dict[str, Any]:
    return {"revoked": [server.clients["alice"]]}


def _by_another(server: WrittenVpn) -> dict[str, Any]:
    return {**_revoked_here(server), "crl": Authority(name="Other").crl(server.clients["alice"])}


def _forged(server: WrittenVpn) -> dict[str, Any]:
    return {"crl": server.authority.crl(server.clients["alice"], signed_by=Authority().key)}


def _unasked(server: WrittenVpn) -> dict[str, Any]:
    return {**_revoked_here(server), "asks_crl": False, "options": ("option server",)}


def _behind(server: WrittenVpn) -> dict[str, Any]:
    return {**_revoked_here(server), "crl": server.authority.crl()}


def _in_directory(server: WrittenVpn) -> dict[str, Any]:
    serial = server.clients["alice"].certificate.serial_number
    return {"asks_crl": False, "more": ("crldirectory", f"revoked {serial}")}


def _empty(server: WrittenVpn) -> dict[str, Any]:
    del server
    return {"asks_crl": False, "more": ("crlfile",)}


def _to_come(server: WrittenVpn) -> dict[str, Any]:
    return {"crl": server.authority.crl(at=AS_OF + timedelta(days=1), until=AS_OF + timedelta(days=9))}


def _twice(server: WrittenVpn) -> dict[str, Any]:
    return {"more": (f"crl {told(server.authority.crl(server.clients['alice']))}",)}


@pytest.mark.parametrize(
    ("made", "standing", "says"),
    [
        pytest.param(_revoked_here, DEAD, "lists it", id="listed"),
        pytest.param(_old, UNKNOWN, "its CRL is over", id="past its next update"),
        pytest.param(_old_with, DEAD, "lists it", id="listed, past its next update"),
        pytest.param(_to_come, UNKNOWN, "its CRL is over", id="of a day to come"),
        pytest.param(_by_another, WORKS, "does not list it", id="another authority's"),
        pytest.param(_forged, UNKNOWN, "isn't signed by the authority", id="not signed by it"),
        pytest.param(_unasked, WORKS, "it asks no CRL", id="revoked, and nobody asks"),
        pytest.param(_behind, WORKS, "revoked it on 2026-11-24", id="revoked, and not in the CRL"),
        pytest.param(_in_directory, DEAD, "crl-verify dir", id="in the folder of revoked numbers"),
        pytest.param(_empty, UNKNOWN, "holds none", id="a file without a CRL"),
        pytest.param(_twice, UNKNOWN, "several CRLs of one authority", id="two of one authority"),
    ],
)
def test_revoked_is_what_the_server_asks(
    server: WrittenVpn, made: Callable[[WrittenVpn], dict[str, Any]], standing: Standing, says: str
) -> None:
    account = replace_in(server, **made(server)).account("alice")

    assert account.standing is standing
    assert says in account.standing_reason


def replace_in(server: WrittenVpn, **changes: Any) -> WrittenVpn:
    for name, value in changes.items():
        setattr(server, name, value)
    return server


@pytest.mark.parametrize(
    ("certificate", "standing", "says"),
    [
        pytest.param({"ends": AS_OF}, DEAD, "it ended on 2026-11-24", id="ended"),
        pytest.param({"starts": AS_OF + timedelta(days=1)}, UNKNOWN, "it begins on 2026-11-25", id="to come"),
        pytest.param({}, WORKS, "lets it in", id="without usages"),
        pytest.param(
            {"extension": x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])},
            DEAD,
            "isn't for clients",
            id="server's",
        ),
    ],
)
def test_what_the_certificate_itself_says(
    server: WrittenVpn, certificate: dict[str, Any], standing: Standing, says: str
) -> None:
    server.clients["alice"] = server.authority.issue("alice", **certificate)

    account = server.account("alice")

    assert account.standing is standing
    assert says in account.standing_reason


def test_the_index_alone_never_says_that_one_works(server: WrittenVpn) -> None:
    server.issued = [line for line in server.kept if not line.startswith("certificate")]

    assert server.account("alice").standing is UNKNOWN
    server.revoked.append(server.clients["alice"])
    assert server.account("alice").standing is DEAD


def test_one_that_is_not_running_may_let_in_again(server: WrittenVpn) -> None:
    server.runs = False

    assert server.account("alice").standing is UNKNOWN
    assert "isn't running, and lets it in when it starts" in server.account("alice").standing_reason


def test_the_best_of_the_servers_counts(server: WrittenVpn) -> None:
    server.revoked.append(server.clients["alice"])
    server.more = ("server 43 /etc/openvpn/server/other.conf", "option server", f"ca {told(server.root.der)}")

    account = server.account("alice")

    assert account.standing is WORKS
    assert "other.conf lets it in" in account.standing_reason


def test_an_authority_that_no_server_trusts_lets_nobody_in(server: WrittenVpn) -> None:
    other = Authority(name="Other CA")
    leaf = other.issue("carl", extension=CLIENT)
    server.issued = [*server.kept, "folder /etc/openvpn/old", f"certificate {told(leaf.der)}"]

    assert server.account("carl").standing is UNKNOWN
    server.issued = [*server.issued, f"authority {told(other.root().der)}"]
    assert server.account("carl").standing is DEAD


def test_a_chain_is_followed_to_its_root(server: WrittenVpn) -> None:
    below = Authority(name="Clients CA")
    made = server.authority.issue("Clients CA", key=below.key, extension=x509.BasicConstraints(True, None))
    leaf = below.issue("carl", extension=CLIENT)
    server.issued = [*server.kept, "folder /etc/openvpn/clients", f"certificate {told(leaf.der)}"]
    server.issued = [*server.issued, f"authority {told(made.der)}"]
    server.more = (f"ca {told(made.der)}", f"crl {told(below.crl())}")

    assert server.account("carl").standing is WORKS
    server.crl = server.authority.crl(made)
    assert server.account("carl").standing is DEAD


def test_reading_the_configuration_needs_no_cryptography() -> None:
    code = "import sys; import offboarding.sources.openvpn_clients; sys.exit('cryptography' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
