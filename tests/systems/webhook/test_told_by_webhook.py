"""Nights that tell a tracker which can't be asked: nothing is taken for so, and nothing is told twice or lost."""

import json
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from offboarding.model import Standing, TicketDraft, TicketRef, TicketState
from offboarding.model.errors import FatalError, OffboardingError, RetriableError, UncertainError
from offboarding.runs import pipeline
from offboarding.store import reading, runs
from offboarding.store.connect import opened
from offboarding.store.reading import Night
from offboarding.store.restores import RESTORED
from offboarding.tickets import moving
from offboarding.trackers.webhook import build
from tests.support.liars import lying
from tests.support.listed_tracker import ListedTicket, ListedTracker
from tests.support.office import HeardTracker, Office, locked, login
from tests.support.red import why_red
from tests.support.restoring import back_up, restore
from tests.support.small_company import LEFT, STAFF, number, worker
from tests.systems.webhook.receiver import Receiving, receiving, settings

pytestmark = pytest.mark.slow


class Line(HeardTracker):
    """Between the desk and a webhook."""

    fault: Exception | None = None
    """What the desk hears of the next opening."""
    arrives: bool = True
    """Whether that reached the receiver."""

    def open(self, draft: TicketDraft) -> TicketRef:
        fault, self.fault = self.fault, None
        if fault and not self.arrives:
            raise fault
        ref = super().open(draft)
        if fault:
            raise fault
        return ref


@dataclass(slots=True, kw_only=True)
class Told(Office):
    """An office whose only tracker is a webhook."""

    place: Receiving
    line: Line

    def said(self) -> list[str]:
        """Types of what the receiver took, in order."""
        return [each["type"].removeprefix("ticket.") for each in self.place.taken]

    def last(self) -> Night:
        """The newest run, as a report tells it."""
        row = self.session.execute("select max(run_id) from run").fetchone()
        assert row
        return reading.night(self.session, int(str(row[0])))

    def ticket(self) -> ListedTicket:
        (found,) = self.place.kept.there()
        return found


@pytest.fixture
def kim(office: Office) -> Generator[Told]:
    """Kim has left, and a login of his still works."""
    with receiving() as place:
        line = Line(build(settings(), place.connection()))
        made = Told(session=office.session, tracker=line, line=line, place=place)
        made.hr.workers = [worker("1042", LEFT), STAFF]
        made.directory.accounts = [login("kim", number("1042"))]
        yield made


def test_what_people_did_by_hand_changes_nothing(kim: Told) -> None:
    kim.night()
    kim.place.kept.people_turn(kim.ticket().ref, TicketState.CLOSED)

    assert kim.night().failed == ()

    assert kim.said() == ["open"]


def test_one_that_was_opened_unheard_is_brought_up_to_date(kim: Told) -> None:
    kim.line.fault = RetriableError("trackers.secops: no answer")
    with pytest.raises(RetriableError):
        kim.night()
    kim.directory.accounts.append(login("kim2", number("1042")))

    assert kim.night().failed == ()

    assert kim.said() == ["open", "update"]
    assert "kim2" in kim.ticket().draft.body


def test_after_a_restore_a_receiver_that_closed_hears_of_it_again(
    kim: Told, store_parameters: dict[str, str | int], tmp_path: Path
) -> None:
    """The receiver heard that all has ended; the store is restored from before that, and the login works again."""
    kim.night()
    back_up(store_parameters, tmp_path / "backup")
    kim.directory.change("kim", **locked())
    kim.night()
    assert (kim.said()[-1], kim.ticket().is_open) == ("close", False)
    heard = max(each["ticket"]["number"] for each in kim.place.taken)
    restore(store_parameters, tmp_path / "backup")
    kim.directory.change("kim", standing=Standing.WORKS, standing_reason="")

    with opened(store_parameters) as kim.session:
        kim.night()

        assert RESTORED in kim.last().record_troubles
        assert any(RESTORED in reason for reason in why_red(kim.last()))
        assert kim.ticket().is_open
        assert "reopen" in kim.said()
        assert all(each["ticket"]["number"] > heard for each in kim.place.taken[3:]), "a smaller one is overtaken"
        said = len(kim.said())
        kim.night()
        assert why_red(kim.last()) == ()
        assert len(kim.said()) == said, "once"


def test_after_a_restore_one_that_was_opened_and_closed_since_hears_of_it_again(
    kim: Told, store_parameters: dict[str, str | int], tmp_path: Path
) -> None:
    """The store doesn't know of the ticket at all, and its opening bears the id that the receiver took before."""
    kim.directory.change("kim", **locked())
    kim.night()
    back_up(store_parameters, tmp_path / "backup")
    kim.directory.change("kim", standing=Standing.WORKS, standing_reason="")
    kim.night()
    kim.directory.change("kim", **locked())
    kim.night()
    assert (kim.said()[-1], kim.ticket().is_open) == ("close", False)
    restore(store_parameters, tmp_path / "backup")
    kim.directory.change("kim", standing=Standing.WORKS, standing_reason="")

    with opened(store_parameters) as kim.session:
        kim.night()
        kim.night()

        assert kim.ticket().is_open


