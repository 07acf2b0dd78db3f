"""S3 for tests (bucket_server.py). Import the fixtures."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest

from offboarding.interfaces import ConnectionFields
from tests.support.bucket_server import CONTROL, OPERATOR, Manners
from tests.support.lasting import Lasting, descriptions_read_once

BUCKET = "hr-feeds"
SECRET = "s3cret of the reader"
READER = "AKIA00000000000READER"
PROJECT = Path(__file__).parents[2]


class Store:
    """A bucket as HR sees it, and the manners of the server that its reader meets."""

    def __init__(self, port: int) -> None:
        self.endpoint_url = f"http://127.0.0.1:{port}"
        self._hr = boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name="us-east-1",
            aws_access_key_id=OPERATOR,
            aws_secret_access_key="not checked",
        )

    def begin(self) -> None:
        """Anew, with an empty bucket."""
        self._control(b"")
        self._hr.create_bucket(Bucket=BUCKET)

    def behave(self, manners: Manners) -> list[str]:
        """From now on so; gives what the reader asked until now."""
        return self._control(manners.to_json())

    def refuse(self, operation: str, code: str = "AccessDenied", status: int = 403) -> None:
        """Answer an operation with an error."""
        self.behave(Manners(codes={operation: (code, status)}))

    def put(self, key: str, content: bytes) -> str:
        """Deliver, and give the address."""
        self._hr.put_object(Bucket=BUCKET, Key=key, Body=content)
        return f"s3://{BUCKET}/{key}"

    def connection(self, **extra: object) -> ConnectionFields:
        """The reader's."""
        return ConnectionFields(
            conn_id="hr_bucket", login=READER, password=SECRET, extra={"endpoint_url": self.endpoint_url} | extra
        )

    def _control(self, body: bytes) -> list[str]:
        request = urllib.request.Request(f"{self.endpoint_url}{CONTROL}", data=body, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


@pytest.fixture(scope="session")
def s3_process(lasting: Lasting) -> Store:
    """One server for all tests; it ends with them, even when they are killed."""
    lasting("descriptions", descriptions_read_once)
    return lasting("s3", _started)


@contextmanager
def _started() -> Generator[Store]:
    with subprocess.Popen(
        [sys.executable, "-m", "tests.support.bucket_server"],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Store(int(process.stdout.readline()))
        finally:
            process.stdin.close()


@pytest.fixture
def s3(s3_process: Store) -> Store:
    """The bucket, empty."""
    s3_process.begin()
    return s3_process
