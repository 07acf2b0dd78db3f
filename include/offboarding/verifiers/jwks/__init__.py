"""Services that publish the keys they sign with as a JSON Web Key Set (RFC 7517): OpenID issuers, Kubernetes, files.

What is published is trusted: a key works for as long as a JWKS shows it, and for as long again as others may keep that
JWKS. A JWKS tells no dates; the store keeps when each key was seen first and last.
"""

from collections.abc import Iterator
from datetime import timedelta

from offboarding.interfaces import ConnectionFields, KeySource, ReadContext
from offboarding.model.errors import ConfigError
from offboarding.net.destinations import Destination
from offboarding.verifiers.jwks.settings import JwksSettings

Settings = JwksSettings


def destinations(settings: JwksSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads: a cluster's API server, asked over https."""
    del settings
    yield Destination(host=connection.host.removeprefix("https://").rstrip("/"), clear_text=False)


def build(settings: JwksSettings, connection: ConnectionFields | None, part: str, context: ReadContext) -> KeySource:
    """The verifier of one part; nothing is contacted before its first fact is wanted. Raises ConfigError for a
    connection that can't be right.
    """
    # httpcore and ssl aren't needed to read the configuration.
    from offboarding.net.page import Web  # noqa: PLC0415 - see interfaces
    from offboarding.verifiers.jwks.places import Address, File, Issuer, cluster, cluster_extra  # noqa: PLC0415 - see interfaces
    from offboarding.verifiers.jwks.verifier import JwksVerifier  # noqa: PLC0415 - see interfaces

    del context
    where, max_bytes = f"verifiers.{settings.name}", settings.max_kilobytes * 1024

    def web(*, internal: bool, ca_certs_file: str | None) -> Web:
        seconds = settings.timeout_seconds
        return Web(where=where, internal=internal, ca_certs_file=ca_certs_file, seconds=seconds, max_bytes=max_bytes)

    if part == settings.kubernetes:
        if connection is None:
            raise ConfigError(f"{where}: kubernetes needs a connection to the API server.")
        extra = cluster_extra(where, connection)
        # The connection names the host, and whoever makes connections may name an internal one.
        asked = web(internal=True, ca_certs_file=extra.ca_certs_file or settings.ca_certs_file)
        place = cluster(asked, part, connection, extra)
    elif part in settings.files:
        place = File(where=where, name=part, path=settings.files[part], max_bytes=max_bytes)
    elif part in settings.issuers:
        place = Issuer(web=web(internal=settings.internal, ca_certs_file=settings.ca_certs_file), issuer=part)
    else:
        place = Address(web=web(internal=settings.internal, ca_certs_file=settings.ca_certs_file), url=part)
    return JwksVerifier(where, place, timedelta(hours=settings.cache_hours))
