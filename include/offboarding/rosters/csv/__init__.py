"""Kind `csv`: files of delimited text that HR delivers, on this machine or in an object store.

A file has no end but its end: the read is presumed complete, and proved only by a trailer or a manifest.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from offboarding.interfaces import ConnectionFields, ReadContext
from offboarding.model import Coverage, LeftOut, Problem, RosterSummary, Worker
from offboarding.net.destinations import Destination, of_aws, of_url
from offboarding.rosters._records.problems import ProblemList
from offboarding.rosters.csv.drivers import destinations as driver_destinations
from offboarding.rosters.csv.manifests import ManifestRecord, Manifests
from offboarding.rosters.csv.openpgp import message_keys
from offboarding.rosters.csv.places import store_of
from offboarding.rosters.csv.proof import FileTotals, compared, no_trailer
from offboarding.rosters.csv.proposing import propose
from offboarding.rosters.csv.reading import FeedReader
from offboarding.rosters.csv.repeats import changed_after, digest, empty, not_by_chance, repeated, twins
from offboarding.rosters.csv.selection import Chosen, age_problem, chosen
from offboarding.rosters.csv.settings import Settings
from offboarding.rosters.csv.stores import SFTP, FeedFile, FeedStore, OpenedFeed, scheme_of

__all__ = ["CsvRoster", "Settings", "build", "propose"]


def destinations(settings: Settings, connection: ConnectionFields) -> Iterator[Destination]:
    """Where the connection leads: a bucket's store, or whatever host a driver is told."""
    scheme = scheme_of(settings.path)
    if scheme == "s3":
        yield from of_aws(connection.extra.get("endpoint_url"))
    elif scheme in SFTP:
        if connection.host:
            yield of_url(f"sftp://{connection.host}")
    elif scheme:
        yield from driver_destinations(settings.path, connection)


def build(settings: Settings, connection: ConnectionFields | None, context: ReadContext) -> "CsvRoster":
    """The ready roster; nothing is contacted before `read`. A file of this machine needs no connection."""
    return CsvRoster(settings, connection, context)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FileRead:
    """What came of one file."""

    seen: FileTotals
    modified_at: datetime | None
    proved: bool
    """By all that was asked of it."""
    problems: Sequence[Problem]
    """Of the file as a whole."""


class CsvRoster:
    """A roster in files of delimited text, header first."""

    def __init__(self, settings: Settings, connection: ConnectionFields | None, context: ReadContext) -> None:
        self._settings = settings
        self._connection = connection
        self._context = context
        self._zone = settings.clock or context.default_zone
        self.problems: Sequence[Problem] = ()
        self.left_out = LeftOut()
        self.summary: RosterSummary | None = None

    def read(self) -> Iterator[Worker]:
        """Yield the worker of each row that can be read, file by file, in the file's order, a line's memory at a time.

        Raises FatalError where there is no such file or it may not be read, RetriableError where it can't be read to
        its end, and IncompleteReadError where it is no delimited text, its header can't be read, a column isn't there
        or holds something else, or (unless it lists leavers only) no worker is.
        """
        self.problems, self.left_out, self.summary = (), LeftOut(), None
        keys = message_keys(self._connection, self._settings.signed_by, f"rosters.{self._settings.name}")
        store = store_of(self._settings.path, self._connection, self._settings.name)
        feed = chosen(store.found(), self._settings, self._zone, self._context.as_of)
        problems = ProblemList(feed.origin)
        reader = FeedReader(self._settings, self._context, keys, problems, feed.origin)
        read = yield from self._files(store, feed, reader, problems)
        at_work, as_of = reader.tally.at_work, self._context.as_of
        made_at = _oldest(feed, read)
        for problem in (*feed.problems, *self._of_feed(store, feed, read, made_at)):
            problems.add(problem)
        self.problems, self.left_out = problems.all(), reader.spoiled.left_out()
        self.summary = RosterSummary(
            origin=feed.origin,
            proved=all(file.proved for file in read) and not feed.problems,
            dated_at=made_at,
            rows=sum(file.seen.rows for file in read),
            digest=digest([file.seen for file in read]),
            changed_after_at=changed_after(self._settings, at_work, self._zone, as_of),
            not_by_chance_at=not_by_chance(self._settings, at_work, self._zone, as_of),
        )

    def _files(
        self, store: FeedStore, feed: Chosen, reader: FeedReader, problems: ProblemList
    ) -> Generator[Worker, None, Sequence[_FileRead]]:
        """Yield every file's workers, and return what came of the files."""
        manifests = Manifests(self._settings.manifest, store, self._settings.encoding)
        read: list[_FileRead] = []
        for file in feed.files:
            manifest = manifests.told(file)
            with store.opened(file) as opened:
                read.append((yield from self._file(opened, file, reader, manifest)))
        reader.verdict(feed.origin)
        missing = list(manifests.missing(feed.files)) if self._settings.files != "newest" else []
        for problem in (*(one for file in read for one in file.problems), *missing):
            problems.add(problem)
        return [replace(file, proved=False) for file in read] if missing else read

    def _file(
        self, opened: OpenedFeed, file: FeedFile, reader: FeedReader, manifest: ManifestRecord
    ) -> Generator[Worker, None, _FileRead]:
        """Yield one file's workers, and return what is to be said of the file as a whole."""
        seen, counted = yield from reader.workers(opened.stream, file.name)
        changed = [_written(file)] if opened.changed() else []
        doubts = [*manifest.problems, *self._disproved(seen, counted, manifest), *changed]
        asked = self._settings.trailer or self._settings.manifest
        return _FileRead(seen=seen, modified_at=opened.modified_at, proved=bool(asked) and not doubts, problems=doubts)

    def _disproved(self, seen: FileTotals, counted: int | None, manifest: ManifestRecord) -> Iterator[Problem]:
        if self._settings.trailer and counted is None:
            yield no_trailer(seen.name)
        elif counted is not None:
            yield from compared(seen, {"rows": counted}, "the trailer")
        yield from compared(seen, manifest.values, manifest.by)

    def _of_feed(
        self, store: FeedStore, feed: Chosen, read: Sequence[_FileRead], made_at: datetime | None
    ) -> Iterator[Problem]:
        """Yield what is wrong with the feed: its age, and what only shows when its files are seen side by side."""
        as_of, seen = self._context.as_of, [file.seen for file in read]
        if made_at is None and self._settings.max_age:
            yield _ageless(feed)
        elif made_at is not None:
            yield from age_problem(feed.origin, made_at, self._settings, self._zone, as_of)
        yield from twins(seen)
        if self._settings.coverage is not Coverage.LEAVERS:
            yield from empty(seen)
        yield from repeated(store, feed, seen[0], made_at, self._settings, self._zone, as_of)


def _oldest(feed: Chosen, read: Sequence[_FileRead]) -> datetime | None:
    """When the feed was made: the date in its name, or the time of its oldest file; None where the store tells none."""
    if feed.made_at:
        return feed.made_at
    times = [file.modified_at for file in read if file.modified_at]
    return min(times) if len(times) == len(read) else None


def _written(file: FeedFile) -> Problem:
    return Problem(
        record=file.name,
        text="somebody wrote to the file while it was read",
        fix="Have it delivered under another name and renamed when it is whole.",
    )


def _ageless(feed: Chosen) -> Problem:
    return Problem(
        record=feed.origin,
        text="the store doesn't tell when it was changed, and max_age is set",
        fix="Set date_in_name, or leave max_age out.",
    )
