"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population
from tests.systems.gitlab_users.service import GROUP, GROUP_PATH, GitlabUsersService, gitlab_users_place


def _gitlab(kept: GitlabUsersService, users: int) -> None:
    """One in a hundred is a bot."""
    # Of a group with nothing below, since each place would list everybody again.
    kept.groups, kept.projects = {GROUP: (GROUP_PATH, None)}, {}  # pyrefly: ignore[bad-assignment]
    for number in range(users):
        if number % 100 == 1:
            kept.bot("groups", GROUP, None)
        else:
            known = {"provider": "saml", "extern_uid": f"p{number}@corp.example"}
            kept.add(f"p{number}", email=f"p{number}@corp.example", identities=[known], saml=known)


POPULATIONS = {
    "gitlab_users": Population(
        opened=gitlab_users_place, fill=_gitlab, allowed=Allowed(an_account=4, page=100, reads=2, fixed=12, a_leaver=4)
    ),
    "gitlab_users_of_a_group": Population(
        opened=gitlab_users_place,
        fill=_gitlab,
        reader=lambda place: place.source(group=True),
        allowed=Allowed(an_account=2, page=100, reads=6, fixed=20, a_leaver=1),
        few=2_400,
    ),
}
