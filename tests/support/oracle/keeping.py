"""Nobody edits themselves off the list: an account that says otherwise of itself than the night before, or says
what too many others say by now.

It stays whose it was as long as what it said before still makes it theirs by all that HR tells today, and no person has
spoken. Such an account vouches for others by what it said before, unless HR's word on what it says now makes it theirs,
too. Owners go by what it says now.
"""

from dataclasses import dataclass, replace

from offboarding.model import Account, IdentityKeyKind, LinkDecision, Relation
from tests.support.oracle.company import AccountId, Company, Person, SourceRead
from tests.support.oracle.decisions import (
    Case,
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
from tests.support.oracle.scoring import bears, derived, derived_logins, firm
from tests.support.oracle.values import borne, is_common


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
    found = [settled(known, then, base, before, asked, key, source, each) for key, source, each in now(known)]
    return [of_its_own(known, with_named_owners(known, each, found)) if each.held is None else each for each in found]


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
    key: AccountId,
    source: SourceRead,
    each: Account,
) -> Case:
    """The case that counts: by what it says now, or by what it said before, with the others' claims by what it says."""
    new = with_several_at_once(
        known, case(known, source, each, [*firm(known, source, each), *derived(known, base, source, each)])
    )
    if key not in asked or linked(known, new) == asked[key]:
        return new
    was = before.words[key]
    was = replace(each, keys=was.keys, service_like=was.service_like)
    old = with_several_at_once(
        then, case(then, source, was, [*firm(then, source, was), *derived(then, base, source, was)])
    )
    holder = asked[key]
    if linked(then, old) != holder:
        return new
    scores = {claim: score for claim, score in new.scores.items() if claim != (holder, Relation.IS)}
    return replace(new, held=holder, scores={**scores, (holder, Relation.IS): old.scores[holder, Relation.IS]})


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
