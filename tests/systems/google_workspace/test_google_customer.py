"""A leaver in a company's Google Workspace: the login, and what apps may do for them, found by a night each."""

from collections.abc import Generator
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import google_workspace
from tests.support.aged import pass_by
from tests.support.listed_tracker import ListedTracker
from tests.support.night import rows_of
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.google_workspace.service import GooglePlace, google_place

pytestmark = pytest.mark.slow

KIM, KIMM = "kim@corp.example", "kimm@corp.example"


class AtGoogle(Office):
    """An office whose only accounts are a customer's."""

    place: GooglePlace
    recovery_mails: bool = False

    @property
    def settings(self) -> Settings:
        """With the customer in the directory's place."""
        settings = super().settings
        own = {"name": "google", "kind": "google_workspace", "connection": "corp_google", "id_space": "hr"}
        return settings.model_copy(update={"sources": (google_workspace.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(recovery_mails=self.recovery_mails, patterns=("shared-*",))


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtGoogle]:
    """Kim has left, and Kimm works here."""
    with google_place(make_certificate(tmp_path)) as place:
        made = AtGoogle(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail=KIM), worker("1043", mail=KIMM)]
        for login in (KIM, KIMM):
            place.kept.add(login)
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_login_and_grants_are_told_until_all_are_seen_dead_and_nobody_else_s(
    company: AtGoogle, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kim, kimm = kept.of(KIM), kept.of(KIMM)
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    assert '{"suspended": true}' in body
    assert f"users/{kim['id']}/tokens/9001.apps.googleusercontent.com" in body
    assert f"users/{kim['id']}/asps/0" in body
    assert "sshPublicKeys" in body
    assert kimm["id"] not in body

    # Suspended: nobody can see any more what apps may do once they're back.
    kept.suspend(KIM)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert f"users/{kim['id']}/tokens/9001.apps.googleusercontent.com" in tracker.ticket(ticket.ref).draft.body

    # Restored, revoked, and suspended again.
    kim["suspended"] = False
    kept.tokens[kim["id"]], kept.asps[kim["id"]], kim["sshPublicKeys"] = [], [], []
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    kept.suspend(KIM)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open  # access tokens that are out go on
    pass_by(company.session, hours=2)
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_a_colleague_who_gets_a_leaver_s_mail_as_an_alias_is_asked_about_and_not_to_be_shut(
    company: AtGoogle, tracker: ListedTracker
) -> None:
    """As companies do with the mail of whoever left."""
    kept = company.place.kept
    kept.purge(KIM)
    kept.of(KIMM)["aliases"] = [KIM]

    assert company.night().failed == ()

    (ticket,) = tracker.there()
    assert "Not theirs? Revoke nothing, and say so" in ticket.draft.body
    assert f"link reject google {kept.of(KIMM)['id']} 1042" in ticket.draft.body


def test_a_leaver_whose_work_mail_gets_a_shared_login_back_owns_it_and_nobody_who_works_here_does(
    company: AtGoogle, tracker: ListedTracker
) -> None:
    """Users set it themselves: on a colleague's own account it says nothing."""
    kept, company.recovery_mails = company.place.kept, True
    kept.purge(KIM)
    shared = kept.add("shared-billing@corp.example", recoveryEmail=KIM)
    kept.add("shared-sales@corp.example", recoveryEmail=KIMM)
    kept.of(KIMM)["recoveryEmail"] = KIM

    assert company.night().failed == ()

    (ticket,) = tracker.there()
    assert shared["id"] in ticket.draft.body
    assert kept.of(KIMM)["id"] not in ticket.draft.body
    asked = "select rule, account_native_id, evidence::text from finding where rule <> 'orphan-account'"
    ((rule, account, why),) = rows_of(company.session, asked)
    assert (rule, account) == ("leaver-owned-service-account", shared["id"])
    assert "recoveryEmail holds their work mail" in why
