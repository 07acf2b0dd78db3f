"""As many people as one likes in the stand-in, with what usually is theirs."""

from tests.support.populations import Allowed, Population, by_register
from tests.systems.npm_packages.service import NpmService, npm_place


def _npm(kept: NpmService, users: int) -> None:
    for number in range(users):
        kept.add(f"p{number}", f"p{number}@corp.example")


POPULATIONS = {
    "npm_packages": Population(opened=by_register(npm_place), fill=_npm, allowed=Allowed(fixed=12), most=10_000, few=0),
}
