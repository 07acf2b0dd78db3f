"""Storm-0558, 2023: a key whose certificate had ended on 4 April 2021 was accepted for 802 days more.

Public: tokens forged with a consumer signing key of 2016 were noticed on 15 June 2023; the key was replaced by the
29th. How it got out is not known. Here a real JWKS publishes it, over TLS and with its ended certificate, and a folder
of certificates holds the same: only the verifier that was asked says that it's trusted.
"""

import base64
from collections.abc import Callable, Generator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509 as certificates
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from demo.login_service import LoginService, login_service, public_jwk, signing_key
from offboarding.verifiers import jwks, x509
from tests.support.public_case import PublicCase, documented
from tests.support.replay import NOTHING, Replay
from tests.support.small_company import job, worker

ENDED, NOTICED = datetime(2021, 4, 4, 12, tzinfo=UTC), date(2023, 6, 15)
CASE = PublicCase(
    name="Storm-0558 2023",
    worked="a signing key whose certificate had ended",
    zone="America/Los_Angeles",
    left_on=ENDED.date(),
    found=f"{(NOTICED - ENDED.date()).days} after its end",
    rules=("leaver-signing-key",),
    dead_on=date(2023, 6, 29),
    assumed=(
        "A custodian left on the day on which the certificate ended: how the key got out isn't known.",
        "The custody register names them.",
        "It's published by a JWKS until 29 June 2023, and others keep that for 36 hours at most.",
    ),
)
DAY = timedelta(days=1)
HELD = {("leaver-signing-key", "12016", "consumer-tokens")}
REGISTER = {
    "keys": [
        {
            "name": "consumer-tokens",
            "kind": "signing_key",
            "places": [{"verifier": "login", "kid": "consumer-2016"}],
            "custodians": [{"worker": "hr:12016"}, {"worker": "hr:12017"}],
        },
        {
            "name": "consumer-tokens-2023",
            "kind": "signing_key",
            "places": [{"verifier": "login", "kid": "consumer-2023"}],
            "custodians": [{"worker": "hr:12017"}],
        },
    ]
}


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Generator[LoginService]:
    with login_service(tmp_path_factory.mktemp("login")) as service:
        yield service


def certificate(folder: Path) -> certificates.Certificate:
    """Of the key of 2016, ended."""
    key = signing_key(folder, "consumer-2016")
    name = certificates.Name([certificates.NameAttribute(NameOID.COMMON_NAME, "consumer tokens")])
    builder = certificates.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
    builder = builder.serial_number(2016).not_valid_before(datetime(2016, 4, 5, tzinfo=UTC)).not_valid_after(ENDED)
    return builder.sign(key, SHA256())


def test_an_ended_key_is_found_for_as_long_as_a_verifier_accepts_it(
    company: Callable[[str], Replay], running: LoginService, tmp_path: Path
) -> None:
    ended, folder = certificate(tmp_path), tmp_path / "certificates"
    folder.mkdir()
    (folder / "consumer.pem").write_bytes(ended.public_bytes(Encoding.PEM))
    chain = [base64.b64encode(ended.public_bytes(Encoding.DER)).decode()]
    old = public_jwk(signing_key(tmp_path, "consumer-2016").public_key(), "consumer-2016", x5c=chain)
    new = public_jwk(signing_key(tmp_path, "consumer-2023").public_key(), "consumer-2023")
    cloud = company(CASE.zone)
    cloud.hr.workers = [worker(each, job(zone=CASE.zone)) for each in ("12016", "12017")]
    asked = {"name": "login", "kind": "jwks", "issuers": [running.issuer], "internal": True, "cache_hours": 36}
    login = jwks.Settings.model_validate({**asked, "ca_certs_file": str(running.authority)})
    collected = {"realm": "trusted", "folder": str(folder), "expected": ["consumer.pem"]}
    files = x509.Settings.model_validate({"name": "files", "kind": "x509", "collections": [collected]})
    cloud.reads(login, lambda part, context: jwks.build(login, None, part, context))
    cloud.reads(files, lambda part, context: x509.build(files, None, part, context))
    cloud.register = REGISTER
    running.publish(old)

    cloud.night(CASE.left_on - 2 * DAY)
    assert cloud.all() == NOTHING

    cloud.hr.change("12016", employments=(CASE.ended(),))
    cloud.night(CASE.left_on)
    assert cloud.open() == HELD
    told = cloud.evidence("leaver-signing-key")
    assert "It's trusted: published" in told
    assert "it ended on 2021-04-04 12:00 UTC, and whether those who verify look at that isn't known" in told

    cloud.night(NOTICED)
    assert cloud.open() == HELD

    running.publish(new)
    for day in (CASE.dead_on, CASE.dead_on + DAY):
        cloud.night(day)
        assert cloud.open() == HELD
    cloud.night(CASE.dead_on + 2 * DAY)
    assert cloud.open() == NOTHING
    assert CASE.row(cloud.measured(CASE.rules)) == documented(CASE)
