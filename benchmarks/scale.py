"""A company of a million: two nights on a PostgreSQL of our own, each part against the least that could do it.

    .venv/bin/python benchmarks/scale.py [--workers 1000000] [--small] [--sids]

- ingest: reading 1 M workers, 2 M accounts and 5 M credentials into the store, against a COPY of the same records into
  tables without keys, indexes or merging. Making the records up is measured by itself and taken off both.
- correlate and evaluate, against one join of the same records on number, mail and login, and with the credentials.
- the second night, where 1 % has changed, against the first.
- with --sids, in place of these: nights of a directory and a tenant of Entra ID, whose accounts bear two ids each,
  against the same nights with one.

Compared are seconds of processors, ours and the server's together. What ours is held against is measured before the two
nights and after them, and the mean is taken: minutes lie between, in which a machine becomes faster or slower. A fifth
of the workers have left; of these, one in fifty still has something that works.
"""

import argparse
import resource
import statistics
import tempfile
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import structlog
from psycopg import sql
from records.clock import Clock
from records.company import CLOUDS, DIRECTORY, NIGHT, TENANT, Company, Feed, System

from offboarding.config.settings import Company as CompanySettings
from offboarding.config.settings import Settings
from offboarding.interfaces import RosterSettings, SourceSettings
from offboarding.model import Account, Coverage, Credential, IdentityKeyKind
from offboarding.runs import pipeline
from offboarding.sources.aws.iam import Settings as AwsSettings
from offboarding.store import embedded
from offboarding.store.connect import Session, opened
from offboarding.store.rows import Run

FULL, SMALL = 1_000_000, 20_000
ACCOUNTS_A_WORKER = 2
BEFORE, AFTER = "before", "after"
JOINS = 3
AT_ONCE = 5_000
SERVER = {
    "shared_buffers": "4GB",
    "max_wal_size": "16GB",
    "checkpoint_timeout": "30min",
    "max_parallel_workers_per_gather": "0",
    "max_parallel_maintenance_workers": "0",
}
"""For a machine of 24 GiB; what a database of this size is given anywhere. One process a session, so that its time is
all there is. Both sides have it.
"""
BARE = """
drop table if exists bare_worker, bare_account, bare_credential;
create table bare_worker (worker_id text, name text, mail text, login text, location text, status text, start_on date,
    last_working_on date, end_on date);
create table bare_account (realm text, native_id text, label text, number text, mail text, login text, standing text,
    reason text, created_at timestamptz, last_used_at timestamptz);
create table bare_credential (realm text, account_native_id text, kind text, native_id text, label text, standing text,
    reason text, created_at timestamptz, last_used_at timestamptz);
"""
BARE_COLUMNS = {
    "bare_worker": (
        *("worker_id", "name", "mail", "login", "location", "status", "start_on", "last_working_on", "end_on"),
    ),
    "bare_account": (
        *("realm", "native_id", "label", "number", "mail", "login", "standing", "reason", "created_at", "last_used_at"),
    ),
    "bare_credential": (
        *("realm", "account_native_id", "kind", "native_id", "label", "standing", "reason", "created_at"),
        "last_used_at",
    ),
}
JOIN = """
create temp table joined as
select w.worker_id, a.realm, a.native_id, c.native_id as credential
from bare_worker w
join bare_account a on a.number = w.worker_id
left join bare_credential c on c.realm = a.realm and c.account_native_id = a.native_id
union
select w.worker_id, a.realm, a.native_id, c.native_id
from bare_worker w
join bare_account a on a.mail = w.mail
left join bare_credential c on c.realm = a.realm and c.account_native_id = a.native_id
union
select w.worker_id, a.realm, a.native_id, c.native_id
from bare_worker w
join bare_account a on a.login = w.login
left join bare_credential c on c.realm = a.realm and c.account_native_id = a.native_id
"""


def configuration(*, tenant: bool = False) -> Settings:
    """What a user would write; with a tenant of Entra ID in AWS's place."""
    common = {"connection": "none", "id_space": "hr", "login_realm": "corp"}
    return Settings(
        company=CompanySettings(time_zone="Asia/Seoul", mail_domains=("corp.example",)),
        rosters=(RosterSettings(name="hr", kind="csv", coverage=Coverage.FULL, id_space="hr", login_realm="corp"),),
        sources=(
            SourceSettings.model_validate({"name": "corp-ldap", "kind": "ldap", **common}),
            SourceSettings.model_validate({"name": "entra", "kind": "entra_id", **common})
            if tenant
            else AwsSettings.model_validate(
                {"name": "aws", "kind": "aws_iam", "role_name": "Audit", "accounts": list(CLOUDS), **common}
            ),
        ),
    )


