"""A feed in a bucket: which object counts, and what S3 may answer."""

import gzip
from collections.abc import Callable

import pytest

from offboarding.interfaces import ConnectionFields, Roster
from offboarding.model.errors import FatalError, OffboardingError, RetriableError
from offboarding.rosters.csv import CsvRoster
from offboarding.rosters.csv import s3 as s3_store
from tests.contract.roster_contract import failure_of
from tests.support.bucket_server import Manners
from tests.support.buckets import BUCKET, SECRET, Store, s3, s3_process
from tests.systems.csv.conftest import Build

pytestmark = pytest.mark.slow

__all__ = ["s3", "s3_process"]

Read = Callable[..., CsvRoster]


@pytest.fixture
def roster(s3: Store, build: Build) -> Read:
    def made(path: str, **given: object) -> CsvRoster:
        plain = {"coverage": "active", "columns": {"worker_id": "id"}, "connection": "hr_bucket"}
        connection = given.pop("fields", s3.connection())
        return build(f"s3://{BUCKET}/{path}", connection_fields=connection, **(plain | given))

    return made


def _ids(roster: CsvRoster) -> list[str]:
    return [worker.worker_id for worker in roster.read()]


def _failure(roster: Roster) -> OffboardingError:
    return failure_of(roster, SECRET)


@pytest.fixture
def delivered(s3: Store) -> Store:
    """A folder as deliveries leave it."""
    for key in (
        "in/hr_20261122.csv",
        "in/hr_20261123.csv",
        "in/deep/hr_20261129.csv",
        "in/.hidden.csv",
        "in/notes.txt",
    ):
        s3.put(key, f"id\n{key}\n".encode())
    s3.put("in/hr_20261121.csv", b"id\nlast delivered\n")
    return s3


@pytest.mark.parametrize(
    ("path", "newest", "found"),
    (
        ("in/", "name", "in/hr_20261123.csv"),
        ("in", "name", "in/hr_20261123.csv"),
        ("in/hr_20261122.csv", "name", "in/hr_20261122.csv"),
        ("in/*.csv", "name", "in/hr_20261123.csv"),
        ("*/hr_*22.csv", "name", "in/hr_20261122.csv"),
        ("**/hr_*.csv", "name", "in/deep/hr_20261129.csv"),
        ("in/*.txt", "name", "in/notes.txt"),
    ),
)
@pytest.mark.usefixtures("delivered")
def test_an_address_means_what_a_path_would(roster: Read, path: str, newest: str, found: str) -> None:
    assert _ids(roster(path, newest=newest)) == [found]


@pytest.mark.usefixtures("delivered")
def test_an_objects_own_time_tells_the_newest_and_the_feeds_age(roster: Read) -> None:
    feed = roster("in/hr_2026112[12].csv")
    # moto keeps whole seconds: of the same one the last by name counts.
    assert _ids(feed) in (["last delivered"], ["in/hr_20261122.csv"])
    assert feed.summary is not None
    assert feed.summary.dated_at is not None
    assert feed.summary.dated_at.tzinfo is not None


def test_a_listing_of_many_pages_is_read_to_its_end(delivered: Store, roster: Read) -> None:
    delivered.behave(Manners(page_size=1))
    assert _ids(roster("in/", newest="name")) == ["in/hr_20261123.csv"]
    assert delivered.behave(Manners()).count("ListObjectsV2") > 4


def test_one_object_needs_no_right_to_list(delivered: Store, roster: Read) -> None:
    delivered.refuse("ListObjectsV2")
    assert _ids(roster("in/hr_20261122.csv")) == ["in/hr_20261122.csv"]


@pytest.mark.parametrize("operation", ("HeadObject", "ListObjectsV2", "GetObject"))
def test_access_denied_names_the_right_to_grant(delivered: Store, roster: Read, operation: str) -> None:
    delivered.refuse(operation)
    error = _failure(roster("in/hr_*.csv" if operation == "ListObjectsV2" else "in/hr_20261122.csv"))
    assert type(error) is FatalError
    assert str(error).startswith(f"rosters.hr: s3://{BUCKET}/in/hr_")
    assert "denied (" in str(error)
    assert "Grant the user behind connection hr_bucket s3:GetObject on arn:aws:s3:::hr-feeds/in/hr_" in str(error)
    assert "s3:ListBucket on arn:aws:s3:::hr-feeds" in str(error)


