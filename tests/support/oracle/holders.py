"""Who ever bore a value, and whom it counts for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain

from offboarding.model import Account, IdentityKeyKind
from tests.support.oracle.company import AccountId, Company, Leaving, Person
from tests.support.oracle.departures import BRIDGE, covers, departure, during
from tests.support.oracle.persons import Dossier, Spell, all_mails, logins, names_them, numbers, spells, written_numbers
from tests.support.oracle.values import borne, own_local_part, plain, source_space, told


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What feeds ever told of a person, normalised."""

    person: Person
    numbers: frozenset[tuple[str, str]]
    """(id space, number)."""
    names: frozenset[tuple[str, str]]
    """Those by which this person is meant."""
    written: frozenset[tuple[str, str]]
    """(id space, number as HR writes it)."""
    mails: frozenset[str]
    logins: frozenset[tuple[str, str]]
    """(space, login)."""
    directory_ids: frozenset[tuple[str | None, str]]
    """(source or None, id)."""
    spells: tuple[Spell, ...]
    leaving: Leaving | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everybody's profile, and the company they are of."""

    company: Company
    profiles: tuple[Profile, ...]
    keeps: Mapping[AccountId, Person] = field(default_factory=dict[AccountId, Person])
    """Whose accounts are as they were: what its holder bears weighs there, however many bear it by now."""

    def counting(self, holders: Iterable[Person], account: Account) -> Person | None:
        """The one person that a mail or login counts for: its one holder ever, or who alone bore it then."""
        held = set(holders)
        bore = self.bearers(held, account) if len(held) > 1 else held
        return next(iter(bore)) if len(bore) == 1 else None

    def several(self, holders: Iterable[Person], account: Account) -> set[Person]:
        """Whom a mail or login counts for that several bore at once, each of them; of many nobody."""
        held = set(holders)
        bore = self.bearers(held, account) if self.are_few(held) else set[Person]()
        return bore if len(bore) > 1 else set()

    def bearers(self, held: set[Person], account: Account) -> set[Person]:
        """Who was there when the account was made, and of few also who was ever at work with one of these.

        Where nobody was there, whoever was at work together.
        """
        there = self.there(held, account)
        if not self.are_few(held):
            return there
        near = self.of(there or held)
        return there | {
            p.person for p in self.of(held) if any(p.person != o.person and self.together(p, o) for o in near)
        }

    def are_few(self, held: set[Person]) -> bool:
        return len(held) <= self.company.scores.common_accounts

    def there(self, held: set[Person], account: Account) -> set[Person]:
        """Who was at work when the account was made, or began within a fortnight: accounts are made ahead."""
        made_at = account.created_at
        if made_at is None:
            return set()
        return {
            p.person
            for p in self.of(held)
            if any(covers(self.company, each, made_at, ahead=BRIDGE) for each in p.spells)
        }

    def together(self, one: Profile, other: Profile) -> bool:
        """Whether there was a day on which both were at work."""
        return any(self.meet(spell, another) for spell in one.spells for another in other.spells)

    def meet(self, spell: Spell, other: Spell) -> bool:
        (start, end), (began, ended) = (during(self.company, each) for each in (spell, other))
        return max(start, began) < min(end, ended)

    def of(self, people: Iterable[Person]) -> list[Profile]:
        wanted = set(people)
        return [profile for profile in self.profiles if profile.person in wanted]

    def by_mail(self, mail: str, account: Account) -> Person | None:
        return self.counting(self.with_mail(mail), account)

    def owning_by_mail(self, mail: str, account: Account) -> set[Person]:
        """Whom a workload's mail names: several may own one thing."""
        person = self.by_mail(mail, account)
        return self.several(self.with_mail(mail), account) if person is None else {person}

    def by_login(self, space: str, login: str, account: Account) -> Person | None:
        """Whom HR's word for a login in a space counts for."""
        return self.counting(self.with_login(space, login), account)

    def with_mail(self, mail: str) -> set[Person]:
        return {p.person for p in self.profiles if mail in p.mails}

    def with_login(self, space: str, login: str) -> set[Person]:
        return {p.person for p in self.profiles if (space, login) in p.logins}

    def by_local_part(self, login: str, account: Account) -> Person | None:
        """Whom a login counts for that stands before the @ of a work mail: nobody else's mail need be the same."""
        holders = {p.person for p in self.profiles for m in p.mails if own_local_part(self.company, m) == login}
        there = self.there(holders, account) if len(holders) > 1 else holders
        return next(iter(there)) if len(there) == 1 else None

    def login_spaces(self) -> set[str]:
        """Every space in which a login may be known."""
        hr = {space for profile in self.profiles for space, _ in profile.logins}
        return hr | {source_space(source) for source in self.company.sources}