def night(session: Session, company: Company, clock: Clock, *, tenant: bool = False) -> Run:
    """A night's functions, as the DAG calls them. Its run."""
    settings, name = configuration(tenant=tenant), f"night {company.night}"
    as_of = NIGHT + timedelta(days=company.night - 1)
    run = pipeline.open_run(session, settings, caller=name, as_of=as_of)
    with clock.of(f"{name} ingest"):
        pipeline.read_roster(session, settings, run, settings.rosters[0], Feed(company=company))
        for source in settings.sources:
            for part in source.parts():
                realm = part or (DIRECTORY if source.kind == "ldap" else TENANT)
                pipeline.collect(session, settings, run, source, part, System(company=company, realm=realm))
    with clock.of(f"{name} correlate"):
        correlated = pipeline.correlate(session, settings, run)
    with clock.of(f"{name} evaluate"):
        evaluated = pipeline.evaluate(session, settings, run)
    assert correlated.counts is not None
    linked, produced = correlated.counts.linked, evaluated.produced
    told(f"{name}: {linked:,} working accounts linked, {correlated.counts.orphan:,} orphan, {produced:,} findings")
    # A company of this size with fewer isn't the one that is described above.
    assert linked > company.workers
    assert produced > company.workers * 2 // 250
    return run


def bare_rows(company: Company) -> Iterator[tuple[str, Sequence[object]]]:
    """The same records, a row each, without keys of their own."""
    for w in Feed(company=company).read():
        e = w.employments[0]
        row = (w.worker_id, w.name, w.mail, w.logins[0].value, w.location, e.status.value, e.start_on)
        yield "bare_worker", (*row, e.last_working_on, e.end_on)
    for realm in (DIRECTORY, *CLOUDS):
        for fact in System(company=company, realm=realm).collect():
            if isinstance(fact, Account):
                a, keys = fact, {key.kind: key.value for key in fact.keys}
                row = (
                    a.realm,
                    a.native_id,
                    a.label,
                    keys.get(IdentityKeyKind.NUMBER),
                    keys.get(IdentityKeyKind.MAIL),
                    a.login,
                )
                yield "bare_account", (*row, a.standing.value, a.standing_reason, a.created_at, a.last_used_at)
            elif isinstance(fact, Credential):
                c = fact
                row = (c.realm, c.account_native_id, c.kind.value, c.native_id, c.label, c.standing.value)
                yield "bare_credential", (*row, c.standing_reason, c.created_at, c.last_used_at)


def copied(session: Session, company: Company) -> None:
    """The least that brings them into tables: psycopg's own COPY, a few thousand rows of a table at a time."""
    waiting: dict[str, list[Sequence[object]]] = {table: [] for table in BARE_COLUMNS}
    for table, row in bare_rows(company):
        waiting[table].append(row)
        if len(waiting[table]) >= AT_ONCE:
            copy(session, table, waiting[table])
    for table, rows in waiting.items():
        copy(session, table, rows)


def copy(session: Session, table: str, rows: list[Sequence[object]]) -> None:
    """These rows, in PostgreSQL's text form."""
    statement = sql.SQL("copy {} ({}) from stdin").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, BARE_COLUMNS[table]))
    )
    with session.cursor() as cursor, cursor.copy(statement) as copying:
        for row in rows:
            copying.write_row(row)
    rows.clear()


def bare(session: Session, company: Company, clock: Clock, when: str) -> None:
    """The same records by COPY alone, and one join of them."""
    with clock.of(f"made up, {when}"):
        for _ in bare_rows(company):
            pass
    session.execute(BARE.encode())
    with clock.of(f"bare copy, {when}"):
        copied(session, company)
    session.execute("analyze bare_worker, bare_account, bare_credential")
    # The last of a few: the first one finds nothing in memory.
    for _ in range(JOINS):
        session.execute("drop table if exists joined")
        with clock.of(f"bare join, {when}"):
            session.execute(JOIN.encode())
    session.execute("drop table bare_worker, bare_account, bare_credential, joined")


