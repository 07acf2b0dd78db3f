"""Departures by message: from a queue to the tickets, at least once on the way and once in the end."""

import asyncio
import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from airflow.dag_processing.dagbag import DagBag

from offboarding.guard import releasing
from offboarding.interfaces import QueuedMessage
from offboarding.model.errors import FatalError
from offboarding.queues.sqs import SqsQueue
from offboarding.report.night import render
from offboarding.runs import messages, pipeline
from offboarding.runs.ingest.reads import note_unknown_parts
from offboarding.store import reading, runs
from offboarding.store.connect import Session
from offboarding.store.rows import Run
from offboarding_airflow.queue import MessagesTrigger, told
from tests.integration.commands.conftest import connected
from tests.integration.test_departure import KIMS, kim_leaves, office, rows, seen, titles
from tests.support.begun import beginnings, begun
from tests.support.deciding import add_notice
from tests.support.departure import departure
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import Office
from tests.support.red import why_red
from tests.support.source_tree import PROJECT
from tests.support.variants import variants
from tests.systems.sqs.queue_server import Mailbox, mailbox, sqs_server
from tests.unit.test_config import GOOD

__all__ = ["beginnings", "begun", "mailbox", "office", "people", "seen", "sqs_server", "tracker"]  # fixtures


def come(office: Office, mailbox: Mailbox) -> list[str]:
    """What the trigger does: the ids that it hands on."""
    return messages.note(office.session, mailbox.queue, mailbox.queue.receive(wait_seconds=0))


def event(ids: list[str]) -> list[object]:
    """As Airflow keeps what the trigger hands on."""
    return [{"from_trigger": True, "payload": {"messages": ids}}]


def taken(office: Office, mailbox: Mailbox, ids: list[str], caller: str = "by message") -> Any:
    run = pipeline.open_departure(office.session, office.settings, caller=caller, as_of=office.as_of)
    return run, messages.take(office.session, run, mailbox.queue, event(ids))


def rosters_read(office: Office, run: Run, status: str) -> None:
    """What reads its rosters, before it looks for people."""
    office.session.execute(
        "insert into roster_read (run_id, roster, status, observed_at) select %s, name, %s, now() from roster",
        (run.run_id, status),
    )


def named(session: Session) -> dict[str, tuple[list[str], str]]:
    """Whom each message names, and why it was refused."""
    rows = session.execute("select message_id, people, refused from message").fetchall()
    return {str(message_id): (people, refused) for message_id, people, refused in rows}  # pyrefly: ignore[bad-return]


def receipts(session: Session) -> list[tuple[object, ...]]:
    return session.execute(
        "select message_id, done_at is not null, refused from message order by received_at"
    ).fetchall()


# --- on the way -------------------------------------------------------------------------------------------------------


def test_ids_come_through_and_the_message_stays_until_it_is_written_down(seen: Office, mailbox: Mailbox) -> None:
    message_id = mailbox.send({"people": ["hr:1042"], "notices": []})
    ids = come(seen, mailbox)
    assert (ids, named(seen.session)) == ([message_id], {message_id: (["hr:1042"], "")})
    assert mailbox.left() == 1

    _, sent = taken(seen, mailbox, ids)

    assert (sent.people, mailbox.left()) == (["hr:1042"], 0)
    assert receipts(seen.session) == [(message_id, False, "")]


def test_who_is_lost_before_the_commit_comes_again(seen: Office, mailbox: Mailbox) -> None:
    """The triggerer, or the task, died with the message in its hands."""
    mailbox.send({"people": ["hr:1042"]})
    lost = come(seen, mailbox)
    assert come(seen, mailbox) == []

    ((handle,),) = seen.session.execute("select handle from message").fetchall()
    mailbox.show_again(str(handle))

    assert come(seen, mailbox) == lost
    assert taken(seen, mailbox, lost)[1].people == ["hr:1042"]
    assert mailbox.left() == 0, "it's deleted by the handle of its last delivery"


def test_what_no_run_was_begun_for_the_next_one_takes_over(seen: Office, mailbox: Mailbox) -> None:
    """The triggerer died once it had written the message down, and before Airflow heard of it."""
    mailbox.send({"people": ["hr:1042"]})
    come(seen, mailbox)
    seen.session.execute("update message set received_at = now() - interval '11 minutes'")
    mailbox.send({"people": ["hr:1043"]})

    _, sent = taken(seen, mailbox, come(seen, mailbox))

    assert (sent.people, mailbox.left()) == (["hr:1042", "hr:1043"], 0)


