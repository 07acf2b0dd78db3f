"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population, by_register
from tests.systems.pypi_projects.service import PypiService, pypi_place


def _pypi(kept: PypiService, users: int) -> None:
    """As many projects as there are hundreds of people, each with all of those and some."""
    kept.projects = {}
    for number in range(users):
        kept.projects.setdefault(f"kit-{number // 100}", {"corp-bot": "Owner"})[f"p{number}"] = "Maintainer"


POPULATIONS = {
    "pypi_projects": Population(
        opened=by_register(pypi_place), fill=_pypi, allowed=Allowed(page=100, reads=2), most=10_000, few=0
    ),
}
