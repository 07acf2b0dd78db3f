"""How AWS writes its answers, by protocol."""

import json
from collections.abc import Mapping
from http import HTTPStatus

from werkzeug.wrappers import Response


def json_answer(answer: Mapping[str, object], status: int = HTTPStatus.OK) -> Response:
    """In the JSON protocol, version 1.1."""
    return Response(json.dumps(answer), status=status, content_type="application/x-amz-json-1.1")


def xml_answer(text: str, status: int = HTTPStatus.OK) -> Response:
    """In the query protocol."""
    return Response(text, status=status, content_type="text/xml")


def result_body(action: str, inside: str) -> str:
    """What IAM answers, around what is inside."""
    return (
        f'<{action}Response xmlns="https://iam.amazonaws.com/doc/2010-05-08/"><{action}Result>{inside}</{action}Result>'
        f"<ResponseMetadata><RequestId>00000000-0000-0000-0000-000000000000</RequestId></ResponseMetadata>"
        f"</{action}Response>"
    )


def error_body(code: str, message: str) -> str:
    """What IAM and the token service say that is wrong."""
    return (
        '<ErrorResponse xmlns="https://iam.amazonaws.com/doc/2010-05-08/">'
        f"<Error><Type>Sender</Type><Code>{code}</Code><Message>{message}</Message></Error>"
        "<RequestId>00000000-0000-0000-0000-000000000000</RequestId></ErrorResponse>"
    )


def ec2_error_body(code: str, message: str) -> str:
    """The same of EC2."""
    return (
        f"<Response><Errors><Error><Code>{code}</Code><Message>{message}</Message></Error></Errors>"
        "<RequestID>00000000-0000-0000-0000-000000000000</RequestID></Response>"
    )
