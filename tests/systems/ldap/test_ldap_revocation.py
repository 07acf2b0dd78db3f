"""Certificates on people's entries that their authority revoked: CRLs asked in the live look, on a real directory."""

from collections.abc import Callable, Generator
from datetime import timedelta
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from pydantic import ValidationError

from demo import slapd
from offboarding.model import Credential, ScopeRead, Standing, SubjectKind
from offboarding.model.errors import ConfigError
from tests.support.pki import AS_OF, Authority, CrlServer, Leaf, crl_server
from tests.support.revoking import Certified, certificates
from tests.systems.ldap.directory import Told, collect, connection, directory, look_again, person, settings, source

PUBLISHED = "2026-11-24 15:30 UTC"
ENDS = "2027-11-24 16:30 UTC"
EACH_SEEN = (SubjectKind.ACCOUNT, SubjectKind.CERTIFICATE)


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> Generator[slapd.Server]:
    with directory(tmp_path_factory.mktemp("people"), person("kim"), person("lee")) as server:
        yield server


@pytest.fixture(scope="module")
def serving() -> Generator[CrlServer]:
    with crl_server() as web:
        yield web


@pytest.fixture
def corp(people: slapd.Server, serving: CrlServer, tmp_path: Any) -> Generator[Certified]:
    serving.pages.clear()
    serving.asked.clear()
    corp = Certified(server=people, web=serving, folder=tmp_path)
    yield corp
    for login in ("kim", "lee"):
        corp.holds(login)


def look(corp: Certified, *logins: str, **revocation: Any) -> Told:
    return Told(list(corp.source(**revocation).detail(corp.refs(*(logins or ("kim",))))))


def only(told: Told) -> Credential:
    (found,) = certificates(told)
    return found


class TestAsked:
    def test_a_revoked_one_is_dead(self, corp: Certified) -> None:
        leaf = corp.authority.issue(crl=corp.crl)
        corp.holds("kim", leaf)
        corp.publishes(leaf, reason=x509.ReasonFlags.cessation_of_operation)

        told = look(corp)

        assert (only(told).standing, told.red()) == (Standing.DEAD, [])
        assert only(told).standing_reason == (
            f"revoked since {PUBLISHED} (cessationOfOperation) by CRL number 812 of {PUBLISHED}, {corp.crl}"
        )
        assert only(told).native_id == leaf.native_id

    def test_one_that_is_not_on_it_works(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.issue(crl=corp.crl))
        corp.publishes(corp.authority.issue("somebody else", crl=corp.crl))

        told = look(corp)

        assert (only(told).standing, told.red()) == (Standing.WORKS, [])
        assert only(told).standing_reason == (
            f"in userCertificate, until {ENDS}, not on CRL number 812 of {PUBLISHED}: a locked password doesn't stop "
            "whoever accepts its issuer"
        )

    def test_one_on_hold_may_come_back(self, corp: Certified) -> None:
        leaf = corp.authority.issue(crl=corp.crl)
        corp.holds("kim", leaf)
        corp.publishes(leaf, reason=x509.ReasonFlags.certificate_hold)

        told = look(corp)

        assert (only(told).standing, told.red()) == (Standing.UNKNOWN, [])
        assert "on hold since" in only(told).standing_reason

    def test_of_two_on_one_entry_the_revoked_one_alone_is_dead(self, corp: Certified) -> None:
        lost, present = corp.authority.issue("lost", crl=corp.crl), corp.authority.issue("present", crl=corp.crl)
        corp.holds("kim", lost, present)
        corp.publishes(lost)

        standings = {each.native_id: each.standing for each in certificates(look(corp))}

        assert standings == {lost.native_id: Standing.DEAD, present.native_id: Standing.WORKS}

    def test_by_a_crl_that_is_configured(self, corp: Certified) -> None:
        leaf = corp.authority.issue()
        corp.holds("kim", leaf)
        file = corp.folder / "ca.crl"
        file.write_bytes(corp.authority.crl(leaf))

        assert only(look(corp, crls=[str(file)])).standing is Standing.DEAD

    def test_each_crl_is_asked_once_and_counted(self, corp: Certified) -> None:
        for login in ("kim", "lee"):
            corp.holds(login, corp.authority.issue(login, crl=corp.crl))
        corp.publishes()
        refs = corp.refs("kim", "lee")
        reader, without = corp.source(), source(connection(corp.server))

        found = certificates(Told(list(reader.detail(refs))))
        list(without.detail(refs))

        assert [each.standing for each in found] == [Standing.WORKS] * 2
        assert corp.web.asked == ["/ca.crl"]
        assert reader.requests.detail == without.requests.detail + 1


