"""CloudTrail's files in S3: gzipped JSON, a folder for each account, region and day of delivery.

    PREFIX/AWSLogs/[ORGANIZATION/]ACCOUNT/CloudTrail/REGION/2026/11/24/..._20261124T0935Z_....json.gz

Digests and insights lie in folders of their own, and aren't read.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-examples.html
"""

import gzip
import io
import json
import zlib
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.sources.aws._api.client.failures import CallerIdentity, error_code, is_denied
from offboarding.sources.aws.cloudtrail.actors import Record

if TYPE_CHECKING:
    from botocore.exceptions import ClientError
    from mypy_boto3_s3 import S3Client

MOST_BYTES = 1 << 29
"""Of one file, unpacked: CloudTrail writes some megabytes."""
MOST_PACKED = 1 << 26
_CHUNK = 1 << 20
_GONE = frozenset({"NoSuchKey", "NoSuchBucket"})


@dataclass(slots=True, kw_only=True)
class TrailBucket:
    """One account's files. Raises FatalError and RetriableError."""

    s3: "S3Client" = field(repr=False)
    address: str
    """"s3://BUCKET/PREFIX", as it was told to CloudTrail."""
    account_id: str
    asker: CallerIdentity
    newest_at: dict[str, datetime] = field(default_factory=dict[str, datetime])
    """By region: when the newest file was delivered, once all was read."""
    files: int = 0

    def records(self, start: datetime) -> Iterator[Record]:
        """Yield everything that was delivered from the day of `start` on."""
        for folder in self._folders():
            for region_folder in self._below(folder):
                yield from self._region(region_folder, start)

    @property
    def _bucket(self) -> str:
        return self.address.removeprefix("s3://").partition("/")[0]

    @property
    def _root(self) -> str:
        prefix = self.address.removeprefix("s3://").partition("/")[2].strip("/")
        return f"{prefix}/AWSLogs/" if prefix else "AWSLogs/"

    def _folders(self) -> Iterator[str]:
        """Where this account's files are: of a trail of its own, and of the organization's."""
        for folder in (self._root, *(each for each in self._below(self._root) if each[len(self._root) :][:2] == "o-")):
            yield f"{folder}{self.account_id}/CloudTrail/"

    def _below(self, folder: str) -> list[str]:
        """The folders right in a folder."""
        with self._speaking("ListObjectsV2"):
            pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=folder, Delimiter="/")
            return [each.get("Prefix", "") for page in pages for each in page.get("CommonPrefixes", ())]

    def _region(self, folder: str, start: datetime) -> Iterator[Record]:
        """Keys are in the order of their days; the region's newest file says whether the trail still writes."""
        region = folder.rstrip("/").rpartition("/")[2]
        for key, delivered_at in self._listed(folder, f"{folder}{start.astimezone(UTC):%Y/%m/%d}/"):
            self.newest_at[region] = max(delivered_at, self.newest_at.get(region, delivered_at))
            self.files += 1
            yield from self._file(key)

    def _listed(self, folder: str, after: str) -> list[tuple[str, datetime]]:
        with self._speaking("ListObjectsV2"):
            pages = self.s3.get_paginator("list_objects_v2").paginate(
                Bucket=self._bucket, Prefix=folder, StartAfter=after
            )
            return [
                (item.get("Key", ""), item["LastModified"].astimezone(UTC))
                for page in pages
                for item in page.get("Contents", ())
                if "LastModified" in item and item.get("Key", "").endswith(".json.gz")
            ]

    def _file(self, key: str) -> list[Record]:
        with self._speaking("GetObject"):
            body = self.s3.get_object(Bucket=self._bucket, Key=key)["Body"]
            content = body.read(MOST_PACKED + 1)
        if len(content) > MOST_PACKED:
            raise self._too_large(key)
        try:
            parsed = cast("dict[str, Any]", json.loads(self._unpacked(key, content)))
            return cast("list[Record]", parsed["Records"])
        except (EOFError, OSError, zlib.error, ValueError, KeyError, TypeError, RecursionError) as error:
            raise FatalError(
                f"{self.asker}: s3://{self._bucket}/{key} is no whole file of CloudTrail's ({type(error).__name__}). "
                "Nothing was concluded from this read. Have the file delivered again, or take it away"
            ) from None  # its text may hold what stands in the file

    def _unpacked(self, key: str, content: bytes) -> bytes:
        """Raises EOFError where it's cut off, OSError and zlib.error where it's no gzip."""
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            unpacked = bytearray()
            while chunk := file.read(_CHUNK):
                unpacked += chunk
                if len(unpacked) > MOST_BYTES:
                    raise self._too_large(key)
        return bytes(unpacked)

    def _too_large(self, key: str) -> FatalError:
        return FatalError(
            f"{self.asker}: s3://{self._bucket}/{key} has more than {MOST_PACKED >> 20} MB, or unpacks to more than "
            f"{MOST_BYTES >> 20} MB, which CloudTrail never writes. Look at what it is, and take it away"
        )

    @contextmanager
    def _speaking(self, call: str) -> Generator[None]:
        """Raise S3's errors as ours; a connection that breaks is `speaking_of`'s matter."""
        from botocore.exceptions import ClientError, IncompleteReadError  # noqa: PLC0415 - see interfaces

        try:
            yield
        except IncompleteReadError as error:
            raise RetriableError(f"{self.asker}: S3 broke off in the middle of a file. It is tried again") from error
        except ClientError as error:
            if refusal := self._our_error(error, call):
                raise refusal from error
            raise

    def _our_error(self, error: "ClientError", call: str) -> OffboardingError | None:
        if is_denied(error):
            to = f"the role {self.asker.role_name}" if self.asker.role_name else f"connection {self.asker.conn_id}"
            return FatalError(
                f"{self.asker}: {call} denied ({error_code(error)}). Grant {to} s3:ListBucket on arn:aws:s3:::"
                f"{self._bucket} and s3:GetObject on arn:aws:s3:::{self._bucket}/{self._root}* (and kms:Decrypt, where "
                "a key of your own encrypts the trail)"
            )
        if error_code(error) in _GONE:
            return FatalError(f"{self.asker}: {self.address}: S3 answers {error_code(error)}. Mend `bucket`")
        return None
