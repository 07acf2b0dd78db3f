"""moto's SQS in a process of its own, with a queue and another one for what is set aside."""

import json
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from demo import plain_moto
from offboarding.interfaces import ConnectionFields
from offboarding.queues.sqs import Settings, SqsQueue, build
from tests.support.lasting import Lasting, descriptions_read_once

SECRET = "canary-of-the-queues-key"
"""moto takes any."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailbox:
    """Both queues, as whoever sends and whoever looks finds them."""

    client: Any
    settings: Settings
    connection: ConnectionFields

    @property
    def queue(self) -> SqsQueue:
        """Our adapter."""
        return build(self.settings, self.connection)

    def send(self, told: object) -> str:
        """A message, as JSON unless it's text already. Returns its id."""
        body = told if isinstance(told, str) else json.dumps(told)
        return str(self.client.send_message(QueueUrl=self.settings.queue, MessageBody=body)["MessageId"])

    def left(self) -> int:
        """How many messages the queue holds, seen by somebody or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        told = self.client.get_queue_attributes(QueueUrl=self.settings.queue, AttributeNames=names)["Attributes"]
        return sum(int(told[name]) for name in names)

    def show_again(self, handle: str) -> None:
        """As if the time in which a message is unseen had passed."""
        self.client.change_message_visibility(QueueUrl=self.settings.queue, ReceiptHandle=handle, VisibilityTimeout=0)

    def aside(self) -> list[tuple[str, str]]:
        """(body, reason) of what was set aside."""
        told = self.client.receive_message(
            QueueUrl=self.settings.set_aside, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
        )
        return [(each["Body"], each["MessageAttributes"]["reason"]["StringValue"]) for each in told.get("Messages", [])]


@pytest.fixture(scope="session")
def sqs_server(lasting: Lasting) -> str:
    """Its address."""
    lasting("descriptions", descriptions_read_once)
    return lasting("sqs", plain_moto.running)


@pytest.fixture
def mailbox(sqs_server: str, request: pytest.FixtureRequest) -> Generator[Mailbox]:
    """Two queues of this test's own."""
    with opened(sqs_server, f"{abs(hash(request.node.name))}") as made:
        yield made


@contextmanager
def opened(url: str, name: str) -> Generator[Mailbox]:
    """Two queues of a server, for as long as the block runs."""
    client: Any = boto3.client(
        "sqs",
        region_name="ap-northeast-2",
        endpoint_url=url,
        aws_access_key_id="AKIATESTTESTTESTTEST",
        aws_secret_access_key=SECRET,
    )
    urls = [client.create_queue(QueueName=f"{kind}-{name}")["QueueUrl"] for kind in ("in", "aside")]
    yield Mailbox(
        client=client,
        settings=Settings(kind="sqs", connection="sqs", queue=urls[0], set_aside=urls[1]),
        connection=ConnectionFields(
            conn_id="sqs",
            login="AKIATESTTESTTESTTEST",
            password=SECRET,
            extra={"endpoint_url": url, "region_name": "ap-northeast-2"},
        ),
    )
    for each in urls:
        client.delete_queue(QueueUrl=each)
    client.close()
