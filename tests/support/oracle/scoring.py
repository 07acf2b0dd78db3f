"""The table: what each equal key says, and what it adds up to."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from offboarding.model import Account, AccountKey, IdentityKeyKind, IdentityKeyOrigin, Relation
from tests.support.oracle.company import Leaving, Person, SourceRead
from tests.support.oracle.holders import BaseLinks, Knowledge, Profile, account_id
from tests.support.oracle.values import (
    NO_SYSTEM,
    RESERVED,
    USUAL_PATTERNS,
    borne,
    is_common,
    is_placeholder,
    loose_number,
    normalised,
    number_space,
    own_local_part,
    plain,
    source_space,
    unpattern,
)

SHORTEST_LOOSE_LOGIN = 4


class Group(StrEnum):
    """Within a group the highest counts."""

    ID = "id"
    NUMBER = "number"
    MAIL = "mail"
    LOGIN = "login"
    KEY = "key"
    OWNER = "owner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One equal value."""

    person: Person
    relation: Relation
    group: Group
    points: int
    because: str


Claim = tuple[Person, Relation]


def claim(person: Person | None, group: Group, points: int, because: str) -> Iterator[Evidence]:
    if person is not None:
        relation = Relation.OWNS if group is Group.OWNER else Relation.IS
        yield Evidence(person=person, relation=relation, group=group, points=points, because=because)


def firm(known: Knowledge, source: SourceRead, account: Account) -> Iterator[Evidence]:
    """What needs no other account: ids, numbers, mails, owners named by these."""
    yield from directory_ids(known, source, account)
    yield from numbers(known, source, account)
    yield from mails(known, account)
    yield from owners(known, source, account)


def directory_ids(known: Knowledge, source: SourceRead, account: Account) -> Iterator[Evidence]:
    for value in weighing(known, account, IdentityKeyKind.DIRECTORY_ID):
        for profile in known.profiles:
            if {(source.name, value), (None, value)} & profile.directory_ids:
                yield from claim(profile.person, Group.ID, known.company.scores.directory_id, f"directory id {value}")


def weighing(known: Knowledge, account: Account, kind: IdentityKeyKind) -> list[str]:
    """An account's own values of a kind, without those that too many accounts bear."""
    return [
        value
        for value in borne(known.company, account, kind)
        if not is_common(known.company, account, kind, value) or is_kept(known, account, kind, value)
    ]


def numbers(known: Knowledge, source: SourceRead, account: Account) -> Iterator[Evidence]:
    for key in account.keys:
        if (
            key.kind is IdentityKeyKind.NUMBER
            and key.origin is not IdentityKeyOrigin.OWNER
            and weighs(known, account, key)
        ):
            for profile in known.profiles:
                points = number_points(known, source, key, profile)
                yield from claim(profile.person if points else None, Group.NUMBER, points, f"{key.name} {key.value}")


def weighs(known: Knowledge, account: Account, key: AccountKey) -> bool:
    value = normalised(known.company, key)
    is_weightless = is_common(known.company, account, key.kind, value) and not is_kept(known, account, key.kind, value)
    return not is_placeholder(value) and not is_weightless


def is_kept(known: Knowledge, account: Account, kind: IdentityKeyKind, value: str) -> bool:
    """Whether a value that too many bear by now is the holder's as whose the account is kept."""
    holder = known.keeps.get(account_id(account))
    return holder is not None and bears(known, holder, kind, value)


def bears(known: Knowledge, person: Person, kind: IdentityKeyKind, value: str) -> bool:
    """Whether HR ever gave a person the value."""
    (mine,) = known.of([person])
    match kind:
        case IdentityKeyKind.NUMBER:
            return loose_number(value) in {loose_number(each) for _, each in mine.numbers}
        case IdentityKeyKind.MAIL:
            return value in mine.mails
        case IdentityKeyKind.LOGIN:
            local_parts = {own_local_part(known.company, mail) for mail in mine.mails}
            return value in {login for _, login in mine.logins} | local_parts
        case IdentityKeyKind.DIRECTORY_ID:
            return value in {each for _, each in mine.directory_ids}
        case _:
            return False


def number_points(known: Knowledge, source: SourceRead, key: AccountKey, profile: Profile) -> int:
    scores = known.company.scores
    space = number_space(known.company, source)
    if exact(source, space, key, profile):
        if space is None:
            return scores.number_loose
        return scores.number_tag if key.origin is IdentityKeyOrigin.TAG else scores.number
    loose = loose_number(key.value)
    alike = {loose_number(number) for each, number in profile.numbers if space in {None, each}}
    return scores.number_loose if loose and loose in alike else 0


