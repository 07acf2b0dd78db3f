"""Values that a feed gave to the wrong worker for some days: another had them before, and has them still or again."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from offboarding.model import Worker
from tests.support.oracle.company import Company, RosterRead, Snapshot
from tests.support.oracle.values import address, login_space, plain

WITHIN = timedelta(days=7)
Value = tuple[str, str, str]
"""(kind, space, value as it is compared)."""
Read = tuple[datetime, tuple[Worker, ...]]


def without_mistakes(company: Company) -> Company:
    """The company whose earlier reads lack those values."""
    rosters = tuple(
        replace(
            roster,
            earlier=tuple(
                Snapshot(
                    observed_at=snapshot.observed_at,
                    workers=tuple(_right(company, roster, each) for each in snapshot.workers),
                )
                for snapshot in roster.earlier
            ),
        )
        for roster in company.rosters
    )
    return replace(company, rosters=rosters)


def _right(company: Company, roster: RosterRead, worker: Worker) -> Worker:
    wrong = set(_mistaken(company, roster, worker.worker_id))
    mail = ("mail", "")
    return replace(
        worker,
        mail="" if (*mail, address(company, worker.mail)) in wrong else worker.mail,
        former_mails=tuple(m for m in worker.former_mails if (*mail, address(company, m)) not in wrong),
        logins=tuple(
            each
            for each in worker.logins
            if ("login", login_space(company, roster, each), plain(each.value)) not in wrong
        ),
        directory_ids=tuple(
            each for each in worker.directory_ids if ("id", each.source or "", plain(each.value)) not in wrong
        ),
    )


def _mistaken(company: Company, roster: RosterRead, worker_id: str) -> Iterator[Value]:
    reads = [(at, rows) for at, rows in _reads(company, roster) if any(row.worker_id == worker_id for row in rows)]
    for (_, before), (at, now) in itertools.pairwise(reads):
        for value in _values(company, roster, worker_id, before) - _values(company, roster, worker_id, now):
            first = min(when for when, rows in reads if value in _values(company, roster, worker_id, rows))
            if at - first < WITHIN and _another_had(company, (roster, worker_id), value, first, at):
                yield value


def _another_had(company: Company, own: tuple[RosterRead, str], value: Value, first: datetime, at: datetime) -> bool:
    """Whether another worker bore it as a present value before `first`, and by the last read before `at`."""
    for roster in company.rosters:
        reads = [read for read in _reads(company, roster) if read[0] < at]
        for worker_id in {row.worker_id for _, rows in reads for row in rows} - (
            {own[1]} if roster.name == own[0].name else set()
        ):
            there = [read for read in reads if any(row.worker_id == worker_id for row in read[1])]
            bore = [when for when, rows in there if value in _values(company, roster, worker_id, rows, former=False)]
            if bore and bore[0] < first and bore[-1] == there[-1][0]:
                return True
    return False


def _reads(company: Company, roster: RosterRead) -> list[Read]:
    earlier = [(snapshot.observed_at, snapshot.workers) for snapshot in roster.earlier]
    return [*earlier, (roster.observed_at or company.as_of, roster.workers)]


def _values(
    company: Company, roster: RosterRead, worker_id: str, rows: tuple[Worker, ...], *, former: bool = True
) -> set[Value]:
    found = set[Value]()
    for row in rows:
        if row.worker_id == worker_id:
            mails = (row.mail, *(row.former_mails if former else ()))
            found |= {("mail", "", address(company, each)) for each in mails}
            found |= {("login", login_space(company, roster, each), plain(each.value)) for each in row.logins}
            found |= {("id", each.source or "", plain(each.value)) for each in row.directory_ids}
    return {value for value in found if value[2]}
