from datetime import UTC, datetime, timedelta

import pytest

from include.offboarding.report import wording

AT = datetime(2026, 11, 24, 16, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "told"),
    [
        ("Asia/Seoul", "2026-11-25 01:30 KST"),
        ("America/Los_Angeles", "2026-11-24 08:30 PST"),
        ("UTC", "2026-11-24 16:30 UTC"),
    ],
)
def test_a_moment_names_its_zone(zone: str, told: str) -> None:
    assert wording.moment(AT, zone) == told


@pytest.mark.parametrize(
    ("number", "told"), [(0, "0 findings"), (1, "1 finding"), (2, "2 findings"), (12345, "12,345 findings")]
)
def test_one_is_no_plural(number: int, told: str) -> None:
    assert wording.counted(number, "finding") == told


def test_days_are_whole_and_never_negative() -> None:
    assert wording.whole_days(AT, AT + timedelta(hours=47)) == 1
    assert wording.whole_days(AT, AT - timedelta(hours=1)) == 0


@pytest.mark.parametrize(
    ("ref", "told"), [("231", "ticket #231"), ("SEC-231", "ticket SEC-231"), (None, "ticket wanted")]
)
def test_a_ticket_is_called_as_its_tracker_calls_it(ref: str | None, told: str) -> None:
    assert wording.ticket(ref) == told


def test_a_long_id_keeps_both_ends() -> None:
    assert wording.shortened("AKIAEXAMPLEDOE007Q3A") == "AKIAEXAMPLEDOE007Q3A"
    assert wording.shortened("3f0e7a10-0001-4c0e-9d0f-000000000001") == "3f0e7a10-000...000001"


def test_a_label_is_said_once() -> None:
    assert wording.labelled("Open", ["one", "two"], 6) == ["Open   one", "       two"]
    assert wording.labelled("Open", []) == []


def test_items_flow_over_lines_and_are_not_torn() -> None:
    assert wording.flowing(["aaaa", "bbbb", "cccc"], room=12) == ["aaaa · bbbb", "cccc"]


def test_a_command_stays_whole() -> None:
    command = f'{wording.COMMAND} verdict f-7c31a0b2 --reason "..." --author "..."'

    assert wording.wrapped(f"some words to wrap\n{command}", room=10) == ["some words", "to wrap", command]


def test_whoever_chose_a_label_moves_no_cursor() -> None:
    assert wording.printable("uid=\x1b[2Jeve\u202e,dc=corp\n김") == "uid=\\x1b[2Jeve\\u202e,dc=corp\n김"


def test_a_worker_is_named_as_commands_take_one() -> None:
    assert wording.worker("hr", "10442") == "hr:10442"
    assert wording.worker("default", "10442") == "10442"
