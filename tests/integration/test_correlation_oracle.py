"""The SQL against the oracle, on random companies; test_correlation_cases.py has the hand-written ones.

More random companies: ORACLE_EXAMPLES=5000 python -m pytest tests/integration/test_correlation_oracle.py
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from hypothesis import HealthCheck, given, settings

from offboarding.model import Employment, Worker
from offboarding.store.connect import Session
from tests.support import oracle
from tests.support.companies import companies
from tests.support.database import undone
from tests.support.night import spend_night, told

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 10,
    deadline=None,
    database=None,
    derandomize=not EXAMPLES,
    print_blob=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large],
)


def agreed(session: Session, company: oracle.Company) -> oracle.Verdict:
    """The SQL's verdict on a company, which is the oracle's too."""
    with undone(session):
        spend_night(session, company)
        found = told(session, company)
    expected = oracle.judge(company)
    assert found.persons == expected.persons
    assert found.possibly_one == expected.possibly_one
    assert found.departures == expected.departures
    assert found.returned == expected.returned
    for key, verdict in expected.accounts.items():
        assert found.accounts[key] == verdict, key
    return found


def untangled(workers: Sequence[Worker]) -> tuple[Worker, ...]:
    """Without employments that one read tells twice: such a read is partial, and the oracle's reads are complete."""
    told_already: set[tuple[str, date | None]] = set()
    found: list[Worker] = []
    for worker in workers:
        jobs: list[Employment] = []
        for job in worker.employments:
            if (worker.worker_id, job.start_on) not in told_already:
                told_already.add((worker.worker_id, job.start_on))
                jobs.append(job)
        if jobs:
            found.append(replace(worker, employments=tuple(jobs)))
    return tuple(found)


def untangled_roster(roster: oracle.RosterRead) -> oracle.RosterRead:
    earlier = tuple(replace(each, workers=untangled(each.workers)) for each in roster.earlier)
    return replace(roster, workers=untangled(roster.workers), earlier=earlier)


def untangled_company(company: oracle.Company) -> oracle.Company:
    return replace(company, rosters=tuple(untangled_roster(roster) for roster in company.rosters))


@RANDOM
@given(company=companies().map(untangled_company))
def test_random_companies(lasting_store: Session, company: oracle.Company) -> None:
    agreed(lasting_store, company)


@RANDOM
@given(company=companies(history=True).map(untangled_company))
def test_random_companies_that_were_read_before(lasting_store: Session, company: oracle.Company) -> None:
    agreed(lasting_store, company)
