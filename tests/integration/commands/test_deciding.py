"""What people decide is kept, counts, and can be taken back."""

from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from offboarding.config.policy import Policy
from offboarding.model import Problem
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type, connected, reported_night
from tests.support import filled
from tests.support.variants import variants
from tests.unit.test_config import GOOD

REASON = ("--reason", "asked their team", "--author", "minjun.kim")


def decision_of(typed: Type, native_id: str) -> list[tuple[str, str | None]]:
    lines = typed("links", "--format", "jsonl").lines
    return [(line["decision"], line["worker_id"]) for line in lines if line["account_native_id"] == native_id]


def next_night(session: Session, **changes: object) -> None:
    reported_night(session, caller="next", later=filled.timedelta(days=1), **changes)


@variants(
    3,
    source=["corp-ldap", filled.DIRECTORY],
    account=[filled.STRAY, "uid=Scanner,ou=things,dc=corp,dc=example", "scanner"],
)
def test_a_confirmed_account_is_theirs_from_the_next_night_on(
    deciding: Type, store: Session, source: str, account: str
) -> None:
    done = deciding("link", "confirm", source, account, "hr:E1043", *REASON)

    assert done.code == 0
    assert decision_of(deciding, filled.STRAY) == [("orphan", None)]
    next_night(store)
    assert decision_of(deciding, filled.STRAY) == [("linked", "E1043")]
    works = deciding("findings", "--worker", "E1043", "--rule", "leaver-account-works", "--format", "jsonl").lines
    assert [line["subject"]["native_id"] for line in works] == [filled.STRAY]
    explained = deciding("explain", works[0]["key"]).out
    assert "minjun.kim: the account is worker hr:E1043's: asked their team [decision 1]" in explained


def test_a_rejected_account_is_no_longer_theirs_and_its_finding_closes(deciding: Type, store: Session) -> None:
    deciding("link", "reject", filled.CLOUD, "jdoe", "hr:E1042", *REASON)

    next_night(store)

    assert ("linked", "E1042") not in decision_of(deciding, filled.DOE_USER)
    (line,) = deciding("findings", "--state", "resolved", "--rule", "leaver-access-key", "--format", "jsonl").lines
    assert line["resolved_at"] is not None


def test_an_account_is_confirmed_for_one_person(deciding: Type) -> None:
    deciding("link", "confirm", "corp-ldap", "scanner", "hr:E1043", *REASON)

    second = deciding("link", "confirm", "corp-ldap", "scanner", "hr:E1042", *REASON)

    assert second.code == 1
    assert "is confirmed as worker hr:E1043's by decision 1" in second.err
    assert "link revoke 1" in second.err
    assert deciding("link", "revoke", "1", "--author", "lee").code == 0
    assert deciding("link", "confirm", "corp-ldap", "scanner", "hr:E1042", *REASON).code == 0


@pytest.mark.parametrize(("first", "then"), [("confirm", "reject"), ("reject", "confirm"), ("reject", "reject")])
def test_what_stands_is_revoked_before_it_is_decided_otherwise(deciding: Type, first: str, then: str) -> None:
    deciding("link", first, "aws", "jdoe", "hr:E1042", *REASON)

    done = deciding("link", then, "aws", "jdoe", "hr:E1042", *REASON)

    assert done.code == 1
    assert f"decision 1 has {first}ed {filled.DOE_USER} for worker hr:E1042 already." in done.err
    assert ("link revoke 1" in done.err) == (first != then)


def test_several_people_may_be_rejected(deciding: Type) -> None:
    assert deciding("link", "reject", "aws", "jdoe", "hr:E1042", *REASON).code == 0
    assert deciding("link", "reject", "aws", "jdoe", "hr:E1043", *REASON).code == 0
    assert deciding("link", "confirm", "aws", "jdoe", "hr:E1044", *REASON).code == 0


def test_a_revoked_decision_stays_on_record(deciding: Type) -> None:
    deciding("link", "reject", "aws", "jdoe", "hr:E1042", *REASON)

    deciding("link", "revoke", "1", "--author", "lee")

    assert deciding("link", "list").out == "Nobody has decided anything.\n"
    (line,) = deciding("link", "list", "--all", "--format", "jsonl").lines
    assert (line["verdict"], line["revoked_by"]) == ("reject", "lee")
    assert "was revoked by lee already" in deciding("link", "revoke", "1").err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("awz", "jdoe", "hr:E1042"), "no source awz has been read yet. Did you mean aws?"),
        (("aws", "jdoo", "hr:E1042"), "aws has no account jdoo. Did you mean jdoe?"),
        (("aws", "jdoe", "hr:E1402"), "there is no worker hr:E1402. Did you mean E1042?"),
        (("aws", "jdoe", "E1042"), "Say which: hr:E1042, vendor:E1042"),
    ],
)
def test_who_or_what_is_unknown_is_refused(deciding: Type, words: tuple[str, ...], told: str) -> None:
    done = deciding("link", "confirm", *words, *REASON)

    assert (done.code, done.out) == (1, "")
    assert told in done.err
    assert deciding("link", "list").out == "Nobody has decided anything.\n"


