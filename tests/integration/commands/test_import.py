"""Decisions of any kind from one file: a line each, all of them or none."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offboarding.decisions import kinds
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.integration.commands.test_submitting import whole_configuration
from tests.support import filled
from tests.support.variants import some_of

AUTHOR = ("--author", "minjun.kim")
WHY = "asked their team"
SOON = (datetime.now(UTC) + timedelta(days=20)).date().isoformat()
HEADING = "decision,finding,who,last,source,part,account,worker,until,departure,number,reason"


@pytest.fixture(autouse=True)
def whole_file(configured: Path) -> None:
    whole_configuration(configured)


def saved(folder: Path, *lines: str, heading: str = HEADING) -> str:
    path = folder / "decisions.csv"
    path.write_text("\n".join([heading, *lines, ""]), encoding="utf-8")
    return str(path)


def event(typed: Type) -> str:
    return typed("findings", "--rule", "used-after-departure", "--format", "jsonl").lines[0]["key"][:8]


def said(typed: Type) -> list[int]:
    """How many decisions of each kind stand."""
    lists = ("link", "notice", "acknowledge")
    return [len(typed(group, "list", "--all", "--format", "jsonl").lines) for group in lists]


def test_a_file_of_several_decisions_is_taken(deciding: Type, tmp_path: Path) -> None:
    key = event(deciding)
    file = saved(
        tmp_path,
        f'verdict,f-{key},,,,,,,,,,"their backup job, moved to a role"',
        "Notice add,,vendor:E1042,2026-11-25T15:00 Asia/Seoul,,,,,,,,told by legal",
        f"acknowledge,,,,aws,{filled.CLOSED_CLOUD},,,{SOON},,,",
        f"link reject,,,,corp-ldap,,{filled.STRAY},hr:E1043,,,,",
    )

    checked = deciding("import", file, "--check", "--reason", WHY, *AUTHOR)
    assert (checked.code, said(deciding)) == (0, [0, 0, 0])
    assert "nothing is written down" in checked.out
    # Another decision may come first: what stands there is no number that this one would bear.
    assert "line 5: uid=" in checked.out
    assert not re.search(r"(Decision|Acknowledgement|Notice) (n-)?[0-9a-f]+", checked.out)
    done = deciding("import", file, "--reason", WHY, *AUTHOR)

    assert (done.code, said(deciding)) == (0, [1, 1, 1])
    assert f"line 2: f-{key} is resolved by minjun.kim's verdict." in done.out
    assert done.out.endswith("4 decisions written down.\n")
    assert "verdict by minjun.kim: their backup job, moved to a role" in deciding("explain", key).out
    (notice,) = deciding("notice", "list", "--format", "jsonl").lines
    assert (notice["reason"], notice["author"]) == ("told by legal", "minjun.kim")
    (known,) = deciding("acknowledge", "list", "--format", "jsonl").lines
    assert (known["reason"], known["part"]) == (WHY, filled.CLOSED_CLOUD)


def test_one_mistake_keeps_all_of_it_back(deciding: Type, tmp_path: Path) -> None:
    good = f"link reject,,,,corp-ldap,,{filled.STRAY},hr:E1043,,,,{WHY}"
    done = deciding("import", saved(tmp_path, good, "verdict,4711x,,,,,,,,,,", "link revoke,,,,,,,,,,four,"), *AUTHOR)

    assert (done.code, said(deciding)) == (1, [0, 0, 0])
    finding, reason, number, rest = done.err.splitlines()
    assert finding.startswith("decisions.csv: line 3, finding (B): ")
    assert finding.endswith("A finding's key, such as f-7c31a0b2, or any beginning of 4 digits and more.")
    assert reason.startswith("decisions.csv: line 3, reason (L): is missing. Why")
    assert number.startswith("decisions.csv: line 4, number (K): ")
    assert rest == "Nothing of decisions.csv is decided: mend these 3 lines first."


@some_of(
    4,
    ("line", "mistake"),
    [
        ("verdikt,,,,,,,,,,,why", "line 2, decision (A): 'verdikt' is none: "),
        (",,,,,,,,,,,why", "line 2, decision (A): is empty: "),
        ("release,,,,,,,,,,,why", "line 2, decision (A): 'release' is none: "),
        ("link revoke,,,,,,,,,,4,why", "line 2, reason (L): is nothing that it asks for: leave it empty."),
        ("link revoke,,,,,,,,,,4,", "line 2, number (K): there is no decision 4"),
        ("link reject,,,,corp-ldap,,nobody,hr:E1043,,,,why", "line 2, account (G): corp-ldap has no account nobody"),
        ("link reject,,,,corp-lpad,,a,hr:E1043,,,,why", "line 2, source (E): "),
        (f"link reject,,,,corp-ldap,,{filled.STRAY},hr:E10433,,,,why", "line 2, worker (H): there is no worker hr:E1"),
        ("notice add,,E10433,2026-11-25T15:00 Asia/Seoul,,,,,,,,why", "line 2, who (C): That is nobody's worker id"),
        ("verdict,f-00000000,,,,,,,,,,why", "line 2, finding (B): "),
        ("departure deny,,,,,,,,,d-99999,,why", "line 2, departure (J): There is no departure d-99999"),
        ("departure deny,,,,,,,,,2.2E+11,,why", "line 2, departure (J): 2.2E+11 was an id before a spreadsheet"),
        ("verdict,f-7c31,,,,,,,,,,payroll, moved", "line 2, decision (A): 'moved' stands behind the last column."),
        ("attest,,,,,,,,20.12.2026,,,why", "line 2, until (I): "),
    ],
)
def test_a_line_is_refused_by_its_number_column_and_fix(
    deciding: Type, tmp_path: Path, line: str, mistake: str
) -> None:
    done = deciding("import", saved(tmp_path, line), *AUTHOR)

    assert (done.code, mistake in done.err) == (1, True), done.err


@pytest.mark.parametrize(
    ("heading", "mistake"),
    [
        ("decision,finding,raeson", "line 1 names a column raeson, and no decision asks for it. Did you mean reason?"),
        ("decision,reason,finding,reason", "line 1 names the column reason twice"),
        ("finding,reason", "line 1 names no column decision"),
    ],
)
def test_no_column_is_passed_over(deciding: Type, tmp_path: Path, heading: str, mistake: str) -> None:
    done = deciding("import", saved(tmp_path, heading=heading), *AUTHOR)

    assert (done.code, mistake in done.err) == (1, True), done.err


def test_two_lines_about_the_same_are_a_mistake(deciding: Type, store: Session, tmp_path: Path) -> None:
    store.execute("update departure set basis = 'planned', confirmed = false where valid_to is null")
    (row, *_) = store.execute("select departure_id from departure where valid_to is null order by left_at").fetchall()
    lines = [f"departure {verb},,,,,,,,,d-{row[0]},,{WHY}" for verb in ("confirm", "deny")]

    done = deciding("import", saved(tmp_path, *lines), *AUTHOR)

    assert (done.code, "line 3, decision (A): line 2 decides about the same." in done.err) == (1, True), done.err
    assert deciding("import", saved(tmp_path, lines[1]), *AUTHOR).code == 0
    assert "denied by minjun.kim" in deciding("departure", "list").out.replace("\n", " ")


def test_help_shows_the_columns_of_every_decision_that_may_come_in_a_file(deciding: Type) -> None:
    shown = " ".join(deciding("import", "--help").out.replace("-\n", "-").split())

    for name, kind in kinds.in_files().items():
        assert f"{name} ({', '.join(kind.fields.model_fields)})" in shown
    assert kinds.submitted().keys() - kinds.in_files().keys() == {"release", "reject", "exception approve"}
