"""What the scores come to: linked, disputed, probable, candidate or orphan; and what a person's word does to them."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from offboarding.model import Account, LinkDecision, Relation
from tests.support.oracle.company import AccountId, AccountVerdict, Person, Row, SourceRead, Verb
from tests.support.oracle.holders import BaseLinks, Knowledge, account_id
from tests.support.oracle.scoring import Claim, Evidence, Group, at_once, derived, derived_logins, firm, totals
from tests.support.oracle.values import dn, plain

CONFIRMED_SCORE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What people decided about one account."""

    confirmed: Person | None
    rejected: frozenset[Person]

    def allows(self, person: Person) -> bool:
        return self.confirmed == person if self.confirmed is not None else person not in self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An account with its evidence and scores."""

    source: SourceRead
    account: Account
    word: Word
    evidence: tuple[Evidence, ...]
    scores: dict[Claim, int]
    several: frozenset[Person] = frozenset()
    """Who bears its mail or login, where HR gives it to several at once and nothing else says whose it is."""
    held: Person | None = None
    """Whose it stays though it says otherwise; the others' scores are claims."""

    def claims(self, relation: Relation) -> dict[Person, int]:
        return {person: score for (person, each), score in self.scores.items() if each is relation}


def word(known: Knowledge, account: Account) -> Word:
    """The last decision about each person counts, and the last confirmation of all."""
    last: dict[Person, Verb] = {}
    for ruling in known.company.rulings:
        if (ruling.realm, ruling.native_id) == account_id(account):
            for profile in known.profiles:
                if (ruling.id_space, plain(ruling.worker_id)) in profile.names:
                    last.pop(profile.person, None)
                    last[profile.person] = ruling.verb
    confirmed = [person for person, verb in last.items() if verb is Verb.CONFIRM]
    rejected = frozenset(person for person, verb in last.items() if verb is Verb.REJECT)
    return Word(confirmed=confirmed[-1] if confirmed else None, rejected=rejected)


def case(known: Knowledge, source: SourceRead, account: Account, found: Iterable[Evidence]) -> Case:
    said = word(known, account)
    kept = [each for each in found if said.allows(each.person)]
    scores = totals(known, account, kept)
    if said.confirmed is not None:
        scores = {(said.confirmed, Relation.IS): CONFIRMED_SCORE}
    return Case(source=source, account=account, word=said, evidence=tuple(kept), scores=scores)


def cases(known: Knowledge) -> list[Case]:
    """Every account with all of its evidence."""
    accounts = [(source, account) for source in known.company.sources for account in source.accounts]
    base = base_links(known, accounts)
    found = [case(known, s, a, [*firm(known, s, a), *derived(known, base, s, a)]) for s, a in accounts]
    found = [with_several_at_once(known, each) for each in found]
    return [of_its_own(known, with_named_owners(known, each, found)) for each in found]


def with_several_at_once(known: Knowledge, each: Case) -> Case:
    """A mail or login that HR gives to several at once counts for each, where nobody has the account without it."""
    if linked(known, each) is not None:
        return each
    more = list(at_once(known, each.source, each.account))
    wider = case(known, each.source, each.account, [*each.evidence, *more])
    return replace(wider, several=frozenset(evidence.person for evidence in more))


def base_links(known: Knowledge, accounts: list[tuple[SourceRead, Account]]) -> BaseLinks:
    """Logins go on from what rests on neither login nor key, keys from what doesn't rest on a key."""
    base = BaseLinks(
        company=known.company, owner=owners(known, [case(known, s, a, firm(known, s, a)) for s, a in accounts])
    )
    more = [case(known, s, a, [*firm(known, s, a), *derived_logins(known, base, s, a)]) for s, a in accounts]
    return replace(base, key_owner=owners(known, more))


def owners(known: Knowledge, found: list[Case]) -> dict[AccountId, Person]:
    links = {account_id(each.account): linked(known, each) for each in found}
    return {key: person for key, person in links.items() if person is not None}


def linked(known: Knowledge, each: Case) -> Person | None:
    """Whose the account is: high enough, and well ahead of anyone else."""
    if each.held is not None:
        return each.held
    scores, ranked = known.company.scores, ranking(each)
    if not ranked or ranked[0][1] < scores.linked:
        return None
    if len(ranked) > 1 and ranked[0][1] - ranked[1][1] < scores.ahead:
        return None
    return ranked[0][0]


def ranking(each: Case) -> list[tuple[Person, int]]:
    return sorted(each.claims(Relation.IS).items(), key=lambda claim: -claim[1])


def with_named_owners(known: Knowledge, each: Case, found: list[Case]) -> Case:
    """A workload's account that is nobody's own belongs to whoever its owner attribute points at."""
    best = max(each.claims(Relation.IS).values(), default=0)
    if not each.account.service_like or best >= known.company.scores.linked:
        return each
    labels = {dn(label) for label in each.account.owner_labels}
    named = [c for c in found if c.account.realm == each.account.realm and dn(c.account.label) in labels]
    more = [
        Evidence(
            person=person,
            relation=Relation.OWNS,
            group=Group.OWNER,
            points=known.company.scores.owner,
            because=f"owner {other.account.label}",
        )
        for other in named
        if (person := linked(known, other)) is not None
    ]
    return replace(case(known, each.source, each.account, [*each.evidence, *more]), several=each.several)


