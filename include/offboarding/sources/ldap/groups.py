"""Who is in a group, groups within groups included: those that make an account privileged, and those that guard keys.

`memberOf` on an account lacks nested groups and the primary group, and may need an overlay: members are read off the
groups.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from offboarding.model import Gap, counted
from offboarding.sources.ldap.entry import Entry
from offboarding.sources.ldap.flavor import Flavor
from offboarding.sources.ldap.names import canonical
from offboarding.sources.ldap.results import RefusedError
from offboarding.sources.ldap.session import Session
from offboarding.sources.ldap.settings import LdapSettings

_LISTED = ("member", "uniqueMember")


@dataclass(slots=True)
class Members:
    """Everybody in some groups. Empty and `known`: nobody."""

    known: bool = False
    """False: who is in couldn't be told."""
    dns: dict[str, str] = field(default_factory=dict[str, str])
    """Canonical DN of a member -> the group's name."""
    logins: dict[str, str] = field(default_factory=dict[str, str])
    """memberUid, lower case -> the group's name."""
    group_numbers: dict[str, str] = field(default_factory=dict[str, str])
    """The group's number, for those whose primary group it is -> the group's name."""
    primary_group: str = "gidNumber"
    """The attribute by which an account names its primary group."""
    problems: list[tuple[str, bool]] = field(default_factory=list[tuple[str, bool]])
    """What couldn't be told, and whether that makes the run red."""

    def by(self, entry: Entry, logins: Sequence[str]) -> str:
        """The group that this account is in by, "" where it's in none."""
        return (
            self.dns.get(canonical(entry.dn), "")
            or next((self.logins[login.lower()] for login in logins if login.lower() in self.logins), "")
            or self.group_numbers.get(entry.first(self.primary_group), "")
        )

    def of(self, entry: Entry, logins: Sequence[str]) -> tuple[bool | None, str]:
        """Whether this account is in, and by which group. None: couldn't be told."""
        by = self.by(entry, logins)
        if by:
            return True, by
        return (False, "") if self.known else (None, "")

    def gaps(self, realm: str, source: str) -> Iterator[Gap]:
        """What couldn't be told."""
        for text, red in self.problems:
            yield Gap(realm=realm, text=f"{source}: {text}", red=red)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyGroup:
    """A group that guards keys."""

    native_id: str
    label: str
    """Its DN."""
    members: Members
    people: frozenset[str]
    """Canonical DNs among its members that are no groups."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rolls:
    """What the groups of a directory say."""

    privileged: Members
    guarded: tuple[KeyGroup, ...] = ()
    problems: tuple[tuple[str, bool], ...] = ()
    """Of the guarded ones, as in `Members`."""

    @property
    def dated(self) -> tuple[str, ...]:
        """Native ids of the guarded groups that were read to their end."""
        return tuple(group.native_id for group in self.guarded if group.members.known)

    def strangers(self, accounts: AbstractSet[str], realm: str, source: str) -> Iterator[Gap]:
        """Members of guarded groups that are none of these accounts (canonical DNs): of them nothing is known."""
        for group in self.guarded:
            count = len(group.people - accounts)
            if count:
                text = (
                    f"{source}: {group.label} has {counted(count, 'member')} whose account isn't read here: look at "
                    "base_dn and user_filter, or make the directory that they are in a source of its own"
                )
                yield Gap(realm=realm, text=text, red=False)

    def gaps(self, realm: str, source: str) -> Iterator[Gap]:
        """What couldn't be told, each thing once."""
        problems = [*self.privileged.problems, *self.problems]
        problems += [problem for group in self.guarded for problem in group.members.problems]
        for text, red in dict.fromkeys(problems):
            yield Gap(realm=realm, text=f"{source}: {text}", red=red)


@dataclass(frozen=True, slots=True, kw_only=True)
class _DirectoryGroup:
    dn: str
    name: str
    """Its cn."""
    native_id: str
    because: str
    """Itself, or the group asked about that it is within."""

    def matches(self, patterns: Sequence[str], *, also_dn: bool = False) -> bool:
        """Whether a shell pattern names it, without case."""
        names = (self.name.lower(), canonical(self.dn)) if also_dn else (self.name.lower(),)
        return any(fnmatchcase(name, pattern.lower()) for name in names for pattern in patterns)


def read_rolls(session: Session, settings: LdapSettings, flavor: Flavor, privileged_names: Sequence[str]) -> Rolls:
    """Read the names of all groups, and the members of those that a pattern names (shell patterns over cn, no case)."""
    guards = settings.guarded_groups
    if not privileged_names and not guards:
        return Rolls(privileged=Members())
    base = settings.groups_dn or settings.base_dn
    reader = _Reader(session, flavor, base, settings.page_size)
    trouble: tuple[str, bool] | None = None
    try:
        reader.list_all()
    except RefusedError as error:
        trouble = (f"groups can't be read ({error})", True)
    if not reader.groups and not trouble:
        text = f"no group is visible at {base}: who is privileged isn't known. Set groups_dn, or grant read on them"
        trouble = (text, bool(guards))
    if trouble:
        return Rolls(privileged=Members(problems=[trouble]))
    privileged = reader.members([group for group in reader.groups.values() if group.matches(privileged_names)])
    guarded = [group for group in reader.groups.values() if group.matches(guards, also_dn=True)]
    return Rolls(
        privileged=privileged if privileged_names else Members(),
        guarded=tuple(reader.guarded(group) for group in guarded if group.native_id),
        problems=tuple(_unmet(guards, guarded, base)),
    )


