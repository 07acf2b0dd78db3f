"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

import pytest

from demo.slapd import Tls
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef, TicketState
from tests.contract.tracker_contract import draft
from tests.support.second_caller import seen_by
from tests.systems.servicenow.service import PASSWORDS, service_now

pytestmark = pytest.mark.slow

FEW = 7
"""More than two pages of three."""
OPEN, CLOSED = TicketState.OPEN, TicketState.CLOSED


def id_of(tracker: Tracker, key: str) -> str:
    """By which ours finds it."""
    found = tracker.find(key)
    assert isinstance(found, TicketRef)
    return found.ref


def test_servicenow_s_own_client_sees_the_same_tickets_and_what_it_does_is_seen(tls: Tls) -> None:
    with service_now(tls) as place:
        tracker = place.tracker()
        drafts = [draft() for _ in range(FEW)]
        refs = [tracker.open(each) for each in drafts]
        tracker.comment(refs[1], "event", "It happened.")

        seen = seen_by(
            "servicenow/client.py",
            address=f"https://127.0.0.1:{place.service.port}",
            trusted=str(tls.authority),
            user="analyst",
            password=PASSWORDS["analyst"],
            resolves=drafts[2].key,
        )

        told = {ref.ref: [each.key, each.title, each.body, "1"] for ref, each in zip(refs, drafts, strict=True)}
        assert {sys_id: row[:4] for sys_id, row in seen.items()} == told
        assert ["It happened." in row[4] for row in seen.values()] == [ref is refs[1] for ref in refs]
        assert [id_of(tracker, each.key) for each in drafts] == [*seen]
        assert [tracker.state(ref) for ref in refs] == [OPEN, OPEN, CLOSED, *[OPEN] * (FEW - 3)]
