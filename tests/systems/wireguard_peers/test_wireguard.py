"""A leaver's peer on a WireGuard server: found by a night, held while a file brings it back, closed once seen dead."""

from pathlib import Path

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import ReadContext, Source
from offboarding.sources import wireguard_peers
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.wireguard_peers.written_wireguard import WrittenServer

pytestmark = pytest.mark.slow


class AtServer(Office):
    """An office whose only way in is a WireGuard server."""

    server: WrittenServer

    @property
    def settings(self) -> Settings:
        """With the server in the directory's place."""
        settings = super().settings
        server = self.server
        own = {"name": "vpn", "kind": "wireguard_peers", "folder": str(server.folder), "machines": [server.name]}
        own |= {"register_file": str(server.register_file), "id_space": "hr", "login_realm": "corp"}
        return settings.model_copy(update={"sources": (wireguard_peers.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.server.source(ReadContext(as_of=self.server.at, default_zone="Asia/Seoul"))


@pytest.fixture
def company(office: Office, tmp_path: Path) -> AtServer:
    """Kim has left, and Kimm works here; both have a peer."""
    made = AtServer(session=office.session, tracker=office.tracker)
    made.server = WrittenServer(folder=tmp_path / "collected")
    made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
    for login in ("kim", "kimm"):
        key = made.server.person(login)
        made.server.tell(login, made.server.line(key, at=None))
    return made


def test_a_peer_is_told_until_nothing_brings_it_back_and_nobody_elses(
    company: AtServer, tracker: ListedTracker
) -> None:
    server, key = company.server, company.server.keys["kim"]
    assert company.night().failed == ()
    (ticket,) = (each for each in tracker.there() if f"peer {key} allowed-ips" in each.draft.body)
    assert "WireGuard lets it in by wg0" in ticket.draft.body
    assert not [each for each in tracker.there() if server.keys["kimm"] in each.draft.body]

    server.tell("kim", server.line(key, addresses=0, at=None), f"kept {key} /etc/wireguard/wg0.conf")
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    server.tell("kim", server.line(key, addresses=0, at=None))
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
