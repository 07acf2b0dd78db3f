"""What a user may write for a PostgreSQL server's logins."""

import re
from typing import ClassVar

from pydantic import Field, field_validator

from offboarding.interfaces import Against, HowTested, SourceSettings
from offboarding.model import IdentityKeyKind

HOLES = {
    "{mail}": IdentityKeyKind.MAIL,
    "{worker_id}": IdentityKeyKind.NUMBER,
    "{login}": IdentityKeyKind.LOGIN,
}


class PostgresLoginSettings(SourceSettings):
    """A PostgreSQL server's roles."""

    tested: ClassVar[HowTested] = HowTested(Against.REAL, "PostgreSQL 15 and 18")

    cluster: str = Field(
        pattern=r"^[a-z0-9][a-z0-9._-]*$",
        description="The server's own name, which it keeps when it moves or is upgraded: its id. A restored copy is"
        " another.",
    )
    owner_comment: str | None = Field(
        default=None,
        description="How a role's comment names its owner, such as `owner: {mail}`; {worker_id} and {login} as well.",
    )
    statement_seconds: float = Field(default=60, gt=0, le=3600, description="How long the server may take to answer.")

    @field_validator("owner_comment")
    @classmethod
    def _has_one_hole(cls, text: str | None) -> str | None:
        if text is not None and sum(text.count(hole) for hole in HOLES) != 1:
            raise ValueError(f"holds one of {', '.join(HOLES)}, once")
        return text

    def owner_in(self, comment: str) -> tuple[IdentityKeyKind, str] | None:
        """Whom a comment names as the owner: on a line of its own, as declared; None where it names nobody."""
        if self.owner_comment is None:
            return None
        hole = next(hole for hole in HOLES if hole in self.owner_comment)
        before, _, after = self.owner_comment.partition(hole)
        form = re.compile(f"{re.escape(before)}(.+?){re.escape(after)}", re.IGNORECASE)
        found = (form.fullmatch(line.strip()) for line in comment.splitlines())
        return next(((HOLES[hole], match[1].strip()) for match in found if match), None)
