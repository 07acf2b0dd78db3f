"""CRLs and files as they come when something went wrong: each with its sentence, and never a false all-clear."""

import socket
import time
from collections.abc import Callable, Generator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from offboarding.interfaces import KeySource
from offboarding.model import Fact, Gap, Key, ScopeRead, Standing
from offboarding.model.errors import ConfigError
from offboarding.verifiers import x509 as kind
from tests.support.collected import put, put_bytes
from tests.support.pki import AS_OF, Authority, CrlServer, Leaf, crl_server
from tests.systems.x509.collection import verifier

pytestmark = pytest.mark.slow

NOT_CRITICAL = timedelta(days=2)
STRANGE = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.16.840.1.101.2.1.12.2"), b"\x05\x00")


@pytest.fixture(scope="module")
def serving() -> Generator[CrlServer]:
    with crl_server() as server:
        yield server


@pytest.fixture
def server(serving: CrlServer) -> CrlServer:
    serving.pages.clear()
    serving.asked.clear()
    return serving


@pytest.fixture
def authority() -> Authority:
    return Authority()


@pytest.fixture
def idp(tmp_path: Path, authority: Authority) -> Path:
    folder = tmp_path / "idp"
    put(folder, "authority.pem", authority.root().pem)
    return folder


def read(source: KeySource) -> tuple[dict[str, Key], list[str], str]:
    facts: list[Fact] = list(source.collect())
    (scope,) = [fact for fact in facts if isinstance(fact, ScopeRead)]
    keys = {fact.native_id: fact for fact in facts if isinstance(fact, Key)}
    return keys, [fact.text for fact in facts if isinstance(fact, Gap) and fact.red], scope.error


def stale(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, at=AS_OF - NOT_CRITICAL, until=AS_OF - timedelta(minutes=1))


def forged(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, signed_by=ec.generate_private_key(ec.SECP256R1()))


def of_another(authority: Authority, leaf: Leaf) -> bytes:
    del authority
    return Authority(name="Another CA").crl(leaf)


def delta(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, extension=x509.DeltaCRLIndicator(1))


def scope(
    *,
    ca_certs: bool = False,
    indirect: bool = False,
    reasons: frozenset[x509.ReasonFlags] | None = None,
    url: str | None = None,
) -> x509.IssuingDistributionPoint:
    return x509.IssuingDistributionPoint(
        full_name=[x509.UniformResourceIdentifier(url)] if url else None,
        relative_name=None,
        only_contains_user_certs=False,
        only_contains_ca_certs=ca_certs,
        only_some_reasons=reasons,
        indirect_crl=indirect,
        only_contains_attribute_certs=False,
    )


def indirect(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, extension=scope(indirect=True))


def of_authorities_alone(authority: Authority, leaf: Leaf) -> bytes:
    del leaf
    return authority.crl(extension=scope(ca_certs=True))


def of_one_reason_alone(authority: Authority, leaf: Leaf) -> bytes:
    del leaf
    return authority.crl(extension=scope(reasons=frozenset({x509.ReasonFlags.key_compromise})))


def of_another_point(authority: Authority, leaf: Leaf) -> bytes:
    del leaf
    return authority.crl(extension=scope(url="http://ca.corp.example/others.crl"))


def of_another_point_that_lists_it(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, extension=scope(url="http://ca.corp.example/others.crl"))


def not_understood(authority: Authority, leaf: Leaf) -> bytes:
    del leaf
    return authority.crl(extension=STRANGE)


def of_entries_not_understood(authority: Authority, leaf: Leaf) -> bytes:
    del leaf
    return authority.crl(authority.issue("other.corp.example"), of_entries=STRANGE)


def removed(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, reason=x509.ReasonFlags.remove_from_crl)


def cut_off(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf)[:-20]


def web_page(authority: Authority, leaf: Leaf) -> bytes:
    del authority, leaf
    return b"<!DOCTYPE html><p>Please log in"