def test_said_again_in_the_same_words_it_is_opened_once(kim: Told) -> None:
    kim.line.fault = RetriableError("trackers.secops: no answer")
    with pytest.raises(RetriableError):
        kim.night()

    kim.night()
    kim.night()

    assert kim.said() == ["open"]
    assert len(kim.place.heard) == 2


def test_one_that_may_have_been_opened_unheard_is_closed_once_all_has_ended(kim: Told) -> None:
    kim.line.fault = RetriableError("trackers.secops: no answer")
    with pytest.raises(RetriableError):
        kim.night()
    kim.directory.change("kim", **locked())

    kim.night()

    assert (kim.said()[0], kim.said()[-1], kim.ticket().is_open) == ("open", "close", False)


def test_one_that_was_taken_with_an_answer_nobody_can_use_is_closed_once_all_has_ended(kim: Told) -> None:
    kim.line.fault = UncertainError("trackers.secops: its ref can't be used")
    with pytest.raises(FatalError):
        kim.night()
    kim.directory.change("kim", **locked())

    kim.night()

    assert (kim.said()[0], kim.said()[-1], kim.ticket().is_open) == ("open", "close", False)


def test_one_that_was_refused_is_not_opened_once_all_has_ended(kim: Told) -> None:
    kim.line.fault, kim.line.arrives = FatalError("trackers.secops: 400, no"), False
    with pytest.raises(FatalError):
        kim.night()
    kim.directory.change("kim", **locked())

    assert kim.night().failed == ()

    assert kim.said() == []


def test_what_ends_and_works_again_is_told_each_time(kim: Told) -> None:
    kim.night()
    for _ in range(2):
        kim.directory.change("kim", **locked())
        kim.night()
        assert not kim.ticket().is_open
        kim.directory.change("kim", standing=Standing.WORKS, standing_reason="no lock")
        kim.night()
        assert kim.ticket().is_open

    told = [each for each in kim.said() if each in ("open", "close", "reopen")]
    assert told == ["open", "close", "reopen", "close", "reopen"]


def test_a_wording_that_could_not_be_told_makes_the_night_red(kim: Told) -> None:
    """Nothing of it is in the outbox: the tickets are only read otherwise."""
    kim.night()
    there, kim.policy = kim.line.inner, {"language": "ko"}
    with lying(lambda _: [b"HTTP/1.1 503 No\r\nRetry-After: 120\r\nContent-Length: 0\r\n\r\n"]) as liar:
        kim.line.inner = build(settings(), replace(kim.place.connection(), port=liar.port))
        with pytest.raises(RetriableError):
            kim.night()

    (red,) = why_red(kim.last())
    assert red.startswith("tracker secops couldn't be told how its tickets read now: trackers.soar: ticket.update ")
    assert "503. It is busy or ill" in red
    assert "in 120 seconds" in red
    kim.line.inner = there
    assert kim.night().failed == ()
    assert why_red(kim.last()) == ()


@pytest.mark.parametrize("there", [False, True], ids=["from it", "to it"])
def test_tickets_move(kim: Told, there: bool) -> None:
    listed = ListedTracker()
    if there:
        kim.tracker = HeardTracker(listed)
    kim.night()
    other = kim.line if there else listed
    run = runs.last_finished_night(kim.session)
    assert run

    moving.move(kim.session, run, ["secops", "other"], "secops", "other")
    pipeline.ticket(kim.session, kim.settings, run, {"secops": lambda: kim.tracker, "other": lambda: other})

    ours, (theirs,) = kim.ticket(), listed.there()
    assert (ours.is_open, theirs.is_open) == (there, not there)
    left, new = (theirs, ours) if there else (ours, theirs)
    assert f"Moved to other, {new.ref.ref}" in left.said[-1][1]


@pytest.mark.parametrize("status", [422, 503])
def test_what_it_says_back_of_a_leaver_stands_nowhere(
    kim: Told, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """One that was told with the input that it doesn't take, as many frameworks answer by themselves."""
    kim.directory.accounts = [login("kim.minjun@corp.example", number("1042"))]

    came = bytearray()

    def refuse(asked: bytes) -> list[bytes]:
        came.extend(asked)
        sent = bytes(came).partition(b"\r\n\r\n")[2]
        if not sent.endswith(b"}}"):
            return []
        came.clear()
        title = json.loads(sent)["data"]["title"]
        body = json.dumps({"by": "Kim.Minjun@corp.example", "title": title, "input": json.loads(sent)}).encode()
        head = f"HTTP/1.1 {status} No\r\nRetry-After: 120\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        return [head.encode() + body]

    with lying(refuse) as liar:
        connection = replace(kim.place.connection(), port=liar.port, schema="http")
        kim.line.inner = build(settings(), connection)
        with pytest.raises(OffboardingError) as raised:
            kim.night()

    kept = str(kim.session.execute("select array_agg(words) from refusal").fetchone())
    heard = f"{raised.value} {kept} {capsys.readouterr()}"
    assert "(what was sent)" in heard
    assert "Kim" not in heard
    assert "injun" not in heard
