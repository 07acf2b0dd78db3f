"""One file of a feed: its header, its rows, and what it proves of itself."""

import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, TextIO

import structlog

from offboarding.interfaces import ReadContext
from offboarding.model import Coverage, EmploymentStatus, Worker
from offboarding.model.errors import IncompleteReadError, RetriableError
from offboarding.rosters._records.columns import DAYS, Layout, MissingColumnsError, layout, shown_headers
from offboarding.rosters._records.days import DayReader
from offboarding.rosters._records.decoding import decoded, undecodable
from offboarding.rosters._records.delimited import Record, lines, records
from offboarding.rosters._records.likeness import Likeness
from offboarding.rosters._records.problems import NOTHING_CONCLUDED, BadRecordError, ProblemList
from offboarding.rosters._records.returning import rehired
from offboarding.rosters._records.spoiled import HOLE, SpoiledValues
from offboarding.rosters._records.titles import MOST_TITLES, Totals, is_title, stands_above
from offboarding.rosters._records.words import composed, listed
from offboarding.rosters._records.workers import WorkerReader
from offboarding.rosters.csv.bounds import Digested, FileBounds, WrongFileError
from offboarding.rosters.csv.ending import Ending
from offboarding.rosters.csv.openpgp import MessageKeys
from offboarding.rosters.csv.packing import DAMAGED, unpacked
from offboarding.rosters.csv.proof import FileTotals
from offboarding.rosters.csv.settings import Settings
from offboarding.rosters.csv.workbook.reading import OpenSheet, Workbook, opened_workbook

_log = structlog.get_logger("offboarding.rosters")
_DECLARE = 'declare the encoding that it is in (Korean Excel writes cp949, its "Unicode text" utf-16)'
_AGAIN = "See whether its delivery was still under way; else ask HR for the whole file"


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a read has met so far, over all its files."""

    rows: int = 0
    workers: int = 0
    at_work: int = 0
    """Rows of those who haven't left."""
    without_zone: int = 0


