"""Mails, logins and ids that a feed gave to the wrong worker for days: their owner lost them, and has them again."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from offboarding.model import Worker
from tests.support.oracle.company import Company, RosterRead, Snapshot
from tests.support.oracle.values import address, login_space, plain, told

WITHIN = timedelta(days=7)
Value = tuple[str, str, str]
"""(kind, space, value as it is compared)."""


def without_mistakes(company: Company) -> Company:
    """The company whose earlier reads lack such values."""
    return replace(company, rosters=tuple(_without_mistakes(company, roster) for roster in company.rosters))


def _without_mistakes(company: Company, roster: RosterRead) -> RosterRead:
    reads = [*roster.earlier, Snapshot(observed_at=roster.observed_at or company.as_of, workers=roster.workers)]
    for count in range(1, len(reads)):
        wrong = set(_mistaken(company, roster, reads[:count], reads[count]))
        for number, read in enumerate(reads[:count]):
            workers = tuple(_without(company, roster, each, wrong) for each in read.workers)
            reads[number] = replace(read, workers=workers)
    return replace(roster, earlier=tuple(reads[:-1]))


def _mistaken(
    company: Company, roster: RosterRead, before: list[Snapshot], now: Snapshot
) -> Iterator[tuple[str, Value]]:
    """(worker id, value): first told of that worker since its owner lost it, and told of them no more."""
    everybody = {worker.worker_id for read in (*before, now) for worker in read.workers}
    for owner in {worker.worker_id for worker in now.workers}:
        for value in _values(company, roster, owner, now, former=False):
            lost_at = _lost_at(company, roster, owner, value, before)
            if lost_at is None or now.observed_at - lost_at >= WITHIN:
                continue
            for other in everybody - {owner}:
                if _had_since(company, roster, other, value, lost_at, [*before, now]):
                    yield other, value


def _lost_at(
    company: Company, roster: RosterRead, worker_id: str, value: Value, reads: list[Snapshot]
) -> datetime | None:
    """When the first read began that told of the worker without the value, if none has told it of them since."""
    lost_at, had = None, False
    for read in _listing(worker_id, reads):
        if value in _values(company, roster, worker_id, read):
            lost_at, had = None, True
        elif had and lost_at is None:
            lost_at = read.observed_at
    return lost_at


def _had_since(
    company: Company, roster: RosterRead, worker_id: str, value: Value, lost_at: datetime, reads: list[Snapshot]
) -> bool:
    """Whether the worker got it since then, in another's place, and has it no more. A first mail or login stays."""
    listing = [(read.observed_at, _values(company, roster, worker_id, read)) for read in _listing(worker_id, reads)]
    first = next((at for at, values in listing if value in values), None)
    if first is None or first < lost_at or value in _values(company, roster, worker_id, reads[-1]):
        return False
    return any(kind == value[0] for at, values in listing if at < first for kind, _, _ in values)


def _listing(worker_id: str, reads: list[Snapshot]) -> list[Snapshot]:
    return [read for read in reads if any(worker.worker_id == worker_id for worker in read.workers)]


def _values(company: Company, roster: RosterRead, worker_id: str, read: Snapshot, *, former: bool = True) -> set[Value]:
    found = set[Value]()
    for row in read.workers:
        if row.worker_id == worker_id:
            mails = (row.mail, *(row.former_mails if former else ()))
            found |= {("mail", "", address(company, mail)) for mail in mails}
            found |= {("login", login_space(company, roster, each), plain(each.value)) for each in row.logins}
            found |= {("id", each.source or "", plain(each.value)) for each in row.directory_ids}
    return {value for value in found if told({value[2]})}


def _without(company: Company, roster: RosterRead, worker: Worker, wrong: set[tuple[str, Value]]) -> Worker:
    def is_right(kind: str, space: str, value: str) -> bool:
        return (worker.worker_id, (kind, space, value)) not in wrong

    return replace(
        worker,
        mail=worker.mail if is_right("mail", "", address(company, worker.mail)) else "",
        former_mails=tuple(mail for mail in worker.former_mails if is_right("mail", "", address(company, mail))),
        logins=tuple(
            each for each in worker.logins if is_right("login", login_space(company, roster, each), plain(each.value))
        ),
        directory_ids=tuple(
            each for each in worker.directory_ids if is_right("id", each.source or "", plain(each.value))
        ),
    )
