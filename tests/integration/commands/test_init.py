"""init, typed in a pipe and answered at a terminal, over a company of two on real systems."""

import io
import json
import os
import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from offboarding import wiring
from offboarding.config import loading
from tests.support.tiny_company import LEAVER, READ, REFUSES, TinyCompany
from tests.support.typed import BERLIN, GERMAN, Type, feed, written
from tests.support.variants import some_of
from tests.systems.csv.workbooks import Cell, Worksheet, day, workbook
from tests.systems.ldap.directory import POLICY, SUFFIX, WITNESS


def mails(*headers: str) -> str:
    """A file of twenty people, with columns of mail addresses that are called so."""
    of = {
        "Kontakt": lambda number: f"p{number}@corp.example",
        "Zweite": lambda number: f"P.{number}@corp.example",
        "Chef": lambda number: f"boss{number % 3}@corp.example",
        "Privat": lambda number: f"p{number}@{('gmail.com', 'web.de', 'gmx.de')[number % 3]}",
    }
    rows = [";".join([str(number), "aktiv", *(of[each](number) for each in headers)]) for number in range(20)]
    left = ";".join(["99", "ausgeschieden", *("" for _ in headers)])
    return "\n".join([";".join(["Pers.-Nr.", "Status", *headers]), *rows, left, ""])


class Keyboard(io.StringIO):
    """Somebody at a terminal."""

    def isatty(self) -> bool:
        return True


def directory_alone(monkeypatch: pytest.MonkeyPatch) -> tuple[str, ...]:
    """A directory that nobody can reach, with all that has to be said of it."""
    nowhere = {"host": "127.0.0.1", "port": 1, "login": "cn=reader", "password": "s3cret", "extra": {"tls": "none"}}
    monkeypatch.setenv("AIRFLOW_CONN_FAR", json.dumps(nowhere))
    return "--source", "ldap=far", "--set", "far.base_dn=dc=corp,dc=example"


class TestRealSystems:
    def all_of_it(self, tiny: TinyCompany) -> tuple[str, ...]:
        systems = {"--source": ("ldap=corp_ldap", "aws_iam=aws_audit"), "--tracker": ("roundup=secops_roundup",)}
        flags = [word for flag, each in systems.items() for one in each for word in (flag, one)]
        said = {
            "corp-ldap.ppolicy_default": POLICY,
            "aws-audit.accounts": f"{READ},{REFUSES}",
            "aws-audit.role_name": "OffboardingAudit",
        }
        flags += [word for key, value in said.items() for word in ("--set", f"{key}={value}")]
        return (
            "--roster",
            f"csv={tiny.folder / 'hr.csv'}",
            *flags,
            "--login-realm",
            "corp",
            "--set",
            "policy.baseline=ticket",
        )

    def test_what_it_writes_passes_and_a_night_finds_the_leaver(
        self, tiny: TinyCompany, at_work: Type, target: Path
    ) -> None:
        done = at_work("init", *self.all_of_it(tiny))

        assert done.code == 0, done.err
        assert at_work("check-config").code == 0
        (named,) = re.findall(r"\A# yaml-language-server: \$schema=(.+)\n", target.read_text("utf-8"))
        assert json.loads(target.with_name(named).read_text("utf-8"))["title"] == "offboarding.yaml"
        trial = at_work("nightly", "--dry-run", "--as-of", "2026-11-25T01:30:00+09:00")
        assert (trial.code, trial.err) == (0, trial.err)
        assert f"Revoke what still works of worker {LEAVER} (left 2026-11-13)" in trial.out

    def test_the_directory_says_its_base_and_its_witness(self, tiny: TinyCompany, at_work: Type, target: Path) -> None:
        at_work("init", *self.all_of_it(tiny))

        (source, aws) = written(target)["sources"]
        assert (source["base_dn"], source["witness"]) == (SUFFIX, WITNESS)
        assert aws["accounts"] == [READ, REFUSES]

    def test_the_first_hour_ends_with_a_ticket(self, tiny: TinyCompany, at_work: Type, target: Path) -> None:
        """docs/first-hour.md, in its order."""
        at_work("init", *[word for word in self.all_of_it(tiny) if word != "policy.baseline=ticket"][:-1])
        told = [at_work(*words.split()) for words in ("check-config", "doctor", "nightly --dry-run", "nightly")]
        assert [done.code for done in told] == [0, 0, 0, 0]
        held = at_work("findings", "--state", "held", "--format", "jsonl").lines
        assert (bool(held), tiny.tickets()) == (True, [])

        assert at_work("explain", held[0]["key"]).code == 0
        released = at_work("release", "1", "--reason", "looked through with HR")

        assert released.code == 0, released.err
        assert any(f"Revoke what still works of worker {LEAVER}" in title for title in tiny.tickets())

    def test_nothing_secret_is_in_it(self, tiny: TinyCompany, at_work: Type, target: Path) -> None:
        at_work("init", *self.all_of_it(tiny))

        assert not [secret for secret in tiny.secrets if secret in target.read_text("utf-8")]


