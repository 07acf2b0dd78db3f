"""The night's screen: red for what needs somebody, in the reader's order, and without names."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

import pytest

from offboarding.model import (
    Basis,
    FindingState,
    HoldStatus,
    LineKind,
    ReadStatus,
    Resolution,
    RunKind,
    Severity,
    TicketKind,
)
from offboarding.report import night, wording
from offboarding.report.red import acknowledging
from offboarding.runs.troubles import troubles
from offboarding.store.guard import Hold
from offboarding.store.reading.night_states import TicketTotals, Unverified, Waiting
from offboarding.store.reading.nights import ClosedThen, Leavers, Night, NightFinding
from offboarding.store.reading.reads import GapView, PartView, RosterView
from offboarding.store.refusals import RefusedTicket
from offboarding.store.revocations import BrokenOff
from offboarding.store.rows import CorrelationCounts, Run
from tests.support.red import why_red
from tests.support.usual_read import AS_OF

LEFT_AT = datetime(2026, 11, 13, 15, tzinfo=UTC)
ZONE = "Asia/Seoul"

RUN = Run(
    run_id=418,
    kind=RunKind.NIGHTLY,
    as_of=AS_OF,
    reads_since=AS_OF,
    started_at=AS_OF,
    correlated_at=AS_OF,
    finished_at=None,
    status=None,
)
HR = RosterView(
    run_id=418,
    name="hr",
    status=ReadStatus.COMPLETE,
    proved=True,
    origin="hr.csv",
    records=412,
    workers=412,
    inferred=0,
    waiting=0,
    only_short=False,
    problems=(),
    error="",
    missed=0,
)
AWS = PartView(
    run_id=418,
    name="aws",
    part="222222222222",
    realm="222222222222",
    status=ReadStatus.COMPLETE,
    accounts=96,
    credentials=0,
    detail_accounts=0,
    detail_credentials=4,
    requests={},
    gaps=(),
    errors=(),
    missed=0,
)
DENIED = "aws: AssumeRole denied. Grant sts:AssumeRole on OffboardingAudit"


def finding(key: str = "7c31a0b2", **changes: Any) -> NightFinding:
    usual = NightFinding(
        finding_key=key.ljust(32, "0"),
        rule="leaver-access-key",
        severity=Severity.HIGH,
        state=FindingState.OPEN,
        person_uid="person-1",
        id_space="hr",
        worker_id="10442",
        source="aws",
        realm="222222222222",
        subject_kind="access_key",
        subject_native_id="AKIAEXAMPLE007Q3A",
        privileged=False,
        standing_reason="ListAccessKeys says Active",
        ticket_kind=TicketKind.REVOKE,
        comes_first=False,
        left_at=LEFT_AT,
        last_used_at=None,
        due_at=AS_OF + timedelta(hours=24),
        first_seen_at=AS_OF,
        tracker="secops",
        ref="231",
        url="http://tracker/issue231",
        opened=True,
        reopened=False,
        begun=True,
    )
    return replace(usual, **changes)


def event(key: str = "90ab0000", **changes: Any) -> NightFinding:
    used: dict[str, Any] = {"rule": "used-after-departure", "severity": "critical", "ticket_kind": "event"}
    used["last_used_at"] = LEFT_AT + timedelta(days=9, hours=2)
    return finding(key, **(used | changes))


NOBODYS = finding("c0ffee00", person_uid=None, worker_id="", subject_kind="source", left_at=None, ref=None)
HOLD = Hold(
    hold_id=3,
    kind=LineKind.ROSTER,
    name="hr",
    key="hr",
    opened_run=418,
    last_run=418,
    opened_at=AS_OF,
    numbers=[{"measure": "actual", "value": 60, "base": 412, "bound": 20}],
    findings=60,
    closings=0,
    status=HoldStatus.WAITING,
    decided_at=None,
    decided_by="",
    decided_for="",
    is_new=True,
)


REFUSED = RefusedTicket(
    ticket_key="offb-3fa9c1d2e4b7",
    kind=TicketKind.REVOKE,
    tracker="secops",
    ref="67",
    words="403, no right. Give it",
    refused_at=AS_OF,
    finding_key="7c31a0b2" * 8,
)


def told(**changes: Any) -> Night:
    usual = Night(
        run=RUN,
        rosters=(HR,),
        parts=(AWS,),
        linked=CorrelationCounts(
            working=412, linked=358, disputed=5, probable=7, candidate=0, orphan=42, orphan_used=12
        ),
        weightless=(),
        loads=(),
        leavers=(Leavers(basis=Basis.ACTUAL, confirmed=True, persons=19),),
        findings=(),
        resolutions=(),
        held=Waiting(baseline=0, over_maximum=0),
        tickets=TicketTotals(undelivered=0, open=0),
        unverified=tuple(
            Unverified(finding_key=each.finding_key, source=each.source, realm=each.realm)
            for each in changes.get("findings", ())
            if each.state == FindingState.UNVERIFIED
        ),
    )
    return replace(usual, **changes)


@pytest.mark.parametrize(
    ("seen", "reasons"),
    [
        pytest.param(told(), (), id="a good night"),
        pytest.param(told(findings=(event(),)), (), id="an incident has a ticket, and is no gap"),
        pytest.param(told(held=Waiting(baseline=12, over_maximum=0)), (), id="a baseline waits"),
        pytest.param(
            told(held=Waiting(baseline=0, over_maximum=60, holds=(replace(HOLD, opened_run=417, is_new=False),))),
            (),
            id="a batch goes on waiting",
        ),
        pytest.param(
            told(held=Waiting(baseline=0, over_maximum=60, holds=(HOLD,))),
            ("the guard holds roster hr: 60 new leavers by HR's word of 412, 20 at most go through in a day",),
            id="the night that the guard trips",
        ),
        pytest.param(
            told(parts=(replace(AWS, gaps=(GapView(text="federated access not inventoried", red=False),)),)),
            (),
            id="a limit of what is inventoried",
        ),
        pytest.param(told(rosters=(replace(HR, waiting=3),)), (), id="vanished people wait for confirmation"),
        pytest.param(
            told(rosters=(replace(HR, status=ReadStatus.PARTIAL),)),
            ("roster hr was read in part",),
            id="a partial roster",
        ),
        pytest.param(
            told(rosters=(replace(HR, status=ReadStatus.FAILED),)),
            ("roster hr couldn't be read",),
            id="a failed roster",
        ),
        pytest.param(
            told(parts=(replace(AWS, status=ReadStatus.STALE, missed=1),)),
            ("aws 222222222222 couldn't be read, since 2 nights",),
            id="a source that hasn't been read for two nights",
        ),
        pytest.param(
            told(parts=(replace(AWS, status=ReadStatus.PARTIAL),)),
            ("aws 222222222222 was read in part",),
            id="a source with a red gap",
        ),
        pytest.param(
            told(findings=(finding(state="unverified"),)),
            ("of 1 finding it can't be told whether they work",),
            id="something can't be told",
        ),
        pytest.param(
            told(run=replace(RUN, correlated_at=None)),
            ("nothing was concluded: correlation didn't come to its end",),
            id="nothing was correlated",
        ),
        pytest.param(
            told(tickets=TicketTotals(undelivered=2, open=1, untold={"secops": 2}, trackers=("secops",))),
            ("the tracker hasn't been told of 2 changes",),
            id="the tracker couldn't be told",
        ),
        pytest.param(
            told(tickets=TicketTotals(undelivered=2, open=1, untold={"jira": 2}, trackers=("jira", "secops"))),
            ("tracker jira hasn't been told of 2 changes",),
            id="one of several trackers couldn't be told",
        ),
        pytest.param(
            told(tickets=TicketTotals(undelivered=2, open=1, refused=(REFUSED, REFUSED))),
            ("secops refuses ticket offb-3fa9c1d2e4b7 (and 1 other): 403, no right. Give it",),
            id="tickets were refused",
        ),
        pytest.param(
            told(tickets=TicketTotals(undelivered=0, open=1, told_nowhere=["7c31a0b2"])),
            (
                (
                    "1 finding on no ticket that anybody reads (f-7c31a0b2), by a defect of ours. See to each by hand"
                    " until that is mended: python -m offboarding explain KEY"
                ),
            ),
            id="no ticket tells of something",
        ),
        pytest.param(
            told(tickets=TicketTotals(undelivered=0, open=1, unheard=1)),
            ("1 alert couldn't be sent to somebody who is told at once (task alert)",),
            id="somebody couldn't be told at once",
        ),
    ],
)
def test_is_red_for_what_needs_somebody_and_green_for_what_waits(seen: Night, reasons: tuple[str, ...]) -> None:
    assert why_red(seen) == reasons
    first, *_ = night.render(seen, ZONE).splitlines()
    if reasons and first.endswith("RED, for 1 reason"):
        assert line(seen, "RED") == reasons[0]
    else:
        assert first.endswith(f"RED: {reasons[0]}" if reasons else "GREEN")


def test_of_many_reasons_the_first_are_told_and_the_others_counted() -> None:
    edited = tuple(f"f-{number:08x} stood otherwise than the record says" for number in range(13))
    texts = tuple(f"policy.texts: body.txt.j2:{number}" for number in range(11))
    key = "7c31a0b2" + "0" * 24
    broken = tuple(BrokenOff(finding_key=key, is_undo=False) for _ in range(12))

    red = why_red(told(record_troubles=edited, texts_refused=texts, broken_off=broken))

    assert [each for each in red if each.startswith("and ")] == [
        "and 2 more were broken off as well: python -m offboarding revoke list",
        "and 3 more stood otherwise than the record says, and were put right",
        "and 1 more of policy.texts failed as well",
    ]
    lines = night.render(told(record_troubles=edited), ZONE).splitlines()
    assert lines[0].endswith("RED, for 11 reasons")
    assert "            and 1 more" in lines


def test_several_reasons_are_listed_below_the_title() -> None:
    seen = told(rosters=(replace(HR, status=ReadStatus.FAILED),), parts=(replace(AWS, status=ReadStatus.FAILED),))

    lines = night.render(seen, ZONE).splitlines()

    assert lines[0].endswith("RED, for 2 reasons")
    assert [line[12:] for line in lines[1:3]] == ["roster hr couldn't be read", "aws 222222222222 couldn't be read"]


@pytest.mark.parametrize(
    ("changes", "commands"),
    [
        pytest.param({"status": "partial"}, ("--source aws --part 222222222222",), id="read in part"),
        pytest.param({"status": "partial", "part": ""}, ("--source aws",), id="a source without parts"),
        pytest.param({"status": "failed"}, (), id="not read at all"),
    ],
)
def test_what_is_a_gap_alone_may_be_acknowledged(changes: dict[str, Any], commands: tuple[str, ...]) -> None:
    gap = replace(AWS, **changes)

    assert acknowledging(troubles(told(parts=(gap,)))) == tuple(
        f'python -m offboarding acknowledge add {command} --until DAY --reason "..."' for command in commands
    )
    beside = told(parts=(gap,), findings=(finding(state="unverified"),))
    assert acknowledging(troubles(beside)) == (), "something else is red, too"


def labels(text: str) -> list[str]:
    return [line[:11].strip() for line in text.splitlines() if line[:11].strip() and not line.startswith("::")]


def test_comes_in_the_readers_order() -> None:
    seen = told(
        findings=(event(), finding()),
        parts=(replace(AWS, gaps=(GapView(text="federated access", red=False),)),),
    )

    screen = night.render(seen, ZONE).split("::group::")[0]

    assert labels(screen) == [
        "Night of 20",
        *("CRITICAL", "New", "Open", "Resolved", "Waiting", "NOT CHECKED", "Read", "Linked", "Leavers"),
        *("Worst", "More", "Tickets"),
    ]
    assert screen.startswith("Night of 2026-11-24 (as of 2026-11-25 01:30 KST), run 418   GREEN\n")


@pytest.mark.parametrize(
    ("kind", "called"),
    [
        (RunKind.NIGHTLY, "Night of 2026-11-24 (as of"),
        (RunKind.RELEASE, "Release (as of"),
        (RunKind.DEPARTURE, "Check of some people (as of"),
        (RunKind.VERIFY, "Check of what is open (as of"),
    ],
)
def test_what_looked_at_some_alone_is_called_no_night(kind: RunKind, called: str) -> None:
    seen = told()

    assert night.render(replace(seen, run=replace(seen.run, kind=kind)), ZONE).startswith(called)


def line(seen: Night, label: str) -> str:
    """What stands beside a label, with what of it stands below."""
    lines = night.render(seen, ZONE).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(label))
    below = takewhile(lambda line: line.startswith(" " * 14), lines[start + 1 :])
    return " ".join([lines[start][12:], *(line.strip() for line in below)])


def test_an_incident_says_whose_where_what_when_and_its_ticket() -> None:
    lines = night.render(told(findings=(event(),)), ZONE).splitlines()

    assert lines[1] == "CRITICAL    1 used after departure"
    assert lines[2] == "            f-90ab0000  ticket #231  worker hr:10442, used 9 days after"
    assert lines[3] == "              aws 222222222222, access key AKIAEXAMPLE007Q3A"


def test_an_inferred_incident_is_called_as_grave_as_it_is() -> None:
    assert night.render(told(findings=(event(severity="high"),)), ZONE).splitlines()[1].startswith("HIGH")


def test_counts_what_is_new_stands_and_closed() -> None:
    seen = told(
        findings=(
            event(ref="9"),
            finding("18d00000", opened=False, left_at=LEFT_AT - timedelta(days=10), due_at=AS_OF - timedelta(hours=1)),
            finding("28d00000", person_uid="person-2", reopened=True, ref="10"),
            finding("38d00000", state="held", opened=False),
        ),
        resolutions=(
            ClosedThen(finding_key="a", resolution=Resolution.SEEN_DEAD),
            ClosedThen(finding_key="b", resolution=Resolution.SEEN_DEAD),
            ClosedThen(finding_key="c", resolution=Resolution.VERDICT),
        ),
        held=Waiting(baseline=1, over_maximum=0),
    )

    assert line(seen, "New") == (
        "2 findings on 2 people, tickets #9 #10, 1 of them closed before and working again; 1 new one waits"
    )
    assert line(seen, "Open") == "3 findings on 2 people, 1 past due, the longest gone 21 days (f-18d00000)"
    assert line(seen, "Resolved") == "3 findings: 2 seen dead, 1 by a person's verdict"
    assert line(seen, "Waiting") == "1 finding of a first read (policy.baseline: hold)"


def test_what_stands_above_is_missing_among_the_worst_and_that_is_said() -> None:
    both = night.render(told(findings=(event(), finding())), ZONE).splitlines()
    start = both.index("Worst       besides the 1 used after departure, above:")
    assert both[start + 1].startswith("            f-7c31a0b2")
    assert line(told(findings=(finding(),)), "Worst").startswith("f-7c31a0b2")


@pytest.mark.parametrize(
    ("findings", "opened", "new"),
    [
        ([finding(), NOBODYS], (), "2 findings: 1 on 1 person, 1 nobody's, ticket #231"),
        ([NOBODYS], (), "1 finding, nobody's"),
        ([], ("8", "10", "9"), "0 findings; tickets #8 #9 #10 for earlier ones"),
        ([finding(ref="9")], ("9", "8"), "1 finding on 1 person, ticket #9; ticket #8 for earlier ones"),
        (
            [finding(ref="9", named_tracker="jira")],
            ("jira 9", "secops 9", "jira 8"),
            "1 finding on 1 person, ticket jira #9; tickets jira #8 secops #9 for earlier ones",
        ),
        ([finding(state="held", opened=False)], (), "0 findings; 1 new one waits"),
        ([finding(opened=False, begun=False)], (), "0 findings"),
    ],
)
def test_no_ticket_of_the_night_goes_uncounted(findings: list[NightFinding], opened: tuple[str, ...], new: str) -> None:
    pairs = tuple(each.rpartition(" ")[::2] for each in opened)
    seen = told(findings=tuple(findings), tickets=TicketTotals(undelivered=0, open=1, opened=pairs))

    assert line(seen, "New") == new


@pytest.mark.parametrize("resolution", Resolution, ids=str)
def test_a_night_says_why_whatever_closed_did(resolution: Resolution) -> None:
    seen = told(resolutions=(ClosedThen(finding_key="a", resolution=resolution),))

    assert line(seen, "Resolved") == f"1 finding: 1 {resolution.brief}"


def test_says_how_to_let_through_what_waits() -> None:
    seen = told(
        held=Waiting(baseline=0, over_maximum=60, holds=(replace(HOLD, closings=2),)),
        rosters=(replace(HR, waiting=3),),
        findings=(finding(),),
    )

    text = night.render(seen, ZONE)

    assert line(seen, "Waiting") == (
        "hold 3, roster hr: 60 new leavers by HR's word of 412, 20 at most go through in a day:"
        " 60 findings and 2 findings that would close"
    )
    assert f'{night.COMMAND} reject HOLD --reason "..."' in text

    assert f'{night.COMMAND} release 418 --reason "..."' in text
    assert f'{night.COMMAND} accept-read 418 hr --reason "..."' in text


def test_what_could_not_be_checked_comes_red_first_and_once() -> None:
    limit = GapView(text="federated access not inventoried", red=False)
    seen = told(
        rosters=(replace(HR, status=ReadStatus.PARTIAL, problems=("hr.csv row 214: a day. Mend the row.",)),),
        parts=(
            replace(AWS, gaps=(limit,)),
            replace(AWS, part="333333333333", realm="333333333333", gaps=(limit,)),
            replace(AWS, part="444444444444", status=ReadStatus.STALE, errors=(DENIED,), missed=2),
        ),
        findings=(finding(state="unverified"),),
    )

    lines = night.render(seen, ZONE).splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("NOT CHECKED"))

    assert [line[12:] for line in lines[start : start + 4]] == [
        "hr.csv row 214: a day. Mend the row.",
        DENIED,
        f"aws: 1 finding may work or not: {night.COMMAND} findings --state unverified",
        "federated access not inventoried (aws 222222222222, aws 333333333333)",
    ]


def test_what_nobody_knows_to_work_is_marked_as_such_and_counted_beside_what_is_open() -> None:
    seen = told(findings=(finding(), replace(finding(state="unverified"), finding_key="ffff0000")))

    assert line(seen, "Open").startswith("1 finding on 1 person")
    assert line(seen, "Open").endswith("; 1 more unverified")
    named = [each for each in night.render(seen, ZONE).splitlines() if "f-ffff0000  ticket" in each]
    assert named
    assert all(", unverified, " in each for each in named)


def test_says_what_was_read_and_how_much_could_be_linked() -> None:
    closed = replace(AWS, part="333333333333", status=ReadStatus.FAILED, accounts=0)

    seen = told(parts=(AWS, closed))

    assert line(seen, "Read") == "hr 412 workers (complete, proved) · aws 96 accounts (1 of 2 parts complete)"
    assert line(seen, "Linked") == "358 of 412 working accounts · 5 disputed · 7 probable · 0 candidate"
    assert "            42 orphan (12 of them used in 30 days)\n" in night.render(seen, ZONE)


def test_what_is_attested_is_counted_by_itself_and_never_among_what_was_read() -> None:
    lists = [
        replace(AWS, name=name, part=name, accounts=accounts, attested_at=AS_OF - timedelta(days=days))
        for name, accounts, days in (("portal", 200, 61), ("panel", 13, 2), ("wiki", 1, 9))
    ]

    seen = told(parts=(AWS, *lists))

    assert line(seen, "ATTESTED") == "3 systems, 214 accounts, not checked; oldest list 61 days (portal)"
    assert line(seen, "Read") == "hr 412 workers (complete, proved) · aws 96 accounts (complete)"
    assert "ATTESTED" not in night.render(told(), ZONE)


def test_leavers_are_told_by_whose_word() -> None:
    seen = told(
        leavers=(
            Leavers(basis=Basis.ACTUAL, confirmed=True, persons=19),
            Leavers(basis=Basis.NOTICE, confirmed=True, persons=2),
            Leavers(basis=Basis.INFERRED, confirmed=False, persons=1),
        )
    )

    assert line(seen, "Leavers").startswith("21 people · 19 by HR's word · 2 by notice, before HR")
    assert "1 vanished from a feed that lists everyone, to be confirmed" in night.render(seen, ZONE)


@pytest.mark.parametrize(("findings", "folded", "again"), [(1, True, False), (30, True, True), (30, False, False)])
def test_a_log_longer_than_the_page_shows_ends_as_it_begins(findings: int, folded: bool, again: bool) -> None:
    """The page opens it at its end."""
    many = tuple(event(f"{number:08d}") for number in range(findings))

    first, *_, last = night.render(told(findings=many), ZONE, folded=folded).splitlines()

    assert first.endswith("GREEN")
    assert (last == first) is again


def test_long_lists_are_folded_in_a_log_and_whole_on_a_terminal() -> None:
    many = tuple(finding(f"{number:08x}") for number in range(30))

    log = night.render(told(findings=many), ZONE)
    terminal = night.render(told(findings=many), ZONE, folded=False)

    screen, _, folded = log.partition("::group::Every new finding\n")
    assert screen.count("AKIAEXAMPLE007Q3A") == night.MOST_LINES
    assert folded.count("AKIAEXAMPLE007Q3A") == 30
    assert log.splitlines()[-2] == "::endgroup::"
    assert "::" not in terminal
    assert terminal.count("AKIAEXAMPLE007Q3A") == night.MOST_LINES + 30


def test_reasons_of_people_stay_out_of_the_log() -> None:
    seen = told(
        findings=(finding(standing_reason="kim@corp.example"),),
        resolutions=(
            ClosedThen(finding_key="a", resolution=Resolution.VERDICT),
            ClosedThen(finding_key="b", resolution=Resolution.REJECTED),
            ClosedThen(finding_key="c", resolution=None),
        ),
    )

    text = night.render(seen, ZONE)

    assert "Jordan" not in text
    assert "minjun" not in text
    assert "kim@" not in text
    assert "1 otherwise" in text


def test_a_release_is_called_so() -> None:
    seen = told(run=replace(RUN, kind=RunKind.RELEASE), rosters=(), parts=())

    assert night.render(seen, ZONE).startswith("Release (as of 2026-11-25 01:30 KST), run 418   GREEN\n")
    assert line(seen, "Read").startswith("nothing")


LONG = "a-name-that-somebody-chose-and-that-never-ends-" * 4
WIDE: tuple[Any, ...] = (
    told(findings=(event(), finding("18d00000", ref="SECURITY-OPERATIONS-123456", privileged=True))),
    told(
        findings=tuple(
            finding(
                f"{number:08x}",
                source=LONG,
                id_space=LONG,
                worker_id=LONG,
                ref=f"{LONG}{number}",
                url=f"https://tracker.corp.example/{LONG}",
                comes_first=True,
                severity="critical",
                subject_kind="signing_key",
                state="unverified" if number % 2 else "open",
            )
            for number in range(3)
        ),
        rosters=(replace(HR, name=LONG, status=ReadStatus.PARTIAL, problems=(f"{LONG}: mend it.",), waiting=3),),
        parts=(replace(AWS, name=LONG, part=LONG, status=ReadStatus.FAILED, errors=(f"{LONG} denied\x1b[2J",)),),
        held=Waiting(baseline=12, over_maximum=60, holds=(replace(HOLD, name=LONG),)),
        tickets=TicketTotals(
            undelivered=2,
            open=3,
            opened=tuple(("", str(ref)) for ref in range(100000, 100030)),
            refused=tuple(replace(REFUSED, words=LONG, tracker=LONG, ref=LONG) for _ in range(12)),
        ),
    ),
    told(findings=tuple(finding(f"{number:08x}", ref=str(100000 + number)) for number in range(30))),
)


@pytest.mark.parametrize("seen", WIDE)
@pytest.mark.parametrize("folded", [True, False])
def test_every_line_fits_a_page_and_nothing_of_it_is_left_out(
    seen: Night, folded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    fits = night.render(seen, ZONE, folded=folded)
    monkeypatch.setattr(wording, "WIDTH", 100_000)
    whole = night.render(seen, ZONE, folded=folded)

    assert [line for line in fits.splitlines() if len(line) > 95 and "://" not in line] == []
    assert "".join(fits.split()) == "".join(whole.split())


def test_a_findings_key_and_ticket_stand_before_whatever_is_long() -> None:
    lines = night.render(WIDE[1], ZONE).splitlines()

    named = [line for line in lines if re.search(r"(^|\s)f-0000000\d  ", line)]
    assert len(named) == 2 + 3 + 3
    assert all(re.search(r"f-0000000\d  ticket a-name-that", line) for line in named)
