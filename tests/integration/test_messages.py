"""Departures by message: from a queue to the tickets, at least once on the way and once in the end."""

import asyncio
import json
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag

from dags.offboarding_queue import MessagesTrigger, told
from include.offboarding import messages, pipeline
from include.offboarding.deciding.notices import add_notice
from include.offboarding.errors import FatalError
from include.offboarding.interfaces import QueuedMessage
from include.offboarding.queues.sqs import SqsQueue
from include.offboarding.store.connect import Session
from tests.integration.test_departure import KIMS, kim_leaves, office, rows, titles
from tests.support.departure import departure
from tests.support.office import Office
from tests.support.queue_server import Mailbox, mailbox, sqs_server
from tests.support.source_tree import PROJECT
from tests.support.tracker import RoundupPeople, people, roundup, tracker
from tests.unit.test_config import GOOD

__all__ = ["mailbox", "office", "people", "roundup", "sqs_server", "tracker"]  # fixtures


def come(mailbox: Mailbox) -> list[dict[str, object]]:
    return messages.sift(mailbox.queue, mailbox.queue.receive(wait_seconds=0))


def taken(office: Office, mailbox: Mailbox, entries: list[dict[str, object]], caller: str = "by message") -> Any:
    run = pipeline.open_departure(office.session, office.settings, caller=caller, as_of=office.as_of)
    return run, messages.take(office.session, run, mailbox.queue, entries)


def receipts(session: Session) -> list[tuple[object, ...]]:
    return session.execute(
        "select message_id, done_at is not null, refused from message order by received_at"
    ).fetchall()


# --- on the way -------------------------------------------------------------------------------------------------------


def test_ids_come_through_and_the_message_stays_until_it_is_written_down(office: Office, mailbox: Mailbox) -> None:
    office.night()
    message_id = mailbox.send({"people": ["hr:1042"], "notices": []})
    entries = come(mailbox)
    assert [(each["message_id"], each["people"], each["refused"]) for each in entries] == [
        (message_id, ["hr:1042"], "")
    ]
    assert mailbox.left() == 1

    _, sent = taken(office, mailbox, entries)

    assert (sent.people, mailbox.left()) == (["hr:1042"], 0)
    assert receipts(office.session) == [(message_id, False, "")]


def test_who_is_lost_before_the_commit_comes_again(office: Office, mailbox: Mailbox) -> None:
    """The triggerer, or the task, died with the message in its hands."""
    office.night()
    mailbox.send({"people": ["hr:1042"]})
    (lost,) = come(mailbox)
    assert come(mailbox) == []

    mailbox.show_again(str(lost["handle"]))

    (again,) = come(mailbox)
    assert (again["message_id"], again["people"]) == (lost["message_id"], ["hr:1042"])


def test_what_cannot_be_taken_is_set_aside_with_its_reason_and_goes_nowhere_else(
    office: Office, mailbox: Mailbox
) -> None:
    office.night()
    poison = {"people": ["kim@corp.example"], "why": "dismissed"}
    message_id = mailbox.send(poison)

    entries = come(mailbox)

    assert mailbox.left() == 0
    ((body, reason),) = mailbox.aside()
    assert (json.loads(body), reason) == (poison, entries[0]["refused"])
    assert "kim@" not in repr(entries)
    assert "dismissed" not in repr(entries)
    run, sent = taken(office, mailbox, entries)
    assert receipts(office.session) == [(message_id, True, reason)]
    with pytest.raises(FatalError, match=f"message {message_id}: {reason}"):
        pipeline.find_people(office.session, office.settings, run, [], [], sent)


HOSTILE = (
    "[" * 200_000,
    "9" * 5_000,
    '{"people": ' + "9" * 5_000 + "}",
    "{" * 100_000,
    '"\\ud800"',
    '{"people": ["hr:1042\\u0000"]}',
    "x" * 262_144,
)
"""The last is as long as a message may be: with a reason beside it, it would be too long for the other queue."""


def test_each_message_is_taken_by_itself(office: Office, mailbox: Mailbox, record_property) -> None:
    office.night()
    for body in HOSTILE:
        mailbox.send(body)
    mailbox.send({"people": ["hr:1042"]})
    record_property("hostile values", len(HOSTILE))

    entries = [entry for _ in range(2) for entry in come(mailbox)]

    record_property("findings_lost", int(["hr:1042"] not in [entry["people"] for entry in entries]))
    assert sorted(bool(entry["refused"]) for entry in entries) == [False, *[True] * len(HOSTILE)]
    assert ["hr:1042"] in [entry["people"] for entry in entries]
    assert mailbox.left() == 1, "what can't be taken is out of the way"
    assert {body[:100] for body, _ in mailbox.aside()} >= {body[:100] for body in HOSTILE[:-1]}


class NowhereToPut(SqsQueue):
    """A queue whose other one refuses everything."""

    def set_aside(self, message: QueuedMessage, reason: str) -> None:
        raise FatalError("messages: sqs:SendMessage denied.")


def test_what_can_t_be_set_aside_keeps_no_other_message_back(office: Office, mailbox: Mailbox) -> None:
    office.night()
    mailbox.send("poison")
    mailbox.send({"people": ["hr:1042"]})
    queue = NowhereToPut(mailbox.settings, mailbox.connection)

    entries = messages.sift(queue, queue.receive(wait_seconds=0))

    assert sorted((each["people"], each["refused"]) for each in entries) == [
        ([], "it is no JSON (character 0), and it stays on the queue: messages: sqs:SendMessage denied."),
        (["hr:1042"], ""),
    ]
    assert mailbox.left() == 2


