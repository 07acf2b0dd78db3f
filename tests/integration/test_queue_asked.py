"""A queue of departures that can't be asked, or that nobody reads: the night says so, after everything else."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from offboarding.config.settings import Settings
from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, RetriableError
from offboarding.queues.sqs import SqsQueue, build
from offboarding.report import night as screen
from offboarding.runs import messages, pipeline
from offboarding.runs.doctor.systems import FAILED, GOOD, CheckedSystem, Doctor
from offboarding.runs.whole import Readers, whole_night
from offboarding.store import reading
from offboarding.store.rows import Run
from tests.integration.test_departure import office
from tests.support.deciding import acknowledge
from tests.support.desk import tickets_of
from tests.support.listed_tracker import ListedPeople, people, tracker
from tests.support.office import Office, login
from tests.support.red import why_red
from tests.support.small_company import LEFT, number, worker
from tests.systems.sqs.queue_server import Mailbox, mailbox, sqs_server

pytestmark = pytest.mark.slow

__all__ = ["mailbox", "office", "people", "sqs_server", "tracker"]  # fixtures

Night = Callable[..., Run]


def away(mailbox: Mailbox) -> SqsQueue:
    """A queue whose server nobody reaches."""
    extra = {**mailbox.connection.extra, "endpoint_url": "http://127.0.0.1:1"}
    fields = ConnectionFields(conn_id="sqs", login="AKIATESTTESTTESTTEST", password="none", extra=extra)
    return build(mailbox.settings, fields)


def settings(office: Office, mailbox: Mailbox) -> Settings:
    return office.settings.model_copy(update={"messages": mailbox.settings})


def readers(office: Office, queue: SqsQueue) -> Readers:
    own = office.readers()
    return Readers(roster=own.roster, source=own.source, parts=own.parts, trackers=own.trackers, queue=lambda _: queue)


@pytest.fixture
def night(office: Office, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch) -> Night:
    """A night as the command runs it; it doesn't wait for anybody to take what waits."""
    monkeypatch.setattr(messages, "LOOKS", 1)

    def run(queue: SqsQueue | None = None) -> Run:
        office.as_of += timedelta(days=1)
        hands = readers(office, queue or mailbox.queue)
        caller = f"{mailbox.settings.queue} {office.as_of}"
        return whole_night(office.session, settings(office, mailbox), hands, caller=caller, as_of=office.as_of)

    return run


def red(office: Office, run: Run) -> tuple[str, ...]:
    return why_red(reading.night(office.session, run.run_id))


def unchecked(office: Office, run: Run) -> str:
    told = screen.render(reading.night(office.session, run.run_id), "Asia/Seoul")
    return " ".join(told[told.index("NOT CHECKED") :].split()) if "NOT CHECKED" in told else ""


# --- the night --------------------------------------------------------------------------------------------------------


def test_a_queue_that_answers_is_not_mentioned(night: Night, office: Office) -> None:
    run = night()
    assert red(office, run) == ()
    assert "queue of departures" not in unchecked(office, run)


