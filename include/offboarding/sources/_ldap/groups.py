"""Who is in the groups that make an account privileged, groups within groups included.

`memberOf` on an account lacks nested groups and the primary group, and needs an overlay: members are read off the
groups.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from include.offboarding.model import Gap
from include.offboarding.sources._ldap.entry import Entry
from include.offboarding.sources._ldap.names import canonical
from include.offboarding.sources._ldap.results import NoAccessError
from include.offboarding.sources._ldap.session import Session

GROUPS = (
    "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=posixGroup)(objectClass=groupOfURLs))"
)
_LISTED = ("member", "uniqueMember")
_MUST_HAVE_MEMBERS = {"groupofnames", "groupofuniquenames"}


@dataclass(slots=True)
class Privileges:
    """Members of privileged groups. Empty and `known`: there are none."""

    known: bool = False
    """False: who is privileged couldn't be told."""
    dns: dict[str, str] = field(default_factory=dict[str, str])
    """Canonical DN of a member -> the group's name."""
    logins: dict[str, str] = field(default_factory=dict[str, str])
    """memberUid, lower case -> the group's name."""
    group_numbers: dict[str, str] = field(default_factory=dict[str, str])
    """gidNumber, for those whose primary group it is -> the group's name."""
    problems: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    """What couldn't be told, and whether that makes the run red."""

    def of(self, entry: Entry, logins: Sequence[str]) -> tuple[bool | None, str]:
        """Whether this account is privileged, and by which group. None: couldn't be told."""
        by = (
            self.dns.get(canonical(entry.dn), "")
            or next((self.logins[login.lower()] for login in logins if login.lower() in self.logins), "")
            or self.group_numbers.get(entry.first("gidNumber"), "")
        )
        if by:
            return True, by
        return (False, "") if self.known else (None, "")

    def gaps(self, realm: str, source: str) -> Iterator[Gap]:
        """What couldn't be told."""
        for text, red in self.problems:
            yield Gap(realm=realm, text=f"{source}: {text}", red=red)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    dn: str
    name: str
    """Its cn."""
    because: str
    """Itself, or the privileged group that it is within."""


def read_privileges(session: Session, base: str, patterns: Sequence[str], *, page_size: int) -> Privileges:
    """Read the names of all groups, and the members of those that a pattern names (shell patterns over cn, no case)."""
    if not patterns:
        return Privileges()
    try:
        groups = {canonical(group.dn): group for group in _list(session, base, page_size)}
    except NoAccessError as error:
        return Privileges(problems=[(f"groups can't be read ({error})", True)])
    if not groups:
        text = f"no group is visible at {base}: who is privileged isn't known. Set groups_dn, or grant read on them"
        return Privileges(problems=[(text, False)])
    privileges = Privileges(known=True)
    waiting = [group for group in groups.values() if _matches(group.name, patterns)]
    read: set[str] = set()
    while waiting:
        group = waiting.pop()
        if canonical(group.dn) in read:
            continue
        read.add(canonical(group.dn))
        for member in _note_members(session, group, privileges):
            within = groups.get(member)
            if within:
                waiting.append(_Group(dn=within.dn, name=within.name, because=group.because))
    return privileges


def _list(session: Session, base: str, page_size: int) -> Iterator[_Group]:
    for entries in session.search(base, GROUPS, ("cn",), page_size=page_size):
        for entry in entries:
            name = entry.first("cn") or entry.dn
            yield _Group(dn=entry.dn, name=name, because=f"group {name}")


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _note_members(session: Session, group: _Group, privileges: Privileges) -> list[str]:
    """Note this group's members, and give the canonical DNs among them."""
    entry = session.read(group.dn, ("objectClass", "gidNumber", "memberUid", "memberURL", *_LISTED)).entry
    if entry is None:
        privileges.known = False
        privileges.problems.append((f"the members of {group.because} can't be read", True))
        return []
    # A member of groupOfUniqueNames may carry an id behind its DN: uid=a,dc=b#'0101'B (RFC 4517 3.3.21).
    members = [canonical(value.partition("#'")[0]) for name in _LISTED for value in entry.values(name)]
    for member in members:
        privileges.dns.setdefault(member, group.because)
    for login in entry.values("memberUid"):
        privileges.logins.setdefault(login.lower(), group.because)
    for number in entry.values("gidNumber"):
        privileges.group_numbers.setdefault(number, group.because)
    _note_doubts(entry, group, privileges, has_members=bool(members))
    return members


def _note_doubts(entry: Entry, group: _Group, privileges: Privileges, *, has_members: bool) -> None:
    classes = {value.lower() for value in entry.values("objectClass")}
    if classes & _MUST_HAVE_MEMBERS and not has_members:
        privileges.known = False
        text = f"{group.because} shows no member, and must have one: grant read on member and uniqueMember"
        privileges.problems.append((text, True))
    if entry.values("memberURL"):
        privileges.known = False
        text = f"{group.because} is dynamic (memberURL), and its members aren't computed here"
        privileges.problems.append((text, False))
