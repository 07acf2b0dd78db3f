"""`make demo ARGS="--tracker ..."`: the same tickets as in Roundup, in whichever tracker shows them."""

from collections.abc import Callable, Iterator

import pytest

from demo.nights import Night
from demo.trackers import SHOWN
from demo.unpacked import TicketServer
from offboarding.store import embedded
from tests.support.demo_company import demo_nights
from tests.support.demo_expected import check_tickets
from tests.support.memory import Folder
from tests.systems.redmine import server as redmine
from tests.systems.rt import server as request_tracker

pytestmark = pytest.mark.trackers

Told = Iterator[tuple[str, bool]]
"""A ticket's title, and whether it's open."""


def in_redmine(server: TicketServer) -> Told:
    with redmine.client(server, "analyst") as analyst:
        for word, is_open in (("open", True), ("closed", False)):
            asked = {"status_id": word, "limit": "100"}
            found = analyst.get("issues.json", params=asked).raise_for_status().json()
            assert found["total_count"] == len(found["issues"])
            yield from ((each["subject"], is_open) for each in found["issues"])


def in_rt(server: TicketServer) -> Told:
    with request_tracker.client(server, "analyst") as analyst:
        asked = {"query": "id > 0", "fields": "Subject,Status", "per_page": "100"}
        found = analyst.get("tickets", params=asked).raise_for_status().json()
        assert found["total"] == len(found["items"])
        yield from ((each["Subject"], each["Status"] != "resolved") for each in found["items"])


@pytest.mark.parametrize(("kind", "told"), [("redmine", in_redmine), ("rt", in_rt)])
def test_its_tickets_are_those_that_must_be(
    kind: str, told: Callable[..., Told], store_server: embedded.EmbeddedServer, in_memory: Folder
) -> None:
    with demo_nights(store_server, in_memory(f"a demo in {kind}"), SHOWN[kind]) as demo:
        check_tickets(told(demo.servers.tracker))
        demo.night(Night.TONIGHT)
        assert demo.calls == [], "the same night again opens nothing"