class TestNotAsked:
    def test_where_nobody_asks_for_it(self, corp: Certified) -> None:
        """As before there was such a setting: it works, whatever a CRL says."""
        leaf = corp.authority.issue(crl=corp.crl)
        corp.holds("kim", leaf)
        corp.publishes(leaf)

        told = look_again(corp.server, *corp.refs("kim"))

        assert only(told).standing is Standing.WORKS
        assert only(told).standing_reason.endswith("a revocation isn't visible here")
        assert corp.web.asked == []

    def test_in_the_inventory(self, corp: Certified) -> None:
        """And what wasn't asked isn't said: the inventory's word would count where the live look fails."""
        live = corp.authority.issue(crl=corp.crl)
        over = corp.authority.issue(crl=corp.crl, ends=AS_OF - timedelta(days=1))
        corp.holds("kim", live, over)
        corp.publishes()

        told = collect(corp.server, revocation=corp.asking())

        standings = {each.native_id: each.standing for each in certificates(told)}
        assert standings == {live.native_id: Standing.UNKNOWN, over.native_id: Standing.DEAD}
        assert (corp.web.asked, told.red()) == ([], [])

    def test_one_that_has_ended(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.issue(crl=corp.crl, ends=AS_OF - timedelta(days=1)))

        told = look(corp)

        assert (only(told).standing, told.red(), corp.web.asked) == (Standing.DEAD, [], [])

    def test_one_that_names_no_crl(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.issue())

        told = look(corp)

        assert (only(told).standing, told.red()) == (Standing.WORKS, [])
        assert "it names no CRL, and none is configured" in only(told).standing_reason

    def test_without_distribution_points(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.issue(crl=corp.crl))
        another = corp.web.put("/another.crl", Authority(name="Another CA").crl())

        told = look(corp, distribution_points=False, crls=[another])

        assert (only(told).standing, told.red(), corp.web.asked) == (Standing.WORKS, [], ["/another.crl"])
        assert "the CRL that it names isn't asked, and none of its issuer's is configured" in only(told).standing_reason

    def test_one_that_somebody_made_for_himself(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.root())

        told = look(corp)

        assert (only(told).standing, told.red()) == (Standing.WORKS, [])

    def test_by_an_authority_that_a_leaver_made(self, corp: Certified) -> None:
        """Whoever may write on their own entry must not make us ask an address, nor revoke by a CRL of their own."""
        own = Authority(name="Own CA")
        leaf, root = own.issue(crl=corp.web.put("/own.crl", own.crl())), own.root()
        corp.holds("kim", leaf, root)

        told = look(corp)

        standings = {each.native_id: each.standing for each in certificates(told)}
        assert standings == {leaf.native_id: Standing.UNKNOWN, root.native_id: Standing.WORKS}
        assert corp.web.asked == []
        serial, (ref,) = f"{leaf.certificate.serial_number:X}", corp.refs("kim")
        (said,) = told.red()
        assert said == (
            f"sources.corp-ldap: certificate {serial}: no certificate of its issuer Own CA is at hand. Put it in "
            f"revocation.issuers. Not known because of it, whether it's revoked: certificate {serial} of account "
            f"{ref.native_id}"
        )


def stale(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, at=AS_OF - timedelta(days=2), until=AS_OF - timedelta(minutes=1))


def forged(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf, signed_by=ec.generate_private_key(ec.SECP256R1()))


def of_another(authority: Authority, leaf: Leaf) -> bytes:
    del authority
    return Authority(name="Another CA").crl(leaf)


def of_a_namesake(authority: Authority, leaf: Leaf) -> bytes:
    return Authority(name=authority.name).crl(leaf)


def cut_off(authority: Authority, leaf: Leaf) -> bytes:
    return authority.crl(leaf)[:-20]


def web_page(authority: Authority, leaf: Leaf) -> bytes:
    del authority, leaf
    return b"<!DOCTYPE html><p>Please log in"


