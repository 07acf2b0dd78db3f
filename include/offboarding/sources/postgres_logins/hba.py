"""By which lines of pg_hba.conf a role may log in, and whether that's certain.

The first line that fits type, database, role and address decides, and nothing falls through
(https://www.postgresql.org/docs/current/auth-pg-hba-conf.html). From where somebody comes can't be known, so a line is
a way in as long as the lines above it leave any address of its own over, for any database. Two answers are kept apart:
what surely is taken above decides whether a line is a way at all, what may be taken whether it surely is one.

The server tells the words of a line without their quotes: the word for everybody and a role that is called "all" look
alike. Where nothing is called so, it's taken for the word.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import ip_address

REJECT = "reject"
_CARRIERS = {
    "local": ("local",),
    "host": ("tls", "gss", "plain"),
    "hostssl": ("tls",),
    "hostnossl": ("gss", "plain"),
    "hostgssenc": ("gss",),
    "hostnogssenc": ("tls", "plain"),
}
"""How a connection may come, of each type of line."""
_EVERY_CARRIER = ("local", "tls", "gss", "plain")
_REGEX_SINCE = 160000
"""Before, a word that begins with a slash was a name."""
_OF_DATABASES = ("all", "sameuser", "samerole", "samegroup", "replication")
_REPLICATION = None
"""What a connection for replication asks for in place of a database."""

_Fits = Sequence[tuple[int, bool | None]]
"""Lines, by their places, and whether each fits: None where it only may."""
_Range = tuple[int, int]
"""Addresses from the first to the last; IPv4's lie above all of IPv6's."""
_IPV4 = 1 << 128
_EVERYWHERE: tuple[_Range, ...] = ((0, _IPV4 - 1), (_IPV4, _IPV4 + (1 << 32) - 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class HbaLine:
    """A line, as the server tells it."""

    number: int
    type: str
    databases: tuple[str, ...]
    users: tuple[str, ...]
    address: str | None
    netmask: str | None
    method: str

    @property
    def told(self) -> str:
        """For people."""
        return f"line {self.number} of pg_hba.conf ({self.method})"


@dataclass(frozen=True, slots=True, kw_only=True)
class HbaNames:
    """What words of the lines may mean here."""

    version: int
    """server_version_num."""
    roles: frozenset[str]
    """Roles that are called like words of the lines (`role_like_a_word`)."""
    databases: frozenset[str]
    """Those that take connections."""
    closed: frozenset[str] = frozenset()
    """Those that take none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HbaRole:
    """What lines ask of a role."""

    name: str
    groups: frozenset[str]
    """Of the groups that lines name, those that it's in, by whatever way."""
    patterns: frozenset[str]
    """The regular expressions of lines that its name fits, with their slash."""
    replicates: bool
    """It may ask for replication."""


@dataclass(frozen=True, slots=True)
class HbaWay:
    """A line by which the role may log in."""

    line: HbaLine
    sure: bool
    """Nothing above it, and no word of doubtful meaning, may keep the role from it."""


def role_like_a_word(name: str) -> bool:
    """Whether a role of this name is told in lines as one of their words is."""
    return name == "all" or name.startswith(("+", "/"))


def patterns_of(lines: Sequence[HbaLine], names: HbaNames) -> tuple[str, ...]:
    """The regular expressions for roles, with their slash."""
    if names.version < _REGEX_SINCE:
        return ()
    return tuple(dict.fromkeys(word for line in lines for word in line.users if word.startswith("/")))


def groups_of(lines: Sequence[HbaLine]) -> frozenset[str]:
    """Groups whose members are meant somewhere, by their names."""
    return frozenset(word[1:] for line in lines for word in line.users if word.startswith("+"))


class HbaFile:
    """All lines. Roles are many, and alike. Raises ValueError for an address that is none."""

    def __init__(self, lines: Sequence[HbaLine], names: HbaNames) -> None:
        self._lines = lines
        self._names = names
        self._from = [_From.of(line) for line in lines]
        self._found = lru_cache(maxsize=1000)(self._ways)

    def ways(self, role: HbaRole) -> tuple[HbaWay, ...]:
        """The lines by which it may log in, in their order."""
        users = ((place, _any(_user_fits(line, role, self._names))) for place, line in enumerate(self._lines))
        theirs = tuple((place, fit) for place, fit in users if fit is not False)
        return self._found(theirs, role.name if role.name in self._names.databases else "", role.replicates)

    def _ways(self, theirs: _Fits, own: str, replicates: bool) -> tuple[HbaWay, ...]:  # noqa: FBT001 - to lru_cache a name makes another call
        """`own`: the database that is called like the role."""
        found: dict[int, bool] = {}
        for database in (*self._databases(theirs, own), *([_REPLICATION] if replicates else [])):
            fits = [
                (place, _all((user, _any(_database_fits(self._lines[place], database, own, self._names)))))
                for place, user in theirs
            ]
            for carrier in _EVERY_CARRIER:
                for place, sure in self._ways_by(carrier, fits):
                    found[place] = found.get(place, False) or sure
        return tuple(HbaWay(self._lines[place], sure) for place, sure in sorted(found.items()))

    def _databases(self, theirs: _Fits, own: str) -> Iterator[str]:
        """Each that these lines may tell from others, and one of the rest, which are alike."""
        named = {word for place, _ in theirs for word in self._lines[place].databases}
        told_apart = self._names.databases & (named | ({own} if "sameuser" in named else set()))
        yield from sorted(told_apart)
        yield from sorted(self._names.databases - told_apart)[:1]

    def _ways_by(self, carrier: str, fits: _Fits) -> Iterator[tuple[int, bool]]:
        """The lines, by their places, by which connections to one database get in, and whether that's sure."""
        may_be_left, surely_left = _Left(), _Left()
        for place, fit in fits:
            line, comes = self._lines[place], self._from[place]
            if fit is False or carrier not in _CARRIERS.get(line.type, ()):
                continue
            if line.method != REJECT and may_be_left.may_hold(comes):
                yield place, fit is True and surely_left.surely_holds(comes)
            surely_left = surely_left.without(comes)
            if fit is True:
                may_be_left = may_be_left.without(comes)


