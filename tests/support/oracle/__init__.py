"""A slow, plain second opinion on persons, departures and links, written from the specification alone.

It looks at everything again for every question, and shares no code with what it checks but the nouns.
"""

from tests.support.oracle.company import (
    AccountVerdict,
    Company,
    Leaving,
    Person,
    RosterRead,
    Row,
    Ruling,
    Scores,
    Snapshot,
    SourceRead,
    Told,
    Verb,
    Verdict,
    Word,
)
from tests.support.oracle.decisions import cases, verdict
from tests.support.oracle.departures import departure, possibly_one, returned
from tests.support.oracle.holders import account_id, learn
from tests.support.oracle.keeping import cases_after
from tests.support.oracle.mistakes import without_mistakes
from tests.support.oracle.persons import persons

__all__ = [
    "AccountVerdict",
    "Company",
    "Leaving",
    "Person",
    "RosterRead",
    "Row",
    "Ruling",
    "Scores",
    "Snapshot",
    "SourceRead",
    "Told",
    "Verb",
    "Verdict",
    "Word",
    "judge",
]


def judge(company: Company) -> Verdict:
    """Everything that follows from a night's reading."""
    company = without_mistakes(company)
    people = persons(company)
    known = learn(company, people)
    pairs = possibly_one(company, people)
    found = cases(known) if company.before is None else cases_after(known, company.before)
    return Verdict(
        persons=frozenset(people),
        possibly_one=pairs,
        departures={person: departure(company, group) for person, group in people.items()},
        returned=frozenset(person for person, group in people.items() if returned(company, group)),
        accounts={account_id(each.account): verdict(known, each, pairs) for each in found},
    )
