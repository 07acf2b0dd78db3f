"""As many people as one likes in the stand-in, with what usually is theirs."""

from demo.okta import OktaService
from tests.support.populations import Allowed, Population
from tests.systems.okta.service import okta_place


def _okta(kept: OktaService, users: int) -> None:
    """One in a hundred has an API token, which takes an administrator; one in two hundred made a service app."""
    for number in range(users):
        user = kept.add(f"p{number}@corp.example", number=f"{number:06}")
        if number % 100:
            kept.tokens.popitem()
        else:
            user.roles.append("HELP_DESK_ADMIN")
        if number % 200 == 1:
            kept.apps.add(f"app {number}", (user.id, user.login))


POPULATIONS = {
    "okta": Population(
        opened=okta_place,
        fill=_okta,
        allowed=Allowed(an_account=4, page=200, reads=1, each=0.02, fixed=7, a_leaver=3),
        few=2_400,
    ),
}
