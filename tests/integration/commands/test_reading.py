"""What people read: tables, explanations, a person, a night; and how a mistyped word is answered."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from offboarding import wiring
from offboarding.config import loading
from offboarding.store import embedded
from offboarding.store.connect import Session
from tests.integration.commands.conftest import ZONE_ONLY, Type, reported_night
from tests.support import filled


def key_of(typed: Type, rule: str) -> str:
    return str(typed("findings", "--format", "jsonl", "--rule", rule, "--state", "all").lines[0]["key"])


def test_findings_come_worst_first(reading: Type) -> None:
    done = reading("findings")

    rules = ["used-after-departure", "leaver-access-key", "leaver-account-works", "probable-account", "orphan-account"]
    places = [done.out.index(f" {rule} ") for rule in rules]
    assert done.code == 0
    assert places == sorted(places)
    assert "6 findings, worst first." in done.out


@pytest.mark.parametrize("width", [80, 160])
def test_tables_fit_the_room_there_is(reading: Type, monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    for command in ("findings", "links", "runs"):
        done = reading(command)
        table = done.out.split("\n\n")[0].splitlines()
        assert max(map(len, table)) <= width, command
        # A key, rule or decision is never broken: it's what people copy.
        assert "…" not in done.out, command


def test_findings_can_be_asked_for_one_person_or_rule(reading: Type) -> None:
    mine = reading("findings", "--worker", "hr:E1043", "--format", "jsonl").lines
    digests = reading("findings", "--rule", "orphan-account", "--format", "jsonl").lines

    assert [line["rule"] for line in mine] == ["probable-account"]
    assert len(digests) == 2


def test_where_none_is_so_the_others_are_counted(reading: Type) -> None:
    done = reading("findings", "--state", "held")

    assert done.code == 0
    assert done.out == "No finding is so. Besides: 6 open (--state open).\n"


def test_of_one_person_or_rule_only_theirs_are_counted(reading: Type) -> None:
    one = reading("findings", "--worker", "hr:E1043", "--state", "resolved")
    digests = reading("findings", "--rule", "orphan-account", "--state", "resolved")

    assert one.out == "No finding is so. Besides: 1 open (--state open).\n"
    assert digests.out == "No finding is so. Besides: 2 open (--state open).\n"
    assert reading("findings", "--rule", "leaver-ssh-key").out == "No finding is so.\n"


def test_an_empty_store_says_what_to_do(
    typed: Type, store_parameters: Mapping[str, str | int], store: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.integration.commands.conftest import connected

    del store
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))

    assert typed("findings", "--format", "jsonl").out == ""
    assert "Nothing has been checked yet" in typed("findings").err
    assert "Nothing has been checked yet" in typed("runs").out
    assert "Nothing has been checked yet" in typed("links").out
    assert typed("report").code == 1
    said = typed("findings").err
    assert "Looked in the connection offboarding_store. Run `python -m offboarding nightly`, or the DAG" in said
    for words in (("upcoming",), ("departure", "list")):
        done = typed(*words)
        assert (done.out, "Nothing has been checked yet" in done.err) == ("", True), words
    for words in (("worker", "4713"), ("findings", "--worker", "4713")):
        assert "no roster has been read yet, so nobody is known" in typed(*words).err


def test_an_empty_embedded_store_says_where_it_looked_and_by_which_file(
    typed: Type, configured: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    configured.write_text(f"{ZONE_ONLY}store: embedded\n", encoding="utf-8")
    monkeypatch.setattr(wiring, "embedded_folder", lambda _: tmp_path / "its-own")

    said = typed("runs").out

    assert f"Looked in {tmp_path / 'its-own'}, the store of {configured}. " in said
    assert said.index("nightly`") < said.index("DAG")


@pytest.mark.parametrize("take", [4, 8, 32])
@pytest.mark.parametrize("start", ["", "f-"])
def test_a_key_may_be_any_unique_beginning(reading: Type, take: int, start: str) -> None:
    key = key_of(reading, "leaver-access-key")

    done = reading("explain", start + key[:take])

    assert done.code == 0
    assert done.out.startswith(f"f-{key[:8]}  leaver-access-key: access key AKIA...7Q3A on {filled.DOE_ARN}")


@pytest.mark.parametrize(
    ("key", "told"),
    [
        ("f-1", "is no finding's key"),
        ("%", "is no finding's key"),
        ("f-00000000", "there is no finding f-00000000"),
        ("nonsense", "is no finding's key"),
    ],
)
def test_a_key_that_is_none_is_refused_with_a_sentence(reading: Type, key: str, told: str) -> None:
    done = reading("explain", key)

    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert len(done.err.splitlines()) == 1


def test_a_key_that_begins_several_is_refused(deciding: Type, store: Session) -> None:
    store.execute(
        "insert into finding select (jsonb_populate_record(f, jsonb_build_object("
        " 'finding_key', substr(f.finding_key, 1, 6) || 'zzzz', 'match_key', 'another'))).*"
        " from finding f where rule = 'leaver-access-key'"
    )
    key = key_of(deciding, "leaver-access-key")

    done = deciding("verdict", key[:5], "--reason", "x")

    assert done.code == 1
    assert "begins several findings' keys" in done.err


def test_due_and_first_seen_go_by_one_clock(reading: Type) -> None:
    """The night's moment, though that lies long before the clock on the wall; so do the days of exposure."""
    lines = reading("findings", "--format", "jsonl").lines
    out = reading("explain", key_of(reading, "used-after-departure")).out

    assert {line["first_seen_at"] for line in lines} == {filled.AS_OF.isoformat()}
    assert all(line["due_at"] >= line["first_seen_at"] for line in lines)
    night = f"{filled.AS_OF.astimezone(ZoneInfo('Asia/Seoul')):%Y-%m-%d %H:%M} KST"
    (due,) = [line["due_at"] for line in lines if line["rule"] == "used-after-departure"]
    assert f"due {datetime.fromisoformat(due).astimezone(ZoneInfo('Asia/Seoul')):%Y-%m-%d %H:%M}" in out
    assert f"first seen {night}" in " ".join(out.split())
    assert f"since the departure, as of {night}" in " ".join(out.split())