def _unmet(patterns: Sequence[str], guarded: Sequence[_DirectoryGroup], base: str) -> Iterator[tuple[str, bool]]:
    """Patterns that no group meets, and groups without an id: of these nothing is known, which must not look quiet."""
    for pattern in patterns:
        if not any(group.matches((pattern,), also_dn=True) for group in guarded):
            text = f"guarded_groups: no group at {base} is called {pattern}. Mend the pattern, or grant read on it"
            yield text, True
    for group in guarded:
        if not group.native_id:
            yield f"guarded_groups: group {group.name} shows no id: grant read on it", True


@dataclass(slots=True)
class _Reader:
    """Reads each group's members once, whoever asks."""

    session: Session
    flavor: Flavor
    base: str
    page_size: int
    groups: dict[str, _DirectoryGroup] = field(default_factory=dict[str, _DirectoryGroup])
    """By canonical DN."""
    _entries: dict[str, Entry | None] = field(default_factory=dict[str, "Entry | None"])
    _members_visible: bool | None = None

    def list_all(self) -> None:
        """Read the names of all groups."""
        wanted = ("cn", *self.flavor.id_attributes)
        for entries in self.session.search(self.base, self.flavor.group_filter, wanted, page_size=self.page_size):
            for entry in entries:
                name = entry.first("cn") or entry.dn
                native_id = self.flavor.native_id(entry)
                group = _DirectoryGroup(dn=entry.dn, name=name, native_id=native_id, because=f"group {name}")
                self.groups[canonical(entry.dn)] = group

    def guarded(self, group: _DirectoryGroup) -> KeyGroup:
        """A group that guards keys, with who is in."""
        members = self.members([group])
        people = frozenset(members.dns) - frozenset(self.groups)
        return KeyGroup(native_id=group.native_id, label=group.dn, members=members, people=people)

    def members(self, asked: Sequence[_DirectoryGroup]) -> Members:
        """Everybody in these groups, and in those within them."""
        members = Members(known=True, primary_group=self.flavor.primary_group)
        waiting = list(asked)
        read: set[str] = set()
        while waiting:
            group = waiting.pop()
            if canonical(group.dn) in read:
                continue
            read.add(canonical(group.dn))
            try:
                listed = self._note(group, members)
            except RefusedError as error:
                listed, members.known = [], False
                members.problems.append((f"the members of {group.because} can't be read ({error})", True))
            for member in listed:
                within = self.groups.get(member)
                if within:
                    nested = _DirectoryGroup(
                        dn=within.dn, name=within.name, native_id=within.native_id, because=group.because
                    )
                    waiting.append(nested)
        return members

    def _note(self, group: _DirectoryGroup, members: Members) -> list[str]:
        """Note this group's members, and give the canonical DNs among them."""
        entry = self._entry(group)
        if entry is None:
            members.known = False
            members.problems.append((f"the members of {group.because} can't be read", True))
            return []
        # A member of groupOfUniqueNames may carry an id behind its DN: uid=a,dc=b#'0101'B (RFC 4517 3.3.21).
        dns = [canonical(value.partition("#'")[0]) for name in _LISTED for value in entry.values(name)]
        for member in dns:
            members.dns.setdefault(member, group.because)
        for login in entry.values("memberUid"):
            members.logins.setdefault(login.lower(), group.because)
        for number in self.flavor.numbers_of(entry):
            members.group_numbers.setdefault(number, group.because)
        self._note_doubts(entry, group, members, has_members=bool(dns or entry.values("memberUid")))
        return dns

    def _entry(self, group: _DirectoryGroup) -> Entry | None:
        key = canonical(group.dn)
        if key not in self._entries:
            wanted = ("objectClass", self.flavor.group_numbers, "memberUid", "memberURL", *_LISTED)
            self._entries[key] = self.session.read(group.dn, wanted).entry
        return self._entries[key]

    def _note_doubts(self, entry: Entry, group: _DirectoryGroup, members: Members, *, has_members: bool) -> None:
        classes = {value.lower() for value in entry.values("objectClass")}
        if classes & self.flavor.never_empty and not any(entry.values(name) for name in _LISTED):
            members.known = False
            text = f"{group.because} shows no member, and must have one: grant read on member and uniqueMember"
            members.problems.append((text, True))
        elif not self.flavor.never_empty and not has_members and not self._any_member_visible():
            members.known = False
            text = f"{group.because} shows no member, and nor does any other group: grant read on member"
            members.problems.append((text, True))
        if entry.values("memberURL"):
            members.known = False
            text = f"{group.because} is dynamic (memberURL), and its members aren't computed here"
            members.problems.append((text, False))

    def _any_member_visible(self) -> bool:
        """Whether any group shows a member: where groups may be empty, that tells empty from hidden."""
        if self._members_visible is None:
            condition = f"(&{self.flavor.group_filter}(|(member=*)(memberUid=*)))"
            pages = self.session.search(self.base, condition, ("member", "memberUid"), page_size=1)
            self._members_visible = any(
                entry.raw("member") or entry.raw("memberUid") for entry in next(pages, list[Entry]())
            )
        return self._members_visible
