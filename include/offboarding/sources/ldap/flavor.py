"""What differs between directories. A flavor is a subclass; what it doesn't say is as in OpenLDAP."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import ClassVar, Protocol
from uuid import UUID

from offboarding.model import Gap
from offboarding.model.errors import ConfigError, IncompleteReadError
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings
from offboarding.sources.ldap.standing import AccountStanding
from offboarding.sources.ldap.times import generalized_time

RIGHTS = "docs/permissions/ldap.md"


class AccountJudge(Protocol):
    """Says what works."""

    def judge(self, entry: Entry) -> AccountStanding:
        """What can be said of this entry's password login."""
        ...

    def gaps(self, realm: str) -> Iterator[Gap]:
        """What kept it from judging, once every entry has been judged."""
        ...


class Flavor(ABC):
    """One kind of directory."""

    name: ClassVar[str]
    """As in the configuration."""
    id_attributes: ClassVar[tuple[str, ...]]
    """Hold an entry's immutable id; the first that is there counts."""
    other_id: ClassVar[str] = ""
    """Holds another id of an entry, by which other systems name it; "" where there is none."""
    lock_attributes: ClassVar[tuple[str, ...]]
    """What `judge` needs of each entry."""
    password_set: ClassVar[str]
    """Holds when the password was last changed."""
    created: ClassVar[str] = "createTimestamp"
    creator: ClassVar[str] = "creatorsName"
    """DN of whoever made an entry; "" where the directory doesn't keep that."""
    defaults: ClassVar[Mapping[str, object]] = {}
    """Settings that the user didn't set."""
    attribute_defaults: ClassVar[Mapping[str, object]] = {}
    """Names of attributes (settings.AttributeNames) that the user didn't set."""
    service_classes: ClassVar[frozenset[str]] = frozenset()
    """Object classes of workloads, whatever else an entry is; lower case."""
    lagging: ClassVar[frozenset[str]] = frozenset()
    """Times of last use that lag, or move without a logon; lower case."""
    group_filter: ClassVar[str] = (
        "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfURLs))"
    )
    never_empty: ClassVar[frozenset[str]] = frozenset()
    """Object classes of groups that must have members by their schema; lower case."""
    primary_group: ClassVar[str] = "gidNumber"
    """On an account: the number of the group that doesn't list it."""
    group_numbers: ClassVar[str] = "gidNumber"
    """On a group: its number, see `numbers_of`."""
    limits_fix: ClassVar[str] = ""
    """How this directory lifts a limit for one reader."""

    def right(self, dn: str, reader: str) -> str:
        """The right to read what lies there, in this directory's words; the page on permissions has all of it."""
        return f"grant {reader} read on {dn} and what lies below it"

    def settle(self, settings: LdapSettings) -> LdapSettings:
        """The settings with this directory's own defaults."""
        return settings.with_defaults(self.defaults, self.attribute_defaults)

    def product(self, settings: LdapSettings) -> str:
        """Which one it is, for what is to be typed there. ConfigError where the settings can't be true of it."""
        if settings.locks == "none":
            raise ConfigError(f"sources.{settings.name}.locks: {self.name} always has locks. Take locks: none off.")
        return self.name

    def native_id(self, entry: Entry) -> str:
        """The entry's immutable id in lower case, "" where it shows none."""
        return next((found for name in self.id_attributes if (found := entry.first(name))), "").lower()

    def also_known_by(self, entry: Entry) -> tuple[str, ...]:
        """What stands in `other_id`, as other systems write it."""
        return entry.values(self.other_id) if self.other_id else ()

    def id_filter(self, native_id: str) -> str:
        """The filter that finds that account. A native id that is none would be found nowhere, and look gone:
        IncompleteReadError.
        """
        name = self.id_attributes[0]
        try:
            return f"({name}={UUID(native_id)})"
        except ValueError as error:
            raise IncompleteReadError(f"account {native_id!r} is no {name}; nothing was concluded of it") from error

    def numbers_of(self, group: Entry) -> tuple[str, ...]:
        """A group's numbers, as accounts name their primary group."""
        return group.values(self.group_numbers)

    def moment(self, text: str) -> datetime | None:
        """A time as this directory writes it, None for never. ValueError without the text."""
        return generalized_time(text)

    def says_of_reference(self, url: str) -> str | None:
        """Why a part of the tree that lies elsewhere needn't be read: a sentence to be told, "" where there is nothing
        to tell. None: without it the read isn't complete.
        """
        del url
        return None

    @abstractmethod
    def judge(self, session: Session, settings: LdapSettings, as_of: datetime) -> AccountJudge:
        """Get ready to judge entries."""
