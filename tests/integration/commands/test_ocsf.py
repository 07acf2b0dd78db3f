"""Findings as OCSF events, held to the schema that OCSF publishes."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from offboarding.model import Resolution
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.support import filled
from tests.support.described.ocsf_schema import RELEASE
from tests.support.described.trim import FOLDER

SCHEMA = Draft202012Validator(json.loads((FOLDER / "ocsf.json").read_text("utf-8")))
ALL = ("findings", "--state", "all", "--format", "ocsf")
Event = dict[str, Any]


def mistakes(event: Event) -> list[str]:
    return [error.json_path for error in SCHEMA.iter_errors(event)]


def of(events: list[Event], rule: str) -> Event:
    (event,) = [each for each in events if each["finding_info"]["analytic"]["uid"] == rule]
    return event


def test_each_finding_is_an_event_of_the_published_class(reading: Type) -> None:
    events = reading(*ALL).lines

    assert [(event["finding_info"]["uid"], found) for event in events if (found := mistakes(event))] == []
    keys = [line["key"] for line in reading("findings", "--state", "all", "--format", "jsonl").lines]
    assert [event["finding_info"]["uid"] for event in events] == keys
    assert {event["metadata"]["version"] for event in events} == {RELEASE}
    assert {event["type_uid"] - event["activity_id"] for event in events} == {200300}


def test_an_event_has_what_release_1_1_requires_too(reading: Type) -> None:
    """Amazon Security Lake takes 1.1: https://schema.ocsf.io/1.1.0/classes/compliance_finding."""
    event = of(reading(*ALL).lines, "leaver-access-key")

    assert event["finding_info"]["title"] == "leaver-access-key"
    assert event["metadata"]["product"] | {"version": ""} == {
        "name": "offboarding",
        "vendor_name": "offboarding",
        "version": "",
    }


BAD: dict[str, Callable[[Event], object]] = {
    "no time": lambda event: event.pop("time"),
    "a moment in words": lambda event: event.update(time="2026-11-24T16:30:00+00:00"),
    "a severity that there isn't": lambda event: event.update(severity_id=9),
    "another class": lambda event: event.update(type_uid=200401),
    "a field that there isn't": lambda event: event.update(worker="hr:E1042"),
    "no product": lambda event: event["metadata"].pop("product"),
    "a null": lambda event: event["finding_info"].update(src_url=None),
    "a thing without a name": lambda event: event["resources"][0].pop("uid"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_event_is_refused(reading: Type, name: str) -> None:
    event = reading(*ALL).lines[0]
    assert mistakes(event) == []

    BAD[name](event)

    assert mistakes(event)


def test_an_event_says_what_the_store_knows(reading: Type) -> None:
    event = of(reading(*ALL).lines, "used-after-departure")

    assert (event["severity_id"], event["status_id"], event["activity_id"]) == (5, 1, 1)
    assert datetime.fromtimestamp(event["time"] / 1000, UTC) == filled.AS_OF
    assert event["compliance"]["status_id"] == 3
    assert "NIST SP 800-53 PS-4" in event["compliance"]["requirements"]
    assert "NIST SP 800-53" in event["compliance"]["standards"]
    (thing,) = event["resources"]
    assert (thing["uid"], thing["type"], thing["namespace"]) == (filled.DOE, "account", filled.DIRECTORY)
    assert thing["owner"] == {"uid": "hr:E1042"}
    assert event["unmapped"]["left_at"] == "2026-11-13T15:00:00+00:00"
    assert event["unmapped"]["used_after_departure"] is True


@pytest.mark.parametrize(
    ("state", "standing", "status", "result"),
    [
        ("open", "works", 1, 3),
        ("open", "unknown", 1, 0),
        ("unverified", "unknown", 1, 0),
        ("held", "works", 1, 3),
        ("excepted", "works", 3, 3),
        ("resolved", "works", 4, 1),
    ],
)
def test_what_was_not_checked_neither_passes_nor_fails(
    deciding: Type, store: Session, state: str, standing: str, status: int, result: int
) -> None:
    store.execute(
        "update finding set state = %s, standing = %s, resolution = coalesce(%s, resolution)"
        " where rule = 'leaver-access-key'",
        [state, standing, Resolution.ACCOUNT_GONE if state == "resolved" else None],
    )

    event = of(deciding(*ALL).lines, "leaver-access-key")

    assert (event["status_id"], event["compliance"]["status_id"]) == (status, result)
    assert (event["activity_id"] == 3) == (state == "resolved")
    assert event["unmapped"].get("standing") == (None if state == "resolved" else standing)
    assert mistakes(event) == []


def test_no_name_login_or_mail_stands_in_an_event(deciding: Type, store: Session) -> None:
    """Labels are people's names often enough, and a leaver may have chosen them."""
    store.execute("update finding set subject_label = 'Jordan Doe <jdoe@corp.example>', account_label = 'jdoe'")

    said = deciding(*ALL).out

    assert [word for word in (*filled.NAMES, "jdoe", "@", "uid=") if word in said] == []


@pytest.mark.parametrize("value", ["a\nb", "\x1b[31m", "\u202e", '"},{"', "9" * 400], ids=ascii)
def test_no_value_breaks_a_line(deciding: Type, store: Session, value: str) -> None:
    store.execute("update finding set subject_native_id = %s where rule = 'leaver-access-key'", [value])

    event = of(deciding(*ALL).lines, "leaver-access-key")

    assert event["resources"][0]["uid"] == value
    assert mistakes(event) == []


def test_the_events_are_the_same_each_time(reading: Type) -> None:
    assert reading(*ALL).out == reading(*ALL).out
