"""NIST's test suite for path validation (PKITS): sections 4.4, 4.14 and 4.15, on CRLs, distribution points and deltas.

https://csrc.nist.gov/projects/pki-testing. Certificates and CRLs are those of version 1.0.1 (2011), as the package
`cryptography_vectors` carries them; NIST placed them in the public domain (17 U.S.C. 105). `pkits.zip` holds the three
sections' alone.

Here the question is not whether a path is valid, but what the CRLs say of a certificate, by RFC 5280. A definite answer
is that one; else it isn't known.
"""

import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from offboarding.interfaces import ReadContext
from offboarding.model import Gap, Key, Standing
from offboarding.net.revocation.certificates import X509Certificate, certificates_in
from offboarding.net.revocation.issuers import Issuers
from offboarding.net.revocation.lists import RevocationLists, State, web_for
from offboarding.verifiers import x509 as kind
from offboarding.verifiers.x509.settings import X509Settings
from tests.support.usual_read import AS_OF

SUITE = Path(__file__).with_name("pkits.zip")
GOOD, REVOKED, HELD, UNKNOWN, UNASKED = State.GOOD, State.REVOKED, State.HELD, State.UNKNOWN, State.UNASKED
SECTIONS: Mapping[str, Mapping[str, State]] = {
    "4.4": {
        "InvalidMissingCRLTest1": UNKNOWN,
        "InvalidRevokedCATest2": GOOD,
        "InvalidRevokedEETest3": REVOKED,
        "InvalidBadCRLSignatureTest4": UNKNOWN,
        "InvalidBadCRLIssuerNameTest5": UNKNOWN,
        "InvalidWrongCRLTest6": UNKNOWN,
        "ValidTwoCRLsTest7": GOOD,
        "InvalidUnknownCRLEntryExtensionTest8": UNKNOWN,
        "InvalidUnknownCRLExtensionTest9": UNKNOWN,
        "InvalidUnknownCRLExtensionTest10": UNKNOWN,
        "InvalidOldCRLnextUpdateTest11": UNKNOWN,
        "Invalidpre2000CRLnextUpdateTest12": UNKNOWN,
        "ValidGeneralizedTimeCRLnextUpdateTest13": GOOD,
        "ValidNegativeSerialNumberTest14": GOOD,
        "InvalidNegativeSerialNumberTest15": REVOKED,
        "ValidLongSerialNumberTest16": GOOD,
        "ValidLongSerialNumberTest17": GOOD,
        "InvalidLongSerialNumberTest18": REVOKED,
        "ValidSeparateCertificateandCRLKeysTest19": GOOD,
        "InvalidSeparateCertificateandCRLKeysTest20": REVOKED,
        "InvalidSeparateCertificateandCRLKeysTest21": UNKNOWN,
    },
    "4.14": {
        "ValiddistributionPointTest1": GOOD,
        "InvaliddistributionPointTest2": REVOKED,
        "InvaliddistributionPointTest3": UNKNOWN,
        "ValiddistributionPointTest4": GOOD,
        "ValiddistributionPointTest5": GOOD,
        "InvaliddistributionPointTest6": REVOKED,
        "ValiddistributionPointTest7": GOOD,
        "InvaliddistributionPointTest8": UNKNOWN,
        "InvaliddistributionPointTest9": UNKNOWN,
        "ValidNoissuingDistributionPointTest10": GOOD,
        "InvalidonlyContainsUserCertsTest11": UNKNOWN,
        "InvalidonlyContainsCACertsTest12": UNKNOWN,
        "ValidonlyContainsCACertsTest13": GOOD,
        "InvalidonlyContainsAttributeCertsTest14": UNKNOWN,
        "InvalidonlySomeReasonsTest15": REVOKED,
        "InvalidonlySomeReasonsTest16": HELD,
        "InvalidonlySomeReasonsTest17": UNKNOWN,
        "ValidonlySomeReasonsTest18": GOOD,
        "ValidonlySomeReasonsTest19": GOOD,
        "InvalidonlySomeReasonsTest20": REVOKED,
        "InvalidonlySomeReasonsTest21": REVOKED,
        "ValidIDPwithindirectCRLTest22": GOOD,
        "InvalidIDPwithindirectCRLTest23": REVOKED,
        "ValidIDPwithindirectCRLTest24": GOOD,
        "ValidIDPwithindirectCRLTest25": GOOD,
        "InvalidIDPwithindirectCRLTest26": UNKNOWN,
        "InvalidcRLIssuerTest27": UNKNOWN,
        "ValidcRLIssuerTest28": GOOD,
        "ValidcRLIssuerTest29": GOOD,
        "ValidcRLIssuerTest30": GOOD,
        "InvalidcRLIssuerTest31": REVOKED,
        "InvalidcRLIssuerTest32": REVOKED,
        "ValidcRLIssuerTest33": GOOD,
        "InvalidcRLIssuerTest34": REVOKED,
        "InvalidcRLIssuerTest35": UNKNOWN,
    },
    "4.15": {
        "InvaliddeltaCRLIndicatorNoBaseTest1": UNKNOWN,
        "ValiddeltaCRLTest2": GOOD,
        "InvaliddeltaCRLTest3": REVOKED,
        "InvaliddeltaCRLTest4": REVOKED,
        "ValiddeltaCRLTest5": GOOD,
        "InvaliddeltaCRLTest6": REVOKED,
        "ValiddeltaCRLTest7": GOOD,
        "ValiddeltaCRLTest8": GOOD,
        "InvaliddeltaCRLTest9": REVOKED,
        "InvaliddeltaCRLTest10": UNKNOWN,
    },
}
EXPECTED = {test: state for section in SECTIONS.values() for test, state in section.items()}
AUTHORITIES = {"RevokedsubCACert": REVOKED, "SeparateCertificateandCRLKeysCA2CRLSigningCert": REVOKED}
"""Of the suite's own authorities; the others are good, where their CRL can be known."""
LEFT_UNKNOWN = {
    *("InvalidNegativeSerialNumberTest15", "InvaliddeltaCRLTest10"),
    *("ValidSeparateCertificateandCRLKeysTest19", "InvalidSeparateCertificateandCRLKeysTest20"),
    *("ValidonlySomeReasonsTest18", "ValidonlySomeReasonsTest19"),
}
"""A definite answer that isn't given here; beside these those of indirect CRLs, tests 4.14.22 to 4.14.35."""