@pytest.mark.parametrize(
    ("operation", "code", "status", "kind", "said"),
    (
        ("GetObject", "NoSuchKey", 404, RetriableError, "NoSuchKey"),
        ("GetObject", "PreconditionFailed", 412, RetriableError, "PreconditionFailed"),
        ("GetObject", "SlowDown", 503, RetriableError, "SlowDown"),
        ("GetObject", "InternalError", 500, RetriableError, "InternalError"),
        ("GetObject", "InvalidObjectState", 403, FatalError, "The object is archived: have it restored"),
        ("GetObject", "InvalidAccessKeyId", 403, FatalError, "Mend its key, secret or region"),
        ("ListObjectsV2", "NoSuchBucket", 404, FatalError, "Mend path, or endpoint_url"),
        ("GetObject", "InvalidRequest", 400, FatalError, "Mend path, or the connection"),
    ),
)
def test_what_s3_answers(
    delivered: Store, roster: Read, monkeypatch, operation: str, code: str, status: int, kind: type, said: str
) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    delivered.refuse(operation, code, status)
    error = _failure(roster("in/"))
    assert type(error) is kind
    assert said in str(error)


def test_no_such_object_is_fatal_and_named_as_configured(delivered: Store, roster: Read) -> None:
    error = _failure(roster("in/hr_20261130.csv"))
    assert str(error) == (
        f"rosters.hr: s3://{BUCKET}/in/hr_20261130.csv is no object, and no *.csv below "
        f"(looked for at bucket {BUCKET}). "
        "See whether HR's delivery came, and whether path of roster hr is right."
    )


def test_an_object_that_is_replaced_after_the_listing_is_not_read_in_its_place(
    delivered: Store, build: Build, roster: Read, monkeypatch
) -> None:
    first = s3_store.Bucket.found

    def then_replaced(self: s3_store.Bucket):
        files = first(self)
        delivered.put("in/hr_20261122.csv", b"id\nanother\n")
        return files

    monkeypatch.setattr(s3_store.Bucket, "found", then_replaced)
    assert type(_failure(roster("in/hr_20261122.csv"))) is RetriableError


@pytest.mark.parametrize("packed", (False, True))
def test_a_stream_that_breaks_off_may_be_tried_again(s3: Store, roster: Read, monkeypatch, packed: bool) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    text = b"id\n" + b"".join(b"%d\n" % number for number in range(50_000))
    s3.put("hr.csv", gzip.compress(text) if packed else text)
    s3.behave(Manners(cut_after=50_000))
    error = _failure(roster("hr.csv"))
    assert type(error) is RetriableError
    assert str(error).startswith("rosters.hr: hr.csv can't be read to its end (S3 broke off: ")
    assert "Nothing was concluded from this read" in str(error)


def test_a_store_that_falls_silent_may_be_tried_again(s3: Store, roster: Read, monkeypatch) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    monkeypatch.setattr(s3_store, "READ_SECONDS", 0.2)
    s3.put("hr.csv", b"id\n1\n")
    s3.behave(Manners(silent_seconds=1))
    assert type(_failure(roster("hr.csv"))) is RetriableError


def test_a_store_that_is_not_there_may_be_tried_again(s3: Store, roster: Read, monkeypatch) -> None:
    monkeypatch.setattr(s3_store, "ATTEMPTS", 1)
    error = _failure(roster("hr.csv", fields=s3.connection(endpoint_url="http://127.0.0.1:9")))
    assert str(error).startswith(f"rosters.hr: s3://{BUCKET}/hr.csv: S3 can't be reached (EndpointConnectionError)")
    assert type(error) is RetriableError


def test_nobody_to_ask_as_is_fatal(s3: Store, roster: Read) -> None:
    error = _failure(roster("hr.csv", fields=ConnectionFields(conn_id="hr_bucket")))
    assert type(error) is FatalError
    assert "Name an Airflow connection with a key" in str(error)


def test_a_manifest_beside_it_is_read_too(s3: Store, roster: Read) -> None:
    s3.put("in/hr.csv", b"id\n1\n2\n")
    s3.put("in/hr.ok", b"rows=2")
    feed = roster("in/hr.csv", manifest={"path": "{stem}.ok", "pattern": r"rows=(?P<rows>\d+)"})
    assert _ids(feed) == ["1", "2"]
    assert feed.summary is not None
    assert feed.summary.proved
