"""Clients that know nothing of ours ask the same stand-ins as our trackers do, and must see the same tickets.
scripts/clients.sh
"""

from pathlib import Path

import pytest

from demo.certificates import make_certificate
from demo.slapd import Tls
from offboarding.interfaces import Tracker
from offboarding.model import TicketRef, TicketState
from tests.contract.tracker_contract import draft
from tests.support.described.server import Description
from tests.support.jira_service import MAILS, jira, people_of
from tests.support.second_caller import seen_by
from tests.support.service_now import PASSWORDS, service_now

pytestmark = pytest.mark.slow

FEW = 7
"""More than two pages of three."""
OPEN, CLOSED = TicketState.OPEN, TicketState.CLOSED


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Tls:
    return make_certificate(Path(tmp_path_factory.mktemp("tls")))


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
            "servicenow",
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
            "jira_issues",
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