def learn(company: Company, people: dict[Person, list[Dossier]]) -> Knowledge:
    return Knowledge(company=company, profiles=tuple(profile(company, *each) for each in people.items()))


def profile(company: Company, person: Person, group: list[Dossier]) -> Profile:
    return Profile(
        person=person,
        numbers=frozenset(numbers(company, group)),
        names=frozenset(names_them(company, group)),
        written=frozenset((d.roster.id_space, each) for d in group for each in written_numbers(company, group, d)),
        mails=frozenset(chain.from_iterable(all_mails(company, d) for d in group)),
        logins=frozenset(chain.from_iterable(logins(company, d, d.ever) for d in group)),
        directory_ids=frozenset(
            (each.source, plain(each.value))
            for d in group
            for worker in d.ever
            for each in worker.directory_ids
            if told({plain(each.value)})
        ),
        spells=tuple(spells(group)),
        leaving=departure(company, group),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BaseLinks:
    """Accounts that are somebody's for certain: what one hop starts from."""

    company: Company
    owner: dict[AccountId, Person]
    """By evidence other than logins and SSH keys."""
    key_owner: dict[AccountId, Person] = field(default_factory=dict[AccountId, Person])
    """By evidence other than SSH keys."""
    once: dict[AccountId, Person] = field(default_factory=dict[AccountId, Person])
    """Whose accounts were, by evidence other than logins and SSH keys: they go on vouching for logins."""
    once_said: dict[AccountId, Account] = field(default_factory=dict[AccountId, Account])
    """As accounts were: the logins that they bore count for them."""

    def by_login(self, space: str, login: str, account: Account) -> Person | None:
        """The one person whose other linked accounts bear this login in this space."""
        here = [a for s in self.company.sources for a in s.accounts if source_space(s) == space]
        then = [self.once_said[account_id(a)] for a in here if account_id(a) in self.once_said]
        return self.one([*here, *then], IdentityKeyKind.LOGIN, login, account, self.owner, self.once)

    def by_ssh_key(self, fingerprint: str, account: Account) -> Person | None:
        """The one person whose other linked accounts bear this key."""
        everywhere = [a for s in self.company.sources for a in s.accounts]
        return self.one(everywhere, IdentityKeyKind.SSH_KEY, fingerprint, account, self.key_owner)

    def by_id_elsewhere(self, value: str, account: Account) -> Person | None:
        """Whose linked account another system calls by this id."""
        for each, person in self.key_owner.items():
            realm, native_id = each
            if realm != account.realm and plain(native_id) == value:
                return person
        return None

    def one(
        self,
        accounts: Iterable[Account],
        kind: IdentityKeyKind,
        value: str,
        account: Account,
        *owners: dict[AccountId, Person],
    ) -> Person | None:
        bearers = {account_id(each) for each in accounts if value in borne(self.company, each, kind)}
        linked = [(each, owner[each]) for owner in owners for each in bearers if each in owner]
        elsewhere = {each for each, _ in linked} - {account_id(account)}
        people = {person for _, person in linked}
        return people.pop() if elsewhere and len(people) == 1 else None


def account_id(account: Account) -> AccountId:
    return account.realm, account.native_id