def test_what_cannot_be_taken_is_set_aside_with_its_reason_and_goes_nowhere_else(
    seen: Office, mailbox: Mailbox
) -> None:
    poison = {"people": ["kim@corp.example"], "why": "dismissed"}
    message_id = mailbox.send(poison)

    ids = come(seen, mailbox)

    assert mailbox.left() == 0
    ((body, reason),) = mailbox.aside()
    assert (json.loads(body), {message_id: ([], reason)}) == (poison, named(seen.session))
    assert ids == [message_id]
    assert "kim@" not in reason
    assert "dismissed" not in reason
    run, sent = taken(seen, mailbox, ids)
    assert receipts(seen.session) == [(message_id, True, reason)]
    with pytest.raises(FatalError, match=f"message {message_id}: {reason}"):
        pipeline.find_people(seen.session, seen.settings, run, [], [], sent)


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


def test_each_message_is_taken_by_itself(seen: Office, mailbox: Mailbox, record_property) -> None:
    for body in HOSTILE:
        mailbox.send(body)
    mailbox.send({"people": ["hr:1042"]})
    record_property("hostile values", len(HOSTILE))

    for _ in range(2):
        come(seen, mailbox)

    rows = named(seen.session).values()
    record_property("findings_lost", int((["hr:1042"], "") not in rows))
    assert sorted(bool(refused) for _, refused in rows) == [False, *[True] * len(HOSTILE)]
    assert (["hr:1042"], "") in rows
    assert mailbox.left() == 1, "what can't be taken is out of the way"
    assert {body[:100] for body, _ in mailbox.aside()} >= {body[:100] for body in HOSTILE[:-1]}


class NowhereToPut(SqsQueue):
    """A queue whose other one refuses everything."""

    def set_aside(self, message: QueuedMessage, reason: str) -> None:
        raise FatalError("messages: sqs:SendMessage denied.")


def test_what_can_t_be_set_aside_keeps_no_other_message_back(seen: Office, mailbox: Mailbox) -> None:
    mailbox.send("poison")
    mailbox.send({"people": ["hr:1042"]})
    queue = NowhereToPut(mailbox.settings, mailbox.connection)

    messages.note(seen.session, queue, queue.receive(wait_seconds=0))

    assert sorted(named(seen.session).values()) == [
        ([], "it is no JSON (character 0), and it stays on the queue: messages: sqs:SendMessage denied."),
        (["hr:1042"], ""),
    ]
    assert mailbox.left() == 2


# --- to the tickets ---------------------------------------------------------------------------------------------------


def by_message(office: Office, mailbox: Mailbox, ids: list[str], **more: Any) -> Any:
    return departure(office, sent=lambda run: messages.take(office.session, run, mailbox.queue, event(ids)), **more)


def test_a_message_makes_the_ticket(seen: Office, mailbox: Mailbox, people: ListedPeople) -> None:
    notice = add_notice(
        seen.session, seen.settings, who="1042", last="2026-11-25T15:00 Asia/Seoul", reason="r", author="a"
    )
    mailbox.send({"notices": [notice.notice_id]})

    done = by_message(seen, mailbox, come(seen, mailbox))

    assert done.red == ""
    assert rows(seen, "1042") == KIMS
    assert any("1042" in title for title in titles(people, seen))
    assert [row[1:] for row in receipts(seen.session)] == [(True, "")]


def test_the_same_message_again_is_deleted_and_done_no_second_time(seen: Office, mailbox: Mailbox) -> None:
    kim_leaves(seen)
    mailbox.send({"people": ["hr:1042"]})
    entries = come(seen, mailbox)
    by_message(seen, mailbox, entries)

    run, sent = taken(seen, mailbox, entries, "again")

    assert (sent.people, sent.notices, mailbox.left()) == ([], [], 0)
    rosters_read(seen, run, "complete")
    assert pipeline.find_people(seen.session, seen.settings, run, [], [], sent) is False


@pytest.mark.parametrize(("status", "colour"), [("complete", "green"), ("failed", "red")])
def test_a_run_whose_messages_came_before_ends(seen: Office, mailbox: Mailbox, status: str, colour: str) -> None:
    mailbox.send({"people": ["hr:1042"]})
    entries = come(seen, mailbox)
    by_message(seen, mailbox, entries)
    run, sent = taken(seen, mailbox, entries, "again")
    rosters_read(seen, run, status)

    if colour == "red":
        with pytest.raises(FatalError, match="The run is red: roster hr couldn't be read"):
            pipeline.find_people(seen.session, seen.settings, run, [], [], sent)
    else:
        assert pipeline.find_people(seen.session, seen.settings, run, [], [], sent) is False

    ended = seen.session.execute("select status, finished_at is not null from run where run_id = %s", (run.run_id,))
    assert ended.fetchone() == (colour, True)
    told = reading.own(seen.session, run.run_id)
    assert (told.parts, bool(why_red(told))) == ((), colour == "red"), "nothing was to be asked"
    title = render(told, "UTC").splitlines()[0]
    assert title.endswith("   GREEN") if colour == "green" else "   RED" in title


