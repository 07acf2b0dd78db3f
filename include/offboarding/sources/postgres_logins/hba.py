"""By which lines of pg_hba.conf a role may log in, and whether that's certain.

The first line that fits type, database, role and address decides, and nothing falls through
(https://www.postgresql.org/docs/current/auth-pg-hba-conf.html). From where somebody comes can't be known, so a line is
a way in as long as the lines above it leave any address of its own over. The server tells the words of a line without
their quotes: a role that is called "all" and the word for everybody look alike.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import TypeVar

REJECT = "reject"
_Network = IPv4Network | IPv6Network
_N = TypeVar("_N", IPv4Network, IPv6Network)
_EVERYWHERE: tuple[_Network, ...] = (ip_network("0.0.0.0/0"), ip_network("::/0"))
_CARRIERS = {
    "local": ("local",),
    "host": ("tls", "gss", "plain"),
    "hostssl": ("tls",),
    "hostnossl": ("gss", "plain"),
    "hostgssenc": ("gss",),
    "hostnogssenc": ("tls", "plain"),
}
"""How a connection may come, of each type of line."""
_REGEX_SINCE = 160000
"""Before, a word that begins with a slash was a name."""


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
    """Roles whose names look like words of the lines: `all`, `+x`, `/x`."""
    databases: frozenset[str]
    """Those that take connections."""


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


def patterns_of(lines: Sequence[HbaLine], names: HbaNames) -> tuple[str, ...]:
    """The regular expressions for roles, with their slash."""
    if names.version < _REGEX_SINCE:
        return ()
    return tuple(dict.fromkeys(word for line in lines for word in line.users if word.startswith("/")))


def groups_of(lines: Sequence[HbaLine]) -> frozenset[str]:
    """Groups whose members are meant somewhere, by their names."""
    return frozenset(word[1:] for line in lines for word in line.users if word.startswith("+"))


@dataclass(frozen=True, slots=True)
class _Fit:
    """A line that is, or may be, for the role."""

    line: HbaLine
    user: bool | None
    """None where it only may be."""
    database: bool | None


class HbaFile:
    """All lines. Roles are many, and alike."""

    def __init__(self, lines: Sequence[HbaLine], names: HbaNames) -> None:
        self._lines = lines
        self._names = names
        self._found = lru_cache(maxsize=1000)(self._ways)

    def ways(self, role: HbaRole) -> tuple[HbaWay, ...]:
        """The lines by which it may log in, in their order."""
        names = self._names
        fits = (
            _Fit(line, _all_or_none(_user_fits(line, role, names)), _all_or_none(_database_fits(line, role, names)))
            for line in self._lines
        )
        fitting = tuple(fit for fit in fits if fit.user is not False and fit.database is not False)
        return self._found(fitting, role.replicates)

    def _ways(self, fits: tuple[_Fit, ...], replicates: bool) -> tuple[HbaWay, ...]:  # noqa: FBT001 - for lru_cache
        found: list[HbaWay] = []
        certain: list[HbaLine] = []
        """Lines above that are the role's for sure, whatever they say."""
        possible: list[HbaLine] = []
        for fit in fits:
            if fit.line.method != REJECT and _left_over(fit.line, certain, self._names, replicates=replicates):
                sure = fit.user is True and fit.database is True
                sure = sure and _left_over(fit.line, possible, self._names, replicates=replicates)
                found.append(HbaWay(fit.line, sure))
            possible.append(fit.line)
            if fit.user is True:
                certain.append(fit.line)
        return tuple(found)


def _all_or_none(answers: Iterator[bool | None]) -> bool | None:
    """True where one word fits for sure, None where one may, False where none does."""
    found = set(answers)
    return True if True in found else None if None in found else False


def _user_fits(line: HbaLine, role: HbaRole, names: HbaNames) -> Iterator[bool | None]:
    for word in line.users:
        doubtful = None if word in names.roles else True
        if word == "all":
            yield doubtful
        elif word.startswith("+"):
            if role.name == word:
                yield None
            elif role.name == word[1:] or word[1:] in role.groups:
                yield doubtful
        elif word.startswith("/") and names.version >= _REGEX_SINCE:
            if role.name == word:
                yield None
            elif word in role.patterns:
                yield doubtful
        elif word == role.name:
            yield True


def _database_fits(line: HbaLine, role: HbaRole, names: HbaNames) -> Iterator[bool | None]:
    for word in line.databases:
        doubtful = None if word in names.databases else True
        if word == "all":
            yield doubtful
        elif word == "replication":
            if role.replicates:
                yield doubtful
            elif word in names.databases:
                yield None
        elif word == "sameuser":
            yield doubtful if role.name in names.databases else False
        elif word in ("samerole", "samegroup") or (word.startswith("/") and names.version >= _REGEX_SINCE):
            yield None
        elif word in names.databases:
            yield True


def _left_over(line: HbaLine, above: Sequence[HbaLine], names: HbaNames, *, replicates: bool) -> bool:
    """Whether some connection that the line is for comes through the lines above."""
    for carrier in _CARRIERS.get(line.type, ()):
        alike = (each for each in above if carrier in _CARRIERS.get(each.type, ()))
        taken = [each for each in alike if _holds(each, line, names, replicates=replicates)]
        if not taken if carrier == "local" else _addresses_left(line, taken):
            return True
    return False


def _holds(above: HbaLine, line: HbaLine, names: HbaNames, *, replicates: bool) -> bool:
    """Whether it's for every database that the other is for."""
    wanted = set(line.databases) - (set() if replicates or "replication" in names.databases else {"replication"})
    if wanted <= set(above.databases):
        return True
    return "all" in above.databases and "all" not in names.databases and "replication" not in wanted


def _addresses_left(line: HbaLine, above: Sequence[HbaLine]) -> bool:
    networks = _networks(line)
    if not networks:
        # A name, samehost or samenet: nobody knows which addresses, so that only the same word, or all, takes them.
        return not any(each.address == line.address for each in above) and bool(_without(_EVERYWHERE, above))
    return bool(_without(networks, above))


def _without(networks: Sequence[_Network], above: Sequence[HbaLine]) -> list[_Network]:
    left = list(networks)
    for taken in (network for each in above for network in _networks(each)):
        left = [rest for network in left for rest in _minus(network, taken)]
    return left


def _minus(network: _Network, taken: _Network) -> Iterator[_Network]:
    if isinstance(network, IPv4Network):
        if isinstance(taken, IPv4Network):
            yield from _minus_of(network, taken)
            return
    elif isinstance(taken, IPv6Network):
        yield from _minus_of(network, taken)
        return
    yield network


def _minus_of(network: _N, taken: _N) -> Iterator[_N]:
    if network.subnet_of(taken):
        return
    if taken.subnet_of(network):
        yield from network.address_exclude(taken)
    else:
        yield network


def _networks(line: HbaLine) -> tuple[_Network, ...]:
    if line.address == "all":
        return _EVERYWHERE
    if line.address is None or line.netmask is None:
        return ()
    bits = int(ip_address(line.netmask)).bit_count()
    return (ip_network(f"{line.address.partition('%')[0]}/{bits}", strict=False),)
