"""A leaver who may still publish a package: found by a night, and closed once the registry gives them no right."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import npm_packages
from offboarding.store import reading
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.npm_packages.service import KIT, LEGACY, ORG, NpmPlace, npm_place

pytestmark = pytest.mark.slow


class AtNpm(Office):
    """An office whose only accounts are an organization's at npm."""

    place: NpmPlace
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the organization in the directory's place."""
        settings = super().settings
        own = {"name": "npm", "kind": "npm_packages", "connection": "corp_npm", "organization": ORG, "id_space": "hr"}
        return settings.model_copy(update={"sources": (npm_packages.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(**self.narrowed)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtNpm]:
    """Kim has left, and Kimm works here; both publish."""
    with npm_place(make_certificate(tmp_path), tmp_path) as place:
        made = AtNpm(session=office.session, tracker=office.tracker)
        made.place, made.narrowed = place, {}
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


def test_a_right_in_a_package_that_is_named_no_more_has_not_ended(company: AtNpm) -> None:
    kept = company.place.kept
    del kept.roles["kim-js"]
    kept.packages[LEGACY].rights["kim-js"] = kept.packages[KIT].rights.pop("kim-js")
    kept.packages[LEGACY].cached["kim-js"] = kept.packages[KIT].cached.pop("kim-js")
    for told in (Standing.WORKS, Standing.UNKNOWN, Standing.UNKNOWN):
        assert company.night().failed == ()
        (each,) = (each for each in reading.findings(company.session) if each.person_uid)
        assert (each.account_native_id, each.state, each.standing) == ("kim-js", "open", told)
        company.narrowed["packages"] = []

    company.narrowed.clear()
    del kept.packages[LEGACY].rights["kim-js"], kept.packages[LEGACY].cached["kim-js"]
    assert company.night().failed == ()
    assert {each.state for each in reading.findings(company.session) if each.person_uid} == {"resolved"}