@contextmanager
def store(folder: Path) -> Generator[Session]:
    """A server with room for this much, and a store on it."""
    with (
        embedded.server(folder, durable=False) as server,
        server.connect(dbname="postgres", autocommit=True) as session,
    ):
        for name, value in SERVER.items():
            session.execute(f"alter system set {name} = '{value}'".encode())
    with embedded.server(folder, durable=False) as server, opened(server.connection_kwargs()) as session:
        yield session


def told(line: str) -> None:
    """As it comes, since this takes minutes."""
    print(line, flush=True)


def main(workers: int) -> None:
    """Two nights, and what they are held against."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with tempfile.TemporaryDirectory() as folder, store(Path(folder) / "store") as session:
        clock = Clock(server=session.info.backend_pid)
        bare(session, Company(workers=workers, night=1), clock, BEFORE)
        for number in (1, 2):
            night(session, Company(workers=workers, night=number), clock)
        ((stored,),) = session.execute("select pg_database_size(current_database())")
        bare(session, Company(workers=workers, night=1), clock, AFTER)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for part, seconds in clock.busy.items():
        told(f"  {part:20} {seconds:8.1f} s of processors, {clock.wall[part]:8.1f} s")
    told(f"  {workers:,} workers; peak memory {peak / 1024:.0f} MB, {(peak - before) / 1024:.0f} above the start")
    sized(clock, ACCOUNTS_A_WORKER * workers, int(str(stored)))
    compared(clock.busy)


def by_sid(workers: int) -> None:
    """Two nights, each id by which Active Directory knows an account joining a tenant's, against one of the two."""
    took: list[dict[str, float]] = []
    for sids in (False, True):
        with tempfile.TemporaryDirectory() as folder, store(Path(folder) / "store") as session:
            clock = Clock(server=session.info.backend_pid)
            for number in (1, 2):
                night(session, Company(workers=workers, night=number, sids=sids), clock, tenant=True)
        told(f"  sids={sids}: " + ", ".join(f"{part} {seconds:.1f}" for part, seconds in clock.busy.items()))
        took.append(
            {n: sum(clock.busy[part] for part in clock.busy if part.startswith(n)) for n in ("night 1", "night 2")}
        )
    for n in took[0]:
        told(f"bench scale_{n.replace(' ', '_')}_by_sid ratio={took[1][n] / took[0][n]:.2f} goal=1.1")


def sized(clock: Clock, accounts: int, stored: int) -> None:
    """What 100,000 accounts, with their part of the workers and credentials, take of a machine."""
    for number in (1, 2):
        parts = [f"night {number} {part}" for part in ("ingest", "correlate", "evaluate")]
        busy, wall = (sum(took[part] for part in parts) * 1e5 / accounts for took in (clock.busy, clock.wall))
        told(f"sizing night={number} accounts=100000 processor_seconds={busy:.1f} seconds={wall:.1f}")
    told(f"sizing accounts=100000 store_mb={stored / accounts * 1e5 / 2**20:.0f}")


def compared(took: dict[str, float]) -> None:
    """The ratios."""
    made, copied_in, join = (
        statistics.mean(took[f"{part}, {when}"] for when in (BEFORE, AFTER))
        for part in ("made up", "bare copy", "bare join")
    )
    judged = took["night 1 correlate"] + took["night 1 evaluate"]
    nights = [sum(took[f"night {n} {part}"] for part in ("ingest", "correlate", "evaluate")) - made for n in (1, 2)]
    told(f"bench scale_ingest_vs_copy ratio={(took['night 1 ingest'] - made) / (copied_in - made):.2f} goal=3")
    told(f"bench scale_judged_vs_join ratio={judged / join:.2f} goal=4")
    told(f"bench scale_second_night ratio={nights[1] / nights[0]:.2f} goal=0.5")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--workers", type=int, default=FULL)
    parser.add_argument("--small", action="store_true", help=f"{SMALL:,} workers, for trying")
    parser.add_argument("--sids", action="store_true", help="the join by security identifiers alone")
    chosen = parser.parse_args()
    (by_sid if chosen.sids else main)(SMALL if chosen.small else chosen.workers)