def exact(source: SourceRead, space: str | None, key: AccountKey, profile: Profile) -> bool:
    """Whether the value is one of the person's numbers in the form that the source declares."""
    mine = {number for each, number in profile.written if space in {None, each}}
    return plain(key.value) in {plain(source.number_format.replace("{worker_id}", number)) for number in mine}


def mails(known: Knowledge, account: Account) -> Iterator[Evidence]:
    """Work mails; on a workload's account they name an owner."""
    for mail in weighing(known, account, IdentityKeyKind.MAIL):
        if not account.service_like:
            yield from claim(known.by_mail(mail, account), Group.MAIL, known.company.scores.mail, f"mail {mail}")
            continue
        for person in known.owning_by_mail(mail, account):
            yield Evidence(
                person=person,
                relation=Relation.OWNS,
                group=Group.MAIL,
                points=known.company.scores.mail,
                because=f"mail {mail}",
            )


def owners(known: Knowledge, source: SourceRead, account: Account) -> Iterator[Evidence]:
    """Tags that name an owner. One person may own any number of things; a value that is common weighs nothing."""
    points = known.company.scores.owner
    for key in account.keys:
        if key.origin is not IdentityKeyOrigin.OWNER or not weighs(known, account, key):
            continue
        if key.kind is IdentityKeyKind.MAIL:
            for person in known.owning_by_mail(normalised(known.company, key), account):
                yield from claim(person, Group.OWNER, points, f"{key.name} {key.value}")
        elif key.kind is IdentityKeyKind.NUMBER and (space := number_space(known.company, source)) is not None:
            for profile in known.profiles:
                person = profile.person if exact(source, space, key, profile) else None
                yield from claim(person, Group.OWNER, points, f"{key.name} {key.value}")


def derived(known: Knowledge, base: BaseLinks, source: SourceRead, account: Account) -> Iterator[Evidence]:
    """What needs other accounts: logins, SSH keys, and ids that another system gave."""
    yield from derived_logins(known, base, source, account)
    yield from owners_by_login(known, base, source, account)
    for value in weighing(known, account, IdentityKeyKind.DIRECTORY_ID):
        person = base.by_id_elsewhere(value, account)
        yield from claim(person, Group.ID, known.company.scores.directory_id, f"id {value}, a linked account's")
    for fingerprint in weighing(known, account, IdentityKeyKind.SSH_KEY):
        person = base.by_ssh_key(fingerprint, account)
        yield from claim(person, Group.KEY, known.company.scores.ssh_key, f"SSH key {fingerprint}")


def derived_logins(known: Knowledge, base: BaseLinks, source: SourceRead, account: Account) -> Iterator[Evidence]:
    for login in weighing(known, account, IdentityKeyKind.LOGIN):
        yield from login_in_space(known, base, source, account, login)
        yield from login_by_pattern(known, base, source, account, login)
        yield from login_by_guess(known, account, login)
        yield from login_elsewhere(known, base, source, account, login)


def owners_by_login(known: Knowledge, base: BaseLinks, source: SourceRead, account: Account) -> Iterator[Evidence]:
    """Tags that name an owner by a login of the source's own space: HR's word for it, or a linked account's."""
    space = source_space(source)
    for key in account.keys:
        if (key.kind, key.origin) != (IdentityKeyKind.LOGIN, IdentityKeyOrigin.OWNER) or not weighs(
            known, account, key
        ):
            continue
        login = normalised(known.company, key)
        person = known.by_login(space, login, account)
        by_hr = known.several(known.with_login(space, login), account) if person is None else {person}
        for each in (*by_hr, linked_in_realm(base, source, account, login)):
            yield from claim(each, Group.OWNER, known.company.scores.owner, f"{key.name} {key.value}")


def linked_in_realm(base: BaseLinks, source: SourceRead, account: Account, login: str) -> Person | None:
    """Whose linked account bears the login in the source's declared realm."""
    return base.by_login(source_space(source), login, account) if source.login_realm else None


def login_in_space(
    known: Knowledge, base: BaseLinks, source: SourceRead, account: Account, login: str
) -> Iterator[Evidence]:
    scores = known.company.scores
    person = known.by_login(source_space(source), login, account)
    yield from claim(person, Group.LOGIN, scores.login, f"login {login}, given by HR")
    person = linked_in_realm(base, source, account, login)
    yield from claim(person, Group.LOGIN, scores.login_linked, f"login {login}, a linked account's")


