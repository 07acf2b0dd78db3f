"""A leaver's key on a Linux host: found by a night behind a locked password, and closed once it's seen dead."""

from pathlib import Path

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import ReadContext, Source
from offboarding.sources import ssh_hosts
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.ssh_hosts.written_host import WrittenHost

pytestmark = pytest.mark.slow


class AtHost(Office):
    """An office whose only logins are a host's."""

    host: WrittenHost

    @property
    def settings(self) -> Settings:
        """With the host in the directory's place."""
        settings = super().settings
        own = {"name": "linux", "kind": "ssh_hosts", "folder": str(self.host.folder), "machines": [self.host.name]}
        source = ssh_hosts.Settings.model_validate(own | {"id_space": "hr", "login_realm": "corp"})
        return settings.model_copy(update={"sources": (source,)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.host.source(ReadContext(as_of=self.host.at, default_zone="Asia/Seoul"))


@pytest.fixture
def company(office: Office, tmp_path: Path) -> AtHost:
    """Kim has left, and Kimm works here; both have a key, and Kim's password is locked."""
    made = AtHost(session=office.session, tracker=office.tracker)
    made.host = WrittenHost(folder=tmp_path / "collected")
    made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
    made.host.person("kim").password = "locked 20000 99999 - -"
    made.host.person("kimm")
    made.host.write()
    return made


def test_a_key_is_told_until_the_account_has_expired_and_nobody_else_s(company: AtHost, tracker: ListedTracker) -> None:
    assert company.night().failed == ()
    (ticket,) = (each for each in tracker.there() if "runuser -u kim " in each.draft.body)
    assert "sshd takes it by /home/kim/.ssh/authorized_keys line 1" in ticket.draft.body
    assert "usermod" not in ticket.draft.body
    assert not [each for each in tracker.there() if "kimm" in each.draft.body]

    company.host.users["kim"].password = "locked 20000 99999 - 1"
    company.host.write()
    assert company.night().failed == ()

    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1