def test_a_run_whose_messages_came_before_is_red_for_a_source_that_failed(seen: Office, mailbox: Mailbox) -> None:
    mailbox.send({"people": ["hr:1042"]})
    entries = come(seen, mailbox)
    by_message(seen, mailbox, entries)
    run, sent = taken(seen, mailbox, entries, "again")
    rosters_read(seen, run, "complete")
    source = seen.settings.sources[0]
    note_unknown_parts(seen.session, run, source, FatalError("organizations:ListAccounts denied."))

    with pytest.raises(FatalError, match="The run is red: "):
        pipeline.find_people(seen.session, seen.settings, run, [], [], sent)

    (why,) = why_red(reading.own(seen.session, run.run_id))
    assert why == f"{source.name} (which parts there are) couldn't be read"
    assert red_of(seen, run) == ("red", [why])


def red_of(office: Office, run: Run) -> tuple[object, ...] | None:
    """How a run ended, and why, as it was written down."""
    found = office.session.execute("select status, summary -> 'red' from run where run_id = %s", (run.run_id,))
    return found.fetchone()


def test_an_id_that_is_nobodys_keeps_the_others_from_nothing(seen: Office, mailbox: Mailbox) -> None:
    kim_leaves(seen)
    message_id = mailbox.send({"people": ["hr:1042", "hr:9999", "kimm"], "notices": ["n-000000"]})

    done = by_message(seen, mailbox, come(seen, mailbox))

    assert rows(seen, "1042") == KIMS
    why = "hr:9999 is nobody's. kimm is nobody's. There is no notice n-000000."
    assert f"message {message_id}: {why}" in done.red
    assert why_red(reading.own(seen.session, done.run.run_id)) == (f"message {message_id}: {why}",)
    assert [row[1:] for row in receipts(seen.session)] == [(True, why)]


def test_ids_of_nobody_alone_are_red_once(seen: Office, mailbox: Mailbox) -> None:
    message_id = mailbox.send({"people": ["hr:9999"]})
    entries = come(seen, mailbox)

    with pytest.raises(FatalError, match=f"message {message_id}: hr:9999 is nobody's"):
        by_message(seen, mailbox, entries, caller="of nobody")

    assert [row[1:] for row in receipts(seen.session)] == [(True, "hr:9999 is nobody's.")]
    ended = runs.begun(seen.session, "departure of nobody")
    assert ended is not None
    why = ("nobody was checked: whom it is about was refused", f"message {message_id}: hr:9999 is nobody's.")
    assert why_red(reading.own(seen.session, ended.run_id)) == why
    assert red_of(seen, ended) == ("red", [*why])
    run, sent = taken(seen, mailbox, entries, "again")
    rosters_read(seen, run, "complete")
    assert pipeline.find_people(seen.session, seen.settings, run, [], [], sent) is False


def test_what_a_run_left_undone_the_next_one_takes_over(seen: Office, mailbox: Mailbox) -> None:
    kim_leaves(seen)
    mailbox.send({"people": ["hr:1042"]})
    run, _ = taken(seen, mailbox, come(seen, mailbox), "broken off")
    seen.session.execute("update run set started_at = now() - interval '2 hours' where run_id = %s", (run.run_id,))
    mailbox.send({"people": ["hr:1043"]})

    by_message(seen, mailbox, come(seen, mailbox))

    assert rows(seen, "1042") == KIMS
    assert [row[1:] for row in receipts(seen.session)] == [(True, ""), (True, "")]


# --- as Airflow runs it -----------------------------------------------------------------------------------------------


