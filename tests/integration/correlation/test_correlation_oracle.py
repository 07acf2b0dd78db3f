"""The SQL against the oracle, on random companies; test_oracle*.py have the hand-written ones.

More random companies: ORACLE_EXAMPLES=5000 python -m pytest tests/integration/correlation/test_correlation_oracle.py
"""

import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn

from offboarding.model import Employment, Worker
from offboarding.store.connect import Session
from tests.support import oracle
from tests.support.companies import TIMES, companies
from tests.support.database import undone
from tests.support.night import spend_night, told

EXAMPLES = int(os.environ.get("ORACLE_EXAMPLES", "0"))
RANDOM = settings(
    max_examples=EXAMPLES or 6,
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


@st.composite
def spoiled(draw: DrawFn, today: oracle.RosterRead) -> oracle.RosterRead:
    """The roster, with the two reads before: as today's, and with workers' mails and logins in others' places."""
    workers = today.workers

    def spoilt() -> tuple[Worker, ...]:
        mails = draw(st.permutations([each.mail for each in workers]))
        logins = draw(st.permutations([each.logins for each in workers]))
        return tuple(
            replace(each, mail=mail, logins=given) for each, mail, given in zip(workers, mails, logins, strict=True)
        )

    earlier = (workers if draw(st.booleans()) else spoilt(), spoilt())
    snapshots = (
        oracle.Snapshot(observed_at=TIMES[0] - timedelta(days=days), workers=read)
        for days, read in zip((2, 1), earlier, strict=True)
    )
    return replace(today, earlier=tuple(snapshots))


@st.composite
def spoiled_companies(draw: DrawFn) -> oracle.Company:
    company = untangled_company(draw(companies()))
    return replace(company, rosters=tuple(draw(spoiled(roster)) for roster in company.rosters))


@RANDOM
@given(company=spoiled_companies())
def test_random_companies_whose_columns_were_shifted_before(lasting_store: Session, company: oracle.Company) -> None:
    agreed(lasting_store, company)
