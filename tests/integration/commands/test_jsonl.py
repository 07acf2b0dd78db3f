"""The lines of JSON are what `fields` promises, field by field."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest

from offboarding.cli.lines import page
from offboarding.store.connect import Session, opened
from tests.integration.commands.conftest import Type
from tests.support import filled

PAGE = page.page()


def promised(title: str) -> set[str]:
    """The fields that the page tells below a heading."""
    below = PAGE.split(f"\n## `{title}`\n", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\| `([\w.\[\]]+)` \|", below, re.MULTILINE))


def test_the_command_prints_the_page(typed: Type) -> None:
    assert typed("fields").out == f"{PAGE.rstrip()}\n"


def fields(record: dict[str, Any], inner: tuple[str, ...] = ()) -> set[str]:
    """A record's own fields, and those of the objects within that the page tells one by one."""
    found = set(record)
    for name in inner:
        value = record[name]
        of, objects = (f"{name}[].", value) if isinstance(value, list) else (f"{name}.", [value] if value else [])
        found |= {f"{of}{key}" for one in objects for key in one}
    return found


def test_findings_hold_the_fields_of_the_page(reading: Type) -> None:
    done = reading("findings", "--format", "jsonl", "--state", "all")

    assert done.code == 0
    assert len(done.lines) == 6
    without_ticket = {name for name in promised("findings") if not name.startswith("ticket.")}
    assert all(fields(line, ("subject", "ticket")) == without_ticket for line in done.lines)


def test_a_finding_on_a_ticket_tells_it(deciding: Type, store: Session) -> None:
    store.execute(
        "insert into ticket (ticket_key, kind, holder, queue, episode, generation, tracker, state, ref, url, wanted_at)"
        " values ('offb-1', 'revoke', 'x', '', 1, 1, 'secops', 'open', '231', 'http://t/issue231', now())"
    )
    store.execute("update finding set ticket_key = 'offb-1' where rule = 'leaver-access-key'")

    (line,) = deciding("findings", "--format", "jsonl", "--rule", "leaver-access-key").lines

    assert fields(line, ("subject", "ticket")) == promised("findings")
    assert line["ticket"] == {"tracker": "secops", "ref": "231", "url": "http://t/issue231", "state": "open"}


def test_a_finding_says_what_the_store_knows(reading: Type) -> None:
    (line,) = reading("findings", "--format", "jsonl", "--rule", "used-after-departure").lines

    assert line["schema_version"] == 1
    assert re.fullmatch(r"[0-9a-f]{32}", line["key"])
    assert (line["severity"], line["state"], line["basis"], line["relation"]) == ("critical", "open", "actual", "is")
    assert (line["id_space"], line["worker_id"]) == ("hr", "E1042")
    assert (line["source"], line["realm"]) == ("corp-ldap", filled.DIRECTORY)
    assert line["subject"] == {
        "kind": "account",
        "native_id": filled.DOE,
        "label": filled.DOE_DN,
        "account_native_id": filled.DOE,
        "account_label": filled.DOE_DN,
    }
    assert line["left_at"] == "2026-11-13T15:00:00+00:00"
    assert line["last_used_at"] == filled.USED_AT.isoformat()
    assert line["used_after_departure"] is True
    assert line["exposure_days"] == 11
    assert "NIST SP 800-53 PS-4" in line["controls"]


def test_last_confirmed_is_read_off_the_scopes(reading: Type, one_night: dict[str, str | int]) -> None:
    with opened(one_night) as session:
        ((detail,),) = session.execute(
            "select observed_at from source_read where part = %s and phase = 'detail'", (filled.CLOUD,)
        ).fetchall()
        ((inventory,),) = session.execute(
            "select observed_at from source_read where part = %s and phase = 'collect'", (filled.CLOUD,)
        ).fetchall()

    (key,) = reading("findings", "--format", "jsonl", "--rule", "leaver-access-key").lines
    digests = reading("findings", "--format", "jsonl", "--rule", "orphan-account").lines

    assert datetime.fromisoformat(key["last_confirmed_at"]) == detail
    (cloud,) = [line for line in digests if line["realm"] == filled.CLOUD]
    assert datetime.fromisoformat(cloud["last_confirmed_at"]) == inventory
    assert cloud["worker_id"] is None
    assert cloud["exposure_days"] is None


