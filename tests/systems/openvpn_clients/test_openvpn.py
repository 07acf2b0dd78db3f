"""A leaver's certificate on an OpenVPN server: found by a night, held while nothing shuts it, closed once seen dead."""

from pathlib import Path

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import ReadContext, Source
from offboarding.sources import openvpn_clients
from tests.support.aged import pass_by
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.openvpn_clients.written_openvpn import WrittenVpn

pytestmark = pytest.mark.slow


class AtServer(Office):
    """An office whose only way in is an OpenVPN server."""

    server: WrittenVpn

    @property
    def settings(self) -> Settings:
        """With the server in the directory's place."""
        settings = super().settings
        server = self.server
        own = {"name": "vpn", "kind": "openvpn_clients", "folder": str(server.folder), "machines": [server.name]}
        own |= {"id_space": "hr", "login_realm": "corp"}
        return settings.model_copy(update={"sources": (openvpn_clients.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.server.source(ReadContext(as_of=self.server.at, default_zone="Asia/Seoul"))


@pytest.fixture
def company(office: Office, tmp_path: Path) -> AtServer:
    """Kim has left, and Kimm works here; both have a certificate."""
    made = AtServer(session=office.session, tracker=office.tracker)
    made.server = WrittenVpn(folder=tmp_path / "collected")
    made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
    for login in ("kim", "kimm"):
        made.server.person(login)
    return made


def test_a_certificate_is_told_until_the_server_itself_refuses_it(company: AtServer, tracker: ListedTracker) -> None:
    server, leaf = company.server, company.server.clients["kim"]
    number = f"{leaf.certificate.serial_number:x}"
    assert company.night().failed == ()
    (ticket,) = (each for each in tracker.there() if number in each.draft.body)
    assert "office.conf lets it in" in ticket.draft.body
    other = f"{server.clients['kimm'].certificate.serial_number:x}"
    assert not [each for each in tracker.there() if other in each.draft.body]

    server.crl = server.authority.crl()
    server.revoked.append(leaf)
    server.write()
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open, "revoked at the authority, and in no CRL that the server asks"

    server.crl = None
    server.write()
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open, "a session may go on for an hour"
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