@pytest.mark.parametrize(
    ("made", "sentence"),
    [
        (stale, "stale CRL: it held until 2026-11-24 16:29 UTC. See whether the authority still publishes"),
        (forged, "its signature isn't that of the certificate's issuer. Ask the authority for its CRL"),
        (of_another, "it's another issuer's. Ask the authority for its CRL"),
        (delta, "it's a delta or an indirect CRL, which isn't understood. Name a full one in crls"),
        (indirect, "it's a delta or an indirect CRL, which isn't understood. Name a full one in crls"),
        (of_authorities_alone, "it isn't about certificates like this one. Name a full one in crls"),
        (of_one_reason_alone, "it isn't about certificates like this one. Name a full one in crls"),
        (of_another_point, "it isn't about certificates like this one. Name a full one in crls"),
        (of_another_point_that_lists_it, "it isn't about certificates like this one. Name a full one in crls"),
        (not_understood, "it has a critical extension that isn't understood. Name another CRL in crls"),
        (of_entries_not_understood, "it has a critical extension that isn't understood. Name another CRL in crls"),
        (removed, "it lists the certificate as one that was removed. Ask the authority whether it's revoked"),
        (cut_off, "it's no CRL in DER or PEM, or cut off. See what lies there"),
        (web_page, "it's no CRL in DER or PEM, or cut off. See what lies there"),
    ],
)
def test_a_crl_that_proves_nothing(
    idp: Path, authority: Authority, server: CrlServer, made: Callable[[Authority, Leaf], bytes], sentence: str
) -> None:
    leaf = authority.issue(crl=f"{server.url}/ca.crl")
    server.put("/ca.crl", made(authority, leaf))
    put(idp, "leaf.pem", leaf.pem)

    keys, said, error = read(verifier(idp, checks_revocation=True))

    assert keys[leaf.native_id].standing is Standing.UNKNOWN
    assert said == [f"verifiers.certs: idp: {server.url}/ca.crl: {sentence}."]
    assert error == "", "the certificates themselves were read whole"


