"""Both ways to read CloudTrail keep the contract of every audit trail."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from demo.aws import AwsServer
from demo.aws_seed import AwsSeed
from demo.aws_trail_seed import AwsEventSeed
from offboarding.interfaces import Trail
from tests.contract.trail_contract import TrailContract
from tests.support.bucket_server import Manners
from tests.support.buckets import BUCKET, Store, s3, s3_process
from tests.support.buckets import SECRET as READERS_SECRET
from tests.systems.aws.cloud import AS_OF, CORE, account, aws_process, connection, person
from tests.systems.aws.trails import HELD_BACK, SECRET, event, file_of, key_of, somebody, trail

pytestmark = pytest.mark.slow

__all__ = ["aws_process", "s3", "s3_process"]  # fixtures

NOWHERE = "http://127.0.0.1:9"


class _Recorded:
    kind = "aws_cloudtrail"
    name = "trail"
    now = AS_OF
    secrets = ("s3cret of the caller", HELD_BACK, READERS_SECRET)

    def __init__(self) -> None:
        self._numbered = 0
        self.read_a_secret(AS_OF - timedelta(days=3))
        self.record(self._event(AS_OF - timedelta(days=2), identity=somebody("jpark")))

    def read_a_secret(self, at: datetime) -> str:
        return self.record(self._event(at))

    def try_in_vain(self, at: datetime) -> str:
        return self.record(self._event(at, error="AccessDenied"))

    def record(self, told: AwsEventSeed) -> str:
        raise NotImplementedError

    def _event(self, at: datetime, **changes: Any) -> AwsEventSeed:
        self._numbered += 1
        request = {"secretId": SECRET, "secretString": HELD_BACK}
        return event(self._numbered, at=at, request=request, response={"secretString": HELD_BACK}, **changes)


class History(_Recorded):
    """The event history of one account."""

    def __init__(self, server: AwsServer) -> None:
        self._server = server
        server.seed(AwsSeed(accounts=(account(CORE, person("mjkim")),), clock=AS_OF))
        super().__init__()

    def trail(self) -> Trail:
        return trail(self._server)

    def record(self, told: AwsEventSeed) -> str:
        self._server.record(CORE, told)
        return told.event_id

    def forbid(self) -> str:
        self._server.deny(CORE, "cloudtrail:LookupEvents")
        return "Grant cloudtrail:LookupEvents"

    def cut_off(self) -> None:
        self._server.cut(CORE, "cloudtrail:LookupEvents")

    def refused(self) -> Trail:
        return trail(connection(self._server, login="AKIANOBODYSKEY000000"))

    def unreachable(self) -> Trail:
        return trail(connection(self._server, extra={"endpoint_url": NOWHERE}), max_attempts=1)


class Files(_Recorded):
    """A trail's files in a bucket, the newest of them delivered lately."""

    def __init__(self, store: Store) -> None:
        self._store = store
        super().__init__()

    def trail(self) -> Trail:
        return trail(self._store.connection(), bucket=f"s3://{BUCKET}/logs", role_name=None)

    def record(self, told: AwsEventSeed) -> str:
        self._store.put(key_of(told.at, self._numbered), file_of(told))
        return told.event_id

    def forbid(self) -> str:
        self._store.refuse("GetObject")
        return "s3:GetObject on arn:aws:s3:::hr-feeds/logs/AWSLogs/*"

    def cut_off(self) -> None:
        whole = file_of(self._event(AS_OF))
        self._store.put(key_of(AS_OF), whole[: len(whole) // 2])

    def refused(self) -> Trail:
        self._store.behave(Manners(codes={"ListObjectsV2": ("InvalidAccessKeyId", 403)}))
        return self.trail()

    def unreachable(self) -> Trail:
        fields = self._store.connection(endpoint_url=NOWHERE)
        return trail(fields, bucket=f"s3://{BUCKET}/logs", role_name=None, max_attempts=1)


@pytest.fixture
def history(aws_process: AwsServer) -> History:
    return History(aws_process)


class TestHistory(TrailContract):
    @pytest.fixture
    def system(self, history: History) -> History:
        return history


class TestFiles(TrailContract):
    @pytest.fixture
    def system(self, s3: Store) -> Files:
        return Files(s3)