class TestFeeds:
    def test_a_german_file_of_excels_is_read_off_its_own_rows(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = typed("init", "--roster", feed(tmp_path, GERMAN, "cp1252"), *directory_alone(monkeypatch))

        assert done.code == 0, done.err
        told = written(target)
        (roster,) = told["rosters"]
        assert (roster["encoding"], roster["delimiter"], roster["date_format"]) == ("cp1252", ";", "%d.%m.%Y")
        assert roster["statuses"] == {"aktiv": "active", "ausgeschieden": "left"}
        assert roster["columns"]["end"] == "Austrittsdatum"
        assert told["company"] == {"time_zone": "Europe/Berlin", "mail_domains": ["corp.example"]}
        assert loading.load(target).settings.rosters[0].name == "hr"

    def test_a_workbook_with_all_that_people_put_around_a_table(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        header = [
            "Employee\nNumber",
            "Last Name ",
            "First Name",
            "Work Email",
            "Status",
            "Hire Date",
            "Termination Date",
        ]
        rows = [
            ["Staff list"],
            ["As of", day(46350)],
            header,
            [Cell(17, form="00000"), "Müßig", "Jörg", "jm@corp.example", "Active", day(43528), None],
            ["00018", "Groß", "Änne", "ag@corp.example", "Terminated", "13.05.2011", Cell(46339)],
            ["Total: 2"],
        ]
        pages = {
            "Notes": Worksheet([["By HR"]]),
            "Staff": Worksheet(rows, merged=["A1:G1"]),
            "Old": Worksheet(rows, hidden=True),
        }
        (tmp_path / "people.xlsx").write_bytes(workbook(pages))

        words = (*directory_alone(monkeypatch), "--zone", "Europe/Berlin")
        done = typed("init", "--roster", f"csv={tmp_path / 'people.xlsx'}", *words)

        assert done.code == 0, done.err
        (roster,) = written(target)["rosters"]
        assert roster["sheet"] == "Staff"
        assert roster["date_format"] == "%d.%m.%Y"
        assert roster["columns"] == {
            "worker_id": "Employee Number",
            "name": ["Last Name", "First Name"],
            "mail": "Work Email",
            "status": "Status",
            "start": "Hire Date",
            "end": "Termination Date",
        }
        assert not {"encoding", "delimiter"} & set(roster)
        assert 'Above the header, passed over each night: rows 1 and 2, "Staff list".' in target.read_text("utf-8")
        read = wiring.roster(loading.load(target).settings, "hr", datetime(2026, 11, 25, tzinfo=UTC))
        workers = {worker.worker_id: worker for worker in read.read()}
        assert workers["00017"].name == "Müßig Jörg"
        assert workers["00018"].employments[0].end_on == date(2026, 11, 13)
        assert (list(read.problems), read.summary and read.summary.proved) == ([], True)

    @pytest.mark.parametrize(
        ("header", "row", "name"),
        [
            ("Personalnummer;Vorname;Nachname;Status", "17;Jörg;Müßig;aktiv", ["Vorname", "Nachname"]),
            ("Personalnummer;Name;Vorname;Status", "17;Müßig;Jörg;aktiv", ["Name", "Vorname"]),
            ("Personalnummer;Vorname;Vollständiger Name;Status", "17;Jörg;Jörg Müßig;aktiv", "Vollständiger Name"),
            ("사번;성;이름;상태", "17;김;민준;aktiv", ["성", "이름"]),
            ("사번;부서;이름;상태", "17;A;김민준;aktiv", "이름"),
        ],
    )
    def test_names_that_stand_apart_are_put_together(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch, header: str, row: str, name: object
    ) -> None:
        words = ("--set", "hr.coverage=full", *directory_alone(monkeypatch), "--zone", "Europe/Berlin")
        done = typed("init", "--roster", feed(tmp_path, f"{header}\n{row}\n"), *words)

        assert done.code == 0, done.err
        assert written(target)["rosters"][0]["columns"]["name"] == name

    def test_a_file_may_have_a_connection(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Where it lies on a server, or is encrypted."""
        words = ("init", "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch), *BERLIN)
        words += ("--set", "hr.connection=hr_keys")
        told = {"conn_type": "generic", "extra": {"pgp_private_key": "x"}}
        monkeypatch.setenv("AIRFLOW_CONN_HR_KEYS", json.dumps(told))
        refused = typed(*words)
        monkeypatch.setenv("AIRFLOW_CONN_HR_KEYS", json.dumps({"conn_type": "generic"}))
        done = typed(*words)

        assert "connection hr_keys: pgp_private_key in its extra is no private key" in refused.err
        assert (done.code, done.err) == (0, "")
        assert written(target)["rosters"][0]["connection"] == "hr_keys"

    @some_of(
        2,
        ("ending", "pattern", "noted"),
        [
            ("Total;2;;;;;;", "Total;(?P<rows>[0-9][0-9.']*);;;;;;", False),
            ("Summe: 2", "Summe:\\ (?P<rows>[0-9][0-9.']*)", False),
            ("Total;2;;;;;;\nVertraulich", "Total;(?P<rows>[0-9][0-9.']*);;;;;;", False),
            ("Summe: 2\n\nVertraulich; nur intern", "Summe:\\ (?P<rows>[0-9][0-9.']*)", False),
            ("Summe: 3", None, True),
            ("Stand 2026;;;;;;;", None, True),
        ],
    )
    def test_a_total_below_the_rows_is_declared_where_it_counts_them(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch, ending: str, pattern: str | None, noted: bool
    ) -> None:
        done = typed("init", "--roster", feed(tmp_path, f"{GERMAN}{ending}\n"), *directory_alone(monkeypatch))

        assert done.code == 0, done.err
        assert written(target)["rosters"][0].get("trailer", {}).get("pattern") == pattern
        assert ("Below the people, no worker's" in target.read_text("utf-8")) == noted

    def test_days_that_may_be_two_are_asked_for_by_name(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Employee ID,Status,Last day\n7,Active,\n8,Terminated,03/04/2026\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--zone", "Europe/London")

        refused = typed(*words)

        assert (refused.code, target.exists()) == (1, False)
        assert "03/04/2026 is either" in refused.err
        assert "%d/%m/%Y or %m/%d/%Y" in refused.err
        assert "--set hr.date_format=" in refused.err
        assert typed(*words, "--set", "hr.date_format=%d/%m/%Y").code == 0
        assert written(target)["rosters"][0]["date_format"] == "%d/%m/%Y"

    def test_words_nobody_knows_are_all_named_with_the_flag(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Employee ID,Status\n7,Active\n8,X-OUT\n9,GARDEN\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--zone", "Europe/London")

        refused = typed(*words)

        assert refused.code == 1
        assert '--status "GARDEN=MEANING" --status "X-OUT=MEANING"' in refused.err
        assert typed(*words, "--status", "X-OUT=MEANING").code == 1
        assert typed(*words, "--status", "X-OUT=left", "--status", "GARDEN=leave").code == 0
        assert written(target)["rosters"][0]["statuses"] == {"Active": "active", "GARDEN": "leave", "X-OUT": "left"}

    def test_a_column_nobody_knows_may_be_named(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Kürzel,Status\n7,aktiv\n8,ausgeschieden\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--zone", "Europe/Berlin")

        assert "Which column holds HR's number of the worker: Kürzel or Status" in typed(*words).err
        assert typed(*words, "--set", "hr.columns.worker_id=Kürzel").code == 0

    def test_a_column_of_a_status_that_nobody_knows_is_read_as_one_where_it_is_named(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Pers.-Nr.;Lage;Fertig\n7;aktiv;\n8;ausgeschieden;13.11.2026\n9;X-OUT;24.03.2026\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), *BERLIN)
        words += ("--set", "hr.columns.status=Lage", "--set", "hr.columns.end=Fertig")

        refused = typed(*words)
        done = typed(*words, "--status", "X-OUT=left")

        assert "X-OUT" in refused.err
        assert done.code == 0, done.err
        (roster,) = written(target)["rosters"]
        assert roster["columns"] == {"worker_id": "Pers.-Nr.", "status": "Lage", "end": "Fertig"}
        assert roster["statuses"] == {"aktiv": "active", "ausgeschieden": "left", "X-OUT": "left"}
        assert (roster["coverage"], roster["date_format"]) == ("full", "%d.%m.%Y")

    def test_a_column_that_is_not_there_cannot_be_named(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ("init", "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch), *BERLIN)

        refused = typed(*words, "--set", "hr.columns.type=Standorte")

        assert (refused.code, target.exists()) == (1, False)
        assert "--set hr.columns.type=Standorte: that isn't there. Did you mean Standort?" in refused.err

    @pytest.mark.parametrize("header", ["DateofTermination", "Date of Exit"])
    def test_where_some_have_left_a_column_of_days_may_be_their_last(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, header: str
    ) -> None:
        text = f"Employee ID,Status,{header},Team\n7,Active,,A\n8,Terminated,2026-11-13,B\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--zone", "Europe/London")

        refused = typed(*words)

        assert (refused.code, target.exists()) == (1, False)
        assert f"{header}? Nobody can be asked here: say it with --set hr.columns.end=..." in refused.err
        assert "Team" not in refused.err
        assert typed(*words, "--set", "hr.columns.end=").code == 0
        assert "end" not in written(target)["rosters"][0]["columns"]
        target.unlink()
        assert typed(*words, "--set", f"hr.columns.end={header}").code == 0
        assert written(target)["rosters"][0]["columns"]["end"] == header

    def test_a_list_of_leavers_alone_is_not_taken_for_one_of_everybody(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Employee ID,Status,End date\n7,Terminated,2026-11-12\n8,Terminated,2026-11-13\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--zone", "Europe/London")

        refused = typed(*words)

        assert (refused.code, target.exists()) == (1, False)
        assert "full or active or leavers" in refused.err
        assert typed(*words, "--set", "hr.coverage=leavers").code == 0
        assert written(target)["rosters"][0]["coverage"] == "leavers"

    def test_of_two_sheets_of_people_nobody_but_a_person_chooses(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        pages = {
            "Staff": Worksheet([["Employee ID", "Name", "Status"], ["7", "Kim", "Active"], ["8", "Lee", "Terminated"]]),
            "Leavers": Worksheet(
                [["Employee ID", "Name", "Status", "End date"], ["8", "Lee", "Terminated", day(46339)]]
            ),
        }
        (tmp_path / "people.xlsx").write_bytes(workbook(pages))
        words = ("init", "--roster", f"csv={tmp_path / 'people.xlsx'}", *directory_alone(monkeypatch), *BERLIN)

        refused = typed(*words)

        assert (refused.code, target.exists()) == (1, False)
        assert "Staff or Leavers" in refused.err
        assert typed(*words, "--set", "hr.sheet=Staff").code == 0
        assert written(target)["rosters"][0]["sheet"] == "Staff"

    def test_a_file_that_no_night_can_read_is_not_called_good(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Employee ID,Name,Status,Name\n7,Kim,Active,Kim\n8,Lee,Terminated,Lee\n"
        words = ("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), *BERLIN)

        refused = typed(*words)

        assert (refused.code, list(tmp_path.glob("*mine*"))) == (1, [])
        assert 'the column "Name" for name stands 2 times' in refused.err
        assert "Nothing was written" in refused.err
        assert typed(*words, "--set", "hr.columns.name=").code == 0

    def test_what_a_night_would_leave_out_is_told(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = typed(
            "init", "--roster", feed(tmp_path, f"{GERMAN};Ohne Nummer;;;;aktiv;;\n"), *directory_alone(monkeypatch)
        )

        assert done.code == 0, done.err
        assert "mine.yaml is written.\n" in done.out
        assert 'people.csv row 4, column "Personalnummer": the worker id is empty' in done.out

    @pytest.mark.parametrize(
        ("headers", "chosen"),
        [
            pytest.param(("Kontakt", "Chef"), "Kontakt", id="the manager's comes again and again"),
            pytest.param(("Kontakt", "Privat"), "Kontakt", id="private ones are at anybody's domains"),
            pytest.param(("Chef", "Privat"), None, id="none of the company's own"),
        ],
    )
    def test_a_column_of_mails_is_one_whatever_it_is_called(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch, headers: tuple[str, str], chosen: str | None
    ) -> None:
        done = typed("init", "--roster", feed(tmp_path, mails(*headers)), *directory_alone(monkeypatch), *BERLIN)

        assert done.code == 0, done.err
        assert written(target)["rosters"][0]["columns"].get("mail") == chosen
        assert written(target)["company"].get("mail_domains") == (["corp.example"] if chosen else None)
        assert ('mail: "Kontakt" by its values alone' in target.read_text("utf-8")) == bool(chosen)

    def test_which_of_two_columns_of_mails_is_the_workers_is_asked(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        words = ("init", "--roster", feed(tmp_path, mails("Kontakt", "Zweite")), *directory_alone(monkeypatch), *BERLIN)

        refused = typed(*words)

        assert refused.code == 1
        assert "Column for mail (Kontakt and Zweite hold addresses)" in refused.err
        assert typed(*words, "--set", "hr.columns.mail=Zweite").code == 0
        assert written(target)["rosters"][0]["columns"]["mail"] == "Zweite"

    def test_a_day_that_is_none_is_told_by_its_row_and_costs_no_proposal(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Pers.-Nr.;Status;Austritt\n7;aktiv;\n8;ausgeschieden;31.11.2026\n9;ausgeschieden;04.12.2026\n"
        done = typed("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), *BERLIN)

        assert done.code == 0, done.err
        assert written(target)["rosters"][0]["date_format"] == "%d.%m.%Y"
        assert 'no day by this way of writing: row 3, "31.11.2026" (Austritt)' in done.out
        assert 'row 3, "31.11.2026" (Austritt)' in " ".join(target.read_text("utf-8").replace("#", "").split())

    def test_rows_whose_days_nothing_reads_are_named(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Pers.-Nr.;Status;Austritt\n7;aktiv;\n8;ausgeschieden;bald\n9;ausgeschieden;Mitte 2026\n"
        done = typed("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch), *BERLIN)

        assert done.code == 1
        assert 'reads all of "Austritt" (row 3, "bald"; row 4, "Mitte 2026")' in done.err

    def test_the_companys_zone_is_asked_for_by_its_own_flag(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        text = "Pers.-Nr.;Status\n7;aktiv\n8;ausgeschieden\n"
        done = typed("init", "--roster", feed(tmp_path, text), *directory_alone(monkeypatch))

        assert done.code == 1
        assert done.err.endswith("Nobody can be asked here: say it with --zone ...\n")

    def test_a_flag_for_nothing_is_refused(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = typed("init", "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch), "--set", "hrr.path=x")

        assert (done.code, target.exists()) == (1, False)
        assert "hrr.path: nothing is called so. Did you mean hr?" in done.err

    def test_what_the_file_would_refuse_is_not_written(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        done = typed("init", "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch), "--set", "hr.clok=x")

        assert (done.code, list(tmp_path.glob("*mine*"))) == (1, [])
        assert "rosters[0].clok is unknown. Did you mean clock?" in done.err


class TestTheFile:
    def test_one_that_is_there_is_not_overwritten_unless_told_to(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        target.write_text("mine", encoding="utf-8")
        words = ("init", "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch))

        refused = typed(*words)

        assert (refused.code, target.read_text("utf-8")) == (1, "mine")
        assert "--force" in refused.err
        assert typed(*words, "--force").code == 0
        assert written(target)["rosters"]

    def test_another_may_be_named(
        self, typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = tmp_path / "other.yaml"

        done = typed("init", str(other), "--roster", feed(tmp_path, GERMAN), *directory_alone(monkeypatch))

        assert (done.code, other.exists(), target.exists()) == (0, True, False)

    def test_with_nothing_named_in_a_pipe_it_says_what_to_name(self, typed: Type, target: Path) -> None:
        done = typed("init")

        assert done.code == 1
        assert "--roster KIND=WHERE" in done.err


def test_a_refused_login_ends_it_with_that_sentence(
    typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: TinyCompany
) -> None:
    reached = json.loads(os.environ["AIRFLOW_CONN_CORP_LDAP"]) | {"password": "not the reader's"}
    monkeypatch.setenv("AIRFLOW_CONN_WRONG", json.dumps(reached))

    done = typed("init", "--roster", feed(tmp_path, GERMAN), "--source", "ldap=wrong")

    assert (done.code, target.exists()) == (1, False)
    assert "invalidCredentials" in done.err
    assert "base_dn" not in done.err
    assert "--set" not in done.err


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("github_org", "organization", "https://github.com/corp"),
        ("gitlab_users", "group", "https://gitlab.com/corp"),
        ("npm_packages", "organization", "https://npm.example/org/corp"),
    ],
)
def test_an_answer_that_cannot_be_right_is_named(
    typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, key: str, value: str
) -> None:
    reached = {"host": "gitlab.com", "password": "s3cret"}
    monkeypatch.setenv("AIRFLOW_CONN_CODE", json.dumps(reached))
    words = ("--source", f"{kind}=code", "--set", f"code.{key}={value}")

    done = typed("init", "--roster", feed(tmp_path, GERMAN), *BERLIN, *words)

    assert (done.code, target.exists()) == (1, False)
    assert f"code.{key}: String should match pattern" in done.err
    assert value in done.err


def test_nothing_typed_where_something_is_needed_is_asked_again(
    typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Pers.-Nr.;Status\n7;aktiv\n8;ausgeschieden\n"
    # Both statuses and the coverage as proposed, then the zone: at first nothing, then none that there is.
    monkeypatch.setattr("sys.stdin", Keyboard("\n\n\n\nBerlin\nEurope/Berlin\n"))

    words = ("--roster", feed(tmp_path, text), *directory_alone(monkeypatch), "--login-realm", "corp")
    done = typed("init", *words)

    assert done.code == 0, done.err
    assert written(target)["company"]["time_zone"] == "Europe/Berlin"


def test_at_a_terminal_it_asks_for_what_it_cannot_see(
    typed: Type, target: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "Employee ID,Status,Last day,Location\n7,Active,,Berlin\n8,Gone,03/04/2026,Berlin\n"
    path = feed(tmp_path, text).removeprefix("csv=")
    directory_alone(monkeypatch)
    wanted = {"csv": path, "ldap": "far"}
    systems = [
        wanted.get(kind, "")
        for room in ("rosters", "sources")
        for kind in loading.kinds(room)
        if hasattr(loading.kind_module(room, kind), "propose")
    ]
    # each roster and source, login realm, Active: as proposed, Gone, days, base, zone: as proposed
    said = [*systems, "corp", "", "left", "%d/%m/%Y", "dc=corp,dc=example", ""]
    monkeypatch.setattr("sys.stdin", Keyboard("\n".join(said) + "\n"))

    done = typed("init")

    assert done.code == 0, done.err
    told = written(target)
    assert told["rosters"][0]["statuses"] == {"Active": "active", "Gone": "left"}
    assert told["sources"][0]["login_realm"] == "corp"
    assert told["company"]["time_zone"] == "Europe/Berlin"
