"""Kind `okta_signing_keys`: what an Okta org's authorization servers sign tokens by, and who may have them sign.

Okta makes these keys and gives no private half out, so what counts is who may change for whom they sign
(docs/decisions/0195-who-may-have-okta-sign.md).
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, KeySource, Proposal, ReadContext
from offboarding.net.destinations import Destination
from offboarding.sources.okta.signing_keys.settings import OktaSigningKeysSettings

Settings = OktaSigningKeysSettings


def destinations(settings: OktaSigningKeysSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(
    settings: OktaSigningKeysSettings, connection: ConnectionFields, part: str, context: ReadContext
) -> KeySource:
    """The keys of one org; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.okta.signing_keys.source import OktaSigningKeys  # noqa: PLC0415 - it brings httpx

    del part, context
    return OktaSigningKeys(settings, connection)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.okta.signing_keys import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    del where, asker
    return proposing.propose(connection)