class TestAddresses:
    def test_a_crl_that_nobody_serves(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=f"{server.url}/nowhere.crl")
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert said == [
            f"verifiers.certs: {server.url}/nowhere.crl: 404. Ask the authority where its CRL is, and name it in crls."
        ]

    def test_a_host_that_is_down(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue(crl="http://127.0.0.1:9/ca.crl")
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert said[0].startswith("verifiers.certs: http://127.0.0.1:9/ca.crl: no answer")

    def test_an_address_within_that_a_certificate_names(
        self, idp: Path, authority: Authority, server: CrlServer
    ) -> None:
        """Whoever makes a certificate must not be able to make us ask another machine."""
        leaf = authority.issue(crl=server.put("/ca.crl", authority.crl()))
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp, internal=False))

        assert server.asked == []
        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert "isn't public. If it's meant, set internal: true" in said[0]

    @pytest.mark.parametrize("location", ["http://169.254.169.254/latest/", "file:///etc/passwd", "http://localhost/x"])
    def test_a_redirect_to_another_host(
        self, idp: Path, authority: Authority, server: CrlServer, location: str
    ) -> None:
        leaf = authority.issue(crl=server.put("/ca.crl", b"", status=302, Location=location))
        put(idp, "leaf.pem", leaf.pem)

        assert "it redirects to" in read(verifier(idp))[1][0]
        assert server.asked == ["/ca.crl"]

    @pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://ca.example/ca.crl", "http://u:p@ca.example/ca.crl"])
    def test_what_is_not_asked(self, idp: Path, authority: Authority, url: str) -> None:
        leaf = authority.issue(crl=url)
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert "and it's asked by http alone. Name the CRL in crls" in said[0]

    def test_a_crl_in_a_directory(self, idp: Path, authority: Authority) -> None:
        name = x509.DirectoryName(authority.subject)
        point = x509.DistributionPoint(full_name=[name], relative_name=None, reasons=None, crl_issuer=None)
        leaf = authority.issue(extension=x509.CRLDistributionPoints([point]))
        put(idp, "leaf.pem", leaf.pem)

        assert "names its CRL by a directory's name" in read(verifier(idp))[1][0]

    def test_more_than_it_may_be(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=server.put("/ca.crl", bytes(2048)))
        put(idp, "leaf.pem", leaf.pem)

        assert "larger than 1 KiB, and nothing of it was read" in read(verifier(idp, max_kilobytes=1))[1][0]

    def test_thousands_of_addresses_are_not_asked(
        self, idp: Path, authority: Authority, server: CrlServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("offboarding.net.revocation.lists.MOST_ASKED", 2)
        for number in range(4):
            url = server.put(f"/{number}.crl", authority.crl())
            put(idp, f"{number}.pem", authority.issue(f"{number}.corp.example", crl=url).pem)

        keys, said, _ = read(verifier(idp))

        assert len(server.asked) == 2
        assert sorted(key.standing for key in keys.values() if key.name != "CN=Corp Signing CA") == [
            *[Standing.UNKNOWN] * 2,
            *[Standing.WORKS] * 2,
        ]
        assert "2 CRLs were asked already in this read" in said[0]

    def test_silent_addresses_delay_no_other_certificate_s(
        self, idp: Path, authority: Authority, server: CrlServer, record_property: Callable[[str, object], None]
    ) -> None:
        record_property("attacks", 1)
        with socket.create_server(("127.0.0.1", 0), backlog=200) as silent:
            for number in range(40):
                url = f"http://127.0.0.1:{silent.getsockname()[1]}/{number}.crl"
                put(idp, f"a{number}.pem", authority.issue(f"{number}.corp.example", crl=url).pem)
            leaf = authority.issue(crl=server.put("/ca.crl", authority.crl()))
            put(idp, "z.pem", leaf.pem)
            began = time.monotonic()
            keys, said, _ = read(verifier(idp, timeout_seconds=1))

        assert time.monotonic() - began < 15
        assert keys[leaf.native_id].standing is Standing.WORKS
        assert [text for text in said if "no whole answer within 1 seconds" in text]

    def test_a_configured_file_that_is_not_there(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue()
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp, crls=["nowhere/ca.crl"]))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert "nowhere/ca.crl: can't be read (No such file or directory)" in said[0]


