"""A first configuration of a cluster."""

from offboarding.interfaces import Chooser, ConnectionFields, Proposal
from offboarding.model.errors import RetriableError
from offboarding.net.service.api import NotAnsweredError
from offboarding.sources._http.rows import UnreadRows
from offboarding.sources.kubernetes_cluster.client import KubernetesApi
from offboarding.sources.kubernetes_cluster.settings import KubernetesSettings
from offboarding.sources.kubernetes_cluster.tokens import TokenSecrets

_LINKS = (
    "What links a user is the name in bindings: login_realm says whose logins these are, and username_prefixes what"
    " stands before them."
)
_KUBECONFIGS = (
    "Of client certificates the cluster tells few: collect machines' kubeconfigs, and say where what is collected lies"
    " by kubeconfigs_folder."
)


def propose(where: str, connection: ConnectionFields, asker: Chooser) -> Proposal:
    """Whether Secrets can be listed by this connection. Raises ConfigError for a connection that can't be right, and
    FatalError where it's refused.
    """
    del where, asker
    settings = KubernetesSettings.model_validate(
        {"name": "init", "kind": "kubernetes_cluster", "connection": connection.conn_id}
    )
    try:
        api = KubernetesApi(settings, connection, "init")
        api.cluster()
        TokenSecrets(api, "overhead", UnreadRows())
    except NotAnsweredError as missing:
        note = "Not all of it can be read: run doctor. Where Secrets aren't to be listed, say secrets: false."
        return Proposal(settings={}, notes=(_LINKS, note, _KUBECONFIGS), warnings=(str(missing),))
    except RetriableError as error:
        return Proposal(settings={}, notes=("It couldn't be looked at: run doctor.",), warnings=(str(error),))
    return Proposal(settings={}, notes=(_LINKS, _KUBECONFIGS))