def of_its_own(known: Knowledge, each: Case) -> Case:
    """What is clearly somebody's own, and no workload's, no leaver owns."""
    if each.account.service_like or linked(known, each) is None:
        return each
    own = [
        evidence
        for evidence in each.evidence
        if evidence.relation is not Relation.OWNS or not is_leaver(known, evidence.person)
    ]
    if each.held is not None:
        scores = {claim: score for claim, score in each.scores.items() if claim in totals(known, each.account, own)}
        return replace(each, scores={**scores, (each.held, Relation.IS): each.scores[each.held, Relation.IS]})
    return replace(case(known, each.source, each.account, own), several=each.several)


def verdict(known: Knowledge, each: Case, possibly_one: frozenset[frozenset[Person]]) -> AccountVerdict:
    rows = frozenset(
        Row(
            person=person,
            relation=relation,
            decision=decide(known, each, person, relation, possibly_one),
            score=score,
            because=tuple(sorted(e.because for e in each.evidence if (e.person, e.relation) == (person, relation))),
        )
        for (person, relation), score in each.scores.items()
        if score >= known.company.scores.candidate
    )
    return AccountVerdict(decision=overall(rows), rows=rows)


def decide(
    known: Knowledge, each: Case, person: Person, relation: Relation, possibly_one: frozenset[frozenset[Person]]
) -> LinkDecision:
    """A row's decision; what may be an active person's is never a leaver's alone, unless a person said so."""
    decision = own(known, each, person, possibly_one) if relation is Relation.IS else owned(known, each, person)
    confirmed = each.word.confirmed == person and relation is Relation.IS
    if decision is LinkDecision.LINKED and not confirmed and shared_with_active(known, person, possibly_one):
        return LinkDecision.DISPUTED
    return decision


def shared_with_active(known: Knowledge, person: Person, possibly_one: frozenset[frozenset[Person]]) -> bool:
    """Whether a leaver may be the same human as somebody who works here, or whose departure nobody confirmed."""
    partners = {other for pair in possibly_one if person in pair for other in pair - {person}}
    return is_leaver(known, person) and not all_have_left(known, partners)


def is_leaver(known: Knowledge, person: Person) -> bool:
    return any(profile.leaving is not None for profile in known.of([person]))


def owned(known: Knowledge, each: Case, person: Person) -> LinkDecision:
    """Several may own one thing."""
    owns = each.claims(Relation.OWNS)[person]
    return LinkDecision.LINKED if owns >= known.company.scores.linked else LinkDecision.CANDIDATE


def own(known: Knowledge, each: Case, person: Person, possibly_one: frozenset[frozenset[Person]]) -> LinkDecision:
    scores, ranked = known.company.scores, ranking(each)
    top, mine = ranked[0][1], dict(ranked)[person]
    if linked(known, each) is not None:
        return LinkDecision.LINKED if linked(known, each) == person else LinkDecision.CANDIDATE
    suspects = {suspect: score for suspect, score in ranked if score >= scores.candidate}
    are_gone = all_have_left(known, suspects)
    may_work_here = any(shared_with_active(known, suspect, possibly_one) for suspect in suspects)
    sharing = {suspect for suspect in each.several if suspects.get(suspect, 0) >= scores.linked}
    if sharing and are_gone and not may_work_here and (person in sharing or mine < scores.linked):
        return LinkDecision.LINKED if person in sharing else LinkDecision.CANDIDATE
    if top >= scores.linked:
        return LinkDecision.DISPUTED if top - mine < scores.ahead else LinkDecision.CANDIDATE
    probable = mine == top and mine >= scores.probable and are_gone
    return LinkDecision.PROBABLE if probable else LinkDecision.CANDIDATE


def all_have_left(known: Knowledge, people: Iterable[Person]) -> bool:
    """Whether the departure of each of them is confirmed."""
    return all(profile.leaving is not None and profile.leaving.confirmed for profile in known.of(people))


def overall(rows: frozenset[Row]) -> LinkDecision:
    """An account's own holder first, then what needs a person's eye, then an owner, then a mere candidate."""
    own_rows = {row.decision for row in rows if row.relation is Relation.IS}
    owner_rows = {row.decision for row in rows if row.relation is Relation.OWNS}
    for decision in (LinkDecision.LINKED, LinkDecision.DISPUTED, LinkDecision.PROBABLE):
        if decision in own_rows:
            return decision
    for decision in (LinkDecision.LINKED, LinkDecision.DISPUTED):
        if decision in owner_rows:
            return decision
    return LinkDecision.CANDIDATE if own_rows else LinkDecision.ORPHAN