class TestNoAnswer:
    @pytest.mark.parametrize(
        ("made", "sentence"),
        [
            (stale, "stale CRL: it held until 2026-11-24 16:29 UTC. See whether the authority still publishes."),
            (forged, "its signature isn't that of the certificate's issuer. Ask the authority for its CRL."),
            (of_another, "it's another issuer's. Ask the authority for its CRL."),
            (of_a_namesake, "its signature isn't that of the certificate's issuer. Ask the authority for its CRL."),
            (cut_off, "it's no CRL in DER or PEM, or cut off. See what lies there."),
            (web_page, "it's no CRL in DER or PEM, or cut off. See what lies there."),
        ],
    )
    def test_a_crl_that_proves_nothing(
        self, corp: Certified, made: Callable[[Authority, Leaf], bytes], sentence: str
    ) -> None:
        """Though each of them lists the certificate."""
        leaf = corp.authority.issue(crl=corp.crl)
        corp.holds("kim", leaf)
        corp.web.put("/ca.crl", made(corp.authority, leaf))

        told = look(corp)

        (ref,) = corp.refs("kim")
        assert only(told).standing is Standing.UNKNOWN
        (said,) = told.red()
        assert said == (
            f"sources.corp-ldap: {corp.crl}: {sentence} Not known because of it, whether it's revoked: certificate "
            f"{leaf.certificate.serial_number:X} of account {ref.native_id}"
        )
        assert told.scopes == [ScopeRead(realm=ref.realm, scope=ref.native_id, kinds=EACH_SEEN)], "the entry was read"

    @pytest.mark.parametrize(
        ("address", "sentence"),
        [("{web}/nowhere.crl", ": 404. Ask the authority where its CRL is"), ("http://127.0.0.1:9/c", ": no answer")],
    )
    def test_a_crl_that_nobody_serves(self, corp: Certified, address: str, sentence: str) -> None:
        url = address.format(web=corp.web.url)
        corp.holds("kim", corp.authority.issue(crl=url))

        told = look(corp)

        assert only(told).standing is Standing.UNKNOWN
        assert told.red()[0].startswith(f"sources.corp-ldap: {url}{sentence}")

    def test_one_sentence_a_crl_whoever_it_concerns(self, corp: Certified) -> None:
        leaves = [corp.authority.issue(str(number), crl=corp.crl) for number in range(7)]
        corp.holds("kim", *leaves[:4])
        corp.holds("lee", *leaves[4:])

        told = look(corp, "kim", "lee")

        (said,) = told.red()
        assert said.endswith("; and 2 more")
        assert corp.web.asked == ["/ca.crl"]

    def test_an_address_within_that_a_certificate_names(self, corp: Certified) -> None:
        corp.holds("kim", corp.authority.issue(crl=corp.crl))
        corp.publishes()

        told = look(corp, internal=False)

        assert (only(told).standing, corp.web.asked) == (Standing.UNKNOWN, [])
        assert "isn't public. If it's meant, set internal: true" in told.red()[0]

    @pytest.mark.parametrize("location", ["http://169.254.169.254/latest/", "file:///etc/passwd"])
    def test_a_redirect_elsewhere(self, corp: Certified, location: str) -> None:
        corp.holds("kim", corp.authority.issue(crl=corp.crl))
        corp.web.put("/ca.crl", b"", status=302, Location=location)

        told = look(corp)

        assert (only(told).standing, corp.web.asked) == (Standing.UNKNOWN, ["/ca.crl"])
        assert "it redirects to" in told.red()[0]

    @pytest.mark.parametrize("url", ["http://169.254.169.254/ca.crl", "http://[fd00:ec2::254]/ca.crl"])
    def test_a_metadata_service_even_where_internal_addresses_may_be(self, corp: Certified, url: str) -> None:
        corp.holds("kim", corp.authority.issue(crl=url))

        told = look(corp)

        assert only(told).standing is Standing.UNKNOWN
        assert "is never asked" in told.red()[0]

    def test_one_in_the_directory_itself(self, corp: Certified) -> None:
        """As Active Directory's own authorities name them: by LDAP."""
        leaf = corp.authority.issue(crl="ldap:///CN=Kim,CN=CDP,DC=corp?certificateRevocationList")
        corp.holds("kim", leaf)
        file = corp.folder / "ca.crl"
        file.write_bytes(corp.authority.crl(leaf))

        without, named = look(corp), look(corp, crls=[str(file)])

        assert (only(without).standing, "CN=Kim" in repr(without.gaps)) == (Standing.UNKNOWN, False)
        assert "names its CRL by ldap, and it's asked by http alone. Name the CRL in crls" in without.red()[0]
        assert (only(named).standing, named.red()) == (Standing.DEAD, [])


class TestSettings:
    def test_issuers_that_cannot_be_read_are_told_by_the_inventory(self, corp: Certified) -> None:
        with pytest.raises(ConfigError, match=r"^sources\.corp-ldap\.revocation\.issuers: no\.pem can't be read"):
            collect(corp.server, revocation=corp.asking(issuers=["no.pem"]))

    @pytest.mark.parametrize(
        ("revocation", "sentence"),
        [
            ({}, "issuers"),
            ({"issuers": []}, "issuers"),
            ({"issuers": ["ca.pem"], "distribution_points": False}, "nothing is asked: name crls"),
            ({"issuers": ["ca.pem"], "crls": ["ldap://ca/ca.crl"]}, "an address begins with http:// or https://"),
        ],
    )
    def test_what_cannot_be(self, revocation: dict[str, Any], sentence: str) -> None:
        with pytest.raises(ValidationError, match=sentence):
            settings(revocation=revocation)
