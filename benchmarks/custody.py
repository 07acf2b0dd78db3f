"""Who may have held which key, of 10,000 keys, 5,000 leavers and 200,000 dated memberships, against the bare join.

    .venv/bin/python benchmarks/custody.py [--small] [--ahead]

Each key lies in one system, is granted to a guarded group and registered with another group and a worker. The bare join
is of the same tables, and tells pairs of keys and leavers alone: no sentence, nothing of who had left the group before,
no history that begins too late, no use, no access.

With --ahead, in place of that: what a night's report says of whoever leaves soon, of 100,000 workers, these keys and
a trail of 200,000 reads, against that night without.

Compared are seconds of processors, ours and the server's together.
"""

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import structlog
from records.clock import Clock
from records.company import DIRECTORY, Company, guid, worker_id
from records.keys import COLUMNS, NOW, SYSTEM, Size, keys, memberships, people, systems, trail
from scale import configuration, night, store, told

from offboarding.model import Account, AccountRef, Fact, IdentityKey, RequestCounts, RunKind, Standing
from offboarding.runs import pipeline
from offboarding.store import reading, runs
from offboarding.store.cases import Looked
from offboarding.store.connect import Session
from offboarding.store.custody import join_custody
from offboarding.store.key_cases import key_cases
from offboarding.store.reading import exposure
from offboarding.store.reading.holder_views import HolderQuery
from offboarding.store.staging import Stage

JOINS = 10
"""How often each is done, in turn; one takes a fraction of a second, and the clock's tick is a hundredth."""


FULL = Size(keys=10_000, leavers=5_000, memberships=200_000)
SMALL = Size(keys=500, leavers=250, memberships=10_000)

COPIES = """
insert into key_copy (key_pk, realm, source, source_kind, kind, native_id, name, label, version, algorithm, carryable,
    carryable_reason, verifies, standing, standing_reason, cache, ssh_fingerprint, owner, first_seen_at, observed_at)
select key_pk, '111111111111', 'secrets', 'aws_secrets', kind, material, material, material, '', '', 'yes', '', true,
    'works', '', '0', '', '', first_seen_at, first_seen_at
from signing_key;
"""
BARE = """
create temp table bare_leaver (worker text, left_at timestamptz);
"""
DERIVED = """
update person set shown_worker_pk = w.worker_pk from worker w where w.person_uid = person.person_uid;
insert into worker_key (worker_pk, kind, value, loose, space, origin, raw, valid_from)
select worker_pk, 'number', worker_id, '', id_space, 'current', worker_id, observed_at from worker;
insert into departure (person_uid, episode, returned, left_at, certain_at, zone, basis, confirmed, roster, worker_pk,
    told, valid_from)
select w.person_uid, 1, false, b.left_at, b.left_at, 'UTC', 'actual', true, 'hr', w.worker_pk, '', b.left_at
from bare_leaver b join worker w on w.worker_id = b.worker;
insert into link (account_pk, person_uid, relation, decision, score, evidence, definite, own_now, valid_from)
select a.account_pk, w.person_uid, 'is', 'linked', 90, '[]', true, false, w.observed_at
from account a join worker w on a.login = w.worker_id;
"""
JOIN = """
create temp table joined as
with member as (
    select m.group_native_id, m.valid_from, m.valid_to, l.person_uid
    from membership m
    join account a on a.realm = m.realm and a.native_id = m.account_native_id
    join link l on l.account_pk = a.account_pk and l.valid_to is null
)
select c.key_pk, d.person_uid, 'could' as grade
from key_copy c
join key_access a on a.realm = c.realm and a.key = c.name
join member m on m.group_native_id = a.principal
join departure d on d.person_uid = m.person_uid and d.valid_to is null and m.valid_from <= d.left_at
    and (m.valid_to is null or m.valid_to > d.left_at)
union
select c.key_pk, d.person_uid, 'registered'
from key_copy c
join registered_place p on p.reader = c.source and p.place = c.name
join custodian r on r.name = p.name and r.kind = 'group'
join member m on m.group_native_id = r.holder
join departure d on d.person_uid = m.person_uid and d.valid_to is null and m.valid_from <= d.left_at
union
select c.key_pk, d.person_uid, 'registered'
from key_copy c
join registered_place p on p.reader = c.source and p.place = c.name
join custodian r on r.name = p.name and r.kind = 'worker'
join worker_key k on k.kind = 'number' and k.value = r.holder
join worker w on w.worker_pk = k.worker_pk
join departure d on d.person_uid = w.person_uid and d.valid_to is null
"""


def fill(session: Session, size: Size) -> None:
    """Put the records into the store, and flat beside it."""
    for statement in BARE.split(";\n"):
        session.execute(statement.encode())
    stage = Stage(session, COLUMNS)
    for rows in (systems(), people(size), memberships(size), keys(size)):
        for table, row in rows:
            stage.add(table, row)
        stage.finish()
    _read_accounts(session, size)
    for statement in (*DERIVED.split(";\n"), COPIES):
        session.execute(statement.encode())
    session.execute("analyze")


