"""The record of changes: whole, or a sentence that says where it isn't."""

from collections.abc import Callable

import pytest

from offboarding.store import events, recorded
from offboarding.store.connect import Session
from tests.integration.commands.conftest import Type
from tests.support.variants import some_of


def test_a_whole_record_ends_in_the_hash_that_the_report_printed(deciding: Type, store: Session) -> None:
    end = events.head(store)
    assert end is not None

    done = deciding("audit", "verify", "--hash", end.hash[:12])

    assert done.code == 0
    assert f"the last one's hash {end.hash}, and holds 1 hash given." in done.out
    assert f"hash {end.hash}" in " ".join(deciding("report").out.split())
    (line,) = deciding("audit", "verify", "--format", "jsonl").lines
    assert line == {"events": end.seq, "hash": end.hash, "whole": True}


@pytest.mark.parametrize(
    "harm",
    [
        "update finding_event set text = 'seen dead' where seq = 2",
        "update finding_event set actor = 'somebody' where seq = 2",
        "update finding_event set at = at + interval '1 second' where seq = 2",
    ],
)
def test_an_edited_event_is_found(deciding: Type, store: Session, harm: str) -> None:
    store.execute(harm.encode())

    done = deciding("audit", "verify")

    assert (done.code, done.out) == (1, "")
    assert "the record is broken at event 2" in done.err


def test_a_removed_event_is_found(deciding: Type, store: Session) -> None:
    store.execute("delete from finding_event where seq = 2")

    assert "the record is broken at event 3" in deciding("audit", "verify").err


def test_a_record_that_was_cut_at_its_end_or_written_anew_lacks_an_earlier_hash(deciding: Type, store: Session) -> None:
    end = events.head(store)
    assert end is not None
    store.execute("delete from finding_event where seq = (select max(seq) from finding_event)")
    # By somebody who leaves no other trace of it.
    for change in recorded.states_changed(store):
        values = (change.to_state, change.finding_key)
        store.execute("update finding set state = %s where finding_key = %s", values)
    store.execute("update run set finished_at = null, head_seq = null")
    assert deciding("audit", "verify").code == 0

    done = deciding("audit", "verify", "--hash", end.hash)

    assert done.code == 1
    assert f"no event has the hash {end.hash}" in done.err


@some_of(
    4,
    ("harm", "told"),
    [
        (
            "insert into release (run_id, author, reason) values (1, 'lee', 'fine')",
            "release 1 has no event in the record",
        ),
        ("update baseline set released_at = now(), released_by = 'x' where kind = 'rule'", "says something else than"),
        ("delete from baseline where kind = 'rule' and name = 'orphan-account'", "is gone, and has an event"),
        ("update finding set state = 'resolved'", "stands resolved, and its last event says"),
        ("update finding set rule = 'orphan-account' || rule", "says something else than its key was made of"),
        ("update departure set returned = true", "departures stand otherwise than the last correlation left them"),
        ("update departure set episode = 4", "was of episode 4, and its person is in episode 1"),
        ("update finding set severity = 'low'", "is of severity low, and its last event says"),
        ("update run set status = 'green'", "run 1 says something else than its event"),
        ("update source_read set status = 'complete', finished_at = now()", "the reads of run 1 differ from its event"),
        ("update link set score = score + 1", "links stand otherwise than the last correlation left them"),
        ("update link set valid_to = now() where valid_to is null", "links stand otherwise"),
    ],
)
def test_what_stands_otherwise_than_the_record_says_is_found(
    deciding: Type, store: Session, harm: str, told: str, record_property: Callable[[str, object], None]
) -> None:
    store.execute(harm.encode())

    done = deciding("audit", "verify")

    record_property("attacks", 1)
    record_property("silent", 0 if told in done.err else 1)
    assert (done.code, done.out) == (1, "")
    assert told in done.err


@pytest.mark.parametrize("text", ["3fa9c1d", "xyz", "3fa9c1d2'; --"])
def test_what_is_no_hash_is_refused(deciding: Type, text: str) -> None:
    assert "is no hash" in deciding("audit", "verify", "--hash", text).err
