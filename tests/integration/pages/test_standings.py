"""Pages of how reading has gone, of what may stand, and of the record."""

import html
from datetime import timedelta

import pytest

from offboarding.report.pages import AskedInVainError, Onlooker, record, sources, waivers
from offboarding.runs import pipeline
from offboarding.store import events, looks
from offboarding.store.connect import Session
from tests.support import filled
from tests.support.shown_pages import MORNING, VIEWER, ZONE, Get, get, night, one_night, store_template

__all__ = ["get", "night", "one_night", "store_template"]

pytestmark = pytest.mark.filterwarnings("ignore:Using `httpx` with `starlette.testclient` is deprecated")


def onlooker(*, named: bool = False, later: timedelta = timedelta()) -> Onlooker:
    return Onlooker(name=VIEWER, zone=ZONE, now=MORNING + later, named=named)


# --- sources ----------------------------------------------------------------------------------------------------------


def test_what_was_not_read_stands_first_and_says_why(night: Session) -> None:
    first, *others = sources.sources(night, ZONE).rows

    assert (first.called, first.state, first.is_red) == (f"aws {filled.CLOSED_CLOUD}", "not checked", True)
    assert (first.amount, first.fresh, first.says) == ("", "", (filled.DENIED,))
    assert [row.called for row in others] == ["hr", "vendors", f"aws {filled.CLOUD}", "corp-ldap"]
    ldap = others[-1]
    assert (ldap.state, ldap.amount, ldap.open) == ("read", "4 accounts", 4)
    assert ldap.fresh


def charted(row: sources.SourceRow) -> dict[str, list[float | None]]:
    """What a browser draws: each series, night by night."""
    return {series.name: list(series.values) for series in row.chart.series}


def further(night: Session, **seen: filled.Seen) -> None:
    """A night each, one after the other."""
    for number, (name, each) in enumerate(seen.items(), start=1):
        run = filled.spend_night(night, each, caller=name, later=timedelta(days=number))
        pipeline.report(night, filled.settings(), run)


def test_what_was_not_read_is_a_gap_and_shown_as_one(night: Session) -> None:
    further(night, read=filled.Seen(closed_cloud=True), not_read_again=filled.Seen())

    rows = {row.called: row for row in sources.sources(night, ZONE).rows}

    closed, ldap, hr = rows[f"aws {filled.CLOSED_CLOUD}"], rows["corp-ldap"], rows["hr"]
    assert closed.nights == "3 nights, 0 to 0, last 0, 2 not read whole"
    assert closed.chart.labels == ("2026-11-24", "2026-11-25", "2026-11-26")
    assert charted(closed) == {"read": [None, 0, None], "read in part": [None] * 3, "not read": [1, None, 1]}
    assert ldap.nights == "3 nights, 4 to 4, last 4"
    assert charted(ldap) == {"read": [4, 4, 4], "read in part": [None] * 3, "not read": [None] * 3}
    assert (ldap.chart.unit, hr.chart.unit) == ("accounts", "workers")


def test_what_was_read_in_part_is_marked_where_it_stands(night: Session) -> None:
    further(night, second=filled.Seen())
    night.execute("update source_read set status = 'partial' where source = 'corp-ldap' and run_id = 1")

    (ldap,) = [row for row in sources.sources(night, ZONE).rows if row.called == "corp-ldap"]

    assert charted(ldap) == {"read": [4, 4], "read in part": [4, None], "not read": [None, None]}
    assert ldap.nights == "2 nights, 4 to 4, last 4, 1 not read whole"


def test_a_night_of_which_nothing_is_known_is_unread_but_before_the_first_read(night: Session) -> None:
    further(night, second=filled.Seen(), third=filled.Seen(), fourth=filled.Seen())
    night.execute("delete from source_read where source = 'corp-ldap' and run_id in (1, 3)")

    (ldap,) = [row for row in sources.sources(night, ZONE).rows if row.called == "corp-ldap"]

    assert charted(ldap)["read"] == [None, 4, None, 4]
    assert charted(ldap)["not read"] == [None, None, 1, None]
    assert ldap.nights == "3 nights, 4 to 4, last 4, 1 not read whole"


def test_one_night_is_one_point(night: Session, get: Get) -> None:
    page = html.unescape(get("/sources").text)

    assert {row.nights.split(",")[0] for row in sources.sources(night, ZONE).rows} == {"1 night"}
    assert page.count('"labels": ["2026-11-24"]') == page.count("1 night") == 5
    assert "<canvas" not in page
    assert "<svg" not in page


def test_pages_of_sources_hold_each_once(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "PAGE", 2)
    page = sources.sources(night, ZONE)
    whole = [row.called for row in page.rows]
    while page.next_after:
        page = sources.sources(night, ZONE, page.next_after)
        whole += [row.called for row in page.rows]

    assert len(whole) == len(set(whole)) == 5
    with pytest.raises(AskedInVainError):
        sources.sources(night, ZONE, "source/none/")


def test_before_the_first_night_nothing_is_known(store: Session) -> None:
    assert sources.sources(store, ZONE).rows == ()


# --- waivers ----------------------------------------------------------------------------------------------------------


