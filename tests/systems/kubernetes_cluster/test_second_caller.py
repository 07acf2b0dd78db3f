"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

import base64
from collections.abc import Sequence
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from demo.slapd import Tls
from offboarding.model import Account, Credential
from offboarding.sources.kubernetes_cluster import client
from tests.contract.source_contract import of, refs
from tests.support.second_caller import seen_by
from tests.systems.kubernetes_cluster import service as kubernetes_service
from tests.systems.kubernetes_cluster.service import OF_BOOTSTRAP, OF_SERVICE_ACCOUNT, kubernetes_place

pytestmark = pytest.mark.slow


def parts(facts: Sequence[Any], kind: str) -> list[list[str]]:
    """What ids of this kind are made of."""
    ids = [each.native_id.split("/") for each in of(Account, facts)]
    return [rest for named, *rest in ids if named == kind]


def fingerprint(certificate: str) -> str:
    return x509.load_pem_x509_certificate(base64.b64decode(certificate)).fingerprint(SHA256()).hex()


def test_kubernetes_own_client_sees_the_same_subjects_tokens_and_certificates(
    tls: Tls, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "PAGE_SIZE", 3)
    with kubernetes_place(tls) as place:
        kept = place.kept
        for number in range(4):
            kept.bind(f"kim{number}", role="view", user=f"kim{number}")
            kept.service_account("team", f"robot{number}")
            kept.token("team", f"robot{number}", f"token{number}")
            kept.request(f"request{number}", f"lee{number}")
        kept.bind("within", role="view", user="joe", namespace="team")
        kept.secret("kube-system", "bootstrap-token-abcdef", OF_BOOTSTRAP)

        seen = seen_by(
            "kubernetes_cluster/client.py",
            address=f"https://127.0.0.1:{place.service.port}",
            trusted=str(tls.authority),
            token=kubernetes_service.TOKEN,
            tokens=OF_SERVICE_ACCOUNT,
            bootstrap=OF_BOOTSTRAP,
        )
        facts = list(place.source().collect())
        looked = list(place.source().detail(refs(facts)))

        assert {name for (name,) in parts(facts, "user")} == set(seen["users"])
        assert {f"{space}/{name}" for space, name, _ in parts(facts, "serviceaccount")} == set(seen["service_accounts"])
        assert {f"kube-system/{name}" for name, _ in parts(facts, "bootstrap")} == set(seen["bootstrap"])
        assert {each for _, each in parts(facts, "certificate")} == {*map(fingerprint, seen["certificates"])}
        tokens = [each.native_id.rpartition("/")[0] for each in of(Credential, looked) if "/" in each.native_id]
        assert set(tokens) == set(seen["tokens"])
        assert [len(each) for each in seen.values()] == [5, 5, 4, 1, 4]
        assert place.service.wrong == []
