"""A client that knows nothing of ours asks the same stand-in, and must see the same. scripts/clients.sh"""

import pytest

from demo.slapd import Tls
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef, TicketState
from tests.contract.tracker_contract import draft
from tests.support.described.server import Description
from tests.support.second_caller import seen_by
from tests.systems.jira.service import MAILS, jira, people_of

pytestmark = pytest.mark.slow

OPEN, CLOSED = TicketState.OPEN, TicketState.CLOSED


def id_of(tracker: Tracker, key: str) -> str:
    """By which ours finds it."""
    found = tracker.find(key)
    assert isinstance(found, TicketRef)
    return found.ref


@pytest.mark.parametrize(
    ("cloud", "mail", "token"),
    [pytest.param(True, MAILS["ann"], "a-token", id="Cloud"), pytest.param(False, "", "pat-ann", id="Data Center")],
)
def test_a_client_of_jira_s_sees_the_same_tickets(tls: Tls, cloud: bool, mail: str, token: str) -> None:
    with jira(tls, cloud=cloud, description=Description("jira")) as place, people_of(place) as people:
        tracker = place.tracker()
        drafts = [draft() for _ in range(3)]
        refs = [tracker.open(each) for each in drafts]
        people.close(refs[2])
        place.kept.properties.clear()  # what our account remembers: it has to search, too

        seen = seen_by(
            "jira/client.py",
            address=f"https://127.0.0.1:{place.service.port}",
            trusted=str(tls.authority),
            mail=mail,
            token=token,
            labels=[each.key for each in drafts],
        )

        assert [id_of(tracker, each.key) for each in drafts] == [row[0] for row in seen.values()]
        assert [row[1] for row in seen.values()] == [each.title for each in drafts]
        assert [tracker.state(ref) for ref in refs] == [CLOSED if row[2] == "done" else OPEN for row in seen.values()]
        assert [row[2] for row in seen.values()] == ["new", "new", "done"]
        assert [row[3] for row in seen.values()] == ["2026-11-25"] * 3
        assert place.service.wrong == []
