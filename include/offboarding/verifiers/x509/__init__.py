"""X.509 certificates in files: what trusts their keys, until when, and what a CRL says (docs/configuration/x509.md).

Expired isn't untrusted: a certificate whose last day is over says nothing on whether its key is still accepted.
"""

from offboarding.interfaces import ConnectionFields, KeySource, ReadContext
from offboarding.verifiers.x509.settings import X509Settings

Settings = X509Settings


def build(settings: X509Settings, connection: ConnectionFields | None, part: str, context: ReadContext) -> KeySource:
    """The verifier of one collection, by its realm; nothing is opened or asked before its first fact is wanted."""
    # cryptography and httpcore aren't needed to read the configuration.
    from offboarding.verifiers.x509.verifier import X509Verifier  # noqa: PLC0415 - see interfaces

    del connection
    return X509Verifier(settings, next(each for each in settings.collections if each.realm == part), context)
