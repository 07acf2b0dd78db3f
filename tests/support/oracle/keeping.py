"""Nobody edits themselves off the list: an account that says otherwise of itself than the night before, or says
what others say by now.

It stays whose it was as long as what it said before still makes it theirs by all that HR tells today, and no person has
spoken. Such an account vouches for others by what it said before, unless HR's word on what it says now makes it theirs,
too. Owners go by what it says now. And it stays whose it was as long as their other accounts make it theirs, whoever
else's say the same by now, unless HR's word or an id does away with that.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from offboarding.model import Account, IdentityKeyKind, LinkDecision, Relation
from tests.support.oracle.company import AccountId, Company, Person, SourceRead
from tests.support.oracle.decisions import (
    Case,
    all_have_left,
    base_links,
    case,
    cases,
    linked,
    of_its_own,
    verdict,
    with_named_owners,
    with_several_at_once,
    word,
)
from tests.support.oracle.departures import possibly_one
from tests.support.oracle.holders import BaseLinks, Knowledge, account_id, learn
from tests.support.oracle.persons import persons
from tests.support.oracle.scoring import (
    SHORTEST_LOOSE_LOGIN,
    Evidence,
    Group,
    bears,
    claim,
    derived,
    derived_logins,
    firm,
)
from tests.support.oracle.values import RESERVED, USUAL_PATTERNS, borne, is_common, plain, source_space, unpattern


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """The night before, about the people of today."""

    words: dict[AccountId, Account]
    holder: dict[AccountId, Person]
    """Whose it was."""
    definite: dict[AccountId, Person]
    """Whose it was without a login or a key."""


def cases_after(known: Knowledge, night: Company) -> list[Case]:
    """Every account with all of its evidence, by words of today or of the night before."""
    before = night_before(night, known)
    open_to_question = {key: person for key, person in before.holder.items() if not is_decided(known, person, key)}
    edited = {key for key in open_to_question if is_edited(known, before, key)}
    also = [(key, words) for key in edited for words in (before.words[key], account(known.company, key))]
    known = replace(known, company=replace(known.company, also_said=tuple(also)))
    asked = {
        key: person
        for key, person in open_to_question.items()
        if key in edited or is_crowded(known, account(known.company, key), person)
    }
    kept = {key for key, person in asked.items() if not stands_by_hr(known, key, person)}
    then = replace(
        known, company=by_words(known.company, before, kept), keeps={key: asked[key] for key in asked if key in kept}
    )
    base = replace(
        base_links(then, list(accounts(then.company))),
        once=once(known, before),
        once_said=before.words,
    )
    base = with_key_owners(then, base)
    restored = restore(known, then, base, open_to_question)
    found = [settled(known, then, base, before, asked, restored, key, source, each) for key, source, each in now(known)]
    return [of_its_own(known, with_named_owners(known, each, found) if each.held is None else each) for each in found]


def night_before(night: Company, known: Knowledge) -> Before:
    people = persons(night)
    then = learn(night, people)
    today = {person: next(p.person for p in known.profiles if p.person & person) for person in people}
    pairs = possibly_one(night, people)
    verdicts = {account_id(each.account): verdict(then, each, pairs) for each in cases(then)}
    return Before(
        words={account_id(each): each for _, each in accounts(night)},
        holder={
            key: today[row.person]
            for key, found in verdicts.items()
            for row in found.rows
            if (row.relation, row.decision) == (Relation.IS, LinkDecision.LINKED)
        },
        definite={key: today[person] for key, person in base_links(then, list(accounts(night))).owner.items()},
    )


def is_decided(known: Knowledge, holder: Person, key: AccountId) -> bool:
    """Whether a person decided whose it is, or that it isn't its holder's."""
    said = word(known, account(known.company, key))
    return said.confirmed is not None or holder in said.rejected


def is_edited(known: Knowledge, before: Before, key: AccountId) -> bool:
    """Whether it says otherwise than the night before."""
    was, is_now = before.words[key], account(known.company, key)
    return (set(was.keys), was.service_like) != (set(is_now.keys), is_now.service_like)


def is_crowded(known: Knowledge, each: Account, holder: Person) -> bool:
    """Whether too many accounts bear what it bears of its holder's."""
    return any(
        is_common(known.company, each, kind, value) and bears(known, holder, kind, value)
        for kind in IdentityKeyKind
        for value in borne(known.company, each, kind)
    )


