"""Kind `kubernetes_cluster`: whom it authorises, what lets in there (docs/configuration/kubernetes_cluster.md).

Read from below: `client` asks, `answers` are what comes, `bindings` whom RBAC names, `powers` what that makes of them,
`certificates` and `tokens` what lets in, `identities` accounts, `source` tells them all. Of machines `collect.sh` tells
kubeconfigs: `kubeconfigs` takes that apart, `held` reads all of it, `copies` says what of it is this cluster's.
"""

from collections.abc import Iterator

from offboarding.interfaces import Chooser, ConnectionFields, Proposal, ReadContext, Source
from offboarding.net.destinations import Destination
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings

Settings = KubernetesSettings


def destinations(settings: KubernetesSettings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    from offboarding.net.service.address import destination  # noqa: PLC0415 - it brings httpx

    yield from destination(f"sources.{settings.name}", connection)


def build(settings: KubernetesSettings, connection: ConnectionFields, part: str, context: ReadContext) -> Source:
    """The source of one cluster; nothing is asked yet. Raises ConfigError for a connection that can't be right."""
    from offboarding.sources.kubernetes_cluster.source import KubernetesSource  # noqa: PLC0415 - it brings cryptography

    del part
    return KubernetesSource(settings, connection, context)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """What a first configuration should say of it."""
    from offboarding.sources.kubernetes_cluster import proposing  # noqa: PLC0415 - it brings httpx and cryptography

    return proposing.propose(where, connection, asker)
