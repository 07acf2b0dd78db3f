"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

import pytest

from demo.slapd import Tls
from tests.contract.source_contract import refs
from tests.support.second_caller import held, lets_in, seen_by
from tests.systems.google_workspace import service as google_service
from tests.systems.google_workspace.service import google_place

pytestmark = pytest.mark.slow

MANY, FEW = 1200, 120
"""More than two pages of 500, and of 50."""
KIM, LEE, GONE = "kim@corp.example", "lee@corp.example", "gone@corp.example"


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
            "google_workspace/client.py",
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
