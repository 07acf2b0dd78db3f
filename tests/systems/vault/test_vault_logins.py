"""Leavers at a Vault: one whose user was deleted while a token works on, and one whose entity was disabled."""

from typing import Any

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources.vault import auth as vault_auth
from tests.support.left_out import found_after
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.vault.logins import NAME, Logins, logins
from tests.systems.vault.vault import vault

pytestmark = pytest.mark.slow

__all__ = ["logins", "vault"]


class AtVault(Office):
    """An office whose only accounts are a Vault's."""

    place: Logins
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With it in the directory's place."""
        settings = super().settings
        own = {"name": NAME, "kind": "vault_auth", "connection": "vault", "id_space": "hr"}
        return settings.model_copy(update={"sources": (vault_auth.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(settings=self.narrowed)


@pytest.fixture
def company(office: Office, logins: Logins) -> AtVault:
    """Kim and Lee have left, and Kimm works here."""
    made = AtVault(session=office.session, tracker=office.tracker)
    made.narrowed = {}
    made.place = logins
    made.hr.workers = [
        worker("1042", LEFT, mail="kim@corp.example"),
        worker("1043", LEFT, mail="lee@corp.example"),
        worker("1044", mail="kimm@corp.example"),
    ]
    for name in ("kim", "lee", "kimm"):
        logins.user(name, "default")
        entity = logins.log_in(name)["entity_id"]
        logins.change(entity, metadata={"email": f"{name}@corp.example"})
    return made


def test_a_token_that_outlives_its_user_is_told_until_the_entity_is_disabled(
    company: AtVault, tracker: ListedTracker
) -> None:
    place = company.place
    kim, lee, kimm = (place.entity(name) for name in ("kim", "lee", "kimm"))
    token = place.log_in("kim")
    place.server.ask("DELETE", f"auth/{place.userpass}/users/kim")
    place.change(lee, disabled=True)

    assert company.night().failed == ()

    assert place.works(token["client_token"])
    # The other is about root's own token, which nobody claims.
    ticket, digest = sorted(tracker.there(), key=lambda each: token["accessor"] not in each.draft.body)
    assert "root token" in digest.draft.body
    body = ticket.draft.body
    assert f"-accessor {token['accessor']}" in body
    assert lee not in body
    assert kimm not in body
    assert "disabled=true" not in body, "the login itself is gone"

    place.change(kim, disabled=True)
    assert company.night().failed == ()
    assert not place.works(token["client_token"])
    assert not tracker.ticket(ticket.ref).is_open


def test_tokens_that_are_switched_off_are_not_gone_and_not_checked_once_their_owner_leaves(company: AtVault) -> None:
    company.place.hand_out(policies=["default"], meta={"owner": "kim@corp.example"})

    found = found_after(company, lambda: company.narrowed.update({"tokens": False}), "token/")

    assert found == {("unverified", Standing.UNKNOWN)}
