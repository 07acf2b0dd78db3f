"""A night without change changes no row but the run's and the reads' own."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from psycopg import sql

from offboarding.model import IdentityKeyKind
from offboarding.runs import pipeline
from offboarding.store.connect import Session
from tests.support import oracle
from tests.support.companies import companies
from tests.support.database import undone
from tests.support.night import ListedSource, rows_of, settings_of, spend_night
from tests.support.small_company import (
    KIM,
    LEAVER,
    LEE,
    STAFF,
    account,
    aws,
    company,
    hr,
    job,
    ldap,
    mail,
    number,
    owner,
    ssh,
    worker,
)

OWN = {"run", "roster_read", "source_read", "scope", "guard_accepted", "schema_migration"}
"""Tables whose rows are a night's own."""
Rows = dict[str, set[tuple[object, ...]]]


def rows(session: Session) -> Rows:
    """Each row's place and who wrote it, by table: an update that changes nothing shows too."""
    tables = [
        name for (name,) in rows_of(session, "select tablename from pg_tables where schemaname = current_schema()")
    ]
    found: Rows = {}
    for table in sorted(set(tables) - OWN):
        query = sql.SQL("select ctid::text, xmin::text from {}").format(sql.Identifier(table))
        found[table] = set(session.execute(query).fetchall())
    return found


BEFORE = worker("2001", job("left", "2010-01-01", "2018-12-31"), job(start="2020-01-01"), mail="choi@corp.example")
COMPANY = company(
    hr(LEAVER, STAFF, BEFORE, worker("0000"), worker("77", previous=("76",))),
    hr(worker("76"), worker("v1", job(end="2026-06-30"), mail=LEE), name="vendors"),
    ldap(
        account("a", number("1042"), ssh("SHA256:k"), login="kim"),
        account("b", number("1043"), mail(LEE), login="leeh"),
        account("c", number("2001")),
        account("d", number("E1042")),
        account("svc", mail(KIM), service=True, owners=("uid=b,dc=corp",)),
        account("nobody", login="zzz"),
    ),
    aws(
        account("u", login="kim", realm="a1"),
        account("v", ssh("SHA256:k"), owner(IdentityKeyKind.MAIL, LEE), realm="a1"),
    ),
)


def test_nothing_is_written(store: Session) -> None:
    spend_night(store, COMPANY, caller="first")
    before = rows(store)

    spend_night(store, COMPANY, caller="second")

    assert rows(store) == before
    assert before["link"]
    assert before["departure"]


def whole_night(session: Session, company: oracle.Company, caller: str) -> None:
    """With what follows correlation, up to the guard."""
    run = spend_night(session, company, caller=caller)
    configured = settings_of(company)
    for source in company.sources:
        pipeline.detail(session, configured, run, configured.source(source.name), "", ListedSource(source))
    pipeline.evaluate(session, configured, run)
    pipeline.guard(session, configured, run)


def test_nothing_is_written_where_a_leaver_s_accounts_are_read_live(store: Session) -> None:
    whole_night(store, COMPANY, "first")
    whole_night(store, COMPANY, "second")
    before = rows(store)

    whole_night(store, COMPANY, "third")

    assert rows(store) == before
    assert before["finding"]


def test_nothing_is_written_where_an_open_finding_s_account_is_nobody_s_any_more(store: Session) -> None:
    whole_night(store, COMPANY, "first")
    stripped = [replace(each, keys=()) if each.native_id == "a" else each for each in COMPANY.sources[0].accounts]
    after = replace(COMPANY, sources=(replace(COMPANY.sources[0], accounts=tuple(stripped)), COMPANY.sources[1]))
    whole_night(store, after, "second")
    whole_night(store, after, "third")
    before = rows(store)

    whole_night(store, after, "fourth")

    assert rows(store) == before


@settings(max_examples=5, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(company=companies())
def test_nothing_is_written_whatever_the_company(lasting_store: Session, company: oracle.Company) -> None:
    with undone(lasting_store):
        spend_night(lasting_store, company, caller="first")
        before = rows(lasting_store)

        # What people said stands in the store already.
        spend_night(lasting_store, replace(company, rulings=(), notices=(), words=()), caller="second")

        assert rows(lasting_store) == before