def test_a_login_that_several_have_needs_more(deciding: Type, store: Session) -> None:
    store.execute("update account set login = 'jdoe' where native_id = %s", (filled.STRAY_USER,))

    done = deciding("link", "confirm", "aws", "jdoe", "hr:E1042", *REASON)

    assert done.code == 1
    assert filled.DOE_USER in done.err
    assert filled.STRAY_USER in done.err
    assert deciding("link", "confirm", "aws", filled.DOE_USER, "hr:E1042", *REASON).code == 0


def test_a_verdict_closes_an_event_and_nothing_else(deciding: Type) -> None:
    event = deciding("findings", "--rule", "used-after-departure", "--format", "jsonl").lines[0]["key"]
    key = deciding("findings", "--rule", "leaver-access-key", "--format", "jsonl").lines[0]["key"]

    assert deciding("verdict", f"f-{event[:8]}", *REASON).code == 0
    refused = deciding("verdict", key, *REASON)

    (line,) = deciding("findings", "--rule", "used-after-departure", "--state", "all", "--format", "jsonl").lines
    assert line["state"] == "resolved"
    assert "verdict by minjun.kim: asked their team" in deciding("explain", event).out
    assert refused.code == 1
    assert "closes when the thing is seen dead" in refused.err
    assert "is resolved already" in deciding("verdict", event, *REASON).err


def test_a_short_read_is_accepted(deciding: Type, store: Session) -> None:
    next_night(store, seen=filled.Seen(people=filled.PEOPLE[:2]))
    assert "roster hr was read in part" in deciding("report").out

    mistyped = deciding("accept-read", "2", "hrr", *REASON)
    done = deciding("accept-read", "2", "hr", *REASON)

    assert "run 2 read no roster hrr. Did you mean hr?" in mistyped.err
    assert done.code == 0
    assert deciding("runs", "--format", "jsonl").lines[0]["rosters"][0]["status"] == "complete"
    assert deciding("accept-read", "2", "hr", *REASON).code == 1


def test_an_older_file_is_accepted_and_taken_by_the_next_run(deciding: Type, store: Session) -> None:
    next_night(store)
    store.execute("update roster_read set came_again = true, status = 'partial' where run_id = 2")

    done = deciding("accept-read", "2", "hr", *REASON)

    assert done.code == 0
    assert done.out == (
        "The file that hr held in run 2 is believed until another one is read. Nothing had been taken from it: the next"
        " run that finds it there takes it.\n"
    )
    assert "doesn't wait for acceptance" in deciding("accept-read", "2", "hr", *REASON).err


def test_a_read_with_bad_rows_cannot_be_accepted(deciding: Type, store: Session) -> None:
    bad = Problem(record="hr.csv row 3", text="no day", fix="Mend the row.")
    next_night(store, seen=filled.Seen(problems=(bad,)))

    done = deciding("accept-read", "2", "hr", *REASON)

    assert done.code == 1
    assert "can be accepted" in done.err


def test_release_lets_through_what_waits(
    typed: Type,
    configured: Path,
    store_parameters: Mapping[str, str | int],
    store: Session,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    whole = {**GOOD, "trackers": [], "rosters": [GOOD["rosters"][0], {**GOOD["rosters"][0], "name": "vendors"}]}
    whole["sources"] = [GOOD["sources"][0], {**GOOD["sources"][1], "accounts": [filled.CLOUD, filled.CLOSED_CLOUD]}]
    del whole["store"]
    configured.write_text(yaml.safe_dump(whole), encoding="utf-8")
    reported_night(store, policy=Policy(baseline="hold"))
    assert "6 findings of a first read (policy.baseline: hold)" in typed("report").out
    assert typed("findings", "--format", "jsonl").out == ""

    done = typed("release", "1", *REASON)

    assert (done.code, done.err.count("Traceback")) == (0, 0)
    assert done.out.startswith("Release (as of ")
    assert "New         6 findings" in done.out
    assert len(typed("findings", "--format", "jsonl").lines) == 6
    again = typed("release", "1", *REASON)
    assert (again.code, again.out) == (1, "")
    assert "there is nothing to release" in again.err


def test_who_decides_is_the_login_unless_said(deciding: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LOGNAME", "analyst")

    deciding("link", "reject", "aws", "jdoe", "hr:E1042", "--reason", "a robot")

    assert deciding("link", "list", "--format", "jsonl").lines[0]["author"] == "analyst"
    assert "default: your login name here, analyst" in " ".join(deciding("verdict", "--help").out.split())


def test_a_login_without_a_name_has_to_be_said(deciding: Type, monkeypatch: pytest.MonkeyPatch) -> None:
    def nameless() -> str:
        raise KeyError("uid not found")

    monkeypatch.setattr("getpass.getuser", nameless)

    done = deciding("link", "reject", "aws", "jdoe", "hr:E1042", "--reason", "a robot")

    assert done.code == 1
    assert "say who decides with --author" in done.err