def in_seoul(utc: str) -> str:
    """As the report of a company there writes a moment."""
    moment = datetime.strptime(utc, "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo("Asia/Seoul")).strftime("%Y-%m-%d %H:%M KST")


def test_one_that_cannot_be_reached_makes_the_night_red_and_keeps_nothing_back(
    night: Night, office: Office, mailbox: Mailbox, people: ListedPeople
) -> None:
    night()
    office.hr.workers = [*office.hr.workers, worker("1099", LEFT)]
    office.directory.accounts = [*office.directory.accounts, login("u1099", number("1099"))]

    first, second = night(away(mailbox)), night(away(mailbox))

    assert any("1099" in ticket.title for ticket in tickets_of(people, office.queue)), "what could be checked, was"
    ((reason,), (again,)) = red(office, first), red(office, second)
    since = re.fullmatch(
        r"the queue of departures couldn't be asked \(it answered last at (\d{4}-\d\d-\d\d \d\d:\d\d) UTC\)", reason
    )
    assert since
    assert again == reason, "since the same time"
    said = unchecked(office, second)
    assert (
        "messages: SQS can't be reached (EndpointConnectionError). It is tried again. Departures that are told" in said
    )
    assert f"wait unheard (it answered last at {in_seoul(since[1])})" in said
    with pytest.raises(FatalError, match=f"Run {first.run_id} is red: the queue of departures couldn't be asked"):
        pipeline.end(office.session, first)
    assert red(office, night()) == ()


def test_one_that_never_answered_says_so(night: Night, office: Office, mailbox: Mailbox) -> None:
    gone = mailbox.settings.model_copy(update={"set_aside": f"{mailbox.settings.set_aside}-gone"})

    run = night(build(gone, mailbox.connection))

    assert red(office, run) == ("the queue of departures couldn't be asked (it never has yet)",)
    assert "there is no such queue. Mend messages.queue or messages.set_aside" in unchecked(office, run)


@pytest.mark.parametrize("by", ["file", "word"])
def test_one_that_is_acknowledged_is_shown_and_green_by_the_file_or_by_a_persons_word(
    night: Night, office: Office, mailbox: Mailbox, by: str
) -> None:
    last = datetime.now(UTC).date() + timedelta(days=20)
    if by == "file":
        entry = {"queue": "departures", "reason": "CHG-1881", "approver": "minjun.kim", "expires": last}
        office.let_stand = {"acknowledgements": [entry]}
    else:
        acknowledge(
            office.session,
            settings(office, mailbox),
            queue="departures",
            until=last,
            reason="CHG-1881",
            author="minjun.kim",
        )
        office.as_of = max(office.as_of, datetime.now(UTC) - timedelta(days=1) + timedelta(seconds=1))

    run = night(away(mailbox))

    assert red(office, run) == ()
    assert "messages: SQS can't be reached" in unchecked(office, run)
    told = screen.render(reading.night(office.session, run.run_id), "Asia/Seoul")
    assert "Known gaps  queue of departures until" in told
    mailbox.send({"people": ["hr:1042"]})
    assert red(office, night()) == (), "nor for messages that nobody takes"


def test_another_gap_acknowledged_leaves_the_queue_red(night: Night, office: Office, mailbox: Mailbox) -> None:
    last = datetime.now(UTC).date() + timedelta(days=20)
    entry = {"roster": "hr", "reason": "CHG-1881", "approver": "minjun.kim", "expires": last}
    office.let_stand = {"acknowledgements": [entry]}

    assert len(red(office, night(away(mailbox)))) == 1


def test_messages_that_nobody_takes_make_it_red_since_when_they_do(
    night: Night, office: Office, mailbox: Mailbox
) -> None:
    """The triggerer is down, its right to receive is gone, or the DAG is paused."""
    night()
    mailbox.send({"people": ["hr:1042"]})

    first = night()
    mailbox.send({"people": ["hr:1043"]})
    second = night()

    assert red(office, first) == ("1 message on the queue of departures that nobody takes",)
    assert red(office, second) == ("2 messages on the queue of departures that nobody takes",)
    ((since,),) = office.session.execute(
        "select to_char(asked_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI') from queue_look where run_id = %s",
        (first.run_id,),
    ).fetchall()
    assert f"so it has been since {in_seoul(str(since))}. See whether offboarding_departure is unpaused" in unchecked(
        office, second
    )
    assert mailbox.left() == 2, "nothing was taken"
    assert len(mailbox.queue.receive(wait_seconds=0)) == 2, "nor hidden from whoever does"
    assert red(office, night()) == (), "somebody has them in hand"


def test_what_is_taken_while_it_looks_does_not_wait(office: Office, mailbox: Mailbox) -> None:
    mailbox.send({"people": ["hr:1042"]})
    pauses: list[float] = []

    def taken_at_the_second(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 2:
            mailbox.queue.receive(wait_seconds=0)

    run = pipeline.open_run(office.session, settings(office, mailbox), caller="patient", as_of=office.as_of)
    assert pipeline.ask_queue(office.session, run, mailbox.queue, pause=taken_at_the_second) == 0
    assert pauses == [10, 10]


def test_two_minutes_are_enough_to_know_that_nobody_does(office: Office, mailbox: Mailbox) -> None:
    mailbox.send({"people": ["hr:1042"]})
    pauses: list[float] = []
    run = pipeline.open_run(office.session, settings(office, mailbox), caller="patient", as_of=office.as_of)
    assert pipeline.ask_queue(office.session, run, mailbox.queue, pause=pauses.append) == 1
    assert sum(pauses) == 120


def test_a_retry_that_reaches_it_counts(office: Office, mailbox: Mailbox) -> None:
    run = pipeline.open_run(office.session, settings(office, mailbox), caller="retried", as_of=office.as_of)
    with pytest.raises(RetriableError, match="can't be reached"):
        pipeline.ask_queue(office.session, run, away(mailbox))
    assert any("couldn't be asked" in reason for reason in red(office, run))

    pipeline.ask_queue(office.session, run, mailbox.queue)

    assert not any("queue of departures" in reason for reason in red(office, run))


def test_a_task_that_never_began_is_missed(office: Office, mailbox: Mailbox) -> None:
    run = pipeline.open_run(office.session, settings(office, mailbox), caller="killed", as_of=office.as_of)
    assert "the queue of departures wasn't asked" in red(office, run)
    assert "queue of departures: not asked (it never has yet). See the log of the task ask_queue" in unchecked(
        office, run
    )


def test_without_a_queue_nothing_is_missed(office: Office) -> None:
    run = pipeline.open_run(office.session, office.settings, caller="none", as_of=office.as_of)
    assert not any("queue" in reason for reason in red(office, run))


# --- doctor -----------------------------------------------------------------------------------------------------------


def checked(office: Office, mailbox: Mailbox, queue: SqsQueue) -> CheckedSystem:
    alone = settings(office, mailbox).model_copy(update={"rosters": (), "sources": (), "trackers": ()})
    hands = readers(office, queue)
    doctor = Doctor(settings=alone, readers=hands, as_of=office.as_of, session=office.session)
    (found,) = [each for each in doctor.run() if each.room == "queue"]
    return found


def test_doctor_asks_it_and_takes_nothing(office: Office, mailbox: Mailbox) -> None:
    mailbox.send({"people": ["hr:1042"]})

    found = checked(office, mailbox, mailbox.queue)

    assert (found.name, found.state, found.counts) == ("sqs", GOOD, (("messages", 1),))
    assert len(mailbox.queue.receive(wait_seconds=0)) == 1


def test_doctor_names_what_to_mend(office: Office, mailbox: Mailbox) -> None:
    found = checked(office, mailbox, away(mailbox))
    assert (found.state, found.missing[0]) == (
        FAILED,
        "messages: SQS can't be reached (EndpointConnectionError). It is tried again.",
    )
