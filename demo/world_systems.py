"""What the demo company's people have elsewhere: at Okta, on GitHub, in a database's own logins, on a Linux host."""

from dataclasses import dataclass
from datetime import date

from demo.world_keys import SshKey, digest


def number_of(text: str) -> int:
    """A number that systems might give, the same each time."""
    return int.from_bytes(digest(text)[:4]) >> 1


@dataclass(frozen=True, slots=True, kw_only=True)
class OktaPerson:
    """A user at Okta."""

    mail: str
    number: str
    since: date
    status: str = "ACTIVE"
    token: str = ""
    """The name of an API token of theirs; "": none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GithubMember:
    """A member of the organization, whose mail the identity provider tells."""

    login: str
    mail: str
    token: str = ""
    """The name of a fine-grained token; "": none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseLogin:
    """A role of the vendors' PostgreSQL, with a password."""

    name: str
    until: date | None = None
    """VALID UNTIL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLogin:
    """A user of the Linux host."""

    name: str
    is_locked: bool = False
    expired_on: date | None = None
    key: SshKey | None = None
    """What stands in authorized_keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What one case, or the crowd, has there."""

    okta: tuple[OktaPerson, ...] = ()
    github: tuple[GithubMember, ...] = ()
    database: tuple[DatabaseLogin, ...] = ()
    host: tuple[HostLogin, ...] = ()

    def __add__(self, other: "Elsewhere") -> "Elsewhere":
        return Elsewhere(
            okta=self.okta + other.okta,
            github=self.github + other.github,
            database=self.database + other.database,
            host=self.host + other.host,
        )
