"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population
from tests.systems.kubernetes_cluster.service import KubernetesService, kubernetes_place


def _kubernetes(kept: KubernetesService, users: int) -> None:
    """A binding for each, and beside every ten of them a workload with a token."""
    for number in range(users):
        namespace = f"team-{number // 50}"
        kept.bind(f"b{number}", role="view", user=f"p{number}@corp.example", namespace=namespace)
        if not number % 10:
            kept.service_account(namespace, f"s{number}")
            kept.token(namespace, f"s{number}", f"t{number}", annotations={"owner": f"p{number}@corp.example"})
            kept.bind(f"w{number}", role="view", service_account=(namespace, f"s{number}"), namespace=namespace)


POPULATIONS = {
    "kubernetes_cluster": Population(
        # It makes a copy of the whole list first, which is of one moment.
        opened=kubernetes_place,
        fill=_kubernetes,
        reader=lambda place: place.source(timeout_seconds=600),
        allowed=Allowed(an_account=2, page=500, reads=2, fixed=12),
        few=2_400,
    ),
}
