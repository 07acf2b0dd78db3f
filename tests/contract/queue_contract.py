"""What every queue must do (interfaces.MessageQueue), against the real thing or what behaves like it.

    class TestContract(QueueContract):
        pass

with one fixture: `place`, two queues of the test's own.
"""

from collections.abc import Sequence
from typing import Protocol

import pytest

from offboarding.interfaces import MessageQueue
from offboarding.model.errors import FatalError, RetriableError


class Place(Protocol):
    """The queue and the one for what is set aside, as whoever sends and whoever administers them sees them."""

    @property
    def queue(self) -> MessageQueue:
        """Our adapter, new each time."""
        ...

    def send(self, told: object) -> str:
        """Send a text. Returns the message's id."""
        ...

    def left(self) -> int:
        """How many messages the queue holds, in somebody's hands or not."""
        ...

    def aside(self) -> Sequence[tuple[str, str]]:
        """(body, reason) of what was set aside."""
        ...

    def show_again(self, handle: str) -> None:
        """As if the time in which a message is unseen had passed."""
        ...

    def away(self) -> MessageQueue:
        """The adapter, where nobody answers."""
        ...

    def gone(self) -> MessageQueue:
        """The adapter, where the queue isn't there any more."""
        ...


class QueueContract:
    """The suite."""

    def test_a_message_comes_as_it_was_sent(self, place: Place) -> None:
        message_id = place.send('{"people": ["hr:1042"]} \u2603 [[[')

        (message,) = place.queue.receive(wait_seconds=0)

        assert (message.message_id, message.body) == (message_id, '{"people": ["hr:1042"]} \u2603 [[[')

    def test_a_body_shows_in_no_log(self, place: Place) -> None:
        place.send("kim@corp.example")

        assert "kim@corp.example" not in repr(place.queue.receive(wait_seconds=0))

    def test_what_is_in_hand_nobody_else_sees_until_it_is_there_again(self, place: Place) -> None:
        message_id = place.send("one")
        (first,) = place.queue.receive(wait_seconds=0)
        meanwhile = place.queue.receive(wait_seconds=0)

        place.show_again(first.handle)

        (again,) = place.queue.receive(wait_seconds=0)
        assert (meanwhile, again.message_id, place.left()) == ([], message_id, 1)

    def test_what_is_deleted_is_gone_and_may_be_deleted_twice(self, place: Place) -> None:
        for number in range(12):
            place.send(str(number))
        handles: list[str] = []
        while found := place.queue.receive(wait_seconds=0):
            handles += [message.handle for message in found]

        for _ in range(2):
            place.queue.delete(handles)

        assert (len(handles), place.left()) == (12, 0)

    def test_nothing_to_delete_is_asked_of_nobody(self, place: Place) -> None:
        place.away().delete([])

    def test_what_is_set_aside_lies_elsewhere_with_its_reason(self, place: Place) -> None:
        place.send("poison")
        (message,) = place.queue.receive(wait_seconds=0)

        place.queue.set_aside(message, "it is no JSON")

        assert (list(place.aside()), place.left()) == ([("poison", "it is no JSON")], 0)

    def test_counting_takes_nothing(self, place: Place) -> None:
        none = place.queue.waiting()
        place.send("one")

        assert (none, place.queue.waiting()) == (0, 1)
        assert len(place.queue.receive(wait_seconds=0)) == 1
        assert place.queue.waiting() == 0

    def test_one_that_is_away_is_tried_again(self, place: Place) -> None:
        for ask in (lambda: place.away().receive(wait_seconds=0), lambda: place.away().waiting()):
            with pytest.raises(RetriableError, match=r"^messages: "):
                ask()

    def test_one_that_is_gone_says_what_to_mend(self, place: Place) -> None:
        for ask in (lambda: place.gone().receive(wait_seconds=0), lambda: place.gone().waiting()):
            with pytest.raises(FatalError, match=r"Mend messages\."):
                ask()