@pytest.mark.parametrize("columns", [60, 95, 160])
def test_an_explanation_fits_the_room_there_is_but_for_what_is_typed(
    reading: Type, monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    for rule in ("used-after-departure", "leaver-access-key", "leaver-account-works"):
        lines = reading("explain", key_of(reading, rule)).out.splitlines()

        wide = [line[14:].strip() for line in lines if len(line) > columns and " " in line[14:].strip()]
        assert all(line.startswith(("python -m", "aws ", "ldap")) for line in wide), wide


def test_explain_answers_what_a_person_asks_in_order(reading: Type) -> None:
    out = reading("explain", key_of(reading, "used-after-departure")).out

    labels = [line[:13].strip() for line in out.splitlines()[1:] if line[:13].strip()]
    asked = ["State", "Whose", "Gone", "Works?", "Evidence", "Happened", "Closes when", "To do", "Decided"]
    assert labels == asked
    assert "worker hr:E1042, gone since 2026-11-14 00:00 KST: linked, score 1.00" in out
    assert "employeeNumber E1042" in out
    assert "nobody else competes for it" in out
    assert "by HR's word: roster hr" in out
    assert "it works: pwdAccountLockedTime absent under cn=default (last read 2" in out
    assert "last used 2026-11-23 02:10 KST, after the departure" in out
    assert "held -> open, by run 1: through the guard" in out
    assert "A person's verdict, never anything else:" in out
    assert "nobody has decided anything about it" in out


def test_worker_tells_all_that_is_known(reading: Type) -> None:
    out = reading("worker", "E1043").out

    assert out.startswith("Worker hr:E1043  Sam Poe\n")
    assert "hr E1043: left, employee, from 2021-01-04, last working day 2026-11-02, Asia/Seoul" in out
    assert "left at the end of 2026-11-02 (Asia/Seoul), by HR's word" in out
    assert "mail spoe@corp.example" in out
    assert "uid=adm-spoe,ou=people,dc=corp,dc=example" in out
    assert "probable-account" in out


def test_worker_who_works_here_has_no_departure(reading: Type) -> None:
    out = reading("worker", "E1044").out

    assert "none: works here" in out
    assert "FINDINGS  none" in out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("worker", "E1402"), "there is no worker E1402. Did you mean E1042?"),
        (("worker", "E1042"), "worker E1042 may be several people. Say which: hr:E1042, vendor:E1042"),
        (("findings", "--worker", "hrr:E1042"), "there is no worker hrr:E1042"),
        (
            ("findings", "--worker", "hr:E"),
            "there is no worker hr:E. An id is given whole. Some that begin alike: E1042, E1043, E1044.",
        ),
        (("findings", "--rule", "leaver-acces-key"), "no rule. Did you mean leaver-access-key?"),
        (("links", "--source", "awz"), "no source awz has been read yet. Did you mean aws?"),
        (("report", "--run", "99"), "there is no run 99"),
    ],
)
def test_a_word_that_is_unknown_is_refused_with_the_nearest(reading: Type, words: tuple[str, ...], told: str) -> None:
    done = reading(*words)

    assert (done.code, done.out) == (1, "")
    assert told in done.err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("findngs",), "'findngs' is unknown. Did you mean findings?"),
        (("findings", "--state", "opn"), "'opn' is unknown. Did you mean open?"),
        (("links", "--decision", "dispute"), "Did you mean disputed?"),
        (("report", "--run", "last"), "'last' is no number"),
        (("verdict", "f-1234"), "--reason"),
        (("verdict", "f-1234", "--reason", "  "), "it must say something"),
        ((), "COMMAND"),
    ],
)
def test_words_that_make_no_command_are_usage(typed: Type, words: tuple[str, ...], told: str) -> None:
    done = typed(*words)

    assert done.code == 2
    assert told in done.err


