"""A gap that somebody knows turns no run red while their word counts, and is refused as the file's entries are."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from offboarding.store import reading
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type, reported_night
from tests.integration.commands.test_jsonl import fields, promised
from tests.support import filled
from tests.support.red import why_red
from tests.unit.test_config import GOOD

SIGNED = ("--reason", "its role comes with CHG-1881", "--author", "minjun.kim")
TODAY = datetime.now(UTC).date()
SOON, LATE = TODAY + timedelta(days=20), TODAY + timedelta(days=40)
PART = ("--source", "aws", "--part", filled.CLOSED_CLOUD)
CLOSED = (*PART, "--covers", "unread")


@pytest.fixture
def acknowledging(deciding: Type, configured: Path) -> Type:
    """With a whole configuration, since a gap is one of something that it names."""
    whole = {name: value for name, value in GOOD.items() if name != "store"}
    configured.write_text(yaml.safe_dump({**whole, "trackers": []}), encoding="utf-8")
    return deciding


def add(typed: Type, *words: str, until: date = SOON) -> str:
    done = typed("acknowledge", "add", *words, "--until", until.isoformat(), *SIGNED)
    assert done.code == 0 or not done.out
    return done.err or done.out


def red_after(session: Session) -> tuple[str, ...]:
    """Why a night that begins now is red."""
    later = datetime.now(UTC) - filled.AS_OF + timedelta(minutes=1)
    run_id = reported_night(session, caller=f"later {later}", later=later)
    return why_red(reading.night(session, run_id))


def test_a_known_gap_turns_no_night_red_until_it_is_taken_back(acknowledging: Type, store: Session) -> None:
    assert "Acknowledgement 1: aws 333333333333 unread is known until" in add(acknowledging, *CLOSED)

    known = red_after(store)
    said = acknowledging("report").out
    taken = acknowledging("acknowledge", "withdraw", "1", *SIGNED)
    unknown = red_after(store)

    assert not [reason for reason in known if filled.CLOSED_CLOUD in reason]
    assert f"Known gaps  aws {filled.CLOSED_CLOUD} unread until" in said
    assert taken.code == 0
    assert [reason for reason in unknown if filled.CLOSED_CLOUD in reason]


def test_what_cannot_be_read_at_all_is_known_only_where_that_is_said(acknowledging: Type, store: Session) -> None:
    said = add(acknowledging, *PART)

    assert "A run that can't read it at all is red." in said
    assert [reason for reason in red_after(store) if filled.CLOSED_CLOUD in reason]
    assert "A run" not in add(acknowledging, *CLOSED)


def test_the_file_neither_ends_nor_repeats_a_persons_word(acknowledging: Type, store: Session) -> None:
    add(acknowledging, *CLOSED)

    red_after(store)

    (line,) = acknowledging("acknowledge", "list", "--format", "jsonl").lines
    assert fields(line) == promised("acknowledge list")
    assert (line["origin"], line["author"], line["ended_at"]) == ("person", "minjun.kim", None)
    assert (line["source"], line["part"], line["reason"]) == ("aws", filled.CLOSED_CLOUD, SIGNED[1])
    assert line["covers"] == "unread"


@pytest.mark.parametrize(
    ("words", "until", "told"),
    [
        (("--source", "awz"), SOON, "source: no source or verifier is named 'awz'. Did you mean aws?"),
        (("--roster", "hrr"), SOON, "roster: no roster is named 'hrr'. Did you mean hr?"),
        (("--source", "*"), SOON, "source: '*' would stand for everything: name the one that is meant"),
        (("--finding", "f-0000000000"), SOON, "there is no finding"),
        (("--roster", "hr", "--part", "x"), SOON, "part needs its source"),
        (("--queue", "departures", "--covers", "unread"), SOON, "covers needs a source or a roster"),
        (CLOSED, LATE, "and 30 are the most (a month, then it's looked at again)"),
        (CLOSED, TODAY - timedelta(days=2), "is over."),
    ],
)
def test_what_the_file_would_be_refused_for_is_refused(
    acknowledging: Type, words: tuple[str, ...], until: date, told: str
) -> None:
    assert told in add(acknowledging, *words, until=until)
    assert acknowledging("acknowledge", "list").out == "No gap is acknowledged.\n"


def test_what_is_known_so_long_already_is_refused_and_may_be_known_longer(acknowledging: Type) -> None:
    add(acknowledging, *CLOSED)

    assert "acknowledgement 1 says so already, until" in add(acknowledging, *CLOSED)
    assert "Acknowledgement 2" in add(acknowledging, *CLOSED, until=SOON + timedelta(days=5))
    assert "Acknowledgement 3" in add(acknowledging, "--source", "aws")


def test_a_finding_of_which_it_cannot_be_told_is_known_by_its_whole_key(acknowledging: Type) -> None:
    key = acknowledging("findings", "--rule", "probable-account", "--format", "jsonl").lines[0]["key"]

    add(acknowledging, "--finding", f"f-{key[:8]}")

    (line,) = acknowledging("acknowledge", "list", "--format", "jsonl").lines
    assert line["finding"] == key


def test_it_is_taken_back_once_and_stays_on_record(acknowledging: Type) -> None:
    add(acknowledging, *CLOSED)

    assert acknowledging("acknowledge", "withdraw", "1", *SIGNED).code == 0
    again = acknowledging("acknowledge", "withdraw", "1", *SIGNED)
    nothing = acknowledging("acknowledge", "withdraw", "7", *SIGNED)

    assert "was taken back by minjun.kim already" in again.err
    assert "there is no acknowledgement 7" in nothing.err
    assert "minjun.kim: its role" in " ".join(acknowledging("acknowledge", "list", "--all").out.split())


def test_a_word_of_the_file_is_taken_back_there(acknowledging: Type, store: Session) -> None:
    store.execute(
        "insert into exception (kind, finding, space, worker, source, part, roster, account, rule, reason, approver,"
        " expires_at, valid_from) values ('acknowledgement', null, null, null, 'aws', null, null, null, null, 'r',"
        " 'a', now() + interval '9 days', now())"
    )

    refused = acknowledging("acknowledge", "withdraw", "1", *SIGNED)

    assert "stands in the exceptions file: take it out there." in refused.err