def _any(answers: Iterable[bool | None]) -> bool | None:
    """True where one word fits for sure, None where one may, False where none does."""
    found = set(answers)
    return True if True in found else None if None in found else False


def _all(answers: Iterable[bool | None]) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found else True


def _meant(*, as_word: bool, as_name: bool, named: bool) -> bool | None:
    """Whether it fits, where the same letters are a word, or the name of something that is called so (`named`)."""
    return None if named and as_word is not as_name else as_word


def _user_fits(line: HbaLine, role: HbaRole, names: HbaNames) -> Iterator[bool | None]:
    for word in line.users:
        as_name = word == role.name
        if word == "all":
            as_word = True
        elif word.startswith("+"):
            as_word = word[1:] == role.name or word[1:] in role.groups
        elif word.startswith("/") and names.version >= _REGEX_SINCE:
            as_word = word in role.patterns
        else:
            as_word = as_name
        yield _meant(as_word=as_word, as_name=as_name, named=word in names.roles)


def _database_fits(line: HbaLine, database: str | None, own: str, names: HbaNames) -> Iterator[bool | None]:
    for word in line.databases:
        if word in ("samerole", "samegroup") or (word.startswith("/") and names.version >= _REGEX_SINCE):
            # Roles of a database's name, and expressions, aren't looked up.
            yield False if database is _REPLICATION else None
            continue
        as_name = word == database
        if word == "all":
            as_word = database is not _REPLICATION
        elif word == "replication":
            as_word = database is _REPLICATION
        elif word == "sameuser":
            as_word = database is not _REPLICATION and database == own
        else:
            as_word = as_name
        named = word in _OF_DATABASES and word in names.databases | names.closed
        yield _meant(as_word=as_word, as_name=as_name, named=named)


@dataclass(frozen=True, slots=True)
class _From:
    """From where connections come that a line is for."""

    ranges: tuple[_Range, ...]
    word: str = ""
    """A name, samehost or samenet: nobody knows which addresses."""

    @classmethod
    def of(cls, line: HbaLine) -> "_From":
        if line.address == "all" or line.type == "local":
            return cls(_EVERYWHERE)
        if line.address is None or line.netmask is None:
            return cls((), line.address or "")
        address, mask = ip_address(line.address.partition("%")[0]), int(ip_address(line.netmask))
        others = (1 << address.max_prefixlen) - 1 ^ mask
        if others & others + 1:
            return cls((), f"{line.address} {line.netmask}")  # a mask with holes
        first = (int(address) & mask) + (_IPV4 if address.version == 4 else 0)
        return cls(((first, first + others),))


@dataclass(frozen=True, slots=True)
class _Left:
    """From where connections come that no line has taken yet."""

    ranges: tuple[_Range, ...] = _EVERYWHERE
    taken: frozenset[str] = frozenset()
    """Words whose addresses are taken, too."""

    def without(self, comes: _From) -> "_Left":
        ranges = self.ranges
        for first, last in comes.ranges:
            ranges = tuple(rest for each in ranges for rest in _around(each, first, last))
        return _Left(ranges, self.taken | {comes.word} if comes.word else self.taken)

    def may_hold(self, comes: _From) -> bool:
        """Whether anything of that may be left."""
        if comes.word:
            return comes.word not in self.taken and bool(self.ranges)
        return bool(self._common(comes))

    def surely_holds(self, comes: _From) -> bool:
        """Whether something of that is left, whatever the words stand for."""
        if comes.word:
            return not self.taken and self.ranges == _EVERYWHERE
        return any(not self.taken or _wide(*each) for each in self._common(comes))

    def _common(self, comes: _From) -> list[_Range]:
        both = ((max(a, first), min(b, last)) for a, b in self.ranges for first, last in comes.ranges)
        return [(first, last) for first, last in both if first <= last]


def _around(each: _Range, first: int, last: int) -> Iterator[_Range]:
    """What of it lies below the others, and above."""
    sides = (each[0], min(each[1], first - 1)), (max(each[0], last + 1), each[1])
    yield from (side for side in sides if side[0] <= side[1])


def _wide(first: int, last: int) -> bool:
    """More than any name or network interface stands for: a /8 of IPv4, a /32 of IPv6."""
    return last - first >= 1 << (24 if first >= _IPV4 else 96)
