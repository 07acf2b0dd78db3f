"""What docs/limits.md says of it."""

from offboarding.sources.kubernetes_cluster import client as kubernetes_client

BOUNDS: dict[str, tuple[float, str]] = {
    "Kubernetes cluster: beginnings of a list that the server forgets": (kubernetes_client.MOST_BEGINNINGS, ""),
}
