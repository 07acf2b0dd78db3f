"""Its parsers of outside data, and what each may raise."""

import contextlib
from pathlib import Path

from offboarding.sources._collected.lines import CollectionError
from offboarding.sources.kubernetes_cluster.held import token_of
from offboarding.sources.kubernetes_cluster.kubeconfigs import KubeconfigError, held_in
from offboarding.sources.kubernetes_cluster.kubeconfigs import read_collection as read_kubeconfigs
from tests.fuzz.parsing import Target

HERE = Path(__file__).parent / "corpus"


def _kubeconfigs(data: bytes) -> None:
    for file in read_kubeconfigs(data).files:
        with contextlib.suppress(KubeconfigError):
            for held in held_in("web1", "", file):
                token_of(held)


TARGETS = (Target(folder=HERE / "kubeconfigs", read=_kubeconfigs, raises=(CollectionError,)),)
