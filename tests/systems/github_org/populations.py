"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population
from tests.systems.github_org.service import GithubOrgService, github_org_place


def _github(kept: GithubOrgService, users: int) -> None:
    """One in ten is no member but an outside collaborator, and one in twenty has no second factor."""
    for number in range(users):
        role = "member" if number % 10 else "outside"
        kept.add(f"p{number}", role, mail=f"p{number}@corp.example", weak=number % 20 == 1)


POPULATIONS = {
    "github_org": Population(
        opened=github_org_place,
        fill=_github,
        allowed=Allowed(an_account=5, page=100, reads=4, each=0.005, fixed=12, a_leaver=5),
        few=2_400,
    ),
}
