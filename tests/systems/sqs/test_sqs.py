"""Amazon SQS, as moto plays it."""

from dataclasses import dataclass, replace

import pytest

from offboarding.queues.sqs import SqsQueue, build
from tests.contract.queue_contract import QueueContract
from tests.systems.sqs.queue_server import Mailbox, mailbox, sqs_server

pytestmark = pytest.mark.slow

__all__ = ["mailbox", "sqs_server"]  # fixtures


@dataclass(frozen=True, slots=True, kw_only=True)
class Place(Mailbox):
    """Two queues, and what may go wrong with them."""

    def away(self) -> SqsQueue:
        """Nobody listens there."""
        extra = {**self.connection.extra, "endpoint_url": "http://127.0.0.1:1"}
        return build(self.settings, replace(self.connection, extra=extra))

    def gone(self) -> SqsQueue:
        """A queue that nobody made."""
        return build(self.settings.model_copy(update={"queue": f"{self.settings.queue}-gone"}), self.connection)


@pytest.fixture
def place(mailbox: Mailbox) -> Place:
    return Place(client=mailbox.client, settings=mailbox.settings, connection=mailbox.connection)


class TestContract(QueueContract):
    pass


def test_a_message_too_long_for_the_other_queue_loses_its_end(mailbox: Mailbox) -> None:
    mailbox.send("x" * 262_144)
    (message,) = mailbox.queue.receive(wait_seconds=0)

    mailbox.queue.set_aside(message, "it is no JSON")

    ((body, reason),) = mailbox.aside()
    assert len(body) == 262_144 - 4_096
    assert reason == "it is no JSON. Of its 262144 bytes the last are left out here"