def stands_by_hr(known: Knowledge, key: AccountId, person: Person) -> bool:
    """Whether what it says now makes it theirs without any other account."""
    (source, each) = next((s, a) for s, a in accounts(known.company) if account_id(a) == key)
    alone = BaseLinks(company=known.company, owner={})
    found = [*firm(known, source, each), *derived_logins(known, alone, source, each)]
    return linked(known, case(known, source, each, found)) == person


def once(known: Knowledge, before: Before) -> dict[AccountId, Person]:
    """Who may vouch for an account's logins for having been linked to it, unless a person said otherwise."""
    return {
        key: person
        for key, person in before.definite.items()
        if word(known, account(known.company, key)).allows(person)
    }


def with_key_owners(known: Knowledge, base: BaseLinks) -> BaseLinks:
    found = [
        case(known, s, a, [*firm(known, s, a), *derived_logins(known, base, s, a)]) for s, a in accounts(known.company)
    ]
    owned = {account_id(each.account): linked(known, each) for each in found}
    return replace(base, key_owner={key: person for key, person in owned.items() if person is not None})


def settled(
    known: Knowledge,
    then: Knowledge,
    base: BaseLinks,
    before: Before,
    asked: dict[AccountId, Person],
    restored: dict[AccountId, tuple[Person, int]],
    key: AccountId,
    source: SourceRead,
    each: Account,
) -> Case:
    """The case that counts: by what it says now, or by what it said before, with the others' claims by what it says."""
    new = with_several_at_once(
        known, case(known, source, each, [*firm(known, source, each), *derived(known, base, source, each)])
    )
    is_kept = key in then.keeps
    if is_kept and linked(known, new) == asked[key]:
        return new
    if key in restored:
        return with_holder(new, *restored[key])
    if not is_kept:
        return new
    was = before.words[key]
    was = replace(each, keys=was.keys, service_like=was.service_like)
    old = with_several_at_once(
        then, case(then, source, was, [*firm(then, source, was), *derived(then, base, source, was)])
    )
    holder = asked[key]
    if linked(then, old) != holder:
        return new
    return with_holder(new, holder, old.scores[holder, Relation.IS])


def with_holder(new: Case, holder: Person, score: int) -> Case:
    return replace(new, held=holder, scores={**new.scores, (holder, Relation.IS): score})


def restore(
    known: Knowledge, then: Knowledge, base: BaseLinks, holders: dict[AccountId, Person]
) -> dict[AccountId, tuple[Person, int]]:
    """Whose accounts stay theirs by their other accounts, with the score, until that brings in no more."""
    everything = {account_id(a): (s, a) for s, a in accounts(then.company)}
    found = {
        key: case(then, s, a, [*firm(then, s, a), *derived(then, base, s, a)]) for key, (s, a) in everything.items()
    }
    owner = {key: linked(then, each) for key, each in found.items()}
    stays = {key: holder for key, holder in holders.items() if not all_have_left(known, [holder])}
    restored = dict[AccountId, tuple[Person, int]]()
    while True:
        more = {
            key: (holder, score)
            for key, holder in stays.items()
            if owner[key] != holder and (score := kept_score(then, base, owner, key, holder)) is not None
        }
        if not more:
            return restored
        restored |= more
        owner |= {key: holder for key, (holder, _) in more.items()}


