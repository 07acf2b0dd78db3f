"""The signed word by which an API user is let in: a SAML assertion, which SuccessFactors exchanges for a token.

https://userapps.support.sap.com/sap/support/knowledge/en/3462403: an assertion is made outside, and signed with the key
whose certificate the OAuth client was registered with.
https://blogs.sap.com/2023/04/18/saml-assertions-for-sap-successfactors-oauth-2.0-apis-handling-of-user-identifiers/:
the name in it is a user id.
"""

import base64
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from importlib import import_module
from typing import Any
from uuid import uuid4
from xml.etree.ElementTree import Element, SubElement, tostring

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import ConfigError
from offboarding.model.redaction import keep_out

_SAML, _SIGNATURE = "urn:oasis:names:tc:SAML:2.0:assertion", "http://www.w3.org/2000/09/xmldsig#"
_AUDIENCE = "www.successfactors.com"
_BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"
_UNSPECIFIED = "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified"
_BY_CERTIFICATE = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"
_CANONICAL = "http://www.w3.org/2001/10/xml-exc-c14n#"
_SKEW, _LASTS = timedelta(minutes=5), timedelta(minutes=10)


class SamlKey:
    """An OAuth client's key, and whom it speaks for."""

    def __init__(self, where: str, connection: ConnectionFields) -> None:
        """Raises ConfigError for what is no key, no certificate, or another key's."""
        self._user = connection.login
        self._client = str(connection.extra.get("client_id") or "")
        self._key, self._certificate = connection.password, str(connection.extra.get("certificate") or "")
        _check(where, connection, self._key, self._certificate)

    def assertion(self, token_url: str, now: datetime) -> str:
        """Signed, and in base64 as it's sent. It says who asks, and lets in until `_LASTS` is over."""
        # By their names since neither says anything of its types; in here: see interfaces.
        etree: Any = import_module("lxml.etree")
        signer: Any = import_module("signxml.signer")
        made = _assertion(self._user, self._client, token_url, now)
        signing = signer.XMLSigner(
            c14n_algorithm=_CANONICAL, signature_algorithm="rsa-sha256", digest_algorithm="sha256"
        )
        root, uri = etree.fromstring(tostring(made)), f"#{made.attrib['ID']}"
        signed = signing.sign(root, key=self._key, cert=self._certificate, reference_uri=uri, id_attribute="ID")
        sent = base64.b64encode(etree.tostring(signed)).decode()
        keep_out(sent)
        return sent


def _assertion(user: str, client: str, token_url: str, now: datetime) -> Element:
    """Unsigned, with the place where the signature goes."""
    said, ends, begins = _moment(now), _moment(now + _LASTS), _moment(now - _SKEW)
    root = Element(f"{{{_SAML}}}Assertion", {"ID": f"_{uuid4()}", "IssueInstant": said, "Version": "2.0"})
    _put(root, "Issuer").text = _AUDIENCE
    SubElement(root, f"{{{_SIGNATURE}}}Signature", {"Id": "placeholder"})
    subject = _put(root, "Subject")
    _put(subject, "NameID", {"Format": _UNSPECIFIED}).text = user
    confirmed = _put(subject, "SubjectConfirmation", {"Method": _BEARER})
    _put(confirmed, "SubjectConfirmationData", {"NotOnOrAfter": ends, "Recipient": token_url})
    conditions = _put(root, "Conditions", {"NotBefore": begins, "NotOnOrAfter": ends})
    _put(_put(conditions, "AudienceRestriction"), "Audience").text = _AUDIENCE
    stated = _put(root, "AuthnStatement", {"AuthnInstant": said, "SessionIndex": str(uuid4())})
    _put(_put(stated, "AuthnContext"), "AuthnContextClassRef").text = _BY_CERTIFICATE
    attribute = _put(_put(root, "AttributeStatement"), "Attribute", {"Name": "api_key"})
    _put(attribute, "AttributeValue").text = client
    return root


def _put(parent: Element, name: str, attributes: Mapping[str, str] | None = None) -> Element:
    return SubElement(parent, f"{{{_SAML}}}{name}", dict(attributes or {}))


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _check(where: str, connection: ConnectionFields, key: str, certificate: str) -> None:
    said = f"{where}: connection {connection.conn_id}"
    private = public = None
    try:
        with suppress(UnsupportedAlgorithm):
            private = load_pem_private_key(key.encode(), password=None)
    except (ValueError, TypeError) as error:
        raise ConfigError(
            f"{said}: its password is no private key in PEM. Paste the one whose certificate the OAuth client was"
            " registered with"
        ) from error
    if not isinstance(private, RSAPrivateKey):
        raise ConfigError(f"{said}: its password is no RSA key, and SuccessFactors takes no other. Make one of RSA")
    try:
        with suppress(UnsupportedAlgorithm):
            public = x509.load_pem_x509_certificate(certificate.encode()).public_key()
    except ValueError as error:
        raise ConfigError(f"{said}: extra.certificate is no certificate in PEM. Paste the OAuth client's") from error
    if public != private.public_key():
        raise ConfigError(
            f"{said}: extra.certificate is another key's than the password. Paste the certificate that the OAuth"
            " client was registered with"
        )
