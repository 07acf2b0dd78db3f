"""Who gets into a system that nobody can ask, as a person says it."""

from dataclasses import dataclass
from datetime import date

NOBODY = "nobody"
"""Says that nobody gets in, by a word: to leave a field empty says nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedPeople:
    """A person's word on who gets in."""

    listed_on: date
    """Of which day it is, in the company's zone."""
    people: str
    """Numbers or logins, with blanks between; or `NOBODY`."""
    author: str
    """Whose word it is."""

    @property
    def words(self) -> list[str]:
        """Each as it was said."""
        return [] if self.people == NOBODY else self.people.split()
