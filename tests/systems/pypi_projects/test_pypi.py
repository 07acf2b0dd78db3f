"""A leaver who may still publish a project at PyPI: found by a night, and closed once the role is seen gone."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.model import Standing
from offboarding.sources import pypi_projects
from offboarding.store import reading
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.small_company import LEFT, worker
from tests.systems.pypi_projects.service import PAY, SHOP, PypiPlace, pypi_place

pytestmark = pytest.mark.slow


class AtPypi(Office):
    """An office whose only accounts are those of its projects."""

    place: PypiPlace
    narrowed: dict[str, Any]
    """Settings that leave something out."""

    @property
    def settings(self) -> Settings:
        """With the projects in the directory's place."""
        settings = super().settings
        own = {"name": "pypi", "kind": "pypi_projects", "connection": "corp_pypi", "realm": "corp"}
        own |= {"projects": [SHOP], "id_space": "hr", "login_realm": "corp"}
        return settings.model_copy(update={"sources": (pypi_projects.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source(**self.narrowed)


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtPypi]:
    """Kim has left, and Kimm works here; both publish, and the register says who is who."""
    with pypi_place(make_certificate(tmp_path), tmp_path) as place:
        made = AtPypi(session=office.session, tracker=office.tracker)
        made.place, made.narrowed = place, {}
        made.hr.workers = [worker("1042", LEFT, logins=("kim",)), worker("1043", logins=("kimm",))]
        place.kept.projects = {SHOP: {"pyfox": "Owner", "kimm-py": "Owner"}}
        place.register.write_text("username,login\npyfox,kim\nkimm-py,kimm\n", "utf-8")
        yield made
        assert place.service.wrong == []


def test_an_owner_is_told_until_the_role_is_gone_and_nobody_else(company: AtPypi, tracker: ListedTracker) -> None:
    assert company.night().failed == ()
    (ticket,) = tracker.there()
    assert f"Owner of {SHOP}" in ticket.draft.body
    assert "/manage/project/PROJECT/collaboration/" in ticket.draft.body
    assert "kimm-py" not in ticket.draft.body

    company.place.kept.forget("pyfox")
    assert company.night().failed == ()
    assert not tracker.ticket(ticket.ref).is_open


def test_a_role_in_a_project_that_is_named_no_more_has_not_ended(company: AtPypi, tracker: ListedTracker) -> None:
    """Nor has that of anybody who was there then: they may have had one in it, too."""
    kept = company.place.kept
    kept.projects = {SHOP: {"kimm-py": "Owner"}, PAY: {"pyfox": "Owner"}}
    assert company.night().failed == ()
    assert found(company) == {"pyfox": ("open", Standing.WORKS)}

    company.narrowed["projects"] = [SHOP]
    kept.projects[SHOP]["lee-py"] = "Owner"
    company.hr.workers.append(worker("1044", LEFT, logins=("lee-py",)))
    for _ in range(2):
        assert company.night().failed == ()
    assert found(company) == {"pyfox": ("open", Standing.UNKNOWN), "lee-py": ("open", Standing.WORKS)}

    company.hr.workers[1] = worker("1043", LEFT, logins=("kimm",))
    del kept.projects[SHOP]["kimm-py"], kept.projects[SHOP]["lee-py"]
    kept.projects[SHOP]["corp-bot"] = "Owner"
    assert company.night().failed == ()
    assert {name: state for name, (state, _) in found(company).items()} == {
        "pyfox": "open",
        "kimm-py": "unverified",
        "lee-py": "resolved",
    }

    # Named again, and nobody has a role in it.
    del company.narrowed["projects"]
    kept.forget("pyfox")
    assert company.night().failed == ()
    assert {state for state, _ in found(company).values()} == {"resolved"}
    assert not [each for each in tracker.there() if each.is_open and "pyfox" in each.draft.body]


def found(company: AtPypi) -> dict[str, tuple[str, Standing]]:
    """State and standing of what was found of leavers, by account."""
    all_of_them = (each for each in reading.findings(company.session) if each.person_uid)
    return {each.account_native_id: (each.state, each.standing) for each in all_of_them}
