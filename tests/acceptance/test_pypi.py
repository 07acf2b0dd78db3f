"""A leaver who may still publish a project at PyPI: found by a night, and closed once the role is seen gone."""

from collections.abc import Generator
from pathlib import Path

import pytest

from demo.certificates import make_certificate
from offboarding.config.settings import Settings
from offboarding.interfaces import Source
from offboarding.sources import pypi_projects
from tests.support.listed_tracker import ListedTracker
from tests.support.office import Office
from tests.support.pypi_service import SHOP, PypiPlace, pypi_place
from tests.support.small_company import LEFT, worker

pytestmark = pytest.mark.slow


class AtPypi(Office):
    """An office whose only accounts are those of its projects."""

    place: PypiPlace

    @property
    def settings(self) -> Settings:
        """With the projects in the directory's place."""
        settings = super().settings
        own = {"name": "pypi", "kind": "pypi_projects", "connection": "corp_pypi", "realm": "corp"}
        own |= {"projects": [SHOP], "id_space": "hr", "login_realm": "corp"}
        return settings.model_copy(update={"sources": (pypi_projects.Settings.model_validate(own),)})

    def _source(self, name: str, part: str) -> Source:
        del name, part
        return self.place.source()


@pytest.fixture
def company(office: Office, tmp_path: Path) -> Generator[AtPypi]:
    """Kim has left, and Kimm works here; both publish, and the register says who is who."""
    with pypi_place(make_certificate(tmp_path), tmp_path) as place:
        made = AtPypi(session=office.session, tracker=office.tracker)
        made.place = place
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
