"""Feeds in S3, and in whatever speaks its protocol.

A GET is one version of an object from its first byte to its last, so nothing changes while it is read; its length and
checksum are verified by the client. Rights: docs/configuration/rosters.md.
https://docs.aws.amazon.com/AmazonS3/latest/userguide/Welcome.html#ConsistencyModel
"""

import io
from collections.abc import Generator, Iterable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, BinaryIO, Protocol

from offboarding.interfaces import ConnectionFields
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv.names import folder_of, literal_prefix, matches
from offboarding.rosters.csv.stores import FeedFile, bucket_and_key, counts_in_folder, is_pattern, none_found

if TYPE_CHECKING:
    from botocore.exceptions import BotoCoreError, ClientError
    from botocore.response import StreamingBody
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import ObjectTypeDef

CONNECT_SECONDS = 10
READ_SECONDS = 60
ATTEMPTS = 4
DEFAULT_REGION = "us-east-1"
_CHUNK = 1 << 16
_DENIED = frozenset({"AccessDenied", "403", "Forbidden", "AllAccessDisabled"})
_REFUSED = frozenset({"InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken", "400"})
_ABSENT = frozenset({"NoSuchKey", "404", "NotFound"})
_PASSING = _ABSENT | {"PreconditionFailed", "412", "SlowDown", "RequestTimeout", "ExpiredToken"}
"""The object was replaced or removed after it had been listed, or S3 is busy."""
_FIXES = {
    "NoSuchBucket": "Mend path, or endpoint_url in the connection's extra",
    "InvalidObjectState": "The object is archived: have it restored, or delivered again",
}
_SERVER_ERROR = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedObject:
    """One version of an object."""

    stream: BinaryIO
    modified_at: datetime | None

    def changed(self) -> bool:
        """Never: what is read is what was opened."""
        return False


