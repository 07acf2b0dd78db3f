"""What certificates in files say of a key, with CRLs made by a real authority and served over HTTP."""

import subprocess
from collections.abc import Generator
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7

from offboarding.custody.thumbprints import material_of
from offboarding.interfaces import KeySource
from offboarding.model import Exportable, Fact, Gap, Key, ScopeRead, Standing
from tests.support.collected import put, put_bytes
from tests.support.pki import AS_OF, YEAR, Authority, CrlServer, Leaf, crl_server, distribution_point
from tests.systems.x509.collection import verifier

pytestmark = pytest.mark.slow

UNKNOWN_IF = "whether those who verify look at"


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


def told(idp: Path, leaf: Leaf, **settings: object) -> tuple[Key, list[str]]:
    put(idp, "leaf.pem", leaf.pem)
    keys, said, error = read(verifier(idp, **settings))  # pyrefly: ignore[bad-argument-type]
    assert error == ""
    return keys[leaf.native_id], said


class TestCertificates:
    def test_one_that_is_valid_works(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue()

        key, said = told(idp, leaf)

        assert (key.standing, key.verifies, said) == (Standing.WORKS, True, [])
        assert key.standing_reason == "valid until 2027-11-24 16:30 UTC, it names no CRL, and none is configured"
        assert key.material == material_of(leaf.key.public_key())
        assert key.name == "CN=login.corp.example"
        assert key.version == f"{leaf.certificate.serial_number:X}"
        assert key.label.endswith("by Corp Signing CA of CN=login.corp.example in leaf.pem")
        assert key.algorithm == "EC_secp256r1"
        assert key.expires_at == AS_OF + YEAR
        assert key.created_at is None
        assert key.carryable is Exportable.UNKNOWN

    def test_one_that_has_ended_is_nobodys_word(self, idp: Path, authority: Authority) -> None:
        """Storm-0558's was accepted 802 days after its end, so it's never dead by its date alone."""
        key, said = told(idp, authority.issue(starts=AS_OF - 3 * YEAR, ends=AS_OF - timedelta(days=802)))

        assert (key.standing, key.verifies, said) == (Standing.UNKNOWN, False, [])
        assert UNKNOWN_IF in key.standing_reason

    def test_one_that_has_ended_is_asked_of_no_crl(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        told(idp, authority.issue(crl=f"{server.url}/gone.crl", ends=AS_OF - timedelta(days=1)))

        assert server.asked == []

    def test_one_that_is_yet_to_begin_works(self, idp: Path, authority: Authority) -> None:
        key, _ = told(idp, authority.issue(starts=AS_OF + timedelta(days=1)))

        assert key.standing is Standing.WORKS
        assert "valid from 2026-11-25 16:30 UTC" in key.standing_reason

    def test_a_renewal_is_the_same_key(self, idp: Path, authority: Authority) -> None:
        old = authority.issue(ends=AS_OF - timedelta(days=1))
        put(idp, "old.pem", old.pem)

        renewed, _ = told(idp, authority.issue(key=old.key))

        keys, _, _ = read(verifier(idp))
        assert keys[old.native_id].material == renewed.material
        assert keys[old.native_id].name == renewed.name
        assert [keys[each].standing for each in (old.native_id, renewed.native_id)] == [
            Standing.UNKNOWN,
            Standing.WORKS,
        ]

    def test_of_several_files_it_is_one(self, idp: Path, authority: Authority) -> None:
        leaf = authority.issue()
        put(idp, "web/chain.pem", leaf.pem, authority.root().pem)

        key, _ = told(idp, leaf)

        assert key.label.endswith("in leaf.pem and 1 more")

    def test_without_a_subject_its_other_name_is_told(self, idp: Path, authority: Authority) -> None:
        names = x509.SubjectAlternativeName([x509.DNSName("api.corp.example")])

        key, _ = told(idp, authority.issue("", extension=names))

        assert key.name == "api.corp.example"

    @pytest.mark.parametrize("form", ["der", "pem bundle", "pkcs7 pem", "pkcs7 der", "openssl pkcs7"])
    def test_every_form(self, idp: Path, authority: Authority, form: str) -> None:
        leaf, root = authority.issue(), authority.root()
        both = [leaf.certificate, root.certificate]
        if form == "der":
            put_bytes(idp, "leaf.cer", leaf.der)
        elif form == "pem bundle":
            put(idp, "leaf.pem", "Bag Attributes: the login", leaf.pem, root.pem)
        elif form == "openssl pkcs7":
            put(idp, "both.txt", leaf.pem, root.pem)
            made = ["openssl", "crl2pkcs7", "-nocrl", "-certfile", "both.txt", "-out", "leaf.p7b"]
            subprocess.run(made, cwd=idp, check=True)
        else:
            encoding = Encoding.PEM if form == "pkcs7 pem" else Encoding.DER
            put_bytes(idp, "leaf.p7b", pkcs7.serialize_certificates(both, encoding))

        keys, said, error = read(verifier(idp))

        assert keys[leaf.native_id].standing is Standing.WORKS
        assert (said, error) == ([], "")

    def test_a_key_that_has_no_thumbprint_is_kept_by_reference(self, idp: Path, authority: Authority) -> None:
        odd = ec.generate_private_key(ec.BrainpoolP256R1())

        key, _ = told(idp, authority.issue(key=odd))

        assert key.material == f"ref:idp/{key.native_id}"

    def test_it_joins_what_a_jwks_shows(self, idp: Path, authority: Authority) -> None:
        key = rsa.generate_private_key(65537, 2048)

        told_key, _ = told(idp, authority.issue(key=key))  # pyrefly: ignore[bad-argument-type]

        assert told_key.material == material_of(key.public_key())
        assert told_key.algorithm == "RSA_2048"


class TestRevocation:
    def test_not_on_a_fresh_crl(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        key, said = told(idp, authority.issue(crl=server.put("/ca.crl", authority.crl())))

        assert (key.standing, said) == (Standing.WORKS, [])
        assert "not on the CRL of 2026-11-24 15:30 UTC" in key.standing_reason
        assert key.cache == timedelta(days=3, hours=1), "others may keep the CRL for as long"

    def test_revoked_it_is_dead_for_those_who_look(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", authority.crl(leaf, reason=x509.ReasonFlags.key_compromise))

        key, said = told(idp, leaf, checks_revocation=True)

        assert (key.standing, key.verifies, said) == (Standing.DEAD, True, [])
        at = "2026-11-24 15:30 UTC"
        assert key.standing_reason == f"revoked since {at} (keyCompromise) by the CRL of {at}, {server.url}/ca.crl"

    def test_revoked_it_is_not_known_to_be_dead_for_others(
        self, idp: Path, authority: Authority, server: CrlServer
    ) -> None:
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", authority.crl(leaf))

        key, said = told(idp, leaf)

        assert (key.standing, key.verifies, said) == (Standing.UNKNOWN, True, [])
        assert f"{UNKNOWN_IF} revocation isn't known" in key.standing_reason

    def test_what_is_on_hold_may_come_back(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", authority.crl(leaf, reason=x509.ReasonFlags.certificate_hold))

        key, _ = told(idp, leaf, checks_revocation=True)

        assert key.standing is Standing.UNKNOWN
        assert "on hold since" in key.standing_reason

    def test_a_crl_in_pem_behind_a_redirect(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=server.put("/old.crl", b"", status=302, Location="/ca.crl"))
        pem = x509.load_der_x509_crl(authority.crl(leaf)).public_bytes(Encoding.PEM)
        server.put("/ca.crl", pem)

        assert told(idp, leaf, checks_revocation=True)[0].standing is Standing.DEAD

    @pytest.mark.parametrize("by", ["file", "address"])
    def test_a_crl_that_is_configured(
        self, idp: Path, authority: Authority, server: CrlServer, tmp_path: Path, by: str
    ) -> None:
        leaf = authority.issue()
        crl = authority.crl(leaf)
        place = str(put_bytes(tmp_path, "ca.crl", crl)) if by == "file" else server.put("/ca.crl", crl)

        key, said = told(idp, leaf, checks_revocation=True, crls=[place])

        assert (key.standing, said) == (Standing.DEAD, [])

    def test_another_authoritys_crl_is_not_asked_about_it(
        self, idp: Path, authority: Authority, server: CrlServer
    ) -> None:
        other = Authority(name="Another CA")

        key, said = told(idp, authority.issue(), crls=[server.put("/other.crl", other.crl())])

        assert (key.standing, said) == (Standing.WORKS, [])

    def test_each_crl_is_asked_once(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        url = server.put("/ca.crl", authority.crl())
        for number in range(3):
            put(idp, f"{number}.pem", authority.issue(f"{number}.corp.example", crl=url).pem)
        reader = verifier(idp)

        read(reader)

        assert server.asked == ["/ca.crl"]
        assert reader.requests.inventory == 5

    def test_an_issuer_that_is_not_among_the_files(
        self, authority: Authority, server: CrlServer, tmp_path: Path
    ) -> None:
        leaf = authority.issue(crl=f"{server.url}/ca.crl")
        server.put("/ca.crl", authority.crl(leaf))
        root = put(tmp_path, "root.pem", authority.root().pem)
        put(tmp_path / "alone", "leaf.pem", leaf.pem)

        without = read(verifier(tmp_path / "alone", checks_revocation=True))
        named = read(verifier(tmp_path / "alone", checks_revocation=True, issuers=[str(root)]))

        assert without[0][leaf.native_id].standing is Standing.UNKNOWN
        assert "no certificate of its issuer Corp Signing CA is at hand. Put it among the files" in without[1][0]
        assert (named[0][leaf.native_id].standing, named[1]) == (Standing.DEAD, [])

    def test_by_several_points_the_worst_counts(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        first = server.put("/1.crl", authority.crl())
        (one,), (two,) = distribution_point(first), distribution_point(f"{server.url}/2.crl")
        leaf = authority.issue(extension=x509.CRLDistributionPoints([one, two]))
        server.put("/2.crl", authority.crl(leaf))

        assert told(idp, leaf, checks_revocation=True)[0].standing is Standing.DEAD

    def test_the_addresses_of_a_point_are_ways_to_one_crl(
        self, idp: Path, authority: Authority, server: CrlServer
    ) -> None:
        """As Active Directory's authorities write them: by LDAP first, and one of the others is down."""
        crl = server.put("/ca.crl", authority.crl())
        point = distribution_point("ldap:///CN=CA,DC=corp?certificateRevocationList", f"{server.url}/down", crl)
        leaf = authority.issue(extension=point)

        fine = told(idp, leaf, checks_revocation=True)
        server.put("/ca.crl", authority.crl(leaf))

        assert (fine[0].standing, fine[1]) == (Standing.WORKS, [])
        assert told(idp, leaf, checks_revocation=True)[0].standing is Standing.DEAD

    def test_a_crl_that_is_configured_stands_for_one_that_cannot_be_asked(
        self, idp: Path, authority: Authority, tmp_path: Path
    ) -> None:
        leaf = authority.issue(crl="ldap:///CN=CA,DC=corp?certificateRevocationList")
        without = told(idp, leaf)
        place = str(put_bytes(tmp_path, "ca.crl", authority.crl(number=7)))

        key, said = told(idp, leaf, crls=[place])

        assert "names its CRL by ldap, and it's asked by http alone. Name the CRL in crls" in without[1][0]
        assert (key.standing, said) == (Standing.WORKS, [])
        assert "not on CRL number 7 of 2026-11-24 15:30 UTC" in key.standing_reason


ON_HOLD, REMOVED = x509.ReasonFlags.certificate_hold, x509.ReasonFlags.remove_from_crl


class TestDeltas:
    """A CRL that names a delta, or whose delta is configured, has the last word with it alone."""

    @pytest.mark.parametrize(
        ("in_full", "in_delta", "standing"),
        [
            (None, None, Standing.WORKS),
            (None, x509.ReasonFlags.key_compromise, Standing.DEAD),
            (x509.ReasonFlags.key_compromise, None, Standing.DEAD),
            (ON_HOLD, REMOVED, Standing.WORKS),
            (ON_HOLD, x509.ReasonFlags.key_compromise, Standing.DEAD),
            (ON_HOLD, None, Standing.UNKNOWN),
            (None, ON_HOLD, Standing.UNKNOWN),
        ],
    )
    @pytest.mark.parametrize("configured", [False, True])
    def test_what_it_says_counts(
        self,
        idp: Path,
        authority: Authority,
        server: CrlServer,
        tmp_path: Path,
        in_full: x509.ReasonFlags | None,
        in_delta: x509.ReasonFlags | None,
        standing: Standing,
        configured: bool,
    ) -> None:
        place = f"{server.url}/delta.crl"
        leaf = authority.issue(crl=f"{server.url}/full.crl")
        full = authority.crl(
            *([leaf] if in_full else []), reason=in_full, number=7, delta=None if configured else place
        )
        delta = authority.crl(
            *([leaf] if in_delta else []), reason=in_delta, number=9, extension=x509.DeltaCRLIndicator(6)
        )
        server.put("/full.crl", full)
        server.put("/delta.crl", delta)
        crls = [str(put_bytes(tmp_path, "full.crl", full)), str(put_bytes(tmp_path, "delta.crl", delta))]

        key, said = told(idp, leaf, checks_revocation=True, crls=crls if configured else [])

        assert (key.standing, said) == (standing, [])

    @pytest.mark.parametrize(
        ("base", "numbered", "says"),
        [(8, 9, "a delta CRL of another full one"), (6, None, "of another full one"), (6, 7, ""), (6, 6, "")],
    )
    def test_one_that_is_not_newer_changes_nothing_and_one_of_another_full_one_is_not_checked(
        self, idp: Path, authority: Authority, server: CrlServer, base: int, numbered: int | None, says: str
    ) -> None:
        leaf = authority.issue(crl=f"{server.url}/full.crl")
        server.put("/full.crl", authority.crl(number=7, delta=f"{server.url}/delta.crl"))
        server.put("/delta.crl", authority.crl(leaf, number=numbered, extension=x509.DeltaCRLIndicator(base)))

        key, said = told(idp, leaf, checks_revocation=True)

        assert key.standing is (Standing.UNKNOWN if says else Standing.WORKS)
        assert [says in each for each in said] == [True] * bool(says)

    def test_one_that_can_not_be_read_is_not_checked(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        leaf = authority.issue(crl=server.put("/full.crl", authority.crl(number=7, delta=f"{server.url}/nowhere.crl")))

        key, said = told(idp, leaf)

        assert key.standing is Standing.UNKNOWN
        assert f"its delta CRL {server.url}/nowhere.crl may say otherwise" in said[0]

    def test_one_that_a_certificate_names_counts(self, idp: Path, authority: Authority, server: CrlServer) -> None:
        full = server.put("/full.crl", authority.crl(number=7))
        points = list(distribution_point(f"{server.url}/delta.crl"))
        leaf = authority.issue(crl=full, extension=x509.FreshestCRL(points))
        server.put("/delta.crl", authority.crl(leaf, number=9, extension=x509.DeltaCRLIndicator(7)))

        key, _ = told(idp, leaf, checks_revocation=True)

        assert key.standing is Standing.DEAD
