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


def test_a_line_leaves_out_what_was_not_read(night: Session) -> None:
    assert {row.line.says.split(",")[0] for row in sources.sources(night, ZONE).rows} == {"1 night"}
    nights = {"read": filled.Seen(closed_cloud=True), "not read again": filled.Seen()}
    for number, (name, seen) in enumerate(nights.items(), start=1):
        run = filled.spend_night(night, seen, caller=name, later=timedelta(days=number))
        pipeline.report(night, filled.settings(), run)

    lines = {row.called: row.line for row in sources.sources(night, ZONE).rows}

    closed, ldap = lines[f"aws {filled.CLOSED_CLOUD}"], lines["corp-ldap"]
    assert closed.says == "3 nights, 0 to 0, last 0, 2 not read whole"
    assert closed.stretches == ("60.0,22.0 60.0,22.0",)
    assert closed.unread == ("2.0", "118.0")
    assert ldap.stretches == ("2.0,2.0 60.0,2.0 118.0,2.0",)
    assert ldap.unread == ()


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


def test_pages_of_waivers_hold_each_once(night: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waivers, "PAGE", 1)
    night.execute(
        "insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason, approver,"
        " expires_at, valid_from, valid_to)"
        " select kind, '', '', '', 'aws', '', '', '', '', 'r', 'a', expires_at, valid_from, expires_at from exception"
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
