"""What can't wait, counted by the store, against the same picked out of the report's list."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import product

import pytest
from psycopg.types.json import Jsonb

from offboarding.model import FindingState, Severity, TicketKind
from offboarding.store import reading
from offboarding.store.connect import Session
from offboarding.store.reading.foremost import Asks, foremost
from offboarding.store.reading.nights import NightFinding
from tests.support import filled
from tests.support.shown_pages import night, one_night, store_template
from tests.support.variants import some_of

__all__ = ["night", "one_night", "store_template"]

NOW = filled.AS_OF
MOST = 2
Is = Callable[[NightFinding], bool]


def is_key(found: NightFinding) -> bool:
    return found.comes_first and found.severity == Severity.CRITICAL


def is_use(found: NightFinding) -> bool:
    return found.ticket_kind == TicketKind.EVENT


def is_late(found: NightFinding) -> bool:
    return found.due_at is not None and found.due_at < NOW


def is_nothing_more(found: NightFinding) -> bool:
    return not is_key(found) and not is_use(found)


PICKED: dict[Asks, Is] = {
    Asks.KEYS: is_key,
    Asks.USES: is_use,
    Asks.LATE: is_late,
    Asks.ONLY_LATE: lambda found: is_late(found) and is_nothing_more(found),
    Asks.ONLY_NEW: lambda found: found.opened and not is_late(found) and is_nothing_more(found),
}


@pytest.fixture
def many(night: Session) -> Session:
    """A night with findings of each sort: open, held and unverified, critical or not, a use or not, late or not."""
    ((model, run),) = night.execute(
        "select min(finding_key), (select max(run_id) from run) from finding where state = 'open'"
    )
    sorts = product(
        (FindingState.OPEN, FindingState.HELD, FindingState.UNVERIFIED),
        (Severity.CRITICAL, Severity.LOW),
        (True, False),
        (TicketKind.EVENT, TicketKind.REVOKE),
        (NOW - timedelta(days=1), NOW, None),
        (run, None),
    )
    for number, (state, severity, first, kind, due_at, of_run) in enumerate(sorts):
        key = f"{number:032x}"
        changes = {"finding_key": key, "severity": severity, "comes_first": first, "ticket_kind": kind, "state": state}
        changes |= {"due_at": due_at and due_at.isoformat(), "subject_native_id": f"thing {number}", "match_key": key}
        night.execute(
            "insert into finding select (made.each).* from ("
            "select jsonb_populate_record(f, %s) from finding f where finding_key = %s) as made (each)",
            [Jsonb(changes), model],
        )
        night.execute(
            "insert into finding_event (finding_key, run_id, at, to_state, actor, text, seq, prev_hash, hash)"
            " select %s, %s, r.finished_at, %s, 'test', '', (select max(seq) + 1 from finding_event), '', ''"
            " from run r where r.run_id = %s",
            [key, of_run, state, run],
        )
    return night


def open_findings(session: Session) -> Sequence[NightFinding]:
    ended = reading.last_night(session)
    assert ended is not None
    found = reading.night(session, ended.run_id).findings
    return [each for each in found if each.state == FindingState.OPEN]


@some_of(2, "asks", Asks)
def test_the_store_picks_what_the_report_lists(many: Session, asks: Asks) -> None:
    ended = reading.last_night(many)
    assert ended is not None
    listed = [each for each in open_findings(many) if PICKED[asks](each)]

    picked = foremost(many, ended.run_id, now=NOW, most=MOST)

    assert len(listed) > MOST
    assert picked.number(asks) == len(listed)
    assert [each.finding_key for each in picked.first(asks)] == [each.finding_key for each in listed[:MOST]]
    for there in picked.counts:
        ours = [each for each in listed if each.severity == there.severity]
        assert getattr(there, asks) == len(ours)


def test_all_that_is_open_is_counted_by_its_severity(many: Session) -> None:
    ended = reading.last_night(many)
    assert ended is not None
    everything = open_findings(many)

    counts = foremost(many, ended.run_id, now=NOW, most=MOST).counts

    assert {each.severity: each.findings for each in counts} == {
        severity: number for severity in Severity if (number := sum(each.severity == severity for each in everything))
    }