def login_by_pattern(
    known: Knowledge, base: BaseLinks, source: SourceRead, account: Account, login: str
) -> Iterator[Evidence]:
    scores = known.company.scores
    declared = [(pattern, scores.login_pattern) for pattern in known.company.login_patterns]
    for pattern, points in declared + [(pattern, scores.login_guess) for pattern in USUAL_PATTERNS]:
        inner = unpattern(pattern, login)
        if inner:
            because = f"login {login}, {pattern} over {inner}"
            person = known.by_login(source_space(source), inner, account)
            yield from claim(person, Group.LOGIN, points, because)
            yield from claim(linked_in_realm(base, source, account, inner), Group.LOGIN, points, because)


def login_by_guess(known: Knowledge, account: Account, login: str) -> Iterator[Evidence]:
    points = known.company.scores.login_guess
    yield from claim(known.by_local_part(login, account), Group.LOGIN, points, f"login {login}, before the @ of a mail")
    person = known.by_login(NO_SYSTEM, login, account)
    yield from claim(person, Group.LOGIN, points, f"login {login}, HR's for no system in particular")


def login_elsewhere(
    known: Knowledge, base: BaseLinks, source: SourceRead, account: Account, login: str
) -> Iterator[Evidence]:
    """A login known in another space; in a source without a declared realm also beside the account."""
    if len(login) < SHORTEST_LOOSE_LOGIN or login in RESERVED:
        return
    points = known.company.scores.login_elsewhere
    here = source_space(source)
    for space in sorted(known.login_spaces() - {here, NO_SYSTEM}):
        person = known.by_login(space, login, account)
        yield from claim(person, Group.LOGIN, points, f"login {login}, HR's in {space}")
    for space in sorted(known.login_spaces() - ({here} if source.login_realm else set())):
        person = base.by_login(space, login, account)
        yield from claim(person, Group.LOGIN, points, f"login {login}, a linked account's in {space}")


def at_once(known: Knowledge, source: SourceRead, account: Account) -> Iterator[Evidence]:
    """What speaks for each of several people to whom HR gives one mail or login at once."""
    for mail in () if account.service_like else weighing(known, account, IdentityKeyKind.MAIL):
        for person in known.several(known.with_mail(mail), account):
            yield from claim(person, Group.MAIL, known.company.scores.mail, f"mail {mail}, HR's for several")
    for login in weighing(known, account, IdentityKeyKind.LOGIN):
        for space, value, points in login_words(known, source, login):
            for person in known.several(known.with_login(space, value), account):
                yield from claim(person, Group.LOGIN, points, f"login {value}, HR's in {space} for several")


def login_words(known: Knowledge, source: SourceRead, login: str) -> Iterator[tuple[str, str, int]]:
    """Where HR may give it or what it's built on, and what that is worth."""
    scores, here = known.company.scores, source_space(source)
    yield here, login, scores.login
    patterns = [(pattern, scores.login_pattern) for pattern in known.company.login_patterns]
    for pattern, points in patterns + [(pattern, scores.login_guess) for pattern in USUAL_PATTERNS]:
        if inner := unpattern(pattern, login):
            yield here, inner, points
    yield NO_SYSTEM, login, scores.login_guess
    if len(login) >= SHORTEST_LOOSE_LOGIN and login not in RESERVED:
        for space in sorted(known.login_spaces() - {here, NO_SYSTEM}):
            yield space, login, scores.login_elsewhere


def totals(known: Knowledge, account: Account, found: list[Evidence]) -> dict[Claim, int]:
    """Each claim's score, in hundredths."""
    leaving = {profile.person: profile.leaving for profile in known.profiles}
    claims = {(each.person, each.relation) for each in found}
    return {
        (person, relation): total(
            known, [e for e in found if (e.person, e.relation) == (person, relation)], late(account, leaving[person])
        )
        for person, relation in claims
    }


def total(known: Knowledge, found: list[Evidence], is_late: bool) -> int:
    best = {group: max((e.points for e in found if e.group is group), default=0) for group in Group}
    names = best.pop(Group.MAIL) + best.pop(Group.LOGIN)
    return min(100, sum(best.values()) + (min(names, known.company.scores.late) if is_late else names))


def late(account: Account, leaving: Leaving | None) -> bool:
    """Whether the account was made after the person left."""
    return leaving is not None and account.created_at is not None and account.created_at > leaving.left_at
