"""Who may have held which key, of 10,000 keys, 5,000 leavers and 200,000 dated memberships, against the bare join.

    .venv/bin/python benchmarks/custody.py [--small]

Each key lies in one system, is granted to a guarded group and registered with another group and a worker. The bare join
is of the same tables, and tells pairs of keys and leavers alone: no sentence, nothing of who had left the group before,
no history that begins too late, no use, no access. Compared are seconds of processors, ours and the server's together.
"""

import argparse
import tempfile
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from records.clock import Clock
from scale import configuration, store, told

from offboarding.model import Account, AccountRef, Fact, IdentityKey, RequestCounts, RunKind, Standing
from offboarding.runs import pipeline
from offboarding.store import runs
from offboarding.store.cases import Looked
from offboarding.store.connect import Session
from offboarding.store.custody import join_custody
from offboarding.store.key_cases import key_cases
from offboarding.store.staging import Stage

NOW = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)
REALM, SYSTEM = "directory", "111111111111"
NIGHTS = 400
"""How many nights the memberships' beginnings and ends are spread over."""
JOINS = 10
"""How often each is done, in turn; one takes a fraction of a second, and the clock's tick is a hundredth."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """How much of it."""

    keys: int
    leavers: int
    memberships: int

    @property
    def workers(self) -> int:
        """Every fifth has left."""
        return self.leavers * 5

    @property
    def groups(self) -> int:
        """Of fifty memberships each."""
        return self.memberships // 50


FULL = Size(keys=10_000, leavers=5_000, memberships=200_000)
SMALL = Size(keys=500, leavers=250, memberships=10_000)

COLUMNS = {
    "run": ("kind", "caller", "as_of", "reads_since", "started_at"),
    "roster": ("name", "id_space", "coverage", "configured"),
    "realm": ("realm", "kind", "source", "part"),
    "person": ("person_uid", "id_space", "worker_id", "first_seen_at"),
    "worker": (
        *("roster", "id_space", "worker_id", "person_uid", "name", "manager", "location", "in_complete_read"),
        *("first_told_at", "observed_at"),
    ),
    "signing_key": ("material", "kind", "first_seen_at"),
    "key_access": (
        *("realm", "source_kind", "key", "principal_kind", "principal_realm", "principal", "action", "carries"),
        *("standing", "reason", "valid_from"),
    ),
    "membership": ("realm", "group_native_id", "group_label", "account_native_id", "valid_from", "valid_to"),
    "registered_key": (
        *("name", "kind", "carryable", "carryable_reason", "signs_for", "owner", "queue", "threshold", "valid_from"),
    ),
    "registered_place": ("name", "reader", "place", "valid_from"),
    "custodian": ("name", "kind", "space", "holder", "team", "valid_from"),
    "bare_leaver": ("worker", "left_at"),
}
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
from account a join worker w on a.native_id = 'a' || w.worker_id;
insert into key_copy (key_pk, realm, source, source_kind, kind, native_id, name, label, version, algorithm, carryable,
    carryable_reason, verifies, standing, standing_reason, cache, ssh_fingerprint, owner, first_seen_at, observed_at)
select key_pk, '111111111111', 'secrets', 'aws_secrets', kind, material, material, material, '', '', 'yes', '', true,
    'works', '', '0', '', '', first_seen_at, first_seen_at
from signing_key;
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


Rows = Iterator[tuple[str, Sequence[object]]]
FIRST = NOW - timedelta(days=NIGHTS)


def systems() -> Rows:
    """What is there before anybody is."""
    yield "roster", ("hr", "hr", "full", True)
    yield "realm", (REALM, "ldap", "corp-ldap", "")
    yield "realm", (SYSTEM, "aws_secrets", "secrets", "")
    for night in range(NIGHTS):
        at = FIRST + timedelta(days=night)
        yield "run", ("nightly", f"night {night}", at, at, at)


def people(size: Size) -> Rows:
    """Who works here, and who left within the last 300 days."""
    for n in range(size.workers):
        uid = uuid.uuid5(uuid.NAMESPACE_OID, str(n))
        yield "person", (uid, "hr", f"{n}", FIRST)
        yield "worker", ("hr", "hr", f"{n}", uid, f"Person {n}", "", "", True, FIRST, FIRST)
        if n % 5 == 0:
            yield "bare_leaver", (f"{n}", NOW - timedelta(days=n % 300, hours=1))


def memberships(size: Size) -> Rows:
    """Who was in which group; every third stretch has ended."""
    for n in range(size.memberships):
        group, worker = f"g{n % size.groups}", f"{(n % size.groups * 7 + n // size.groups * 101) % size.workers}"
        begun = FIRST + timedelta(days=(n + n // size.groups * 37) % NIGHTS)
        ended = None if n % 3 else min(begun + timedelta(days=1 + n % 90), NOW)
        yield "membership", (REALM, group, f"cn={group},dc=corp", f"a{worker}", begun, ended)


def keys(size: Size) -> Rows:
    """Keys, whom they're granted to, and who is registered."""
    for n in range(size.keys):
        key, granted, registered = f"ref:{SYSTEM}/s{n}", f"g{n % size.groups}", f"g{(n * 13 + 1) % size.groups}"
        worker = f"{(n * 31) % size.workers}"
        yield "signing_key", (key, "shared_secret", FIRST)
        action = "secretsmanager:GetSecretValue"
        row = (SYSTEM, "aws_secrets", key, "group", REALM, granted, action, True, "works", "policy Readers", FIRST)
        yield "key_access", row
        yield "registered_key", (f"k{n}", "shared_secret", "yes", "", "", "", "", 1, FIRST)
        yield "registered_place", (f"k{n}", "secrets", key, FIRST)
        yield "custodian", (f"k{n}", "worker", "hr", worker, "", FIRST)
        yield "custodian", (f"k{n}", "group", "corp-ldap", registered, "", FIRST)


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
    for statement in DERIVED.split(";\n"):
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
        realm=REALM, native_id=f"a{n}", label=f"uid={n}", login=f"{n}", standing=Standing.WORKS, standing_reason=""
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


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--small", action="store_true", help="a twentieth of it, for trying")
    main(SMALL if parser.parse_args().small else FULL)
