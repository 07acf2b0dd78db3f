"""Amazon SQS: messages stay in the queue, unseen for a while, until they are deleted by our own hand.

AWS, Amazon SQS Developer Guide: "Amazon SQS visibility timeout", "Short and long polling", "At-least-once delivery".
"""

from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from offboarding.interfaces import ConnectionFields, QueuedMessage
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.net.destinations import Destination, of_aws
from offboarding.queues.sqs.settings import Settings

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_sqs import SQSClient

MOST_AT_ONCE = 10
"""The API's own limit, of ReceiveMessage and of DeleteMessageBatch."""
LONG_POLL_SECONDS = 20
"""As long as the API waits for a first message."""
_VISIBLE: Final = "ApproximateNumberOfMessages"
_DENIED = ("AccessDenied", "AccessDeniedException", "AWS.SimpleQueueService.AccessDenied")
_REFUSED = ("InvalidClientTokenId", "SignatureDoesNotMatch", "ExpiredToken", "UnrecognizedClientException")
_ABSENT = ("AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist")
_SERVER_ERROR = 500
_LONGEST = 262_144
"""Bytes that a queue takes unless it's told otherwise, attributes among them (SendMessage)."""
_BESIDE = 4_096
"""Room for the attributes."""


class SqsQueue:
    """A queue, and another one for what is set aside. Calls may come from any thread, one at a time."""

    def __init__(self, settings: Settings, connection: ConnectionFields | None) -> None:
        self._settings, self._connection = settings, connection
        self._client: SQSClient | None = None

    def receive(self, *, wait_seconds: int = LONG_POLL_SECONDS) -> list[QueuedMessage]:
        """What waits, ten at most; unseen by others for `visibility_seconds`. Raises RetriableError or FatalError."""
        with self._speaking("sqs:ReceiveMessage"):
            answer = self._sqs().receive_message(
                QueueUrl=self._settings.queue,
                MaxNumberOfMessages=MOST_AT_ONCE,
                WaitTimeSeconds=wait_seconds,
                VisibilityTimeout=self._settings.visibility_seconds,
            )
        return [
            QueuedMessage(
                message_id=str(message.get("MessageId")),
                handle=str(message.get("ReceiptHandle")),
                body=message.get("Body") or "",
            )
            for message in answer.get("Messages", ())
        ]

    def delete(self, handles: Sequence[str]) -> None:
        """Take these out. One whose handle has run out comes again, which does no harm. Raises as `receive`."""
        for start in range(0, len(handles), MOST_AT_ONCE):
            some = handles[start : start + MOST_AT_ONCE]
            with self._speaking("sqs:DeleteMessage"):
                self._sqs().delete_message_batch(
                    QueueUrl=self._settings.queue,
                    Entries=[{"Id": str(number), "ReceiptHandle": handle} for number, handle in enumerate(some)],
                )

    def set_aside(self, message: QueuedMessage, reason: str) -> None:
        """Put it into the other queue, with why, and take it out of this one. Raises as `receive`.

        One that would be too long there, with its reason beside it, loses its end.
        """
        body = message.body.encode(errors="replace")
        if len(body) > _LONGEST - _BESIDE:
            reason = f"{reason}. Of its {len(body)} bytes the last are left out here"
            body = body[: _LONGEST - _BESIDE]
        with self._speaking("sqs:SendMessage"):
            self._sqs().send_message(
                QueueUrl=self._settings.set_aside,
                # The API takes no empty body.
                MessageBody=body.decode(errors="ignore") or "(empty)",
                MessageAttributes={
                    "reason": {"DataType": "String", "StringValue": reason},
                    "message_id": {"DataType": "String", "StringValue": message.message_id},
                },
            )
        self.delete([message.handle])

    def waiting(self) -> int:
        """How many messages nobody has in hand, as SQS counts them: within a minute. Raises as `receive`."""
        with self._speaking("sqs:GetQueueAttributes"):
            # That what can't be taken could be set aside is known by asking for it.
            self._sqs().get_queue_attributes(QueueUrl=self._settings.set_aside, AttributeNames=["QueueArn"])
            answer = self._sqs().get_queue_attributes(QueueUrl=self._settings.queue, AttributeNames=[_VISIBLE])
        return int(answer.get("Attributes", {}).get(_VISIBLE, "0"))

    def _sqs(self) -> "SQSClient":
        if self._client is None:
            import boto3  # noqa: PLC0415 - see interfaces
            from botocore.config import Config  # noqa: PLC0415 - see interfaces

            own = self._connection or ConnectionFields(conn_id="")
            session = boto3.Session(
                aws_access_key_id=own.login or None,
                aws_secret_access_key=own.password or None,
                aws_session_token=_extra(own, "aws_session_token"),
                region_name=_extra(own, "region_name") or self._settings.region,
            )
            config = Config(
                retries={"mode": "standard", "total_max_attempts": 3},
                connect_timeout=5,
                read_timeout=LONG_POLL_SECONDS + 10,
            )
            self._client = session.client("sqs", endpoint_url=_extra(own, "endpoint_url"), config=config)
        return self._client

    @contextmanager
    def _speaking(self, call: str) -> Generator[None]:
        """Turn boto3's errors into ours."""
        from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError  # noqa: PLC0415 - see interfaces

        try:
            yield
        except ClientError as error:
            raise _our_error(error, call) from error
        except NoCredentialsError as error:
            raise FatalError("messages: no credentials. Name an Airflow connection with a key in messages.") from error
        except BotoCoreError as error:
            raise RetriableError(
                f"messages: SQS can't be reached ({type(error).__name__}). It is tried again."
            ) from error


def _our_error(error: "ClientError", call: str) -> OffboardingError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    if code in _DENIED:
        return FatalError(f"messages: {call} denied. Grant it on both queues (docs/departure.md).")
    if code in _REFUSED:
        return FatalError(f"messages: SQS refuses the connection's key ({code}). Mend its key, secret or region.")
    if code in _ABSENT:
        return FatalError("messages: there is no such queue. Mend messages.queue or messages.set_aside.")
    if error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR or "Throttl" in code:
        return RetriableError(f"messages: SQS answers {code} to {call}. It is tried again.")
    return FatalError(f"messages: SQS answers {code} to {call}.")


def _extra(connection: ConnectionFields, name: str) -> str | None:
    value = connection.extra.get(name)
    return str(value) if value else None


def build(settings: Settings, connection: ConnectionFields | None) -> SqsQueue:
    """Ready to be asked."""
    return SqsQueue(settings, connection)


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads."""
    del settings
    return of_aws(connection.extra.get("endpoint_url"))