def test_an_exception_says_by_when_it_ends_and_who_approved_it(night: Session) -> None:
    (masked,), (whole,) = (waivers.waivers_page(night, onlooker(named=named)).rows for named in (False, True))

    assert (masked.covers, masked.worker) == ("source aws, an account, a worker", "hr:e1044")
    assert (masked.state, masked.is_soon) == ("counts", True)
    assert (masked.approver, masked.reason) == ("", "")
    assert (whole.approver, whole.reason) == ("cto@corp.example", "asked Kim Lee")
    assert filled.DOE_ARN in whole.covers


def test_what_is_over_is_said_so(night: Session) -> None:
    (row,) = waivers.waivers_page(night, onlooker(later=timedelta(days=4))).rows

    assert (row.state, row.is_soon) == ("over", False)


def test_an_exception_that_waits_for_a_decision_does_not_count_and_comes_behind_those_that_do(night: Session) -> None:
    night.execute("update exception set needs_decision = true")
    night.execute(
        "insert into exception (kind, account, source, reason, approver, expires_at, valid_from)"
        " select 'exception', 'x', 'aws', 'r', 'a', expires_at + interval '1 day', valid_from from exception"
    )

    counting, waiting = waivers.waivers_page(night, onlooker()).rows

    assert (counting.state, counting.is_soon) == ("counts", True)
    assert (waiting.state, waiting.is_soon) == ("waits for a decision", False)
    night.execute("insert into exception_decision (exception_id, author, reason) values (1, 'lee', 'r')")
    assert [row.state for row in waivers.waivers_page(night, onlooker()).rows] == ["counts", "counts"]


def test_pages_of_waivers_hold_each_once(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waivers, "PAGE", 1)
    night.execute(
        "insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason, approver,"
        " expires_at, valid_from, valid_to)"
        " select kind, null, null, null, 'aws', null, null, null, null, 'r', 'a', expires_at, valid_from, expires_at"
        " from exception"
    )

    first = waivers.waivers_page(night, onlooker())
    second = waivers.waivers_page(night, onlooker(), first.next_after)

    assert [row.state for row in (*first.rows, *second.rows)] == ["counts", "taken back"]
    assert second.next_after == 0


# --- the record -------------------------------------------------------------------------------------------------------


def test_the_end_of_the_record_is_held_against_what_the_report_printed(night: Session) -> None:
    head = events.head(night)
    assert head is not None
    (printed,) = night.execute("select head_hash from run").fetchall()[0]

    page = record.record(night, onlooker())

    assert page.whole
    assert page.says[0] == f"{head.seq} events, the last one's hash {head.hash}."
    assert f"printed the hash {printed} of event" in page.says[2]
    assert page.rows[0].seq == head.seq
    assert page.next_before == page.rows[-1].seq
    earlier = record.record(night, onlooker(), page.next_before)
    assert earlier.rows[0].seq == page.next_before - 1


@pytest.mark.parametrize(
    "meddling",
    [
        "update finding_event set text = 'otherwise' where seq = (select max(seq) from finding_event)",
        "delete from finding_event where seq = (select head_seq from run)",
        "update run set head_hash = repeat('0', 64)",
    ],
)
def test_a_record_that_was_edited_is_broken(night: Session, get: Get, meddling: str) -> None:
    night.execute(meddling.encode())

    assert not record.record(night, onlooker()).whole
    assert "BROKEN" in get("/record").text


def test_what_a_row_said_is_told_field_by_field(night: Session) -> None:
    written = next(row for row in record.record(night, onlooker(named=True)).rows if row.what.startswith("attestation"))

    assert "author: sec.lead, " in f"{written.text}, "
    assert [word for word in ("{", "words") if word in written.text] == []


def test_no_more_of_it_is_read_than_its_end(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The rest is `audit verify`'s."""
    monkeypatch.setattr(record, "CHECKED", 5)
    night.execute("update run set head_seq = 1, head_hash = (select hash from finding_event where seq = 1)")
    night.execute("update finding_event set text = 'otherwise' where seq = 3")

    page = record.record(night, onlooker())

    head = events.head(night)
    assert head is not None
    assert page.whole
    assert f"Events {head.seq - 5} to {head.seq} are" in page.says[1]


def test_who_looked_is_seen_by_whoever_may_decide(night: Session, get: Get) -> None:
    get("/leaver/hr:E1042")
    looks.note(night, viewer="another", kind=looks.LookKind.KEY, subject="reg:login-signing", named=True)
    masked, whole = (record.record(night, onlooker(named=named)) for named in (False, True))

    assert masked.looks == ()
    assert [(look.viewer, look.worker, look.material) for look in whole.looks] == [
        ("another", "", "reg:login-signing"),
        (VIEWER, "hr:E1042", ""),
    ]


@pytest.mark.parametrize("path", ["/record", "/waivers", "/sources"])
def test_words_and_people_are_for_whoever_may_decide(night: Session, get: Get, path: str) -> None:
    masked, whole = (html.unescape(get(path, named=named).text) for named in (False, True))
    hidden = [*filled.NAMES, "@corp.example", "sec.lead", filled.DOE_ARN]

    assert [word for word in hidden if word in masked] == []
    assert any(word in whole for word in hidden) or path == "/sources"