def test_links_hold_the_fields_of_the_page(reading: Type) -> None:
    lines = reading("links", "--format", "jsonl").lines

    assert all(fields(line) == promised("links") for line in lines)
    assert {(line["account_native_id"], line["decision"], line["worker_id"], line["score"]) for line in lines} == {
        (filled.DOE, "linked", "E1042", 1.0),
        (filled.LEE, "linked", "E1044", 1.0),
        (filled.POE_MAYBE, "probable", "E1043", 0.6),
        (filled.STRAY, "orphan", None, None),
        (filled.DOE_USER, "linked", "E1042", 1.0),
        (filled.STRAY_USER, "orphan", None, None),
    }
    assert len(lines) == 6


def test_runs_hold_the_fields_of_the_page(reading: Type) -> None:
    (line,) = reading("runs", "--format", "jsonl").lines

    assert fields(line, ("rosters", "sources")) == promised("runs")
    assert (line["kind"], line["status"], line["waiting"]) == ("nightly", "red", 0)
    assert line["as_of"] == filled.AS_OF.isoformat()
    assert [(roster["name"], roster["status"], roster["proved"]) for roster in line["rosters"]] == [
        ("hr", "complete", True),
        ("vendors", "complete", True),
    ]
    assert [(source["name"], source["realm"], source["status"]) for source in line["sources"]] == [
        ("aws", filled.CLOUD, "complete"),
        ("aws", filled.CLOSED_CLOUD, "failed"),
        ("corp-ldap", filled.DIRECTORY, "complete"),
    ]
    # The test's reader counts the same again in its live read.
    assert line["sources"][0]["requests"] == {"inventory": 8, "detail": 12, "overhead": 2}
    counts = {"accounts": 2, "credentials": 0, "detail_accounts": 0, "detail_credentials": 1}
    assert line["sources"][0]["counts"] == counts


@pytest.mark.parametrize("word", ["hr:E1042", "hr:e1042"])
def test_worker_holds_the_fields_of_the_page(reading: Type, word: str) -> None:
    (line,) = reading("worker", word, "--format", "jsonl").lines

    assert fields(line) == promised("worker")
    assert line["records"][0]["name"] == "Jordan Doe"
    assert [departure["basis"] for departure in line["departures"]] == ["actual"]
    assert {link["account_native_id"] for link in line["links"]} == {filled.DOE, filled.DOE_USER}
    assert len(line["findings"]) == 3


def test_explain_holds_the_fields_of_the_page(reading: Type) -> None:
    key = reading("findings", "--format", "jsonl", "--rule", "used-after-departure").lines[0]["key"]

    (line,) = reading("explain", key, "--format", "jsonl").lines

    own = {name for name in promised("findings") if "." not in name}
    assert fields(line) == own | promised("explain")
    assert [event["to_state"] for event in line["events"]] == ["held", "open"]
    assert [(claim["worker_id"], claim["score"]) for claim in line["claims"]] == [("E1042", 1.0)]


def test_decisions_hold_the_fields_of_the_page(deciding: Type) -> None:
    deciding("link", "reject", "aws", "jdoe", "hr:E1042", "--reason", "a robot", "--author", "kim")

    (line,) = deciding("link", "list", "--format", "jsonl").lines

    assert fields(line) == promised("link list")
    assert (line["verdict"], line["author"], line["reason"]) == ("reject", "kim", "a robot")
    assert datetime.now().astimezone() - datetime.fromisoformat(line["decided_at"]) < timedelta(hours=1)
