"""What is kept of a certificate, and what is none."""

import hashlib

import pytest

from offboarding.sources.ldap.certificates import CertificateFormatError, parse
from tests.support.certificates import ENDS, STARTS, certificate


def test_thumbprint_serial_issuer_and_dates_and_nobodys_name() -> None:
    value = certificate("Alice Kim", "Corp CA")

    found = parse(value)

    assert found.thumbprint == hashlib.sha256(value).hexdigest()
    assert found.label == "certificate 1234ABCD by Corp CA"
    assert (found.starts_at, found.expires_at) == (STARTS, ENDS)
    assert "Alice" not in repr(found)


def test_who_signed_for_himself_isnt_named_either() -> None:
    assert parse(certificate("Alice Kim", "Alice Kim")).label == "certificate 1234ABCD"


@pytest.mark.parametrize("cut", (0, 1, 20, -1))
def test_what_is_no_certificate_is_said_without_it(cut: int) -> None:
    value = b"s3cret" if cut == 0 else certificate()[:cut]

    with pytest.raises(CertificateFormatError) as error:
        parse(value)

    assert str(error.value) == "it isn't one X.509 certificate in DER"
