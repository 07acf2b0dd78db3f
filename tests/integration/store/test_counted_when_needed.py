"""What a night changed is counted where something hangs on it, and by nobody else."""

from dataclasses import replace
from datetime import timedelta
from unittest import mock

from offboarding.guard import holds
from offboarding.model import Credential, Standing, SubjectKind
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from tests.support.night import rows_of, settings_of, spend_night
from tests.support.small_company import LEAVER, account, company, hr, ldap, number

KEY = Credential(
    realm="d1",
    account_native_id="a",
    kind=SubjectKind.ACCESS_KEY,
    native_id="AKIA1",
    label="a key",
    standing=Standing.WORKS,
    standing_reason="told",
)
COMPANY = company(hr(LEAVER), replace(ldap(account("a", number("1042"))), credentials=(KEY,)))


def evaluated(session: Session, night: int) -> tuple[Run, int]:
    """A night's evaluation, and how often it counted."""
    found = replace(COMPANY, as_of=COMPANY.as_of + timedelta(days=night))
    run = spend_night(session, found, caller=f"night {night}")
    with mock.patch.object(holds.rows, "begin", wraps=holds.rows.begin) as begin:
        pipeline.evaluate(session, settings_of(found), run)
    return run, begin.call_count


def test_a_first_read_is_counted_and_a_night_that_closes_nothing_is_not(store: Session) -> None:
    _, first = evaluated(store, 0)
    _, second = evaluated(store, 1)

    assert (first, second) == (1, 0)


def test_what_waited_to_be_closed_is_judged_anew_where_nothing_closes(store: Session) -> None:
    run, _ = evaluated(store, 0)
    store.execute(
        "insert into guard_closing (finding_key, kind, name, reason, run_id)"
        " select finding_key, 'source', source, 'seen dead', %s from finding",
        (run.run_id,),
    )

    evaluated(store, 1)

    assert store.execute("select count(*) from guard_closing").fetchone() == (0,)


def test_many_new_findings_are_known_to_the_planner_at_once(store: Session) -> None:
    evaluated(store, 0)

    (found,) = rows_of(store, "select count(*) from finding")
    (planned,) = rows_of(store, "select reltuples from pg_class where oid = 'finding'::regclass")
    assert found != (0,)
    assert planned == found