# --- to the tickets ---------------------------------------------------------------------------------------------------


def by_message(office: Office, mailbox: Mailbox, entries: list[dict[str, object]], **more: Any) -> Any:
    return departure(office, sent=lambda run: messages.take(office.session, run, mailbox.queue, entries), **more)


def test_a_message_makes_the_ticket(office: Office, mailbox: Mailbox, people: RoundupPeople) -> None:
    office.night()
    notice = add_notice(
        office.session, office.settings, who="1042", last="2026-11-25T15:00 Asia/Seoul", reason="r", author="a"
    )
    mailbox.send({"notices": [notice.notice_id]})

    done = by_message(office, mailbox, come(mailbox))

    assert done.red == ""
    assert rows(office, "1042") == KIMS
    assert any("1042" in title for title in titles(people, office))
    assert [row[1:] for row in receipts(office.session)] == [(True, "")]


def test_the_same_message_again_is_deleted_and_done_no_second_time(office: Office, mailbox: Mailbox) -> None:
    office.night()
    kim_leaves(office)
    mailbox.send({"people": ["hr:1042"]})
    entries = come(mailbox)
    by_message(office, mailbox, entries)

    run, sent = taken(office, mailbox, entries, "again")

    assert (sent.people, sent.notices, mailbox.left()) == ([], [], 0)
    assert pipeline.find_people(office.session, office.settings, run, [], [], sent) is False


def test_an_id_that_is_nobodys_keeps_the_others_from_nothing(office: Office, mailbox: Mailbox) -> None:
    office.night()
    kim_leaves(office)
    message_id = mailbox.send({"people": ["hr:1042", "hr:9999", "kimm"], "notices": ["n-000000"]})

    done = by_message(office, mailbox, come(mailbox))

    assert rows(office, "1042") == KIMS
    why = "hr:9999 is nobody's. kimm is nobody's. There is no notice n-000000."
    assert f"message {message_id}: {why}" in done.red
    assert [row[1:] for row in receipts(office.session)] == [(True, why)]


def test_ids_of_nobody_alone_are_red_once(office: Office, mailbox: Mailbox) -> None:
    office.night()
    message_id = mailbox.send({"people": ["hr:9999"]})
    entries = come(mailbox)

    with pytest.raises(FatalError, match=f"message {message_id}: hr:9999 is nobody's"):
        by_message(office, mailbox, entries)

    assert [row[1:] for row in receipts(office.session)] == [(True, "hr:9999 is nobody's.")]
    run, sent = taken(office, mailbox, entries, "again")
    assert pipeline.find_people(office.session, office.settings, run, [], [], sent) is False


def test_what_a_run_left_undone_the_next_one_takes_over(office: Office, mailbox: Mailbox) -> None:
    office.night()
    kim_leaves(office)
    mailbox.send({"people": ["hr:1042"]})
    run, _ = taken(office, mailbox, come(mailbox), "broken off")
    office.session.execute("update run set started_at = now() - interval '2 hours' where run_id = %s", (run.run_id,))
    mailbox.send({"people": ["hr:1043"]})

    by_message(office, mailbox, come(mailbox))

    assert rows(office, "1042") == KIMS
    assert [row[1:] for row in receipts(office.session)] == [(True, ""), (True, "")]


# --- as Airflow runs it -----------------------------------------------------------------------------------------------


@pytest.fixture
def configured(mailbox: Mailbox, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {**GOOD, "messages": mailbox.settings.model_dump()}
    path = tmp_path / "offboarding.yaml"
    path.write_text(yaml.safe_dump(whole), encoding="utf-8")
    fields = {"login": mailbox.connection.login, "password": "none", "extra": dict(mailbox.connection.extra)}
    monkeypatch.setenv("OFFBOARDING_CONFIG", str(path))
    monkeypatch.setenv("AIRFLOW_CONN_SQS", json.dumps(fields))


async def first(trigger: MessagesTrigger) -> Any:
    async for event in trigger.run():
        return event.payload
    return None


@pytest.mark.usefixtures("configured")
def test_the_trigger_hands_on_ids_alone(mailbox: Mailbox) -> None:
    mailbox.send({"people": ["hr:1042"]})

    payload = asyncio.run(asyncio.wait_for(first(MessagesTrigger(mailbox.settings.queue)), 60))

    ((message),) = payload["messages"]
    assert set(message) == {"message_id", "handle", "people", "notices", "refused"}
    assert message["people"] == ["hr:1042"]
    event = type("Event", (), {"extra": {"from_trigger": True, "payload": payload}})
    assert told({"triggering_asset_events": {"departures": [event]}}) == payload["messages"]
    assert told({"triggering_asset_events": None}) == []


@pytest.mark.usefixtures("configured")
def test_the_dag_is_begun_by_the_asset(mailbox: Mailbox) -> None:
    bag = DagBag(dag_folder=PROJECT / "dags")

    dag: Any = bag.dags["offboarding_departure"]
    (asset,) = dag.timetable.asset_condition.objects
    (watcher,) = asset.watchers
    assert (asset.name, bag.import_errors) == ("departures", {})
    assert watcher.trigger.serialize() == (
        "dags.offboarding_queue.MessagesTrigger",
        {"queue": mailbox.settings.queue},
    )


def test_a_queue_that_is_gone_says_what_to_mend(mailbox: Mailbox) -> None:
    gone = mailbox.settings.model_copy(update={"queue": f"{mailbox.settings.queue}-gone"})

    with pytest.raises(FatalError, match=r"no such queue\. Mend messages\.queue"):
        Mailbox(client=mailbox.client, settings=gone, connection=mailbox.connection).queue.receive(wait_seconds=0)
