"""Answers that can't be read, told with the call that they were to and their HTTP status."""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from boto3.session import Session
    from botocore.awsrequest import AWSResponse
    from botocore.model import OperationModel


class UnreadableAnswerError(Exception):
    """What came is no answer to this call: somebody else's page, half an answer, or that of a server without it."""

    def __init__(self, operation_name: str, status: int) -> None:
        super().__init__(f"{operation_name}: HTTP {status}")
        self.operation_name = operation_name
        self.status = status


class AnswerWatch:
    """Has the clients of one session raise UnreadableAnswerError, where botocore's own error names neither, or none
    comes. One call at a time.
    """

    def __init__(self) -> None:
        self._status = 0

    def watch(self, session: "Session") -> None:
        """From here on, for clients made after this call."""
        session.events.register("before-parse", self._before_parse)
        session.events.register("after-call", self._after_call)
        session.events.register("after-call-error", self._after_call_error)

    def _before_parse(self, response_dict: dict[str, int], **_: object) -> None:
        self._status = response_dict["status_code"]

    def _after_call(self, http_response: "AWSResponse", model: "OperationModel", **_: object) -> None:
        """botocore takes JSON that is none, or ends in its middle, for an answer that says nothing: a list of keys that
        is cut short would be an empty one.
        """
        if "json" not in str(model.service_model.metadata.get("protocol")) or not http_response.content:
            return
        try:
            json.loads(http_response.content)
        except ValueError as error:
            raise UnreadableAnswerError(model.name, self._status) from error

    def _after_call_error(self, exception: Exception, event_name: str, **_: object) -> None:
        from botocore.parsers import ResponseParserError  # noqa: PLC0415 - see interfaces

        if isinstance(exception, ResponseParserError):
            raise UnreadableAnswerError(event_name.rpartition(".")[2], self._status) from exception
