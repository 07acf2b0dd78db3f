"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population
from tests.systems.google_workspace.service import GoogleService, google_place


def _google(kept: GoogleService, users: int) -> None:
    for number in range(users):
        kept.add(f"p{number}@corp.example", externalIds=[{"type": "organization", "value": str(number)}])


POPULATIONS = {
    "google_workspace": Population(
        opened=google_place, fill=_google, allowed=Allowed(an_account=3, page=500, reads=1, fixed=3, a_leaver=3)
    ),
}
