"""What AWS, or something before it, answers, in words of ours."""

from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
import pytest

from offboarding.model.errors import RetriableError
from offboarding.sources._aws.client.failures import CallerIdentity, speaking_of

ASKER = CallerIdentity(source="aws", account_id="222222222222", role_name="OffboardingAudit", conn_id="aws_audit")


class Page(BaseHTTPRequestHandler):
    """A proxy that wants somebody to log in."""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        page = b"<html><body>Please log in<br></body></html>"
        self.send_response(200)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its own name for it
        """Say nothing on the terminal."""


@contextmanager
def proxy() -> Generator[str]:
    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_page_in_place_of_an_answer_is_tried_again() -> None:
    with proxy() as url:
        iam = boto3.client(
            "iam", endpoint_url=url, region_name="us-east-1", aws_access_key_id="AKIAX", aws_secret_access_key="not-one"
        )
        with pytest.raises(RetriableError) as told, speaking_of(ASKER):
            iam.list_users()

    assert "no answer of AWS's" in str(told.value)
    assert "aws_audit" in str(told.value)
    assert "not-one" not in str(told.value)
