"""Vendors' own clients ask the same stand-ins as our sources do, and must see the same people. scripts/clients.sh"""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256

from demo.slapd import Tls
from offboarding.model import Account, Credential, Standing
from offboarding.sources.kubernetes_cluster import client
from tests.contract.source_contract import of, refs
from tests.support import entra_service, google_service, kubernetes_service
from tests.support.entra_service import GLOBAL_ADMINISTRATOR, entra_place
from tests.support.google_service import google_place
from tests.support.kubernetes_service import OF_BOOTSTRAP, OF_SERVICE_ACCOUNT, kubernetes_place
from tests.support.pypi_service import PAY, SHOP, pypi_place
from tests.support.second_caller import seen_by

pytestmark = pytest.mark.slow

MANY, FEW = 1200, 120
"""More than two pages of 500, and of 50."""
KIM, LEE, GONE = "kim@corp.example", "lee@corp.example", "gone@corp.example"


def lets_in(facts: Sequence[Any]) -> dict[str, bool]:
    """Whether each account works, where that can be told."""
    return {each.native_id: each.standing is Standing.WORKS for each in of(Account, facts)}


def held(facts: Sequence[Any], *kinds: str) -> dict[str, set[str]]:
    """Credentials of these kinds, by account."""
    found: dict[str, set[str]] = {}
    for each in of(Credential, facts):
        if each.native_id.partition("/")[0] in kinds:
            found.setdefault(each.account_native_id, set()).add(each.native_id)
    return found


def parts(facts: Sequence[Any], kind: str) -> list[list[str]]:
    """What ids of this kind are made of."""
    ids = [each.native_id.split("/") for each in of(Account, facts)]
    return [rest for named, *rest in ids if named == kind]


def fingerprint(certificate: str) -> str:
    return x509.load_pem_x509_certificate(base64.b64decode(certificate)).fingerprint(SHA256()).hex()


def sets(listed: dict[str, list[str]]) -> dict[str, set[str]]:
    return {name: set(each) for name, each in listed.items()}


def test_google_s_own_client_sees_the_same_people_and_what_stands_for_them(tls: Tls) -> None:
    with google_place(tls) as place:
        kept = place.kept
        for number in range(MANY):
            kept.add(f"more{number:04}@corp.example")
        kim = kept.add(KIM, aliases=["k@corp.example"])["id"]
        lee, gone = kept.add(LEE)["id"], kept.add(GONE)["id"]
        kept.suspend(LEE)
        kept.delete(GONE)

        seen = seen_by(
            "google_workspace",
            address=f"https://127.0.0.1:{place.service.port}",
            trusted=str(tls.authority),
            key=place.key(),
            reader=google_service.READER,
            users=google_service.USERS,
            security=google_service.SECURITY,
            looked_at=["k@corp.example", LEE],
        )
        facts = list(place.source().collect())
        looked = list(place.source().detail(refs(facts, KIM, LEE)))

        assert lets_in(facts) == seen["present"] | dict.fromkeys(seen["deleted"], False)
        assert (len(seen["present"]), seen["deleted"]) == (MANY + 3, [gone])
        assert held(looked, "token") == {kim: set(seen["tokens"][kim])}
        assert held(looked, "app-password") == {kim: set(seen["app_passwords"][kim])}
        assert (seen["tokens"][lee], seen["app_passwords"][lee]) == (401, 401)
        assert place.service.wrong == []


def test_microsoft_s_sdk_sees_the_same_people_and_applications(tls: Tls) -> None:
    with entra_place(tls) as place:
        kept = place.kept
        kept.most = 50
        for number in range(FEW):
            kept.add(f"more{number:03}@corp.example")
        kim = kept.add(KIM)
        kept.add(LEE, accountEnabled=False)
        kept.add(GONE)
        gone = kept.delete(GONE)["id"]
        shop = kept.register("shop", kim, keyCredentials=[kept.certificate()])
        kept.trust(shop, "repo:corp/shop")
        kept.assigned.append((kim["id"], GLOBAL_ADMINISTRATOR))
        kept.consent(kim, kept.principal_of(shop), "Mail.Read")

        seen = seen_by(
            "entra_id",
            address=kept.root,
            authority=place.sign_in.root,
            trusted=str(tls.authority),
            tenant=entra_service.TENANT,
            reader=entra_service.READER,
            secret=entra_service.SECRET,
            looked_at=[kim["id"]],
        )
        facts = list(place.source().collect())
        workload = f"application/{shop['id']}"
        looked = list(place.source().detail([ref for ref in refs(facts) if ref.native_id in {kim["id"], workload}]))

        people = {name: works for name, works in lets_in(facts).items() if name != workload}
        assert people == seen["users"] | dict.fromkeys(seen["deleted"], False)
        assert (len(seen["users"]), seen["deleted"]) == (FEW + 2, [gone])
        assert {each.native_id for each in of(Account, facts) if each.privileged} == set(seen["administrators"])
        assert held(looked, "secret", "certificate", "federated") == {workload: set(seen["held"][shop["id"]])}
        assert len(seen["held"][shop["id"]]) == 3
        assert held(looked, "consent") == sets(seen["consents"])
        assert seen["owners"] == {shop["id"]: [kim["id"]]}
        assert place.service.wrong == []


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
            "kubernetes_cluster",
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


def test_a_client_of_pypi_s_sees_the_same_owners(tls: Tls, tmp_path: Path) -> None:
    with pypi_place(tls, tmp_path) as place:
        place.kept.projects[SHOP] |= {"alice": "Owner", "bob": "Maintainer"}
        place.kept.projects[PAY] |= {"alice": "Maintainer"}

        seen = seen_by(
            "pypi_projects",
            address=f"https://127.0.0.1:{place.service.port}/pypi/",
            trusted=str(tls.authority),
            projects=[SHOP, PAY],
        )
        accounts = place.accounts()

        assert {name: each.standing_reason for name, each in accounts.items()} == {
            "corp-bot": f"PyPI: Owner of {SHOP}, {PAY}",
            "alice": f"PyPI: Maintainer of {PAY}; Owner of {SHOP}",
            "bob": f"PyPI: Maintainer of {SHOP}",
        }
        assert sorted(seen) == sorted(
            [user, project, role] for project, roles in place.kept.projects.items() for user, role in roles.items()
        )
        assert place.service.wrong == []