class TestIssuers:
    def test_somebody_who_only_bears_the_issuers_name(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        """Their CRL revokes nothing, though their certificate lies among the files."""
        impostor = Authority(name=authority.name)
        put(idp, "impostor.pem", impostor.root().pem)
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", impostor.crl(leaf))
        put(idp, "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(idp, checks_revocation=True))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert "its signature isn't that of the certificate's issuer" in said[0]

    def test_an_authority_that_may_not_sign_crls(self, tmp_path: Path, authority: Authority, server: CrlServer) -> None:
        put(tmp_path / "idp", "authority.pem", authority.root(signs_crls=False).pem)
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", authority.crl(leaf))
        put(tmp_path / "idp", "leaf.pem", leaf.pem)

        keys, said, _ = read(verifier(tmp_path / "idp", checks_revocation=True))

        assert keys[leaf.native_id].standing is Standing.UNKNOWN
        assert "no certificate of its issuer Corp Signing CA is at hand" in said[0]

    @pytest.mark.parametrize(("text", "sentence"), [(None, "can't be read"), ("nothing", "holds no certificate")])
    def test_issuers_that_cannot_be_read(self, idp: Path, tmp_path: Path, text: str | None, sentence: str) -> None:
        if text:
            put(tmp_path, "root.pem", text)

        with pytest.raises(ConfigError, match=rf"^verifiers\.certs: issuers: .*root\.pem {sentence}"):
            read(verifier(idp, issuers=[str(tmp_path / "root.pem")]))


class TestFiles:
    @pytest.mark.parametrize(
        ("body", "sentence"),
        [
            (b"<!DOCTYPE html>", "holds no certificate in PEM, DER or PKCS#7, or was cut off"),
            (b"-----BEGIN CERTIFICATE-----\nMIIB\n", "has a BEGIN without its END: it was cut off"),
            (b"-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "block 1 can't be decoded"),
            (b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n", "block 1 can't be decoded"),
            (
                b"-----BEGIN TRUSTED CERTIFICATE-----\nMIIB\n-----END TRUSTED CERTIFICATE-----\n",
                "holds OpenSSL's TRUSTED form. Convert it: openssl x509 -in FILE",
            ),
            (b"", "is empty, so presumed cut off"),
            (bytes(100), "holds no certificate in PEM, DER or PKCS#7"),
        ],
    )
    def test_a_file_that_holds_no_whole_certificate(self, idp: Path, body: bytes, sentence: str) -> None:
        put_bytes(idp, "leaf.pem", body)

        keys, said, error = read(verifier(idp))

        assert f"verifiers.certs: idp: leaf.pem {sentence}" in said[0]
        assert error.endswith("no key is taken to be gone.")
        assert len(keys) == 1, "the authority's own"

    def test_a_der_file_that_was_cut_off(self, idp: Path, authority: Authority) -> None:
        put_bytes(idp, "leaf.cer", authority.issue().der[:-9])

        assert "leaf.cer holds no certificate in PEM, DER or PKCS#7, or was cut off" in read(verifier(idp))[1][0]

    def test_a_subject_that_no_text_may_hold(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue("login\0\x1b[2J\n.corp.example")
        put(idp, "leaf.pem", leaf.pem)

        assert read(verifier(idp))[0][leaf.native_id].name == "CN=login\\00?[2J?.corp.example"

    def test_a_damaged_block_costs_itself(self, idp: Path, authority: Authority) -> None:
        before, behind = authority.issue(), authority.issue("other.corp.example")
        damaged = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----"
        put(idp, "leaf.pem", before.pem, damaged, behind.pem, "-----BEGIN CERTIFICATE-----", "MIIB")

        keys, said, error = read(verifier(idp))

        assert {before.native_id, behind.native_id} <= keys.keys()
        assert "leaf.pem block 2 can't be decoded. Collect it anew" in said[0]
        assert error

    def test_a_private_key_beside_its_certificate(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue()
        put(idp, "leaf.pem", leaf.private_pem, leaf.pem)

        keys, said, error = read(verifier(idp))

        assert keys[leaf.native_id].standing is Standing.WORKS
        assert "THE PRIVATE HALF OF A KEY LIES IN leaf.pem" in said[0]
        assert (len(said), error) == (1, "")
        assert leaf.private_pem.splitlines()[1] not in repr((keys, said))

    @pytest.mark.parametrize("name", ["leaf.key", "leaf.pem"])
    def test_a_private_key_alone(self, idp: Path, authority: Authority, name: str) -> None:
        put(idp, name, authority.issue().private_pem)

        _, said, error = read(verifier(idp))

        assert f"THE PRIVATE HALF OF A KEY LIES IN {name}" in said[0]
        assert (len(said), error) == (1, "")


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"collections": []}, "collections: name one folder at least"),
        ({"crls": ["ldap://ca.corp.example/ca.crl"]}, "an address begins with http:// or https://"),
        ({"crls": ["http://user:pw@ca.corp.example/ca.crl"]}, "an address holds no login"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, object], sentence: str) -> None:
    own = {"realm": "idp", "folder": "x", "expected": ["*"]}
    with pytest.raises(ValidationError, match=sentence):
        kind.Settings.model_validate({"name": "certs", "kind": "x509", "collections": [own]} | settings)


def test_revocation_that_counts_and_is_never_asked_is_warned_of() -> None:
    own = {"realm": "idp", "folder": "x", "expected": ["*"], "checks_revocation": True}
    settings = {"name": "certs", "kind": "x509", "collections": [own], "distribution_points": False}

    (warning,) = kind.Settings.model_validate(settings).warnings()

    assert warning == "collections.idp.checks_revocation: no CRL is asked, so nothing shows as revoked."