class Bucket:
    """An address in a bucket: a key, a folder (a key with objects below it) or a pattern."""

    def __init__(self, address: str, connection: ConnectionFields | None, roster: str) -> None:
        self._address = address
        self._bucket, self._key = bucket_and_key(address)
        self._connection = connection or ConnectionFields(conn_id="")
        self._roster = roster
        self._client: S3Client | None = None

    def found(self) -> Sequence[FeedFile]:
        """The objects that the address means. A folder's are the `*.csv` right in it; `**` matches folders too."""
        with self._speaking("HeadObject, ListObjectsV2"):
            files = list(self._matching())
        if not files:
            what = "is a pattern that matches nothing" if is_pattern(self._key) else "is no object, and no *.csv below"
            raise FatalError(none_found(self._roster, self._address, what, f"bucket {self._bucket}"))
        return files

    def beside(self, file: FeedFile, name: str) -> FeedFile | None:
        """The object of that name in the same folder."""
        with self._speaking("HeadObject"):
            return self._one(folder_of(file.path) + name)

    @contextmanager
    def opened(self, file: FeedFile) -> Generator[OpenedObject]:
        """The object, if it is still the version that was listed."""
        with self._speaking("GetObject"):
            answer = self._s3().get_object(Bucket=self._bucket, Key=file.path, IfMatch=file.version)
        body = answer["Body"]
        try:
            stream = io.BufferedReader(_Body(body), _CHUNK)
            yield OpenedObject(stream=stream, modified_at=answer["LastModified"])
        finally:
            body.close()

    def _matching(self) -> Iterable[FeedFile]:
        if is_pattern(self._key):
            return self._below(literal_prefix(self._key), lambda key: matches(key, self._key), flat=False)
        one = self._one(self._key) if self._key and not self._key.endswith("/") else None
        if one:
            return [one]
        folder = f"{self._key.rstrip('/')}/" if self._key else ""
        return self._below(folder, lambda key: counts_in_folder(key.removeprefix(folder)), flat=True)

    def _one(self, key: str) -> FeedFile | None:
        from botocore.exceptions import ClientError  # noqa: PLC0415 - see interfaces

        try:
            head = self._s3().head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if _code(error) in _ABSENT:
                return None
            raise
        return FeedFile(
            path=key,
            name=key.rpartition("/")[2],
            size=head["ContentLength"],
            modified_at=head["LastModified"],
            version=head["ETag"],
        )

    def _below(self, prefix: str, wanted: "_ObjectFilter", *, flat: bool) -> Iterable[FeedFile]:
        pages = self._s3().get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=prefix, Delimiter="/" if flat else ""):
            yield from (_described(item) for item in page.get("Contents", ()) if wanted(item.get("Key", "")))

    def _s3(self) -> "S3Client":
        """New for each roster's read. Credentials: the connection's, else boto3's own search."""
        if self._client is None:
            import boto3  # noqa: PLC0415 - see interfaces
            from botocore.config import Config  # noqa: PLC0415 - see interfaces

            session = boto3.Session(
                aws_access_key_id=self._connection.login or self._extra("aws_access_key_id"),
                aws_secret_access_key=self._connection.password or self._extra("aws_secret_access_key"),
                aws_session_token=self._extra("aws_session_token"),
                region_name=self._extra("region_name") or DEFAULT_REGION,
            )
            config = Config(
                retries={"mode": "standard", "total_max_attempts": ATTEMPTS},
                connect_timeout=CONNECT_SECONDS,
                read_timeout=READ_SECONDS,
            )
            self._client = session.client("s3", endpoint_url=self._extra("endpoint_url"), config=config)
        return self._client

    def _extra(self, name: str) -> str | None:
        value = self._connection.extra.get(name)
        return str(value) if value else None

    @contextmanager
    def _speaking(self, calls: str) -> Generator[None]:
        """Turn boto3's errors into ours."""
        from botocore.exceptions import BotoCoreError, ClientError  # noqa: PLC0415 - see interfaces

        try:
            yield
        except ClientError as error:
            raise self._our_error(error, calls) from error
        except BotoCoreError as error:
            raise self._client_error(error) from error

    def _our_error(self, error: "ClientError", calls: str) -> OffboardingError:
        code = _code(error)
        where = f"rosters.{self._roster}: {self._address}"
        if code in _DENIED:
            return FatalError(f"{where}: {calls} denied ({code}). {self._grant()}")
        if code in _REFUSED:
            return FatalError(f"{where}: S3 refuses {self._who()} ({code}). Mend its key, secret or region.")
        if code in _PASSING or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _SERVER_ERROR:
            return RetriableError(f"{where}: S3 answers {code} to {calls}. Nothing was read; it is tried again.")
        return FatalError(f"{where}: S3 answers {code} to {calls}. {_FIXES.get(code, 'Mend path, or the connection')}.")

    def _client_error(self, error: "BotoCoreError") -> OffboardingError:
        from botocore import exceptions as known  # noqa: PLC0415 - see interfaces

        where = f"rosters.{self._roster}: {self._address}"
        if isinstance(error, known.NoCredentialsError | known.PartialCredentialsError | known.ParamValidationError):
            return FatalError(f"{where}: {error}. Name an Airflow connection with a key, or mend path.")
        return RetriableError(f"{where}: S3 can't be reached ({type(error).__name__}). It is tried again.")

    def _who(self) -> str:
        named = self._connection.conn_id
        return f"the user behind connection {named}" if named else "the identity that this machine gives"

    def _grant(self) -> str:
        key = literal_prefix(self._key)
        return (
            f"Grant {self._who()} s3:GetObject on arn:aws:s3:::{self._bucket}/{key}* and s3:ListBucket on "
            f"arn:aws:s3:::{self._bucket} (and kms:Decrypt, where a key of your own encrypts it)."
        )


class _ObjectFilter(Protocol):
    """Whether an object counts, by its key."""

    def __call__(self, key: str, /) -> bool: ...


class _Body(io.RawIOBase):
    """An answer's body as a stream whose every failure is an OSError."""

    def __init__(self, body: "StreamingBody") -> None:
        super().__init__()
        self._body = body

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: memoryview, /) -> int:  # pyrefly: ignore[bad-override] - of any buffer
        """Up to a buffer full. The client raises where fewer bytes came than S3 announced, or others."""
        from botocore.exceptions import BotoCoreError  # noqa: PLC0415 - see interfaces
        from urllib3.exceptions import HTTPError  # noqa: PLC0415 - see interfaces

        try:
            chunk = self._body.read(len(buffer))
        except (BotoCoreError, HTTPError) as error:
            raise OSError(0, f"S3 broke off: {type(error).__name__}") from error
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _described(item: "ObjectTypeDef") -> FeedFile:
    key = item.get("Key", "")
    return FeedFile(
        path=key,
        name=key.rpartition("/")[2],
        size=item.get("Size", 0),
        modified_at=item.get("LastModified"),
        version=item.get("ETag", ""),
    )


def _code(error: "ClientError") -> str:
    return error.response.get("Error", {}).get("Code", "")
