"""AWS accounts on this machine: moto, seeded, behind a proxy that behaves as AWS does.

    python -m demo.aws SEED.json --port 5300

serves until it is stopped. Programs use `aws_server`, whose server ends with them, even when they are killed: it holds
the other end of a pipe, and leaves when that closes.
"""

import argparse
import functools
import json
import os
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, TYPE_CHECKING, NoReturn

from demo.aws_seed import AwsSeed, seed_from_json, seed_to_json
from demo.aws_trail_seed import AwsEventSeed

if TYPE_CHECKING:
    from boto3.session import Session
    from mypy_boto3_ec2 import EC2Client
    from mypy_boto3_iam import IAMClient
    from mypy_boto3_kms import KMSClient
    from mypy_boto3_secretsmanager import SecretsManagerClient
    from mypy_boto3_ssm import SSMClient

HOST = "127.0.0.1"
START_SECONDS = 60
STOP_SECONDS = 5
PROJECT = Path(__file__).resolve().parents[1]


class AwsServer:
    """A running server, as its starter sees it."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.endpoint_url = f"http://{HOST}:{port}"

    def seed(self, seed: AwsSeed) -> None:
        """Begin anew: other accounts, no report, nothing denied, nothing counted."""
        self._control("seed", seed_to_json(seed))

    def deny(self, account_id: str, action: str, *, only: str = "", code: str = "") -> None:
        """Answer AccessDenied, or another `code`, to this action ("ListAccessKeys", "kms:DescribeKey") from now on.

        `only`: where the region or a field of the request holds this (a key's id).
        """
        self._order("deny", account_id=account_id, action=action, only=only, code=code)

    def cut(self, account_id: str, action: str) -> None:
        """Send half of each answer to this action from now on."""
        self._order("cut", account_id=account_id, action=action)

    def throttle(self, account_id: str, action: str, times: int) -> None:
        """Answer Throttling to the next so many calls of this action."""
        self._order("throttle", account_id=account_id, action=action, times=times)

    def record(self, account_id: str, *events: AwsEventSeed) -> None:
        """Have CloudTrail's event history hold more."""
        told = {"account_id": account_id, "events": [asdict(event) for event in events]}
        self._control("record", json.dumps(told, default=datetime.isoformat))

    def relent(self) -> None:
        """Deny, throttle and cut nothing any more."""
        self._order("relent")

    def advance(self, by: timedelta) -> None:
        """Set the server's clock forward: a credential report grows old in 4 hours."""
        self._order("advance", seconds=by.total_seconds())

    def requests(self, account_id: str) -> Mapping[str, int]:
        """How often each action was asked of an account, refused and repeated calls included."""
        rows: list[tuple[str, str, int]] = json.loads(self._control("requests", ""))
        return {action: count for account, action, count in rows if account == account_id}

    def forget_requests(self) -> None:
        """Count from 0 again."""
        self._order("forget")

    def operator(self, account_id: str) -> "IAMClient":
        """A client that changes things in an account, as its administrator would; it isn't counted, nor refused."""
        return _session(account_id).client("iam", endpoint_url=self.endpoint_url)

    def ec2_operator(self, account_id: str, region: str = "us-east-1") -> "EC2Client":
        """The same, of EC2, which is asked for regions alone."""
        return _session(account_id, region).client("ec2", endpoint_url=self.endpoint_url)

    def kms_operator(self, account_id: str, region: str = "us-east-1") -> "KMSClient":
        """The same, of KMS."""
        return _session(account_id, region).client("kms", endpoint_url=self.endpoint_url)

    def secrets_operator(self, account_id: str, region: str = "us-east-1") -> "SecretsManagerClient":
        """The same, of Secrets Manager."""
        return _session(account_id, region).client("secretsmanager", endpoint_url=self.endpoint_url)

    def parameters_operator(self, account_id: str, region: str = "us-east-1") -> "SSMClient":
        """The same, of the Parameter Store."""
        return _session(account_id, region).client("ssm", endpoint_url=self.endpoint_url)

    def _order(self, command: str, **fields: str | float) -> None:
        self._control(command, json.dumps(fields))

    def _control(self, command: str, body: str) -> bytes:
        request = urllib.request.Request(f"{self.endpoint_url}/_control/{command}", data=body.encode(), method="POST")  # noqa: S310 - its own server
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own loopback server
            return answer.read()


@functools.cache
def _session(account_id: str, region: str = "us-east-1") -> "Session":
    """Once for each: it reads botocore's descriptions of the services, which takes 40 ms."""
    import boto3  # noqa: PLC0415 - who only starts the server needs no boto3

    return boto3.Session(
        region_name=region, aws_access_key_id=f"ASIA{account_id}OPER", aws_secret_access_key="not checked"
    )


@contextmanager
def aws_server(seed: AwsSeed, port: int = 0) -> Generator[AwsServer]:
    """A server with these accounts, in a process of its own, for as long as the block runs.

    Port 0 takes any free one. Raises RuntimeError with the server's own words where it doesn't start.
    """
    command = [sys.executable, "-m", "demo.aws", "-", "--port", str(port)]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,  # an interrupt at the terminal is the parent's to handle
    ) as process:
        try:
            yield AwsServer(_started(process, seed))
        finally:
            _stop(process)


def _started(process: subprocess.Popen[str], seed: AwsSeed) -> int:
    """The port, once the server listens."""
    to_server, from_server = _pipes(process)
    with suppress(BrokenPipeError):  # a server that has ended already; the empty line below tells
        to_server.write(seed_to_json(seed) + "\n")
        to_server.flush()
    watchdog = threading.Timer(START_SECONDS, process.kill)
    watchdog.start()
    line = from_server.readline()
    watchdog.cancel()
    if not line:
        raise RuntimeError("the AWS server did not start; what it said stands above. Try another port, or port 0.")
    return int(line)


def _pipes(process: subprocess.Popen[str]) -> tuple[IO[str], IO[str]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def _stop(process: subprocess.Popen[str]) -> None:
    """Close the pipe, at which the server leaves."""
    to_server, _ = _pipes(process)
    with suppress(BrokenPipeError):
        to_server.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _leave_with_parent() -> None:
    """End this process when the pipe on its standard input closes: the parent left, or was killed."""

    def wait() -> NoReturn:
        sys.stdin.read()
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def main() -> None:
    """Serve a seed, and say on standard output at which port."""
    parser = argparse.ArgumentParser(prog="python -m demo.aws", description="AWS on this machine.")
    parser.add_argument("seed", help="the accounts as JSON (see aws_seed.py); - reads a line, and ends with its giver")
    parser.add_argument("--port", type=int, default=0)
    options = parser.parse_args()
    from_parent = options.seed == "-"
    text = sys.stdin.readline() if from_parent else Path(options.seed).read_text("utf-8")
    from demo.aws_serving import serve  # noqa: PLC0415 - moto loads in this process alone

    if from_parent:
        _leave_with_parent()
    with suppress(KeyboardInterrupt):
        serve(seed_from_json(text), options.port)


if __name__ == "__main__":
    main()