def _read_accounts(session: Session, size: Size) -> None:
    run = runs.open_run(session, kind=RunKind.NIGHTLY, caller="accounts", as_of=NOW)
    settings = configuration()
    pipeline.collect(session, settings, run, settings.sources[0], "", Directory(size=size))


@dataclass(frozen=True, slots=True, kw_only=True)
class Directory:
    """Everybody's account, as a source tells it."""

    size: Size
    requests: RequestCounts = field(default_factory=RequestCounts)

    def collect(self) -> Iterator[Fact]:
        """One each."""
        for n in range(self.size.workers):
            yield _account(n)

    def collect_for(self, keys: Sequence[IdentityKey], known: Sequence[AccountRef]) -> Iterator[Fact]:
        """Nobody asks."""
        raise NotImplementedError

    def detail(self, accounts: Sequence[AccountRef]) -> Iterator[Fact]:
        """Nobody asks."""
        raise NotImplementedError


def _account(n: int) -> Account:
    return Account(
        realm=DIRECTORY,
        native_id=guid(n),
        label=f"uid={n}",
        login=worker_id(n),
        standing=Standing.WORKS,
        standing_reason="",
    )


def main(size: Size) -> None:
    """Both joins in turn, once for nothing: the first finds nothing in memory."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    looked = Looked(as_of=NOW, since=NOW, moved_days=30)
    with tempfile.TemporaryDirectory() as folder, store(Path(folder) / "store") as session:
        clock = Clock(server=session.info.backend_pid)
        fill(session, size)
        seconds = Counter[str]()
        for turn in range(1 + JOINS):
            session.execute("drop table if exists joined")
            with clock.of("bare join"):
                session.execute(JOIN.encode())
            with session.transaction(), clock.of("custody join"):
                join_custody(session, looked.values)
            if turn:
                seconds += Counter(clock.busy)
        found = session.execute("select (select count(*) from joined), (select count(*) from custody_held)").fetchone()
        with session.transaction(), clock.of("cases made"):
            cases = sum(1 for _ in key_cases(session, looked))
    told(f"{size.keys:,} keys, {size.leavers:,} leavers, {size.memberships:,} memberships: {cases:,} cases")
    told(f"  pairs of a key and a leaver by the bare join, reasons by ours: {found}")
    for part in ("bare join", "custody join"):
        told(f"  {part:20} {seconds[part] / JOINS:8.3f} s of processors, the mean of {JOINS}")
    told(f"  {'cases made':20} {clock.busy['cases made']:8.2f} s of processors")
    assert cases > size.keys // 2
    told(f"bench custody ratio={seconds['custody join'] / seconds['bare join']:.2f} goal=4")


def ahead(size: Size) -> None:
    """The second night's report, of a company where half a percent leave within a fortnight."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder, store(Path(folder) / "store") as session:
        clock = Clock(server=session.info.backend_pid)
        company = Company(workers=size.workers, night=1, leaving=True)
        night(session, company, clock)
        stage = Stage(session, COLUMNS)
        session.execute(
            "insert into realm (realm, kind, source, part) values (%s, 'aws_secrets', 'secrets', '')", [SYSTEM]
        )
        for rows in (memberships(size), keys(size), trail(size)):
            for table, row in rows:
                stage.add(table, row)
            stage.finish()
        session.execute(COPIES.encode())
        session.execute("analyze")
        run = night(session, replace(company, night=2), clock)
        with clock.of("night 2 report"):
            seen = reading.night(session, run.run_id, "Asia/Seoul")
        with clock.of("exposure ahead"):
            told_of = exposure.ahead(session, seen, HolderQuery(as_of=run.as_of, zone="Asia/Seoul", reserved=()))
    rotate = [each.rotate for each in told_of.upcoming if each.rotate is not None]
    told(f"{size.workers:,} workers, {size.keys:,} keys: of {len(seen.upcoming):,} who leave soon {rotate} to rotate")
    assert len(rotate) == exposure.MOST
    for part, seconds in clock.busy.items():
        told(f"  {part:20} {seconds:8.1f} s of processors")
    without = sum(seconds for part, seconds in clock.busy.items() if part.startswith("night 2"))
    told(f"bench exposure_ahead ratio={1 + clock.busy['exposure ahead'] / without:.2f} goal=1.1")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a twentieth of it, for trying")
    parser.add_argument("--ahead", action="store_true", help="what is said of whoever leaves soon")
    chosen = parser.parse_args()
    if chosen.ahead:
        ahead(replace(SMALL if chosen.small else FULL, leavers=1_000 if chosen.small else 20_000))
    else:
        main(SMALL if chosen.small else FULL)