def kept_score(
    then: Knowledge, base: BaseLinks, owner: dict[AccountId, Person | None], key: AccountId, holder: Person
) -> int | None:
    """What the holder's other accounts make of it, where that is a link beside what HR's word and ids say of others."""
    source, each = next((s, a) for s, a in accounts(then.company) if account_id(a) == key)
    by_hr = [*firm(then, source, each), *derived_logins(then, BaseLinks(company=then.company, owner={}), source, each)]
    ids = [e for e in derived(then, base, source, each) if e.group is Group.ID]
    own = [e for e in derived(then, base, source, each) if e.person == holder]
    judged = case(then, source, each, [*by_hr, *ids, *own, *own_words(then, base, owner, source, each, holder)])
    return judged.scores[holder, Relation.IS] if linked(then, judged) == holder else None


def own_words(
    then: Knowledge,
    base: BaseLinks,
    owner: dict[AccountId, Person | None],
    source: SourceRead,
    each: Account,
    holder: Person,
) -> Iterator[Evidence]:
    """What the holder's other accounts say, as if no other account said the same."""
    company, key, scores = then.company, account_id(each), then.company.scores
    others = [(s, a) for s, a in accounts(company) if account_id(a) != key]
    theirs = [a for _, a in others if owner[account_id(a)] == holder]
    for s, a in others:
        other = account_id(a)
        if holder in (base.owner.get(other), base.once.get(other)) and owner[other] in (None, holder):
            said = (a, base.once_said.get(other, a))
            there = {login for words in said for login in borne(company, words, IdentityKeyKind.LOGIN)}
            is_here = bool(source.login_realm) and source_space(s) == source_space(source)
            for points, login in forms(company, borne(company, each, IdentityKeyKind.LOGIN), is_here=is_here):
                yield from claim(
                    holder if login in there else None, Group.LOGIN, points, f"login {login}, their account's"
                )
    for value in borne(company, each, IdentityKeyKind.DIRECTORY_ID):
        if any(a.realm != each.realm and plain(a.native_id) == value for a in theirs):
            yield from claim(holder, Group.ID, scores.directory_id, f"id {value}, their account's")
    for value in borne(company, each, IdentityKeyKind.SSH_KEY):
        if any(value in borne(company, a, IdentityKeyKind.SSH_KEY) for a in theirs):
            yield from claim(holder, Group.KEY, scores.ssh_key, f"SSH key {value}, their account's")


def forms(company: Company, logins: set[str], *, is_here: bool) -> Iterator[tuple[int, str]]:
    """What logins are worth that equal another account's, or are built on it, in the same declared realm or not."""
    scores = company.scores
    patterns = [(pattern, scores.login_pattern) for pattern in company.login_patterns]
    patterns += [(pattern, scores.login_guess) for pattern in USUAL_PATTERNS]
    for login in logins:
        if is_here:
            yield scores.login_linked, login
            yield from ((points, unpattern(pattern, login)) for pattern, points in patterns)
        elif len(login) >= SHORTEST_LOOSE_LOGIN and login not in RESERVED:
            yield scores.login_elsewhere, login


def by_words(company: Company, before: Before, kept: set[AccountId]) -> Company:
    def said(each: Account) -> Account:
        was = before.words[account_id(each)] if account_id(each) in kept else each
        return replace(each, keys=was.keys, service_like=was.service_like)

    return replace(
        company,
        sources=tuple(replace(source, accounts=tuple(said(a) for a in source.accounts)) for source in company.sources),
    )


def accounts(company: Company) -> list[tuple[SourceRead, Account]]:
    return [(source, each) for source in company.sources for each in source.accounts]


def now(known: Knowledge) -> list[tuple[AccountId, SourceRead, Account]]:
    return [(account_id(each), source, each) for source, each in accounts(known.company)]


def account(company: Company, key: AccountId) -> Account:
    return next(each for _, each in accounts(company) if account_id(each) == key)
