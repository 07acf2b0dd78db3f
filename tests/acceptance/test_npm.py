"""A leaver who may still publish a package: found by a night, and closed once the registry gives them no right."""

from collections.abc import Generator
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import npm_packages
from tests.support.listed_tracker import ListedTracker
from tests.support.npm_service import KIT, ORG, NpmPlace, npm_place
from tests.support.office import Office
from tests.support.small_company import LEFT, worker

pytestmark = pytest.mark.slow


class AtNpm(Office):
    """An office whose only accounts are an organization's at npm."""

    place: NpmPlace

    @property
    def settings(self) -> Settings:
        """With the organization in the directory's place."""
        settings = super().settings
        own = {"name": "npm", "kind": "npm_packages", "connection": "corp_npm", "organization": ORG, "id_space": "hr"}
        return settings.model_copy(update={"sources": (npm_packages.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source()


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtNpm]:
    """Kim has left, and Kimm works here; both publish."""
    with npm_place(make_certificate(tmp_path), tmp_path) as place:
        made = AtNpm(session=office.session, tracker=office.tracker)
        made.place = place
        made.hr.workers = [worker("1042", LEFT, mail="kim@corp.example"), worker("1043", mail="kimm@corp.example")]
        for login in ("kim", "kimm"):
            place.kept.add(f"{login}-js", f"{login}@corp.example")
        yield made
        assert place.service.wrong == []


def test_a_maintainer_is_told_until_no_right_is_left_and_nobody_else(company: AtNpm, tracker: ListedTracker) -> None:
    kept = company.place.kept
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert "npm owner rm kim-js PACKAGE" in ticket.draft.body
    assert f"may publish {KIT}" in ticket.draft.body
    assert "kimm-js" not in ticket.draft.body

    # Out of the organization: what they may by themselves stays.
    del kept.roles["kim-js"]
    assert company.night().failed == ()
    assert tracker.ticket(ticket.ref).is_open

    kept.remove("kim-js")
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open
