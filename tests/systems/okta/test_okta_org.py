"""A leaver in an Okta org: the login, the API token that a suspension may leave, and the service app that outlives
both, found by a night each.
"""

from collections.abc import Generator
from pathlib import Path
from typing import Any, cast

import pytest

from demo.certificates import make_certificate
from demo.okta import APP_SCOPES, READER
from demo.okta_service_apps import KNOWS
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import okta
from offboarding.sources.okta import signing_keys as okta_signing_keys
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.okta.service import OktaPlace, okta_place

pytestmark = pytest.mark.slow


class AtOkta(Office):
    """An office whose only accounts are an org's."""

    place: OktaPlace
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the org in the directory's place."""
        settings = super().settings
        own = {"name": "okta", "kind": "okta", "connection": "corp_okta", "id_space": "hr"}
        keys = {"name": "okta-keys", "kind": "okta_signing_keys", "connection": "corp_okta"}
        sources = (okta.Settings.model_validate(own), okta_signing_keys.Settings.model_validate(keys))
        return settings.model_copy(update={"sources": sources})

    def _source(self, name: str, part: str) -> Source:
        del part
        return self.place.source(**self.narrowed) if name == "okta" else cast("Source", self.place.signing_keys())


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtOkta]:
    """Kim has left, and Kimm works here."""
    with okta_place(make_certificate(tmp_path)) as place:
        made = AtOkta(session=office.session, tracker=office.tracker)
        made.narrowed = {}
        made.place = place
        made.hr.workers = [
            worker("1042", LEFT, mail="kim@corp.example"),
            worker("1043", mail="kimm@corp.example"),
        ]
        del place.kept.users[READER]  # an app reads
        for login in ("kim", "kimm"):
            place.kept.add(f"{login}@corp.example")
        yield made
        assert place.service.wrong == []


def test_a_leaver_s_login_and_api_token_are_told_until_both_are_seen_dead_and_nobody_else_s(
    company: AtOkta, tracker: ListedTracker
) -> None:
    kept = company.place.kept
    kim, kimm = kept.of("kim@corp.example"), kept.of("kimm@corp.example")
    held = {token["userId"]: native_id for native_id, token in kept.tokens.items()}
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    body = ticket.draft.body
    assert f"users/{kim.id}/lifecycle/suspend" in body
    assert f"api-tokens/{held[kim.id]}" in body
    assert kimm.id not in body
    assert held[kimm.id] not in body

    # Suspended: nobody says that the token works no more.
    kim.status = "SUSPENDED"
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    assert f"api-tokens/{held[kim.id]}" in tracker.ticket(ticket.ref).draft.body

    # Deactivated: out of the list that nobody filters, and the token with them.
    kim.status = "DEPROVISIONED"
    del kept.tokens[held[kim.id]]
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_a_leaver_s_service_app_outlives_them_until_somebody_here_answers_for_it_by_a_new_secret(
    company: AtOkta, tracker: ListedTracker
) -> None:
    kept, apps = company.place.kept, company.place.kept.apps
    kim, kimm = kept.of("kim@corp.example"), kept.of("kimm@corp.example")
    theirs, other = (apps.add(f"ci of {each.id}", (each.id, each.login))["id"] for each in (kim, kimm))
    (old,) = (each["id"] for each in apps.secrets[theirs])
    # All that is their own is shut as it should be: what's left is the app.
    kim.status = "DEPROVISIONED"
    kept.tokens.clear()

    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert f"apps/{theirs}/credentials/secrets/{old}/lifecycle/deactivate" in ticket.draft.body
    assert other not in ticket.draft.body

    # A colleague makes a new secret, so that they answer for it; the old one is there as before.
    apps.secret(theirs, created="2026-11-20T09:00:00.000Z")
    apps.event(KNOWS, (kimm.id, kimm.login), theirs)
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    apps.secrets[theirs][0]["status"] = "INACTIVE"
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert company.tracker.calls.count("close") == 1


def test_a_service_app_whose_maker_the_log_forgot_stays_open_until_it_is_seen_dead(
    company: AtOkta, tracker: ListedTracker
) -> None:
    kept, apps = company.place.kept, company.place.kept.apps
    kim = kept.of("kim@corp.example")
    app = apps.add("ci", (kim.id, kim.login))
    kim.status = "DEPROVISIONED"
    kept.tokens.clear()
    assert company.night().failed == ()
    (ticket,) = tracker.there()

    apps.events.clear()
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open
    body = tracker.ticket(ticket.ref).draft.body
    assert f"apps/{app['id']}/credentials/secrets/" in body
    assert any("that nobody claims" in each.draft.body for each in tracker.there())

    app["status"] = "INACTIVE"
    assert company.night().failed == ()
    assert not [each for each in tracker.there() if each.is_open]


def test_a_leaver_who_may_have_a_server_sign_is_told_by_its_key_until_the_role_is_gone_and_nobody_else(
    company: AtOkta, tracker: ListedTracker
) -> None:
    """The key itself can't have left: nothing is rotated."""
    kept = company.place.kept
    kim, kimm = kept.of("kim@corp.example"), kept.of("kimm@corp.example")
    kim.roles, kimm.roles = ["API_ACCESS_MANAGEMENT_ADMIN"], ["SUPER_ADMIN"]
    server = kept.signers.add("payments", "ACTIVE", "NEXT")["id"]
    now, later = (each["kid"] for each in kept.signers.keys[server])

    assert company.night().failed == ()

    (ticket,) = [each for each in tracker.there() if "Cut access" in each.draft.title]
    body = " ".join(ticket.draft.body.split())
    assert now in body
    assert later not in body
    assert f"users/{kim.id}/roles" in body
    assert kimm.id not in body
    assert "the key need not be rotated" in body

    # The login goes on, and so do the findings about it: this one is over with the role.
    kim.roles = []
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
    assert [each for each in tracker.there() if each.is_open]


def test_a_leaver_s_role_that_can_not_be_read_any_more_closes_nothing(company: AtOkta, tracker: ListedTracker) -> None:
    kept = company.place.kept
    kept.of("kim@corp.example").roles = ["ORG_ADMIN"]
    kept.signers.add("payments")
    assert company.night().failed == ()
    (ticket,) = [each for each in tracker.there() if "Cut access" in each.draft.title]

    kept.of("kim@corp.example").roles = []
    kept.scopes.discard("okta.roles.read")
    company.night()

    assert tracker.ticket(ticket.ref).is_open


def test_service_apps_that_are_switched_off_are_not_gone_and_not_checked_once_their_maker_leaves(
    company: AtOkta,
) -> None:
    kim = company.place.kept.of("kim@corp.example")
    company.place.kept.apps.add("ci", (kim.id, kim.login))

    def switched_off() -> None:
        company.narrowed["service_apps"] = False
        company.place.kept.scopes.difference_update(APP_SCOPES)

    found = found_after(company, switched_off, "app/")

    assert found == {("unverified", Standing.UNKNOWN)}
