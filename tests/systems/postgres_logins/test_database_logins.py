"""A leaver's login at a real database server: found by a night, and closed once it's seen dead."""

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import postgres_logins
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.postgres_logins.logins import LoginServer, login_host, login_server

pytestmark = pytest.mark.slow

__all__ = ["login_host", "login_server"]  # fixtures


class AtDatabase(Office):
    """An office whose only logins are a database server's."""

    server: LoginServer

    @property
    def settings(self) -> Settings:
        """With the server in the directory's place."""
        settings = super().settings
        own = {"name": "pg-main", "kind": "postgres_logins", "connection": "pg_main", "cluster": "main"}
        source = postgres_logins.Settings.model_validate(own | {"id_space": "hr", "login_realm": "corp"})
        return settings.model_copy(update={"sources": (source,)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.server.source()


@pytest.fixture
def company(office: Office, login_server: LoginServer) -> AtDatabase:
    """Kim has left, and Kimm works here; both have a login, and share a group that is called as Kim is."""
    made = AtDatabase(session=office.session, tracker=office.tracker)
    made.server = login_server
    made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
    login_server.people("kim", "kimm")
    login_server.do("create role {} nologin role kim, kimm", "kim.team")
    return made


def test_a_leaver_s_login_is_told_until_it_is_shut_and_nobody_else_s(
    company: AtDatabase, tracker: ListedTracker
) -> None:
    assert company.night().failed == ()
    shut = """-c 'alter role "kim" nologin'"""
    (ticket,) = (each for each in tracker.there() if shut in each.draft.body)
    assert "LOGIN, by line 3 of pg_hba.conf (scram-sha-256)" in ticket.draft.body
    assert not [each for each in tracker.there() if "kimm" in each.draft.body]

    company.server.do("alter role kim nologin")
    assert company.night().failed == ()

    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1
