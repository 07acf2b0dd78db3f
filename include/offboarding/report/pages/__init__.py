"""What the pages in Airflow show, as data: what a night's report may hold, and so no names, mails, labels or reasons.

Whoever may see the nightly DAG's runs sees them. Of a person and a key more is shown to whoever may decide about them
(`Onlooker.named`). Functions read the store and take the moment; how a page looks is nothing that is known here.
"""

from dataclasses import dataclass
from datetime import datetime

from offboarding.model.errors import FatalError

_LAST = 2**63 - 1
"""That PostgreSQL can count to."""


class AskedInVainError(FatalError):
    """What an address asks for isn't there."""


def checked_place(place: int) -> int:
    """A place in a list, as an address has it. Raises AskedInVainError where no list is that long."""
    if not 0 <= place <= _LAST:
        raise AskedInVainError("No list is that long. Begin with its first page.")
    return place


@dataclass(frozen=True, slots=True, kw_only=True)
class Onlooker:
    """Who looks at a person or a key, and how."""

    name: str
    """As Airflow calls them: their look is written down by it."""
    named: bool
    """Names, mails, labels and reasons are theirs to see."""
    zone: str
    """In which moments are told."""
    now: datetime
    reserved: tuple[str, ...] = ()
    """Logins that say nothing, in normal form."""
