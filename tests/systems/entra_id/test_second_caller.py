"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

import pytest

from demo.slapd import Tls
from offboarding.model import Account
from tests.contract.source_contract import of, refs
from tests.support.second_caller import held, lets_in, seen_by
from tests.systems.entra_id import service as entra_service
from tests.systems.entra_id.service import GLOBAL_ADMINISTRATOR, entra_place

pytestmark = pytest.mark.slow

MANY, FEW = 1200, 120
"""More than two pages of 500, and of 50."""
KIM, LEE, GONE = "kim@corp.example", "lee@corp.example", "gone@corp.example"


def sets(listed: dict[str, list[str]]) -> dict[str, set[str]]:
    return {name: set(each) for name, each in listed.items()}


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
            "entra_id/client.py",
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