@pytest.mark.parametrize(
    "words", [("findings", "--bogus"), ("findings", "--state"), ("findings", "--state", "opn"), ("findings", "--all=x")]
)
def test_a_misused_option_shows_its_own_commands_usage(typed: Type, words: tuple[str, ...]) -> None:
    usage, *_, error = typed(*words).err.splitlines()

    assert " findings [OPTIONS]" in usage
    assert " findings: error: " in error


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("find", {"findings"}),
        ("link ", {"confirm", "reject", "revoke", "import", "list"}),
        ("findings --state o", {"open"}),
        ("links --format ", {"table", "jsonl", "csv"}),
        ("verdict --re", {"--reason"}),
        ("acknowledge add --queue ", {"departures"}),
    ],
)
def test_a_shell_completes_what_may_follow(
    typed: Type, monkeypatch: pytest.MonkeyPatch, words: str, told: set[str]
) -> None:
    monkeypatch.setenv("_OFFBOARDING_COMPLETE", "complete_bash")
    monkeypatch.setenv("COMP_WORDS", f"offboarding {words}")
    monkeypatch.setenv("COMP_CWORD", str(len(words.split(" "))))

    done = typed()

    assert (done.code, set(done.out.split())) == (0, told)


def test_a_report_is_the_same_again_whatever_came_after(deciding: Type, store: Session) -> None:
    first = deciding("report", "--run", "1").out
    deciding("verdict", key_of(deciding, "used-after-departure"), "--reason", "their own job")
    reported_night(store, seen=filled.Seen(key=filled.Standing.DEAD), caller="second", later=filled.timedelta(days=1))

    assert deciding("report", "--run", "1").out == first
    second = deciding("report").out
    assert ", run 2 " in second
    assert "Resolved    2 findings: 1 by a person's verdict, 1 seen dead" in second
    assert "since 2 nights" in second


def test_a_report_names_nobody(reading: Type, capsys: pytest.CaptureFixture[str]) -> None:
    out = reading("report").out

    for told in (*filled.NAMES, "@corp.example", filled.DOE_DN, filled.DOE_ARN):
        assert told not in out


def test_a_store_that_cannot_be_reached_is_its_own_exit_code(typed: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    store = {"conn_type": "postgres", "host": "127.0.0.1", "port": 1, "login": "nobody", "schema": "none"}
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", json.dumps(store))

    done = typed("findings")

    assert (done.code, done.out) == (3, "")
    assert "can't be reached" in done.err


def test_a_configuration_that_is_wrong_is_refused(configured: Path, typed: Type) -> None:
    configured.write_text("company: {}\n", encoding="utf-8")

    done = typed("findings")

    assert (done.code, done.out) == (1, "")
    assert done.err == f"{configured}: company.time_zone is missing.\n"


def test_labels_hold_no_escape_codes_and_no_markup(deciding: Type, store: Session) -> None:
    store.execute("update account set label = %s where native_id = %s", ("uid=\x1b[2J[red]x[/red]", filled.STRAY))

    out = deciding("links", "--decision", "orphan").out

    assert "\x1b" not in out
    assert "uid=\\x1b[2J[red]x[/red]" in out


ALONE = """
import sys
from pathlib import Path
from offboarding import wiring
from offboarding.cli.entry import main

wiring.embedded_folder = lambda chosen: Path(sys.argv[1])
code = main(["findings", "--format", "jsonl", "--state", "all"])
assert "airflow" not in sys.modules, "a reading command has imported Airflow"
assert "boto3" not in sys.modules, "a reading command has imported a source"
sys.exit(code)
"""


def test_the_store_alone_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a process of its own, over an embedded store, without a word of any environment."""
    folder = tmp_path / "store"
    path = tmp_path / "offboarding.yaml"
    path.write_text(f"{ZONE_ONLY}store: embedded\n", encoding="utf-8")
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    with embedded.server(folder, durable=False) as server:
        from offboarding.store.connect import opened

        with opened(server.connection_kwargs()) as session:
            reported_night(session)

    done = subprocess.run(
        [sys.executable, "-c", ALONE, str(folder)],
        cwd=loading.project_folder(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert len(done.stdout.splitlines()) == 6
