"""A leaver in a tenant of Entra ID: the account, and the application's secret that outlives it, each by a night."""

from base64 import b64encode
from collections.abc import Generator
from pathlib import Path
from uuid import UUID

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import IdentityKeyKind
from offboarding.sources import entra_id
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavors import FLAVORS
from tests.support.aged import pass_by
from tests.support.entra_service import EPOCH, LATER, EntraPlace, entra_place
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office, login
from tests.support.small_company import LEFT, key, worker

pytestmark = pytest.mark.slow

KIM, KIMM, LEE = (f"{who}@corp.example" for who in ("kim", "kimm", "lee"))
SOON = "2026-11-21T09:00:00Z"


class AtEntra(Office):
    """An office that has a tenant."""

    place: EntraPlace

    @property
    def settings(self) -> Settings:
        """With the tenant in the cloud's place, and a directory where it holds somebody."""
        settings = super().settings
        directory = settings.sources[:1] if self.directory.accounts else ()
        source = entra_id.Settings.model_validate(
            {"name": "entra", "kind": "entra_id", "connection": "corp_entra", "id_space": "hr"}
        )
        return settings.model_copy(update={"sources": (*directory, source)})

    def _source(self, name: str, part: str) -> Source:
        return self.place.source() if name == "entra" else super()._source(name, part)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtEntra]:
    """Kim has left, and Kimm works here; both have an account, and own an application."""
    with entra_place(make_certificate(tmp_path)) as place:
        made = AtEntra(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=KIMM)]
        for name in (KIM, KIMM):
            user = place.kept.add(name, mail=name)
            place.kept.register(f"ci of {name}", user)
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
    assert tracker.ticket(ticket.ref).is_open  # access tokens that it gave out go on
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_a_leaver_s_account_that_was_shut_and_not_signed_out_is_told_until_it_is_and_nobody_else_s(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """Lee was shut and signed out as it should be; Kimm works here, and is on leave."""
    kept = company.place.kept
    company.hr.workers = [*company.hr.workers, worker("1044", LEFT, mail=LEE)]
    kept.add(LEE, mail=LEE)
    kept.applications.clear()
    for who, revoked in ((KIM, EPOCH), (LEE, SOON), (KIMM, EPOCH)):
        kept.of(who).update(accountEnabled=False, signInSessionsValidFromDateTime=revoked)
        kept.of(who)["signInActivity"]["lastSuccessfulSignInDateTime"] = LATER

    assert company.night().failed == ()

    (ticket,) = tracker.there()
    body = " ".join(ticket.draft.body.split())
    assert (
        "since nobody revoked them after the last sign-in; the login itself is shut (Entra ID: accountEnabled" in body
    )
    assert f"users/{kept.of(KIM)['id']}/revokeSignInSessions" in body
    assert not [who for who in (KIMM, LEE) if kept.of(who)["id"] in body]

    kept.of(KIM)["signInSessionsValidFromDateTime"] = SOON
    assert company.night().failed == ()
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_an_account_that_says_nothing_of_its_holder_is_theirs_by_the_directory_that_it_comes_from(
    company: AtEntra, tracker: ListedTracker
) -> None:
    """By onPremisesImmutableId alone: neither mail nor number is told, and the name is nobody's."""
    guid = UUID("5a8c7e7e-11d2-4c2b-9d0c-1f8b1e0a7b51")
    company.directory.accounts = [login(str(guid), key(IdentityKeyKind.NUMBER, "1042"))]
    entry = Entry("", {"objectguid": [guid.bytes_le]})
    assert FLAVORS["ad"].native_id(entry) == str(guid)
    synced = company.place.kept.add("x7@corp.onmicrosoft.com", onPremisesImmutableId=b64encode(guid.bytes_le).decode())

    assert company.night().failed == ()

    assert f"az ad user update --id {synced['id']} " in "".join(each.draft.body for each in tracker.there())