@pytest.fixture(scope="module")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pkits")
    with zipfile.ZipFile(SUITE) as packed:
        packed.extractall(folder)
    return folder


@pytest.fixture(scope="module")
def certificates(suite: Path) -> Mapping[str, X509Certificate]:
    return {path.stem: next(certificates_in(path.read_bytes())) for path in sorted((suite / "certs").iterdir())}


def settings_of(suite: Path) -> X509Settings:
    return X509Settings.model_validate(
        {
            "name": "certs",
            "kind": "x509",
            "crls": sorted(map(str, (suite / "crls").iterdir())),
            "issuers": [str(suite / "certs/TrustAnchorRootCertificate.crt")],
            "collections": [
                {"realm": "pkits", "folder": str(suite / "certs"), "expected": ["*"], "checks_revocation": True}
            ],
        }
    )


@pytest.fixture(scope="module")
def states(suite: Path, certificates: Mapping[str, X509Certificate]) -> Mapping[str, State]:
    """What is found out of each certificate, with every CRL of the suite at hand."""
    settings = settings_of(suite)
    lists = RevocationLists(
        where="verifiers.certs",
        web=web_for("verifiers.certs", settings),
        as_of=AS_OF,
        settings=settings,
        issuers=Issuers.of([certificates["TrustAnchorRootCertificate"]], [*certificates.values()]),
        issuer_missing="Put it in issuers",
    )
    return {name: lists.of(certificate).state for name, certificate in certificates.items()}


def test_the_sections_are_whole(certificates: Mapping[str, X509Certificate]) -> None:
    assert {section: len(tests) for section, tests in SECTIONS.items()} == {"4.4": 21, "4.14": 35, "4.15": 10}
    assert {name for name in certificates if "Test" in name} == {f"{test}EE" for test in EXPECTED}


@pytest.mark.parametrize("test", EXPECTED)
def test_a_definite_answer_is_rfc_5280_s(test: str, states: Mapping[str, State]) -> None:
    found, definite = states[f"{test}EE"], {EXPECTED[test]} - {UNKNOWN}

    assert found in {UNKNOWN, UNASKED} | definite
    if definite and test not in LEFT_UNKNOWN and "indirect" not in test and "cRLIssuer" not in test:
        assert found is EXPECTED[test]


def test_a_definite_answer_on_an_authority_is_rfc_5280_s(states: Mapping[str, State]) -> None:
    found = {name: state for name, state in states.items() if "Test" not in name}

    definite = {name: state for name, state in found.items() if state not in {UNKNOWN, UNASKED}}
    assert definite == {name: AUTHORITIES.get(name, GOOD) for name in definite}
    assert definite.keys() >= AUTHORITIES.keys()


def test_one_certificate_costs_itself(suite: Path, certificates: Mapping[str, X509Certificate]) -> None:
    """One of them has a number below zero."""
    context = ReadContext(as_of=AS_OF, default_zone="UTC")

    facts = list(kind.build(settings_of(suite), None, "pkits", context).collect())

    keys = {each.native_id: each for each in facts if isinstance(each, Key)}
    assert keys.keys() == {each.thumbprint for each in certificates.values()}
    negative = certificates["InvalidNegativeSerialNumberTest15EE"]
    assert keys[negative.thumbprint].standing is Standing.UNKNOWN
    assert [each for each in facts if isinstance(each, Gap) and "can't be looked up in a CRL" in each.text]
    assert keys[certificates["InvalidRevokedEETest3EE"].thumbprint].standing is Standing.DEAD
