"""A leaver in a tenant of Entra ID: the account, and the application's secret that outlives it, each by a night."""

from collections.abc import Generator
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import entra_id
from tests.support.entra_service import EntraPlace, entra_place
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker

KIM, KIMM = "kim@corp.example", "kimm@corp.example"


class AtEntra(Office):
    """An office whose only accounts are a tenant's."""

    place: EntraPlace

    @property
    def settings(self) -> Settings:
        """With the tenant in the directory's place."""
        settings = super().settings
        source = entra_id.Settings.model_validate(
            {"name": "entra", "kind": "entra_id", "connection": "corp_entra", "id_space": "hr"}
        )
        return settings.model_copy(update={"sources": (source,)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source()


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtEntra]:
    """Kim has left, and Kimm works here; both have an account, and own an application."""
    with entra_place(make_certificate(tmp_path)) as place:
        made = AtEntra(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=KIMM)]
        for login in (KIM, KIMM):
            user = place.kept.add(login, mail=login)
            place.kept.register(f"ci of {login}", user)
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_account_and_the_secret_they_knew_are_told_until_both_are_dead_and_nobody_else_s(
    company: AtEntra, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kim, (theirs, others) = kept.of(KIM), kept.applications.values()
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    assert f"az ad user update --id {kim['id']} --account-enabled false" in body
    assert f"users/{kim['id']}/revokeSignInSessions" in body
    assert f"az ad app credential delete --id {theirs['id']}" in body
    assert others["id"] not in body
    assert kept.of(KIMM)["id"] not in body

    # Shut, then deleted, which takes the owner off the application: its secret lets them in as before.
    kim["accountEnabled"] = False
    assert company.night().failed == ()
    kept.delete(KIM)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert f"az ad app credential delete --id {theirs['id']}" in tracker.ticket(ticket.ref).draft.body

    # A new owner, and a new secret in place of the old one.
    kept.owners[theirs["id"]] = [kept.of(KIMM)["id"]]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    theirs["passwordCredentials"] = []
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1