class FeedReader:
    """Reads a feed's files, one after the other."""

    def __init__(
        self, settings: Settings, context: ReadContext, keys: MessageKeys, problems: ProblemList, origin: str
    ) -> None:
        self._settings = settings
        self._keys = keys
        self._default_zone = context.default_zone
        self._as_of = context.as_of
        self._problems = problems
        self.spoiled = SpoiledValues(origin, settings.encoding, _DECLARE)
        domains = context.mail_domains if settings.mail_domains is None else settings.mail_domains
        self._likeness = Likeness(shown_headers(settings.columns), settings.date_format, domains)
        self.tally = Tally()

    def workers(self, stream: BinaryIO, name: str) -> Generator[Worker, None, tuple[FileTotals, int | None]]:
        """Yield the workers of one file, note bad rows, and return what was seen and how many rows its trailer tells.

        Raises IncompleteReadError where it is no delimited text, is damaged or lacks a column, and RetriableError where
        it can't be read to its end.
        """
        until = time.monotonic() + self._settings.max_read_minutes * 60
        passed = Digested(stream, FileBounds(max_bytes=self._settings.max_megabytes << 20, until=until))
        with self._explained(name), unpacked(passed, self._settings.encoding, self._keys) as content:
            if content.is_workbook:
                with opened_workbook(content.stream, passed.bounds) as workbook:
                    read_day = workbook.days(self._settings.date_format)
                    sheet = self._sheet(workbook, name)
                    rows, counted = yield from self._rows(sheet.records(), f'{name}, sheet "{sheet.title}",', read_day)
            else:
                text = decoded(content.stream, self._settings.encoding)
                feed = records(self._lines(text, name), self._settings.delimiter)
                rows, counted = yield from self._rows(feed, name)
            for each in filter(None, (content.decrypted, passed)):
                each.finish()
        seen = FileTotals(
            name=name,
            rows=rows,
            bytes=passed.size,
            sha256=passed.digest("sha256"),
            md5=passed.digest("md5"),
            content=(content.decrypted or passed).digest(),
        )
        return seen, counted

    def verdict(self, origin: str) -> None:
        """Raise IncompleteReadError where the feed as a whole can't be what it should be; after its last file."""
        if self.tally.without_zone:
            _log.info("locations without a time zone", roster=self._settings.name, rows=self.tally.without_zone)
        # Nobody may have left, but somebody works here.
        if not self.tally.rows and self._settings.coverage is not Coverage.LEAVERS:
            raise self.incomplete(f"{origin} row 2: no worker stands below the header", "Ask HR for the whole file")
        if self.tally.rows and not self.tally.workers:
            text, fix = self._problems.none_readable(self.tally.rows, self.spoiled.first())
            raise self.incomplete(f"{origin}: {text}", fix)
        spoiled = self.spoiled.verdict(self.tally.rows)
        if spoiled:
            raise self.incomplete(f"{origin}: {spoiled}", f"{_DECLARE}, or ask HR for the whole file")
        odd = self._likeness.verdict()
        if odd:
            raise self.incomplete(
                f"{origin}: {odd}", "Mend the export, or columns, date_format and mail_domains of the roster"
            )

    def incomplete(self, what: str, fix: str) -> IncompleteReadError:
        """The error for a read that can't be trusted."""
        return IncompleteReadError(
            f"rosters.{self._settings.name}: {what}. {NOTHING_CONCLUDED}. {fix[0].upper()}{fix[1:]}."
        )

    def _rows(
        self, feed: Iterator[Record], name: str, read_day: DayReader | None = None
    ) -> Generator[Worker, None, tuple[int, int | None]]:
        where = self._layout(feed, name)
        reader = WorkerReader(
            self._settings, self._default_zone, where, self.spoiled, dict.fromkeys(DAYS, read_day) if read_day else None
        )
        totals = Totals(where.positions["worker_id"], where.header)
        ending = Ending(feed, self._settings.trailer, self._settings.delimiter, totals)
        rows = 0
        for record in ending:
            rows += 1
            label = f"{name} row {record.row}"
            try:
                totals.check(record)
                worker = reader.worker(_cells(record, where), label)
            except BadRecordError as error:
                self._problems.add_record(label, error)
                continue
            if worker:
                self.tally.workers += 1
                self.tally.at_work += any(job.status is not EmploymentStatus.LEFT for job in worker.employments)
                self._likeness.see(worker)
                yield rehired(worker, self._as_of)
        self.tally.rows += rows
        self.tally.without_zone += reader.without_zone
        return rows, ending.counted

    def _lines(self, text: TextIO, name: str) -> Iterator[str]:
        try:
            yield from lines(text)
        except UnicodeError as error:
            raise self.incomplete(f"{name} is not {self._settings.encoding} ({error})", _DECLARE) from error

    def _sheet(self, workbook: Workbook, name: str) -> OpenSheet:
        """The sheet that is named, or else the only one in sight that has our columns."""
        wanted = self._settings.sheet
        if wanted is not None:
            found = [sheet for sheet in workbook.sheets if composed(sheet.title) == composed(wanted)]
        else:
            seen = [sheet for sheet in workbook.sheets if not sheet.hidden]
            found = [sheet for sheet in seen if self._header(sheet.records())[1]] or seen
        if len(found) == 1:
            return found[0]
        titles = listed(sheet.title for sheet in found or workbook.sheets)
        if wanted is not None:
            what, fix = (
                f'there is no sheet "{wanted}" that holds anything. There are {titles}',
                "Mend sheet of the roster",
            )
        elif found:
            what, fix = f"{titles} may each be the roster", "Say which one it is in sheet of the roster"
        else:
            what, fix = "no sheet in sight holds anything", "Ask HR for the whole file"
        raise self.incomplete(f"{name}: {what}", fix)

    def _header(self, feed: Iterator[Record]) -> tuple[Record | None, Layout | None, list[Record]]:
        """The header, our columns there, and the titles above it. Without our columns: whatever is nearest to them."""
        titles: list[Record] = []
        for record in feed:
            where = self._columns(record)
            if where or not is_title(record) or len(titles) == MOST_TITLES:
                nearest = record if where else max((*titles, record), key=self._known)
                return nearest, where, titles
            titles.append(record)
        return max(titles, key=self._known, default=None), None, titles

    def _columns(self, record: Record) -> Layout | None:
        try:
            return layout(self._settings.columns, record.fields, self._settings.list_separator)
        except MissingColumnsError:
            return None

    def _known(self, record: Record) -> int:
        """How many of our columns' names stand in it."""
        header = {composed(field) for field in record.fields}
        names = self._settings.columns.values()
        return sum(composed(one) in header for each in names for one in ([each] if isinstance(each, str) else each))

    def _layout(self, feed: Iterator[Record], name: str) -> Layout:
        header, found, titles = self._header(feed)
        where = f"{name} row {header.row if header else 1}"
        if header is None:
            raise self.incomplete(f"{where}: the file is empty, without even a header", "Ask HR for the whole file")
        if header.flaw:
            raise self.incomplete(
                f"{where}: the header's quotation marks don't pair up ({header.flaw})", "Mend the header"
            )
        joined = "".join(header.fields)
        bad = undecodable(joined) or ("0x00" if "\0" in joined else "")
        if bad:
            raise self.incomplete(f"{where}: the header is not {self._settings.encoding} (at {bad})", _DECLARE)
        if found:
            self._check_titles(titles, header, name)
            return found
        try:
            return layout(self._settings.columns, header.fields, self._settings.list_separator)
        except MissingColumnsError as error:
            fix = "Mend the header, or set columns, delimiter or encoding of the roster"
            raise self.incomplete(f"{where}: {error}", fix) from error

    def _check_titles(self, titles: Sequence[Record], header: Record, name: str) -> None:
        """Rows above the header are passed over, so that none of them may be a worker's."""
        for title in titles:
            if not stands_above(title, header):
                raise self.incomplete(
                    f"{name} row {title.row}: it stands above the header in row {header.row}, and may be a worker's",
                    "Have the header put above the rows",
                )
        if titles:
            _log.info("titles above the header", roster=self._settings.name, rows=[title.row for title in titles])

    @contextmanager
    def _explained(self, name: str) -> Generator[None]:
        """Turn what goes wrong with a file's bytes into our errors."""
        try:
            yield
        except WrongFileError as error:
            raise self.incomplete(f"{name} {error.text}", error.fix) from error
        except DAMAGED as error:
            raise self.incomplete(f"{name} is a damaged archive, or one that was cut off ({error})", _AGAIN) from error
        except OSError as error:
            raise RetriableError(
                f"rosters.{self._settings.name}: {name} can't be read to its end ({error.strerror}). "
                f"{NOTHING_CONCLUDED}."
            ) from error


def _cells(record: Record, where: Layout) -> dict[str, str]:
    fields = record.checked(where.width)
    if any(HOLE in field for field in fields):
        raise BadRecordError(
            f"{len(HOLE)} NUL characters and more: the file has a hole, and there may have been rows",
            "See whether the disk was full; else ask HR for the whole file.",
        )
    return where.cells(fields)