@pytest.fixture
def configured(mailbox: Mailbox, tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = {**GOOD, "messages": mailbox.settings.model_dump(exclude_defaults=True)}
    whole.pop("store", None)
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
def test_the_trigger_hands_on_ids_alone(
    mailbox: Mailbox, store: Session, store_parameters: dict[str, str | int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_OFFBOARDING_STORE", connected(store_parameters))
    message_id = mailbox.send({"people": ["hr:1042"]})

    payload = asyncio.run(asyncio.wait_for(first(MessagesTrigger(mailbox.settings.queue)), 60))

    assert payload == {"messages": [message_id]}
    assert named(store) == {message_id: (["hr:1042"], "")}
    extra = {"from_trigger": True, "payload": payload}
    ours = SimpleNamespace(extra=extra, source_dag_id=None)
    of_a_task = SimpleNamespace(extra=extra, source_dag_id="somebody_elses")
    assert told({"triggering_asset_events": {"departures": [ours, of_a_task]}}) == [extra, None]
    assert told({"triggering_asset_events": None}) == []


def by_hand(*listed: object) -> dict[str, object]:
    return {"from_trigger": True, "payload": {"messages": list(listed)}}


FORGED: tuple[object, ...] = (
    {},
    None,
    "text",
    {"payload": "text"},
    {"payload": {"messages": "hr:1042"}},
    {"payload": {"messages": {}}},
    {"payload": {"messages": []}},
    by_hand({"message_id": "m-1", "handle": "AQEB", "people": ["hr:1042"], "notices": [], "refused": ""}),
    by_hand("8a7e0f6c-0001-4c0e-9d0f-000000000001"),
    by_hand("m\0"),
    by_hand("x" * 100_000),
    by_hand(10**400, None, True, ["hr:1042"]),
    by_hand("asset event of run 1"),
    by_hand("'; drop table message; --"),
)


@variants(1, forged={str(number): forged for number, forged in enumerate(FORGED)})
def test_an_event_made_by_hand_is_told_and_does_nothing(
    seen: Office, mailbox: Mailbox, forged: object, record_property: Callable[[str, object], None]
) -> None:
    """Whoever may make asset events deletes no message by one, and names nobody."""
    kim_leaves(seen)
    waiting = mailbox.send({"people": ["hr:1043"]})
    (others,) = mailbox.queue.receive(wait_seconds=0)

    with pytest.raises(FatalError) as red:
        departure(seen, sent=lambda run: messages.take(seen.session, run, mailbox.queue, [forged]))

    told_of_it = "is no message that was received here: somebody made the asset event by hand" in str(red.value)
    record_property("attacks", 1)
    record_property("silent", int(not told_of_it))
    assert told_of_it
    assert (mailbox.left(), others.message_id) == (1, waiting)
    assert rows(seen, "1042") == {}


def test_beside_one_made_by_hand_the_others_are_done(seen: Office, mailbox: Mailbox) -> None:
    """Airflow begins one run for several events."""
    kim_leaves(seen)
    mailbox.send({"people": ["hr:1042"]})
    ids = come(seen, mailbox)

    done = departure(seen, sent=lambda run: messages.take(seen.session, run, mailbox.queue, [*event(ids), *FORGED[:3]]))

    assert rows(seen, "1042") == KIMS
    assert "3 of what began this run is no message" in done.red
    assert mailbox.left() == 0


def test_a_question_is_begun_by_the_night_alone() -> None:
    def made(run: object, dag: str | None = "offboarding_nightly", task: str | None = "ask") -> Any:
        return SimpleNamespace(extra={"run": run}, source_dag_id=dag, source_task_id=task)

    assert releasing.begun_by([]) == (None, "")
    assert releasing.begun_by([made(3), made(5)]) == (5, "")
    # A departure asks what may be shut, and about no night.
    assert releasing.begun_by([made(3), made(7, "offboarding_departure")]) == (3, "")
    assert releasing.begun_by([made(7, "offboarding_departure")]) == (None, "")
    latest, told_of_it = releasing.begun_by([made(3), made(2**80, None, None), made("x", "another")])
    assert latest == 3
    assert "2 of the asset events that began this run was made by hand" in told_of_it
    with pytest.raises(FatalError, match=r"made by hand, and by no night: .* Nobody is asked"):
        releasing.begun_by([made(3, None, None)])


@pytest.mark.usefixtures("configured")
def test_the_dag_is_begun_by_the_asset(mailbox: Mailbox) -> None:
    bag = DagBag(dag_folder=PROJECT / "dags")

    dag: Any = bag.dags["offboarding_departure"]
    (asset,) = dag.timetable.asset_condition.objects
    (watcher,) = asset.watchers
    assert (asset.name, bag.import_errors) == ("departures", {})
    assert watcher.trigger.serialize() == (
        "offboarding_airflow.queue.MessagesTrigger",
        {"queue": mailbox.settings.queue},
    )


def test_a_queue_that_is_gone_says_what_to_mend(mailbox: Mailbox) -> None:
    gone = mailbox.settings.model_copy(update={"queue": f"{mailbox.settings.queue}-gone"})

    with pytest.raises(FatalError, match=r"no such queue\. Mend messages\.queue"):
        Mailbox(client=mailbox.client, settings=gone, connection=mailbox.connection).queue.receive(wait_seconds=0)
